"""What `scan` does with a report: streams, files, exit codes. The engine is a fake that returns a given report."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from execution_lint import __main__
from execution_lint.cli import run
from execution_lint.engine import run as engine
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.progress import Progress
from execution_lint.engine.watch import Watch
from execution_lint.errors import ConfigurationError
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding
from execution_lint.model.place import Place, Span
from execution_lint.model.report import Counts, ProjectReport, Report
from execution_lint.store import baseline

Reporting = Callable[[Report | BaseException], None]


@pytest.fixture
def reporting(monkeypatch: pytest.MonkeyPatch) -> Reporting:
    """Make the engine return a report, or raise."""

    def arrange(outcome: Report | BaseException) -> None:
        def outcome_of(invocation: Invocation, progress: Progress | None = None, watch: Watch | None = None) -> Report:
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        monkeypatch.setattr(engine, "run", outcome_of)

    return arrange


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with one source."""
    (tmp_path / "a.py").write_text("loop = new_event_loop()\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def findings(project: Path) -> Report:
    finding = Finding(
        code="EXL101",
        rule="hand-made-event-loop",
        message="`new_event_loop` makes an event loop by hand",
        place=Place("a.py", Span(1, 8, 1, 24)),
        confidence=Confidence.PROVEN,
        fingerprint="a" * 64,
    )
    return Report((ProjectReport(project.as_posix(), (finding,), counts=Counts(1, 1, 1, 0)),))


CONCISE = "a.py:1:8: EXL101 `new_event_loop` makes an event loop by hand\n"


@pytest.mark.parametrize(
    ("has_findings", "troubled", "options", "code"),
    [
        (False, False, [], 0),
        (True, False, [], 1),
        (False, True, [], 2),
        (True, True, [], 2),
        (True, False, ["--exit-zero"], 0),
        (True, True, ["--exit-zero"], 2),
        (False, False, ["--exit-zero"], 0),
    ],
)
def test_the_exit_code(
    project: Path, reporting: Reporting, has_findings: bool, troubled: bool, options: list[str], code: int
) -> None:
    report = findings(project) if has_findings else Report()
    reporting(msgspec.structs.replace(report, troubled=troubled))
    assert run(["scan", *options]) == code


def test_findings_go_to_standard_output_and_the_summary_to_standard_error(
    project: Path, reporting: Reporting, capsys: pytest.CaptureFixture[str]
) -> None:
    reporting(findings(project))
    run(["scan", "--output-format", "concise"])
    written = capsys.readouterr()
    assert written.out == CONCISE
    assert written.err == "1 finding in 1 file: 1 proven.\nFiles: 1 found, 1 read, 1 parsed, 0 skipped.\n"


def test_the_full_format_is_the_default_and_shows_the_source(
    project: Path, reporting: Reporting, capsys: pytest.CaptureFixture[str]
) -> None:
    reporting(findings(project))
    run(["scan"])
    assert "1 | loop = new_event_loop()\n  |        ^^^^^^^^^^^^^^^^\n" in capsys.readouterr().out


def test_the_source_shown_is_that_of_standard_input(
    project: Path, reporting: Reporting, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reporting(findings(project))
    (project / "stdin").write_bytes(b"made = new_event_loop()  # edited\n")
    with (project / "stdin").open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        run(["scan", "--stdin-filename", "a.py", "-"])
    assert "made = new_event_loop()  # edited" in capsys.readouterr().out


def test_quiet_leaves_the_findings(project: Path, reporting: Reporting, capsys: pytest.CaptureFixture[str]) -> None:
    reporting(findings(project))
    run(["scan", "--quiet", "--output-format", "concise"])
    assert capsys.readouterr() == (CONCISE, "")


def test_quiet_does_not_hide_trouble(reporting: Reporting, capsys: pytest.CaptureFixture[str]) -> None:
    reporting(Report(notes=("nowhere.py: there is no such file",), troubled=True))
    assert run(["scan", "--quiet"]) == 2
    assert "note: nowhere.py: there is no such file\n" in capsys.readouterr().err


def test_statistics_are_written_to_standard_error(
    project: Path, reporting: Reporting, capsys: pytest.CaptureFixture[str]
) -> None:
    reporting(findings(project))
    run(["scan", "--statistics", "--output-format", "concise"])
    written = capsys.readouterr()
    assert written.out == CONCISE
    assert "  1  EXL101  hand-made-event-loop\n" in written.err


def test_an_output_file_takes_the_findings_without_colours(
    project: Path, reporting: Reporting, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reporting(findings(project))
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run(["scan", "--output-file", "out.txt"]) == 1
    assert "\x1b" not in (project / "out.txt").read_text()
    assert (project / "out.txt").read_text().startswith("EXL101[hand-made-event-loop]")
    assert capsys.readouterr().out == ""


def test_an_output_file_is_written_although_nothing_is_found(project: Path, reporting: Reporting) -> None:
    reporting(Report())
    run(["scan", "--output-file", "out.json", "--output-format", "json"])
    assert json.loads((project / "out.json").read_text()) == []


def test_an_output_file_that_cannot_be_written_is_one_line_and_2(
    project: Path, reporting: Reporting, capsys: pytest.CaptureFixture[str]
) -> None:
    reporting(findings(project))
    assert run(["scan", "--output-file", "none/out.txt"]) == 2
    assert capsys.readouterr().err == "error: none/out.txt: cannot be written: No such file or directory\n"


def test_a_written_baseline_holds_all_findings_and_the_run_is_clean(
    project: Path, reporting: Reporting, capsys: pytest.CaptureFixture[str]
) -> None:
    reporting(findings(project))
    assert run(["scan", "--write-baseline", "known.json"]) == 0
    assert baseline.read("known.json").fingerprints == {"a" * 64}
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err == (
        "Wrote 1 entry to known.json.\n"
        "No findings.\n"
        "Held back 1 finding: 1 by the baseline.\n"
        "Files: 1 found, 1 read, 1 parsed, 0 skipped.\n"
    )


def test_a_baseline_does_not_hide_trouble(project: Path, reporting: Reporting) -> None:
    reporting(msgspec.structs.replace(findings(project), troubled=True))
    assert run(["scan", "--write-baseline", "known.json"]) == 2


def test_a_baseline_that_cannot_be_written_is_2_and_no_finding_is_lost_in_it(
    project: Path, reporting: Reporting, capsys: pytest.CaptureFixture[str]
) -> None:
    reporting(findings(project))
    assert run(["scan", "--write-baseline", "none/known.json"]) == 2
    assert capsys.readouterr().err.startswith("error: none/known.json: the baseline cannot be written")


def test_every_mistake_of_the_configuration_is_a_line(reporting: Reporting, capsys: pytest.CaptureFixture[str]) -> None:
    reporting(ConfigurationError(("a.toml:1: x", "a.toml:2: y")))
    assert run(["scan"]) == 2
    assert capsys.readouterr() == ("", "error: a.toml:1: x\nerror: a.toml:2: y\n")


def test_a_crash_is_2_in_one_line_and_a_traceback_is_for_those_who_ask(
    reporting: Reporting, capsys: pytest.CaptureFixture[str]
) -> None:
    reporting(RuntimeError("some\nthing"))
    assert run(["scan"]) == 2
    short = capsys.readouterr().err
    assert short.count("\n") == 1
    assert "RuntimeError: some thing" in short
    assert run(["scan", "--debug"]) == 2
    assert "Traceback (most recent call last):" in capsys.readouterr().err


def test_an_interruption_is_130_in_one_line(
    project: Path, reporting: Reporting, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reporting(KeyboardInterrupt())
    monkeypatch.setattr(sys, "argv", ["execution-lint", "scan"])
    assert __main__.main() == 130
    assert capsys.readouterr() == ("", "interrupted\n")


def test_settings_and_files_are_shown_on_standard_output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "settings", lambda invocation: "select = ['EXL']")
    monkeypatch.setattr(engine, "files", lambda invocation: ("a.py", "b.py"))
    assert run(["scan", "--show-settings"]) == 0
    assert run(["scan", "--show-files"]) == 0
    assert capsys.readouterr() == ("select = ['EXL']\na.py\nb.py\n", "")


def test_names_that_are_not_utf_8_are_written_escaped(project: Path, reporting: Reporting) -> None:
    report = findings(project)
    (finding,) = report.projects[0].findings
    place = Place("caf\udce9.py", finding.place.span)
    finding = msgspec.structs.replace(finding, place=place)
    reporting(Report((msgspec.structs.replace(report.projects[0], findings=(finding,)),)))
    run(["scan", "--output-format", "concise", "--output-file", "out.txt"])
    assert os.path.getsize("out.txt") > 0
    (project / "out.txt").read_text(encoding="utf-8")
