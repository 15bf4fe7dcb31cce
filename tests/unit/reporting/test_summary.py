"""What standard error says of a run."""

import msgspec

from execution_lint.model.report import Counts, ProjectReport, Report
from execution_lint.reporting import summary


def test_the_summary_counts_findings_files_and_what_was_held_back(report: Report) -> None:
    assert summary.render(report) == (
        "note: `boundary` is accepted and not checked yet\n"
        "2 findings in 1 file: 1 proven, 1 likely.\n"
        "Held back 3 findings: 2 by the baseline, 1 by min-confidence.\n"
        "Files: 12 found, 10 read, 3 parsed, 1 skipped.\n"
    )


def test_silence_is_explained() -> None:
    quiet = Report((ProjectReport("/a", counts=Counts(1, 1, 0, 0)), ProjectReport("/b", counts=Counts(2, 2, 1, 1))))
    assert summary.render(quiet) == "No findings.\nFiles: 3 found, 3 read, 1 parsed, 1 skipped.\n"


def test_trouble_is_said_last(report: Report) -> None:
    troubled = msgspec.structs.replace(report, troubled=True)
    assert summary.render(troubled).endswith("Not everything could be checked; the lines above say what.\n")


def test_a_note_of_two_projects_is_said_once() -> None:
    twice = Report((ProjectReport("/a", notes=("same",)), ProjectReport("/b", notes=("same",))), notes=("first",))
    assert summary.render(twice).splitlines()[:2] == ["note: first", "note: same"]
    assert summary.render(twice).count("same") == 1


def test_statistics_say_what_silence_is_worth(report: Report) -> None:
    assert summary.statistics(report) == (
        "Findings by rule:\n"
        "  1  EXL201  missing-envelope-key\n"
        "  1  EXL302  unknown-status-string\n"
        "Not decided:\n"
        "  30  status use  the subject has no known type\n"
        "  11  route exit  a helper is not resolved\n"
    )


def test_statistics_of_nothing() -> None:
    assert summary.statistics(Report()) == "Findings by rule:\n  none\nNot decided:\n  none\n"
