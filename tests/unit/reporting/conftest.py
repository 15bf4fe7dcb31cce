"""One report that every format renders, and the sources it speaks of."""

from collections.abc import Callable, Sequence

import pytest

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding, Related
from execution_lint.model.place import Place, Span
from execution_lint.model.report import Counts, ProjectReport, Reason, Report, SetAside, Undecided

ROOT = "/srv/service"

SOURCES = {
    "/srv/service/app/routes.py": [
        "from app.models import JobStatus",
        "",
        "",
        "async def cancel(job):",
        '    if job.status in (JobStatus.DONE.value, "success"):',
        "        raise Conflict()",
        "    return {",
        '        "plugin": job.plugin,',
        '        "result": job.result,',
        "    }",
    ],
    "/srv/service/app/models.py": ["class JobStatus(str, Enum):", '    DONE = "done"'],
}


def read_lines(path: str) -> Sequence[str]:
    """The lines of a source above."""
    if path not in SOURCES:
        raise FileNotFoundError(path)
    return SOURCES[path]


@pytest.fixture
def lines() -> Callable[[str], Sequence[str]]:
    return read_lines


@pytest.fixture
def report() -> Report:
    word = Finding(
        code="EXL302",
        rule="unknown-status-string",
        message='`"success"` is no value of `JobStatus`',
        place=Place("app/routes.py", Span(5, 45, 5, 54)),
        confidence=Confidence.PROVEN,
        scope="cancel",
        help="write `JobStatus.DONE`",
        related=(Related("the vocabulary", Place("app/models.py", Span(1, 7, 1, 16))),),
        fingerprint="a" * 64,
    )
    answer = Finding(
        code="EXL201",
        rule="missing-envelope-key",
        message="the answer of `cancel` lacks `job_id`, `status`",
        place=Place("app/routes.py", Span(7, 12, 10, 6)),
        confidence=Confidence.LIKELY,
        scope="cancel",
        fingerprint="b" * 64,
    )
    held_back = (
        SetAside(answer, Reason.BASELINE, "known.json"),
        SetAside(answer, Reason.BASELINE, "known.json"),
        SetAside(word, Reason.CONFIDENCE, "likely"),
    )
    project = ProjectReport(
        root=ROOT,
        findings=(word, answer),
        set_aside=held_back,
        counts=Counts(found=12, read=10, parsed=3, skipped=1),
        undecided=(
            Undecided("route exit", "a helper is not resolved", 4),
            Undecided("route exit", "a helper is not resolved", 7),
            Undecided("status use", "the subject has no known type", 30),
        ),
        notes=("`boundary` is accepted and not checked yet",),
    )
    return Report((project,))
