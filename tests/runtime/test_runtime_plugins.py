"""The three plugins, and plugins that misbehave: whatever they do, the job says it and the service lives on."""

import base64
import io
import os
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from runtime_harness import EXECUTIONS, JOBS, in_status, is_alive, over, serving, submitted, until_written

from runtime.plugins.registry import GROUP, TABLE, PluginRegistration, load_plugins
from runtime.settings import Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

pytestmark = pytest.mark.anyio


async def execute(client: httpx.AsyncClient, plugin: str, **args: Any) -> dict[str, Any]:
    answer = await client.post(EXECUTIONS, json={"plugin": plugin, "args": args})
    body: dict[str, Any] = answer.json()
    return body


def encoded(image: Image.Image, kind: str) -> str:
    file = io.BytesIO()
    image.save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("text", "characters", "words", "lines", "distinct", "most_frequent"),
    [
        ("", 0, 0, 0, 0, []),
        (" \n ", 3, 0, 2, 0, []),
        ("a", 1, 1, 1, 1, [("a", 1)]),
        ("To be or not\nto be", 18, 6, 2, 4, [("to", 2), ("be", 2), ("or", 1), ("not", 1)]),
        ("äöü 日本 äöü", 10, 3, 1, 2, [("äöü", 2), ("日本", 1)]),
        ("1 2 3 4 5 6", 11, 6, 1, 6, [("1", 1), ("2", 1), ("3", 1), ("4", 1), ("5", 1)]),
    ],
)
async def test_a_text_is_counted(
    client: httpx.AsyncClient,
    text: str,
    characters: int,
    words: int,
    lines: int,
    distinct: int,
    most_frequent: list[tuple[str, int]],
) -> None:
    assert (await execute(client, "text_statistics", text=text))["result"] == {
        "characters": characters,
        "words": words,
        "lines": lines,
        "distinct_words": distinct,
        "most_frequent": [{"word": word, "count": count} for word, count in most_frequent],
    }


async def test_a_text_that_is_too_long_is_refused(client: httpx.AsyncClient) -> None:
    assert (await execute(client, "text_statistics", text="x" * 200_000))["status"] == "done"
    assert (await execute(client, "text_statistics", text="x" * 200_001))["error"]["type"] == "invalid_input"


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "JPEG"])
async def test_an_image_is_decoded(client: httpx.AsyncClient, kind: str) -> None:
    image = Image.new("RGB", (4, 3), (255, 0, 0))
    mime_type = f"image/{kind.lower()}"
    result = (await execute(client, "image_histogram", image=encoded(image, kind), mime_type=mime_type))["result"]
    assert (result["width"], result["height"]) == (4, 3)
    assert [len(result[channel]) for channel in ("red", "green", "blue")] == [256] * 3
    assert sum(result["red"][250:]) == 12
    assert sum(result["green"][:6]) == 12
    assert sum(result["blue"][:6]) == 12


async def test_a_histogram_counts_each_pixel_where_it_belongs(client: httpx.AsyncClient) -> None:
    image = Image.new("RGB", (2, 2))
    for place, colour in zip(
        [(0, 0), (0, 1), (1, 0), (1, 1)], [(1, 2, 3), (1, 2, 4), (1, 9, 3), (7, 2, 3)], strict=True
    ):
        image.putpixel(place, colour)
    result = (await execute(client, "image_histogram", image=encoded(image, "PNG"), mime_type="image/png"))["result"]
    counted = {c: {value: n for value, n in enumerate(result[c]) if n} for c in ("red", "green", "blue")}
    assert counted == {"red": {1: 3, 7: 1}, "green": {2: 3, 9: 1}, "blue": {3: 3, 4: 1}}


@pytest.mark.parametrize(
    ("image", "mime_type", "message"),
    [
        ("not base64!", "image/png", "base64"),
        (base64.b64encode(b"no image").decode(), "image/png", "no image/png"),
        (encoded(Image.new("RGB", (4, 4)), "GIF"), "image/png", "no image/png"),
        (encoded(Image.effect_noise((64, 64), 50), "PNG")[:400], "image/png", "cannot be decoded"),
        (encoded(Image.new("1", (5001, 5001)), "PNG"), "image/png", "25000000 pixels"),
        (encoded(Image.new("1", (20000, 20000)), "PNG"), "image/png", "cannot be decoded"),
        ("", "image/png", "no image/png"),
    ],
    ids=["no-base64", "no-image", "other-format", "cut-off", "too-large", "bomb", "empty"],
)
async def test_what_is_not_the_image_it_claims_to_be_is_refused(
    client: httpx.AsyncClient, image: str, mime_type: str, message: str
) -> None:
    job = await execute(client, "image_histogram", image=image, mime_type=mime_type)
    assert (job["status"], job["error"]["type"]) == ("error", "invalid_input")
    assert message in job["error"]["message"]


