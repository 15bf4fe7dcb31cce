"""Compare a scan with its peers on real packages: time, CPU, memory and findings, cold and warm, in alternation.

    python benchmarks/compare.py [--runs 3] [--sizes 1,2,4] [--trees litellm,...] [--parts scan,edit,slow,flake8]

Fetches the packages and the peers from PyPI into the folder of `--work` (once), runs everything by turns on the same
trees, and writes a table in Markdown to standard output and to `--output`. Wall clock and CPU are of a command with all
its processes; memory is their proportional set size together (Linux), sampled in runs of their own. Peers too slow for
a whole tree run on a part of it, as does ours beside them, and are marked so.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

TREES = {"litellm": "litellm==1.109.1", "prefect": "prefect==3.9.1", "mlflow": "mlflow==3.18.0"}
"""What is scanned, by name: a pinned requirement whose wheel is unpacked."""

PEERS = {
    "ruff": ("ruff",),
    "ast-grep": ("ast-grep-cli",),
    "semgrep": ("semgrep",),
    "flake8-async": ("flake8", "flake8-async"),
    "fixit": ("fixit",),
}
"""What is installed for each peer, in an environment of its own."""

OVER_PROJECT = ("EXL102", "EXL107", "EXL108")
"""The rules that look beyond a file."""

SLOW_BYTES = 600_000
"""How much of a tree the slow peers are given."""

AST_GREP_RULES = """\
id: hand-made-loop
language: python
rule: {pattern: asyncio.new_event_loop()}
---
id: bare-route-return
language: python
rule:
  pattern: return {$$$}
  inside:
    kind: decorated_definition
    stopBy: end
    has: {kind: decorator, regex: '\\.(get|post|put|delete|patch|route)\\('}
---
id: raw-status
language: python
rule:
  any:
    - pattern: $OBJECT.status == $VALUE
    - pattern: $OBJECT.status = $VALUE
  has: {kind: string, stopBy: end}
"""

SEMGREP_RULES = """\
rules:
  - {id: loop, languages: [python], severity: ERROR, message: loop, pattern: asyncio.new_event_loop()}
  - id: route
    languages: [python]
    severity: ERROR
    message: route
    patterns:
      - pattern-inside: "@$APP.$METHOD(...)\\ndef $F(...): ..."
      - pattern: "return {...}"
  - id: status
    languages: [python]
    severity: ERROR
    message: status
    pattern-either:
      - pattern: $X.status == "..."
      - pattern: $X.status = "..."
"""


class Command(NamedTuple):
    """One thing to measure."""

    name: str
    arguments: list[str]
    before: Callable[[], None] | None = None
    """What is done each time before it, unmeasured."""
    findings_in: Callable[[str], int] | None = None
    """The number of findings in its output."""


class Sample(NamedTuple):
    """One run: seconds of wall clock and of CPU, exit code, findings."""

    wall: float
    cpu: float
    code: int
    findings: int | None


class Row(NamedTuple):
    """One command in the table."""

    name: str
    samples: list[Sample]
    memory: float | None
    """MB, all processes together."""


def run(command: Command, folder: Path) -> Sample:
    """Run a command once; CPU is that of the process and of all that it waited for."""
    if command.before is not None:
        command.before()
    with open(os.devnull, "rb") as nothing, open(folder / ".compare-output", "w+b") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command.arguments, cwd=folder, stdin=nothing, stdout=output, stderr=nothing)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    return Sample(
        wall,
        usage.ru_utime + usage.ru_stime,
        process.returncode,
        command.findings_in(text) if command.findings_in else None,
    )


def peak(command: Command, folder: Path) -> float | None:
    """The largest memory in MB that the command's processes had together; None where that cannot be told."""
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    if command.before is not None:
        command.before()
    process = subprocess.Popen(
        command.arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    largest = 0
    waiter = threading.Thread(target=process.wait)
    waiter.start()
    while waiter.is_alive():
        largest = max(largest, sum(map(proportional_size, descendants(process.pid))))
        time.sleep(0.005)
    waiter.join()
    return largest / 1024


def descendants(pid: int) -> Iterator[int]:
    """A process and all below it."""
    waiting = [pid]
    while waiting:
        pid = waiting.pop()
        yield pid
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except OSError:
                continue


def proportional_size(pid: int) -> int:
    """The KB of memory of a process, each shared page divided among those that share it."""
    try:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def measured(commands: list[Command], folder: Path, runs: int) -> list[Row]:
    """Every command as often as asked, by turns."""
    samples: list[list[Sample]] = [[] for _ in commands]
    for turn in range(runs):
        for number, command in enumerate(commands):
            say(f"  {folder.name}: {command.name} ({turn + 1} of {runs})")
            samples[number].append(run(command, folder))
    return [Row(command.name, taken, peak(command, folder)) for command, taken in zip(commands, samples, strict=True)]


# What is fetched


def fetched_tree(name: str, work: Path, wheels: Path | None) -> Path:
    """The unpacked wheel of a tree."""
    folder = work / "trees" / name
    if folder.is_dir():
        return folder
    requirement = TREES[name]
    found = sorted(wheels.glob(requirement.replace("==", "-") + "-*.whl")) if wheels is not None else []
    if not found:
        target = work / "wheels"
        download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*download, "-d", str(target), requirement], check=True)
        found = sorted(target.glob(requirement.replace("==", "-") + "-*.whl"))
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.unpack_archive(str(found[0]), str(partial), "zip")
    partial.rename(folder)
    return folder


