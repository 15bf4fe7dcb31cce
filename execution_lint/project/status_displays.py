"""Literals within displays and made containers, by what the type of the whole says of each part."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import NONE, Call, Choice, Declared, Free, Mapping, Narrowed, Ref, Sequence, Text
from execution_lint.project.inference import Inference
from execution_lint.project.standard_names import ITERABLES, MAPPINGS, TUPLES
from execution_lint.project.subjects import StatusPlace
from execution_lint.project.things import At, ClassThing, ExternalThing, Frame, InstanceThing, Thing, Things

_CONTAINERS = frozenset({"list", "set", "frozenset", "tuple", "dict"})
_DEPTH = 6


class Part(msgspec.Struct, frozen=True):
    """A literal in a display."""

    ref: Ref
    where: StatusPlace
    key: str
    """The key under which it stands; empty where that is none or not known."""
    things: Things
    """What the type of the display says of it."""


def parts_of(
    inference: Inference,
    frame: Frame,
    ref: Ref,
    types: Things,
    where: StatusPlace = StatusPlace.ELEMENT,
    depth: int = _DEPTH,
) -> Iterator[Part]:
    """The literals in a display; `types` are those of the whole."""
    if ref == NONE or depth == 0 or not types:
        return
    scope = inference.followed(frame)
    match scope.values[ref]:
        case Text():
            yield Part(ref, where, "", types)
        case Choice(kind="if" | "or" | "join", alternatives=alternatives):
            for alternative in alternatives:
                yield from parts_of(inference, frame, alternative, types, where, depth - 1)
        case Declared(value=base) | Narrowed(base=base):
            yield from parts_of(inference, frame, base, types, where, depth - 1)
        case Sequence(elements=elements):
            for position, element in enumerate(elements):
                yield from parts_of(inference, frame, element, _element_types(types, position), where, depth - 1)
        case Call(function=function, arguments=arguments) if len(arguments) == 1 and arguments[0].name == "":
            called = scope.values[function]
            if isinstance(called, Free) and called.name in _CONTAINERS:
                yield from parts_of(inference, frame, arguments[0].value, types, where, depth - 1)
        case Mapping(entries=entries):
            for key, held in entries:
                yield from _entry(inference, frame, key, held, types, depth - 1)
        case _:
            return


def holds_text(scope: Scope, ref: Ref, depth: int = _DEPTH) -> bool:
    """Whether `parts_of` could find a literal in a display, whatever its type: asked first, for types cost."""
    if ref == NONE or depth == 0:
        return False
    match scope.values[ref]:
        case Text():
            return True
        case Choice(alternatives=parts) | Sequence(elements=parts):
            return any(holds_text(scope, part, depth - 1) for part in parts)
        case Declared(value=base) | Narrowed(base=base):
            return holds_text(scope, base, depth - 1)
        case Call(function=function, arguments=arguments) if len(arguments) == 1:
            called = scope.values[function]
            is_container = isinstance(called, Free) and called.name in _CONTAINERS
            return is_container and holds_text(scope, arguments[0].value, depth - 1)
        case Mapping(entries=entries):
            return any(holds_text(scope, part, depth - 1) for entry in entries for part in entry)
        case _:
            return False


def _entry(inference: Inference, frame: Frame, key: Ref, held: Ref, types: Things, depth: int) -> Iterator[Part]:
    text = inference.followed(frame).values[key] if key != NONE else None
    name = text.value if isinstance(text, Text) else ""
    for thing in types:
        match thing:
            case InstanceThing(of=ExternalThing(name=kind), parameters=parameters) if (
                kind in MAPPINGS and len(parameters) > 1
            ):
                yield from parts_of(inference, frame, key, parameters[0], StatusPlace.KEY, depth)
                declared = parameters[1]
            case InstanceThing(of=ClassThing() as cls) if name and inference.is_typed_dict(cls):
                declared = _declared_entry(inference, cls, name)
            case _:
                continue
        for part in parts_of(inference, frame, held, declared, StatusPlace.ENTRY, depth):
            yield Part(part.ref, part.where, part.key or name, part.things)


def _declared_entry(inference: Inference, row: ClassThing, name: str) -> Things:
    """What a `TypedDict` says of one of its entries."""
    found = inference.field(row, name)
    if found is None or found[1].annotation == NONE:
        return ()
    return inference.types(At(found[0], found[1].annotation))


def _element_types(types: Things, position: int) -> Things:
    found: list[Thing] = []
    for thing in types:
        if isinstance(thing, InstanceThing) and isinstance(thing.of, ExternalThing) and thing.parameters:
            name, parameters = thing.of.name, thing.parameters
            if name in TUPLES and len(parameters) > 1:
                found.extend(parameters[position] if position < len(parameters) else ())
            elif name in ITERABLES:
                found.extend(parameters[0])
    return tuple(found)
