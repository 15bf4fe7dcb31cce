"""Which values of a scope a name stands in: asked of a scope many times, worked out once."""

from collections.abc import Iterator

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Changed,
    Choice,
    Declared,
    Element,
    Entered,
    Free,
    Imported,
    Item,
    Mapping,
    Narrowed,
    Operation,
    Ref,
    Sequence,
    Spread,
    Text,
    Value,
)
from execution_lint.project.inference import Inference
from execution_lint.project.things import Definition, Frame

_HANDING_ON = frozenset(
    {"partial", "partialmethod", "getattr", "staticmethod", "classmethod", "cast", "update_wrapper"}
)
"""Calls that give what they are given, or a part of it."""


class _Index:
    """The names of a scope, and which values are made of which."""

    def __init__(self, scope: Scope) -> None:
        self.named: dict[str, list[Ref]] = {}
        self.above: dict[Ref, list[Ref]] = {}
        """By value, those that stand for it or for a part of it."""
        self.results: dict[Ref, list[Ref]] = {}
        """By value, the calls of it."""
        for ref, value in enumerate(scope.values):
            match value:
                case Free(name=name) | Attribute(name=name) | Imported(name=name) | Text(value=name):
                    self.named.setdefault(name, []).append(ref)
                case _:
                    pass
            if isinstance(value, Call):
                self.results.setdefault(value.function, []).append(ref)
            for part in _parts(scope, value):
                if part != NONE:
                    self.above.setdefault(part, []).append(ref)


class Mentions:
    """Answers it by scope and name."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._indices: dict[Definition, _Index] = {}
        self._known: dict[tuple[Definition, str, bool], frozenset[Ref]] = {}

    def of(self, frame: Frame, name: str, *, through_results: bool) -> frozenset[Ref]:
        """The values in which the name stands; also what calling them gives, with `through_results`."""
        key = (frame.definition, name, through_results)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._find(frame, name, through_results=through_results)
        return found

    def _find(self, frame: Frame, name: str, *, through_results: bool) -> frozenset[Ref]:
        definition = frame.definition
        index = self._indices.get(definition)
        if index is None:
            index = self._indices[definition] = _Index(self._inference.scope(frame))
        waiting = list(index.named.get(name, ()))
        found = set(waiting)
        while waiting:
            ref = waiting.pop()
            further = index.above.get(ref, [])
            if through_results:
                further = [*further, *index.results.get(ref, ())]
            for above in further:
                if above not in found:
                    found.add(above)
                    waiting.append(above)
        return frozenset(found)


def _parts(scope: Scope, value: Value) -> Iterator[Ref]:
    match value:
        case (
            Attribute(base=base)
            | Item(base=base)
            | Changed(base=base)
            | Narrowed(base=base)
            | Declared(value=base)
            | Element(base=base)
            | Entered(base=base)
            | Spread(base=base)
        ):
            yield base
        case Choice(alternatives=parts) | Sequence(elements=parts) | Operation(operands=parts):
            yield from parts
        case Mapping(entries=entries):
            yield from (held for _, held in entries)
        case Call(function=function, arguments=arguments):
            callee = scope.values[function]
            if isinstance(callee, (Free, Attribute)) and callee.name in _HANDING_ON:
                yield from (argument.value for argument in arguments)
        case _:
            return
