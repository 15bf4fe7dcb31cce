"""Where an answer is made that a handler only hands on: the returns of the helpers that it calls."""

from collections.abc import Iterator

from execution_lint.facts.scopes import ExitKind
from execution_lint.facts.values import NONE, Awaited, Call, Changed, Choice, Declared, Narrowed
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.things import At, Frame, FunctionThing

MAXIMUM_HOPS = 3
"""Helpers of helpers that are followed."""

MAXIMUM_PLACES = 4
"""Returns that are told of one answer."""


class AnswerOrigins:
    """Follows answers back through the functions of the project that give them."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def of_value(self, at: At) -> tuple[Related, ...]:
        """The returns that make the answer, from the handler on; empty for one that it makes itself."""
        return tuple(dict.fromkeys(self._found(at, MAXIMUM_HOPS)))[:MAXIMUM_PLACES]

    def _found(self, at: At, hops: int) -> Iterator[Related]:
        frame = at.frame
        for call in self._calls(at):
            value = self._inference.value(call)
            assert isinstance(value, Call)
            for thing in self._inference.things(At(frame, value.function)) if hops else ():
                if not isinstance(thing, FunctionThing):
                    continue
                definition = thing.definition
                scope = self._inference.scope(definition)
                inner = Frame(definition.path, definition.region, definition.scope)
                for exit in scope.exits:
                    if exit.kind is ExitKind.RETURN:
                        yield Related(f"`{scope.qualname}` makes the answer here", Place(definition.path, exit.span))
                        if exit.value != NONE:
                            yield from self._found(At(inner, exit.value), hops - 1)

    def _calls(self, at: At, depth: int = 8) -> Iterator[At]:
        """The calls whose result the value is."""
        if at.ref == NONE or not depth:
            return
        match self._inference.value(at):
            case Call():
                yield at
            case Awaited(base=base) | Changed(base=base) | Narrowed(base=base) | Declared(value=base):
                yield from self._calls(At(at.frame, base), depth - 1)
            case Choice(alternatives=alternatives):
                for alternative in alternatives:
                    yield from self._calls(At(at.frame, alternative), depth - 1)
            case _:
                return
