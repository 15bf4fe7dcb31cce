"""The worker: each job once, in order, within its bounds, whatever is cancelled, stopped or started meanwhile."""

import random
import sqlite3
import threading
import time
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from runtime_harness import EXECUTIONS, JOBS, PATIENCE, in_status, over, serving, submitted, until_written

from runtime.app import create_app, open_analysis
from runtime.envelope import ExecutionRequest
from runtime.problems import ServiceStopping
from runtime.service import AnalysisExecutionService
from runtime.settings import Settings

pytestmark = pytest.mark.anyio


async def test_200_concurrent_submissions_each_run_exactly_once(settings: Settings, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    ids: dict[str, str] = {}
    async with serving(replace(settings, workers=8)) as client:

        async def submit(word: str) -> None:
            ids[word] = await submitted(client, "journals", journal=str(journal), word=word)

        async with anyio.create_task_group() as group:
            for number in range(200):
                group.start_soon(submit, f"job{number}")
        assert len(set(ids.values())) == 200
        jobs = [await over(client, job_id) for job_id in ids.values()]
    assert {job["status"] for job in jobs} == {"done"}
    assert Counter(journal.read_text().splitlines()) == Counter(
        f"{word} {what}" for word in ids for what in ("start", "end")
    )


async def test_100_waiting_callers_each_get_their_own_answer(settings: Settings) -> None:
    answers: dict[int, dict[str, Any]] = {}
    async with serving(settings) as client:

        async def call(length: int) -> None:
            request = {"plugin": "text_statistics", "args": {"text": "x" * length}}
            answers[length] = (await client.post(EXECUTIONS, json=request)).json()

        async with anyio.create_task_group() as group:
            for length in range(100):
                group.start_soon(call, length)
    assert {length: answer["result"]["characters"] for length, answer in answers.items()} == {n: n for n in range(100)}
    assert len({answer["job_id"] for answer in answers.values()}) == 100


@pytest.mark.parametrize("workers", [1, 3])
async def test_no_more_jobs_run_at_once_than_there_are_workers(
    settings: Settings, tmp_path: Path, workers: int
) -> None:
    journal = tmp_path / "journal"
    async with serving(replace(settings, workers=workers)) as client:
        ids = [await submitted(client, "journals", journal=str(journal), word="x", seconds=60) for _ in range(6)]
        while (await client.get("/health")).json()["running"] < workers:
            await anyio.sleep(0.01)
        for cancelled in range(6 - workers):
            await anyio.sleep(0.1)
            health = (await client.get("/health")).json()
            assert (health["running"], health["queued"]) == (workers, 6 - workers - cancelled)
            await client.delete(f"{JOBS}/{ids[cancelled]}")
            while (await client.get("/health")).json()["running"] < workers:
                await anyio.sleep(0.01)
    assert journal.read_text().count("start") == 6


async def test_jobs_start_in_the_order_of_their_submission(settings: Settings, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    async with serving(replace(settings, workers=1)) as client:
        ids = [await submitted(client, "journals", journal=str(journal), word=str(number)) for number in range(20)]
        await over(client, ids[-1])
    assert [line.split()[0] for line in journal.read_text().splitlines()[::2]] == [str(number) for number in range(20)]


async def test_a_cancelled_queued_job_never_runs(settings: Settings, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    async with serving(replace(settings, workers=1)) as client:
        blocker = await submitted(client, "journals", journal=str(journal), word="blocker", seconds=60)
        await until_written(journal, "blocker start")
        queued = [await submitted(client, "journals", journal=str(journal), word=f"q{number}") for number in range(5)]
        for job_id in queued[::2]:
            await client.delete(f"{JOBS}/{job_id}")
        await client.delete(f"{JOBS}/{blocker}")
        statuses = [(await over(client, job_id))["status"] for job_id in queued]
    assert statuses == ["cancelled", "done", "cancelled", "done", "cancelled"]
    assert {line.split()[0] for line in journal.read_text().splitlines()} == {"blocker", "q1", "q3"}


@pytest.mark.parametrize("seed", range(3))
async def test_cancel_races_have_one_winner(settings: Settings, tmp_path: Path, seed: int) -> None:
    """Cancels at every moment of a job's life: its end, its answer and what it did must tell the same story."""
    journal = tmp_path / "journal"
    chance = random.Random(seed)
    codes: dict[str, list[int]] = {}
    words: dict[str, str] = {}
    async with serving(replace(settings, workers=4)) as client:

        async def race(word: str, delay: float) -> None:
            job_id = await submitted(client, "journals", journal=str(journal), word=word, seconds=0.01)
            words[word] = job_id
            codes[job_id] = []
            await anyio.sleep(delay)

            async def cancel() -> None:
                codes[job_id].append((await client.delete(f"{JOBS}/{job_id}")).status_code)

            async with anyio.create_task_group() as cancels:
                for _ in range(2):
                    cancels.start_soon(cancel)

        async with anyio.create_task_group() as group:
            for number in range(40):
                group.start_soon(race, f"job{number}", chance.uniform(0, 0.25))
        jobs = {job_id: await over(client, job_id) for job_id in codes}
        health = (await client.get("/health")).json()
    noted = journal.read_text().splitlines() if journal.exists() else []
    assert (health["queued"], health["running"]) == (0, 0)
    for word, job_id in words.items():
        status = jobs[job_id]["status"]
        assert sorted(codes[job_id]) == ([200, 409] if status == "cancelled" else [409, 409])
        assert status in {"cancelled", "done"}
        if status == "done":
            assert noted.count(f"{word} end") == 1
        assert noted.count(f"{word} start") <= 1


async def test_a_cancel_right_after_the_claim_stops_the_job(settings: Settings, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    async with serving(replace(settings, workers=1)) as client:
        for number in range(30):
            job_id = await submitted(client, "journals", journal=str(journal), word=f"job{number}", seconds=60)
            for _ in range(number % 10):
                await anyio.lowlevel.checkpoint()
            with anyio.fail_after(PATIENCE):
                assert (await client.delete(f"{JOBS}/{job_id}")).status_code == 200
    assert "end" not in (journal.read_text() if journal.exists() else "")


async def test_cancelling_blocking_jobs_at_their_start_leaves_no_process(settings: Settings, tmp_path: Path) -> None:
    async with serving(replace(settings, workers=2)) as client:
        for number in range(6):
            job_id = await submitted(client, "wait", seconds=60)
            await in_status(client, job_id, "running")
            await anyio.sleep(number * 0.02)
            assert (await client.delete(f"{JOBS}/{job_id}")).status_code == 200
        assert (await client.post(EXECUTIONS, json={"plugin": "wait", "args": {"seconds": 0}})).status_code == 200


async def test_a_caller_who_leaves_does_not_stop_the_job(settings: Settings, tmp_path: Path) -> None:
    journal, gate = tmp_path / "journal", tmp_path / "gate"
    async with serving(settings) as client:
        args = {"journal": str(journal), "word": "x", "gate": str(gate)}
        async with anyio.create_task_group() as caller:
            caller.start_soon(partial(client.post, EXECUTIONS, json={"plugin": "journals", "args": args}))
            await until_written(journal, "start")
            caller.cancel_scope.cancel()
        gate.touch()
        (job,) = (await client.get(JOBS)).json()["jobs"]
        assert (await over(client, job["job_id"]))["status"] == "done"
    assert journal.read_text() == "x start\nx end\n"


async def test_a_stop_lets_running_jobs_end_within_the_limit(settings: Settings, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    async with serving(replace(settings, drain_seconds=PATIENCE)) as client:
        running = await submitted(client, "journals", journal=str(journal), word="x", seconds=0.5)
        await until_written(journal, "start")
    assert journal.read_text() == "x start\nx end\n"
    async with serving(settings) as client:
        assert (await client.get(f"{JOBS}/{running}")).json()["status"] == "done"


async def test_a_stop_interrupts_what_runs_beyond_the_limit(settings: Settings, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with anyio.fail_after(2 * PATIENCE):
        async with serving(settings) as client:
            running = await submitted(client, "journals", journal=str(journal), word="x", seconds=60)
            await until_written(journal, "start")
    assert journal.read_text() == "x start\nx cancelled\n"
    async with serving(settings) as client:
        job = (await client.get(f"{JOBS}/{running}")).json()
        assert (job["status"], job["error"]["type"]) == ("error", "interrupted")


async def test_what_waits_at_a_stop_runs_after_the_next_start(settings: Settings, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    async with serving(replace(settings, workers=1)) as client:
        await submitted(client, "journals", journal=str(journal), word="blocker", seconds=60)
        await until_written(journal, "start")
        queued = [await submitted(client, "journals", journal=str(journal), word=f"q{number}") for number in range(3)]
    assert "q" not in journal.read_text()
    async with serving(settings) as client:
        assert [(await over(client, job_id))["status"] for job_id in queued] == ["done"] * 3


async def test_a_caller_whose_job_still_waits_at_a_stop_is_told_so(settings: Settings) -> None:
    problems: list[ServiceStopping] = []

    async def call(analysis: AnalysisExecutionService) -> None:
        with pytest.raises(ServiceStopping) as stopping:
            await analysis.analyze(ExecutionRequest(plugin="text_statistics", args={"text": "x"}))
        problems.append(stopping.value)

    stopped_soon = replace(settings, workers=1, drain_seconds=0.5)
    async with anyio.create_task_group() as group, open_analysis(stopped_soon) as analysis:
        await analysis.submit(ExecutionRequest(plugin="wait", args={"seconds": 60}))
        while (await analysis.health()).running != 1:
            await anyio.sleep(0.01)
        group.start_soon(call, analysis)
        while (await analysis.health()).queued != 1:
            await anyio.sleep(0.01)
    (problem,) = problems
    assert problem.job is not None
    async with serving(settings) as client:
        assert (await over(client, problem.job.job_id))["status"] == "done"


async def test_nothing_is_taken_after_the_stop(settings: Settings) -> None:
    async with open_analysis(settings) as analysis:
        pass
    with pytest.raises(ServiceStopping):
        await analysis.submit(ExecutionRequest(plugin="text_statistics", args={"text": "x"}))


async def test_the_service_leaves_no_thread_behind(settings: Settings) -> None:
    before = set(threading.enumerate())
    async with serving(settings) as client:
        for plugin, args in (("text_statistics", {"text": "x"}), ("wait", {"seconds": 0})):
            assert (await client.post(EXECUTIONS, json={"plugin": plugin, "args": args})).status_code == 200
    deadline = time.monotonic() + PATIENCE
    while left := set(threading.enumerate()) - before:
        assert time.monotonic() < deadline, left
        await anyio.sleep(0.02)


def test_building_the_application_opens_and_starts_nothing(settings: Settings, tmp_path: Path) -> None:
    create_app(settings)
    assert list(tmp_path.iterdir()) == []


async def test_the_database_keeps_a_write_ahead_log(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await submitted(client, "text_statistics", text="x")
    other = sqlite3.connect(tmp_path / "jobs.sqlite3")
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()
