"""What each exit of a handler answers, decorators and response classes included."""

from collections.abc import Iterator
from functools import cached_property

import msgspec

from execution_lint.facts.scopes import Exit, ExitKind, Scope
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Awaited,
    Call,
    Changed,
    Choice,
    Free,
    Mapping,
    Ref,
    Sequence,
    Spread,
    Text,
)
from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place, Span
from execution_lint.project.answer_origins import AnswerOrigins
from execution_lint.project.answers import told_once, unknown
from execution_lint.project.inference import Inference
from execution_lint.project.overrides import NO_BODY, Overrides
from execution_lint.project.reachability import Reachability
from execution_lint.project.registration import Registration
from execution_lint.project.routers import Routers
from execution_lint.project.shapes import Shapes
from execution_lint.project.spelling import spelled
from execution_lint.project.strings import status_code
from execution_lint.project.subjects import Answer, AnswerKind, Governance, Route, RouteExit, WireModel
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    Frame,
    InstanceThing,
)
from execution_lint.project.wire_models import WireModels, sent

_TUPLE_READERS = frozenset({"flask", "quart"})
"""The frameworks in which `return body, status` sets the status."""
_CODE_FIRST = frozenset({"django-ninja"})
"""Those in which `return status, body` does."""
_TEXT_SENDERS = frozenset({"flask", "quart", "litestar"})
"""Those that send a string as text, not as JSON."""
_STREAM = Answer(AnswerKind.NOT_JSON, reason="a stream")


class Handler(msgspec.Struct, frozen=True):
    """A function that answers routes."""

    registrations: tuple[Registration, ...]
    frame: Frame
    scope: Scope
    name: str
    """`module:qualname`."""
    routes: tuple[Route, ...]

    @property
    def framework(self) -> str:
        """That of its first registration."""
        return self.registrations[0].framework

    def on(self, route: Route) -> "Handler":
        """The handler as one of its routes comes to it."""
        if len(self.routes) == 1:
            return self
        path = (route.path, route.path_complete)
        registrations = tuple(registration for registration in self.registrations if path in registration.paths)
        return msgspec.structs.replace(self, registrations=registrations, routes=(route,))


class Answered(msgspec.Struct, frozen=True):
    """What an exit answers."""

    returned: tuple[Answer, ...]
    """What the handler returns, before a wire model."""
    answers: tuple[Answer, ...]
    wire: WireModel | None
    """The wire model that decides what is sent here."""


class HandlerExit:
    """An exit before it is known what governs it. What it answers is found out when that is asked."""

    def __init__(self, handler: Handler, fact: Exit, exits: "HandlerExits") -> None:
        self.handler = handler
        self.fact = fact
        self._exits = exits

    @property
    def value(self) -> At | None:
        """What is returned or raised; None for nothing."""
        return At(self.handler.frame, self.fact.value) if self.fact.value != NONE else None

    @cached_property
    def is_reachable(self) -> bool:
        """Whether control comes to it."""
        return self._exits.is_reachable(self)

    @cached_property
    def answered(self) -> Answered:
        """What it answers."""
        return self._exits.answered(self)

    @property
    def may_be_narrowed(self) -> bool:
        """Whether a wire model with fields may keep back keys of a dict that it returns. What it answers is not asked
        for that."""
        return self._exits.may_be_narrowed(self)

    def may_answer_with(self, *keys: str) -> bool:
        """Whether one of the keys may be in what it answers: told without what it answers, where something else decides
        that."""
        return self._exits.may_answer_with(self, frozenset(keys))

    def handler_shows(self, *keys: str) -> bool:
        """Whether its handler writes all of the keys, or sends a model that has them: told without what it answers."""
        return self._exits.shows(self.handler, frozenset(keys))

    @property
    def bare_call(self) -> str:
        """The name of the function whose value it returns as it is; empty where it returns something else."""
        values = self.handler.scope.values
        value = values[self.fact.value] if self.fact.value != NONE else None
        if isinstance(value, Awaited):
            value = values[value.base]
        if isinstance(value, Call):
            function = values[value.function]
            return function.name if isinstance(function, (Attribute, Free)) else ""
        return ""

    def governed(self, governance: Governance | None, routes: tuple[Route, ...]) -> RouteExit:
        """The exit with what governs it, for the routes that it is so for."""
        return self._exits.subject(self, governance, routes)


