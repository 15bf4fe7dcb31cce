"""What a run of rules comes to, before anything is held back."""

import msgspec

from execution_lint.model.finding import Finding


class Outcome(msgspec.Struct, frozen=True, array_like=True):
    """What rules have found in a project, and what could not be decided on the way, by subject and reason."""

    findings: tuple[Finding, ...]
    undecided: tuple[tuple[str, str, int], ...]


NOTHING = Outcome((), ())
"""That of a project without subjects."""
