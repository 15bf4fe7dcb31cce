"""The inventory against applications that are run: every route of their own tables, and every answer they give."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from execution_lint.engine.inventory import take
from execution_lint.engine.invocation import Invocation
from execution_lint.project.inventories.routes import RouteEntry, routes

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROJECTS, PROGRAMS = FIXTURES / "projects", FIXTURES / "observing"
NEEDED = {
    "fastapi": ("fastapi", "httpx"),
    "starlette": ("starlette", "httpx"),
    "flask": ("flask",),
    "quart": ("quart",),
    "litestar": ("litestar", "httpx"),
    "sanic": ("sanic", "sanic_testing"),
    "aiohttp": ("aiohttp",),
    "ninja": ("django", "ninja"),
    "drf": ("django", "rest_framework"),
}
DECIDED = 0.85
"""The least share of exits whose answer is known."""

frameworks = pytest.mark.parametrize("framework", sorted(NEEDED))


def missing(framework: str) -> str:
    """What is not installed of what a framework needs; empty where nothing is."""
    return ", ".join(name for name in NEEDED[framework] if importlib.util.find_spec(name) is None)


@pytest.fixture
def running(framework: str) -> str:
    if absent := missing(framework):
        pytest.skip(f"{absent} is not installed for this Python")
    return framework


@cache
def claimed(framework: str) -> tuple[RouteEntry, ...]:
    inventory = take(Invocation(paths=(str(PROJECTS / f"answers_{framework}"),)), routes)
    (project,) = inventory.projects
    assert project.troubles == ()
    return tuple(entry for entry in project.entries if isinstance(entry, RouteEntry))


@cache
def observed(framework: str) -> tuple[dict[str, Any], ...]:
    """The routes of the application's own table, each with the answers to some requests."""
    folder = PROJECTS / f"answers_{framework}"
    ran = subprocess.run(
        [sys.executable, "-B", str(PROGRAMS / f"observe_{framework}.py")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(PROGRAMS)])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found, ran.stderr
    return tuple(found)


def spelled(path: str) -> str:
    """A path without what the frameworks' own tables leave out: the kind and the expression of a parameter."""
    plain = re.sub(r"\{(\w+):[^{}]*\}|<(\w+):[^<>]*>|<(?:\w+:)?(\w+)>", lambda found: "{" + _name(found) + "}", path)
    return plain if len(plain) == 1 else plain.rstrip("/")


def _name(found: "re.Match[str]") -> str:
    """The name of a parameter: `{name:int}` has it in front, `<int:name>` behind, and Sanic's `<name:int>` in front."""
    inner = found[0][1:-1]
    first, _, last = inner.partition(":")
    if not last:
        return first
    return first if found[0][0] == "{" and first not in ("int", "str") else last if first in _KINDS else first


_KINDS = {"int", "str", "string", "path", "float", "uuid", "slug", "any"}


def by_route(framework: str) -> dict[tuple[str, str], list[RouteEntry]]:
    found: dict[tuple[str, str], list[RouteEntry]] = {}
    for entry in claimed(framework):
        for method in entry.methods:
            found.setdefault((method, spelled(entry.path)), []).append(entry)
    return found


@frameworks
def test_every_route_is_found_and_none_is_invented(running: str) -> None:
    existing = {(route["method"], spelled(route["path"])) for route in observed(running)}
    assert set(by_route(running)) == existing


@frameworks
def test_every_path_and_method_is_known(framework: str) -> None:
    """The applications hide nothing: what is not known of them is a gap."""
    unknown = [entry.path for entry in claimed(framework) if not entry.path_complete or not entry.methods]
    assert unknown == []


@frameworks
def test_no_answer_contradicts_the_inventory(running: str) -> None:
    entries = by_route(running)
    wrong = []
    for route in observed(running):
        exits = [exit for entry in entries[route["method"], spelled(route["path"])] for exit in entry.exits]
        for answer in route["answers"]:
            if not any(_allows(exit, answer) for exit in exits) and not _is_of_framework(answer, exits):
                wrong.append((route["method"], route["path"], answer, exits))
    assert wrong == []


def _allows(exit: Any, answer: dict[str, Any]) -> bool:
    """Whether an exit of the inventory may give an answer."""
    if exit.kind == "unknown":
        return True
    if exit.kind == "raise":
        return bool(answer["status"] >= 300)
    if exit.kind != answer["kind"]:
        return False
    keys: set[str] = set(answer["keys"])
    known: set[str] = set(exit.keys)
    return known <= keys and (exit.optional_keys is None or keys - known <= set(exit.optional_keys))


def _is_of_framework(answer: dict[str, Any], exits: list[Any]) -> bool:
    """Whether a handler that only raises leaves the answer to its framework."""
    return answer["status"] >= 300 and not any(exit.kind != "raise" for exit in exits)


@frameworks
def test_most_exits_are_decided(framework: str) -> None:
    exits = [exit for entry in claimed(framework) for exit in entry.exits]
    undecided = [exit for exit in exits if not exit.is_decided]
    assert len(undecided) <= (1 - DECIDED) * len(exits), undecided


@frameworks
def test_a_place_is_the_line_of_the_definition(framework: str) -> None:
    folder = PROJECTS / f"answers_{framework}"
    for entry in claimed(framework):
        line = (folder / entry.place.path).read_text().splitlines()[entry.place.span.start_line - 1]
        assert re.search(r"\b(?:def|class|lambda)\b", line), (entry.handler, line)


@frameworks
def test_the_slow_path_lists_the_same(framework: str) -> None:
    slow = take(Invocation(paths=(str(PROJECTS / f"answers_{framework}"),), locate=False), routes)
    assert slow.projects[0].entries == claimed(framework)


@pytest.mark.parametrize("word", ["include_router", "routes"])
def test_a_route_that_is_taken_out_is_missed_by_the_comparison(word: str, tmp_path: Path) -> None:
    """The comparison can fail: without its inclusions and tables the application's own table says more."""
    project = tmp_path / "answers"
    shutil.copytree(PROJECTS / "answers_fastapi", project)
    main = project / "service" / "main.py"
    main.write_text(
        "\n".join(
            line
            for line in main.read_text().splitlines()
            if f"app.{word}(" not in line and f"{word}=[Route" not in line
        )
    )
    inventory = take(Invocation(paths=(str(project),)), routes)
    fewer = {
        entry.path for entry in inventory.projects[0].entries if isinstance(entry, RouteEntry) and entry.path_complete
    }
    assert fewer < {entry.path for entry in claimed("fastapi")}
