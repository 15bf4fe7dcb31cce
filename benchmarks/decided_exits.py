"""
Measures how many exits of the routes of real packages are decided, and why the others are not.

    python benchmarks/decided_exits.py CORPUS [--framework fastapi] [--draw 40 --seed 5]

`CORPUS` is a folder of unpacked packages. An exit is decided where each of its answers is; those that raise or carry no
JSON are left out. Beside it the answers are counted, each that an exit may give once. `--draw` prints a random sample
of the decided answers, to be judged by reading the code.
"""

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def exits(package: Path, framework: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The answers of a package's routes that are JSON, once each, with their file and handler."""
    command = [sys.executable, "-m", "execution_lint", "routes", "--output-format", "json", str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seen: set[tuple[object, ...]] = set()
    for route in json.loads(done.stdout or "[]"):
        for exit in route["exits"] if route["framework"] == framework else ():
            optional = tuple(exit["optional_keys"] or ())
            key = (route["filename"], exit["line"], exit["kind"], tuple(exit["keys"]), optional, exit["reason"])
            if exit["kind"] not in ("raise", "not-json") and key not in seen:
                seen.add(key)
                yield (
                    f"{Path(route['filename']).relative_to(package.resolve())}:{exit['line']} {route['handler']}",
                    exit,
                )


def is_decided(exit: dict[str, Any]) -> bool:
    """Whether all of an answer is known: the keys that are always there, and those that may be."""
    return exit["kind"] != "unknown" and exit["optional_keys"] is not None


def _keys(exit: dict[str, Any]) -> str:
    return ", ".join([*exit["keys"], *(f"{key}?" for key in exit["optional_keys"])])


def _row(name: str, lines: int, all_lines: int, answers: int, all_answers: int) -> str:
    return (
        f"{name:20} exits {lines:5} of {all_lines:5} {lines / max(all_lines, 1):4.0%}"
        f"   answers {answers:5} of {all_answers:5} {answers / max(all_answers, 1):4.0%}"
    )


def main() -> None:
    """Print the shares by package, the reasons of the rest, and the sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--framework", default="fastapi")
    parser.add_argument("--draw", type=int, default=0)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    reasons: Counter[str] = Counter()
    decided: list[tuple[str, str, dict[str, Any]]] = []
    total = lines = known_lines = optional = 0
    for package in sorted(path for path in arguments.corpus.iterdir() if path.is_dir()):
        found = list(exits(package, arguments.framework))
        known = [(package.name, place, exit) for place, exit in found if is_decided(exit)]
        reasons.update(exit["reason"] or "it may have more keys" for _, exit in found if not is_decided(exit))
        decided += known
        total += len(found)
        open_lines = {place for place, exit in found if not is_decided(exit)}
        exits_here = len({place for place, _ in found})
        lines += exits_here
        known_lines += exits_here - len(open_lines)
        optional += sum(bool(exit["optional_keys"]) for _, _, exit in known)
        if found:
            print(_row(package.name, exits_here - len(open_lines), exits_here, len(known), len(found)))
    print(_row("all", known_lines, lines, len(decided), total))
    print(f"{optional} of the decided answers have optional keys")
    for reason, count in reasons.most_common(10):
        print(f"{count:5}  {reason}")
    for name, place, exit in random.Random(arguments.seed).sample(decided, min(arguments.draw, len(decided))):
        print(f"{name}/{place}  {exit['kind']}  {_keys(exit)}  {exit['via'] or ''}  {exit['reason'] or ''}")


if __name__ == "__main__":
    main()
