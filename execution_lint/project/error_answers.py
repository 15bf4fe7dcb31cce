"""The error answers of governed routes that lack the shape which the contract asks of errors."""

from collections.abc import Iterable, Iterator

from execution_lint.config.schema import Envelope
from execution_lint.facts.scopes import ExitKind
from execution_lint.facts.values import Call, Sequence
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.error_handlers import (
    FASTAPI_ERROR,
    STARLETTE_ERROR,
    ErrorHandler,
    ErrorHandlers,
    names_of,
)
from execution_lint.project.inference import Inference
from execution_lint.project.reachability import Reachability
from execution_lint.project.shapes import Shapes
from execution_lint.project.subjects import Answer, AnswerKind, ErrorAnswer, RouteExit
from execution_lint.project.things import At, Definition, Frame, FunctionThing, InstanceThing, Things

MAXIMUM_DEPTH = 3
"""Calls from a handler into functions of the project whose `raise` statements count."""

_ABORTING = {"flask": "werkzeug.exceptions.HTTPException", "quart": "werkzeug.exceptions.HTTPException"}
_BODIES = {
    FASTAPI_ERROR: ("`detail`", frozenset({"detail"})),
    STARLETTE_ERROR: ("`detail`", frozenset({"detail"})),
}


class ErrorAnswers:
    """Finds the errors that leave a governed route, or an application with governed routes, in another shape."""

    def __init__(self, inference: Inference, shapes: Shapes, reachability: Reachability) -> None:
        self._inference = inference
        self._shapes = shapes
        self._reachability = reachability

    def of_exits(self, exits: Iterable[RouteExit]) -> Iterator[ErrorAnswer]:
        """Every such error, each place once."""
        found: dict[Place, ErrorAnswer] = {}
        governed = [
            (exit, exit.governance.envelope)
            for exit in exits
            if exit.governance is not None and exit.governance.envelope.errors is not None
        ]
        if not governed:
            return
        handlers = tuple(ErrorHandlers(self._inference))
        walked: set[Definition] = set()
        for exit, envelope in governed:
            for error in (*self._answered(exit, envelope), *self._raised(exit, envelope, handlers, walked)):
                found.setdefault(error.place, error)
        for error in self._handled(handlers, governed):
            found.setdefault(error.place, error)
        yield from found.values()

    def _answered(self, exit: RouteExit, envelope: Envelope) -> Iterator[ErrorAnswer]:
        """An error response of the route's own."""
        for answer in exit.answers:
            what = _lacking(answer, envelope) if answer.is_error and answer.kind is not AnswerKind.RAISE else ""
            if what:
                yield self._error(exit, envelope, exit.place, exit.scope, f"answers an error {what}", exit.sureness)
                return

    def _raised(
        self, exit: RouteExit, envelope: Envelope, handlers: tuple[ErrorHandler, ...], walked: set[Definition]
    ) -> Iterator[ErrorAnswer]:
        """`raise HTTPException(...)` in the handler or in what it calls, where nothing registered shapes it."""
        start = Definition(*exit.origin)
        if start in walked:
            return
        walked.add(start)
        waiting = [(start, 0)]
        seen = {start}
        while waiting:
            definition, depth = waiting.pop(0)
            frame = Frame(definition.path, definition.region, definition.scope)
            scope = self._inference.scope(frame)
            for raised in scope.exits:
                if raised.kind is not ExitKind.RAISE or not self._reachability.is_reachable(frame, raised.flow):
                    continue
                what = self._unshaped(self._inference.things(At(frame, raised.value)), exit, envelope, handlers)
                if what:
                    confidence = Confidence.weakest(exit.confidence, Confidence.LIKELY if depth else Confidence.PROVEN)
                    place = Place(frame.path, raised.span)
                    yield self._error(exit, envelope, place, scope.qualname, what, confidence)
            for ref, value in enumerate(scope.values) if depth < MAXIMUM_DEPTH else ():
                if not isinstance(value, Call):
                    continue
                for thing in self._inference.things(At(frame, value.function)):
                    if isinstance(thing, FunctionThing) and thing.definition not in seen:
                        seen.add(thing.definition)
                        waiting.append((thing.definition, depth + 1))
                    elif not depth and self._aborts(thing, exit, handlers):
                        place = Place(frame.path, scope.spans[ref])
                        yield self._error(
                            exit, envelope, place, scope.qualname, "answers an error page", exit.confidence
                        )

    def _aborts(self, thing: object, exit: RouteExit, handlers: tuple[ErrorHandler, ...]) -> bool:
        name = getattr(thing, "name", "")
        caught = _ABORTING.get(exit.framework)
        return (
            name in ("flask.abort", "quart.abort")
            and caught is not None
            and not any(caught in handler.caught or _is_code(handler) for handler in handlers)
        )

    def _unshaped(self, things: Things, exit: RouteExit, envelope: Envelope, handlers: tuple[ErrorHandler, ...]) -> str:
        """What becomes of a raised HTTPException without a handler; empty where it is none, or has one."""
        for thing in things:
            of = thing.of if isinstance(thing, InstanceThing) else thing
            names = tuple(names_of(self._inference, (of,)))
            kind = next((name for name in names if name in _BODIES), None)
            if kind is None or any(name in handler.caught[:1] for handler in handlers for name in names):
                continue
            assert envelope.errors is not None
            spelled, keys = _BODIES[kind]
            if exit.framework == "starlette":
                return f"raises `{names[0].rpartition('.')[2]}`, which is answered as plain text"
            if not set(envelope.errors.require) <= keys:
                return f"raises `{names[0].rpartition('.')[2].rpartition(':')[2]}`, which is answered with {spelled}"
        return ""

    def _handled(
        self, handlers: tuple[ErrorHandler, ...], governed: list[tuple[RouteExit, Envelope]]
    ) -> Iterator[ErrorAnswer]:
        """What the registered exception handlers answer, and what they leave to the framework."""
        envelopes = list({id(envelope): (exit, envelope) for exit, envelope in reversed(governed)}.values())
        first_exit, first = envelopes[-1]
        for handler in handlers:
            yield from self._handler_answers(handler, envelopes)
        caught = {handler.caught[0]: handler for handler in handlers if handler.caught}
        if FASTAPI_ERROR in caught and STARLETTE_ERROR not in caught and "404" not in caught:
            handler = caught[FASTAPI_ERROR]
            what = "answers an unknown path with `detail`: FastAPI's `HTTPException` is handled, Starlette's is not"
            yield self._error(
                first_exit, first, handler.place, handler.scope, what, Confidence.PROVEN, "the application"
            )

    def _handler_answers(
        self, handler: ErrorHandler, envelopes: list[tuple[RouteExit, Envelope]]
    ) -> Iterator[ErrorAnswer]:
        definition = handler.function
        frame = Frame(definition.path, definition.region, definition.scope)
        scope = self._inference.scope(frame)
        if scope.is_generator:
            return
        for exit in scope.exits:
            if exit.kind is not ExitKind.RETURN or not self._reachability.is_reachable(frame, exit.flow):
                continue
            body = self._inference.value(At(frame, exit.value))
            elements = body.elements if isinstance(body, Sequence) and body.kind == "tuple" else ()
            answers = self._shapes.answers(At(frame, elements[0] if elements else exit.value))
            first_exit, first = envelopes[-1]
            if all(any(_lacking(answer, envelope) for answer in answers) for _, envelope in envelopes):
                what = next(text for answer in answers if (text := _lacking(answer, first)))
                place = Place(definition.path, exit.span)
                yield self._error(
                    first_exit,
                    first,
                    place,
                    scope.qualname,
                    f"answers an error {what}",
                    Confidence.PROVEN,
                    f"the exception handler `{scope.qualname}`",
                )

    def _error(
        self,
        exit: RouteExit,
        envelope: Envelope,
        place: Place,
        scope: str,
        what: str,
        confidence: Confidence,
        who: str = "",
    ) -> ErrorAnswer:
        assert exit.governance is not None
        assert envelope.errors is not None
        answered = () if place.path == exit.place.path else (Related("one of the routes that it concerns", exit.place),)
        return ErrorAnswer(
            place=place,
            scope=scope,
            exit=exit,
            who=who or (exit.routes[0].spelled if exit.routes else exit.handler),
            what=what,
            require=envelope.errors.require,
            confidence=Confidence.weakest(confidence, exit.governance.confidence),
            related=(*answered, *exit.governance.related),
        )


def _is_code(handler: ErrorHandler) -> bool:
    return any(name.isdigit() for name in handler.caught)


def _lacking(answer: Answer, envelope: Envelope) -> str:
    """What an answer lacks of the shape of errors; empty where it lacks nothing, or that is not known."""
    assert envelope.errors is not None
    match answer.kind:
        case AnswerKind.OBJECT:
            missing = [key for key in envelope.errors.require if answer.lacks(key)]
            return f"without {', '.join(f'`{key}`' for key in missing)}" if missing else ""
        case AnswerKind.BARE:
            return f"that is {answer.reason or 'a bare value'}"
        case _:
            return ""
