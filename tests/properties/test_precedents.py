"""After any edit, a run that has a precedent reports what a run without one does."""

import random
import shutil
import time
from pathlib import Path

import msgspec
import pytest
from both_paths import comparable, differences
from generated_edits import MORE, PROJECT, edit
from hypothesis import given, settings
from hypothesis import strategies as st

from execution_lint.engine import precedents
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.run import run
from execution_lint.model.confidence import Confidence
from execution_lint.model.report import Report
from execution_lint.store import answers


def outcome(folder: Path, *, cache: bool, named: str = "") -> Report:
    """The report on the project, or for a file of it."""
    time.sleep(0.01)
    return run(Invocation(paths=(str(folder / named),), cache=cache, jobs=1, min_confidence=Confidence.POSSIBLE))


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was scanned once."""
    folder = tmp_path_factory.mktemp("precedents") / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(".*"))
    for name, text in MORE.items():
        (folder / name).write_text(text)
    outcome(folder, cache=True)
    return folder


@settings(max_examples=40, deadline=None)
@given(st.integers(min_value=0, max_value=2**32), st.integers(min_value=1, max_value=4))
def test_an_edit_is_judged_as_a_new_run_judges_it(started: Path, seed: int, edits: int) -> None:
    choice = random.Random(seed)
    folder = started.with_name("edited")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(started, folder)
    # The precedent is kept for the root's path.
    outcome(folder, cache=True)
    paths = sorted(path for path in folder.rglob("*.py"))
    for _ in range(edits):
        path = choice.choice(paths)
        edit(path, choice)
        named = choice.choice(("", path.relative_to(folder).as_posix()))
        quick, fresh = outcome(folder, cache=True, named=named), outcome(folder, cache=False, named=named)
        assert differences(quick, fresh) == []
        assert comparable(quick) == comparable(fresh)


class Counted:
    """Counts the precedents that stand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.standing = 0
        self._complete = precedents.standing
        monkeypatch.setattr(precedents, "standing", self)

    def __call__(self, *arguments: object) -> object:
        found = self._complete(*arguments)  # type: ignore[arg-type]  # handed on as they came
        self.standing += found is not None
        return found


@pytest.mark.parametrize(
    ("name", "old", "new", "stands"),
    [
        ("plain.py", "y = 2", "y = 3\n    # why", True),
        ("plain.py", "'''Nothing", "'''Something", True),
        ("plain.py", "class Box", "\n\n\nclass Box", True),
        ("plain.py", "self.thing = thing", "self.thing = (thing,\n            1)", True),
        ("plain.py", "def double", "def treble", True),
        ("plain.py", "y = 2", "y = (", False),
        ("plain.py", "y = 2", "y = asyncio.new_event_loop()", False),
        ("plain.py", "y = 2", "y = fetch(2)", False),
        ("work.py", "fetch(name)\n    return", "len(name)\n    return", False),
        ("empty.py", "", "import plain\n", True),
        ("work.py", "import asyncio", "\nimport asyncio", True),
        ("work.py", "    for name in names:", "    # why\n\n    for name in names:", True),
        ("work.py", "def start(names):", "def start(names):\n    'What it does.'", True),
        ("work.py", "def start(names):", "def added(names):\n    return 1\n\n\ndef start(names):", True),
        ("held.py", "send(names[1])  # noqa", "send(names[1])", True),
        ("held.py", "    send(names[1])", "    # execution-lint: ignore[EXL107] here\n    send(names[1])", True),
        ("held.py", "    send(names[1])", "    (send)(names[1])", False),
        ("held.py", "    def gone(self):", "    def more(self):\n        return 2\n\n    def gone(self):", True),
        ("held.py", "    def gone(self):", "    def left(self):", True),
        ("held.py", "async def send(name):", "async def sent(name):", False),
        ("work.py", "    for name in names:", "    names = list(names)\n    for name in names:", False),
        ("work.py", "    for name in names:", "    print('done')\n    for name in names:", True),
        ("work.py", "    for name in names:", "    count = len(str(names))\n    for name in names:", True),
        ("work.py", "    for name in names:", "    fetch(1)\n    for name in names:", False),
        ("work.py", "    for name in names:", "    await fetch(1)\n    for name in names:", False),
        ("work.py", "        fetch(name)", "        if names:\n            print(1)\n        fetch(name)", False),
        ("held.py", "    send(names[1])", "    count = 17\n    send(names[1])", True),
        ("held.py", "    for name in names:", "    for name in names:\n        print(name, 'x')", True),
        ("held.py", "    for name in names:", "    for name in names:\n        count = name", False),
        ("work.py", "async def fetch", "def fetch", False),
        ("work.py", "import plain", "from plain import *", True),
        ("work.py", "import plain", "import plain\n\n\nclass fetch:\n    pass", False),
    ],
)
def test_an_edit_that_changes_no_answer_needs_no_new_run(
    started: Path, name: str, old: str, new: str, stands: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = started.with_name("edited")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(started, folder)
    outcome(folder, cache=True)
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    counted = Counted(monkeypatch)
    quick = outcome(folder, cache=True)
    assert counted.standing == stands
    assert differences(quick, outcome(folder, cache=False)) == []


@pytest.mark.parametrize("spoil", [lambda data: data[:-5], lambda data: data[:80] + b"x" + data[81:], lambda data: b""])
def test_a_damaged_precedent_is_none(started: Path, spoil: object) -> None:
    folder = started.with_name("edited")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(started, folder)
    outcome(folder, cache=True)
    assert callable(spoil)
    for entry in (folder / answers.FOLDER).glob("*.precedent"):
        entry.write_bytes(spoil(entry.read_bytes()))
    with (folder / "plain.py").open("a") as file:
        file.write("# more\n")
    quick, fresh = outcome(folder, cache=True), outcome(folder, cache=False)
    assert comparable(msgspec.structs.replace(quick, notes=())) == comparable(fresh)
