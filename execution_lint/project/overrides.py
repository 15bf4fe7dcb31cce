"""What stands between what a handler returns and what is sent: response and route classes, status codes without a body,
decorators."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.scopes import Exit, ExitKind, Scope, TargetKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Awaited,
    Call,
    Changed,
    Choice,
    Declared,
    Free,
    Narrowed,
    Nested,
    Parameter,
    Ref,
)
from execution_lint.model.confidence import Confidence
from execution_lint.project.answers import merged, unknown
from execution_lint.project.frameworks import WEBSOCKET
from execution_lint.project.inference import Inference
from execution_lint.project.registration import Registration
from execution_lint.project.routers import Routers, argument_of
from execution_lint.project.shapes import Shapes
from execution_lint.project.strings import status_code
from execution_lint.project.subjects import Answer, AnswerKind
from execution_lint.project.things import At, ClassThing, Definition, ExternalThing, Frame, FunctionThing

NO_BODY = frozenset({204, 205, 304})
"""The status codes whose answers have no body."""
_BODILESS = frozenset({"HEAD", "OPTIONS"})
"""The methods whose answers have no body."""


class Redecorated(msgspec.Struct, frozen=True):
    """What a decorator answers in the place of the handler."""

    answers: tuple[Answer, ...]
    has_signature: bool
    """It wears the handler's annotations, so that frameworks read those."""


