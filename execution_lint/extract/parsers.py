"""From text to a syntax tree: by the running Python's own parser, by libcst, or by either."""

import ast
import warnings
from collections.abc import Callable
from contextlib import suppress

from execution_lint.extract.chains import has_long_chain, may_have_long_chain

Parser = Callable[[str], ast.Module]
"""From text to a tree; raises SyntaxError, ValueError, RecursionError or MemoryError."""

TOO_DEEP = "it is nested too deeply to be followed"
FAILURES = (SyntaxError, ValueError, RuntimeError, MemoryError)
"""What a parser raises."""


def parse_quickly(text: str) -> ast.Module:
    """The tree by the running Python's own parser, or by libcst for syntax that it does not know.

    Where both fail, the former says how.
    """
    try:
        return _parse(text)
    except (SyntaxError, ValueError) as failure:
        return _parse_newer_syntax(text, failure)


def parse_whole(text: str) -> ast.Module:
    """The tree by libcst, or by the running Python where libcst gives up; where both fail, the latter says how."""
    try:
        tree = _parse(text)
    except (SyntaxError, ValueError) as failure:
        return _parse_newer_syntax(text, failure)
    if has_long_chain(tree):
        return tree
    try:
        return parse_thoroughly(text)
    except FAILURES:
        return tree


def parse_thoroughly(text: str) -> ast.Module:
    """The tree by libcst alone."""
    from execution_lint.extract.conversion import parse_with_libcst

    return parse_with_libcst(text)


def _parse_newer_syntax(text: str, failure: Exception) -> ast.Module:
    if not may_have_long_chain(text):
        with suppress(*FAILURES):
            return parse_thoroughly(text)
    raise failure


def _parse(text: str) -> ast.Module:
    """The tree by the running Python's own parser alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)
