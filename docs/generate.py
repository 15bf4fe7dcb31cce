"""Writes the rules' pages in `docs/rules` from their docstrings and fixtures; `--check` says which are not fresh.

Run from the repository: `python docs/generate.py [--check]`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from execution_lint.cli.rule_cases import cases_of, fixtures
from execution_lint.reporting.explanation import explain
from execution_lint.rules import Rule, all_rules

PAGES = Path(__file__).parent / "rules"
INDEX = "README.md"


def pages(rules: Sequence[Rule]) -> dict[str, str]:
    """The text of each page by file name: one a rule, and the index."""
    texts = {f"{rule.slug}.md": explain(rule, cases_of(rule, fixtures())) for rule in rules}
    rows = [f"| [{rule.code}]({rule.slug}.md) | {rule.name} | {_cell(rule.summary)} |" for rule in rules]
    table = "\n".join(["| code | name | what it says |", "| --- | --- | --- |", *rows])
    texts[INDEX] = f"# Rules\n\n`execution-lint rule CODE` shows the same pages.\n\n{table}\n"
    return texts


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: Sequence[str]) -> int:
    """Write the pages that are not fresh and remove those without a rule, or with `--check` list them; 1 if any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where a page is not fresh")
    check = parser.parse_args(arguments).check

    texts = pages(all_rules())
    written = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    stale = sorted(name for name in {*texts, *written} if texts.get(name) != written.get(name))
    for name in stale:
        print(f"{'stale' if check else 'updated'}: docs/rules/{name}")
        if check:
            continue
        if name in texts:
            PAGES.mkdir(exist_ok=True)
            (PAGES / name).write_text(texts[name], encoding="utf-8", newline="\n")
        else:
            (PAGES / name).unlink()
    if check and stale:
        print("run `python docs/generate.py`")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
