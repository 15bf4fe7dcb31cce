"""Tells which region of an edited file is which of the file as it was, and where what they speak of stands now."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Protocol

from execution_lint.extract.differences import Difference, difference
from execution_lint.extract.likeness import NOWHERE, Point, are_in_order, moved_points
from execution_lint.extract.opened import OpenedFile, Unparsable
from execution_lint.model.place import Span
from execution_lint.source.regions import Region, RegionKind


class Alignment:
    """The regions of a file as it was, each with the one that it is now, if it is there; the order is kept."""

    def __init__(self, before: OpenedFile, after: OpenedFile) -> None:
        self._before = before
        self._after = after
        self._own = (_own_texts(before), _own_texts(after))
        self.of: dict[int, int] = dict(self._pairs())
        self._part_from_strangers()

    def image(self, regions: Iterable[int]) -> tuple[int, ...] | None:
        """What these regions are now, sorted; None where one of them is gone, or is of another name or kind."""
        found = [self.of.get(region) for region in regions]
        known = [region for region in found if region is not None]
        return tuple(sorted(known)) if len(known) == len(found) else None

    def moves(
        self, regions: Iterable[int], may_differ: Callable[[int, Difference], bool] = lambda _, __: False
    ) -> "Moves | None":
        """Where everything stands now that these regions speak of; None where one of them says something else, but for
        what `may_differ` allows to be added to it, or where they do not stand in the order in which they stood."""
        found: dict[int, _Move] = {}
        for region in regions:
            move = self._move(region, may_differ)
            if move is None:
                return None
            found[region] = move
        pairs = [pair for move in found.values() for pair in move.pairs]
        return Moves(self._before, found) if are_in_order(pairs) is not None else None

    def _move(self, region: int, may_differ: Callable[[int, Difference], bool]) -> "_Move | None":
        now = self.of.get(region)
        if now is None:
            return None
        if self._own[0][region] == self._own[1][now]:
            return _Shift(self._before.regions[region], self._after.regions[now])
        try:
            before, after = self._before.facts(region), self._after.facts(now)
        except Unparsable:
            return None
        points = moved_points(before, after)
        if points is None:
            found = difference(before, after)
            points = found.points if found is not None and may_differ(region, found) else None
        return _Scattered(points) if points is not None else None

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Pairs of regions that say the same as long as there are any, from both ends; between them, by their names."""
        old, new = self._keys
        start, shorter = 0, min(len(old), len(new))
        while start < shorter and old[start] == new[start]:
            yield start, start
            start += 1
        end = 0
        while end < shorter - start and old[-1 - end] == new[-1 - end]:
            yield len(old) - 1 - end, len(new) - 1 - end
            end += 1
        anchors = [*_common(old, new, start, end), (len(old) - end, len(new) - end)]
        for anchor, (position, found) in zip([(start - 1, start - 1), *anchors], anchors, strict=False):
            yield from self._alike(range(anchor[0] + 1, position), range(anchor[1] + 1, found))
        yield from anchors[:-1]

    @cached_property
    def _keys(self) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        own = self._own
        return (
            [(*_shape(region), own[0][index]) for index, region in enumerate(self._before.regions)],
            [(*_shape(region), own[1][index]) for index, region in enumerate(self._after.regions)],
        )

    def _alike(self, old: range, new: range) -> Iterator[tuple[int, int]]:
        """Regions of the same name and kind, in their order."""
        shapes = [_shape(self._after.regions[index]) for index in new]
        at = 0
        for index in old:
            shape = _shape(self._before.regions[index])
            if shape in shapes[at:]:
                at = shapes.index(shape, at) + 1
                yield index, new[at - 1]

    def _part_from_strangers(self) -> None:
        """A method is the same one only within the same class."""
        old, new = self._before.classes, self._after.classes
        strangers = [region for region, now in self.of.items() if self.of.get(old[region]) != new[now]]
        for region in strangers:
            del self.of[region]


class Moves:
    """Where the places of a file stand after an edit."""

    def __init__(self, before: OpenedFile, moves: "dict[int, _Move]") -> None:
        self._before = before
        self._moves = moves

    def span(self, span: Span) -> Span | None:
        """Where a span of the file as it was stands now; None where that is not known."""
        if span == NOWHERE:
            return span
        region = self._before.region_at(span.start_line)
        move = self._moves.get(region) if region is not None else None
        if move is None:
            return None
        start, end = (
            move.point((span.start_line, span.start_column)),
            move.point((span.end_line, span.end_column)),
        )
        return Span(*start, *end) if start is not None and end is not None else None


class _Move(Protocol):
    @property
    def pairs(self) -> list[tuple[Point, Point]]:
        """Points that tell in which order all of it stands, before and after."""

    def point(self, point: Point) -> Point | None:
        """Where a point stands now."""


class _Shift:
    """A region whose text is as it was: its lines have moved, by as much as those before each stretch of it."""

    def __init__(self, before: Region, after: Region) -> None:
        self._lines = [
            (old, new) for old, new in zip(_stretches(before), _stretches(after), strict=True) if old[0] <= old[1]
        ]

    @property
    def pairs(self) -> list[tuple[Point, Point]]:
        return [((line, 0), (now, 0)) for old, new in self._lines for line, now in ((old[0], new[0]), (old[1], new[1]))]

    def point(self, point: Point) -> Point | None:
        at = bisect_right(self._lines, point[0], key=lambda pair: pair[0][0]) - 1
        if at < 0:
            return None
        (first, last), (now, _) = self._lines[at]
        return (now + point[0] - first, point[1]) if point[0] <= last else None


class _Scattered:
    """A region that is written otherwise."""

    def __init__(self, points: dict[Point, Point]) -> None:
        self._points = points

    @property
    def pairs(self) -> list[tuple[Point, Point]]:
        return list(self._points.items())

    def point(self, point: Point) -> Point | None:
        return self._points.get(point)


def _stretches(region: Region) -> list[tuple[int, int]]:
    """The lines of a region, first and last of each stretch; the first line of those of other regions among them, for
    something must stand there."""
    found = []
    line = region.first_line
    for number, (first, last) in enumerate(region.excluded):
        found.append((line, first if not number else first - 1))
        line = last + 1
    found.append((line, region.last_line))
    return found


def _own_texts(opened: OpenedFile) -> list[str]:
    return [opened.own_text(index) for index in range(len(opened.regions))]


def _shape(region: Region) -> tuple[RegionKind, str, str]:
    return region.kind, region.name, region.owner


def _common(
    old: Sequence[tuple[object, ...]], new: Sequence[tuple[object, ...]], start: int, end: int
) -> list[tuple[int, int]]:
    """Pairs, in order, of what stands once in both, between the first `start` and the last `end`; none that cross."""
    places: dict[tuple[object, ...], list[int]] = {}
    for index in range(start, len(new) - end):
        places.setdefault(new[index], []).append(index)
    found: list[tuple[int, int]] = []
    for index in range(start, len(old) - end):
        candidates = places.get(old[index], [])
        if len(candidates) == 1 and (not found or candidates[0] > found[-1][1]):
            found.append((index, candidates[0]))
    return found
