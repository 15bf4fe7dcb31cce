"""The life of jobs as a machine: whatever is asked in whatever order, the store moves as the model does or not."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from typing import TypeVar

import anyio
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

from runtime.job import Failed, FailureKind, Job, Succeeded
from runtime.problems import JobOver, JobUnknown
from runtime.service import JobExecutionService
from runtime.status import MOVES, JobStatus
from runtime.store import JobStore, open_store

Returned = TypeVar("Returned")


class LifeOfJobs(RuleBasedStateMachine):
    """A real store in memory beside a dictionary of what every job's status has to be."""

    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.portal = self.stack.enter_context(start_blocking_portal())
        self.expected: dict[str, JobStatus] = {}
        self.order: list[str] = []

    @initialize()
    def open(self) -> None:
        self.store: JobStore = self.stack.enter_context(
            self.portal.wrap_async_context_manager(open_store("sqlite:///:memory:"))
        )
        self.service = JobExecutionService(self.store, queue_limit=1000)

    def call(self, function: Callable[..., Awaitable[Returned]], *args: object) -> Returned:
        return self.portal.call(function, *args)

    @rule(target=jobs, plugin=st.sampled_from(["wait", "text_statistics"]))
    def submit(self, plugin: str) -> str:
        job = self.call(self.service.submit, plugin, {})
        assert (job.plugin, job.status) == (plugin, JobStatus.QUEUED)
        assert job.job_id not in self.expected
        self.expected[job.job_id] = JobStatus.QUEUED
        self.order.append(job.job_id)
        return job.job_id

    @precondition(lambda self: JobStatus.QUEUED in self.expected.values())
    @rule()
    def claim(self) -> None:
        job = self.call(self.service.next_queued)
        oldest = next(job_id for job_id in self.order if self.expected[job_id] is JobStatus.QUEUED)
        assert (job.job_id, job.status) == (oldest, JobStatus.RUNNING)
        assert job.started_at is not None
        self.expected[job.job_id] = JobStatus.RUNNING

    @precondition(lambda self: JobStatus.QUEUED not in self.expected.values())
    @rule()
    def claim_nothing(self) -> None:
        assert self.call(self.store.claim) is None

    @rule(job_id=jobs, succeeds=st.booleans())
    def finish(self, job_id: str, succeeds: bool) -> None:
        outcome = Succeeded({"n": 1}, 0.1) if succeeds else Failed(FailureKind.CRASHED, "crashed", {}, 0.1)
        job = self.call(self.service.finish, job_id, outcome)
        if self.expected[job_id] is not JobStatus.RUNNING:
            assert job is None
            return
        assert job is not None
        assert (job.result, job.error is None) == (({"n": 1}, True) if succeeds else (None, False))
        self.expected[job_id] = JobStatus.DONE if succeeds else JobStatus.ERROR

    @rule(job_id=jobs)
    def cancel(self, job_id: str) -> None:
        job = self.call(self.cancel_under_way, job_id)
        if self.expected[job_id].is_over:
            assert job is None
        else:
            assert job is not None
            assert job.status is JobStatus.CANCELLED
            self.expected[job_id] = JobStatus.CANCELLED

    async def cancel_under_way(self, job_id: str) -> Job | None:
        """Cancel, with an attempt under way where one was claimed, as the worker has it; None if the job is over."""

        async def attempt() -> None:
            with self.service.attempt(job_id):
                await anyio.sleep_forever()

        job = None
        async with anyio.create_task_group() as group:
            if job_id in self.service._attempts:
                group.start_soon(attempt)
                await anyio.lowlevel.checkpoint()
            with suppress(JobOver):
                job = await self.service.cancel(job_id)
            group.cancel_scope.cancel()
        return job

    @rule(job_id=jobs, source=st.sampled_from(JobStatus), destination=st.sampled_from(JobStatus))
    def move(self, job_id: str, source: JobStatus, destination: JobStatus) -> None:
        """The store itself refuses what no path leads to, and moves only what stands where it is said to stand."""
        if source is JobStatus.QUEUED and destination is JobStatus.RUNNING:
            return
        if destination not in MOVES[source]:
            try:
                self.call(self.store.move, job_id, source, destination)
            except ValueError:
                return
            raise AssertionError(f"{source} to {destination} was not refused")
        job = self.call(self.store.move, job_id, source, destination)
        assert (job is not None) == (self.expected[job_id] is source)
        if job is not None:
            self.expected[job_id] = destination

    @rule()
    def restart(self) -> None:
        running = [job_id for job_id, status in self.expected.items() if status is JobStatus.RUNNING]
        self.service = JobExecutionService(self.store, queue_limit=1000)
        assert self.call(self.service.recover) == len(running)
        self.expected.update(dict.fromkeys(running, JobStatus.ERROR))

    @rule(job_id=st.text(max_size=40))
    def ask_for_an_unknown_job(self, job_id: str) -> None:
        for question in (self.service.find, self.service.cancel):
            try:
                self.call(question, job_id)
            except JobUnknown:
                continue
            raise AssertionError(f"{job_id!r} was found")

    @rule(job_id=consumes(jobs))
    def forget(self, job_id: str) -> None:
        """Let a job be, so that later rules meet others."""

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        if not hasattr(self, "service"):
            return
        page = self.call(self.service.page, None, None, 1000, None)
        assert [job.job_id for job in page] == self.order[::-1]
        assert {job.job_id: job.status for job in page} == self.expected
        assert all((job.finished_at is not None) == job.status.is_over for job in page)
        assert all((job.error is not None) == (job.status is JobStatus.ERROR) for job in page if job.duration_seconds)

    @invariant()
    def the_counts_agree(self) -> None:
        if hasattr(self, "service"):
            for status in JobStatus:
                assert self.call(self.service.count, status) == list(self.expected.values()).count(status)

    def teardown(self) -> None:
        self.stack.close()


LifeOfJobs.TestCase.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_life_of_jobs = LifeOfJobs.TestCase