def grown(tree: Path, size: int) -> Path:
    """A tree with the first one `size` times, each copy under a name of its own."""
    if size == 1:
        return tree
    folder = tree.with_name(f"{tree.name}-x{size}")
    if not folder.is_dir():
        partial = folder.with_name(folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        for number in range(size):
            shutil.copytree(tree, partial / f"copy{number}", ignore=shutil.ignore_patterns(".*"))
        partial.rename(folder)
    return folder


def part_of(tree: Path) -> Path:
    """A tree with the first files of another one, up to `SLOW_BYTES`."""
    folder = tree.with_name(f"{tree.name}-part")
    if not folder.is_dir():
        partial = folder.with_name(folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        left = SLOW_BYTES
        for path in sorted(tree.rglob("*.py")):
            left -= path.stat().st_size
            if left < 0:
                break
            target = partial / path.relative_to(tree)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        partial.rename(folder)
    return folder


def installed(peer: str, work: Path) -> Path | None:
    """The folder of a peer's programs; None, with a word on standard error, where it cannot be installed."""
    folder = work / "peers" / peer
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    if not (folder / "complete").exists():
        say(f"installing {peer}")
        venv.create(folder, with_pip=True, clear=True)
        done = subprocess.run([str(programs / "python"), "-m", "pip", "install", "-q", *PEERS[peer]], check=False)
        if done.returncode:
            say(f"{peer} cannot be installed and is left out")
            return None
        (folder / "complete").touch()
    return programs


def version(peer: str, programs: Path) -> str:
    """What is installed for a peer, with versions."""
    shown = subprocess.run(
        [str(programs / "python"), "-m", "pip", "list", "--format", "json"], capture_output=True, text=True, check=True
    )
    known = {item["name"].lower(): item["version"] for item in json.loads(shown.stdout)}
    return ", ".join(f"{name} {known.get(name, '?')}" for name in PEERS[peer])


# What is run

OURS = [sys.executable, "-m", "execution_lint", "scan", ".", "--exit-zero", "--output-format", "concise"]


def lines(text: str) -> int:
    return len(text.splitlines())


def ours(tree: Path) -> list[Command]:
    """Our scan: cold with all rules and with those that look at one file, and warm."""
    known = [
        code
        for code in OVER_PROJECT
        if not subprocess.run(
            [sys.executable, "-m", "execution_lint", "rule", code], capture_output=True, check=False
        ).returncode
    ]
    local = [*OURS, "--no-cache", *(["--ignore", ",".join(known)] if known else [])]
    warm = Command("execution-lint, warm", OURS, None, lines)
    run(warm, tree)
    return [
        Command("execution-lint, cold", [*OURS, "--no-cache"], None, lines),
        Command("execution-lint, cold, rules of one file", local, None, lines),
        warm,
    ]


def quick_peers(work: Path, rules: Path, tree: Path) -> Iterator[Command]:
    programs = installed("ruff", work)
    if programs is not None:
        ruff = [str(programs / "ruff"), "check", "--isolated", "-q", "--output-format", "concise", "--exit-zero"]
        ruff += ["--select", "ASYNC,RUF006,FAST", "."]
        yield Command("ruff, cold", [*ruff, "--no-cache"], None, lines)
        cached = [*ruff, "--cache-dir", str(work / "ruff-cache")]
        run(Command("", cached), tree)
        yield Command("ruff, warm", cached, None, lines)
    programs = installed("ast-grep", work)
    if programs is not None:
        yield Command(
            "ast-grep", [str(programs / "ast-grep"), "scan", "--rule", str(rules), "--json=stream", "."], None, lines
        )


def slow_peers(work: Path, rules: Path) -> Iterator[Command]:
    programs = installed("semgrep", work)
    if programs is not None:
        arguments = [str(programs / "semgrep"), "scan", "--metrics=off", "--disable-version-check", "--quiet"]
        yield Command(
            "semgrep",
            [*arguments, "--no-git-ignore", "--json", "--config", str(rules), "."],
            None,
            lambda text: len(json.loads(text or "{}").get("results", ())),
        )
    programs = installed("flake8-async", work)
    if programs is not None:
        arguments = [str(programs / "flake8"), "--isolated", "--exit-zero", "--select", "ASYNC", "."]
        yield Command("flake8-async", arguments, None, lines)
    programs = installed("fixit", work)
    if programs is not None:
        yield Command("Fixit, one rule", [str(programs / "fixit"), "lint", "."], None, None)


def edits(tree: Path) -> Iterator[Command]:
    """Our scan after one file has changed: one that no rule asks about, one with a finding; and as a hook runs it."""
    found = subprocess.run(OURS, cwd=tree, capture_output=True, text=True, check=False).stdout
    with_finding = {line.split(":", 1)[0] for line in found.splitlines()}
    all_files = sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*.py"))
    asked = re.compile(rb"status|state|loop|route|app|async|return \{|Enum")
    silent = next(
        (path for path in all_files if path not in with_finding and not asked.search((tree / path).read_bytes())),
        all_files[0],
    )
    for name, path in (("without a subject", silent), ("with a finding", min(with_finding, default=all_files[0]))):
        original = (tree / path).read_bytes()
        turn = iter(range(1_000_000))

        def change(path: str = path, original: bytes = original, turn: Iterator[int] = turn) -> None:
            subprocess.run(OURS, cwd=tree, capture_output=True, check=False)
            (tree / path).write_bytes(original + f"\n# change {next(turn)} of {time.time_ns()}\n".encode())

        yield Command(f"execution-lint, one file changed ({name})", OURS, change, lines)
        hook = [*OURS[:4], "--force-exclude", path, *OURS[5:]]
        yield Command(f"execution-lint, one file staged ({name})", hook, change, lines)


def flake8(work: Path) -> Iterator[Command]:
    """flake8 without and with our plugin, which is installed beside it."""
    programs = installed("flake8-async", work)
    if programs is None:
        return
    check = [sys.executable, "-m", "flake8", "--isolated", "--exit-zero", "-q"]
    if subprocess.run([*check, "--version"], capture_output=True, check=False).returncode:
        say("flake8 is not installed beside execution-lint and is left out")
        return
    yield Command("flake8 without our plugin", [*check, "--extend-ignore", "EXL", "."])
    yield Command("flake8 with our plugin", [*check, "."])


# The table


def table(rows: Iterable[Row], base: str) -> Iterator[str]:
    """Rows of Markdown; the ratios are of the medians of the wall clock and the CPU to those of `base`."""
    rows = list(rows)
    first = next((row for row in rows if row.name == base), rows[0])
    wall_of_first, cpu_of_first = (
        statistics.median(values) for values in zip(*((s.wall, s.cpu) for s in first.samples), strict=True)
    )
    yield "| what | wall s: median (min to max) | CPU s: the same | memory MB | findings | wall, CPU to ours |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        walls, cpus = zip(*((sample.wall, sample.cpu) for sample in row.samples), strict=True)
        findings = row.samples[-1].findings
        memory = f"{row.memory:.0f}" if row.memory is not None else ""
        failed = {sample.code for sample in row.samples} - {0, 1}
        name = row.name + (f" (exit {', '.join(map(str, sorted(failed)))})" if failed else "")
        ratio = f"{statistics.median(walls) / wall_of_first:.2f}, {statistics.median(cpus) / cpu_of_first:.2f}"
        counted = "" if findings is None else str(findings)
        yield f"| {name} | {spread(walls)} | {spread(cpus)} | {memory} | {counted} | {ratio} |"


def spread(values: tuple[float, ...]) -> str:
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def describe(tree: Path) -> str:
    sizes = [path.stat().st_size for path in tree.rglob("*.py")]
    return f"{len(sizes):,} files, {sum(sizes) / 1e6:.1f} MB"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def report(options: argparse.Namespace) -> Iterator[str]:
    work: Path = options.work
    (work / "trees").mkdir(parents=True, exist_ok=True)
    rules, semgrep_rules = work / "ast-grep.yml", work / "semgrep.yml"
    rules.write_text(AST_GREP_RULES)
    semgrep_rules.write_text(SEMGREP_RULES)
    parts = options.parts.split(",")
    yield f"`python benchmarks/compare.py {' '.join(sys.argv[1:])}`"
    yield ""
    yield (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
        f"load {os.getloadavg()[0]:.1f} at the start; {options.runs} runs by turns."
    )
    for name in options.trees.split(","):
        tree = fetched_tree(name, work, options.wheels)
        for size in map(int, options.sizes.split(",")):
            grown_tree = grown(tree, size)
            yield ""
            yield f"### {TREES[name]}, x{size}: {describe(grown_tree)}"
            yield ""
            if "scan" in parts:
                commands = [*ours(grown_tree), *quick_peers(work, rules, grown_tree)]
                yield from table(measured(commands, grown_tree, options.runs), "execution-lint, cold")
                yield ""
            if "edit" in parts and size == 1:
                shutil.rmtree(work / "edited", ignore_errors=True)
                edited = Path(shutil.copytree(tree, work / "edited"))
                yield from table(measured(list(edits(edited)), edited, options.runs), "")
                yield ""
        if "slow" in parts:
            part = part_of(tree)
            yield f"### A part of {TREES[name]} for the slow ones: {describe(part)}"
            yield ""
            commands = [ours(part)[0], *slow_peers(work, semgrep_rules)]
            yield from table(measured(commands, part, min(options.runs, 3)), "execution-lint, cold")
            yield ""
        if "flake8" in parts and name == options.trees.split(",")[0]:
            yield f"### flake8 on {TREES[name]}, once"
            yield ""
            yield from table(measured(list(flake8(work)), tree, 1), "")
            yield ""
    yield "Versions: " + "; ".join(
        version(peer, programs) for peer in PEERS if (programs := work / "peers" / peer / "bin").is_dir()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sizes", default="1,2,4", help="how many times the tree, comma separated")
    parser.add_argument("--trees", default=",".join(TREES))
    parser.add_argument("--parts", default="scan,edit,slow,flake8")
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "execution-lint-compare")
    parser.add_argument("--wheels", type=Path, help="a folder with wheels that need not be fetched")
    parser.add_argument("--output", type=Path, help="write the table to this file too")
    options = parser.parse_args()
    options.work = options.work.resolve()
    written = []
    for line in report(options):
        print(line, flush=True)
        written.append(line)
    if options.output is not None:
        options.output.write_text("\n".join(written) + "\n")


if __name__ == "__main__":
    main()
