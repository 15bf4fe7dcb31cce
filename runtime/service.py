"""
The three services: AnalysisExecutionService is what the API calls, JobExecutionService owns the life of a job,
PluginExecutionService runs plugins.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from anyio import CancelScope, Event, Lock, move_on_after

from runtime.envelope import (
    Execution,
    ExecutionPage,
    ExecutionRequest,
    Health,
    PluginDescription,
    PluginListing,
)
from runtime.job import Failed, FailureKind, Job, JobError, Outcome, Succeeded
from runtime.plugins.plugin import AnyPlugin
from runtime.problems import (
    ExecutionFailed,
    InputRefused,
    JobCancelled,
    JobOver,
    JobUnfinished,
    PluginUnknown,
    QueueFull,
    ServiceStopping,
)
from runtime.status import JobStatus
from runtime.store import JobStore
from runtime.tool_runner import ToolRunner

STOP_SECONDS = 5.0
"""How long a cancelled plugin may take to clean up before its cancel is answered."""


class Attempt:
    """A job that is being run, so that it can be stopped from outside."""

    def __init__(self) -> None:
        self.scope = CancelScope()
        self.stopped = Event()


class JobExecutionService:
    """The life of a job. Moves happen in the store; here is who waits for them and who must be stopped."""

    def __init__(self, store: JobStore, queue_limit: int) -> None:
        self._store = store
        self._queue_limit = queue_limit
        self._submission = Lock()
        self._submitted = Event()
        # A job that is running in the store has its Attempt here: nobody sees one without the other.
        self._claiming = Lock()
        self._changes: dict[str, Event] = {}
        self._attempts: dict[str, Attempt] = {}
        self._closed = False

    async def submit(self, plugin: str, args: Mapping[str, Any]) -> Job:
        """A new queued job. Raises QueueFull, ServiceStopping."""
        if self._closed:
            raise ServiceStopping("the service is shutting down")
        async with self._submission:
            if await self._store.count(JobStatus.QUEUED) >= self._queue_limit:
                raise QueueFull("too many jobs are waiting", {"queue_limit": self._queue_limit})
            job = await self._store.insert(plugin, args)
        self._submitted.set()
        return job

    async def find(self, job_id: str) -> Job:
        """The job as it stands. Raises JobUnknown."""
        return await self._store.find(job_id)

    async def page(self, plugin: str | None, status: JobStatus | None, limit: int, before: int | None) -> list[Job]:
        """A stretch of the jobs, newest first."""
        return list(await self._store.page(plugin, status, limit, before))

    async def count(self, status: JobStatus) -> int:
        """How many jobs are in a status."""
        return await self._store.count(status)

    async def next_queued(self) -> Job:
        """Wait for a queued job and claim it: queued to running."""
        while True:
            self._submitted = Event()
            # A claim that is cut short could have moved a job that nobody then runs.
            with CancelScope(shield=True):
                async with self._claiming:
                    if job := await self._store.claim():
                        self._attempts[job.job_id] = Attempt()
                        return job
            await self._submitted.wait()

    @contextmanager
    def attempt(self, job_id: str) -> Iterator[None]:
        """Run a claimed job within this block, and `cancel` can end the block."""
        attempt = self._attempts[job_id]
        try:
            with attempt.scope:
                yield
        finally:
            del self._attempts[job_id]
            attempt.stopped.set()

    async def finish(self, job_id: str, outcome: Outcome) -> Job | None:
        """Running to done or error; None if the job was cancelled meanwhile."""
        if isinstance(outcome, Succeeded):
            job = await self._store.move(
                job_id, JobStatus.RUNNING, JobStatus.DONE, result=outcome.result, seconds=outcome.seconds
            )
        else:
            job = await self._store.move(
                job_id, JobStatus.RUNNING, JobStatus.ERROR, error=outcome.error, seconds=outcome.seconds
            )
        self._announce(job_id)
        return job

    async def interrupt(self, job_id: str) -> Job | None:
        """Running to error, for a job that the end of the service cuts short."""
        error = JobError(type=FailureKind.INTERRUPTED.value, message="the service stopped while the job ran")
        job = await self._store.move(job_id, JobStatus.RUNNING, JobStatus.ERROR, error=error)
        self._announce(job_id)
        return job

    async def cancel(self, job_id: str) -> Job:
        """Queued or running to cancelled; what ran has stopped when this returns. Raises JobUnknown, JobOver."""
        async with self._claiming:
            job = await self._store.move(job_id, JobStatus.QUEUED, JobStatus.CANCELLED)
            if job is None:
                job = await self._store.move(job_id, JobStatus.RUNNING, JobStatus.CANCELLED)
        if job is None:
            raise JobOver("the job is over and cannot be cancelled", job=await self._store.find(job_id))
        self._announce(job_id)
        if attempt := self._attempts.get(job_id):
            attempt.scope.cancel()
            with move_on_after(STOP_SECONDS):
                await attempt.stopped.wait()
        return job

    async def over(self, job_id: str) -> Job:
        """Wait until the job is over. Raises ServiceStopping if it will not run before the service ends."""
        while True:
            change = self._changes.setdefault(job_id, Event())
            job = await self._store.find(job_id)
            if job.status.is_over:
                self._changes.pop(job_id, None)
                return job
            if self._closed and job.status is JobStatus.QUEUED:
                raise ServiceStopping("the service is shutting down; the job runs after the next start", job=job)
            await change.wait()

    async def recover(self) -> int:
        """Move the jobs that an earlier process left running to error, and say how many."""
        return await self._store.interrupt_running()

    def close(self) -> None:
        """Take no more jobs, and tell those who wait for a queued one."""
        self._closed = True
        for job_id in list(self._changes):
            self._announce(job_id)

    def stop_attempts(self) -> None:
        """Cancel whatever runs."""
        for attempt in self._attempts.values():
            attempt.scope.cancel()

    def _announce(self, job_id: str) -> None:
        if change := self._changes.pop(job_id, None):
            change.set()


class PluginExecutionService:
    """The registered plugins, and running them."""

    def __init__(self, plugins: Mapping[str, AnyPlugin], tool_runner: ToolRunner) -> None:
        self._plugins = plugins
        self._tool_runner = tool_runner

    def require(self, name: str) -> AnyPlugin:
        """The plugin of this name. Raises PluginUnknown."""
        if plugin := self._plugins.get(name):
            return plugin
        raise PluginUnknown("no plugin has this name", {"plugin": name, "plugins": sorted(self._plugins)})

    def listing(self) -> PluginListing:
        """All plugins, by name."""
        described = [
            PluginDescription(name=name, summary=plugin.summary, arguments=plugin.arguments.model_json_schema())
            for name, plugin in sorted(self._plugins.items())
        ]
        return PluginListing(plugins=described, count=len(described))

    async def execute(self, job: Job) -> Outcome:
        """Run the job's plugin; one that is registered no more makes the job fail."""
        try:
            plugin = self.require(job.plugin)
        except PluginUnknown as unknown:
            return Failed(FailureKind.CRASHED, unknown.message, unknown.details, seconds=0.0)
        return await self._tool_runner.run(plugin, dict(job.args))


