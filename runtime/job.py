"""A job as the service holds it, and what an attempt to run it came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import Any

from pydantic import BaseModel, Field

from runtime.status import JobStatus


def now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(timezone.utc)


class FailureKind(str, Enum):
    """Why a job ended in error."""

    INVALID_INPUT = "invalid_input"
    INVALID_OUTPUT = "invalid_output"
    CRASHED = "plugin_crashed"
    TIMED_OUT = "plugin_timed_out"
    INTERRUPTED = "interrupted"


class JobError(BaseModel):
    """What went wrong, in the one shape that every error answer has."""

    type: str
    message: str
    details: dict[str, Any] = Field(default_factory=dict)
    timestamp: datetime = Field(default_factory=now)


@dataclass(frozen=True)
class Job:
    """One row of the store."""

    sequence: int
    """Rises with every submission: the order in which jobs run, and the cursor of a listing."""
    job_id: str
    plugin: str
    args: Mapping[str, Any]
    status: JobStatus
    result: Mapping[str, Any] | None
    error: JobError | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    duration_seconds: float | None
    """How long the plugin itself took."""


@dataclass(frozen=True)
class Succeeded:
    """The plugin returned a valid result."""

    result: dict[str, Any]
    seconds: float


@dataclass(frozen=True)
class Failed:
    """The plugin refused, crashed, returned nonsense or took too long."""

    kind: FailureKind
    message: str
    details: dict[str, Any]
    seconds: float

    @property
    def error(self) -> JobError:
        """The failure as the job records it."""
        return JobError(type=self.kind.value, message=self.message, details=self.details)


Outcome = Succeeded | Failed
