"""Processes that run blocking plugins for the ToolRunner, and that can be killed, which a thread cannot."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import CancelScope

CHILD = "runtime.tool_runner"
"""The module that serves calls when it is run as a program: requests on its standard input, replies on its output."""


class ProcessDied(Exception):
    """The process ended without an answer."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(f"the plugin's process ended with code {exit_code}")
        self.exit_code = exit_code


class PluginProcess:
    """One process, which serves one call at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls) -> "PluginProcess":
        """Start a process that can import what this one can."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            CHILD,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
        )
        return cls(process)

    async def call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request and wait for its reply; ProcessDied if none comes."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        message = json.dumps(request).encode()
        try:
            self._process.stdin.write(b"%d\n%s" % (len(message), message))
            await self._process.stdin.drain()
            length = int(await self._process.stdout.readuntil(b"\n"))
            reply: dict[str, Any] = json.loads(await self._process.stdout.readexactly(length))
        except (EOFError, ConnectionError) as ended:
            raise ProcessDied(await self._process.wait()) from ended
        return reply

    async def kill(self) -> None:
        """End the process at once, whatever it is doing, and wait until it is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self._process.returncode is None:
            self._process.kill()
        self._process.stdin.close()
        await self._process.stdout.read()
        await self._process.wait()


class ProcessPool:
    """Idle processes, kept for the next call; as many as were ever busy at once."""

    def __init__(self) -> None:
        self._idle: list[PluginProcess] = []

    async def call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Let a process answer. On cancellation or ProcessDied it is killed, and gone when this returns."""
        with CancelScope(shield=True):
            process = self._idle.pop() if self._idle else await PluginProcess.start()
        try:
            reply = await process.call(request)
        except BaseException:
            with CancelScope(shield=True):
                await process.kill()
            raise
        self._idle.append(process)
        return reply

    async def close(self) -> None:
        """Kill the idle processes."""
        while self._idle:
            await self._idle.pop().kill()


@asynccontextmanager
async def open_process_pool() -> AsyncIterator[ProcessPool]:
    """A pool whose processes are gone on leaving."""
    pool = ProcessPool()
    try:
        yield pool
    finally:
        with CancelScope(shield=True):
            await pool.close()
