"""The commands that list what a project has: what they share. What each lists is tested beside its kind."""

import json
from pathlib import Path

import pytest
from linter_process import LOOP, lint


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("")
    (tmp_path / "app" / "service.py").write_text(LOOP)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_service.py").write_text(LOOP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_table_shows_a_line_an_entry_and_leaves_tests_out() -> None:
    ran = lint("loops")
    assert ran.code == 0
    head, *rows = ran.out.splitlines()
    assert head.split()[0] == "place"
    assert [row.split()[:3] for row in rows] == [
        ["app/service.py:9:12", "loop", "asyncio.new_event_loop()"],
        ["app/service.py:11:16", "runner", "run_until_complete()"],
    ]
    assert ran.err.splitlines()[-1] == "2 event loop sites; 2 in tests left out."


def test_json_is_an_array_of_objects_with_absolute_names(project: Path) -> None:
    ran = lint("loops", "--output-format", "json")
    name = str(project / "app" / "service.py")
    assert [(entry["filename"], entry["line"]) for entry in json.loads(ran.out)] == [(name, 9), (name, 11)]


def test_markdown_is_a_table() -> None:
    head, rule, *rows = lint("loops", "--output-format", "markdown").out.splitlines()
    assert {head.count("|"), rule.count("|")} == {row.count("|") for row in rows} | {9}


def test_nothing_to_list_is_an_empty_array() -> None:
    Path("app/service.py").write_text("")
    assert (lint("loops", "--output-format", "json").out, lint("loops").out) == ("[]\n", "")


def test_a_file_that_is_named_shows_its_own_entries_even_in_tests() -> None:
    Path("app/other.py").write_text(LOOP)
    ran = lint("loops", "tests/test_service.py")
    assert [row.split()[0] for row in ran.out.splitlines()[1:]] == [
        "tests/test_service.py:9:12",
        "tests/test_service.py:11:16",
    ]


def test_a_file_that_cannot_be_read_is_said_and_the_others_are_listed() -> None:
    Path("app/broken.py").write_text("import asyncio\ndef f(:\n    asyncio.new_event_loop()\n")
    ran = lint("loops")
    assert ran.code == 2
    assert len(ran.out.splitlines()) == 3
    assert "not read: app/broken.py:2: " in ran.err


def test_a_path_that_is_not_there_is_trouble() -> None:
    ran = lint("loops", "nowhere")
    assert ran.code == 2
    assert "nowhere" in ran.err


def test_a_broken_configuration_is_said_once() -> None:
    Path("pyproject.toml").write_text("[tool.execution-lint]\nselekt = []\n")
    ran = lint("loops")
    assert (ran.code, ran.out) == (2, "")
    assert "selekt" in ran.err
