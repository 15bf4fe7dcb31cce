"""Readings of a region that say the same, and such that do not."""

import pytest

from execution_lint.extract.likeness import are_in_order, moved_points
from execution_lint.extract.opened import OpenedFile

BEFORE = """\
def start(names, loop=None):
    for name in names:
        if name == "done":
            loop.call(name, after=1)
    return {"a": names}
"""


def points(before: str, after: str) -> dict[tuple[int, int], tuple[int, int]] | None:
    return moved_points(OpenedFile(before).facts(0), OpenedFile(after).facts(0))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    for name", "    # why\n\n    for name"),
        ("    for name", "    'What it does.'\n    for name"),
        ("names:", "names:  # each"),
        ('"done"', "'done'"),
        ("loop.call(name, after=1)", "loop.call( name , after = 1 )"),
        ("return {", "return  {"),
    ],
)
def test_what_is_written_otherwise_says_the_same(old: str, new: str) -> None:
    assert old in BEFORE
    assert points(BEFORE, BEFORE.replace(old, new)) is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    for name", "    value = 1\n    for name"),
        ("    for name", "    print()\n    for name"),
        ('"done"', '"gone"'),
        ("after=1", "before=1"),
        ("after=1", "after=None"),
        ("loop=None", "loop"),
        ("def start", "async def start"),
        ("return {", "yield {"),
        ("            loop", "            pass\n        loop"),
        ('    return {"a": names}', ""),
    ],
)
def test_what_says_something_else(old: str, new: str) -> None:
    assert old in BEFORE
    assert points(BEFORE, BEFORE.replace(old, new)) is None


def test_lines_may_be_broken_otherwise() -> None:
    moved = points(BEFORE, BEFORE.replace("(name, ", "(\n                name, "))
    assert moved is not None
    assert moved[4, 35] == (5, 29)


def test_every_point_is_found_where_it_stands() -> None:
    moved = points(BEFORE, BEFORE.replace("    for name", "    # why\n    for name"))
    assert moved is not None
    assert moved[4, 13] == (5, 13)
    assert moved[1, 5] == (1, 5)


@pytest.mark.parametrize(
    "pairs",
    [
        [((1, 1), (1, 1)), ((1, 1), (2, 1))],
        [((1, 1), (2, 1)), ((2, 1), (1, 1))],
        [((1, 1), (1, 2)), ((1, 2), (1, 1))],
    ],
)
def test_points_that_are_not_in_order(pairs: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    assert are_in_order(pairs) is None
