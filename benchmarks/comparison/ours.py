"""What we run: cold, warm, after an edit, as a hook does, and as nothing but a start."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from comparison.measuring import Bench, Command, surroundings
from comparison.peers import lines

OVER_PROJECT = ("EXL102", "EXL107", "EXL108")
"""The rules that look beyond a file."""

PROGRAM = Path(sys.executable).with_name("execution-lint")
COMMAND = [str(PROGRAM)] if PROGRAM.exists() else [sys.executable, "-m", "execution_lint"]
CONCISE = ["--exit-zero", "-q", "--output-format", "concise"]
OURS = [*COMMAND, "scan", ".", *CONCISE]


def cold() -> list[Command]:
    """Our scan without a cache: all rules, and those that look at one file."""
    local = [*OURS, "--no-cache", "--ignore", ",".join(OVER_PROJECT)]
    return [
        Command("execution-lint, cold", [*OURS, "--no-cache"], None, lines),
        Command("execution-lint, cold, rules of one file", local, None, lines),
    ]


def warm(bench: Bench, tree: Path) -> Command:
    """Our scan once more, nothing having changed."""
    command = Command("execution-lint, warm", OURS, None, lines)
    for _ in range(2):
        # The first run after a tree was copied knows its files by their contents, and the second still reads them.
        bench.run(command, tree)
    return command


def edits(tree: Path, parts: list[str]) -> Iterator[Command]:
    """Our scan after one file has changed, and as a hook runs it: a file that no rule asks about ("edit"), and one with
    a finding ("finding"), before each of which all must be found out anew."""
    found = subprocess.run(OURS, cwd=tree, capture_output=True, text=True, check=False, env=surroundings()).stdout
    with_finding = {line.split(":", 1)[0] for line in found.splitlines()}
    all_files = sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*.py"))
    asked = re.compile(rb"status|state|loop|route|app|async|return \{|Enum")
    silent = next(
        (path for path in all_files if path not in with_finding and not asked.search((tree / path).read_bytes())),
        all_files[0],
    )
    for part, name, path in (
        ("edit", "without a subject", silent),
        ("finding", "with a finding", min(with_finding, default=all_files[0])),
    ):
        if part not in parts:
            continue
        original = (tree / path).read_bytes()
        turn = iter(range(1_000_000))

        def change(path: str = path, original: bytes = original, turn: Iterator[int] = turn) -> None:
            subprocess.run(OURS, cwd=tree, capture_output=True, check=False, env=surroundings())
            (tree / path).write_bytes(original + f"\n# change {next(turn)} of {time.time_ns()}\n".encode())

        yield Command(f"execution-lint, one file changed ({name})", OURS, change, lines)
        hook = [*COMMAND, "scan", *CONCISE, "--force-exclude", path]
        yield Command(f"execution-lint, one file changed and staged ({name})", hook, change, lines)


def starts() -> list[Command]:
    """What a process costs that does nothing."""
    return [
        Command("python -c pass", [sys.executable, "-c", "pass"]),
        Command("execution-lint --version", [*COMMAND, "--version"]),
    ]
