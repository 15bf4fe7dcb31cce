"""Tuples of a body and a status that a handler returns where its framework reads no tuples."""

from collections.abc import Iterator

from execution_lint.facts.scopes import ExitKind
from execution_lint.facts.values import NONE, Awaited, Call, Choice, Constant, Sequence
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.reachability import Reachability
from execution_lint.project.registration import Registration
from execution_lint.project.strings import status_code
from execution_lint.project.subjects import Route, TupleAnswer
from execution_lint.project.things import At, Definition, ExternalThing, Frame, FunctionThing, InstanceThing, ValueKey

READING = frozenset({"flask", "quart", "django-ninja", "unknown"})
"""The frameworks that read tuples, and those of which that is not known."""
MAXIMUM_CALLS = 2
"""Helpers behind a `return` that are followed."""


class TupleAnswers:
    """Finds `return body, status`, in the handler or in a helper whose value it returns as it is."""

    def __init__(
        self, inference: Inference, reachability: Reachability, registered: dict[Definition, list[Registration]]
    ) -> None:
        self._inference = inference
        self._reachability = reachability
        self._registered = registered

    def __iter__(self) -> Iterator[TupleAnswer]:
        for handler, registrations in self._registered.items():
            framework = registrations[0].framework
            scope = self._inference.scope(handler)
            if framework in READING or scope.is_generator or self._says_tuple(handler, registrations):
                continue
            frame = Frame(handler.path, handler.region, handler.scope)
            for exit in scope.exits:
                if exit.kind is not ExitKind.RETURN or exit.value == NONE:
                    continue
                for at, code in self._tuples(At(frame, exit.value), MAXIMUM_CALLS, set()):
                    if not self._reachability.is_reachable(frame, exit.flow):
                        break
                    yield TupleAnswer(
                        place=Place(handler.path, exit.span),
                        scope=scope.qualname,
                        framework=framework,
                        route=self._spelled(registrations),
                        code=code,
                        confidence=Confidence.weakest(*(registration.confidence for registration in registrations)),
                        related=self._related(at, handler),
                    )
                    break

    def _tuples(self, at: At, calls: int, passed: set[ValueKey]) -> Iterator[tuple[At, int]]:
        """The tuples that a value may be, with their status codes."""
        if at.key in passed:
            return
        passed.add(at.key)
        match self._inference.value(at):
            case Sequence(kind="tuple", elements=elements) if len(elements) in (2, 3):
                code = self._code(At(at.frame, elements[1]))
                if code is not None and self._is_body(At(at.frame, elements[0])):
                    yield at, code
            case Choice(alternatives=alternatives):
                for alternative in alternatives:
                    yield from self._tuples(At(at.frame, alternative), calls, passed)
            case Awaited(base=base):
                yield from self._tuples(At(at.frame, base), calls, passed)
            case Call(function=function) if calls:
                for thing in self._inference.things(At(at.frame, function)):
                    if isinstance(thing, FunctionThing):
                        definition = thing.definition
                        frame = Frame(definition.path, definition.region, definition.scope)
                        for exit in self._inference.scope(definition).exits:
                            if exit.kind is ExitKind.RETURN and exit.value != NONE:
                                yield from self._tuples(At(frame, exit.value), calls - 1, passed)
            case _:
                return

    def _code(self, at: At) -> int | None:
        value = self._inference.value(at)
        if isinstance(value, Constant) and value.kind != "int":
            return None
        code = status_code(self._inference, at)
        return code if code is not None and 100 <= code <= 599 else None

    def _is_body(self, at: At) -> bool:
        """Whether a value is one that people send: not a number beside another one."""
        value = self._inference.value(at)
        return not isinstance(value, Constant) or value.kind == "None"

    def _says_tuple(self, handler: Definition, registrations: list[Registration]) -> bool:
        """Whether a list is what is declared to be sent."""
        scope = self._inference.scope(handler)
        declared = (
            [At(Frame(handler.path, handler.region, handler.scope), scope.returns)] if scope.returns != NONE else []
        )
        for registration in registrations:
            at = registration.decorator
            call = self._inference.value(at) if at is not None else None
            if at is not None and isinstance(call, Call):
                declared += [At(at.frame, found.value) for found in call.arguments if found.name == "response_model"]
        return any(
            isinstance(thing, InstanceThing)
            and isinstance(thing.of, ExternalThing)
            and thing.of.name in ("builtins.tuple", "typing.Tuple", "builtins.list", "typing.List", "typing.Sequence")
            for at in declared
            for thing in self._inference.types(at)
        )

    def _spelled(self, registrations: list[Registration]) -> str:
        registration = registrations[0]
        text, is_complete = next(iter(registration.paths), ("", False))
        return Route(registration.methods, text, is_complete).spelled

    def _related(self, at: At, handler: Definition) -> tuple[Related, ...]:
        if at.frame.definition == handler:
            return ()
        scope = self._inference.scope(at.frame)
        place = Place(at.frame.path, scope.spans[at.ref])
        return (Related(f"`{scope.qualname}` makes the tuple", place),)
