"""Whether two readings of a region say the same, wherever it is written."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from operator import eq

import msgspec

from execution_lint.extract.coordinates import Spans
from execution_lint.facts.scopes import Branch, RegionFacts
from execution_lint.model.place import Span

Point = tuple[int, int]
"""A line and a column."""

NOWHERE = Span(1, 1, 1, 1)
"""Where the code around all definitions is said to stand, wherever it does."""


def moved_points(before: RegionFacts, after: RegionFacts) -> dict[Point, Point] | None:
    """Where each point that `before` speaks of stands in `after`; None where they do not say the same.

    What is said rests on the order of the points, which must be kept, and on no line of its own.
    """
    pairs: list[tuple[Point, Point]] = []
    return are_in_order(pairs) if is_like(before, after, pairs) else None


def are_in_order(pairs: Iterable[tuple[Point, Point]]) -> dict[Point, Point] | None:
    """The pairs as a mapping; None where it is none, or changes the order of points."""
    ordered = sorted(set(pairs))
    for (old, new), (next_old, next_new) in pairwise(ordered):
        if old >= next_old or new >= next_new:
            return None
    return dict(ordered)


def is_like(
    before: object,
    after: object,
    pairs: list[tuple[Point, Point]],
    is_same: Callable[[int, int], bool] = eq,
    plain: frozenset[tuple[type, str]] = frozenset(),
) -> bool:
    """Whether two parts of readings say the same; `pairs` takes the points where they stand.

    `is_same` tells of two references whether they are to the same value; the `plain` fields hold other numbers.
    """
    match before, after:
        case bool(), bool():
            return before == after
        case int(), int():
            return is_same(before, after)
        case Span(), Span():
            if before == after == NOWHERE:
                return True
            pairs.append(((before.start_line, before.start_column), (after.start_line, after.start_column)))
            pairs.append(((before.end_line, before.end_column), (after.end_line, after.end_column)))
            return True
        case Branch(), Branch():
            pairs.append((before.start, after.start))
            return all(
                is_like(getattr(before, name), getattr(after, name), pairs, is_same, plain)
                for name in Branch.__struct_fields__
                if name != "start"
            )
        case msgspec.Struct(), msgspec.Struct():
            kind = type(before)
            return kind is type(after) and all(
                getattr(before, name) == getattr(after, name)
                if (kind, name) in plain
                else is_like(getattr(before, name), getattr(after, name), pairs, is_same, plain)
                for name in before.__struct_fields__
            )
        case ((tuple() | Spans()), (tuple() | Spans())):
            return len(before) == len(after) and all(
                is_like(one, other, pairs, is_same, plain) for one, other in zip(before, after, strict=True)
            )
        case _:
            return type(before) is type(after) and before == after