async def test_a_mime_type_that_no_decoder_has_is_refused(client: httpx.AsyncClient) -> None:
    job = await execute(client, "image_histogram", image="", mime_type="image/svg+xml")
    assert job["error"]["details"]["errors"][0]["where"] == ["mime_type"]


@pytest.mark.parametrize("seconds", [-1, 3601, "long", None])
async def test_a_wait_that_cannot_be_is_refused(client: httpx.AsyncClient, seconds: object) -> None:
    assert (await execute(client, "wait", seconds=seconds))["error"]["type"] == "invalid_input"


@pytest.mark.parametrize(
    ("plugin", "kind", "details"),
    [
        ("crashes_as_task", "plugin_crashed", {"exception": "ZeroDivisionError"}),
        ("crashes_as_process", "plugin_crashed", {"exception": "KeyError"}),
        ("raises_unpicklable", "plugin_crashed", {"exception": "RuntimeError"}),
        ("exits", "plugin_crashed", {"exception": "SystemExit"}),
        ("cancels_itself", "plugin_crashed", {"exception": "CancelledError"}),
        ("dies", "plugin_crashed", {"exit_code": 3}),
        ("refuses", "invalid_input", {}),
        ("returns_not_a_number", "invalid_output", {}),
    ],
)
async def test_a_plugin_that_misbehaves_fails_its_own_job_only(
    client: httpx.AsyncClient, plugin: str, kind: str, details: dict[str, Any]
) -> None:
    job = await execute(client, plugin)
    assert (job["status"], job["error"]["type"], job["error"]["details"]) == ("error", kind, details)
    assert job["result"] is None
    assert (await execute(client, "wait", seconds=0))["status"] == "done"
    assert (await execute(client, "text_statistics", text="x"))["status"] == "done"


@pytest.mark.parametrize("plugin", ["returns_nonsense", "returns_nonsense_as_process"])
async def test_an_output_that_is_not_the_declared_result_is_no_result(client: httpx.AsyncClient, plugin: str) -> None:
    job = await execute(client, plugin)
    assert (job["status"], job["error"]["type"], job["result"]) == ("error", "invalid_output", None)
    assert job["error"]["details"]["errors"]


