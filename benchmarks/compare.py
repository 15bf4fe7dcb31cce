"""Compare a scan with its peers on real packages: time, CPU, memory and findings, cold and warm, in alternation.

    python benchmarks/compare.py [--runs 3] [--sizes 1,2,4] [--trees litellm,...] [--parts start,scan,edit,...]

Fetches the packages and the peers from PyPI into the folder of `--work` (once), runs everything by turns on the same
trees, and writes a table in Markdown to standard output and to `--output`. Wall clock and CPU are of a command with all
its processes; memory is their proportional set size together (Linux), sampled in a run of its own. Peers too slow for
a whole tree run on a part of it, as does ours beside them, and are marked so; one that cannot be installed, fails, or
takes longer than `--patience` seconds has a row that says so.
"""

import argparse
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]

TREES = {
    "litellm": "litellm==1.109.1",
    "prefect": "prefect==3.9.1",
    "mlflow": "mlflow==3.18.0",
    "networkx": "networkx==3.6.1",
    "dagster": "dagster==1.13.29",
}
"""What is scanned, by name: a pinned requirement whose wheel is unpacked. In networkx there is nothing for our rules;
dagster is no tree that anything was tuned on."""

USUAL_TREES = ("litellm", "prefect", "mlflow")

PEERS = {
    "ruff": ("ruff",),
    "ast-grep": ("ast-grep-cli",),
    "ty-async": ("ty-async",),
    "semgrep": ("semgrep",),
    "flake8-async": ("flake8-async",),
    "fixit": ("fixit",),
    "flake8": ("flake8",),
    "flake8 with our plugin": ("flake8", "execution-lint"),
}
"""What is installed for each peer, in an environment of its own."""

QUICK = ("ruff", "ast-grep", "ty-async")
SLOW = ("semgrep", "flake8-async", "fixit")

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


def programs_of(peer: str, work: Path) -> Path:
    """The folder of a peer's programs, whether it is there or not."""
    return work / "peers" / peer.replace(" ", "-") / ("Scripts" if os.name == "nt" else "bin")


def is_installed(peer: str, work: Path) -> bool:
    """Whether a peer is there, once it was tried to install it."""
    programs = programs_of(peer, work)
    complete = programs.parent / "complete"
    if not complete.exists():
        say(f"installing {peer}")
        venv.create(programs.parent, with_pip=True, clear=True)
        wanted = [str(ROOT) if name == "execution-lint" else name for name in PEERS[peer]]
        install = [str(programs / "python"), "-m", "pip", "install", "-q", *wanted]
        if subprocess.run(install, check=False, env=surroundings()).returncode:
            return False
        complete.touch()
    return True


