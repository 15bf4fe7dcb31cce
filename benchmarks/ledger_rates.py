"""
False alarms by rule, confidence and package, as the ledger of judged findings has them.

    python benchmarks/ledger_rates.py [--codes EXL3]

Prints two tables in Markdown: by rule and confidence, and by package. A verdict counts with the confidence that its
finding had when it was judged; what has been mended since is told by `nox -s ecosystem -- CORPUS -k rates -s`.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LEDGER = Path(__file__).parents[1] / "tests" / "ecosystem" / "ledger.toml"


def table(title: str, verdicts: list[dict[str, Any]], of: Callable[[dict[str, Any]], str]) -> Iterator[str]:
    """The lines of a table with a row for each group of verdicts."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for verdict in verdicts:
        groups[of(verdict)].append(verdict)
    yield f"| {title} | judged | true | false | false alarms |"
    yield "|---|---:|---:|---:|---:|"
    for name, group in [*sorted(groups.items()), ("all", verdicts)]:
        false = sum(verdict["verdict"] == "false" for verdict in group)
        yield f"| {name} | {len(group)} | {len(group) - false} | {false} | {false / len(group):.0%} |"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--codes", default="EXL", help="a code or the beginning of one")
    codes = parser.parse_args().codes
    verdicts = [
        verdict
        for verdict in tomllib.loads(LEDGER.read_text(encoding="utf-8"))["verdict"]
        if verdict["code"].startswith(codes)
    ]
    if not verdicts:
        sys.exit(f"no verdict on {codes}")
    print("\n".join(table("rule", verdicts, lambda verdict: f"{verdict['code']} {verdict['confidence']}")))
    print()
    print("\n".join(table("package", verdicts, lambda verdict: f"{verdict['package']} {verdict['version']}")))


if __name__ == "__main__":
    main()
