"""What is called is followed by name to what defines it: however it comes there, a literal that it is given is judged
as if every callee were read, and a function that names nothing of a vocabulary is not read."""

from pathlib import Path

import pytest
from uses_of_jobs import names_read, reported, write

from execution_lint.project.status_callees import StatusCallees

JOBS = """\
from dataclasses import dataclass, replace
from enum import Enum
from typing import Optional, TypedDict


class JobStatus(str, Enum):
    QUEUED = "queued"
    DONE = "done"


Maybe = Optional[JobStatus]
START = JobStatus.QUEUED


class Row(TypedDict):
    mode: Maybe
    status: JobStatus


@dataclass
class Job:
    status: JobStatus


class Special(Job):
    pass


class Meant:
    def __init__(self, mode: JobStatus) -> None:
        self.of = mode

    def become(self, mode: JobStatus) -> None:
        self.of = mode


def put(mode: JobStatus) -> None: ...


def lay(mode: Maybe) -> None: ...


def set_from(mode=START) -> None: ...


def fill(row: Row) -> None: ...


def spread(rows: list[Row]) -> None: ...


def idle(mode: str) -> None: ...


place = put
"""
BETWEEN = """\
from app import jobs
from app.jobs import put as hand
from app.jobs import Special as Other
from app import jobs as work

if True:
    def chosen(mode: "jobs.JobStatus") -> None: ...
else:
    chosen = hand
"""
MADE = "from app.jobs import JobStatus\nknown = JobStatus\n"
TAKING = {
    "plain": "from app.jobs import put\nput('done')",
    "renamed": "from app.jobs import put as mine\nmine('done')",
    "handed_on": "from app.between import hand\nhand('done')",
    "starred": "from app.between import *\nhand('done')",
    "assigned": "from app.jobs import place\nplace('done')",
    "own_name": "from app.jobs import put\nmine = put\nmine('done')",
    "attempted": "try:\n    from app.jobs import put as mine\nexcept ImportError:\n    mine = None\nmine('done')",
    "module": "from app import jobs\njobs.put('done')",
    "renamed_module": "from app import jobs as work\nwork.put('done')",
    "handed_module": "from app.between import work\nwork.place('done')",
    "imported_module": "import app.jobs as work\nwork.place('done')",
    "chosen": "from app.between import chosen\nchosen('done')",
    "alias_of_a_type": "from app.jobs import lay\ndef go():\n    lay('done')\n    return known",
    "constant": "from app.jobs import set_from\ndef go():\n    set_from('done')\n    return known",
    "class": "from app.jobs import Job\nJob('done')",
    "subclass": "from app.jobs import Special\nSpecial('done')",
    "renamed_subclass": "from app.between import Other\nOther('done')",
    "initialiser": "from app.jobs import Meant\nMeant('done')",
    "method": "from app.jobs import Meant\ndef go(one: Meant):\n    one.become('done')",
    "method_of_class": "from app.jobs import Meant\nMeant.become(None, 'done')",
    "keyword": "from app.jobs import put\nput(mode='done')",
    "display": "from app.jobs import fill\nfill({'status': 'done'})",
    "displays": "from app.jobs import spread\nspread([{'status': 'done'}])",
    "replaced": "from dataclasses import replace\nfrom app.jobs import Job\ndef go(job: Job):\n"
    "    return replace(job, status='done')",
    "local": "def go():\n    from app.jobs import put as mine\n    mine('done')",
    "enclosed": "def go():\n    from app.jobs import put as mine\n    def run():\n        mine('done')\n    return run",
    "enclosed_module": "def go():\n    from app import jobs as work\n    def run():\n        work.put('done')\n"
    "    return run",
    "nested": "def go():\n    def mine(mode: known): ...\n    mine('done')",
    "global": "mine = None\ndef bind():\n    global mine\n    from app.jobs import put\n    mine = put\n"
    "def go():\n    mine('done')",
    "entry": "from app.jobs import Row\ndef go(row: Row):\n    return row.get('status', 'done')",
    "entry_of_alias": "from app.jobs import Row\ndef go(row: Row):\n    return row.get('mode', 'done')",
    "flowing_entry": "from app.jobs import put\ndef go(row):\n    mine = row.get('kept', 'done')\n    put(mine)",
    "flowing_renamed": "from app.jobs import put as mine\ndef go(row):\n    kept = row.get('kept', 'done')\n"
    "    mine(kept)",
    "flowing_enum": "def go(row):\n    return known(row.get('kept', 'done'))",
    "habit": "class It: ...\nit = It()\nit.of = known.DONE\nprint_of(of='done')",
}


MODULES = {"jobs": JOBS, "between": BETWEEN}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("callees"), MODULES, {name: MADE + text for name, text in TAKING.items()})


def test_each_callee_is_followed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    followed = reported(project)
    assert followed == reported(project, locate=False)
    monkeypatch.setattr(StatusCallees, "may_take", lambda *_: True)
    assert followed == reported(project)
    assert followed == set(TAKING)


def test_what_takes_no_member_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = names_read(monkeypatch)
    use = "from app.jobs import idle, put\ndef go():\n    idle('done')\n    put('done')"
    assert reported(write(tmp_path, MODULES, {"both": MADE + use})) == {"both"}
    assert "put" in read
    assert "idle" not in read
