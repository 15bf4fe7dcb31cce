"""Runs commands by turns, and measures time, CPU and memory of each with all its processes."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Command(NamedTuple):
    """One thing to measure."""

    name: str
    arguments: list[str]
    before: Callable[[], None] | None = None
    """What is done each time before it, unmeasured."""
    findings_in: Callable[[str], int] | None = None
    """The number of findings in its output."""
    lacking: str = ""
    """Why it cannot be run."""


class Sample(NamedTuple):
    """One run: seconds of wall clock and of CPU, exit code (None: it was not waited for), findings."""

    wall: float
    cpu: float
    code: int | None
    findings: int | None


class Row(NamedTuple):
    """One command in the table."""

    name: str
    samples: list[Sample]
    memory: float | None
    """MB, all processes together."""
    lacking: str = ""


def surroundings() -> dict[str, str]:
    """The environment that commands run in: as a user has it, with compiled modules kept on the disk."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


class Bench:
    """Runs commands, in a folder of its own for what they write."""

    def __init__(self, work: Path, patience: float) -> None:
        self.work = work
        self.patience = patience

    def run(self, command: Command, folder: Path) -> Sample:
        """Run a command once; CPU is that of the process and of all that it waited for."""
        if command.before is not None:
            command.before()
        is_late = threading.Event()
        with open(os.devnull, "r+b") as nothing, open(self.work / "output", "w+b") as output:
            begun = time.perf_counter()
            process = subprocess.Popen(
                command.arguments,
                cwd=folder,
                env=surroundings(),
                stdin=nothing,
                stdout=output,
                stderr=nothing,
                start_new_session=True,
            )
            alarm = threading.Timer(self.patience, _end, (process.pid, is_late))
            alarm.start()
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - begun
            alarm.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            text = output.read().decode("utf-8", "replace")
        findings = None
        if command.findings_in is not None:
            with suppress(ValueError):
                findings = command.findings_in(text)
        code = None if is_late.is_set() else process.returncode
        return Sample(wall, usage.ru_utime + usage.ru_stime, code, findings)

    def peak(self, command: Command, folder: Path) -> float | None:
        """The largest memory in MB that the command's processes had together; None where that cannot be told."""
        if not Path("/proc/self/smaps_rollup").exists():
            return None
        if command.before is not None:
            command.before()
        process = subprocess.Popen(
            command.arguments,
            cwd=folder,
            env=surroundings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        largest = 0
        waiter = threading.Thread(target=process.wait)
        waiter.start()
        while waiter.is_alive():
            largest = max(largest, sum(map(proportional_size, descendants(process.pid))))
            time.sleep(0.005)
        waiter.join()
        return largest / 1024

    def measured(self, commands: list[Command], folder: Path, runs: int) -> list[Row]:
        """Every command as often as asked, by turns."""
        samples: list[list[Sample]] = [[] for _ in commands]
        for turn in range(runs):
            for number, command in enumerate(commands):
                is_given_up = bool(samples[number]) and samples[number][-1].code is None
                if command.lacking or is_given_up:
                    continue
                say(f"  {folder.name}: {command.name} ({turn + 1} of {runs})")
                samples[number].append(self.run(command, folder))
        rows = []
        for command, taken in zip(commands, samples, strict=True):
            is_whole = bool(taken) and taken[-1].code is not None
            rows.append(Row(command.name, taken, self.peak(command, folder) if is_whole else None, command.lacking))
        return rows


def _end(pid: int, is_late: threading.Event) -> None:
    """End a command that takes too long, with all its processes."""
    is_late.set()
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def descendants(pid: int) -> Iterator[int]:
    """A process and all below it; what ends meanwhile has none."""
    waiting = [pid]
    while waiting:
        pid = waiting.pop()
        yield pid
        with suppress(OSError):
            for task in os.listdir(f"/proc/{pid}/task"):
                waiting += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())


def proportional_size(pid: int) -> int:
    """The KB of memory of a process, each shared page divided among those that share it."""
    try:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
