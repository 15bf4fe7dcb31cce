"""Every word by which the uses of members are located finds some: without it a member seems to be unused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from execution_lint.engine.inventory import take
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.library import FileLibrary
from execution_lint.project.inventories.vocabularies import VocabularyEntry, vocabularies
from execution_lint.source.regions import Needles

MODELS = """\
from enum import Enum


class JobStatus(str, Enum):
    QUEUED = "queued"
    HELD = "held back"
    DONE = "done"
"""
MOVES = """\
from models import JobStatus as State

def queue(job):
    job.status = State.QUEUED
"""
WORDS = "HELD = 'held back'\nDONE = 'done'\n"


def never_used(folder: Path) -> tuple[str, ...]:
    (project,) = take(Invocation(paths=(str(folder),), jobs=1), vocabularies).projects
    (entry,) = project.entries
    assert isinstance(entry, VocabularyEntry)
    return entry.never_used


@pytest.mark.parametrize(
    ("lost", "unused"),
    [
        (frozenset[str](), ()),
        (frozenset({"State"}), ("QUEUED",)),
        (frozenset({"held", "back"}), ("HELD",)),
        (frozenset({"done"}), ("DONE",)),
    ],
)
def test_without_it_members_seem_unused(
    lost: frozenset[str], unused: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    for name, text in (("models", MODELS), ("moves", MOVES), ("words", WORDS)):
        (tmp_path / f"{name}.py").write_text(text)
    complete = FileLibrary.candidates

    def candidates(library: FileLibrary, wanted: Needles) -> Iterator[tuple[str, tuple[int, ...]]]:
        return complete(library, wanted.without(lost))

    monkeypatch.setattr(FileLibrary, "candidates", candidates)
    assert never_used(tmp_path) == unused
