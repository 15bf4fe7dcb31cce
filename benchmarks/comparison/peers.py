"""The linters: how each is installed, ours too, in an environment of its own, and what those beside ours run."""

import json
import os
import subprocess
import venv
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from comparison.measuring import Bench, Command, say, surroundings

ROOT = Path(__file__).parents[2]

OURS = "execution-lint"

PEERS = {
    OURS: (OURS,),
    "ruff": ("ruff",),
    "ast-grep": ("ast-grep-cli",),
    "ty-async": ("ty-async",),
    "semgrep": ("semgrep",),
    "flake8-async": ("flake8-async",),
    "fixit": ("fixit",),
    "flake8": ("flake8",),
    "flake8 with our plugin": ("flake8", OURS),
}
"""What is installed for each peer, in an environment of its own."""

QUICK = ("ruff", "ast-grep", "ty-async")
SLOW = ("semgrep", "flake8-async", "fixit")

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


def programs_of(peer: str, work: Path) -> Path:
    """The folder of a peer's programs, whether it is there or not."""
    return work / "peers" / peer.replace(" ", "-") / ("Scripts" if os.name == "nt" else "bin")


@cache
def is_installed(peer: str, work: Path) -> bool:
    """Whether a peer is there, once it was tried to install it: once for all times, but what is ours each time."""
    programs = programs_of(peer, work)
    complete = programs.parent / "complete"
    pip = [str(programs / "python"), "-m", "pip", "install", "-q"]
    if not complete.exists():
        say(f"installing {peer}")
        venv.create(programs.parent, with_pip=True, clear=True, upgrade_deps=True)
        wanted = [str(ROOT) if name == OURS else name for name in PEERS[peer]]
        if subprocess.run([*pip, *wanted], check=False, env=surroundings()).returncode:
            return False
        complete.touch()
    elif OURS in PEERS[peer]:
        say(f"installing {OURS} for {peer}")
        again = [*pip, "--force-reinstall", "--no-deps", str(ROOT)]
        return subprocess.run(again, check=False, env=surroundings()).returncode == 0
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
    return ", ".join(f"{name} {known.get(name, '?')}" for name in PEERS[peer] if name != OURS)


def lines(text: str) -> int:
    return len(text.splitlines())


def results(text: str) -> int:
    return len(json.loads(text)["results"])


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
