"""
What can go wrong for a caller. Nothing here knows HTTP; `problem_answers` maps each problem to its answer.

    Problem
    ├── KeyRefused
    ├── PluginUnknown
    ├── JobUnknown
    ├── JobUnfinished       the result was asked for too early
    ├── JobOver             there is nothing left to cancel
    ├── JobCancelled        somebody cancelled the job while its caller waited for it
    ├── InputRefused        the plugin does not take these arguments
    ├── ExecutionFailed     the plugin crashed, timed out or returned nonsense
    ├── QueueFull
    ├── ServiceStopping
    └── StoreUnavailable
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from runtime.job import Job, JobError


class Problem(Exception):
    """A problem with a type for programs and a message for people; `job` where it concerns one."""

    type: ClassVar[str]

    def __init__(self, message: str, details: Mapping[str, Any] | None = None, job: Job | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = dict(details or {})
        self.job = job

    @property
    def error(self) -> JobError:
        """The problem in the one shape of errors."""
        return JobError(type=self.type, message=self.message, details=self.details)


class KeyRefused(Problem):
    """No API key, or a wrong one."""

    type = "key_refused"


class PluginUnknown(Problem):
    """No plugin is registered under the name."""

    type = "plugin_unknown"


class JobUnknown(Problem):
    """No job has the id."""

    type = "job_unknown"


class JobUnfinished(Problem):
    """The job is queued or running."""

    type = "job_unfinished"


class JobOver(Problem):
    """The job has ended."""

    type = "job_over"


class JobCancelled(Problem):
    """The job was cancelled before it had a result."""

    type = "job_cancelled"


class JobFailure(Problem):
    """A job that ended in error; the error is the job's own."""

    def __init__(self, job: Job, error: JobError) -> None:
        super().__init__(error.message, error.details, job)
        self._error = error

    @property
    def error(self) -> JobError:
        """The error that the job recorded."""
        return self._error


class InputRefused(JobFailure):
    """The plugin refused its arguments."""

    type = "invalid_input"


class ExecutionFailed(JobFailure):
    """The plugin, or the service around it, failed."""

    type = "execution_failed"


class QueueFull(Problem):
    """As many jobs wait as the service takes."""

    type = "queue_full"


class ServiceStopping(Problem):
    """The service is shutting down; a job that still waits runs after the next start."""

    type = "service_stopping"


class StoreUnavailable(Problem):
    """The database does not answer."""

    type = "store_unavailable"


def validation_details(errors: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Pydantic's errors without the input: it may be large, secret, or not encodable."""
    return {
        "errors": [
            {
                "where": [part if isinstance(part, int) else _encodable(part) for part in error["loc"]],
                "message": error["msg"],
            }
            for error in errors
        ]
    }


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
