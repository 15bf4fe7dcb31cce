"""Each endpoint as its client sees it, over ASGI."""

from datetime import datetime
from typing import Any

import httpx
import pytest
from runtime_harness import ENVELOPE, EXECUTIONS, JOBS, in_status, over, submitted

pytestmark = pytest.mark.anyio

KEYS = ENVELOPE | {"result", "error", "created_at", "started_at", "finished_at", "duration_seconds"}


def text_request(text: str = "one two") -> dict[str, Any]:
    return {"plugin": "text_statistics", "args": {"text": text}}


async def test_an_execution_answers_with_its_result_in_the_envelope(client: httpx.AsyncClient) -> None:
    answer = await client.post(EXECUTIONS, json=text_request("one two one"))
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == KEYS
    assert (body["plugin"], body["status"], body["error"]) == ("text_statistics", "done", None)
    assert body["result"]["words"] == 3


async def test_the_job_id_of_an_execution_can_be_polled(client: httpx.AsyncClient) -> None:
    executed = (await client.post(EXECUTIONS, json=text_request())).json()
    polled = await client.get(f"{JOBS}/{executed['job_id']}")
    assert polled.status_code == 200
    assert polled.json() == executed


async def test_timestamps_are_in_order_and_aware(client: httpx.AsyncClient) -> None:
    body = (await client.post(EXECUTIONS, json={"plugin": "wait", "args": {"seconds": 0.05}})).json()
    times = [
        datetime.fromisoformat(body[key].replace("Z", "+00:00")) for key in ("created_at", "started_at", "finished_at")
    ]
    assert times == sorted(times)
    assert all(time.utcoffset() is not None for time in times)
    # The clocks are two, so that the one may run a little ahead of the other.
    assert 0.05 <= body["duration_seconds"] < (times[2] - times[1]).total_seconds() + 1


async def test_refused_input_answers_400_in_the_envelope(client: httpx.AsyncClient) -> None:
    answer = await client.post(EXECUTIONS, json={"plugin": "text_statistics", "args": {"words": 1}})
    body = answer.json()
    assert answer.status_code == 400
    assert set(body) == KEYS
    assert (body["plugin"], body["status"], body["result"]) == ("text_statistics", "error", None)
    assert set(body["error"]) == {"type", "message", "details", "timestamp"}
    assert body["error"]["type"] == "invalid_input"
    assert {tuple(error["where"]) for error in body["error"]["details"]["errors"]} == {("text",), ("words",)}


async def test_input_that_the_plugin_itself_refuses_answers_400(client: httpx.AsyncClient) -> None:
    answer = await client.post(EXECUTIONS, json={"plugin": "refuses"})
    assert answer.status_code == 400
    assert (answer.json()["status"], answer.json()["error"]["message"]) == ("error", "not today")


@pytest.mark.parametrize("plugin", ["crashes_as_task", "crashes_as_process"])
async def test_a_crash_answers_500_in_the_envelope(client: httpx.AsyncClient, plugin: str) -> None:
    answer = await client.post(EXECUTIONS, json={"plugin": plugin})
    body = answer.json()
    assert answer.status_code == 500
    assert set(body) == KEYS
    assert (body["plugin"], body["status"], body["error"]["type"]) == (plugin, "error", "plugin_crashed")
    assert "secret-of-the-plugin" not in answer.text


async def test_a_failed_execution_is_kept_and_can_be_polled(client: httpx.AsyncClient) -> None:
    failed = (await client.post(EXECUTIONS, json={"plugin": "crashes_as_task"})).json()
    polled = await client.get(f"{JOBS}/{failed['job_id']}")
    assert polled.status_code == 200
    assert polled.json() == failed


