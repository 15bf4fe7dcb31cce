"""Where something with a name meets another value: a comparison, an assignment, an argument, an entry."""

from collections.abc import Iterator

from execution_lint.facts.scopes import Scope, TargetKind
from execution_lint.facts.values import NONE, Call, Choice, Mapping, Ref, Sequence, Text
from execution_lint.project.spelling import last_name, spelled
from execution_lint.project.subjects import StatusPlace

EQUALITY = frozenset({"==", "!=", "case"})
CONTAINMENT = frozenset({"in", "not in"})


def elements_of(scope: Scope, ref: Ref) -> tuple[Ref, ...]:
    """What a value consists of: the elements of a display, both sides of a conditional, itself."""
    value = scope.values[ref] if ref != NONE else None
    if isinstance(value, (Sequence,)):
        return value.elements
    if isinstance(value, Choice) and value.kind == "if":
        return value.alternatives
    return (ref,) if ref != NONE else ()


def meetings(scope: Scope) -> Iterator[tuple[str, str, Ref, StatusPlace, Ref]]:
    """Where something with a name meets another value: the name, how it is written, the value, how
    they meet, and the value or call that the name belongs to."""
    for comparison in scope.comparisons:
        if comparison.operator in EQUALITY:
            where = StatusPlace.CASE if comparison.operator == "case" else StatusPlace.COMPARISON
            for side, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                yield last_name(scope, side), spelled(scope, side), other, where, side
        elif comparison.operator in CONTAINMENT:
            yield (
                last_name(scope, comparison.left),
                spelled(scope, comparison.left),
                comparison.right,
                StatusPlace.CONTAINMENT,
                comparison.left,
            )
    for assignment in scope.assignments:
        if assignment.value == NONE:
            continue
        if assignment.kind is TargetKind.ATTRIBUTE:
            written = f"{spelled(scope, assignment.base)}.{assignment.name}"
            yield assignment.name, written, assignment.value, StatusPlace.ASSIGNMENT, NONE
        elif assignment.kind is TargetKind.ITEM:
            key = scope.values[assignment.key]
            if isinstance(key, Text):
                written = f"{spelled(scope, assignment.base)}[{key.value!r}]"
                yield key.value, written, assignment.value, StatusPlace.ASSIGNMENT, NONE
    for ref, value in enumerate(scope.values):
        if isinstance(value, Call):
            for argument in value.arguments:
                if argument.name and not argument.name.startswith("*"):
                    written = f"{last_name(scope, value.function)}({argument.name}=)"
                    yield argument.name, written, argument.value, StatusPlace.ARGUMENT, ref
        elif isinstance(value, Mapping):
            for entry, held in value.entries:
                text = scope.values[entry] if entry != NONE else None
                if isinstance(text, Text):
                    yield text.value, repr(text.value), held, StatusPlace.ENTRY, NONE
