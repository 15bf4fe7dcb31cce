"""Executes a program, and tells which of its runs of event loops raised because a loop was running."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

DRIVER = """\
import asyncio, contextlib, importlib, inspect, json, os, sys, threading

folder, mode = os.path.realpath(sys.argv[1]) + os.sep, sys.argv[2]
SAYINGS = (
    "cannot be called from a running event loop",
    "while another loop is running",
    "This event loop is already running",
    "Already running asyncio in this thread",
    "You cannot use AsyncToSync in the same thread",
)
known, found = [], set()


def trace(frame, event, argument):
    if event == "exception":
        error = argument[1]
        if isinstance(error, RuntimeError) and any(saying in str(error) for saying in SAYINGS):
            if not any(error is other for other in known):
                known.append(error)
                if any(error.__context__ is other for other in known):
                    return trace  # the end of a runner that could not run
                at = frame
                while at is not None and not at.f_code.co_filename.startswith(folder):
                    at = at.f_back
                if at is not None:
                    found.add((at.f_code.co_filename[len(folder):].replace(os.sep, "/"), at.f_lineno))
    return trace


async def imported():
    return importlib.import_module("main")


sys.path.insert(0, folder)
out, sys.stdout = sys.stdout, sys.stderr
threading.settrace(trace)
sys.settrace(trace)
failure = ""
try:
    if mode == "import":
        asyncio.run(imported())
    else:
        main = importlib.import_module("main").main
        asyncio.run(main()) if inspect.iscoroutinefunction(main) else main()
except Exception as error:
    failure = f"{type(error).__name__}: {error}"
sys.settrace(None)
print(json.dumps([sorted(found), failure]), file=out, flush=True)
os._exit(0)
"""


@dataclass(frozen=True)
class Truth:
    """What executing a program showed."""

    nested: frozenset[tuple[str, int]]
    """File and line of each run that raised because a loop was running."""
    failure: str


def executed(folder: Path, mode: str, python: str = sys.executable) -> Truth:
    """Execute the program that lies in a folder."""
    ran = subprocess.run(
        [python, "-W", "ignore", "-c", DRIVER, str(folder), mode],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
    )
    assert ran.stdout, ran.stderr
    found, failure = json.loads(ran.stdout)
    return Truth(frozenset((name, line) for name, line in found), failure)
