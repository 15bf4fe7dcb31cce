"""What a router's own methods, written in the project, register in the place of those that they override."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.values import NONE, Attribute, Call, Free, Nested, Parameter, Ref
from execution_lint.project.frameworks import METHODS
from execution_lint.project.inference import Inference
from execution_lint.project.routers import Router, argument_of
from execution_lint.project.things import At, ClassThing, Definition, ExternalThing, Frame, FunctionThing, InstanceThing

MAXIMUM_HOPS = 6
"""Methods of a router that hand a path on to each other."""

_ENDS = METHODS | {
    "route",
    "api_route",
    "websocket",
    "websocket_route",
    "add_route",
    "add_api_route",
    "add_url_rule",
    "add_websocket_route",
    "add_api_websocket_route",
}
"""The methods of the frameworks' routers that take a path first."""

_LATER = {
    "fastapi": {
        **dict.fromkeys(METHODS, "api_route"),
        "api_route": "add_api_route",
        "websocket": "add_api_websocket_route",
        "websocket_route": "add_websocket_route",
    },
    "starlette": {"route": "add_route", "websocket_route": "add_websocket_route"},
    "flask": {**dict.fromkeys(METHODS, "route"), "route": "add_url_rule"},
    "quart": {**dict.fromkeys(METHODS, "route"), "route": "add_url_rule"},
    "sanic": dict.fromkeys(METHODS, "route"),
}
"""The method of the same object that each of a framework's methods calls, so that an override of it has its say."""


class HandedOn(msgspec.Struct, frozen=True):
    """A path as it comes to the framework."""

    name: str
    """The method of the framework that takes it in the end."""
    path: At
    methods: At | None
    """The list of methods, where a call on the way gives one."""
    calls: tuple[Frame, ...]
    """The methods of the project on the way, each as its call looks at it."""
    wrapper: Frame | None
    """The function that is registered in the place of the handler; None where the handler is."""


class _Way(msgspec.Struct, frozen=True):
    """How far a call has come."""

    call: At
    calls: tuple[Frame, ...]
    methods: At | None
    wrapper: Frame | None


