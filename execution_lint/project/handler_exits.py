"""What each exit of a handler answers, decorators and response classes included."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from execution_lint.facts.scopes import Exit, ExitKind, Scope
from execution_lint.facts.values import (
    NONE,
    Changed,
    Choice,
    Mapping,
    Ref,
    Sequence,
    Spread,
    Text,
    Value,
)
from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place, Span
from execution_lint.project.answer_origins import AnswerOrigins
from execution_lint.project.answers import unknown, with_one_open
from execution_lint.project.inference import Inference
from execution_lint.project.overrides import NO_BODY, Overrides
from execution_lint.project.reachability import Reachability
from execution_lint.project.registration import Registration
from execution_lint.project.routers import Routers
from execution_lint.project.shapes import Shapes
from execution_lint.project.spelling import spelled
from execution_lint.project.strings import status_code
from execution_lint.project.subjects import Answer, AnswerKind, Route, RouteExit, WireModel
from execution_lint.project.things import (
    At,
    ClassThing,
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


@dataclass(frozen=True, slots=True)
class HandlerExit:
    """An exit before it is known what governs it."""

    subject: RouteExit
    fact: Exit
    registrations: tuple[Registration, ...]
    values: tuple[Value, ...]
    """The values of the handler's scope."""


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

    def of_handler(self, registrations: list[Registration]) -> Iterator[HandlerExit]:
        """The exits of the handler that the registrations share, not yet governed."""
        handler = registrations[0].handler
        scope = self._inference.scope(handler)
        frame = Frame(handler.path, handler.region, handler.scope)
        routes = tuple(
            dict.fromkeys(
                Route(registration.methods, path, is_complete)
                for registration in registrations
                for path, is_complete in registration.paths
            )
        )
        framework = registrations[0].framework
        override = self._overrides.of_handler(frame, registrations)
        wire = self._wires.of_handler(frame, registrations)
        written = frozenset(_written(scope))
        confidence = Confidence.weakest(
            *(registration.confidence for registration in registrations),
            self._overrides.confidence(frame, registrations),
        )
        for exit in scope.exits:
            if exit.kind is ExitKind.YIELD or not self._reachability.is_reachable(frame, exit.flow):
                continue
            at = At(frame, exit.value) if exit.value != NONE else None
            is_model_passed = False
            if exit.kind is ExitKind.RAISE:
                returned: tuple[Answer, ...] = (self._raised(at),)
                answers = returned
            elif scope.is_generator:
                returned = answers = (Answer(AnswerKind.NOT_JSON, reason="a stream"),)
            elif override is not None:
                returned = answers = override
            else:
                by_model = wire if wire is None or not self._is_response(at) else None
                is_model_passed = wire is not None and by_model is None
                returned, answers = self._answered(at, framework, by_model)
                if self._reachability.error_code(frame, exit.flow):
                    returned, answers = _failed(returned), _failed(answers)
            subject = RouteExit(
                place=Place(handler.path, self._line(exit, scope.head)),
                scope=scope.qualname,
                handler=self._inference.qualname(handler),
                framework=framework,
                routes=routes,
                answers=answers,
                confidence=confidence,
                governance=None,
                wire=None if is_model_passed or exit.kind is ExitKind.RAISE else wire,
                returned=returned,
                origin=(handler.path, handler.region, handler.scope),
                value=at.key if at is not None else None,
                written=written,
                returns_object=at is not None and self._is_object(at),
                related=self._origins.of_value(at) if at is not None and exit.kind is ExitKind.RETURN else (),
            )
            yield HandlerExit(subject, exit, tuple(registrations), scope.values)

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
        return tuple(returned), with_one_open(answered)

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
                yield replace(answer, is_error=is_error or answer.is_error)


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


def _failed(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    return tuple(replace(answer, is_error=True) for answer in answers)


def _as_text(answer: Answer) -> Answer:
    """A string that a framework sends as text."""
    if answer.kind is AnswerKind.BARE and answer.reason == "a string":
        return Answer(AnswerKind.NOT_JSON, reason="text", is_error=answer.is_error)
    return answer
