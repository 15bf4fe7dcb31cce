"""What the process's exit code says."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Pinned: other programs read it. 130 is an interruption, as a shell would say it."""

    CLEAN = 0
    """Everything was checked, and nothing is reported."""
    FINDINGS = 1
    """Something is reported."""
    TROUBLE = 2
    """Something could not be done or checked, whatever else was found."""
