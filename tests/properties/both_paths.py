"""Runs a tree on the fast path and on the slow one."""

from pathlib import Path

import msgspec

from execution_lint.engine.invocation import Invocation
from execution_lint.engine.run import run
from execution_lint.model.confidence import Confidence
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


def _without_effort(project: ProjectReport) -> ProjectReport:
    return msgspec.structs.replace(project, counts=msgspec.structs.replace(project.counts, read=0, parsed=0))


def _invocation(paths: tuple[Path, ...], *, locate: bool) -> Invocation:
    return Invocation(
        paths=tuple(map(str, paths)), locate=locate, cache=False, jobs=1, min_confidence=Confidence.POSSIBLE, debug=True
    )
