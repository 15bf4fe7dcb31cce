"""
Runs pytest on many changed runtimes: `runtime_forks.py FOLDER` with the jobs as JSON on standard input.

A job is a name, the folder of a changed runtime, and tests. Everything but the runtime is imported once; each job is a
fork that imports the runtime from its folder. `FOLDER/NAME.output` is what pytest printed, `NAME.code` its exit code.
"""

import gc
import importlib
import json
import os
import signal
import sys
import time
import traceback
from importlib.metadata import entry_points
from pathlib import Path

import pytest

LIBRARIES = ("fastapi", "hypothesis.stateful", "httpx", "PIL.Image", "sqlalchemy.ext.asyncio", "aiosqlite", "uvicorn")
AT_ONCE = os.cpu_count() or 2
LIMIT_SECONDS = 300


class Tidy:
    """Collects what each test leaves while that test is still the one to blame."""

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self) -> None:
        gc.collect()


def run(project: str, tests: list[str], output: Path) -> int:
    """The exit code of pytest on a changed runtime, whose temporary folders lie beside `output`."""
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.environ.update(RUNTIME_UNDER_TEST=project, PYTHONDONTWRITEBYTECODE="1")
    sys.dont_write_bytecode = True
    options = ["-q", "-x", "--tb=short", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    # Without one of its own, each would number and clear away the folders that all share, while the others do so too.
    options.append(f"--basetemp={output.with_suffix('.folder')}")
    # Python 3.11 cannot parse while it parses, which a coroutine does that nobody awaited, if it is collected meanwhile
    # (https://github.com/python/cpython/issues/106905): nothing is rewritten here, and what a test left is collected.
    options.append("--assert=plain")
    try:
        return int(pytest.main([*options, *(f"tests/runtime/{test}" for test in tests)], plugins=[Tidy()]))
    except Exception:
        # What a leak raises while pytest itself is being taken down.
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()


def main(folder: Path, jobs: dict[str, tuple[str, list[str]]]) -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
    for plugin in entry_points(group="pytest11"):
        plugin.load()
    waiting = list(jobs.items())
    running: dict[int, tuple[str, float]] = {}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                name, (project, tests) = waiting.pop(0)
                child = os.fork()
                if not child:
                    try:
                        signal.signal(signal.SIGTERM, signal.SIG_DFL)
                        os._exit(run(project, tests, folder / f"{name}.output"))
                    finally:
                        os._exit(70)
                running[child] = name, time.monotonic() + LIMIT_SECONDS
            ended, state = os.waitpid(-1, os.WNOHANG)
            if ended:
                name, _ = running.pop(ended)
                code = folder / f"{name}.code"
                code.with_suffix(".part").write_text(str(os.waitstatus_to_exitcode(state)))
                code.with_suffix(".part").rename(code)
                continue
            for child, (_, deadline) in running.items():
                if time.monotonic() > deadline:
                    os.kill(child, signal.SIGKILL)
            time.sleep(0.01)
    finally:
        for child in running:
            os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.load(sys.stdin))
