"""Handlers that are classes: which method of a class answers which request."""

from collections.abc import Iterator

from execution_lint.facts.values import NONE, Attribute, Call, Mapping
from execution_lint.project.frameworks import METHODS
from execution_lint.project.inference import Inference
from execution_lint.project.strings import listed, strings
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    PartialThing,
)

_GENERAL = frozenset({"dispatch_request", "__call__"})


def methods_of(inference: Inference, cls: ClassThing) -> dict[str, FunctionThing]:
    """The methods of a class by name, those of its bases in the project included."""
    found: dict[str, FunctionThing] = {}
    for base in inference.ancestry(cls):
        if isinstance(base, ClassThing):
            for name in _own_names(inference, base):
                for site in inference.class_sites(base, name) if name not in found else ():
                    for thing in inference.things(site):
                        if isinstance(thing, FunctionThing):
                            found.setdefault(name, thing)
    return found


def _own_names(inference: Inference, cls: ClassThing) -> Iterator[str]:
    definition = cls.definition
    scope = inference.scope(definition)
    yield from dict.fromkeys(name for name, _ in scope.bindings)
    module = inference.module(definition.path)
    if scope.parent == 0 and module.regions[definition.region].name == scope.name:
        yield from dict.fromkeys(module.regions[region].name for region in module.methods(definition.region))


def has_base(inference: Inference, cls: ClassThing, package: str) -> bool:
    """Whether a class extends one of a package."""
    return any(
        isinstance(base, ExternalThing) and base.name.partition(".")[0] == package for base in inference.ancestry(cls)
    )


def declared_methods(inference: Inference, cls: ClassThing) -> tuple[str, ...] | None:
    """The `methods` that a view of Flask declares in its body; None where it declares none, empty where they are not
    known."""
    found = inference.field(cls, "methods")
    if found is None or found[1].value == NONE:
        return None
    names = listed(inference, At(found[0], found[1].value))
    return tuple(sorted(name.upper() for name in names)) if names is not None else ()


def endpoints(inference: Inference, at: At, depth: int = 4) -> Iterator[tuple[Definition, tuple[str, ...] | None]]:
    """The functions behind an endpoint, each with the methods that it answers where the endpoint itself says so."""
    value = inference.value(at)
    if isinstance(value, Call):
        function = inference.scope(at.frame).values[value.function]
        if isinstance(function, Attribute) and function.name in ("as_view", "as_asgi"):
            yield from _as_view(inference, At(at.frame, function.base), at.frame, value)
            return
    is_found = False
    for thing in inference.things(at):
        match thing:
            case FunctionThing(definition=definition) | PartialThing(function=FunctionThing(definition=definition)):
                is_found = True
                yield definition, None
            case ClassThing():
                is_found = True
                yield from class_endpoints(inference, thing)
            case InstanceThing(of=ClassThing() as cls):
                for method in inference.attribute(cls, "__call__"):
                    if isinstance(method, FunctionThing):
                        is_found = True
                        yield method.definition, None
            case _:
                continue
    if not is_found and isinstance(value, Call) and depth:
        # A decorator from outside, applied by hand: `csrf_exempt(view)`, `limit("5/minute")(view)`.
        for argument in value.arguments:
            if argument.name == "":
                yield from endpoints(inference, At(at.frame, argument.value), depth - 1)


def class_endpoints(inference: Inference, cls: ClassThing) -> Iterator[tuple[Definition, tuple[str, ...] | None]]:
    """The methods of a class that answer requests: those called like an HTTP method, else one that answers all."""
    methods = methods_of(inference, cls)
    by_name = [name for name in methods if name in METHODS]
    for name in by_name:
        yield methods[name].definition, (name.upper(),)
    if not by_name and has_base(inference, cls, "starlette") and not _GENERAL & methods.keys():
        # A WebSocketEndpoint: what it answers stands in no one method.
        yield cls.definition, None
    for name in sorted(_GENERAL & methods.keys()) if not by_name else ():
        yield methods[name].definition, declared_methods(inference, cls)


def _as_view(
    inference: Inference, base: At, frame: Frame, call: Call
) -> Iterator[tuple[Definition, tuple[str, ...] | None]]:
    """`View.as_view()`, and `ViewSet.as_view({"get": "list"})` of Django REST framework."""
    actions = inference.scope(frame).values[call.arguments[0].value] if call.arguments else None
    for thing in inference.things(base):
        if not isinstance(thing, ClassThing):
            continue
        if not isinstance(actions, Mapping):
            yield from class_endpoints(inference, thing)
            continue
        methods = methods_of(inference, thing)
        for key, action in actions.entries:
            names = strings(inference, At(frame, key)) if key != NONE else None
            for name in names or ():
                for text in strings(inference, At(frame, action)) or ():
                    if text in methods:
                        yield methods[text].definition, (name.upper(),)
