"""The states of a job, the moves between them, and the only place that knows how older clients spelled them."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class JobStatus(str, Enum):
    """Where a job stands. Looking up a legacy word gives the member that it means."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    ERROR = "error"
    CANCELLED = "cancelled"

    @classmethod
    def _missing_(cls, value: object) -> "JobStatus | None":
        return LEGACY_WORDS.get(value) if isinstance(value, str) else None

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every word that means this status, in old rows too; its own value first."""
        return (self.value, *(word for word, status in LEGACY_WORDS.items() if status is self))

    @property
    def is_over(self) -> bool:
        """Whether a job in this state stays in it."""
        return not MOVES[self]


LEGACY_WORDS: Mapping[str, JobStatus] = MappingProxyType({"success": JobStatus.DONE, "failed": JobStatus.ERROR})

MOVES: Mapping[JobStatus, frozenset[JobStatus]] = MappingProxyType(
    {
        JobStatus.QUEUED: frozenset({JobStatus.RUNNING, JobStatus.CANCELLED}),
        JobStatus.RUNNING: frozenset({JobStatus.DONE, JobStatus.ERROR, JobStatus.CANCELLED}),
        JobStatus.DONE: frozenset(),
        JobStatus.ERROR: frozenset(),
        JobStatus.CANCELLED: frozenset(),
    }
)