class HandlerExits:
    """Links the exits of a handler with its routes and what they answer."""

    def __init__(self, inference: Inference, shapes: Shapes, reachability: Reachability, routers: Routers) -> None:
        self._inference = inference
        self._shapes = shapes
        self._reachability = reachability
        self._routers = routers
        self._wires = WireModels(inference, shapes)
        self._origins = AnswerOrigins(inference)
        self._overrides = Overrides(inference, shapes, routers)
        self._decided: dict[Definition, tuple[tuple[Answer, ...] | None, WireModel | None]] = {}
        self._written: dict[Definition, frozenset[str]] = {}

    def of_handler(self, registrations: list[Registration]) -> Iterator[HandlerExit]:
        """The exits of the handler that the registrations share, not yet governed, those that control never comes to
        included."""
        definition = registrations[0].handler
        routes = (
            Route(registration.methods, path, is_complete)
            for registration in registrations
            for path, is_complete in registration.paths
        )
        handler = Handler(
            tuple(registrations),
            Frame(definition.path, definition.region, definition.scope),
            self._inference.scope(definition),
            self._inference.qualname(definition),
            tuple(dict.fromkeys(routes)),
        )
        for exit in handler.scope.exits:
            if exit.kind is not ExitKind.YIELD:
                yield HandlerExit(handler, exit, self)

    def is_reachable(self, exit: HandlerExit) -> bool:
        """Whether control comes to an exit."""
        return self._reachability.is_reachable(exit.handler.frame, exit.fact.flow)

    def may_be_narrowed(self, exit: HandlerExit) -> bool:
        """Whether a wire model with fields may keep back keys of a dict that an exit returns: an object of a class and
        a response are none."""
        at = exit.value
        if at is None or exit.fact.kind is ExitKind.RAISE:
            return False
        _, wire = self._decided_for(exit.handler)
        return wire is not None and bool(wire.fields) and not self._is_object(at) and not self._is_response(at)

    def may_answer_with(self, exit: HandlerExit, keys: frozenset[str]) -> bool:
        """Whether one of the keys may be in what an exit answers: not where it raises or streams, and of what a model
        sends only its own."""
        handler, at = exit.handler, exit.value
        if exit.fact.kind is ExitKind.RAISE or handler.scope.is_generator or at is None:
            return False
        override, wire = self._decided_for(handler)
        if override is not None:
            return _hold(override, keys)
        if wire is None or wire.keeps_more or _hold(wire.answers, keys):
            return True
        return any(self._is_response(value) for value in (at, *self._alternatives(at)))

    def shows(self, handler: Handler, keys: frozenset[str]) -> bool:
        """Whether a handler writes all of the keys, or sends a model that has them."""
        if keys <= self._written_by(handler):
            return True
        override, wire = self._decided_for(handler)
        sent_anyway = override or (wire.answers if wire is not None else ())
        return any(keys <= answer.keys for answer in sent_anyway)

    def _written_by(self, handler: Handler) -> frozenset[str]:
        definition = handler.frame.definition
        if definition not in self._written:
            self._written[definition] = frozenset(_written(handler.scope))
        return self._written[definition]

    def answered(self, exit: HandlerExit) -> Answered:
        """What an exit answers."""
        handler, at = exit.handler, exit.value
        override, wire = self._decided_for(handler)
        if exit.fact.kind is ExitKind.RAISE:
            raised = (self._raised(at),)
            return Answered(raised, raised, None)
        if handler.scope.is_generator:
            return Answered((_STREAM,), (_STREAM,), wire)
        if override is not None:
            return Answered(override, override, wire)
        passed_by = wire is not None and self._is_response(at)
        returned, answers = self._answered(at, handler.framework, None if passed_by else wire)
        if self._reachability.error_code(handler.frame, exit.fact.flow):
            returned, answers = _failed(returned), _failed(answers)
        return Answered(returned, answers, None if passed_by else wire)

    def subject(self, exit: HandlerExit, governance: Governance | None, routes: tuple[Route, ...]) -> RouteExit:
        """The exit with what governs it, for the routes that it is so for."""
        handler, at, answered = exit.handler, exit.value, exit.answered
        definition = handler.frame.definition
        return RouteExit(
            place=Place(definition.path, self._line(exit.fact, handler.scope.head)),
            scope=handler.scope.qualname,
            handler=handler.name,
            framework=handler.framework,
            routes=routes,
            answers=answered.answers,
            confidence=Confidence.weakest(
                *(registration.confidence for registration in handler.registrations),
                self._overrides.confidence(handler.frame, list(handler.registrations)),
            ),
            governance=governance,
            wire=answered.wire,
            returned=answered.returned,
            origin=(definition.path, definition.region, definition.scope),
            value=at.key if at is not None else None,
            written=self._written_by(handler),
            returns_object=answered.wire is not None and at is not None and self._is_object(at),
            related=self._origins.of_value(at) if at is not None and exit.fact.kind is ExitKind.RETURN else (),
        )

    def _decided_for(self, handler: Handler) -> tuple[tuple[Answer, ...] | None, WireModel | None]:
        """What decides the answers of all exits of a handler: something that overrides them, a wire model."""
        definition = handler.frame.definition
        if definition not in self._decided:
            registrations = list(handler.registrations)
            override = self._overrides.of_routes(registrations)
            wire = self._wires.of_handler(handler.frame, registrations)
            if override is None:
                redecorated = self._overrides.of_decorators(handler.frame, registrations)
                if redecorated is not None:
                    # Of a wrapper without the handler's annotations nobody reads these.
                    is_read = wire is not None and (redecorated.has_signature or not wire.is_annotation)
                    wire = wire if is_read else None
                    override = sent(wire, redecorated.answers, is_dict=True) if wire else redecorated.answers
            self._decided[definition] = override, wire
        return self._decided[definition]

    def _line(self, exit: Exit, head: Span) -> Span:
        return head if exit.kind is ExitKind.FALL else exit.span

    def _raised(self, at: At | None) -> Answer:
        """What a `raise` statement raises."""
        written = spelled(self._inference.scope(at.frame), at.ref).removesuffix("()") if at is not None else ""
        return Answer(AnswerKind.RAISE, reason=written.strip("…") or "an exception", is_error=True)

    def _is_response(self, at: At | None) -> bool:
        if at is None:
            return False
        things = self._inference.things(at)
        return bool(things) and all(self._shapes.is_response(thing) for thing in things)

    def _is_object(self, at: At) -> bool:
        return any(
            isinstance(thing, InstanceThing)
            and isinstance(thing.of, ClassThing)
            and not self._inference.is_typed_dict(thing.of)
            for thing in self._inference.things(at)
        )

    def _answered(
        self, at: At | None, framework: str, wire: WireModel | None
    ) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
        """What a handler returns, and what is sent of it."""
        if at is None:
            null = (Answer(AnswerKind.BARE, reason="null"),)
            return null, sent(wire, null, is_dict=False) if wire is not None else null
        returned: dict[Answer, None] = {}
        answered: dict[Answer, None] = {}
        for alternative in self._alternatives(at):
            value = self._inference.value(alternative)
            if framework in _TUPLE_READERS and isinstance(value, Sequence) and value.kind == "tuple" and value.elements:
                answers = tuple(self._tuple(alternative, value.elements))
            elif (
                framework in _CODE_FIRST
                and isinstance(value, Sequence)
                and value.kind == "tuple"
                and len(value.elements) == 2
            ):
                answers = tuple(self._tuple(alternative, value.elements[::-1]))
            else:
                answers = self._shapes.answers(alternative)
            if framework in _TEXT_SENDERS:
                answers = tuple(_as_text(answer) for answer in answers)
            returned.update(dict.fromkeys(answers))
            if wire is not None and not self._is_response(alternative):
                answers = sent(wire, answers, is_dict=not self._is_object(alternative))
            answered.update(dict.fromkeys(answers))
        return tuple(returned), told_once(answered)

    def _alternatives(self, at: At) -> Iterator[At]:
        value = self._inference.value(at)
        if isinstance(value, Choice) and value.kind in ("join", "if"):
            for alternative in value.alternatives:
                if alternative != at.ref:
                    yield At(at.frame, alternative)
        else:
            yield at

    def _tuple(self, at: At, elements: tuple[Ref, ...]) -> Iterator[Answer]:
        """Flask's `body, status` and `body, status, headers`."""
        code = status_code(self._inference, At(at.frame, elements[1])) if len(elements) > 1 else 200
        is_error = code is not None and code >= 400
        first = At(at.frame, elements[0])
        if isinstance(self._inference.value(first), Spread):
            yield unknown("a tuple with a spread")
            return
        for answer in self._shapes.answers(first):
            if code in NO_BODY:
                yield Answer(AnswerKind.NOT_JSON, reason="no body")
            else:
                yield msgspec.structs.replace(answer, is_error=is_error or answer.is_error)


def _written(scope: Scope) -> Iterator[str]:
    """The keys that a scope writes into dicts, in displays and by assignment."""
    for value in scope.values:
        match value:
            case Mapping(entries=entries):
                keys = [scope.values[key] for key, _ in entries if key != NONE]
            case Changed(key=key) if key != NONE:
                keys = [scope.values[key]]
            case _:
                continue
        yield from (key.value for key in keys if isinstance(key, Text))


def _hold(answers: tuple[Answer, ...], keys: frozenset[str]) -> bool:
    """Whether one of the keys is among those that the answers have or may have."""
    return any(not keys.isdisjoint(answer.keys | answer.optional) for answer in answers)


def _failed(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    return tuple(msgspec.structs.replace(answer, is_error=True) for answer in answers)


def _as_text(answer: Answer) -> Answer:
    """A string that a framework sends as text."""
    if answer.kind is AnswerKind.BARE and answer.reason == "a string":
        return Answer(AnswerKind.NOT_JSON, reason="text", is_error=answer.is_error)
    return answer
