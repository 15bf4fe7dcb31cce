"""The real `python -m runtime`: served over a socket, stopped, killed and started again."""

import re
import sqlite3
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from runtime_harness import EXECUTIONS, JOBS, PATIENCE, ServiceProcess, is_alive, wait_until


def test_it_serves_every_endpoint_over_a_socket(process: ServiceProcess) -> None:
    client = process.client
    executed = client.post(EXECUTIONS, json={"plugin": "text_statistics", "args": {"text": "a b"}})
    assert (executed.status_code, executed.json()["result"]["words"]) == (200, 2)
    job_id = process.submit("wait", seconds=0.1)
    assert process.in_status(job_id, "done")["result"] == {"waited_seconds": 0.1}
    assert client.get(f"{JOBS}/{job_id}/result").json()["status"] == "done"
    assert client.get(JOBS).json()["count"] == 2
    running = process.submit("wait", seconds=60)
    process.in_status(running, "running")
    assert client.delete(f"{JOBS}/{running}").json()["status"] == "cancelled"
    assert client.get("/health").json() == {"healthy": True, "queued": 0, "running": 0, "workers": 4}
    assert client.get("/v1/plugins").json()["count"] > 3
    assert client.get("/nope").json()["error"]["type"] == "not_found"
    assert (process.folder / "runtime.sqlite3").exists()


def test_a_client_that_breaks_off_a_request_harms_nobody(process: ServiceProcess) -> None:
    journal, gate = process.folder / "journal", process.folder / "gate"
    request = {"plugin": "journals", "args": {"journal": str(journal), "word": "x", "gate": str(gate)}}
    with pytest.raises(httpx.ReadTimeout):
        process.client.post(EXECUTIONS, json=request, timeout=httpx.Timeout(PATIENCE, read=0.5))
    wait_until(lambda: process.client.get(JOBS).json()["count"] == 1)
    gate.touch()
    (job,) = process.client.get(JOBS).json()["jobs"]
    assert process.in_status(job["job_id"], "done", "error", "cancelled")["status"] == "done"


def test_many_clients_at_once_are_all_served(process: ServiceProcess) -> None:
    with ThreadPoolExecutor(16) as threads:
        ids = list(threads.map(lambda n: process.submit("text_statistics", text="x" * n), range(80)))
    lengths = [process.in_status(job_id, "done")["result"]["characters"] for job_id in ids]
    assert lengths == list(range(80))


def test_after_kill_9_nothing_is_lost_or_stuck(tmp_path: Path) -> None:
    journal, names = tmp_path / "journal", {"task", "process"}
    with ServiceProcess(tmp_path, "--workers", "2") as process:
        process.start()
        done = process.submit("text_statistics", text="x")
        process.in_status(done, "done")
        cancelled = process.submit("wait", seconds=60)
        process.client.delete(f"{JOBS}/{cancelled}")
        running = [
            process.submit("journals", journal=str(journal), word="task", seconds=60),
            process.submit("journals_as_process", journal=str(journal), word="process", seconds=60),
        ]
        queued = [process.submit("journals", journal=str(journal), word=f"q{number}") for number in range(10)]
        for job_id in running:
            process.in_status(job_id, "running")
        wait_until(lambda: journal.exists() and {*re.findall("^(?:task|process)", journal.read_text(), re.M)} == names)
        process.kill()
        process.start()
        for job_id in running:
            job = process.in_status(job_id, "error")
            assert (job["error"]["type"], job["finished_at"] is not None) == ("interrupted", True)
        for job_id in queued:
            assert process.in_status(job_id, "done")["status"] == "done"
        assert process.in_status(done, "done")["result"]["characters"] == 1
        assert process.in_status(cancelled, "cancelled")["status"] == "cancelled"
        assert process.client.get("/health").json()["running"] == 0
    starts = Counter(line.split()[0] for line in journal.read_text().splitlines() if line.endswith("start"))
    assert starts == Counter({"task": 1, **{f"q{number}": 1 for number in range(10)}})
    (plugin_process,) = re.findall(r"^process (\d+)$", journal.read_text(), re.M)
    wait_until(lambda: not is_alive(int(plugin_process)))


