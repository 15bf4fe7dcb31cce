"""`execution-lint vocabularies` as people and programs read it, and the commands of its guide."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from linter_process import ROOT, lint

GUIDE = (ROOT / "docs" / "vocabularies.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE) for line in block.splitlines()
]
MODELS = """\
from enum import Enum


class JobStatus(str, Enum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    PAUSED = "paused"
    HELD = "held"
    LOST = "lost"

    @property
    def is_over(self):
        return self is JobStatus.DONE


class Job:
    status: JobStatus
    name: str

    def __init__(self):
        self.before: JobStatus | None = None
        self.status = JobStatus.QUEUED
"""
SERVICE = """\
from service.models import Job, JobStatus as State


def move(job: Job):
    if job.status == "running":
        job.status = State["DONE"]
    elif job.status == "finished":
        raise ValueError("held")
    return job
    job.status = State.PAUSED
"""
OTHER = """\
from enum import Enum


class LegacyJobStatus(Enum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    PAUSED = "paused"
    HELD = "held"
    GONE = "gone"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "execution-lint.toml").write_text(
        '[[vocabulary]]\nenum = "service.models:JobStatus"\nfields = ["status"]\n'
        '[vocabulary.aliases]\nfinished = "DONE"\n'
    )
    (tmp_path / "service").mkdir()
    for name, text in (("__init__", ""), ("models", MODELS), ("moves", SERVICE), ("legacy", OTHER)):
        (tmp_path / "service" / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(*arguments: str) -> dict[str, dict[str, Any]]:
    """The entries by the dotted names of their enums."""
    return {
        entry["enum"]: entry for entry in json.loads(lint("vocabularies", *arguments, "--output-format", "json").out)
    }


def at(found: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(Path(entry["filename"]).name, entry["line"]) for entry in found]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_guide_runs(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    name, *arguments = shlex.split(command)
    ran = lint(*arguments)
    assert (name, ran.code) == ("execution-lint", 0)
    assert "JobStatus" in ran.out


def test_json_has_the_keys_of_the_guide(project: Path) -> None:
    rows = re.findall(r"^\| (`.*?) \|", GUIDE, re.MULTILINE)
    (entry, _) = json.loads(lint("vocabularies", "--output-format", "json").out)[::-1]
    assert set(entry) == {key for row in rows for key in re.findall(r"`(\w+)`", row)}
    assert (entry["filename"], entry["line"], entry["declared"]) == (str(project / "service" / "models.py"), 4, True)


def test_members_say_how_they_are_known(project: Path) -> None:
    entry = listed()["service.models:JobStatus"]
    known = {member["name"]: (member["known_by"], at(member["uses"])) for member in entry["members"]}
    assert known == {
        "QUEUED": ("name", [("models.py", 23)]),
        "RUNNING": ("value", []),
        "DONE": ("name", [("models.py", 14), ("moves.py", 6)]),
        "PAUSED": ("text", []),
        "HELD": ("value", []),
        "LOST": (None, []),
    }
    assert entry["never_used"] == ["LOST"]
    assert [(member["value"], member["line"]) for member in entry["members"]][::5] == [("queued", 5), ("lost", 10)]


def test_a_namesake_that_is_spoken_of_is_not_the_enum(project: Path) -> None:
    (project / "service" / "other.py").write_text(
        "from enum import Enum\n\n\nclass JobStatus(Enum):\n    LOST = 'gone'\n    FOUND = 'found'\n"
        "\n\ndef lost():\n    return JobStatus.LOST\n"
    )
    (project / "service" / "third.py").write_text(
        "import service.other as names\n\n\ndef lost():\n    return names.JobStatus.LOST\n"
    )
    entries = listed()
    assert entries["service.models:JobStatus"]["never_used"] == ["LOST"]
    assert entries["service.other:JobStatus"]["never_used"] == ["FOUND"]


def test_fields_are_listed_once_where_they_are_declared(project: Path) -> None:
    entry = listed()["service.models:JobStatus"]
    assert entry["contract_fields"] == ["status"]
    assert [(field["name"], field["line"]) for field in entry["fields"]] == [
        ("service.models:Job.before", 22),
        ("service.models:Job.status", 18),
    ]


def test_words_stand_with_the_member_that_they_mean(project: Path) -> None:
    entry = listed()["service.models:JobStatus"]
    (literal,) = entry["literals"]
    assert (literal["word"], literal["member"], literal["subject"], literal["line"], literal["confidence"]) == (
        "running", "RUNNING", "job.status", 5, "proven",
    )  # fmt: skip
    (unknown,) = entry["unknown_words"]
    assert (unknown["word"], unknown["member"], unknown["line"]) == ("finished", "DONE", 7)
    assert at(entry["governed"]) == [
        ("models.py", 14),
        ("models.py", 23),
        ("moves.py", 5),
        ("moves.py", 6),
        ("moves.py", 7),
    ]
    assert entry["governed_count"] == 5


def test_a_second_enum_is_said_of_both(project: Path) -> None:
    entries = listed()
    said = {
        name: [(other["enum"], other["extra"], other["lacking"]) for other in entry["overlaps"]]
        for name, entry in entries.items()
    }
    assert said == {
        "service.legacy:LegacyJobStatus": [("service.models:JobStatus", ["lost"], ["gone"])],
        "service.models:JobStatus": [("service.legacy:LegacyJobStatus", ["gone"], ["lost"])],
    }


def test_a_project_without_vocabularies_has_none(project: Path) -> None:
    (project / "execution-lint.toml").write_text("")
    for name in ("models", "moves", "legacy"):
        (project / "service" / f"{name}.py").write_text("")
    ran = lint("vocabularies")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines()[-1] == "0 vocabularies."


def test_the_slow_path_lists_the_same(project: Path) -> None:
    assert listed("--no-locate") == listed()


def test_the_words_of_the_three_bugs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "fixtures" / "projects" / "three_bugs")
    (entry,) = listed().values()
    assert [(found["word"], found["subject"], found["line"]) for found in entry["unknown_words"]] == [
        ("success", "job.status", 69),
        ("failed", "job.status", 69),
    ]
    assert [field["name"] for field in entry["fields"]] == ["analysis.models:Job.status"]
    assert (entry["literals"], entry["overlaps"], entry["never_used"]) == ([], [], [])


def test_the_reference_service_has_one_vocabulary_of_statuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    entries = listed("runtime")
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "runtime").rglob("*.py"))
    entry = entries["runtime.status:JobStatus"]
    for member in entry["members"]:
        assert len(member["uses"]) == len(re.findall(rf"\bJobStatus\.{member['name']}\b", text)), member["name"]
    assert (entry["literals"], entry["unknown_words"], entry["overlaps"], entry["never_used"]) == ([], [], [], [])
    assert {field["name"] for field in entry["fields"]} == {
        "runtime.envelope:Execution.status",
        "runtime.job:Job.status",
    }
