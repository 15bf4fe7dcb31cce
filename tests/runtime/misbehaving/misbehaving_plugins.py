"""Plugins that crash, hang, lie and print, registered by entry point like any others."""

import asyncio
import math
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from runtime.plugins.plugin import AsyncPlugin, BlockingPlugin, RefusedInput


class Nothing(BaseModel):
    pass


class Number(BaseModel):
    number: float


class Entry(BaseModel):
    """
    Append `word` to the file `journal` at the start, at the end, and on cancellation.

    The end comes after `seconds`, and not before there is a file `gate`, if one is named.
    """

    journal: str
    word: str
    seconds: float = 0.0
    gate: str = ""

    @property
    def is_held(self) -> bool:
        return self.gate != "" and not Path(self.gate).exists()


class Journals(AsyncPlugin[Entry, Nothing]):
    name = "journals"
    summary = "Notes when it starts, ends and is cancelled."
    arguments = Entry
    result = Nothing

    async def run(self, arguments: Entry) -> Nothing:
        note(arguments, "start")
        try:
            await asyncio.sleep(arguments.seconds)
            while arguments.is_held:
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            note(arguments, "cancelled")
            raise
        note(arguments, "end")
        return Nothing()


class JournalsAsProcess(BlockingPlugin[Entry, Nothing]):
    name = "journals_as_process"
    summary = "Notes its process id and when it ends."
    arguments = Entry
    result = Nothing

    def run(self, arguments: Entry) -> Nothing:
        note(arguments, str(os.getpid()))
        time.sleep(arguments.seconds)
        note(arguments, "end")
        return Nothing()


def note(entry: Entry, what: str) -> None:
    with Path(entry.journal).open("a", encoding="utf-8") as journal:
        journal.write(f"{entry.word} {what}\n")


class CrashesAsTask(AsyncPlugin[Nothing, Nothing]):
    name = "crashes_as_task"
    summary = "Divides by zero."
    arguments = Nothing
    result = Nothing

    async def run(self, arguments: Nothing) -> Nothing:
        raise ZeroDivisionError("secret-of-the-plugin")


class CrashesAsProcess(BlockingPlugin[Nothing, Nothing]):
    name = "crashes_as_process"
    summary = "Looks up what is not there."
    arguments = Nothing
    result = Nothing

    def run(self, arguments: Nothing) -> Nothing:
        raise KeyError("secret-of-the-plugin")


class RaisesUnpicklable(BlockingPlugin[Nothing, Nothing]):
    name = "raises_unpicklable"
    summary = "Raises an exception that holds a lock."
    arguments = Nothing
    result = Nothing

    def run(self, arguments: Nothing) -> Nothing:
        raise RuntimeError(threading.Lock())


class Dies(BlockingPlugin[Nothing, Nothing]):
    name = "dies"
    summary = "Ends its process without a word."
    arguments = Nothing
    result = Nothing

    def run(self, arguments: Nothing) -> Nothing:
        os._exit(3)


class Exits(AsyncPlugin[Nothing, Nothing]):
    name = "exits"
    summary = "Calls sys.exit inside the service."
    arguments = Nothing
    result = Nothing

    async def run(self, arguments: Nothing) -> Nothing:
        sys.exit("bye")


class CancelsItself(AsyncPlugin[Nothing, Nothing]):
    name = "cancels_itself"
    summary = "Raises CancelledError though nobody cancelled it."
    arguments = Nothing
    result = Nothing

    async def run(self, arguments: Nothing) -> Nothing:
        raise asyncio.CancelledError


class Refuses(AsyncPlugin[Nothing, Nothing]):
    name = "refuses"
    summary = "Takes no input at all."
    arguments = Nothing
    result = Nothing

    async def run(self, arguments: Nothing) -> Nothing:
        raise RefusedInput("not today")


class ReturnsNonsense(AsyncPlugin[Nothing, Number]):
    name = "returns_nonsense"
    summary = "Returns what is not its result."
    arguments = Nothing
    result = Number

    async def run(self, arguments: Nothing) -> Any:
        return {"number": "many"}


class ReturnsNonsenseAsProcess(BlockingPlugin[Nothing, Number]):
    name = "returns_nonsense_as_process"
    summary = "Returns what is not its result."
    arguments = Nothing
    result = Number

    def run(self, arguments: Nothing) -> Any:
        return object()


class ReturnsNotANumber(AsyncPlugin[Nothing, Number]):
    name = "returns_not_a_number"
    summary = "Returns what JSON cannot say."
    arguments = Nothing
    result = Number

    async def run(self, arguments: Nothing) -> Number:
        return Number(number=math.nan)


class Prints(BlockingPlugin[Nothing, Number]):
    name = "prints"
    summary = "Writes to standard output and reads standard input."
    arguments = Nothing
    result = Number

    def run(self, arguments: Nothing) -> Number:
        print("12\nnoise that is no reply")
        os.write(1, b"more noise\n")
        return Number(number=len(sys.stdin.read()))
