"""
The only place that calls a plugin. It validates what goes in and out, measures, and makes every failure a Failed.

Run as a program it is the other end of `plugin_process`: it serves the calls of blocking plugins.
"""

import asyncio
import json
import logging
import math
import os
import queue
import signal
import sys
import threading
import time
from functools import cache
from importlib import import_module
from typing import Any, BinaryIO

import anyio
from pydantic import BaseModel, ValidationError

from runtime.job import Failed, FailureKind, Outcome, Succeeded
from runtime.plugin_process import ProcessDied, ProcessPool
from runtime.plugins.plugin import AnyPlugin, AsyncPlugin, BlockingPlugin, RefusedInput
from runtime.problems import validation_details

logger = logging.getLogger(__name__)


class PluginCrash(Exception):
    """A plugin raised something that it has no business to raise; `exception` is the name of that."""

    def __init__(self, exception: str) -> None:
        super().__init__(f"the plugin raised {exception}")
        self.exception = exception


class ToolRunner:
    """Runs plugins, each within the same limit of time."""

    def __init__(self, processes: ProcessPool, timeout_seconds: float) -> None:
        self._processes = processes
        self._timeout_seconds = timeout_seconds

    async def run(self, plugin: AnyPlugin, args: dict[str, Any]) -> Outcome:
        """What comes of running the plugin with unvalidated arguments. Being cancelled stops the plugin."""
        started = time.perf_counter()

        def failed(kind: FailureKind, message: str, details: dict[str, Any]) -> Failed:
            return Failed(kind, message, details, time.perf_counter() - started)

        try:
            arguments = plugin.arguments.model_validate(args)
        except ValidationError as invalid:
            return failed(
                FailureKind.INVALID_INPUT, "the arguments are not valid", validation_details(invalid.errors())
            )
        try:
            with anyio.move_on_after(self._timeout_seconds):
                result = plugin.result.model_validate(await self._call(plugin, arguments))
                seconds = time.perf_counter() - started
                content = result.model_dump(mode="json")
                json.dumps(content, allow_nan=False)
                return Succeeded(content, seconds)
        except RefusedInput as refused:
            return failed(FailureKind.INVALID_INPUT, str(refused), {})
        except ValidationError as invalid:
            details = validation_details(invalid.errors())
            return failed(FailureKind.INVALID_OUTPUT, "the plugin returned an invalid result", details)
        except ValueError as unsayable:
            return failed(FailureKind.INVALID_OUTPUT, f"the result cannot be said in JSON: {unsayable}", {})
        except PluginCrash as crash:
            return failed(FailureKind.CRASHED, str(crash), {"exception": crash.exception})
        except ProcessDied as died:
            return failed(FailureKind.CRASHED, str(died), {"exit_code": died.exit_code})
        return failed(
            FailureKind.TIMED_OUT,
            f"the plugin took longer than {self._timeout_seconds:g} seconds",
            {"timeout_seconds": self._timeout_seconds},
        )

    async def _call(self, plugin: AnyPlugin, arguments: BaseModel) -> object:
        if isinstance(plugin, AsyncPlugin):
            return await _run_as_task(plugin, arguments)
        reference = f"{type(plugin).__module__}:{type(plugin).__qualname__}"
        reply = await self._processes.call({"plugin": reference, "arguments": arguments.model_dump_json()})
        if "refused" in reply:
            raise RefusedInput(reply["refused"])
        if "crashed" in reply:
            raise PluginCrash(reply["crashed"])
        return reply["result"]


async def _run_as_task(plugin: AsyncPlugin[BaseModel, BaseModel], arguments: BaseModel) -> object:
    try:
        return await plugin.run(arguments)
    except RefusedInput:
        raise
    except asyncio.CancelledError as cancelled:
        # Only a cancellation that was asked for from here may pass; a plugin's own would end the job's task unrecorded.
        if anyio.current_effective_deadline() == -math.inf:
            raise
        raise PluginCrash(type(cancelled).__name__) from cancelled
    except (Exception, SystemExit) as error:
        logger.exception("plugin %s crashed", plugin.name)
        raise PluginCrash(type(error).__name__) from error


@cache
def _blocking_plugin(reference: str) -> BlockingPlugin[BaseModel, BaseModel]:
    module, _, name = reference.partition(":")
    plugin: BlockingPlugin[BaseModel, BaseModel] = getattr(import_module(module), name)()
    return plugin


def _reply(request: dict[str, str]) -> dict[str, Any]:
    try:
        plugin = _blocking_plugin(request["plugin"])
        returned: object = plugin.run(plugin.arguments.model_validate_json(request["arguments"]))
        return {"result": returned.model_dump(mode="json") if isinstance(returned, BaseModel) else repr(returned)}
    except RefusedInput as refused:
        return {"refused": str(refused)}
    except BaseException as error:
        logger.exception("plugin %s crashed", request["plugin"])
        return {"crashed": type(error).__name__}


def _serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests one after the other. The end of the input ends the process, also in the midst of a call."""
    waiting: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()

    def read() -> None:
        while length := requests.readline():
            waiting.put(json.loads(requests.read(int(length))))
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        message = json.dumps(_reply(waiting.get())).encode()
        replies.write(b"%d\n%s" % (len(message), message))
        replies.flush()


def _main() -> None:
    # What a plugin prints or reads must not get between requests and replies; Ctrl-C is for the service to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(sys.stderr.fileno(), 1)
    _serve(requests, replies)


if __name__ == "__main__":
    _main()
