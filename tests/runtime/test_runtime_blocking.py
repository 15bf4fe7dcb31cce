"""The blocking façade: one call for a script, and a clear word where it must not be called."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from runtime.blocking import RunningLoop, analyze_blocking
from runtime.problems import ExecutionFailed, InputRefused, PluginUnknown
from runtime.status import JobStatus


def test_a_script_gets_the_finished_execution() -> None:
    execution = analyze_blocking("text_statistics", {"text": "one two"})
    assert (execution.plugin, execution.status) == ("text_statistics", JobStatus.DONE)
    assert execution.result is not None
    assert execution.result["words"] == 2


def test_it_runs_blocking_plugins_too() -> None:
    assert analyze_blocking("wait", {"seconds": 0.1}).result == {"waited_seconds": 0.1}


def test_it_can_be_called_again_and_from_threads() -> None:
    results: list[Any] = []
    threads = [
        threading.Thread(target=lambda: results.append(analyze_blocking("text_statistics", {"text": "x"}).status))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [JobStatus.DONE] * 3


@pytest.mark.parametrize(
    ("plugin", "args", "problem"),
    [("nope", {}, PluginUnknown), ("wait", {"seconds": -1}, InputRefused), ("crashes_as_task", {}, ExecutionFailed)],
)
def test_it_raises_the_problems_of_the_service(plugin: str, args: dict[str, Any], problem: type[Exception]) -> None:
    with pytest.raises(problem):
        analyze_blocking(plugin, args)


def test_a_plugin_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(ExecutionFailed, match=r"longer than 0\.5 seconds"):
        analyze_blocking("wait", {"seconds": 30}, timeout_seconds=0.5)


def test_inside_a_running_loop_it_says_what_to_do_instead() -> None:
    async def wrong() -> None:
        analyze_blocking("text_statistics", {"text": "x"})

    with pytest.raises(RunningLoop, match=r"inside a running event loop.*await analysis\.analyze"):
        asyncio.run(wrong())


def test_a_script_needs_no_main_guard_and_leaks_nothing(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import gc, threading\n"
        "from runtime.blocking import analyze_blocking\n"
        "def call(): print(analyze_blocking('wait', {'seconds': 0}).status.value)\n"
        "call()\n"
        "thread = threading.Thread(target=call)\n"
        "thread.start()\n"
        "thread.join()\n"
        "gc.collect()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "always", str(script)],
        env={"PYTHONPATH": ":".join(sys.path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("done\ndone\n", "")
    assert [path.name for path in tmp_path.iterdir()] == ["script.py"]