class AnalysisExecutionService:
    """What the API offers: every method is one answer."""

    def __init__(self, jobs: JobExecutionService, plugins: PluginExecutionService, workers: int) -> None:
        self._jobs = jobs
        self._plugins = plugins
        self._workers = workers

    async def analyze(self, request: ExecutionRequest) -> Execution:
        """Run a job and wait for it. Raises InputRefused, ExecutionFailed, JobCancelled, and what `submit` raises."""
        submitted = await self.submit(request)
        job = await self._jobs.over(submitted.job_id)
        if job.status is JobStatus.CANCELLED:
            raise JobCancelled("the job was cancelled", job=job)
        if job.error is not None:
            refused = job.error.type == FailureKind.INVALID_INPUT.value
            raise (InputRefused if refused else ExecutionFailed)(job, job.error)
        return Execution.of(job)

    async def submit(self, request: ExecutionRequest) -> Execution:
        """Queue a job. Raises PluginUnknown, QueueFull, ServiceStopping."""
        plugin = self._plugins.require(request.plugin)
        return Execution.of(await self._jobs.submit(plugin.name, request.args))

    async def execution(self, job_id: str) -> Execution:
        """A job as it stands. Raises JobUnknown."""
        return Execution.of(await self._jobs.find(job_id))

    async def result(self, job_id: str) -> Execution:
        """A job that is over. Raises JobUnknown, JobUnfinished."""
        job = await self._jobs.find(job_id)
        if not job.status.is_over:
            raise JobUnfinished("the job is not over yet", job=job)
        return Execution.of(job)

    async def cancel(self, job_id: str) -> Execution:
        """Cancel a queued or running job. Raises JobUnknown, JobOver."""
        return Execution.of(await self._jobs.cancel(job_id))

    async def page(self, plugin: str | None, status: JobStatus | None, limit: int, before: int | None) -> ExecutionPage:
        """At most `limit` jobs, newest first."""
        # One more than asked for tells whether there is a next page.
        jobs = await self._jobs.page(plugin, status, limit + 1, before)
        shown = jobs[:limit]
        return ExecutionPage(
            jobs=[Execution.of(job) for job in shown],
            count=len(shown),
            next_cursor=shown[-1].sequence if len(jobs) > limit else None,
        )

    def plugins(self) -> PluginListing:
        """All registered plugins."""
        return self._plugins.listing()

    async def health(self) -> Health:
        """How busy the service is; StoreUnavailable if it cannot tell."""
        return Health(
            healthy=True,
            queued=await self._jobs.count(JobStatus.QUEUED),
            running=await self._jobs.count(JobStatus.RUNNING),
            workers=self._workers,
        )