class Overrides:
    """Answers what is sent whatever a handler returns; nothing where its own answer is sent."""

    def __init__(self, inference: Inference, shapes: Shapes, routers: Routers) -> None:
        self._inference = inference
        self._shapes = shapes
        self._routers = routers
        self._routed: dict[ClassThing, bool] = {}

    def of_routes(self, registrations: list[Registration]) -> tuple[Answer, ...] | None:
        """An answer that does not follow from the return value: another response class, no body, a decorator that
        makes its own."""
        if all(registration.methods == (WEBSOCKET,) for registration in registrations):
            return (Answer(AnswerKind.NOT_JSON, reason="a WebSocket"),)
        if all(registration.methods and _BODILESS.issuperset(registration.methods) for registration in registrations):
            return (Answer(AnswerKind.NOT_JSON, reason="no body"),)
        for registration in registrations:
            at = registration.decorator
            call = self._inference.value(at) if at is not None else None
            if at is None or not isinstance(call, Call):
                continue
            code_ref = argument_of(call, "status_code", 99)
            code = status_code(self._inference, At(at.frame, code_ref)) if code_ref != NONE else None
            if code in NO_BODY:
                return (Answer(AnswerKind.NOT_JSON, reason="no body"),)
            rendered = self._rendered(registration, at, call)
            if rendered is not None:
                return (rendered,)
            is_deletion = registration.framework == "litestar" and registration.methods == ("DELETE",)
            if is_deletion and code_ref == NONE:
                return (Answer(AnswerKind.NOT_JSON, reason="no body"),)
        return None

    def of_decorators(self, frame: Frame, registrations: list[Registration]) -> "Redecorated | None":
        """What a decorator, or a router's own method, makes of what the handler returns; None where that is handed
        on."""
        for registration in registrations:
            if registration.wrapper is not None and not self._is_handed_on(registration.wrapper):
                return Redecorated(
                    (unknown("the router's own method registers another function in its place"),),
                    has_signature=self._has_signature(registration.wrapper.definition),
                )
        return self._redecorated(frame, registrations)

    def _rendered(self, registration: Registration, at: At, call: Call) -> Answer | None:
        """A response or route class that decides what is sent."""
        candidates: list[At] = []
        own = argument_of(call, "response_class", 99)
        if own != NONE:
            candidates.append(At(at.frame, own))
        for router in registration.routers:
            names = ("route_class", "default_response_class") if own == NONE else ("route_class",)
            candidates += [found for name in names if (found := self._routers.keyword(router, name)) is not None]
        for candidate in candidates:
            for thing in self._inference.things(candidate):
                if isinstance(thing, ClassThing):
                    if self._hands_on_answers(thing):
                        continue
                    name = self._inference.scope(thing.definition).qualname
                    return unknown(f"`{name}` decides what is sent")
                if isinstance(thing, ExternalThing) and self._shapes.is_response(thing) and "JSON" not in thing.name:
                    return Answer(AnswerKind.NOT_JSON, reason=f"a {thing.name.rpartition('.')[2]}")
        return None

    def _redecorated(self, frame: Frame, registrations: list[Registration]) -> "Redecorated | None":
        """A decorator of the project between the route and the handler that does not hand on what the handler
        returns."""
        scope = self._inference.scope(frame)
        first = max((registration.position for registration in registrations), default=NONE)
        for decorator in scope.decorators[first + 1 :] if first != NONE else ():
            value = scope.values[decorator]
            made_by_call = isinstance(value, Call)
            for thing in self._inference.things(At(frame, value.function if isinstance(value, Call) else decorator)):
                is_factory = made_by_call
                if isinstance(thing, FunctionThing) and not made_by_call:
                    thing, is_factory = self._delegate(thing)
                if isinstance(thing, FunctionThing) and not self._hands_on(thing, is_factory):
                    own = self._own_answers(thing, is_factory)
                    if not own or any(answer.kind is AnswerKind.UNKNOWN for answer in own):
                        name = self._inference.scope(thing.definition).name
                        own = (unknown(f"decorated by `{name}`, which makes an answer of its own"),)
                    return Redecorated(own, has_signature=self._has_signature(thing.definition))
        return None

    def _has_signature(self, definition: Definition) -> bool:
        """Whether a function in this one, or itself, is made to look like the handler, annotations included."""
        facts = self._inference.module(definition.path).facts(definition.region)
        for index, scope in enumerate(facts.scopes if facts is not None else ()):
            for decorator in scope.decorators if index >= definition.scope else ():
                value = scope.values[decorator]
                if isinstance(value, Call):
                    things = self._inference.things(
                        At(Frame(definition.path, definition.region, index), value.function)
                    )
                    if any(isinstance(thing, ExternalThing) and thing.name == "functools.wraps" for thing in things):
                        return True
        return False

    def _delegate(self, decorator: FunctionThing, depth: int = 4) -> tuple[FunctionThing, bool]:
        """The function that makes the wrapper: another one, where a decorator only hands on what it is given; and
        whether that makes the decorator first, as `made(name)(function)` does."""
        definition = decorator.definition
        frame = Frame(definition.path, definition.region, definition.scope)
        scope = self._inference.scope(frame)
        returned = [exit.value for exit in scope.exits if exit.kind is ExitKind.RETURN and exit.value != NONE]
        call = scope.values[returned[0]] if len(returned) == 1 else None
        if not isinstance(call, Call) or not depth:
            return decorator, False
        if not any(isinstance(scope.values[argument.value], Parameter) for argument in call.arguments):
            return decorator, False
        inner = scope.values[call.function]
        is_factory = isinstance(inner, Call)
        for thing in self._inference.things(At(frame, inner.function if isinstance(inner, Call) else call.function)):
            if isinstance(thing, FunctionThing):
                return (thing, True) if is_factory else self._delegate(thing, depth - 1)
        return decorator, False

    def _wrapper(self, decorator: FunctionThing, made_by_call: bool) -> tuple[int | None, set[str], int]:
        """The function that a decorator puts in the place of the decorated one, how it calls the latter, and the
        scope that makes it."""
        definition = decorator.definition
        facts = self._inference.module(definition.path).facts(definition.region)
        assert facts is not None
        maker = definition.scope
        inner = self._nested_result(facts.scopes[maker].exits, facts.scopes[maker].values)
        if made_by_call or (inner is not None and _calls_itself_made(facts.scopes[maker], inner)):
            if inner is None:
                return None, set(), NONE
            maker = inner
        names = {parameter.name for parameter in facts.scopes[maker].parameters}
        names |= set(self._carriers(Frame(definition.path, definition.region, maker), names))
        return self._nested_result(facts.scopes[maker].exits, facts.scopes[maker].values), names, maker

    def _carriers(self, frame: Frame, names: set[str]) -> Iterator[str]:
        """The names of what else calls the decorated function: functions beside the wrapper, and what a call makes of
        it."""
        scope = self._inference.scope(frame)
        for name, ref in scope.bindings:
            value = scope.values[ref]
            if isinstance(value, Nested):
                if self._passes(Frame(frame.path, frame.region, value.scope), names):
                    yield name
            elif isinstance(value, Call) and any(
                getattr(scope.values[argument.value], "name", "") in names for argument in value.arguments
            ):
                yield name

    def _hands_on(self, decorator: FunctionThing, made_by_call: bool) -> bool:
        """Whether a decorator returns what the decorated function returns."""
        definition = decorator.definition
        wrapper, names, maker = self._wrapper(decorator, made_by_call)
        if maker == NONE:
            return False
        if wrapper is None:
            scope = self._inference.scope(Frame(definition.path, definition.region, maker))
            returned = [
                scope.values[exit.value] for exit in scope.exits if exit.kind is ExitKind.RETURN and exit.value != NONE
            ]
            return all(getattr(value, "name", "") in names for value in returned)
        return self._passes(Frame(definition.path, definition.region, wrapper), names)

    def _is_handed_on(self, wrapper: Frame) -> bool:
        """Whether a function that is registered in the place of a handler returns what that returns."""
        facts = self._inference.module(wrapper.path).facts(wrapper.region)
        parent = self._inference.scope(wrapper).parent
        if facts is None or parent == NONE:
            return False
        return self._passes(wrapper, {parameter.name for parameter in facts.scopes[parent].parameters})

    def _passes(self, frame: Frame, names: set[str]) -> bool:
        """Whether a wrapper returns, on some way, what it calls by one of the names."""
        scope = self._inference.scope(frame)
        return any(
            self._is_call_of(scope.values, exit.value, names, 8)
            for exit in scope.exits
            if exit.kind is ExitKind.RETURN and exit.value != NONE
        )

    def _own_answers(self, decorator: FunctionThing, made_by_call: bool) -> tuple[Answer, ...]:
        """What the wrapper that a decorator makes answers by itself."""
        wrapper, _, _ = self._wrapper(decorator, made_by_call)
        if wrapper is None:
            return ()
        frame = Frame(decorator.definition.path, decorator.definition.region, wrapper)
        returned = (exit for exit in self._inference.scope(frame).exits if exit.kind is ExitKind.RETURN)
        return merged(
            answer for exit in returned if exit.value != NONE for answer in self._shapes.answers(At(frame, exit.value))
        )

    def _hands_on_answers(self, cls: ClassThing) -> bool:
        """Whether a response or route class of the project sends what its base would: it has no `render` of its own,
        and its `get_route_handler`, if any, returns what the inherited one gives."""
        if cls not in self._routed:
            self._routed[cls] = self._shapes.renders_content(cls) and self._routes_on(cls)
        return self._routed[cls]

    def _routes_on(self, cls: ClassThing) -> bool:
        sites = self._inference.class_sites(cls, "get_route_handler")
        things = [thing for site in sites for thing in self._inference.things(site)]
        if not sites:
            is_known = all(isinstance(base, (ClassThing, ExternalThing)) for base in self._inference.ancestry(cls))
            return is_known and all(
                base == cls or self._hands_on_answers(base)
                for base in self._inference.ancestry(cls)
                if isinstance(base, ClassThing)
            )
        for thing in things:
            if not isinstance(thing, FunctionThing):
                return False
            definition = thing.definition
            scope = self._inference.scope(definition)
            inner = self._nested_result(scope.exits, scope.values)
            if inner is None:
                return False
            frame = Frame(definition.path, definition.region, inner)
            names = {name for name, ref in scope.bindings if _is_inherited(scope.values, ref)}
            if not self._passes(frame, names) or self._changes_body(frame):
                return False
        return True

    def _changes_body(self, frame: Frame) -> bool:
        """Whether a wrapper sets the body of a response."""
        assignments = self._inference.scope(frame).assignments
        return any(assignment.kind is TargetKind.ATTRIBUTE and assignment.name == "body" for assignment in assignments)

    def _nested_result(self, exits: tuple[Exit, ...], values: tuple[object, ...]) -> int | None:
        for exit in exits:
            if exit.kind is ExitKind.RETURN and exit.value != NONE:
                value = values[exit.value]
                if isinstance(value, Call) and value.arguments:
                    value = values[value.arguments[0].value]
                if isinstance(value, Nested):
                    return value.scope
        return None

    def _is_call_of(self, values: tuple[object, ...], ref: Ref, names: set[str], depth: int) -> bool:
        if depth == 0 or ref == NONE:
            return False
        match values[ref]:
            case (
                Awaited(base=base)
                | Narrowed(base=base)
                | Declared(value=base)
                | Changed(base=base, how="passed" | "method")
            ):
                return self._is_call_of(values, base, names, depth - 1)
            case Choice(alternatives=alternatives):
                return any(self._is_call_of(values, alternative, names, depth - 1) for alternative in alternatives)
            case Call(function=function, arguments=arguments):
                callee = values[function]
                if isinstance(callee, Free) and callee.name in names:
                    return True
                return any(
                    isinstance(given := values[argument.value], Free) and given.name in names for argument in arguments
                )
            case _:
                return False

    def confidence(self, frame: Frame, registrations: list[Registration]) -> Confidence:
        """How sure the answer is behind decorators from outside the project, which may change it."""
        scope = self._inference.scope(frame)
        last = max((registration.position for registration in registrations), default=NONE)
        if last == NONE:
            return Confidence.PROVEN
        for decorator in scope.decorators[last + 1 :]:
            value = scope.values[decorator]
            for thing in self._inference.things(At(frame, value.function if isinstance(value, Call) else decorator)):
                if not isinstance(thing, FunctionThing) and not (
                    isinstance(thing, ExternalThing) and thing.name.startswith("functools.")
                ):
                    return Confidence.LIKELY
        return Confidence.PROVEN


def _calls_itself_made(scope: Scope, inner: int) -> bool:
    """Whether a decorator that may be called first, `decorated` or `decorated()`, calls the one that it makes."""
    return any(
        exit.kind is ExitKind.RETURN
        and exit.value != NONE
        and isinstance(call := scope.values[exit.value], Call)
        and scope.values[call.function] == Nested(inner)
        for exit in scope.exits
    )


def _is_inherited(values: tuple[object, ...], ref: Ref) -> bool:
    """`super().get_route_handler()`."""
    call = values[ref]
    if isinstance(call, Declared):
        call = values[call.value] if call.value != NONE else call
    function = values[call.function] if isinstance(call, Call) else None
    return isinstance(function, Attribute) and function.name == "get_route_handler"