async def test_an_asynchronous_submission_is_queued_and_runs(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{EXECUTIONS}/async", json=text_request("a b c"))
    body = answer.json()
    assert answer.status_code == 202
    assert set(body) == KEYS
    assert (body["plugin"], body["status"], body["result"]) == ("text_statistics", "queued", None)
    finished = await over(client, body["job_id"])
    assert (finished["status"], finished["result"]["words"]) == ("done", 3)


async def test_a_refused_asynchronous_submission_ends_in_error(client: httpx.AsyncClient) -> None:
    job = await over(client, await submitted(client, "text_statistics", text=7))
    assert (job["status"], job["error"]["type"]) == ("error", "invalid_input")


async def test_the_result_is_there_when_the_job_is_over(client: httpx.AsyncClient) -> None:
    job_id = await submitted(client, "text_statistics", text="x")
    await over(client, job_id)
    answer = await client.get(f"{JOBS}/{job_id}/result")
    assert answer.status_code == 200
    assert set(answer.json()) == KEYS
    assert (answer.json()["status"], answer.json()["result"]["characters"]) == ("done", 1)


async def test_the_result_of_a_failed_job_is_its_error(client: httpx.AsyncClient) -> None:
    job_id = await submitted(client, "crashes_as_task")
    await over(client, job_id)
    answer = await client.get(f"{JOBS}/{job_id}/result")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["error"]["type"]) == ("error", "plugin_crashed")


async def test_the_result_of_a_running_job_is_a_conflict(client: httpx.AsyncClient) -> None:
    job_id = await submitted(client, "wait", seconds=30)
    await in_status(client, job_id, "running")
    answer = await client.get(f"{JOBS}/{job_id}/result")
    assert answer.status_code == 409
    assert set(answer.json()) == KEYS
    assert (answer.json()["status"], answer.json()["error"]["type"]) == ("running", "job_unfinished")


async def test_the_result_of_a_queued_job_is_a_conflict(client: httpx.AsyncClient) -> None:
    blockers = [await submitted(client, "wait", seconds=30) for _ in range(2)]
    for blocker in blockers:
        await in_status(client, blocker, "running")
    job_id = await submitted(client, "text_statistics", text="x")
    answer = await client.get(f"{JOBS}/{job_id}/result")
    assert answer.status_code == 409
    assert (answer.json()["status"], answer.json()["error"]["type"]) == ("queued", "job_unfinished")


async def test_a_queued_job_is_cancelled(client: httpx.AsyncClient) -> None:
    blockers = [await submitted(client, "wait", seconds=30) for _ in range(2)]
    for blocker in blockers:
        await in_status(client, blocker, "running")
    job_id = await submitted(client, "text_statistics", text="x")
    answer = await client.delete(f"{JOBS}/{job_id}")
    assert answer.status_code == 200
    assert set(answer.json()) == KEYS
    assert (answer.json()["job_id"], answer.json()["status"]) == (job_id, "cancelled")
    for blocker in blockers:
        await client.delete(f"{JOBS}/{blocker}")
    await over(client, await submitted(client, "text_statistics", text="y"))
    assert (await client.get(f"{JOBS}/{job_id}")).json()["started_at"] is None


async def test_a_running_job_is_cancelled(client: httpx.AsyncClient) -> None:
    job_id = await submitted(client, "wait", seconds=30)
    await in_status(client, job_id, "running")
    answer = await client.delete(f"{JOBS}/{job_id}")
    assert answer.status_code == 200
    assert (answer.json()["job_id"], answer.json()["status"]) == (job_id, "cancelled")
    assert (await client.get(f"{JOBS}/{job_id}")).json()["status"] == "cancelled"
    assert (await client.get(f"{JOBS}/{job_id}/result")).json()["status"] == "cancelled"


@pytest.mark.parametrize(("plugin", "status"), [("text_statistics", "error"), ("returns_not_a_number", "error")])
async def test_a_job_that_ended_in_error_cannot_be_cancelled(
    client: httpx.AsyncClient, plugin: str, status: str
) -> None:
    job_id = await submitted(client, plugin)
    await over(client, job_id)
    answer = await client.delete(f"{JOBS}/{job_id}")
    assert answer.status_code == 409
    assert (answer.json()["status"], answer.json()["error"]["type"]) == (status, "job_over")


async def test_a_done_job_cannot_be_cancelled(client: httpx.AsyncClient) -> None:
    executed = (await client.post(EXECUTIONS, json=text_request())).json()
    answer = await client.delete(f"{JOBS}/{executed['job_id']}")
    assert answer.status_code == 409
    assert set(answer.json()) == KEYS
    assert (answer.json()["status"], answer.json()["error"]["type"]) == ("done", "job_over")
    assert (await client.get(f"{JOBS}/{executed['job_id']}")).json() == executed


