"""Rules divided among processes find what they find in one, and nothing is left of a process that fails."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from both_paths import comparable, differences
from hostile_tree import files

from execution_lint.engine import division, process
from execution_lint.engine.checking import checked
from execution_lint.engine.edits import Asked
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.library import FileLibrary
from execution_lint.engine.precedents import Precedent
from execution_lint.engine.progress import Progress
from execution_lint.engine.run import run
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding
from execution_lint.model.report import Report
from execution_lint.project import existence
from execution_lint.project.project import Project
from execution_lint.rules.rule import Rule, all_rules
from execution_lint.source.regions import Needles
from execution_lint.store import answers

PROJECTS = Path(__file__).parents[2] / "fixtures" / "projects"
TEXT = """\
import asyncio
from enum import Enum


class JobStatus(str, Enum):
    QUEUED = "queued"
    DONE = "done"


class Job:
    status: JobStatus


def start(work):
    loop = asyncio.new_event_loop()
    loop.run_until_complete(work())


def is_done(job: Job) -> bool:
    return job.status == "finished"
"""

ROUTED = """

from fastapi import FastAPI

app = FastAPI()


@app.get("/jobs")
def jobs():
    return []
"""

pytestmark = pytest.mark.skipif(not process.can_fork(), reason="processes cannot be copied here")


@pytest.fixture(autouse=True)
def from_the_first_byte_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "BYTES_FOR_DIVISION", 0)
    # Also where there is no sign of a family.
    monkeypatch.setattr(existence, "may_exist", lambda *_: True)


def report(folder: Path, jobs: int, *, cache: bool = False) -> Report:
    return run(Invocation(paths=(str(folder),), cache=cache, jobs=jobs, min_confidence=Confidence.POSSIBLE))


def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The rules of each copy that is started from now on."""
    found: list[tuple[str, ...]] = []
    complete = division._Copy.__init__

    def counted(
        copy: division._Copy, library: object, project: object, rules: tuple[Rule, ...], *, debug: bool
    ) -> None:
        found.append(tuple(rule.code for rule in rules))
        complete(copy, library, project, rules, debug=debug)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(division._Copy, "__init__", counted)
    return found


def written(folder: Path, text: str = TEXT) -> Path:
    (folder / "jobs.py").write_text(text + ROUTED)
    (folder / "pyproject.toml").write_text("[tool.execution-lint]\n")
    return folder


@pytest.mark.parametrize("name", sorted(path.name for path in PROJECTS.iterdir() if path.is_dir()))
def test_projects_have_one_report_in_however_many_processes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = report(PROJECTS / name, 1)
    copies = started(monkeypatch)
    for jobs in (2, 4):
        together = report(PROJECTS / name, jobs)
        assert differences(together, alone) == []
        assert comparable(together) == comparable(alone)
        assert [project.counts for project in together.projects] == [project.counts for project in alone.projects]
        assert [project.undecided for project in together.projects] == [project.undecided for project in alone.projects]
    assert len(copies) >= 3


def test_what_two_families_ask_for_is_undecided_once(tmp_path: Path) -> None:
    """The literals of a status are told from the answers of routes, which rules of another family ask for too."""
    unknown = "\n\n@app.get('/jobs/{job}')\ndef job(job):\n    import elsewhere\n\n    return elsewhere.answer()\n"
    written(tmp_path, TEXT + ROUTED + unknown)
    (tmp_path / "pyproject.toml").write_text(
        "[[tool.execution-lint.envelope]]\nname = 'jobs'\nroutes = ['GET /jobs/*']\nrequire = ['status']\n"
        "status = { key = 'status', vocabulary = 'jobs:JobStatus' }\n"
    )
    found = {jobs: [project.undecided for project in report(tmp_path, jobs).projects] for jobs in (1, 2, 3)}
    assert [undecided.count for undecided in found[1][0] if "elsewhere" in undecided.reason] == [1]
    assert found[2] == found[1]
    assert found[3] == found[1]


def test_a_hostile_tree_has_one_report_in_however_many_processes(tmp_path: Path) -> None:
    for path, data in files().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert differences(report(tmp_path, 3), report(tmp_path, 1)) == []


def precedent(folder: Path, jobs: int) -> Precedent:
    shutil.rmtree(folder / answers.FOLDER, ignore_errors=True)
    report(folder, jobs, cache=True)
    (entry,) = (folder / answers.FOLDER).glob("*.precedent")
    return msgspec.msgpack.decode(entry.read_bytes()[_header(entry) :], type=Precedent)


def _header(entry: Path) -> int:
    """Where what was kept begins in an entry, after the digest that it is held against."""
    data = entry.read_bytes()
    for start in range(len(data)):
        try:
            msgspec.msgpack.decode(data[start:], type=Precedent)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        return start
    raise AssertionError("no precedent in the entry")


