"""The names by which a status is followed through a module find whatever reading all of the module would find."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from execution_lint import scan
from execution_lint.model.finding import Finding
from execution_lint.project import status_leads
from execution_lint.project.status_leads import StatusLeads

CONFIGURATION = """\
[tool.execution-lint]
[[tool.execution-lint.vocabulary]]
enum = "jobs:JobStatus"
fields = ["turn"]
"""
JOBS = """\
from enum import Enum


class JobStatus(str, Enum):
    QUEUED = "queued"
    DONE = "done"


class Job:
    kind: JobStatus

    def now(self):
        return self.kind


class Keeper:
    def __init__(self, job: Job) -> None:
        self.mode = job.kind

    def by_attribute(self):
        return self.mode == "done"


def latest(job: Job):
    return job.now() if job else None


def by_call(job):
    return latest(job) == "done"


def meets_a_member(row):
    return row.sort == JobStatus.DONE


def by_evidence(row):
    return row.sort == "done"


def by_ending(row):
    return row.build_state == "done"


def by_contract(row):
    return row.turn == "done"


WORDS = {"done": 1}


def by_table(row):
    return WORDS.get(row.build_state)
"""
PLAIN = "self.key = str(JobStatus.DONE)"
CASES = sorted((Path(__file__).parents[2] / "fixtures" / "rules").glob("exl3*"))


def found_in(folder: Path) -> tuple[Finding, ...]:
    report = scan(folder, select=["EXL3"], min_confidence="possible", cache=False, jobs=1)
    return tuple(finding for project in report.projects for finding in project.findings)


def scopes_found(folder: Path) -> frozenset[str]:
    (folder / "pyproject.toml").write_text(CONFIGURATION)
    (folder / "jobs.py").write_text(JOBS)
    return frozenset(finding.scope.rpartition(".")[2] for finding in found_in(folder))


def test_each_way_is_followed(tmp_path: Path) -> None:
    assert scopes_found(tmp_path) >= {"by_attribute", "by_call", "by_evidence", "by_ending", "by_contract"}


@pytest.mark.parametrize(
    ("way", "lost"),
    [
        ("_bound", {"by_attribute", "by_call"}),
        ("_sources", {"by_attribute", "by_call"}),
        ("meetings", {"by_evidence"}),
        ("_ENDINGS", {"by_ending", ""}),
    ],
)
def test_none_of_the_ways_is_idle(way: str, lost: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object) -> Iterator[object]:
        return iter(())

    complete = scopes_found(tmp_path)
    monkeypatch.setattr(status_leads, way, frozenset() if way == "_ENDINGS" else nothing)
    assert complete - scopes_found(tmp_path) == lost


def test_a_table_is_found_by_whatever_looks_something_up_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words stand in another region than the name that says status."""
    complete = scopes_found(tmp_path)
    monkeypatch.setattr(status_leads, "_beside_values", lambda _, regions: frozenset(regions))
    assert complete - scopes_found(tmp_path) == {""}


def test_what_is_made_with_a_member_on_the_way_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name is not looked for: everything has a `key`."""
    (tmp_path / "jobs.py").write_text(f"{JOBS}\n\nclass Named:\n    def __init__(self):\n        {PLAIN}\n")
    (tmp_path / "pyproject.toml").write_text(CONFIGURATION)
    known: list[str] = []
    closed = StatusLeads._closed

    def noted(leads: StatusLeads) -> set[str]:
        found = closed(leads)
        known.extend(found)
        return found

    monkeypatch.setattr(StatusLeads, "_closed", noted)
    found_in(tmp_path)
    assert "mode" in known
    assert "key" not in known


def _all_regions(leads: StatusLeads) -> dict[str, set[int]]:
    inference = leads._inference
    return {path: set(range(len(inference.module(path).regions))) for path in leads._found}


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_all_of_a_module_says_no_more(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = found_in(folder)
    monkeypatch.setattr(StatusLeads, "regions", _all_regions)
    assert found_in(folder) == found
