"""Which values of a scope a name stands in: asked of a scope again and again, worked out once."""

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import (
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
from execution_lint.project.things import Frame

_HANDING_ON = frozenset(
    {"partial", "partialmethod", "getattr", "staticmethod", "classmethod", "cast", "update_wrapper"}
)
"""Calls that give what they are given, or a part of it."""


# Looked up by type: each value of each scope is looked at for each name.
_NAMED = frozenset({Free, Attribute, Imported})
_CALLED = frozenset({Free, Attribute})
_PARTED = frozenset({Choice, Sequence, Operation, Declared, Mapping})
_BASED = frozenset({Attribute, Item, Changed, Narrowed, Element, Entered, Spread})


class Mentions:
    """Answers it by scope and name."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._known: dict[tuple[Frame, str, bool], frozenset[Ref]] = {}

    def of(self, frame: Frame, name: str, *, through_results: bool) -> frozenset[Ref]:
        """The values in which the name stands; also what calling them gives, with `through_results`."""
        key = (frame, name, through_results)
        found = self._known.get(key)
        if found is None:
            found = mentioning(self._inference.scope(frame), name, through_results=through_results)
            self._known[key] = found
        return found


def mentioning(scope: Scope, name: str, *, through_results: bool) -> frozenset[Ref]:
    """The values of a scope in which a name stands, and those that stand for one of them or for a part of it."""
    values = scope.values
    found = {
        ref
        for ref, value in enumerate(values)
        if (type(value) in _NAMED and value.name == name) or (type(value) is Text and value.value == name)  # type: ignore[union-attr]  # what is in the set has a name
    }
    is_looked_back_at = bool(found)
    while is_looked_back_at:
        before = len(found)
        _add_parts(values, found, through_results=through_results)
        # A choice where code is repeated may stand for what comes later.
        is_looked_back_at = len(found) > before and any(
            type(value) is Choice and max(value.alternatives, default=ref) > ref for ref, value in enumerate(values)
        )
    return frozenset(found)


def _add_parts(values: tuple[Value, ...], found: set[Ref], *, through_results: bool) -> None:
    """Add the values that stand for one of those that were found before, or for a part of it."""
    for ref, value in enumerate(values):
        if isinstance(value, Call):
            callee = values[value.function]
            if (through_results and value.function in found) or (
                type(callee) in _CALLED
                and callee.name in _HANDING_ON  # type: ignore[union-attr]  # so has what is in this one
                and any(argument.value in found for argument in value.arguments)
            ):
                found.add(ref)
        elif type(value) in _BASED:
            if value.base in found:  # type: ignore[union-attr]  # and what is in this one has a base
                found.add(ref)
        elif type(value) in _PARTED and not found.isdisjoint(_parts(value)):
            found.add(ref)


def _parts(value: Value) -> tuple[Ref, ...]:
    match value:
        case Choice(alternatives=parts) | Sequence(elements=parts) | Operation(operands=parts):
            return parts
        case Declared(value=part):
            return (part,)
        case Mapping(entries=entries):
            return tuple(held for _, held in entries)
        case _:
            return ()
