"""Where we are sure that an expression holds a status, mypy says the same: over all cases of EXL3, and the service."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from rule_harness import FIXTURES, cases
from type_truth import Answer, Held, Judged, judged

ROOT = Path(__file__).parents[1]
MYPY_IS_WRONG = {
    ("bad_stars", "status"): "of two stars Python binds the later one, as the case says; mypy keeps the earlier",
}
"""Where mypy says something else and the running program says what we say."""

LEAST = {Held.MEMBER: 700, Held.VALUE: 50}
"""Claims over the cases that mypy agrees with, those that name a member apart: fewer, and the comparison has shrunk."""


@pytest.fixture(scope="module")
def of_cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Judged]]:
    """What mypy says of every case: those of one file at once, those of several each by itself."""
    folder = tmp_path_factory.mktemp("cases")
    cache = tmp_path_factory.mktemp("cache")
    statuses = [case for case in cases() if case.code.startswith("EXL3")]
    for case in statuses:
        if case.path.is_file():
            (folder / "single" / case.folder).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(case.path, folder / "single" / case.folder / case.path.name)
    found: dict[str, list[Judged]] = {}
    for answer in judged(folder / "single", cache):
        found.setdefault(Path(answer.claim.path).stem, []).append(answer)
    for case in statuses:
        if case.path.is_dir():
            found.setdefault(case.name, []).extend(judged(FIXTURES / case.folder / case.name, cache))
    return found


def test_mypy_says_the_same_of_the_cases(of_cases: dict[str, list[Judged]]) -> None:
    others = [
        f"{name}: {answer}"
        for name, answers in of_cases.items()
        for answer in answers
        if answer.is_disagreement and (name, answer.claim.spelled) not in MYPY_IS_WRONG
    ]
    assert not others, "\n".join(others)


def test_enough_is_compared(of_cases: dict[str, list[Judged]]) -> None:
    agreed = Counter(
        answer.claim.held
        for answers in of_cases.values()
        for answer in answers
        if answer.answer is Answer.AGREES and not answer.claim.is_named
    )
    assert not {held: count for held, count in LEAST.items() if agreed[held] < count}, agreed


def test_mypy_says_the_same_of_the_service(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "runtime", tmp_path / "project" / "runtime", ignore=shutil.ignore_patterns("__pycache__"))
    answers = judged(tmp_path / "project", tmp_path / "cache")
    others = [str(answer) for answer in answers if answer.is_disagreement]
    assert not others, "\n".join(others)
    assert sum(answer.answer is Answer.AGREES and not answer.claim.is_named for answer in answers) >= 30


@pytest.mark.parametrize(
    ("annotation", "answer"),
    [
        ("JobStatus", Answer.AGREES),
        ("JobStatus | None", Answer.AGREES),
        ("OtherStatus", Answer.OTHER),
        ("JobStatus | str", Answer.WIDER),
        ("Any", Answer.ANY),
    ],
)
def test_what_mypy_says_can_differ(annotation: str, answer: Answer, tmp_path: Path) -> None:
    """The comparison can fail: the annotation that mypy reads is another one than the one that we read."""
    text = (
        "from enum import Enum\nfrom typing import Any\n\n\n"
        "class JobStatus(Enum):\n    DONE = 'done'\n\n\n"
        "class OtherStatus(Enum):\n    DONE = 'done'\n\n\n"
        "def is_done(job_status: {}) -> bool:\n    return job_status == JobStatus.DONE\n"
    )
    (tmp_path / "jobs.py").write_text(text.format(annotation), encoding="utf-8")
    ours = text.format("JobStatus").encode()
    answers = judged(tmp_path, replaced={"jobs.py": ours})
    found = {claim.answer for claim in answers if claim.claim.spelled == "job_status"}
    assert found == {answer}
