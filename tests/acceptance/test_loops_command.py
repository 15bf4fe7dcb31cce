"""`execution-lint loops` as people and programs read it, and the commands of its guide."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from linter_process import ROOT, lint

GUIDE = (ROOT / "docs" / "loops.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE) for line in block.splitlines()
]
SERVICE = """\
import asyncio
from functools import partial

import anyio
import uvicorn
from aiohttp import web
from anyio.from_thread import run as hand_over, start_blocking_portal
from asgiref.sync import async_to_sync

from patching import *


async def work():
    return 1


def answer():
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(work())
        return loop.run_until_complete(work())
    finally:
        loop.close()


def between():
    return answer()


async def route():
    return between()


async def other():
    return answer()


class Worker:
    def start(self):
        self.loop = asyncio.new_event_loop()
        self.loop.run_forever()

    def ask(self):
        asyncio.run_coroutine_threadsafe(work(), self.loop)


def bridges():
    hand_over(work)
    with start_blocking_portal() as portal:
        portal.call(work)
    async_to_sync(work)()


def runners(app):
    begin = partial(anyio.run, work)
    begin()
    with asyncio.Runner() as runner:
        runner.run(work())
    uvicorn.run("service:app")
    web.run_app(app)


def innocent(test, portal, service):
    service.run()
    test.run(asyncio)
    portal.apply()
"""
PATCHING = """\
import asyncio

import nest_asyncio

nest_asyncio.apply()


async def program():
    pass


def nested():
    asyncio.run(program())


async def handler():
    nested()
"""
Entries = list[dict[str, Any]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "execution-lint.toml").write_text('[event-loop]\nowners = ["service:Worker.start"]\n')
    (tmp_path / "service.py").write_text(SERVICE)
    (tmp_path / "patching.py").write_text(PATCHING)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed() -> Entries:
    entries: Entries = json.loads(lint("loops", "--output-format", "json").out)
    return entries


def line_of(text: str, source: str = SERVICE) -> int:
    return next(number for number, line in enumerate(source.splitlines(), start=1) if text in line)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_guide_runs(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    name, *arguments = shlex.split(command)
    ran = lint(*arguments)
    assert (name, ran.code) == ("execution-lint", 0)


def test_every_key_of_the_json_stands_in_the_guide(project: Path) -> None:
    keys = {key for entry in listed() for key in entry}
    keys |= {key for entry in listed() for reaching in entry["entries"] for key in reaching}
    assert {key for key in keys if f"`{key}`" not in GUIDE} == set()


def test_every_kind_is_listed_with_its_life_and_its_end(project: Path) -> None:
    assert [
        (entry["kind"], entry["call"], entry["scope"], entry["life"], entry["closed"], entry["owner"])
        for entry in listed()
    ] == [
        ("patch", "nest_asyncio.apply()", "patching:", "until the process ends", None, None),
        ("runner", "asyncio.run", "patching:nested", "run to completion", True, None),
        ("loop", "asyncio.new_event_loop", "service:answer", "run to completion", True, None),
        ("runner", "run_until_complete", "service:answer", "run to completion", None, None),
        ("runner", "run_until_complete", "service:answer", "run to completion", None, None),
        ("loop", "asyncio.new_event_loop", "service:Worker.start", "stored", False, "service:Worker.start"),
        ("runner", "run_forever", "service:Worker.start", "until it is stopped", None, "service:Worker.start"),
        ("bridge", "asyncio.run_coroutine_threadsafe", "service:Worker.ask", "of another thread", None, None),
        ("bridge", "anyio.from_thread.run", "service:bridges", "of another thread", None, None),
        (
            "bridge",
            "anyio.from_thread.start_blocking_portal",
            "service:bridges",
            "run by a thread of its own",
            None,
            None,
        ),
        ("bridge", "asgiref.sync.async_to_sync", "service:bridges", "run to completion", None, None),
        ("runner", "anyio.run", "service:runners", "run to completion", True, None),
        ("runner", "asyncio.Runner.run", "service:runners", "run to completion", None, None),
        ("runner", "uvicorn.run", "service:runners", "until it is stopped", True, None),
        ("runner", "aiohttp.web.run_app", "service:runners", "until it is stopped", True, None),
    ]


def test_the_entries_of_a_run_are_told_with_their_distance(project: Path) -> None:
    runs = [entry for entry in listed() if entry["call"] == "run_until_complete"]
    expected = [
        {
            "name": name,
            "filename": str(project / "service.py"),
            "line": line_of(f"async def {name}"),
            "hops": hops,
            "confidence": "proven",
        }
        for name, hops in (("other", 1), ("route", 2))
    ]
    assert [run["entries"] for run in runs] == [expected, expected]


def test_a_run_that_a_patch_lets_nest_has_its_entries_all_the_same(project: Path) -> None:
    (run,) = [entry for entry in listed() if entry["scope"] == "patching:nested"]
    assert [(reaching["name"], reaching["hops"]) for reaching in run["entries"]] == [("handler", 1)]


def test_a_run_in_the_entry_itself_is_no_hop_away(project: Path) -> None:
    Path("service.py").write_text("import asyncio\n\nasync def main(coroutine):\n    asyncio.run(coroutine)\n")
    (run,) = [entry for entry in listed() if entry["scope"] == "service:main"]
    assert [(reaching["name"], reaching["hops"]) for reaching in run["entries"]] == [("main", 0)]


def test_the_table_counts_entries(project: Path) -> None:
    head, *rows = lint("loops", "service.py").out.splitlines()
    cells = {row.split()[0]: row.split()[1:] for row in rows}
    first = f"service.py:{line_of('run_until_complete')}:9"
    assert head.split() == ["place", "kind", "call", "in", "life", "closed", "owner", "entries"]
    assert (cells[first][:2], cells[first][-1]) == (["runner", "run_until_complete()"], "2")