def asked(precedent: Precedent) -> dict[str, object]:
    """What was asked of each file, words and needles by themselves and not by number."""
    found: dict[str, object] = {}
    for path, file in precedent.files.items():
        known = msgspec.msgpack.decode(file.asked, type=Asked)
        found[path] = (
            known.facts,
            {precedent.questions.words[word]: held for word, held in known.mentions.items()},
            {precedent.questions.words[word]: held for word, held in known.bound.items()},
            {precedent.questions.needles[number]: held for number, held in known.candidates.items()},
            known.unawaited,
            {precedent.questions.words[word] for word in known.named},
            {precedent.questions.words[word] for word in known.owned},
            {(region, asked, precedent.questions.words[word], told) for region, asked, word, told in known.told},
            known.are_listed,
            (file.is_firm, file.text is None, file.share),
        )
    return found


def test_a_later_run_may_rest_on_what_all_processes_asked(tmp_path: Path) -> None:
    shutil.copytree(PROJECTS / "three_bugs", tmp_path / "project")
    alone, together = precedent(tmp_path / "project", 1), precedent(tmp_path / "project", 3)
    assert asked(together) == asked(alone)
    assert (together.questions.weighed, together.parsed) == (alone.questions.weighed, alone.parsed)


def test_what_nobody_remembers_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "again.py").write_text(TEXT)
    library = FileLibrary(tmp_path, ("again.py",), 10**6, locate=True, replaced={})
    library.is_remembered = False
    assert list(library.candidates(Needles(frozenset({"def", "class", "import"}))))
    source = library.open("again.py")
    assert source is not None
    source.facts(0)
    record = library.record()
    assert (record.answers, record.unawaited) == ((), None)
    assert [file.is_parsed for file in record.files.values() if file is not None] == [True]


def test_one_family_of_rules_needs_no_second_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = started(monkeypatch)
    run(Invocation(paths=(str(written(tmp_path)),), cache=False, jobs=4, select=("EXL1", "EXL003")))
    assert copies == []


def test_a_small_project_needs_no_second_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "BYTES_FOR_DIVISION", 10_000)
    copies = started(monkeypatch)
    report(written(tmp_path), 4)
    assert copies == []


def test_findings_that_cannot_be_sent_are_found_by_the_process_that_waits(tmp_path: Path) -> None:
    folder = written(tmp_path, TEXT.replace('"finished"', '"\\ud800"'))
    alone, together = report(folder, 1), report(folder, 2)
    assert any("EXL302" in finding.code for project in alone.projects for finding in project.findings)
    assert differences(together, alone) == []


def test_a_process_that_dies_costs_nothing_but_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = os.getpid()

    def dies(project: Project, rules: tuple[Rule, ...], progress: Progress | None, *, debug: bool) -> Iterator[Finding]:
        if os.getpid() != own:
            os.kill(os.getpid(), signal.SIGKILL)
        yield from checked(project, rules, progress, debug=debug)

    alone = report(written(tmp_path), 1)
    monkeypatch.setattr(division, "checked", dies)
    assert comparable(report(tmp_path, 3)) == comparable(alone)
    assert alone.has_findings


def test_no_process_outlives_an_interruption(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(copy: division._Copy) -> None:
        raise KeyboardInterrupt

    copies = started(monkeypatch)
    monkeypatch.setattr(division._Copy, "answer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        report(written(tmp_path), 3)
    assert len(copies) == 2
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_ctrl_c_ends_all_processes_without_a_word(tmp_path: Path) -> None:
    """The whole group is signalled, as a terminal does it; only the process that was started may speak."""
    written(tmp_path)
    program = (
        "import os, sys, time\nfrom execution_lint.engine import division\nfrom execution_lint import scan\n"
        "division.BYTES_FOR_DIVISION = 0\n"
        "def forever(*_, **__):\n    os.write(1, b'+')\n    time.sleep(600)\n    yield\n"
        "division.checked = forever\n"
        "try:\n    scan(sys.argv[1], jobs=3, cache=False)\nexcept KeyboardInterrupt:\n    print('stopped')\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert running.stdout is not None
    assert running.stdout.read(3) == "+++"
    os.killpg(running.pid, signal.SIGINT)
    answer, complaint = running.communicate(timeout=300)
    assert (answer, complaint) == ("stopped\n", "")
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)


@pytest.mark.parametrize("jobs", [1, 2, 3, 4, 8])
def test_each_rule_has_one_process_and_each_family_too(jobs: int) -> None:
    rules = tuple(all_rules())
    shares = division._shares(rules, jobs)
    given = [rule.code for share in shares for rule in share]
    assert sorted(given) == sorted(rule.code for rule in rules if rule.checks)
    families = [{rule.code[:4] for rule in share} for share in shares]
    assert len(shares) == min(jobs, len(set().union(*families)))
    assert sum(map(len, families)) == len(set().union(*families))
