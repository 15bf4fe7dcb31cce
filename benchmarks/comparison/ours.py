"""What we run: cold, warm, after an edit, as a hook does, and as nothing but a start."""

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from comparison.measuring import Bench, Command, surroundings
from comparison.peers import OURS, is_installed, lines, programs_of

OVER_PROJECT = ("EXL102", "EXL107", "EXL108")
"""The rules that look beyond a file."""

CONCISE = ["--exit-zero", "-q", "--output-format", "concise"]


class NotInstalled(Exception):
    """There is nothing to compare."""


def program(work: Path) -> str:
    """Our command, installed as for a user: nothing beside it but what it needs."""
    if not is_installed(OURS, work):
        raise NotInstalled(f"{OURS} cannot be installed in {programs_of(OURS, work)}: see what pip says above")
    return str(programs_of(OURS, work) / OURS)


def scan(work: Path) -> list[str]:
    """Our scan of the folder that it runs in."""
    return [program(work), "scan", ".", *CONCISE]


def cold(bench: Bench) -> list[Command]:
    """Our scan without a cache: all rules, and those that look at one file."""
    every = [*scan(bench.work), "--no-cache"]
    local = [*every, "--ignore", ",".join(OVER_PROJECT)]
    return [
        Command("execution-lint, cold", every, None, lines),
        Command("execution-lint, cold, rules of one file", local, None, lines),
    ]


def warm(bench: Bench, tree: Path) -> Command:
    """Our scan once more, nothing having changed."""
    command = Command("execution-lint, warm", scan(bench.work), None, lines)
    for _ in range(2):
        # The first run after a tree was copied knows its files by their contents, and the second still reads them.
        bench.run(command, tree)
    return command


def edits(bench: Bench, tree: Path, parts: list[str]) -> Iterator[Command]:
    """Our scan after one file has changed, and as a hook runs it: a file that no rule asks about ("edit"), and one with
    a finding ("finding"), before each of which all must be found out anew."""
    whole = scan(bench.work)
    found = subprocess.run(whole, cwd=tree, capture_output=True, text=True, check=False, env=surroundings()).stdout
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
            subprocess.run(whole, cwd=tree, capture_output=True, check=False, env=surroundings())
            (tree / path).write_bytes(original + f"\n# change {next(turn)} of {time.time_ns()}\n".encode())

        yield Command(f"execution-lint, one file changed ({name})", whole, change, lines)
        hook = [program(bench.work), "scan", *CONCISE, "--force-exclude", path]
        yield Command(f"execution-lint, one file changed and staged ({name})", hook, change, lines)


def starts(bench: Bench) -> list[Command]:
    """What a process costs that does nothing."""
    ours = program(bench.work)
    return [
        Command("python -c pass", [str(Path(ours).with_name("python")), "-c", "pass"]),
        Command("execution-lint --version", [ours, "--version"]),
    ]
