"""
The same service on PostgreSQL, by its URL.

`RUNTIME_POSTGRES` names a database that may be emptied; without it, a server is started for the tests if there is one.
"""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from runtime_harness import EXECUTIONS, JOBS, ServiceProcess, in_status, over, serving, submitted, until_written
from sqlalchemy.ext.asyncio import create_async_engine

from runtime.settings import Settings
from runtime.status import JobStatus
from runtime.store import METADATA, database_url, open_store

pytestmark = [pytest.mark.postgres, pytest.mark.anyio]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if url := os.environ.get("RUNTIME_POSTGRES"):
        yield url
        return
    if not (shutil.which("initdb") and shutil.which("pg_ctl")):
        pytest.skip("set RUNTIME_POSTGRES to the URL of a database, or install PostgreSQL")
    folder: Path = tmp_path_factory.mktemp("postgres")
    # PostgreSQL refuses to run as root.
    as_user = {"user": "postgres"} if os.getuid() == 0 else {}
    if as_user:
        for path in (folder, *folder.parents[:2]):
            path.chmod(0o755)
        shutil.chown(folder, "postgres")

    def run(*command: str) -> None:
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_user)  # type: ignore[call-overload]

    data = str(folder / "data")
    run("initdb", "--pgdata", data, "--username", "runtime", "--auth", "trust", "--no-sync")
    run(
        "pg_ctl",
        "--pgdata",
        data,
        "--wait",
        "--options",
        f"-k {folder} -c listen_addresses=''",
        "--log",
        "log",
        "start",
    )
    try:
        yield f"postgresql://runtime@/postgres?host={folder}"
    finally:
        run("pg_ctl", "--pgdata", data, "--mode", "immediate", "stop")


async def empty(database: str) -> None:
    engine = create_async_engine(database_url(database))
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.drop_all)
    await engine.dispose()


@pytest.fixture
def settings(server: str) -> Settings:
    anyio.run(empty, server)
    return Settings(database=server, workers=4, plugin_timeout_seconds=300.0, drain_seconds=0.2)


async def test_the_life_of_a_job(settings: Settings) -> None:
    async with serving(settings) as client:
        executed = await client.post(EXECUTIONS, json={"plugin": "text_statistics", "args": {"text": "a b"}})
        assert (executed.status_code, executed.json()["result"]["words"]) == (200, 2)
        assert (await client.get(f"{JOBS}/{executed.json()['job_id']}")).json() == executed.json()
        running = await submitted(client, "wait", seconds=30)
        await in_status(client, running, "running")
        assert (await client.delete(f"{JOBS}/{running}")).json()["status"] == "cancelled"
        assert (await client.delete(f"{JOBS}/{running}")).status_code == 409
        refused = await client.post(EXECUTIONS, json={"plugin": "refuses"})
        assert (refused.status_code, refused.json()["error"]["type"]) == (400, "invalid_input")
        body = (await client.get(JOBS, params={"limit": "2"})).json()
        assert [job["plugin"] for job in body["jobs"]] == ["refuses", "wait"]
        rest = (await client.get(JOBS, params={"cursor": str(body["next_cursor"])})).json()
        assert [job["plugin"] for job in rest["jobs"]] == ["text_statistics"]


async def test_200_concurrent_submissions_each_run_exactly_once(settings: Settings, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    ids: dict[str, str] = {}
    async with serving(settings) as client:

        async def submit(word: str) -> None:
            ids[word] = await submitted(client, "journals", journal=str(journal), word=word)

        async with anyio.create_task_group() as group:
            for number in range(200):
                group.start_soon(submit, f"job{number}")
        jobs = [await over(client, job_id) for job_id in ids.values()]
    assert {job["status"] for job in jobs} == {"done"}
    assert Counter(journal.read_text().splitlines()) == Counter(
        f"{word} {what}" for word in ids for what in ("start", "end")
    )


async def test_two_services_never_claim_the_same_job(settings: Settings) -> None:
    """Not a supported set-up, but the compare-and-set has to hold where two connections really race."""
    async with open_store(settings.database) as one, open_store(settings.database) as other:
        ids = [(await one.insert("wait", {})).job_id for _ in range(60)]
        claimed: list[str] = []

        async def claim_until_none() -> None:
            misses = 0
            while misses < 20:
                job = await (one if misses % 2 else other).claim()
                if job is None:
                    misses += 1
                else:
                    claimed.append(job.job_id)

        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(claim_until_none)
        assert sorted(claimed) == sorted(ids)


async def test_one_of_many_racing_moves_wins(settings: Settings) -> None:
    async with open_store(settings.database) as store:
        for _ in range(20):
            job = await store.insert("wait", {})
            await store.claim()
            winners: list[JobStatus] = []

            async def move(target: JobStatus, job_id: str = job.job_id, into: list[JobStatus] = winners) -> None:
                if moved := await store.move(job_id, JobStatus.RUNNING, target):
                    into.append(moved.status)

            async with anyio.create_task_group() as group:
                for target in (JobStatus.DONE, JobStatus.ERROR, JobStatus.CANCELLED) * 3:
                    group.start_soon(move, target)
            assert winners == [(await store.find(job.job_id)).status]


@pytest.mark.parametrize("job_id", ["nope", "%00", "%FF"])
async def test_an_unknown_job_is_404(settings: Settings, job_id: str) -> None:
    async with serving(settings) as client:
        assert (await client.get(f"{JOBS}/{job_id}")).status_code == 404


@pytest.mark.parametrize("text", [b"\\u0000", b"\\ud800", b"1" * 400, "日本".encode()])
async def test_arguments_that_the_database_may_not_like(settings: Settings, text: bytes) -> None:
    async with serving(settings) as client:
        body = b'{"plugin": "text_statistics", "args": {"text": "%s"}}' % text
        answer = await client.post(EXECUTIONS, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in {200, 400}
        assert (await client.get(f"{JOBS}/{answer.json()['job_id']}")).json() == answer.json()


async def test_what_was_queued_at_a_stop_runs_after_the_start(settings: Settings, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    async with serving(replace(settings, workers=1)) as client:
        running = await submitted(client, "journals", journal=str(journal), word="blocker", seconds=60)
        await until_written(journal, "start")
        queued = await submitted(client, "journals", journal=str(journal), word="queued")
    async with serving(settings) as client:
        assert (await over(client, queued))["status"] == "done"
        assert (await over(client, running))["error"]["type"] == "interrupted"


def test_after_kill_9_nothing_is_lost_or_stuck(settings: Settings, tmp_path: Path) -> None:
    with ServiceProcess(tmp_path, "--workers", "1", "--database", settings.database) as process:
        process.start()
        running = process.submit("wait", seconds=60)
        process.in_status(running, "running")
        queued = [process.submit("text_statistics", text="x") for _ in range(5)]
        process.kill()
        process.start()
        assert process.in_status(running, "error")["error"]["type"] == "interrupted"
        assert {process.in_status(job_id, "done")["status"] for job_id in queued} == {"done"}


async def test_a_server_that_is_not_there_ends_the_start(settings: Settings) -> None:
    with pytest.raises(OSError, match="Connect"):
        async with serving(replace(settings, database="postgresql://runtime@127.0.0.1:1/x")):
            pass
