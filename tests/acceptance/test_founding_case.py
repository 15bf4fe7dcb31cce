"""The statuses of the service that the linter was made for: as it stands, and with each way to get one wrong."""

import shutil
from pathlib import Path

import pytest

from execution_lint import scan
from execution_lint.model.finding import Finding

PROJECT = Path(__file__).parents[2] / "fixtures" / "projects" / "three_bugs"
MEMBER = '    CANCELLED = "cancelled"\n'
ALIASES = 'fields = ["status"]\naliases = { success = "DONE", failed = "ERROR" }\n'
SECOND = """\
from enum import Enum


class JobStatus(Enum):
    SUCCESS = "success"
    LOST = "lost"
"""


def statuses(folder: Path) -> list[Finding]:
    report = scan(str(folder), cache=False)
    return [finding for project in report.projects for finding in project.findings if finding.code.startswith("EXL3")]


def said(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(finding.code, Path(finding.place.path).name, finding.message) for finding in findings]


IN_THE_CANCEL_ROUTE = [
    ("EXL302", "routes.py", f'"{word}" is no value of `JobStatus` (among what `job.status` is tested for)')
    for word in ("success", "failed")
]
LOOKED_UP = (
    "EXL304",
    "routes.py",
    "`JobStatus(status.upper())` raises ValueError: no value of `JobStatus` is in upper case",
)


@pytest.fixture
def service(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROJECT, tmp_path / "service", ignore=shutil.ignore_patterns("__pycache__")))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_as_it_stands(service: Path) -> None:
    assert said(statuses(service)) == [*IN_THE_CANCEL_ROUTE, LOOKED_UP]


def test_the_contract_says_what_old_words_mean(service: Path) -> None:
    change(service / "execution-lint.toml", 'fields = ["status"]\n', ALIASES)
    helps = [finding.help for finding in statuses(service) if finding.code == "EXL302"]
    assert helps == [
        'the contract says that "success" means `JobStatus.DONE`',
        'the contract says that "failed" means `JobStatus.ERROR`',
    ]


def test_a_value_in_the_answer(service: Path) -> None:
    change(service / "analysis" / "routes.py", '"status": job.status.value}', '"status": "done"}')
    added = [finding for finding in statuses(service) if finding.code == "EXL301"]
    assert [finding.message for finding in added] == ["\"done\" is `JobStatus.DONE` (in a dict under `'status'`)"]


def test_a_member_that_the_enum_lacks(service: Path) -> None:
    change(service / "analysis" / "models.py", MEMBER, "")
    change(
        service / "analysis" / "services" / "execution.py",
        "job.move_to(JobStatus.CANCELLED)",
        'job.status = "cancelled"',
    )
    assert ("EXL302", "execution.py", '"cancelled" is no value of `JobStatus` (assigned to `job.status`)') in said(
        statuses(service)
    )


def test_two_enums_of_one_name_are_kept_apart(service: Path) -> None:
    """The words of the other one do not become known, and its own fields do not become unknown."""
    (service / "analysis" / "other.py").write_text(SECOND, encoding="utf-8")
    assert said(statuses(service)) == [*IN_THE_CANCEL_ROUTE, LOOKED_UP]
