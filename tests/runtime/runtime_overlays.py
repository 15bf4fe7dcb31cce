"""
The mutants and neutral variants of the runtime: their tables, their changes, and what a changed copy does.

    python tests/runtime/runtime_overlays.py mutants loop_in_facade FOLDER

puts the mutant's `runtime/` into a folder, to be read, run or scanned.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent.parent
PROJECTS = ROOT / "fixtures" / "projects"
FOLDERS = {"mutants": PROJECTS / "runtime_mutants", "variants": PROJECTS / "runtime_variants"}
MARK = re.compile(r"# expect: (EXL\d{3})\b")


@dataclass(frozen=True)
class Overlay:
    """A change of the runtime, with what its table says of it."""

    name: str
    folder: Path
    table: dict[str, Any]

    @property
    def patch(self) -> Path:
        """The change, as a unified diff."""
        return self.folder / "change.patch"

    def apply(self, target: Path) -> Path:
        """Copy the runtime into `target` and change it there. CalledProcessError if the change does not fit."""
        ignored = shutil.ignore_patterns("__pycache__", "*.sqlite3*", ".*cache")
        shutil.copytree(ROOT / "runtime", target / "runtime", ignore=ignored)
        # Inside another repository git would take the paths for that repository's.
        environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(target.parent)}
        command = ["git", "apply", "--whitespace=nowarn", str(self.patch)]
        subprocess.run(command, cwd=target, env=environment, check=True, capture_output=True, text=True)
        return target


@dataclass(frozen=True, order=True)
class Report:
    """A finding, or the place where one is expected: its file relative to the project."""

    file: str
    line: int
    code: str


def overlays(kind: str) -> list[Overlay]:
    """The mutants or variants, in the order of their table."""
    folder = FOLDERS[kind]
    table = tomllib.loads((folder / f"{kind}.toml").read_text("utf-8"))
    return [Overlay(entry["name"], folder / entry["name"], entry) for entry in table[kind.removesuffix("s")]]


def smoke_tests() -> list[str]:
    """The tests that every variant passes, whatever it changes."""
    tests: list[str] = tomllib.loads((FOLDERS["variants"] / "variants.toml").read_text("utf-8"))["smoke"]
    return tests


def marks(project: Path) -> set[Report]:
    """Every `# expect: CODE` below a folder."""
    files = [path for path in sorted((project / "runtime").rglob("*")) if path.suffix in {".py", ".toml"}]
    return {
        Report(path.relative_to(project).as_posix(), number, code)
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for code in MARK.findall(line)
    }


def findings(projects: dict[str, Path]) -> dict[str, set[Report]]:
    """
    What the linter reports on changed runtimes by name, each a project of its own under its own contract.

    AssertionError if one could not be checked.
    """
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "execution_lint", "scan", "--output-format", "json", "--no-cache"),
            *(str(project / "runtime") for project in projects.values()),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode in (0, 1), ran.stderr
    assert ran.stdout, ran.stderr
    reported: dict[str, set[Report]] = {name: set() for name in projects}
    for found in json.loads(ran.stdout):
        path = Path(found["filename"])
        name = next(name for name, project in projects.items() if path.is_relative_to(project.resolve()))
        file = path.relative_to(projects[name].resolve()).as_posix()
        reported[name].add(Report(file, found["location"]["row"], found["code"]))
    return reported


class Behaviours:
    """
    The behaviour tests of many changed runtimes, run ahead of whoever asks for their outcome.

    A process that has imported everything but the runtime forks one child a job, so that each starts at once.
    `environment` is set for the tests.
    """

    def __init__(self, jobs: dict[str, tuple[Path, list[str]]], folder: Path, **environment: str) -> None:
        self._folder = folder
        request = json.dumps({name: [str(project), tests] for name, (project, tests) in jobs.items()})
        command = [sys.executable, str(Path(__file__).with_name("runtime_forks.py")), str(folder)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.PIPE, text=True
        )
        assert self._process.stdin is not None
        self._process.stdin.write(request)
        self._process.stdin.close()

    def outcome(self, name: str) -> tuple[int, str]:
        """The exit code of pytest and what it printed."""
        code = self._folder / f"{name}.code"
        while not code.exists():
            if self._process.poll() not in (None, 0):
                raise AssertionError(f"the behaviour tests ended with {self._process.returncode}")
            time.sleep(0.02)
        return int(code.read_text()), (self._folder / f"{name}.output").read_text("utf-8", "replace")

    def close(self) -> None:
        """End what still runs."""
        self._process.terminate()
        self._process.wait(30)


def changed_lines(patch: Path) -> Iterator[str]:
    """The lines that a diff takes away or adds, without its headers."""
    for line in patch.read_text("utf-8").splitlines():
        if line.startswith(("+", "-")) and not line.startswith(("+++", "---")):
            yield line


if __name__ == "__main__":
    chosen_kind, chosen_name, chosen_folder = sys.argv[1:]
    (chosen,) = (overlay for overlay in overlays(chosen_kind) if overlay.name == chosen_name)
    print(chosen.apply(Path(chosen_folder).resolve()))
