"""Which command lines have an answer that can be given again."""

import argparse

import pytest

from execution_lint.cli import command_line
from execution_lint.cli.replay import BARE, VALUED, named_paths

NEVER = frozenset(
    {"--write-baseline", "--output-file", "--debug", "--show-settings", "--show-files", "--stdin-filename"}
    | {"--no-cache", "--no-locate", "-h", "--help"}
)
"""Options that do more than answer, or that ask for the work itself."""


def test_every_option_of_a_scan_is_known() -> None:
    parser = argparse.ArgumentParser()
    command_line._add_scan(parser)
    valued = {option for action in parser._actions for option in action.option_strings if action.nargs != 0}
    options = {option for action in parser._actions for option in action.option_strings}
    assert options == VALUED | BARE | NEVER
    assert valued >= VALUED
    assert not valued & BARE


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        (["scan"], (".",)),
        (["scan", "a", "--select", "EXL1", "b", "-q"], ("a", "b")),
        (["scan", "--select=EXL1", "a"], ("a",)),
        (["scan", "--config", "a", "--jobs", "2"], (".",)),
        (["scan", "-"], None),
        (["scan", "--", "a"], None),
        (["scan", "--output-file", "a"], None),
        (["scan", "--unheard-of"], None),
        (["rule", "EXL101"], None),
        ([], None),
    ],
)
def test_the_paths_that_are_named(arguments: list[str], paths: tuple[str, ...] | None) -> None:
    assert named_paths(arguments) == paths
