"""Compare a scan with its peers on real packages: time, CPU, memory and findings, cold and warm, in alternation.

    python benchmarks/compare.py [--runs 3] [--sizes 1,2,4] [--trees litellm,...] [--parts start,scan,edit,...]

Fetches the packages and the peers from PyPI into the folder of `--work` (once), runs everything by turns on the same
trees, and writes a table in Markdown to standard output and to `--output`. Wall clock and CPU are of a command with all
its processes; memory is their proportional set size together (Linux), sampled in a run of its own. Peers too slow for
a whole tree run on a part of it, as does ours beside them, and are marked so; one that cannot be installed, fails, or
takes longer than `--patience` seconds has a row that says so.
"""

import argparse
import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

from comparison.measuring import Bench, Row
from comparison.ours import cold, edits, starts, warm
from comparison.peers import OURS, PEERS, QUICK, SLOW, flake8, peers, programs_of, version
from comparison.tables import growth, table
from comparison.trees import TREES, USUAL_TREES, describe, fetched_tree, grown, part_of


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
        yield from table(bench.measured(starts(bench), work, max(options.runs, 15)), "")
        yield ""
    for name in options.trees.split(","):
        tree = fetched_tree(name, work, options.wheels)
        by_size: dict[int, list[Row]] = {}
        for size in map(int, options.sizes.split(",")):
            grown_tree = grown(tree, size)
            yield f"### {TREES[name]}, x{size}: {describe(grown_tree)}"
            yield ""
            if "scan" in parts:
                commands = [*cold(bench), warm(bench, grown_tree), *peers(QUICK, bench, grown_tree)]
                by_size[size] = bench.measured(commands, grown_tree, options.runs)
                yield from table(by_size[size], "")
                yield ""
            if size == 1 and {"edit", "finding"}.intersection(parts):
                edited = work / "edited" / name
                shutil.rmtree(edited, ignore_errors=True)
                shutil.copytree(tree, edited, ignore=shutil.ignore_patterns(".*"))
                # A file named alone belongs to the project that is marked above it.
                (edited / "pyproject.toml").write_text("[project]\n")
                yield from table(bench.measured(list(edits(bench, edited, parts)), edited, options.runs), "")
                yield ""
        if len(by_size) > 1:
            yield from growth(by_size)
            yield ""
        if "slow" in parts:
            part = part_of(tree)
            yield f"### A part of {TREES[name]} for the slow ones: {describe(part)}"
            yield ""
            commands = [*cold(bench), *peers(SLOW, bench, part)]
            yield from table(bench.measured(commands, part, options.runs), "")
            yield ""
        if "flake8" in parts:
            yield f"### flake8 on {TREES[name]}"
            yield ""
            yield from table(bench.measured(list(flake8(bench)), tree, options.runs), "")
            yield ""
    there = [peer for peer in PEERS if peer != OURS and (programs_of(peer, work).parent / "complete").exists()]
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