async def test_a_cancelled_job_cannot_be_cancelled_again(client: httpx.AsyncClient) -> None:
    job_id = await submitted(client, "wait", seconds=30)
    assert (await client.delete(f"{JOBS}/{job_id}")).status_code == 200
    again = await client.delete(f"{JOBS}/{job_id}")
    assert (again.status_code, again.json()["status"]) == (409, "cancelled")


async def test_the_listing_is_newest_first(client: httpx.AsyncClient) -> None:
    ids = [await submitted(client, "text_statistics", text=str(number)) for number in range(5)]
    body = (await client.get(JOBS)).json()
    assert set(body) == {"jobs", "count", "next_cursor"}
    assert [job["job_id"] for job in body["jobs"]] == ids[::-1]
    assert (body["count"], body["next_cursor"]) == (5, None)
    assert all(set(job) == KEYS for job in body["jobs"])


async def test_the_listing_of_nothing_is_empty(client: httpx.AsyncClient) -> None:
    assert (await client.get(JOBS)).json() == {"jobs": [], "count": 0, "next_cursor": None}


async def test_the_cursor_leads_through_all_jobs_once(client: httpx.AsyncClient) -> None:
    ids = [await submitted(client, "text_statistics", text=str(number)) for number in range(7)]
    seen, query, body = [], {"limit": "3"}, {}
    for _ in range(3):
        body = (await client.get(JOBS, params=query)).json()
        seen.append([job["job_id"] for job in body["jobs"]])
        await submitted(client, "text_statistics", text="newer than the first page")
        query["cursor"] = str(body["next_cursor"])
    assert [len(page) for page in seen] == [3, 3, 1]
    assert [job_id for page in seen for job_id in page] == ids[::-1]
    assert body["next_cursor"] is None


async def test_the_listing_can_be_of_one_plugin(client: httpx.AsyncClient) -> None:
    await submitted(client, "text_statistics", text="x")
    job_id = await submitted(client, "refuses")
    body = (await client.get(JOBS, params={"plugin": "refuses"})).json()
    assert [job["job_id"] for job in body["jobs"]] == [job_id]


@pytest.mark.parametrize(
    ("word", "plugin"),
    [("done", "text_statistics"), ("success", "text_statistics"), ("error", "refuses"), ("failed", "refuses")],
)
async def test_the_listing_can_be_of_one_status_in_old_and_new_words(
    client: httpx.AsyncClient, word: str, plugin: str
) -> None:
    for request in ({"plugin": "refuses"}, text_request()):
        await over(client, (await client.post(EXECUTIONS, json=request)).json()["job_id"])
    body = (await client.get(JOBS, params={"status": word})).json()
    assert [job["plugin"] for job in body["jobs"]] == [plugin]


async def test_a_status_filter_that_is_none_names_the_valid_ones(client: httpx.AsyncClient) -> None:
    answer = await client.get(JOBS, params={"status": "finished"})
    assert answer.status_code == 422
    (error,) = answer.json()["error"]["details"]["errors"]
    assert error["where"] == ["query", "status"]
    assert all(word in error["message"] for word in ("queued", "running", "done", "error", "cancelled"))


@pytest.mark.parametrize(
    "query",
    [{"limit": "0"}, {"limit": "101"}, {"cursor": "x"}, {"cursor": "0"}, {"cursor": str(2**63)}, {"plugin": "A B"}],
)
async def test_a_listing_that_cannot_be_is_refused(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await client.get(JOBS, params=query)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"][0]["where"] == ["query", next(iter(query))]


@pytest.mark.parametrize("path", ["/health", f"{EXECUTIONS}/health"])
async def test_health_says_how_busy_the_service_is(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).json() == {"healthy": True, "queued": 0, "running": 0, "workers": 2}
    jobs = [await submitted(client, "wait", seconds=30) for _ in range(3)]
    for job_id in jobs[:2]:
        await in_status(client, job_id, "running")
    assert (await client.get(path)).json() == {"healthy": True, "queued": 1, "running": 2, "workers": 2}


async def test_plugins_are_listed_with_what_they_take(client: httpx.AsyncClient) -> None:
    body = (await client.get("/v1/plugins")).json()
    listed = {plugin["name"]: plugin for plugin in body["plugins"]}
    assert {"image_histogram", "text_statistics", "wait"} <= set(listed)
    assert body["count"] == len(listed)
    assert list(listed) == sorted(listed)
    assert listed["wait"]["arguments"]["properties"]["seconds"]["maximum"] == 3600
