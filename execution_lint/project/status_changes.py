"""What may change a status between the place where it is known and the place where it is moved."""

from collections.abc import Iterator

from execution_lint.facts.scopes import BranchKind, ExitKind, Fork, ForkKind, Scope, Stretch
from execution_lint.facts.values import NONE, Assigned, Attribute, Awaited, Call, Changed, Nested, Ref, Text
from execution_lint.project.spelling import last_name, root_of
from execution_lint.project.status_narrowing import Path, path_of

_READING = frozenset(
    {
        "print", "debug", "info", "warning", "error", "exception", "critical", "log", "isinstance", "str", "repr",
        "len", "getattr", "hasattr", "id", "bool", "type", "asdict", "dumps", "format", "now", "utcnow", "time",
        "monotonic", "add", "append", "commit", "flush",
    }
)  # fmt: skip
"""Calls that leave the status of what they are given as it is."""

_OWN_READING = frozenset({"dict", "json", "model_dump", "model_dump_json", "to_dict", "as_dict", "save", "get"})
"""Methods that leave the status of their receiver as it is."""


def may_reach(scope: Scope, earlier: Ref, later: Ref) -> bool:
    """Whether some way leads from a value to a later one without another round of a loop."""
    outermost: tuple[Fork, Stretch] | None = None
    for fork in scope.forks:
        for way in fork.ways:
            if not _holds(way, earlier) or _holds(way, later):
                continue
            if fork.kind is ForkKind.TEST and any(_holds(other, later) for other in fork.ways):
                return False
            if outermost is None or way.end - way.first > outermost[1].end - outermost[1].first:
                outermost = (fork, way)
    if outermost is not None and outermost[0].kind is ForkKind.TEST and outermost[1].ends:
        return False
    before, after = scope.spans[earlier], scope.spans[later]
    for branch in scope.branches:
        if branch.kind is BranchKind.MATCH:
            mine = next((arm for arm in branch.arms if arm.body.contains(before)), None)
            if mine is not None and any(arm is not mine and arm.body.contains(after) for arm in branch.arms):
                return False
    return True


def last_change(scope: Scope, path: Path, at: Ref) -> Ref:
    """The last value before `at` that may have moved what `path` is a status of, or put another in its place; -1 where
    nothing has."""
    holders = {path[:length] for length in range(1, len(path))}
    return next(
        (
            ref
            for ref in range(at - 1, -1, -1)
            if (_is_nested(scope, ref) or any(changed in holders for changed in _changed(scope, ref)))
            and may_reach(scope, ref, at)
        ),
        NONE,
    )


def is_left_alone(scope: Scope, since: Ref, at: Ref) -> bool:
    """Whether nothing runs in between that the analysis does not see into: no call, and no other task."""
    return not any(
        isinstance(value, Awaited) or (isinstance(value, Call) and last_name(scope, value.function) not in _READING)
        for value in scope.values[since + 1 : at]
    )


def is_certain(scope: Scope, at: Ref) -> bool:
    """Whether every call of a function that returns comes past a place."""
    place = scope.spans[at]
    return not (
        any(
            _holds(way, at)
            for fork in scope.forks
            for position, way in enumerate(fork.ways)
            if fork.kind is not ForkKind.ATTEMPT or position
        )
        or any(
            arm.body.contains(place)
            for branch in scope.branches
            if branch.kind is BranchKind.MATCH
            for arm in branch.arms
        )
        or any(
            exit.kind is ExitKind.RETURN
            and (exit.span.end_line, exit.span.end_column) < (place.start_line, place.start_column)
            for exit in scope.exits
        )
    )


def _changed(scope: Scope, ref: Ref) -> Iterator[Path]:
    """What a value may change."""
    match scope.values[ref]:
        case Assigned(base=base, name=name):
            yield (*path_of(scope, base), name)
        case Changed(base=base, how="set", key=key) if key != NONE and isinstance(text := scope.values[key], Text):
            yield (*path_of(scope, base), f"[{text.value}]")
        case Call(function=function, arguments=arguments):
            name = last_name(scope, function)
            callee = scope.values[function]
            if isinstance(callee, Attribute) and name not in _OWN_READING:
                yield path_of(scope, callee.base)
            if name not in _READING:
                for argument in arguments:
                    yield path_of(scope, argument.value)
        case _:
            return


def _is_nested(scope: Scope, ref: Ref) -> bool:
    """Whether a function is called that is defined here: it sees what this one does."""
    value = scope.values[ref]
    return isinstance(value, Call) and isinstance(scope.values[root_of(scope, value.function)], Nested)


def _holds(way: Stretch, ref: Ref) -> bool:
    return way.first <= ref < way.end
