"""The regions of a file in which what a coroutine function gives may be left unawaited."""

from collections.abc import Iterable

from execution_lint.extract.opened import OpenedFile
from execution_lint.source.dangling import may_promise, places


def unawaited_regions(opened: OpenedFile, names: frozenset[str]) -> tuple[int, ...]:
    """The regions in which a call of one of the names may dangle."""
    return regions_of(opened, places(opened.text, names))


def regions_of(opened: OpenedFile, found: Iterable[tuple[int, bool]]) -> tuple[int, ...]:
    """The regions that hold these places, each with whether its value is returned: that breaks the promise of a
    coroutine function at most, so that a region without one is none."""
    dangling: list[int] = []
    returned: list[int] = []
    for at, is_returned in found:
        (returned if is_returned else dangling).append(at)
    regions = set(opened.regions_at(dangling))
    for index in opened.regions_at(returned):
        if index not in regions and may_promise(opened.own_text(index)):
            regions.add(index)
    return tuple(sorted(regions))
