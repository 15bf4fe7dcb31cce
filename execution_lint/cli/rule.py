"""The command `rule`: explain rules from their own documentation and cases."""

import sys
from collections.abc import Sequence
from difflib import get_close_matches

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
    known = [item.code for item in rules] + [item.name for item in rules]
    near = get_close_matches(name.upper(), known, n=1, cutoff=0.5) or get_close_matches(name.lower(), known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else "`execution-lint rule --all` explains them all"
    raise UsageError(f"there is no rule `{name}`; {hint}")


def _typeset(markdown: str) -> str:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(force_terminal=True, width=min(Console().width, 100))
    with console.capture() as captured:
        console.print(Markdown(markdown))
    return captured.get()
