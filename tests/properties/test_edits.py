"""Where a module was edited, an answer is given again only if a new run would give it, and then without one."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from generated_edits import MORE, PROJECT, edit
from hypothesis import given, settings
from hypothesis import strategies as st
from test_answers import age, outcome, settle

from execution_lint.cli import repeat, run
from execution_lint.store import answers

ARGUMENTS = ["scan", ".", "--min-confidence", "possible", "--statistics"]


@pytest.fixture(scope="module", autouse=True)
def working_directory(tmp_path_factory: pytest.TempPathFactory) -> "object":
    """A project that was scanned once, an hour after it was written."""
    before = os.getcwd()
    folder = tmp_path_factory.mktemp("edits") / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(".*"))
    for name, text in MORE.items():
        (folder / name).write_text(text)
    os.chdir(folder)
    yield folder
    os.chdir(before)


def fresh() -> object:
    return outcome(run, [*ARGUMENTS, "--no-cache"])


def started_anew(folder: Path) -> None:
    shutil.rmtree(folder / answers.FOLDER, ignore_errors=True)
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
    for name, text in MORE.items():
        (folder / name).write_text(text)
    age(folder)
    outcome(run, ARGUMENTS)


@settings(max_examples=40, deadline=None)
@given(st.integers(min_value=0, max_value=2**32), st.integers(min_value=1, max_value=4))
def test_edits_are_judged_as_a_new_run_judges_them(seed: int, edits: int) -> None:
    choice = random.Random(seed)
    folder = Path.cwd()
    started_anew(folder)
    paths = sorted(folder.rglob("*.py"))
    for _ in range(edits):
        edit(choice.choice(paths), choice)
        settle()
        again = outcome(repeat, ARGUMENTS)
        if again is not None:
            assert again == fresh()
        elif choice.random() < 0.5:
            # Whatever an answer rests on, the next edit is judged by that.
            assert outcome(run, ARGUMENTS) == fresh()


QUIET = ("plain.py", "y = 2", "y = 3\n    # why")


@pytest.mark.parametrize(
    ("name", "old", "new", "is_given"),
    [
        (*QUIET, True),
        ("plain.py", "class Box", "\n\n\nclass Box", True),
        ("empty.py", "", "import plain\n", True),
        ("plain.py", "y = 2", "y = (", False),
        ("plain.py", "y = 2", "y = asyncio.new_event_loop()", False),
        ("plain.py", "y = 2", "y = fetch(2)", False),
        ("plain.py", "y = 2", "y = 2  # execution-lint: ignore[EXL101] why", False),
        ("work.py", "fetch(name)\n    return", "len(name)\n    return", False),
        ("work.py", "import asyncio", "\nimport asyncio", False),
        ("held.py", "        return self.kind", "        return self.kind  # of it", True),
        (
            "held.py",
            "        return self.kind",
            "        return self.kind\n\n    def more(self):\n        return 1",
            True,
        ),
        ("held.py", "    'What it does.'\n", "    'What it does not.'\n", False),
        ("held.py", "  # noqa", "", False),
        ("held.py", "in vain", "in vein", False),
        ("work.py", "return plain.double(3)", "return plain.double(3)  # shown", False),
    ],
)
def test_an_edit_that_changes_no_answer_needs_no_run(name: str, old: str, new: str, is_given: bool) -> None:
    folder = Path.cwd()
    started_anew(folder)
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    again = outcome(repeat, ARGUMENTS)
    assert (again is not None) == is_given
    if is_given:
        assert again == fresh() == outcome(repeat, ARGUMENTS)


def test_a_file_that_is_replaced_as_editors_do_it_is_still_the_same_file() -> None:
    folder = Path.cwd()
    started_anew(folder)
    (folder / "plain.py.new").write_text((folder / "plain.py").read_text() + "# more\n")
    (folder / "plain.py.new").rename(folder / "plain.py")
    again = outcome(repeat, ARGUMENTS)
    assert again is not None
    assert again == fresh()
    (folder / "another.py").write_text("x = 1\n")
    assert outcome(repeat, ARGUMENTS) is None


def test_what_judges_an_edit_is_the_precedent_of_the_run_that_answered() -> None:
    """Between an answer and the edit another command may have found the project in another state."""
    folder = Path.cwd()
    started_anew(folder)
    plain, work = folder / "plain.py", folder / "work.py"
    text = work.read_text()
    work.write_text(text.replace("fetch(name)\n    return", "x = 1\n    return"))
    outcome(run, [*ARGUMENTS, "--output-format", "concise"])
    work.write_text(text)
    age(folder)
    plain.write_text(plain.read_text() + "# more\n")
    settle()
    assert outcome(repeat, ARGUMENTS) is None
    assert outcome(run, ARGUMENTS) == fresh()


def test_an_enum_that_the_contract_names_does_not_go_unnoticed() -> None:
    folder = Path.cwd()
    (folder / "words.py").write_text("from enum import Enum\n\n\nclass Word(Enum):\n    A = 'a'\n")
    asked = [*ARGUMENTS, "--isolated", "--select", "EXL104", "--config", "vocabulary=[{enum='words:Word'}]"]
    age(folder)
    assert outcome(run, asked) == outcome(repeat, asked)
    (folder / "words.py").write_text("from enum import Enum\n\n\nclass Words(Enum):\n    A = 'a'\n")
    settle()
    again = outcome(repeat, asked)
    (folder / "words.py").unlink()
    assert again is None


@pytest.mark.parametrize("spoil", ["missing", "damaged"])
def test_without_its_precedent_no_edit_is_judged(spoil: str) -> None:
    folder = Path.cwd()
    started_anew(folder)
    (entry,) = (folder / answers.FOLDER).glob("*.precedent")
    if spoil == "missing":
        entry.unlink()
    else:
        entry.write_bytes(entry.read_bytes()[:-1])
    (folder / "plain.py").write_text(MORE["plain.py"] + "# more\n")
    assert outcome(repeat, ARGUMENTS) is None


def test_an_edit_is_judged_without_the_rules() -> None:
    """What judging an edit may cost: the rules and what they know of frameworks stay on the disk."""
    folder = Path.cwd()
    started_anew(folder)
    answered = [sys.executable, "-m", "execution_lint", *ARGUMENTS]
    subprocess.run(answered, check=False, capture_output=True)
    (folder / "plain.py").write_text(MORE["plain.py"] + "# more\n")
    told = subprocess.run([sys.executable, "-X", "importtime", *answered[1:]], check=False, capture_output=True)
    imported = {line.rpartition("|")[2].strip() for line in told.stderr.decode().splitlines()}
    assert "execution_lint.engine.edits" in imported
    dear = (
        "execution_lint.rules",
        "execution_lint.engine.run",
        "execution_lint.project",
        "execution_lint.config",
        "libcst",
        "argparse",
        "pathlib",
    )
    assert [name for name in imported if name.startswith(dear)] == []


def test_a_staged_file_is_judged_without_the_project_being_linked() -> None:
    folder = Path.cwd()
    started_anew(folder)
    # Where a contract names enums, the project is asked for them before anything else.
    outcome(run, [*ARGUMENTS, "--isolated"])
    (folder / "plain.py").write_text(MORE["plain.py"] + "# more\n")
    command = [sys.executable, "-X", "importtime", "-m", "execution_lint", "scan", "--isolated", "plain.py"]
    told = subprocess.run(command, check=False, capture_output=True)
    imported = {line.rpartition("|")[2].strip() for line in told.stderr.decode().splitlines()}
    assert "execution_lint.engine.precedents" in imported
    assert [name for name in imported if name.startswith(("execution_lint.project", "libcst"))] == []
