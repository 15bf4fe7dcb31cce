"""Every word by which the types that list words are located finds some: without it a word that no type lists is
missed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from execution_lint.engine.invocation import Invocation
from execution_lint.engine.library import FileLibrary
from execution_lint.engine.run import run
from execution_lint.source.regions import Needles

TYPES = "from typing import Literal\n\nPhase = Literal['early', 'late']\n"
RUNS = "from kinds import Phase\n\nclass Run:\n    phase: Phase\n"
JOBS = "from typing import Literal\n\nclass Job:\n    status: Literal['new', 'old']\n"
USES = """\
from jobs import Job
from runs import Run

def of_run(run: Run):
    return run.phase == 'latest'

def of_job(job: Job):
    job.status = 'neww'
"""
FILES = {"kinds.py": TYPES, "runs.py": RUNS, "jobs.py": JOBS, "uses.py": USES}


def reported(folder: Path, *, locate: bool = True) -> list[tuple[str, int]]:
    (project,) = run(Invocation(paths=(str(folder),), select=("EXL302",), jobs=1, cache=False, locate=locate)).projects
    return [(finding.place.path, finding.place.span.start_line) for finding in project.findings]


@pytest.mark.parametrize(
    ("lost", "found"),
    [
        (frozenset[str](), [5, 8]),
        (frozenset({"Literal"}), []),
        (frozenset({"Phase"}), [8]),
        (frozenset({"phase"}), [8]),
        (frozenset({"status"}), [5]),
    ],
)
def test_without_it_words_are_missed(
    lost: frozenset[str], found: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    complete = FileLibrary.candidates

    def candidates(library: FileLibrary, wanted: Needles) -> Iterator[tuple[str, tuple[int, ...]]]:
        return complete(library, wanted.without(lost))

    assert reported(tmp_path) == reported(tmp_path, locate=False) == [("uses.py", 5), ("uses.py", 8)]
    monkeypatch.setattr(FileLibrary, "candidates", candidates)
    assert reported(tmp_path) == [("uses.py", line) for line in found]
