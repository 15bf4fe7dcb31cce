"""What goes over the wire: the request, the envelope of every single-job answer, and the other answers."""

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from runtime.job import Job, JobError
from runtime.status import JobStatus

PluginName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", max_length=64)]


def _storable(args: dict[str, Any]) -> dict[str, Any]:
    try:
        json.dumps(args, allow_nan=False)
    except (ValueError, RecursionError) as unstorable:
        raise ValueError("not storable as JSON: numbers must be finite, nesting moderate") from unstorable
    return args


class ExecutionRequest(BaseModel):
    """A plugin by name, and its arguments, which the plugin validates."""

    model_config = ConfigDict(extra="forbid")

    plugin: PluginName
    args: Annotated[dict[str, Any], AfterValidator(_storable)] = Field(default_factory=dict)


class Execution(BaseModel):
    """The envelope: the answer about one job, the same on every route."""

    plugin: str
    job_id: str
    status: JobStatus
    result: dict[str, Any] | None
    error: JobError | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    duration_seconds: float | None

    @classmethod
    def of(cls, job: Job) -> "Execution":
        """The envelope of a job as it stands."""
        return cls(
            plugin=job.plugin,
            job_id=job.job_id,
            status=job.status,
            result=None if job.result is None else dict(job.result),
            error=job.error,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            duration_seconds=job.duration_seconds,
        )


class ExecutionPage(BaseModel):
    """A stretch of the listing, newest first; `next_cursor` asks for the stretch after it."""

    jobs: list[Execution]
    count: int
    next_cursor: int | None


class ProblemAnswer(BaseModel):
    """An error that concerns no single job."""

    error: JobError


class PluginDescription(BaseModel):
    """A plugin, as a client needs to know it."""

    name: str
    summary: str
    arguments: dict[str, Any]
    """JSON Schema of `args`."""


class PluginListing(BaseModel):
    """All registered plugins, by name."""

    plugins: list[PluginDescription]
    count: int


class Health(BaseModel):
    """That the service answers and reaches its store, and how busy it is."""

    healthy: bool
    queued: int
    running: int
    workers: int
