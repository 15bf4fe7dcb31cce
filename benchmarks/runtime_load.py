"""
How many jobs a second the runtime sustains, and at what latency, beside a bare FastAPI route in the same run.

Three loads, each by the same bounded client against a uvicorn of its own on the loopback: a bare route that validates
the same request and answers at once; `POST` (a job is stored, claimed, run, stored, answered); `POST /async` until the
last job is over. The ratio to the bare route says what a job costs, whatever the machine is.

    python benchmarks/runtime_load.py --seconds 10 --clients 16
"""

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
EXECUTIONS = "/v1/analyze-execution"
REQUEST = {"plugin": "text_statistics", "args": {"text": "to be or not to be"}}

BARE = """
import sys
import uvicorn
from fastapi import FastAPI
from runtime.envelope import ExecutionRequest

app = FastAPI()

@app.post("/bare")
async def bare(request: ExecutionRequest) -> dict[str, str]:
    return {"plugin": request.plugin}

uvicorn.run(app, port=int(sys.argv[1]), log_level="warning")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(*command: str) -> Iterator[None]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, *command], env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.terminate()


async def until_it_answers(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        for _ in range(300):
            try:
                await client.get("/openapi.json")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise SystemExit(f"nothing answers at {address}")


async def load(address: str, path: str, clients: int, seconds: float) -> list[float]:
    """The latency of each request that `clients` callers, one request each at a time, made in `seconds`."""
    latencies: list[float] = []
    end = time.perf_counter() + seconds

    async def call(client: httpx.AsyncClient) -> None:
        while (started := time.perf_counter()) < end:
            answer = await client.post(path, json=REQUEST)
            answer.raise_for_status()
            latencies.append(time.perf_counter() - started)

    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        await asyncio.gather(*(call(client) for _ in range(clients)))
    return latencies


async def until_idle(address: str) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        while (health := (await client.get("/health")).json())["queued"] + health["running"]:
            await asyncio.sleep(0.02)


async def measured(
    address: str, path: str, clients: int, seconds: float, afterwards: Callable[[str], Awaitable[None]] | None = None
) -> tuple[float, list[float]]:
    """Completed requests or jobs a second, and the latencies."""
    await load(address, path, clients, min(1.0, seconds))
    if afterwards:
        await afterwards(address)
    started = time.perf_counter()
    latencies = await load(address, path, clients, seconds)
    if afterwards:
        await afterwards(address)
    return len(latencies) / (time.perf_counter() - started), latencies


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each load lasts")
    parser.add_argument("--clients", type=int, default=16, help="requests under way at once")
    parser.add_argument("--workers", type=int, default=4, help="jobs that the runtime runs at once")
    chosen = parser.parse_args()

    rows: list[tuple[str, float, list[float]]] = []
    bare_port, port = free_port(), free_port()
    bare, service = f"http://127.0.0.1:{bare_port}", f"http://127.0.0.1:{port}"
    with served("-c", BARE, str(bare_port)):
        asyncio.run(until_it_answers(bare))
        rows.append(("bare route", *asyncio.run(measured(bare, "/bare", chosen.clients, chosen.seconds))))
    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", str(port), "--database", f"sqlite:///{folder}/jobs.sqlite3", "--queue-limit", "1000000"]
        with served("-m", "runtime", *options, "--workers", str(chosen.workers)):
            asyncio.run(until_it_answers(service))
            rows.append(("POST", *asyncio.run(measured(service, EXECUTIONS, chosen.clients, chosen.seconds))))
            path = f"{EXECUTIONS}/async"
            rows.append(
                (
                    "POST /async, until over",
                    *asyncio.run(measured(service, path, chosen.clients, chosen.seconds, until_idle)),
                )
            )

    base = rows[0][1]
    print(f"{chosen.clients} clients, {chosen.workers} workers, {chosen.seconds:g} s each, {os.cpu_count()} cores\n")
    print(f"{'load':<26}{'a second':>10}{'of bare':>10}{'p50 ms':>10}{'p99 ms':>10}")
    for name, rate, latencies in rows:
        p50, p99 = statistics.median(latencies) * 1000, statistics.quantiles(latencies, n=100)[98] * 1000
        print(f"{name:<26}{rate:>10.0f}{rate / base:>10.2f}{p50:>10.1f}{p99:>10.1f}")


if __name__ == "__main__":
    main()
