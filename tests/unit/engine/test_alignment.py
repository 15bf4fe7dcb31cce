"""Which region is which after an edit, and where its lines are."""

import pytest

from execution_lint.engine.alignment import Alignment
from execution_lint.extract.opened import OpenedFile
from execution_lint.model.place import Span
from execution_lint.source.regions import Regions

BEFORE = """\
import asyncio
import json


def first(a):
    return a


class Box:
    size = 1

    def fill(self, thing):
        return thing

    kind = 2

    def drop(self):
        return self.kind


class Other:
    def fill(self):
        pass
"""


def aligned(old: str, new: str) -> tuple[OpenedFile, OpenedFile, Alignment]:
    assert old in BEFORE
    before, after = OpenedFile(BEFORE), OpenedFile(BEFORE.replace(old, new, 1))
    return before, after, Alignment(before, after)


def named(opened: OpenedFile, name: str, owner: str = "") -> int:
    return next(index for index, region in enumerate(opened.regions) if (region.name, region.owner) == (name, owner))


@pytest.mark.parametrize(
    ("old", "new", "is_gone"),
    [
        ("return a", "return b", False),
        ("def first", "def added():\n    pass\n\n\ndef first", False),
        ("import json", "import json\nimport os", False),
        ("def first", "def last", True),
        ("def first(a):\n    return a\n", "", True),
        ("def first(a):", "class first:", True),
    ],
)
def test_a_region_is_told_by_its_name(old: str, new: str, is_gone: bool) -> None:
    before, after, alignment = aligned(old, new)
    image = alignment.image([named(before, "first")])
    assert image == (None if is_gone else (named(after, "first"),))
    assert alignment.image([named(before, "fill", "Other")]) == (named(after, "fill", "Other"),)


def test_a_method_that_comes_into_another_class_is_another_one() -> None:
    before, _, alignment = aligned("class Other:\n", "class More:\n    pass\n\n\nclass Box:\n")
    assert alignment.image([named(before, "fill", "Other")]) is None


@pytest.mark.parametrize("line", [1, 5, 6, 15, 17, 18])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import asyncio", "# first\n\nimport asyncio"),
        ("        return thing", "        # why\n        return thing"),
        ("    kind = 2", "\n    kind = 2"),
        ("    def drop", "    # before\n    def drop"),
    ],
)
def test_lines_move_with_what_stands_on_them(old: str, new: str, line: int) -> None:
    before, after, alignment = aligned(old, new)
    moves = alignment.moves(range(len(before.regions)))
    assert moves is not None
    text = before.lines[line - 1]
    start = len(text) - len(text.lstrip()) + 1
    now = moves.span(Span(line, start, line, len(text) + 1))
    assert now is not None
    assert after.lines[now.start_line - 1] == text


def test_a_region_that_says_something_else_moves_nowhere() -> None:
    before, _, alignment = aligned("return thing", "return None")
    assert alignment.moves([named(before, "fill", "Box")]) is None
    assert alignment.moves([named(before, "drop", "Box")]) is not None


def test_who_goes_through_all_regions_is_known() -> None:
    regions = Regions(OpenedFile(BEFORE).regions)
    assert regions[0].first_line == 1
    assert not regions.are_listed
    assert len(regions) == len(list(regions))
    assert regions.are_listed
