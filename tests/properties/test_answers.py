"""An answer that is given again is the answer that a new run would give, whatever was changed in between."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execution_lint.cli import repeat, run
from execution_lint.engine.process import RECURSION_LIMIT
from execution_lint.store import answers

# Set by the first run in a process, which hypothesis would warn of.
sys.setrecursionlimit(RECURSION_LIMIT)

LOOP = "import asyncio\n\n\ndef f():\n    loop = asyncio.new_event_loop()\n    loop.run_until_complete(g())\n"
QUIET = "import asyncio\n\n\ndef f():\n    loop = asyncio.get_running_loop()\n    loop.create_task(g())\n   \n"
ARGUMENTS = ["scan", "work", "--output-format", "concise"]

Edit = Callable[[Path], None]


def write(name: str, text: str) -> Edit:
    """Write a file, which then is as old as it may be."""

    def edit(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return edit


def remove(name: str) -> Edit:
    """Remove a file or a folder, if it is there."""

    def edit(folder: Path) -> None:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    return edit


def link(name: str, target: str) -> Edit:
    """Put a symbolic link in the place of what is there."""

    def edit(folder: Path) -> None:
        remove(name)(folder)
        (folder / name).symlink_to(target)

    return edit


def same_stamp(name: str, text: str) -> Edit:
    """Change a file so that neither its size nor its time of change tells."""

    def edit(folder: Path) -> None:
        path = folder / name
        if path.is_file() and path.stat().st_size == len(text):
            before = path.stat()
            path.write_text(text)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return edit


def settle() -> None:
    """Wait until what was just changed is not taken for something that changes during the run."""
    time.sleep(0.06)


def age(folder: Path) -> None:
    """Let everything have been there for an hour, as far as a program can say."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            os.utime(path, ns=(0, path.stat().st_mtime_ns - 3_600_000_000_000))
    settle()


EDITS: list[Edit] = [
    *(write(f"work/{name}.py", text) for name in ("a", "p/b", "p/q/c", "ignored/d") for text in (LOOP, QUIET)),
    *(same_stamp(f"work/{name}.py", text) for name in ("a", "p/b") for text in (LOOP, QUIET)),
    *(remove(f"work/{name}") for name in ("a.py", "p/b.py", "p", "p/q", "ignored", ".gitignore", "pyproject.toml")),
    *(write("work/.gitignore", text) for text in ("ignored/\n", "*.py\n!a.py\n", "")),
    *(write(f"work/{name}", "[tool.execution-lint]\nselect = ['EXL3']\n") for name in ("pyproject.toml",)),
    write("work/pyproject.toml", "[tool.execution-lint]\nextend-exclude = ['p']\n"),
    write("work/p/pyproject.toml", "[tool.execution-lint]\nselect = ['EXL1']\n"),
    write("execution-lint.toml", "select = ['EXL2']\n"),
    remove("execution-lint.toml"),
    write("work/p/pyvenv.cfg", ""),
    remove("work/p/pyvenv.cfg"),
    link("work/p/linked.py", "../a.py"),
    link("work/linked", "../outside"),
    write("outside/e.py", LOOP),
    write("outside/e.py", QUIET),
    remove("outside/e.py"),
    age,
]


def outcome(command: Callable[[list[str]], int | None], arguments: list[str]) -> tuple[int, str, str] | None:
    """Exit code and streams of a command; None where it has no answer."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = command(arguments)
    return None if code is None else (code, out.getvalue(), err.getvalue())


@contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """A working directory with a small project in `work`."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        write("work/a.py", LOOP)(folder)
        write("work/p/b.py", QUIET)(folder)
        write("work/setup.cfg", "")(folder)
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(EDITS), min_size=1, max_size=8), st.booleans())
def test_an_answer_is_given_again_only_where_it_is_still_true(edits: list[Edit], is_old: bool) -> None:
    with folder_of_its_own() as folder:
        if is_old:
            age(folder)
        outcome(run, ARGUMENTS)
        for edit in edits:
            edit(folder)
            settle()
            fresh = outcome(run, [*ARGUMENTS, "--no-cache"])
            again = outcome(repeat, ARGUMENTS)
            if again is not None:
                assert again == fresh
            assert outcome(run, ARGUMENTS) == fresh
            assert outcome(repeat, ARGUMENTS) in (None, fresh)


def test_an_unchanged_project_is_answered_again() -> None:
    with folder_of_its_own() as folder:
        first = outcome(run, ARGUMENTS)
        assert first is not None
        assert first[0] == 1
        age(folder)
        assert outcome(run, ARGUMENTS) == first
        assert outcome(repeat, ARGUMENTS) == first
        assert outcome(repeat, [*ARGUMENTS, "--quiet"]) is None
        assert outcome(repeat, [*ARGUMENTS, "--no-cache"]) is None


@pytest.mark.parametrize("at", ["start", "middle", "end"])
@pytest.mark.parametrize("spoil", [lambda data, at: data[:at], lambda data, at: data[:at] + b"\0x" + data[at + 2 :]])
def test_a_damaged_answer_is_a_miss(spoil: Callable[[bytes, int], bytes], at: str) -> None:
    with folder_of_its_own() as folder:
        outcome(run, ARGUMENTS)
        age(folder)
        first = outcome(run, ARGUMENTS)
        (path,) = (folder / "work" / answers.FOLDER).glob("*.answer")
        data = path.read_bytes()
        path.write_bytes(spoil(data, {"start": 3, "middle": len(data) // 2, "end": len(data) - 3}[at]))
        assert outcome(repeat, ARGUMENTS) is None
        assert outcome(run, ARGUMENTS) == first
        assert outcome(repeat, ARGUMENTS) == first
