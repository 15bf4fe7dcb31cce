"""What a run found, set aside and could not do."""

from enum import Enum

import msgspec

from execution_lint.model.finding import Finding


class Reason(Enum):
    """Why a finding is not reported."""

    SUPPRESSION = "suppression"
    """A comment waives it."""
    BASELINE = "baseline"
    """The baseline holds it."""
    CONFIDENCE = "confidence"
    """It is less sure than `min-confidence`."""
    UNNAMED = "unnamed"
    """Nothing of it lies in a file that was named."""
    PLACE = "place"
    """It lies in a tree (tests, migrations, generated files, per-file ignores) that is not reported on."""


class SetAside(msgspec.Struct, frozen=True):
    """A finding that is held back, and by what."""

    finding: Finding
    reason: Reason
    by: str
    """What holds it back, for people: the comment's place, the baseline's file, the threshold."""


class Counts(msgspec.Struct, frozen=True):
    """What was done to the files of one project."""

    found: int = 0
    """Files that discovery yielded."""
    read: int = 0
    """Files whose bytes were looked at."""
    parsed: int = 0
    """Files of which at least one region was parsed."""
    skipped: int = 0
    """Files passed over: unreadable, undecodable, too large, or unparsable."""


class Undecided(msgspec.Struct, frozen=True, order=True):
    """Something a rule could not decide, counted by reason: silence is worth only so much."""

    subject: str
    reason: str
    count: int


class ProjectReport(msgspec.Struct, frozen=True):
    """The outcome for one project root."""

    root: str
    """Absolute POSIX path of the root, to which the places are relative."""
    findings: tuple[Finding, ...] = ()
    """What is reported, sorted by path, span, code."""
    set_aside: tuple[SetAside, ...] = ()
    counts: Counts = Counts()
    undecided: tuple[Undecided, ...] = ()
    notes: tuple[str, ...] = ()
    """Lines for standard error: keys that are accepted and not checked, an unusable cache, and the like."""
    troubled: bool = False
    """Something could not be done or checked: exit 2."""


class Report(msgspec.Struct, frozen=True):
    """The outcome of a run: one part a project root."""

    projects: tuple[ProjectReport, ...] = ()
    notes: tuple[str, ...] = ()
    troubled: bool = False

    @property
    def is_troubled(self) -> bool:
        """Whether anything could not be done or checked."""
        return self.troubled or any(project.troubled for project in self.projects)

    @property
    def has_findings(self) -> bool:
        """Whether any finding is reported."""
        return any(project.findings for project in self.projects)
