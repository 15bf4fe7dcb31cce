"""The real command in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

LOOP = """\
import asyncio


async def work():
    return 1


def analyze():
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work())
    finally:
        loop.close()
"""
"""A module with one finding: EXL101 at 9:12."""


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def codes(self) -> list[str]:
        """The codes of what is reported in the concise format, in its order."""
        return [line.split()[1] for line in self.out.splitlines()]

    @property
    def notes(self) -> list[str]:
        """What is said on standard error about what could not be done."""
        return [line for line in self.err.splitlines() if line.startswith(("note: ", "error: "))]


def lint(*arguments: str, site: str = "") -> Ran:
    """Run `execution-lint ARGUMENTS` in the working directory. `site` is code that runs when the process starts."""
    paths = [str(ROOT)]
    if site:
        folder = Path(".site").resolve()
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(site)
        paths.insert(0, str(folder))
    ran = subprocess.run(
        [sys.executable, "-m", "execution_lint", *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        timeout=300,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def scan(*arguments: str, site: str = "") -> Ran:
    """Run `execution-lint scan` with a line a finding."""
    return lint("scan", "--output-format", "concise", *arguments, site=site)