class RouterMethods:
    """Follows a call of a router's method through the class that overrides it."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def overrides(self, router: Router, name: str) -> bool:
        """Whether the class of a router says itself what the method does, or one that it calls on the way."""
        later: str | None = name
        while later is not None:
            if self._own(router, later) is not None:
                return True
            later = None if router.is_application else _LATER.get(router.framework, {}).get(later)
        return False

    def of_call(self, router: Router, name: str, at: At) -> tuple[HandedOn, ...]:
        """What a call of `name` registers in the end; empty where that is not seen."""
        way = _Way(at, (), self._methods(at), None)
        own = self._own(router, name)
        found = self._followed(router, own, way, (name,)) if own is not None else self._ended(router, name, way, ())
        return tuple(dict.fromkeys(found))

    def is_own_step(self, at: At, function: Attribute, path: Ref) -> bool:
        """Whether a registering call only hands on, in a method of a router, the path that the method is given: what
        it registers is known where the method is called."""
        receiver = self._receiver(at.frame, function)
        if receiver == "" or path == NONE:
            return False
        return any(isinstance(value, Parameter) and value.name != receiver for value in self._parts(at.frame, path, 6))

    def _own(self, router: Router, name: str) -> FunctionThing | None:
        if router.cls is None:
            return None
        receiver = InstanceThing(ClassThing(router.cls), (), router.origin)
        for thing in self._inference.attribute(receiver.of, name):
            if isinstance(thing, FunctionThing):
                return FunctionThing(thing.definition, receiver)
        return None

    def _followed(
        self, router: Router, method: FunctionThing, way: _Way, passed: tuple[str, ...]
    ) -> Iterator[HandedOn]:
        definition = method.definition
        frame = Frame(
            definition.path,
            definition.region,
            definition.scope,
            self._inference.arguments(method, way.call),
            calls=1,
            receiver=method.receiver,
        )
        if len(way.calls) >= MAXIMUM_HOPS or any(call.definition == definition for call in way.calls):
            return
        calls = (*way.calls, frame)
        wrapper = self._wrapper(definition) or way.wrapper
        for at, call, function in self._steps(frame):
            following = _Way(
                at, calls, self._methods(at) or (way.methods if _hands_on_keywords(call) else None), wrapper
            )
            target = self._target(router, at, function)
            if target is not None:
                yield from self._followed(router, target, following, passed)
            elif function.name in _ENDS:
                yield from self._ended(router, function.name, following, passed)

    def _ended(self, router: Router, name: str, way: _Way, passed: tuple[str, ...]) -> Iterator[HandedOn]:
        """What the framework's own method does with a path: it may call another one that the class overrides."""
        later: str | None = name
        while later is not None and not router.is_application:
            later = _LATER.get(router.framework, {}).get(later)
            own = self._own(router, later) if later is not None and later not in passed else None
            if own is not None and later is not None:
                for found in self._followed(router, own, way, (*passed, later)):
                    is_named = found.name not in METHODS and name in METHODS
                    yield HandedOn(name, found.path, None, found.calls, found.wrapper) if is_named else found
                return
        call = self._inference.value(way.call)
        path = self._path(call) if isinstance(call, Call) else NONE
        if path != NONE:
            yield HandedOn(name, At(way.call.frame, path), way.methods, way.calls, way.wrapper)

    def _steps(self, frame: Frame) -> Iterator[tuple[At, Call, Attribute]]:
        """The calls that a method, and the functions in it, make of its own object or of its base."""
        facts = self._inference.module(frame.path).facts(frame.region)
        assert facts is not None
        for index, scope in enumerate(facts.scopes):
            outer = index
            while outer not in (frame.scope, NONE):
                outer = facts.scopes[outer].parent
            if outer == NONE:
                continue
            inner = frame if index == frame.scope else Frame(frame.path, frame.region, index)
            for ref, value in enumerate(scope.values):
                function = scope.values[value.function] if isinstance(value, Call) else None
                if isinstance(value, Call) and isinstance(function, Attribute) and self._receiver(inner, function):
                    yield At(inner, ref), value, function

    def _target(self, router: Router, at: At, function: Attribute) -> FunctionThing | None:
        """The method of the project that a step calls."""
        base = self._inference.scope(at.frame).values[function.base]
        if not isinstance(base, Call):
            return self._own(router, function.name)
        receiver = InstanceThing(ClassThing(router.cls), (), router.origin) if router.cls is not None else None
        call = self._inference.value(at)
        assert isinstance(call, Call)
        for thing in self._inference.things(At(at.frame, call.function)):
            if isinstance(thing, FunctionThing):
                return FunctionThing(thing.definition, receiver)
            if isinstance(thing, ExternalThing):
                return None
        return None

    def _receiver(self, frame: Frame, function: Attribute) -> str:
        """The name by which a method calls its own object, where an attribute is taken of that or of `super()`."""
        scope = self._inference.scope(frame)
        base = scope.values[function.base]
        first = self._first(frame)
        match base:
            case Call(function=callee):
                inner = scope.values[callee]
                return first if isinstance(inner, Free) and inner.name == "super" else ""
            case Parameter(name=name) | Free(name=name):
                return first if name == first else ""
            case _:
                return ""

    def _first(self, frame: Frame) -> str:
        """The first parameter of the method that a scope is, or is in; empty outside a router's methods."""
        facts = self._inference.module(frame.path).facts(frame.region)
        assert facts is not None
        index = frame.scope
        while index != NONE:
            scope = facts.scopes[index]
            owner = self._inference.owner(Definition(frame.path, frame.region, index))
            if owner is not None and scope.parameters and scope.name != "__init__":
                return scope.parameters[0].name
            index = scope.parent
        return ""

    def _wrapper(self, definition: Definition) -> Frame | None:
        """The function that a method gives to its framework in the place of the handler."""
        frame = Frame(definition.path, definition.region, definition.scope)
        for at, call, _ in self._steps(frame):
            scope = self._inference.scope(at.frame)
            for argument in call.arguments:
                value = scope.values[argument.value]
                if isinstance(value, Nested):
                    return Frame(definition.path, definition.region, value.scope)
        return None

    def _methods(self, at: At) -> At | None:
        call = self._inference.value(at)
        ref = argument_of(call, "methods", 99) if isinstance(call, Call) else NONE
        return At(at.frame, ref) if ref != NONE else None

    def _path(self, call: Call) -> Ref:
        for name in ("path", "rule", "uri"):
            ref = argument_of(call, name, 99)
            if ref != NONE:
                return ref
        return argument_of(call, "path", 0)

    def _parts(self, frame: Frame, ref: Ref, depth: int) -> Iterator[object]:
        """The values that a path is put together from."""
        scope = self._inference.scope(frame)
        value = scope.values[ref] if ref != NONE else None
        if not depth or value is None:
            return
        if isinstance(value, Free):
            for site in self._inference.sites(frame, value.name):
                found = self._inference.value(site)
                yield found
                if site.frame.region == frame.region and not isinstance(found, Free):
                    yield from self._parts(site.frame, site.ref, depth - 1)
            return
        yield value
        for name in ("parts", "operands", "alternatives"):
            for part in getattr(value, name, ()):
                yield from self._parts(frame, part, depth - 1)
        if hasattr(value, "base"):
            yield from self._parts(frame, value.base, depth - 1)


def _hands_on_keywords(call: Call) -> bool:
    return any(argument.name == "**" for argument in call.arguments)
