"""What an opened file tells of its regions without reading them: the same whether it was located or parsed whole."""

import pytest

from execution_lint.extract.opened import OpenedFile
from execution_lint.source.searching import STAR
from execution_lint.source.words import WordIndex

TEXT = """\
import os.path as where, sys
from a import (
    b,  # c
    d as e,
)
from ﬁles import *
try:
    import json
except ImportError:
    json = None
LIMIT = sys.maxsize
def run(*arguments):
    import late
    return b(*arguments)
for name, value in e.items():
    globals()[name] = value
print(code := 0)
sys.exit(0)
"""


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("where", [1, 17]),
        ("sys", [1, 17]),
        ("b", [2, 17]),
        ("e", [2, 15, 17]),
        ("c", [2, 17]),
        ("a", [17]),
        (STAR, [6, 17]),
        ("files", [6, 17]),
        ("json", [7, 17]),
        ("value", [15, 17]),
        ("LIMIT", [17]),
        ("late", [17]),
        ("code", [17]),
        ("absent", [17]),
    ],
)
def test_what_may_bind_a_name_without_showing_it(name: str, lines: list[int], whole: bool) -> None:
    opened = OpenedFile(TEXT, whole=whole)
    assert [opened.regions[index].first_line for index in opened.binding(name)] == lines
    assert opened.bound[name] == opened.binding(name)


@pytest.mark.parametrize("whole", [False, True])
def test_whatever_a_region_binds_it_may_bind(whole: bool) -> None:
    opened = OpenedFile(TEXT, whole=whole)
    bound = {
        (name, index)
        for index, region in enumerate(opened.regions)
        if not region.name
        for name, _ in opened.facts(index).scopes[0].bindings
    }
    assert {name for name, _ in bound} == {"where", "sys", "b", "e", STAR, "json", "name", "value", "code"}
    assert all(index in opened.binding(name) for name, index in bound)


@pytest.mark.parametrize(
    ("line", "binds"),
    [
        ("from jobs import run", False),
        ("from . jobs import run", False),
        ("from .jobs.imports import(run)", False),
        ("from jobs.store import jobs", True),
        ("from store import run as jobs", True),
        ("from jobs import run; jobs = 1", True),
        ("from jobs import run; from store import jobs", True),
        ("import jobs.store", True),
        ("from jobs \\\n  import run", True),
        ("from jobs import *", False),
        ("run(jobs := 1)", True),
        ("run = 1; jobs = 2", True),
    ],
)
def test_the_path_that_something_is_imported_from_binds_nothing(line: str, binds: bool) -> None:
    opened = OpenedFile(f"{line}\n")
    bound = [name for name, _ in opened.facts(0).scopes[0].bindings]
    assert opened.binding("jobs") == ((0,) if binds else ())
    assert "jobs" not in bound or binds


def test_a_word_that_a_file_lacks_is_not_looked_for() -> None:
    words = WordIndex()
    files = {
        "plain.py": b"status = 1\n",
        "other.py": b"statuses = 2\n",
        "spelled.py": "ﬁnal = 3\n".encode(),
        "hidden.py": "# coding: latin-1\nétat = 4\n".encode("latin-1"),
    }
    for path, data in files.items():
        words.add(path, data)
    assert all(words.can_hold(path, "status") for path in files)
    words.gather()
    assert [path for path in files if words.can_hold(path, "status")] == ["plain.py", "spelled.py", "hidden.py"]
    assert words.can_hold("other.py", "état")


def test_a_class_that_ends_with_a_method_and_no_newline_has_a_text_of_its_own() -> None:
    opened = OpenedFile("class Job:\n    def run(self): pass")
    assert [opened.own_text(index) for index in range(2)] == ["class Job:\n\0", "    def run(self): pass"]


@pytest.mark.parametrize("width", [10, 70_000])
def test_where_a_value_stands_on_a_line_of_any_length(width: int) -> None:
    facts = OpenedFile(f"def f():\n    x = '{'a' * width}'; y = 1\n").facts(0)
    assert facts.scopes[1].spans[-1].start_column == width + 17
