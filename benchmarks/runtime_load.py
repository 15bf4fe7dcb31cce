"""
How many jobs a second the runtime sustains, and at what latency, beside a bare FastAPI route in the same run.

Three loads, each by the same bounded client against a uvicorn of its own on the loopback: a bare route that validates
the same request and answers at once; `POST` (a job is stored, claimed, run, stored, answered); `POST /async` until the
last job is over. The loads take turns, so that the ratio to the bare route, the median over the rounds, says what a job
costs, whatever else the machine does.

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
from collections.abc import Iterator
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


async def measured(address: str, path: str, clients: int, seconds: float, has_jobs: bool) -> tuple[float, list[float]]:
    """Completed requests or jobs a second, and the latencies of the requests."""
    started = time.perf_counter()
    latencies = await load(address, path, clients, seconds)
    if has_jobs:
        await until_idle(address)
    return len(latencies) / (time.perf_counter() - started), latencies


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each load lasts in all")
    parser.add_argument("--rounds", type=int, default=5, help="how often the loads take turns")
    parser.add_argument("--clients", type=int, default=16, help="requests under way at once")
    parser.add_argument("--workers", type=int, default=4, help="jobs that the runtime runs at once")
    chosen = parser.parse_args()

    bare_port, port = free_port(), free_port()
    bare, service = f"http://127.0.0.1:{bare_port}", f"http://127.0.0.1:{port}"
    loads = {
        "bare route": (bare, "/bare", False),
        "POST": (service, EXECUTIONS, True),
        "POST /async, until over": (service, f"{EXECUTIONS}/async", True),
    }
    rates: dict[str, list[float]] = {name: [] for name in loads}
    latencies: dict[str, list[float]] = {name: [] for name in loads}
    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", str(port), "--database", f"sqlite:///{folder}/jobs.sqlite3", "--queue-limit", "1000000"]
        with (
            served("-c", BARE, str(bare_port)),
            served("-m", "runtime", *options, "--workers", str(chosen.workers)),
        ):
            for address in (bare, service):
                asyncio.run(until_it_answers(address))
            for turn in range(chosen.rounds + 1):
                for name, (address, path, has_jobs) in loads.items():
                    seconds = chosen.seconds / chosen.rounds
                    rate, taken = asyncio.run(measured(address, path, chosen.clients, seconds, has_jobs))
                    # The first turn warms up.
                    if turn:
                        rates[name].append(rate)
                        latencies[name] += taken

    print(f"{chosen.clients} clients, {chosen.workers} workers, {chosen.rounds} rounds, {os.cpu_count()} cores\n")
    print(f"{'load':<26}{'a second':>10}{'of bare':>10}{'p50 ms':>10}{'p99 ms':>10}")
    for name in loads:
        ratio = statistics.median(rate / base for rate, base in zip(rates[name], rates["bare route"], strict=True))
        p50, p99 = (statistics.quantiles(latencies[name], n=100)[place] * 1000 for place in (49, 98))
        print(f"{name:<26}{statistics.median(rates[name]):>10.0f}{ratio:>10.2f}{p50:>10.1f}{p99:>10.1f}")


if __name__ == "__main__":
    main()
