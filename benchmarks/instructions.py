"""
How many instructions a scan takes, beside an earlier state of this repository: what a noisy machine cannot blur.

    python benchmarks/instructions.py [--against REVISION] [--most 1.05] [TREE ...]

Counts with valgrind's cachegrind, in one process, with one seed for hashes: two counts of one state differ by less
than two hundredths. Each TREE (the reference service where none is named) is scanned cold, unchanged, and after a
comment was added to its first module. Prints a table in Markdown; the exit code is 1 where a ratio to the earlier state
is above `--most`.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCAN = ["-m", "execution_lint", "scan", ".", "--exit-zero", "-q", "--jobs", "1"]


class Machine:
    """Runs scans by one state of this repository."""

    def __init__(self, code: Path, work: Path) -> None:
        self._work = work
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self._environment = {
            **inherited,
            "PYTHONPATH": str(code),
            "PYTHONHASHSEED": "0",
            "PYTHONPYCACHEPREFIX": str(work / "bytecode"),
        }

    def scan(self, tree: Path, *options: str) -> None:
        """Scan once, uncounted."""
        subprocess.run(
            [sys.executable, *SCAN, *options], cwd=tree, env=self._environment, check=True, stdout=subprocess.DEVNULL
        )

    def count(self, tree: Path, *options: str) -> int:
        """The instructions of a scan."""
        log = self._work / "log"
        counting = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--log-file={log}"]
        counting.append(f"--cachegrind-out-file={self._work / 'counts'}")
        subprocess.run(
            [*counting, sys.executable, *SCAN, *options],
            cwd=tree,
            env=self._environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        found = re.search(r"I +refs: +([\d,]+)", log.read_text())
        if found is None:
            raise SystemExit(f"valgrind counted nothing:\n{log.read_text()}")
        return int(found[1].replace(",", ""))


def counts(machine: Machine, tree: Path, work: Path) -> Iterator[tuple[str, int]]:
    """The instructions by what has changed since the run before."""
    copy = work / "tree" / tree.name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(tree, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    machine.scan(copy, "--no-cache")
    yield "cold", machine.count(copy, "--no-cache")
    old = 1_600_000_000
    for path in copy.rglob("*"):
        # What has just been written is known by its content for a while: not what is counted here.
        os.utime(path, (old, old))
    machine.scan(copy)
    machine.scan(copy)
    yield "unchanged", machine.count(copy)
    first = min(copy.rglob("*.py"))
    first.write_bytes(first.read_bytes() + b"\n# changed\n")
    yield "one file changed", machine.count(copy)


@contextmanager
def state(revision: str, work: Path) -> Iterator[Path]:
    """A checkout of a revision."""
    folder = work / "state"
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "-q", "--detach", str(folder), revision], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.strip().split("\n\n", 1)[0])
    parser.add_argument("trees", nargs="*", type=Path, metavar="TREE", default=[ROOT / "runtime"])
    parser.add_argument("--against", default="HEAD", metavar="REVISION", help="what the working tree is compared with")
    parser.add_argument("--most", type=float, default=1.05, help="the highest ratio that passes")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        parser.error("valgrind is needed to count, and is not installed")
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder, state(options.against, Path(folder)) as before:
        work = Path(folder)
        machines = []
        for name, code in (("now", ROOT), ("before", before)):
            (work / name).mkdir()
            machines.append(Machine(code, work / name))
        print(f"| tree | what has changed | million instructions at {options.against} | now | ratio |")
        print("|---|---|---|---|---|")
        for tree in options.trees:
            both = zip(*(counts(machine, tree.resolve(), work) for machine in machines), strict=True)
            for (what, now), (_, then) in both:
                worst = max(worst, now / then)
                print(f"| {tree.name} | {what} | {then / 1e6:.0f} | {now / 1e6:.0f} | {now / then:.3f} |", flush=True)
    return int(worst > options.most)


if __name__ == "__main__":
    sys.exit(main())