def version(peer: str, work: Path) -> str:
    """What is installed for a peer, with versions."""
    shown = subprocess.run(
        [str(programs_of(peer, work) / "python"), "-m", "pip", "list", "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    known = {item["name"].lower(): item["version"] for item in json.loads(shown.stdout)}
    return ", ".join(f"{name} {known.get(name, '?')}" for name in PEERS[peer] if name != "execution-lint")


# What is run

PROGRAM = Path(sys.executable).with_name("execution-lint")
COMMAND = [str(PROGRAM)] if PROGRAM.exists() else [sys.executable, "-m", "execution_lint"]
CONCISE = ["--exit-zero", "-q", "--output-format", "concise"]
OURS = [*COMMAND, "scan", ".", *CONCISE]


def lines(text: str) -> int:
    return len(text.splitlines())


def results(text: str) -> int:
    return len(json.loads(text)["results"])


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
    bench.run(command, tree)
    return command


def peers(names: Iterable[str], bench: Bench, tree: Path) -> Iterator[Command]:
    """What the peers run; one that cannot be installed is a command that says so."""
    for name in names:
        if not is_installed(name, bench.work):
            yield Command(name, [], lacking="cannot be installed")
            continue
        yield from PEER_COMMANDS[name](bench, tree)


def _ruff(bench: Bench, tree: Path) -> Iterator[Command]:
    ruff = [str(programs_of("ruff", bench.work) / "ruff"), "check", "--isolated", "-q", "--output-format", "concise"]
    ruff += ["--exit-zero", "--select", "ASYNC,RUF006,FAST", "."]
    yield Command("ruff, cold", [*ruff, "--no-cache"], None, lines)
    cached = Command("ruff, warm", [*ruff, "--cache-dir", str(bench.work / "ruff-cache")], None, lines)
    bench.run(cached, tree)
    yield cached


def _ast_grep(bench: Bench, tree: Path) -> Iterator[Command]:
    del tree
    rules = bench.work / "ast-grep.yml"
    rules.write_text(AST_GREP_RULES)
    program = str(programs_of("ast-grep", bench.work) / "ast-grep")
    yield Command("ast-grep, 3 patterns", [program, "scan", "--rule", str(rules), "--json=stream", "."], None, lines)


def _ty_async(bench: Bench, tree: Path) -> Iterator[Command]:
    del tree
    yield Command("ty-async", [str(programs_of("ty-async", bench.work) / "ty-async"), *TY_ASYNC], None, lines)


def _semgrep(bench: Bench, tree: Path) -> Iterator[Command]:
    del tree
    rules = bench.work / "semgrep.yml"
    rules.write_text(SEMGREP_RULES)
    arguments = [str(programs_of("semgrep", bench.work) / "semgrep"), "scan", "--metrics=off", "--quiet"]
    arguments += ["--disable-version-check", "--no-git-ignore", "--json", "--config", str(rules), "."]
    yield Command("semgrep, 3 rules", arguments, None, results)


def _flake8_async(bench: Bench, tree: Path) -> Iterator[Command]:
    program = str(programs_of("flake8-async", bench.work) / "flake8-async")
    yield Command("flake8-async, alone", [program, *sorted(map(str, tree.rglob("*.py")))], None, lines)


def _fixit(bench: Bench, tree: Path) -> Iterator[Command]:
    del tree
    program = str(programs_of("fixit", bench.work) / "fixit")
    yield Command("Fixit, one rule", [program, "--rules", FIXIT_RULE, "lint", "."], None, lines)


FIXIT_RULE = "fixit.rules:UseAsyncSleepInAsyncDef"
TY_ASYNC = ["--async200-stdlib", "--async200-transitive", "."]

PEER_COMMANDS: dict[str, Callable[[Bench, Path], Iterator[Command]]] = {
    "ruff": _ruff,
    "ast-grep": _ast_grep,
    "ty-async": _ty_async,
    "semgrep": _semgrep,
    "flake8-async": _flake8_async,
    "fixit": _fixit,
}


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


def flake8(bench: Bench) -> Iterator[Command]:
    """flake8 without and with our plugin, which has an environment of its own."""
    for name, rows in (
        ("flake8", (("flake8 without our plugin", []),)),
        (
            "flake8 with our plugin",
            (("flake8 with our plugin, cold", ["--execution-lint-no-cache"]), ("flake8 with our plugin, warm", [])),
        ),
    ):
        is_there = is_installed(name, bench.work)
        program = str(programs_of(name, bench.work) / "flake8")
        for row, more in rows:
            arguments = [program, "--isolated", "--exit-zero", *more, "."]
            yield Command(row, arguments, None, lines, lacking="" if is_there else "cannot be installed")


# The table


def table(rows: Iterable[Row], base: str) -> Iterator[str]:
    """Rows of Markdown; the ratios are of the medians of the wall clock and the CPU to those of `base`."""
    rows = list(rows)
    wall_of_first, cpu_of_first = medians(next(row for row in rows if row.samples and base in ("", row.name)))
    yield "| what | wall s: median (min to max) | CPU s: the same | memory MB | findings | wall, CPU to the first |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        if row.lacking or not row.samples:
            yield f"| {row.name}: {row.lacking or 'not run'} | | | | | |"
            continue
        if row.samples[-1].code is None:
            yield f"| {row.name}: given up after {row.samples[-1].wall:.0f} s | | | | | |"
            continue
        walls, cpus = zip(*((sample.wall, sample.cpu) for sample in row.samples), strict=True)
        findings = row.samples[-1].findings
        memory = f"{row.memory:.0f}" if row.memory is not None else ""
        failed = {sample.code for sample in row.samples} - {0, 1}
        name = row.name + (f" (exit {', '.join(map(str, sorted(failed, key=str)))})" if failed else "")
        wall, cpu = medians(row)
        counted = "" if findings is None else str(findings)
        ratio = f"{wall / wall_of_first:.2f}, {cpu / cpu_of_first:.2f}"
        yield f"| {name} | {spread(walls)} | {spread(cpus)} | {memory} | {counted} | {ratio} |"


def growth(by_size: dict[int, list[Row]]) -> Iterator[str]:
    """How much more than the tree each command's CPU and memory grow."""
    first = min(by_size)
    yield f"| what | size | CPU to x{first}, by the growth of the tree | memory, the same |"
    yield "|---|---|---|---|"
    for row in by_size[first]:
        for size, rows in by_size.items():
            other = next((each for each in rows if each.name == row.name), row)
            if size == first or not row.samples or not other.samples or other.samples[-1].code is None:
                continue
            cpu = medians(other)[1] / medians(row)[1] * first / size
            memory = f"{other.memory / row.memory * first / size:.2f}" if other.memory and row.memory else ""
            yield f"| {row.name} | x{size} | {cpu:.2f} | {memory} |"


def medians(row: Row) -> tuple[float, float]:
    return statistics.median(each.wall for each in row.samples), statistics.median(each.cpu for each in row.samples)


def spread(values: tuple[float, ...]) -> str:
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def describe(tree: Path) -> str:
    sizes = [path.stat().st_size for path in tree.rglob("*.py")]
    return f"{len(sizes):,} files, {sum(sizes) / 1e6:.1f} MB"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def report(options: argparse.Namespace) -> Iterator[str]:
    """The tables, line by line."""
    work: Path = options.work
    (work / "trees").mkdir(parents=True, exist_ok=True)
    bench = Bench(work, options.patience)
    parts = options.parts.split(",")
    shown = {key: value for key, value in vars(options).items() if key not in ("work", "wheels", "output")}
    yield f"`nox -s bench -- compare {' '.join(f'--{key} {value}' for key, value in shown.items())}`"
    yield ""
    yield (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
        f"load {os.getloadavg()[0]:.1f} at the start; {options.runs} {'run' if options.runs == 1 else 'runs'} by turns."
    )
    yield ""
    if "start" in parts:
        yield "### Start"
        yield ""
        yield from table(bench.measured(starts(), work, max(options.runs, 15)), "")
        yield ""
    for name in options.trees.split(","):
        tree = fetched_tree(name, work, options.wheels)
        by_size: dict[int, list[Row]] = {}
        for size in map(int, options.sizes.split(",")):
            grown_tree = grown(tree, size)
            yield f"### {TREES[name]}, x{size}: {describe(grown_tree)}"
            yield ""
            if "scan" in parts:
                commands = [*cold(), warm(bench, grown_tree), *peers(QUICK, bench, grown_tree)]
                by_size[size] = bench.measured(commands, grown_tree, options.runs)
                yield from table(by_size[size], "")
                yield ""
            if size == 1 and {"edit", "finding"}.intersection(parts):
                edited = work / "edited" / name
                shutil.rmtree(edited, ignore_errors=True)
                shutil.copytree(tree, edited, ignore=shutil.ignore_patterns(".*"))
                # A file named alone belongs to the project that is marked above it.
                (edited / "pyproject.toml").write_text("[project]\n")
                yield from table(bench.measured(list(edits(edited, parts)), edited, options.runs), "")
                yield ""
        if len(by_size) > 1:
            yield from growth(by_size)
            yield ""
        if "slow" in parts:
            part = part_of(tree)
            yield f"### A part of {TREES[name]} for the slow ones: {describe(part)}"
            yield ""
            commands = [*cold(), *peers(SLOW, bench, part)]
            yield from table(bench.measured(commands, part, options.runs), "")
            yield ""
        if "flake8" in parts:
            yield f"### flake8 on {TREES[name]}"
            yield ""
            yield from table(bench.measured(list(flake8(bench)), tree, options.runs), "")
            yield ""
    there = [peer for peer in PEERS if (programs_of(peer, work).parent / "complete").exists()]
    yield "Versions: " + "; ".join(dict.fromkeys(version(peer, work) for peer in there)) + "."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sizes", default="1,2,4", help="how many times the tree, comma separated")
    parser.add_argument("--trees", default=",".join(USUAL_TREES), help=f"comma separated, of {', '.join(TREES)}")
    parser.add_argument("--parts", default="start,scan,edit,finding,slow,flake8")
    parser.add_argument("--patience", type=int, default=900, help="seconds after which a command is given up")
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
