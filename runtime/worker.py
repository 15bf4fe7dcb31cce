"""Runs queued jobs, a bounded number at a time, in the process of the service."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio import CancelScope, Event, Semaphore
from anyio.abc import TaskGroup

from runtime.job import Failed, FailureKind, Job, Outcome
from runtime.problems import StoreUnavailable
from runtime.service import STOP_SECONDS, JobExecutionService, PluginExecutionService

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
"""Between attempts to reach a database that does not answer."""


class Worker:
    """Claims jobs in the order of their submission and runs at most `slots` of them at once."""

    def __init__(
        self, jobs: JobExecutionService, plugins: PluginExecutionService, slots: int, drain_seconds: float
    ) -> None:
        self._jobs = jobs
        self._plugins = plugins
        self._slots = Semaphore(slots)
        self._drain_seconds = drain_seconds

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Work during this block. On leaving, what runs may end within the limit; the rest is interrupted."""
        if interrupted := await self._jobs.recover():
            logger.warning("%d jobs were interrupted by the end of an earlier process", interrupted)
        stopping = Event()
        # A task of its own, as a task group around the block would wrap what is raised in there.
        work = asyncio.create_task(self._work(stopping))
        try:
            yield
        finally:
            stopping.set()
            await work

    async def _work(self, stopping: Event) -> None:
        async with anyio.create_task_group() as limit:
            async with anyio.create_task_group() as runs:
                claiming = CancelScope()
                runs.start_soon(self._dispatch, runs, claiming)
                await stopping.wait()
                claiming.cancel()
                self._jobs.close()
                limit.start_soon(self._end_after_drain, runs)
            limit.cancel_scope.cancel()

    async def _dispatch(self, runs: TaskGroup, claiming: CancelScope) -> None:
        with claiming:
            while True:
                await self._slots.acquire()
                runs.start_soon(self._run, await self._next_queued())

    async def _next_queued(self) -> Job:
        while True:
            try:
                return await self._jobs.next_queued()
            except StoreUnavailable:
                logger.exception("no job can be claimed")
                await anyio.sleep(RETRY_SECONDS)

    async def _run(self, job: Job) -> None:
        outcome: Outcome | None = None
        try:
            with self._jobs.attempt(job.job_id):
                outcome = await self._plugins.execute(job)
            await self._record(job, outcome)
        except Exception as unexpected:
            logger.exception("job %s could not be run", job.job_id)
            details = {"exception": type(unexpected).__name__}
            await self._record(job, Failed(FailureKind.CRASHED, "the service could not run the job", details, 0.0))
        finally:
            self._slots.release()

    async def _record(self, job: Job, outcome: Outcome | None) -> None:
        while True:
            try:
                if outcome is not None:
                    await self._jobs.finish(job.job_id, outcome)
                else:
                    # Stopped from outside: by a cancel, which is recorded already, or by the end of the service.
                    await self._jobs.interrupt(job.job_id)
                return
            except StoreUnavailable:
                logger.exception("the end of job %s cannot be recorded", job.job_id)
                await anyio.sleep(RETRY_SECONDS)

    async def _end_after_drain(self, runs: TaskGroup) -> None:
        await anyio.sleep(self._drain_seconds)
        self._jobs.stop_attempts()
        await anyio.sleep(STOP_SECONDS)
        runs.cancel_scope.cancel()
