"""Turning the linter on in an old tree: the baseline and the suppressions, through the real command."""

import json
from pathlib import Path

import pytest
from linter_process import LOOP, Ran, lint, scan

MODELS = """\
from enum import Enum


class JobStatus(str, Enum):
    QUEUED = "queued"
    DONE = "done"


class Job:
    status: JobStatus


def finish(job: Job):
    job.status = "done"
    return job
"""


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a project with two findings, EXL101 and EXL301."""
    folder = tmp_path / "old"
    (folder / "app").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("")
    (folder / "app" / "loops.py").write_text(LOOP)
    (folder / "app" / "models.py").write_text(MODELS)
    monkeypatch.chdir(folder)
    return folder


def fingerprints(folder: Path) -> list[str]:
    return [entry["fingerprint"] for entry in json.loads((folder / "known.json").read_text())["findings"]]


def against_baseline(*arguments: str) -> Ran:
    return scan("--baseline", "known.json", *arguments)


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


class TestBaseline:
    @pytest.fixture(autouse=True)
    def written(self, old: Path) -> None:
        assert scan().codes == ["EXL101", "EXL301"]
        ran = scan("--write-baseline", "known.json")
        assert (ran.code, ran.out) == (0, "")
        assert "Wrote 2 entries to known.json." in ran.err

    def test_leaves_nothing_of_what_it_was_written_from(self) -> None:
        ran = against_baseline()
        assert (ran.code, ran.out) == (0, "")
        assert "Held back 2 findings: 2 by the baseline." in ran.err

    def test_knows_code_that_moves(self, old: Path) -> None:
        change(old / "app" / "models.py", "def finish", "def before():\n    return 1\n\n\n# Moved down.\ndef finish")
        change(
            old / "app" / "loops.py", "import asyncio\n", '"""With a docstring now."""\n\nimport asyncio\nimport os\n'
        )
        assert against_baseline().code == 0

    def test_knows_code_that_is_indented_otherwise(self, old: Path) -> None:
        change(
            old / "app" / "models.py", '    job.status = "done"\n', '    if job:\n            job.status  =  "done"\n'
        )
        assert against_baseline().code == 0

    def test_does_not_know_another_text(self, old: Path) -> None:
        change(old / "app" / "models.py", '"done"\n    return', '"queued"\n    return')
        ran = against_baseline()
        assert ran.code == 1
        assert sorted(ran.codes) == ["EXL006", "EXL301"]

    def test_does_not_know_another_function(self, old: Path) -> None:
        change(old / "app" / "models.py", "def finish", "def complete")
        assert sorted(against_baseline().codes) == ["EXL006", "EXL301"]

    def test_does_not_know_a_second_one(self, old: Path) -> None:
        change(
            old / "app" / "models.py", '    job.status = "done"\n', '    job.status = "done"\n    job.status = "done"\n'
        )
        ran = against_baseline()
        assert (ran.code, ran.codes) == (1, ["EXL301"])

    def test_says_which_of_its_entries_are_stale_and_where(self, old: Path) -> None:
        change(old / "app" / "models.py", '"done"\n    return', "JobStatus.DONE\n    return")
        ran = against_baseline()
        assert (ran.code, ran.codes) == (1, ["EXL006"])
        line = next(
            number for number, text in enumerate((old / "known.json").read_text().splitlines(), 1) if "EXL301" in text
        )
        assert ran.out.startswith(f"known.json:{line}:1: EXL006 ")
        assert "app/models.py" in ran.out
        # A run over a part of the project cannot know what is stale.
        assert against_baseline("app/loops.py").code == 0
        assert against_baseline("--select", "EXL1").code == 0

    def test_shrinks_when_it_is_written_again(self, old: Path) -> None:
        before = fingerprints(old)
        change(old / "app" / "models.py", '"done"\n    return', "JobStatus.DONE\n    return")
        assert against_baseline("--write-baseline", "known.json").code == 0
        after = fingerprints(old)
        assert len(after) == 1
        assert set(after) < set(before)
        assert against_baseline().code == 0

    def test_holds_wherever_the_command_is_run(self, old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(old / "app")
        assert scan("--baseline", "../known.json", "..").code == 0

    def test_does_not_hide_what_cannot_be_checked(self, old: Path) -> None:
        (old / "app" / "broken.py").write_text("import asyncio\nasyncio.new_event_loop(\n")
        assert against_baseline().code == 2

    def test_knows_the_same_with_any_line_ends(self, old: Path) -> None:
        for name in ("models.py", "loops.py"):
            path = old / "app" / name
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        assert against_baseline().code == 0


SUPPRESSED = [
    '    job.status = "done"  # noqa: EXL301\n',
    '    job.status = "done"  # noqa: E501,EXL301\n',
    '    job.status = "done"  # noqa: EXL3\n',
    '    job.status = "done"  # noqa\n',
    '    job.status = "done"  # execution-lint: ignore[EXL301] the client compares strings\n',
    '    # execution-lint: ignore[EXL301] the client compares strings\n    job.status = "done"\n',
    '    job.status = (  # noqa: EXL301\n        "done"\n    )\n',
    '    job.status = "done"  # execution-lint: ignore[EXL301] until 2999-12-31 the client is replaced\n',
]


@pytest.mark.parametrize("line", SUPPRESSED)
def test_a_suppression_holds_back_its_finding_and_nothing_else(old: Path, line: str) -> None:
    change(old / "app" / "models.py", '    job.status = "done"\n', line)
    ran = scan()
    assert (ran.code, ran.codes) == (1, ["EXL101"])
    assert "1 by suppressions" in ran.err or "1 by a suppression" in ran.err, ran.err


def test_a_file_can_be_waived(old: Path) -> None:
    path = old / "app" / "models.py"
    path.write_text("# execution-lint: ignore-file[EXL3] to be rewritten\n" + path.read_text())
    assert scan().codes == ["EXL101"]


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("# noqa: EXL302", "EXL003"),
        ("# execution-lint: ignore[EXL302] it was once wrong", "EXL003"),
        ("# execution-lint: ignore[EXL301] until 2020-01-01 soon", "EXL005"),
    ],
)
def test_a_suppression_that_does_not_hold_is_a_finding(old: Path, comment: str, code: str) -> None:
    change(old / "app" / "models.py", '    job.status = "done"\n', f'    job.status = "done"  {comment}\n')
    assert sorted(scan("app/models.py").codes) == [code, "EXL301"]


def test_the_codes_of_other_tools_are_left_alone(old: Path) -> None:
    change(old / "app" / "models.py", '    job.status = "done"\n', '    job.status = "done"  # noqa: E501\n')
    assert scan("app/models.py").codes == ["EXL301"]


def test_a_reason_can_be_asked_for(old: Path) -> None:
    change(old / "app" / "models.py", '    job.status = "done"\n', '    job.status = "done"  # noqa: EXL301\n')
    assert scan("app/models.py").code == 0
    assert scan("app/models.py", "--config", "require-suppression-reason=true").codes == ["EXL004"]


def test_a_folder_can_be_waived(old: Path) -> None:
    (old / "pyproject.toml").write_text('[tool.execution-lint.per-file-ignores]\n"app/models.py" = ["EXL3"]\n')
    ran = scan()
    assert ran.codes == ["EXL101"]
    assert "Held back 1 finding" in ran.err


def test_a_threshold_is_counted_too(old: Path) -> None:
    (old / "app" / "owner.py").write_text(
        "import asyncio\n\n\nclass Owner:\n    def __init__(self):\n        self.loop = asyncio.new_event_loop()\n"
    )
    assert scan("app/owner.py").codes == ["EXL104", "EXL105"]
    ran = scan("app/owner.py", "--min-confidence", "proven")
    assert (ran.code, ran.out) == (0, "")
    assert "Held back " in ran.err


def test_a_key_that_no_rule_checks_yet_is_accepted_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plugins.py").write_text("class Plugin:\n    def run(self): ...\n")
    Path("execution-lint.toml").write_text('[[boundary]]\ncall = "plugins:Plugin.run"\nonly-in = ["plugins"]\n')
    ran = lint("scan", "--select", "EXL2,EXL3")
    assert ran.code == 0
    assert "note: execution-lint.toml:2: boundary.call: accepted, but no rule checks it yet" in ran.err
