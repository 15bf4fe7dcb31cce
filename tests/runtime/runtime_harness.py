"""Ways to run the service for a test: inside the test over ASGI, or as the real `python -m runtime`."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import anyio
import httpx

from runtime.app import create_app
from runtime.settings import Settings

EXECUTIONS = "/v1/analyze-execution"
JOBS = f"{EXECUTIONS}/jobs"
ENVELOPE = {"plugin", "job_id", "status"}
OVER = {"done", "error", "cancelled"}

PATIENCE = float(os.environ.get("RUNTIME_TEST_PATIENCE", "60"))
"""Seconds to wait for what a machine that has nothing else to do does at once; a mutant is not waited for as long."""

MISBEHAVING = Path(__file__).parent / "misbehaving"


class PatientTransport(httpx.ASGITransport):
    """Requests to an application in the same loop, with an end to the waiting, which httpx has only for networks."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer. TimeoutError if none comes."""
        with anyio.fail_after(2 * PATIENCE):
            return await super().handle_async_request(request)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The application with its lifespan, and a client that talks to it without a network."""
    app = create_app(settings)
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = PatientTransport(with_state, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://runtime") as client:
            yield client


async def submitted(client: httpx.AsyncClient, plugin: str, **args: Any) -> str:
    """The id of a job that the service took."""
    answer = await client.post(f"{EXECUTIONS}/async", json={"plugin": plugin, "args": args})
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["job_id"]
    assert isinstance(job_id, str)
    return job_id


async def in_status(client: httpx.AsyncClient, job_id: str, *wanted: str, seconds: float = PATIENCE) -> dict[str, Any]:
    """The job once it has one of the statuses."""
    job: dict[str, Any] = {}
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job = (await client.get(f"{JOBS}/{job_id}")).json()
        if job.get("status") in wanted:
            return job
        await anyio.sleep(0.01)
    raise AssertionError(f"not {wanted} within {seconds} seconds: {job}")


async def over(client: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    """The job once it is over."""
    return await in_status(client, job_id, *OVER)


async def until_written(path: Path, text: str, seconds: float = PATIENCE) -> str:
    """What a file holds once it holds `text`."""
    deadline = time.monotonic() + seconds
    while not (path.exists() and text in path.read_text()):
        assert time.monotonic() < deadline, f"{path} never held {text!r}"
        await anyio.sleep(0.01)
    return path.read_text()


def wait_until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Look again and again until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.02)


def is_alive(process_id: int) -> bool:
    """Whether a process exists and is no zombie."""
    state = Path(f"/proc/{process_id}/stat")
    if state.parent.parent.exists():
        return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


class ServiceProcess:
    """`python -m runtime` in a folder of its own, on a free port, with the misbehaving plugins installed."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self.folder = folder
        self.module = "runtime"
        self.options = options
        python_path = os.pathsep.join(
            [os.environ.get("RUNTIME_UNDER_TEST", str(MISBEHAVING.parent.parent.parent)), str(MISBEHAVING)]
        )
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RUNTIME_")}
        self.environment = {**inherited, "PYTHONPATH": python_path, **environment}
        self.log = folder / "service.log"
        self.running: subprocess.Popen[bytes] | None = None
        self.client = httpx.Client(timeout=max(PATIENCE, 20))

    def __enter__(self) -> "ServiceProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        if self.running is not None and self.running.poll() is None:
            self.kill()

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", self.module, "--port", "0", *self.options]
        self.log.write_bytes(b"")
        with self.log.open("wb") as log:
            self.running = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + max(PATIENCE, 30)
        while not (address := re.search(r"running on (http://\S+)", self.log.read_text())):
            assert self.running.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)
        self.client.base_url = httpx.URL(address.group(1))

    def kill(self) -> None:
        """End it the hard way: `kill -9`."""
        assert self.running is not None
        self.running.kill()
        self.running.wait(max(PATIENCE, 20))

    def stop(self, seconds: float = PATIENCE) -> int:
        """Ask it to stop, as an orchestrator does, and give its exit code."""
        self.begin_to_stop()
        assert self.running is not None
        return self.running.wait(seconds)

    def begin_to_stop(self) -> None:
        """Ask it to stop, and wait until it says that it does."""
        assert self.running is not None
        self.running.send_signal(signal.SIGTERM)
        wait_until(lambda: "Shutting down" in self.log.read_text())

    def submit(self, plugin: str, **args: Any) -> str:
        """The id of a job that the service took."""
        answer = self.client.post(f"{EXECUTIONS}/async", json={"plugin": plugin, "args": args})
        assert answer.status_code == 202, answer.text
        job_id = answer.json()["job_id"]
        assert isinstance(job_id, str)
        return job_id

    def in_status(self, job_id: str, *wanted: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """The job once it has one of the statuses."""
        job: dict[str, Any] = {}
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job = self.client.get(f"{JOBS}/{job_id}").json()
            if job["status"] in wanted:
                return job
            time.sleep(0.02)
        raise AssertionError(f"not {wanted} within {seconds} seconds: {job}")