async def test_what_a_blocking_plugin_prints_is_no_reply(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert (await execute(client, "prints"))["result"] == {"number": 0.0}


@pytest.mark.parametrize("plugin", ["journals", "journals_as_process"])
async def test_a_plugin_that_takes_too_long_is_stopped(settings: Settings, tmp_path: Path, plugin: str) -> None:
    # On a busy machine a process may need longer than the time is to start; then nothing is noted, and more is given.
    journal = tmp_path
    for limit in (1.0, 4.0, 16.0, 64.0):
        journal = tmp_path / f"journal-{limit}"
        async with serving(replace(settings, plugin_timeout_seconds=limit)) as client:
            args = {"journal": str(journal), "word": "x", "seconds": 4 * limit}
            answer = await client.post(EXECUTIONS, json={"plugin": plugin, "args": args})
            assert answer.status_code == 500
            error = answer.json()["error"]
            assert (error["type"], error["details"]) == ("plugin_timed_out", {"timeout_seconds": limit})
            assert answer.json()["duration_seconds"] > 0.95 * limit
            assert (await execute(client, "text_statistics", text="x"))["status"] == "done"
        if journal.exists():
            break
    noted = journal.read_text().splitlines()
    if plugin == "journals":
        assert noted == ["x start", "x cancelled"]
    else:
        assert len(noted) == 1
        assert not is_alive(int(noted[0].split()[1]))


async def test_a_process_is_started_for_the_next_call_after_one_was_killed(settings: Settings, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    async with serving(replace(settings, workers=1)) as client:
        killed = await submitted(client, "journals_as_process", journal=str(journal), word="x", seconds=60)
        await until_written(journal, "\n")
        await client.delete(f"{JOBS}/{killed}")
        assert (await execute(client, "journals_as_process", journal=str(journal), word="y"))["status"] == "done"
    first, second, end = (line.split()[1] for line in journal.read_text().splitlines())
    assert (first != second, end) == (True, "end")


async def test_a_blocking_plugin_runs_in_another_process_which_is_used_again(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    for word in ("a", "b"):
        await execute(client, "journals_as_process", journal=str(journal), word=word)
    first, _, second, _ = (line.split()[1] for line in journal.read_text().splitlines())
    assert first == second
    assert int(first) != os.getpid()


async def test_cancelling_kills_the_process_of_a_blocking_plugin(client: httpx.AsyncClient, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    job_id = await submitted(client, "journals_as_process", journal=str(journal), word="x", seconds=60)
    process_id = int((await until_written(journal, "\n")).split()[1])
    assert is_alive(process_id)
    await client.delete(f"{JOBS}/{job_id}")
    assert not is_alive(process_id)


async def test_cancelling_stops_the_task_of_an_asynchronous_plugin(client: httpx.AsyncClient, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    job_id = await submitted(client, "journals", journal=str(journal), word="x", seconds=60)
    await until_written(journal, "start")
    await client.delete(f"{JOBS}/{job_id}")
    assert journal.read_text() == "x start\nx cancelled\n"


async def test_blocking_plugins_stall_nobody(settings: Settings) -> None:
    async with serving(settings) as client:
        waiting = await submitted(client, "wait", seconds=60)
        await in_status(client, waiting, "running")
        for _ in range(20):
            assert (await execute(client, "text_statistics", text="x"))["status"] == "done"
        assert (await client.get(f"{JOBS}/{waiting}")).json()["status"] == "running"


async def test_no_process_is_left_when_the_service_ends(settings: Settings, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    async with serving(settings) as client:
        await execute(client, "journals_as_process", journal=str(journal), word="idle")
        running = await submitted(client, "journals_as_process", journal=str(journal), word="busy", seconds=60)
        await in_status(client, running, "running")
        await until_written(journal, "busy")
    process_ids = {int(line.split()[1]) for line in journal.read_text().splitlines() if not line.endswith("end")}
    assert process_ids
    assert not any(is_alive(process_id) for process_id in process_ids)


def test_the_own_plugins_are_registered_by_entry_point() -> None:
    own = tomllib.loads(TABLE.read_text("utf-8"))["project"]["entry-points"][GROUP]
    plugins = load_plugins()
    assert set(own) == {"text_statistics", "image_histogram", "wait"}
    assert {name: f"{type(plugins[name]).__module__}:{type(plugins[name]).__qualname__}" for name in own} == own


def test_plugins_of_other_distributions_are_found_by_entry_point() -> None:
    installed = {entry.name for entry in entry_points(group=GROUP)}
    assert {"dies", "journals"} <= installed
    assert installed <= set(load_plugins())


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (EntryPoint("wait", "misbehaving_plugins:Dies", GROUP), "no plugin named 'wait'"),
        (EntryPoint("nope", "misbehaving_plugins:Nothing", GROUP), "no plugin named 'nope'"),
        (EntryPoint("nope", "misbehaving_plugins:Missing", GROUP), "cannot be loaded"),
        (EntryPoint("nope", "no_such_module:Plugin", GROUP), "cannot be loaded"),
        (EntryPoint("wait", "second_wait:Wait", GROUP), "two plugins are registered as 'wait'"),
    ],
)
def test_a_registration_that_is_not_sound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: EntryPoint, reason: str
) -> None:
    (tmp_path / "second_wait.py").write_text("from runtime.plugins.wait import Wait\n")
    information = tmp_path / "unsound-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: unsound\nVersion: 1\n")
    (information / "entry_points.txt").write_text(f"[{GROUP}]\n{entry.name} = {entry.value}\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PluginRegistration, match=reason):
        load_plugins()


async def test_a_job_whose_plugin_is_gone_fails(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(replace(settings, workers=1)) as client:
        await in_status(client, await submitted(client, "wait", seconds=60), "running")
        job_id = await submitted(client, "refuses")
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if not entry.endswith("misbehaving")])
    async with serving(settings) as client:
        job = await over(client, job_id)
        assert (job["status"], job["error"]["details"]["plugin"]) == ("error", "refuses")
