"""In a module that names no vocabulary the name of a carrier is looked for where it is more than a variable: however a
literal is governed there, it is found as if each region were read in which the name stands."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from uses_of_jobs import names_read, reported, write

from execution_lint.project.status_carriers import Carriers
from execution_lint.project.status_mentions import StatusMentions

JOBS = """\
from dataclasses import dataclass
from enum import Enum
from typing import Optional, TypedDict


class JobStatus(str, Enum):
    QUEUED = "queued"
    DONE = "done"


Maybe = Optional[JobStatus]
START = JobStatus.QUEUED
status: JobStatus = JobStatus.QUEUED


class Row(TypedDict):
    status: JobStatus


@dataclass
class Job:
    status: JobStatus


class Board:
    def __init__(self, first: JobStatus) -> None:
        self.first = first


def put(mode: JobStatus) -> None: ...


def current() -> JobStatus: ...


def job() -> Job: ...
"""
DERIVED = """\
from app.jobs import job


def guessed():
    return job().status


def held():
    return guessed()
"""
GOVERNED = {
    "attribute": "from app.jobs import Job\ndef go(job: Job):\n    return job.status == 'done'",
    "set": "from app.jobs import Job\ndef go(job: Job):\n    job.status = 'done'",
    "local": "from app.jobs import Job\ndef go(job: Job):\n    status = job.status\n    return status == 'done'",
    "answer": "from app.jobs import current\ndef go():\n    return current() == 'done'",
    "argument": "from app.jobs import Job\ndef go():\n    return Job(status='done')",
    "callee": "from app.jobs import put\ndef go():\n    put('done')",
    "callee_by_another_name": "from app.jobs import put\ndef go():\n    mine = put\n    mine('done')",
    "chosen_callee": "from app.jobs import put\ndef go(other):\n    mine = put if other else other\n    mine('done')",
    "imported_callee": "def go():\n    from app.jobs import put as mine\n    mine('done')",
    "positional": "from app.jobs import Board\ndef go():\n    Board('done')",
    "item": "from app.jobs import Row\ndef go(row: Row):\n    return row['status'] == 'done'",
    "missing": "from app.jobs import Row\ndef go(row: Row):\n    return row.get('status', 'done')",
    "by_name": "from app.jobs import Job\ndef go(job: Job):\n    setattr(job, 'status', 'done')",
    "display": "from app.jobs import Row\ndef go(x) -> Row:\n    return {'status': 'done'}",
    "displays": "from app.jobs import Row\ndef go(x) -> list[Row]:\n    return [{'status': 'done'}]",
    "default_display": "from app.jobs import Row\ndef go(x: Row = {'status': 'done'}): ...",
    "annotated_display": "from app.jobs import Row\ndef go():\n    x: Row = {'status': 'done'}\n    return x",
    "parameter": "from app.jobs import Maybe\ndef go(status: Maybe):\n    return status == 'done'",
    "text_parameter": "from app.jobs import Maybe\ndef go(status: 'Maybe'):\n    return status == 'done'",
    "default_parameter": "from app.jobs import START\ndef go(status=START):\n    return status == 'done'",
    "answered": "from app.jobs import Maybe\ndef status() -> Maybe:\n    return 'done'",
    "field": "from app.jobs import Maybe\nclass Here:\n    status: Maybe = 'done'",
    "module_variable": "from app.jobs import job\nstatus = job().status\ndef go():\n    return status == 'done'",
    "imported_variable": "from app.jobs import status\ndef go():\n    return status == 'done'",
    "starred_variable": "from app.jobs import *\ndef go():\n    return status == 'done'",
    "attempted_variable": "try:\n    from app.jobs import status\nexcept ImportError:\n    status = None\n"
    "def go():\n    return status == 'done'",
    "global": "def bind():\n    global status\n    from app.jobs import job\n    status = job().status\n"
    "def go():\n    return status == 'done'",
    "enclosed": "from app.derived import guessed\ndef go():\n    status = guessed()\n    def inner():\n"
    "        return status == 'done'\n    return inner",
    "lambda": "from app.derived import held\ndef go():\n    status = held()\n    return lambda: status == 'done'",
    "flow_to_argument": "from app.jobs import put\ndef go(status):\n    put(status)\n    return status == 'done'",
    "flow_to_method": "from app.jobs import Board\ndef go(status):\n    Board(status)\n    return status == 'done'",
    "flow_to_renamed": "from app.jobs import put as mine\ndef go(status):\n    mine(status)\n"
    "    return status == 'done'",
    "beside_constant": "from app import jobs\ndef go(status):\n    return status in ('done', jobs.START)",
    "flow_from_constant": "from app import jobs\ndef go(status):\n    if status == jobs.START:\n        return 1\n"
    "    return status == 'done'",
    "habit_of_star": "from app.jobs import *\ndef go(status):\n    return status == 'done'",
}
LISTING = """\
from typing import Literal, TypedDict

Phase = Literal["queued", "new"]
status: Phase = "queued"


class Row(TypedDict):
    status: Phase


class Job:
    status: Literal["queued", "new"]

    def __init__(self, status: Phase) -> None:
        self.status = status


def put(status: Phase) -> None: ...


def put_state(state: Phase) -> None: ...


def status_of(x) -> Phase: ...


def job() -> Job: ...
"""
LISTED = {
    **{name: GOVERNED[name] for name in ("attribute", "set", "local", "argument", "item", "missing", "by_name")},
    "parameter": "from app.jobs import Phase\ndef go(status: Phase):\n    return status == 'done'",
    "text_parameter": "from app.jobs import Phase\ndef go(status: 'Phase'):\n    return status == 'done'",
    "field": "from app.jobs import Phase\nclass Here:\n    status: Phase = 'done'",
    "answer": "from app.jobs import status_of\ndef go():\n    return status_of(1) == 'done'",
    "callee": "from app.jobs import put_state\ndef go():\n    put_state('done')",
    "callee_by_another_name": "from app.jobs import put_state\ndef go():\n    mine = put_state\n    mine('done')",
    "imported_callee": "def go():\n    from app.jobs import put_state as mine\n    mine('done')",
    "module_variable": GOVERNED["module_variable"],
    "enclosed": GOVERNED["enclosed"],
    "lambda": GOVERNED["lambda"],
}
SILENT = "def go(status: str):\n    return {'status': status, 'is_done': status == 'done'}"


MODULES = {"jobs": JOBS, "derived": DERIVED}


def read_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every region is read in which the name of a carrier stands."""

    def every(_: object, _path: str, regions: Iterable[int]) -> set[int]:
        return set(regions)

    monkeypatch.setattr(StatusMentions, "speaking", every)
    monkeypatch.setattr(Carriers, "_weighing", every)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("mentions"), MODULES, GOVERNED)


def test_what_is_governed_is_found(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = reported(project)
    assert found == reported(project, locate=False)
    read_all(monkeypatch)
    assert found == reported(project)
    assert found == set(GOVERNED)


def test_what_is_listed_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"jobs": LISTING, "derived": DERIVED}, LISTED)
    found = reported(tmp_path, "EXL302")
    assert found == reported(tmp_path, "EXL302", locate=False)
    read_all(monkeypatch)
    assert found == reported(tmp_path, "EXL302")
    assert found == set(LISTED)


def test_a_variable_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = names_read(monkeypatch)
    assert not reported(write(tmp_path, MODULES, {"silent": SILENT}))
    assert "go" not in read
    read_all(monkeypatch)
    assert not reported(tmp_path)
    assert "go" in read
