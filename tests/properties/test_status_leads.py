"""The names by which a status is followed through a module find whatever reading all of the module would find."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from execution_lint import scan
from execution_lint.extract.opened import OpenedFile, Unparsable
from execution_lint.facts.scopes import RegionFacts
from execution_lint.model.finding import Finding
from execution_lint.project import status_leads
from execution_lint.project.status_carriers import Carriers
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
DESK = """\
from jobs import Job, latest


def by_comparison(job: Job):
    return job.kind == "done"


def by_a_local_name(job: Job):
    kind = job.kind
    return kind in ("done", "over")


def by_assignment(job: Job):
    job.kind = "done"


def by_a_call():
    return Job(kind="done")


def by_match(job: Job):
    match job:
        case Job(kind="done"):
            return 1


def hands_on(job: Job, log):
    log("a job", job.kind)
    return {"kind": job.kind, "name": "done"}
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
    known = known_in(tmp_path, f"{JOBS}\n\nclass Named:\n    def __init__(self):\n        {PLAIN}\n", monkeypatch)
    assert "mode" in known
    assert "key" not in known


def known_in(folder: Path, jobs: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that are followed."""
    (folder / "jobs.py").write_text(jobs)
    (folder / "pyproject.toml").write_text(CONFIGURATION)
    known: set[str] = set()
    closed = StatusLeads._closed

    def noted(leads: StatusLeads) -> set[str]:
        found = closed(leads)
        known.update(found)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(StatusLeads, "_closed", noted)
        found_in(folder)
    return known


def test_what_is_made_with_a_member_says_nothing_of_the_name_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Job(kind=JobStatus.DONE).owner` names a vocabulary, and is no member of it."""
    kept = '{"owner": Job(JobStatus.DONE).name, "sort": JobStatus.DONE}'
    known = known_in(tmp_path, f"{JOBS}\n\ndef kept(row):\n    return {kept}\n", monkeypatch)
    assert "sort" in known
    assert "owner" not in known


def test_a_name_that_is_only_compared_with_a_member_is_followed_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says, it says of a member's value; one that says status says more."""
    met = "row.sort == JobStatus.DONE or row.way_stage == JobStatus.DONE or make(kept=JobStatus.DONE)"
    known = known_in(tmp_path, f"{JOBS}\n\ndef met(row):\n    return {met}\n", monkeypatch)
    assert "way_stage" in known
    assert {"sort", "kept"}.isdisjoint(known)


def test_what_extends_something_called_like_a_vocabulary_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An enum with members has no subclasses: `Message` extends another `JobStatus`, and is not looked for."""
    (tmp_path / "answers.py").write_text("class JobStatus:\n    kind: str\n\n\nclass Message(JobStatus):\n    x: int\n")
    (tmp_path / "desk.py").write_text("def send(message: Message):\n    return message.kind == 'done'\n")
    named: list[frozenset[str]] = []
    announce = Carriers.announce

    def noted(carriers: Carriers) -> None:
        named.append(carriers.names)
        announce(carriers)

    monkeypatch.setattr(Carriers, "announce", noted)
    scopes_found(tmp_path)
    assert any("JobStatus" in found for found in named)
    assert all("Message" not in found for found in named)


WEIGHING = {"by_comparison", "by_a_local_name", "by_assignment", "by_a_call", "by_match"}


def test_what_hands_a_status_on_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside the modules that name a vocabulary, a region is read that weighs what carries one, and no other."""
    (tmp_path / "desk.py").write_text(DESK)
    read: list[str] = []
    facts = OpenedFile._extract

    def noted(opened: OpenedFile, index: int) -> RegionFacts | Unparsable:
        read.append(opened.regions[index].name)
        return facts(opened, index)

    monkeypatch.setattr(OpenedFile, "_extract", noted)
    assert scopes_found(tmp_path) >= WEIGHING
    assert "hands_on" not in read
    monkeypatch.setattr(OpenedFile, "may_weigh", lambda *_: True)
    found = scopes_found(tmp_path)
    assert "hands_on" in read
    monkeypatch.undo()
    assert scopes_found(tmp_path) == found


def test_nothing_is_found_there_where_nothing_is_said_to_weigh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "desk.py").write_text(DESK)
    complete = scopes_found(tmp_path)
    monkeypatch.setattr(OpenedFile, "may_weigh", lambda *_: False)
    assert complete - scopes_found(tmp_path) == WEIGHING


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_what_is_said_to_weigh_nothing_says_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = found_in(folder)
    monkeypatch.setattr(OpenedFile, "may_weigh", lambda *_: True)
    assert found_in(folder) == found


def _all_regions(leads: StatusLeads) -> dict[str, set[int]]:
    inference = leads._inference
    return {path: set(range(len(inference.module(path).regions))) for path in leads._found}


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_all_of_a_module_says_no_more(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = found_in(folder)
    monkeypatch.setattr(StatusLeads, "regions", _all_regions)
    assert found_in(folder) == found
