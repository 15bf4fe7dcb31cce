"""The command `rule`: explain rules from their own documentation and cases."""

import sys
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches

from execution_lint.cli.command_line import RuleCommand
from execution_lint.cli.exit_code import ExitCode
from execution_lint.cli.rule_cases import cases_of, fixtures
from execution_lint.cli.terminal import answer, paint_for
from execution_lint.errors import UsageError
from execution_lint.reporting.colour import plain
from execution_lint.reporting.explanation import explain
from execution_lint.rules.rule import Rule, all_rules


def rule(command: RuleCommand) -> ExitCode:
    """Carry out `command`: Markdown, shown with its headings and code on a terminal. Raises UsageError."""
    asked = all_rules() if command.name is None else (_named(command.name, all_rules()),)
    text = "\n---\n\n".join(explain(item, cases_of(item, fixtures())) for item in asked)
    answer(text if paint_for(sys.stdout) is plain else _typeset(text))
    return ExitCode.CLEAN


def _named(name: str, rules: Sequence[Rule]) -> Rule:
    for item in rules:
        if name.upper() == item.code or name.lower() == item.name:
            return item
    codes = get_close_matches(name.upper(), [item.code for item in rules], n=len(rules), cutoff=0.5)
    names = get_close_matches(name.lower(), [item.name for item in rules], n=1)
    # Codes are short and alike: among many equally near ones, the first is as good a guess as any, and always the same.
    near = min(codes, key=lambda code: (-_likeness(name, code), code), default=None) or next(iter(names), None)
    hint = f"did you mean `{near}`?" if near else "`execution-lint rule --all` explains them all"
    raise UsageError(f"there is no rule `{name}`; {hint}")


def _likeness(name: str, code: str) -> float:
    return SequenceMatcher(None, name.upper(), code).ratio()


def _typeset(markdown: str) -> str:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(force_terminal=True, width=min(Console().width, 100))
    with console.capture() as captured:
        console.print(Markdown(markdown))
    return captured.get()