def test_kill_9_in_the_midst_of_submissions_keeps_what_was_promised(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with ServiceProcess(tmp_path) as process:
        process.start()
        promised: list[str] = []

        def submit_until_it_dies(thread: int) -> None:
            number = 0
            while True:
                try:
                    promised.append(process.submit("journals", journal=str(journal), word=f"{thread}-{number}"))
                except httpx.TransportError:
                    return
                number += 1

        with ThreadPoolExecutor(4) as threads:
            submissions = [threads.submit(submit_until_it_dies, thread) for thread in range(4)]
            try:
                wait_until(lambda: len(promised) >= 20)
            finally:
                process.kill()
            for submission in submissions:
                submission.result(PATIENCE)
        process.start()
        statuses = {process.in_status(job_id, "done", "error")["status"] for job_id in promised}
        assert statuses <= {"done", "error"}
    starts = Counter(line.split()[0] for line in journal.read_text().splitlines() if line.endswith("start"))
    assert max(starts.values()) == 1


def test_a_graceful_stop_drains_and_exits(tmp_path: Path) -> None:
    journal, gate = tmp_path / "journal", tmp_path / "gate"
    with ServiceProcess(tmp_path, "--drain", "60") as process:
        process.start()
        job_id = process.submit("journals", journal=str(journal), word="x", gate=str(gate))
        process.in_status(job_id, "running")
        process.begin_to_stop()
        gate.touch()
        process.stop()
        assert journal.read_text() == "x start\nx end\n"
        process.start()
        assert process.in_status(job_id, "done")["status"] == "done"


def test_a_graceful_stop_answers_the_request_that_is_being_run(tmp_path: Path) -> None:
    journal, gate = tmp_path / "journal", tmp_path / "gate"
    with ServiceProcess(tmp_path, "--drain", "60") as process, ThreadPoolExecutor(1) as threads:
        process.start()
        request = {"plugin": "journals", "args": {"journal": str(journal), "word": "x", "gate": str(gate)}}
        answer = threads.submit(process.client.post, EXECUTIONS, json=request)
        wait_until(journal.exists)
        process.begin_to_stop()
        gate.touch()
        process.stop()
        assert answer.result(PATIENCE).json()["status"] == "done"


def test_a_graceful_stop_ends_within_its_limit(tmp_path: Path) -> None:
    with ServiceProcess(tmp_path, "--drain", "1") as process:
        process.start()
        job_id = process.submit("wait", seconds=600)
        process.in_status(job_id, "running")
        process.stop()
        assert "Traceback" not in process.log.read_text()
        process.start()
        assert process.in_status(job_id, "error")["error"]["type"] == "interrupted"


def test_keys_are_asked_for_over_the_socket(tmp_path: Path) -> None:
    with ServiceProcess(tmp_path, "--api-key", "open-sesame") as process:
        process.start()
        assert process.client.get(JOBS).status_code == 401
        assert process.client.get(JOBS, headers={"X-API-Key": "open-sesame"}).status_code == 200
        assert "open-sesame" not in process.log.read_text()


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    database = tmp_path / "elsewhere.sqlite3"
    with ServiceProcess(tmp_path, RUNTIME_DATABASE=f"sqlite:///{database}", RUNTIME_WORKERS="3") as process:
        process.start()
        assert process.client.get("/health").json()["workers"] == 3
        process.submit("text_statistics", text="x")
        with sqlite3.connect(database) as other:
            assert other.execute("SELECT count(*) FROM jobs").fetchone() == (1,)
        other.close()


def test_a_database_that_cannot_be_opened_ends_the_start(tmp_path: Path) -> None:
    with ServiceProcess(tmp_path, "--database", f"sqlite:///{tmp_path}/missing/jobs.sqlite3") as process:
        with pytest.raises(AssertionError, match="unable to open database file"):
            process.start()
        assert process.running is not None
        assert process.running.wait(PATIENCE) == 3


def test_a_plugin_that_cannot_be_loaded_ends_the_start(tmp_path: Path) -> None:
    information = tmp_path / "broken-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (information / "entry_points.txt").write_text("[execution_lint_runtime.plugins]\nbroken = no_such_module:Plugin\n")
    with ServiceProcess(tmp_path) as process:
        process.environment["PYTHONPATH"] += f":{tmp_path}"
        with pytest.raises(AssertionError, match=r"plugin 'broken' \(no_such_module:Plugin\) cannot be loaded"):
            process.start()


def test_an_application_can_be_imported_by_a_server_that_runs(tmp_path: Path) -> None:
    """Some servers import it inside their running loop."""
    (tmp_path / "served.py").write_text(
        "from runtime.app import create_app\n"
        "from runtime.settings import Settings\n"
        "app = create_app(Settings(database='sqlite:///:memory:'))\n"
    )
    (tmp_path / "server.py").write_text(
        "import asyncio, uvicorn\nasyncio.run(uvicorn.Server(uvicorn.Config('served:app', port=0)).serve())\n"
    )
    with ServiceProcess(tmp_path) as process:
        process.module = "server"
        process.start()
        assert process.client.get("/health").json()["healthy"]


def test_a_port_that_is_taken_ends_the_start(process: ServiceProcess) -> None:
    port = str(process.client.base_url.port)
    second = subprocess.run(
        [sys.executable, "-m", "runtime", "--port", port, "--database", "sqlite:///:memory:"],
        env=process.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert second.returncode != 0
    assert "address already in use" in second.stderr
