"""Runs a tree on the fast path and on the slow one."""

from pathlib import Path

import msgspec

from execution_lint.engine.invocation import Invocation
from execution_lint.engine.run import run
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding
from execution_lint.model.report import ProjectReport, Report


def fast(*paths: Path) -> Report:
    """The report by locating, without a cache, in one process."""
    return run(_invocation(paths, locate=True))


def slow(*paths: Path) -> Report:
    """The report by parsing every file whole."""
    return run(_invocation(paths, locate=False))


def comparable(report: Report) -> Report:
    """All of a report but how much was read and parsed for it."""
    return msgspec.structs.replace(report, projects=tuple(_without_effort(project) for project in report.projects))


def differences(report: Report, other: Report) -> list[str]:
    """What tells two reports apart, one line each; empty where they are equal but for the effort."""
    found: list[str] = []
    for own, theirs in zip(report.projects, other.projects, strict=True):
        for mark, some, rest in (("+", own, theirs), ("-", theirs, own)):
            lines = {
                *map(_line, some.findings),
                *(f"{_line(held.finding)} held back: {held.by}" for held in some.set_aside),
            }
            without = {
                *map(_line, rest.findings),
                *(f"{_line(held.finding)} held back: {held.by}" for held in rest.set_aside),
            }
            found += [f"{mark} {line}" for line in sorted(lines - without)]
            found += [f"{mark} {note}" for note in sorted({*some.notes} - {*rest.notes})]
            found += [f"{mark} {undecided}" for undecided in sorted({*some.undecided} - {*rest.undecided})]
    if not found and comparable(report) != comparable(other):
        found.append("the reports differ in what is none of these")
    return found


def _line(finding: Finding) -> str:
    span = finding.place.span
    where = f"{finding.place.path}:{span.start_line}:{span.start_column}-{span.end_line}:{span.end_column}"
    return f"{where} {finding.code} {finding.confidence.value} {finding.message}"


def _without_effort(project: ProjectReport) -> ProjectReport:
    return msgspec.structs.replace(project, counts=msgspec.structs.replace(project.counts, read=0, parsed=0))


def _invocation(paths: tuple[Path, ...], *, locate: bool) -> Invocation:
    return Invocation(
        paths=tuple(map(str, paths)), locate=locate, cache=False, jobs=1, min_confidence=Confidence.POSSIBLE, debug=True
    )
