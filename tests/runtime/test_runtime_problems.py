"""Every problem that the table knows, met for real, in the one shape."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from runtime_harness import EXECUTIONS, JOBS, PATIENCE, in_status, serving, submitted, until_written

from runtime import problems
from runtime.problem_answers import PROBLEM_CODES
from runtime.problems import JobFailure, Problem
from runtime.settings import Settings

pytestmark = pytest.mark.anyio


def leaves(kind: type[Problem]) -> Iterator[type[Problem]]:
    below = kind.__subclasses__()
    for subclass in below:
        yield from leaves(subclass)
    if not below:
        yield kind


def assert_problem(answer: httpx.Response, code: int, kind: str) -> dict[str, Any]:
    assert answer.status_code == code, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) == {"type", "message", "details", "timestamp"}
    assert error["type"] == kind
    assert error["message"]
    return error


async def executed(database: Path, statement: str, *values: str) -> sqlite3.Connection:
    """
    Another connection to the service's database, after a statement.

    In a thread, since the service may have to end a transaction of its own first, for which it needs the loop.
    """

    def execute() -> sqlite3.Connection:
        connection = sqlite3.connect(database, isolation_level=None, timeout=PATIENCE, check_same_thread=False)
        connection.execute(statement, values)
        return connection

    return await anyio.to_thread.run_sync(execute)


def test_the_table_of_answers_is_complete() -> None:
    assert set(PROBLEM_CODES) == set(leaves(Problem))


def test_every_problem_has_a_type_of_its_own() -> None:
    types = [kind.type for kind in PROBLEM_CODES]
    assert len(set(types)) == len(types)


def test_every_problem_stands_in_the_tree_of_the_docstring() -> None:
    assert problems.__doc__ is not None
    assert all(kind.__name__ in problems.__doc__ for kind in PROBLEM_CODES)
    assert not issubclass(JobFailure, tuple(PROBLEM_CODES))


async def test_only_problems_of_the_server_are_500_and_up() -> None:
    at_fault = {kind.__name__ for kind, code in PROBLEM_CODES.items() if code >= HTTPStatus.INTERNAL_SERVER_ERROR}
    assert at_fault == {"ExecutionFailed", "QueueFull", "ServiceStopping", "StoreUnavailable"}


@pytest.mark.parametrize("path", ["/", "/nope", "/v1", f"{EXECUTIONS}/nope", f"{JOBS}/x/y/z"])
async def test_an_unknown_path_is_404(client: httpx.AsyncClient, path: str) -> None:
    assert_problem(await client.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", EXECUTIONS), ("POST", JOBS), ("PATCH", f"{JOBS}/x"), ("DELETE", "/health")]
)
async def test_a_wrong_method_is_405(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path)
    assert_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"]


@pytest.mark.parametrize("job_id", ["nope", "0" * 32, "%00", "%FF", "a%2Fb", "ä"])
async def test_an_unknown_job_is_404(client: httpx.AsyncClient, job_id: str) -> None:
    for method, suffix in (("GET", ""), ("GET", "/result"), ("DELETE", "")):
        answer = await client.request(method, f"{JOBS}/{job_id}{suffix}")
        assert answer.status_code == 404
        assert answer.json()["error"]["type"] in {"job_unknown", "not_found"}


async def test_an_unknown_job_is_named(client: httpx.AsyncClient) -> None:
    error = assert_problem(await client.get(f"{JOBS}/{'0' * 32}"), 404, "job_unknown")
    assert error["details"] == {"job_id": "0" * 32}


@pytest.mark.parametrize("suffix", ["", "/async"])
async def test_an_unknown_plugin_is_404_and_no_job(client: httpx.AsyncClient, suffix: str) -> None:
    answer = await client.post(EXECUTIONS + suffix, json={"plugin": "nope"})
    error = assert_problem(answer, 404, "plugin_unknown")
    assert "wait" in error["details"]["plugins"]
    assert (await client.get(JOBS)).json()["count"] == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"plugin": 1}',
        b'{"plugin": "Wait"}',
        b'{"plugin": "wait", "args": []}',
        b'{"plugin": "wait", "args": null}',
        b'{"plugin": "wait", "extra": 1}',
        b'{"plugin": "wait", "args": {"seconds": NaN}}',
        b'{"plugin": "wait", "args": {"seconds": 1e999}}',
        b'{"plugin": "wait", "\\ud800": 1}',
    ],
)
async def test_a_request_that_is_none_is_422(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(EXECUTIONS, content=body, headers={"Content-Type": "application/json"})
    error = assert_problem(answer, 422, "invalid_request")
    assert error["details"]["errors"]


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"[" * 200_000, b'{"plugin": "wait", "args": {"seconds": ' + b"9" * 5000 + b"}}"]
)
async def test_bytes_that_no_parser_takes_are_422(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(EXECUTIONS, content=body, headers={"Content-Type": "application/json"})
    assert_problem(answer, 422, "invalid_request")


async def test_an_argument_that_utf8_cannot_say_is_refused(client: httpx.AsyncClient) -> None:
    body = b'{"plugin": "text_statistics", "args": {"text": "\\ud800", "\\udfff": 1}}'
    answer = await client.post(EXECUTIONS, content=body, headers={"Content-Type": "application/json"})
    assert_problem(answer, 400, "invalid_input")


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_large_body_is_413(settings: Settings, chunked: bool) -> None:
    async with serving(replace(settings, body_limit_bytes=1000)) as client:
        request = b'{"plugin": "text_statistics", "args": {"text": "%s"}}'
        small, large = request % (b"x" * 900), request % (b"x" * 1000)

        async def chunks() -> Any:
            for start in range(0, len(large), 100):
                yield large[start : start + 100]

        headers = {"Content-Type": "application/json"}
        assert (await client.post(EXECUTIONS, content=small, headers=headers)).status_code == 200
        refused = await client.post(EXECUTIONS, content=chunks() if chunked else large, headers=headers)
        assert_problem(refused, 413, "body_too_large")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", EXECUTIONS),
        ("POST", f"{EXECUTIONS}/async"),
        ("GET", JOBS),
        ("GET", f"{JOBS}/x"),
        ("GET", f"{JOBS}/x/result"),
        ("DELETE", f"{JOBS}/x"),
        ("GET", "/v1/plugins"),
    ],
)
async def test_without_a_valid_key_every_route_but_health_is_401(settings: Settings, method: str, path: str) -> None:
    async with serving(replace(settings, api_keys=("one", "two"))) as client:
        for headers in ({}, *({b"X-API-Key": key.encode()} for key in ("", "wrong", "one,two", "on", "ünï"))):
            answer = await client.request(method, path, headers=headers)
            assert_problem(answer, 401, "key_refused")
            assert answer.headers["www-authenticate"]


@pytest.mark.parametrize("key", ["one", "two"])
async def test_each_key_opens_the_service(settings: Settings, key: str) -> None:
    async with serving(replace(settings, api_keys=("one", "two"))) as client:
        assert (await client.get(JOBS, headers={"X-API-Key": key})).status_code == 200
        assert (await client.get("/health")).status_code == 200


async def test_a_full_queue_is_503_and_opens_again(settings: Settings) -> None:
    async with serving(replace(settings, workers=1, queue_limit=2)) as client:
        running = await submitted(client, "wait", seconds=30)
        await in_status(client, running, "running")
        for _ in range(2):
            await submitted(client, "text_statistics", text="x")
        for path in (EXECUTIONS, f"{EXECUTIONS}/async"):
            refused = await client.post(path, json={"plugin": "text_statistics", "args": {"text": "x"}})
            error = assert_problem(refused, 503, "queue_full")
            assert error["details"] == {"queue_limit": 2}
            assert refused.headers["retry-after"]
        assert (await client.get(JOBS)).json()["count"] == 3
        await client.delete(f"{JOBS}/{running}")
        answer = await client.post(EXECUTIONS, json={"plugin": "text_statistics", "args": {"text": "x"}})
        assert answer.status_code in {200, 503}
        await in_status(client, (await client.get(JOBS)).json()["jobs"][-1]["job_id"], "cancelled")
        assert await submitted(client, "text_statistics", text="x")


async def test_a_queue_limit_holds_against_concurrent_submissions(settings: Settings) -> None:
    async with serving(replace(settings, workers=1, queue_limit=5)) as client:
        await in_status(client, await submitted(client, "wait", seconds=30), "running")
        codes: list[int] = []

        async def submit() -> None:
            body = {"plugin": "text_statistics", "args": {"text": "x"}}
            codes.append((await client.post(f"{EXECUTIONS}/async", json=body)).status_code)

        async with anyio.create_task_group() as group:
            for _ in range(30):
                group.start_soon(submit)
        assert sorted(codes) == [202] * 5 + [503] * 25


async def test_a_locked_database_is_503_and_the_service_recovers(settings: Settings, tmp_path: Path) -> None:
    async with serving(replace(settings, database=f"{settings.database}?timeout=0.1")) as client:
        other = await executed(tmp_path / "jobs.sqlite3", "BEGIN IMMEDIATE")
        refused = await client.post(f"{EXECUTIONS}/async", json={"plugin": "text_statistics", "args": {"text": "x"}})
        assert_problem(refused, 503, "store_unavailable")
        other.execute("ROLLBACK")
        other.close()
        answer = await client.post(EXECUTIONS, json={"plugin": "text_statistics", "args": {"text": "x"}})
        assert answer.status_code == 200


async def test_a_job_whose_end_cannot_be_recorded_at_first_is_recorded_later(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = tmp_path / "journal"
    async with serving(replace(settings, database=f"{settings.database}?timeout=0.1")) as client:
        gate = tmp_path / "gate"
        job_id = await submitted(client, "journals", journal=str(journal), word="job", gate=str(gate))
        await until_written(journal, "start")
        other = await executed(tmp_path / "jobs.sqlite3", "BEGIN IMMEDIATE")
        gate.touch()
        with anyio.fail_after(PATIENCE):
            while "cannot be recorded" not in caplog.text:
                await anyio.sleep(0.01)
        assert (await client.get(f"{JOBS}/{job_id}")).json()["status"] == "running"
        other.execute("ROLLBACK")
        other.close()
        assert (await in_status(client, job_id, "done", "error"))["status"] == "done"
        assert journal.read_text() == "job start\njob end\n"


async def test_health_without_the_table_is_503(client: httpx.AsyncClient, tmp_path: Path) -> None:
    (await executed(tmp_path / "jobs.sqlite3", "DROP TABLE jobs")).close()
    assert_problem(await client.get("/health"), 503, "store_unavailable")


async def test_a_row_that_nobody_understands_is_500_and_hides_why(client: httpx.AsyncClient, tmp_path: Path) -> None:
    job_id = await submitted(client, "text_statistics", text="x")
    await in_status(client, job_id, "done")
    (await executed(tmp_path / "jobs.sqlite3", "UPDATE jobs SET status = 'limbo'")).close()
    answer = await client.get(f"{JOBS}/{job_id}")
    assert_problem(answer, 500, "internal_error")
    assert "limbo" not in answer.text
    assert (await client.get("/health")).status_code == 200


@pytest.mark.parametrize(("word", "status"), [("success", "done"), ("failed", "error")])
async def test_an_old_row_is_read_and_found_in_the_new_words(
    client: httpx.AsyncClient, tmp_path: Path, word: str, status: str
) -> None:
    job_id = await submitted(client, "text_statistics", text="x")
    await in_status(client, job_id, "done")
    (await executed(tmp_path / "jobs.sqlite3", "UPDATE jobs SET status = ?", word)).close()
    assert (await client.get(f"{JOBS}/{job_id}")).json()["status"] == status
    for query in (word, status):
        assert [job["status"] for job in (await client.get(JOBS, params={"status": query})).json()["jobs"]] == [status]
    assert (await client.delete(f"{JOBS}/{job_id}")).status_code == 409


async def test_a_waiting_caller_learns_that_its_job_was_cancelled(client: httpx.AsyncClient) -> None:
    answers: list[httpx.Response] = []

    async def call() -> None:
        answers.append(await client.post(EXECUTIONS, json={"plugin": "wait", "args": {"seconds": 30}}))

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        while not (jobs := (await client.get(JOBS, params={"status": "running"})).json()["jobs"]):
            await anyio.sleep(0.01)
        await client.delete(f"{JOBS}/{jobs[0]['job_id']}")
    assert_problem(answers[0], 409, "job_cancelled")
    assert (answers[0].json()["job_id"], answers[0].json()["status"]) == (jobs[0]["job_id"], "cancelled")
