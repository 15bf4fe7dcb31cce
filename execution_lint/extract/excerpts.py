"""The part of a text that matters to some of its lines."""

import ast
from collections.abc import Collection, Iterator

from execution_lint.extract.pieces import first_line
from execution_lint.source.text import split_lines


def excerpt(text: str, tree: ast.Module, wanted: Collection[int]) -> str:
    """A text without the functions and classes in which none of the `wanted` lines stands, as far as they stand in
    blocks and not in each other; an expression and blank lines are in their place.

    `tree` is that of the text, and lines count from 1 in both.
    """
    lines = split_lines(text)
    is_cut = False
    for first, last in _unwanted(tree.body, lines, wanted):
        start = lines[first - 1]
        lines[first - 1] = start[: len(start) - len(start.lstrip())] + "0"
        lines[first:last] = [""] * (last - first)
        is_cut = True
    return "\n".join(lines) if is_cut else text


def _unwanted(body: list[ast.stmt], lines: list[str], wanted: Collection[int]) -> Iterator[tuple[int, int]]:
    """The lines, each first and last, of the definitions in a block that hold none of some lines."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            first, last = first_line(statement, lines), statement.end_lineno or 0
            if not any(first <= line <= last for line in wanted):
                yield first, last
            continue
        for block in _blocks(statement):
            yield from _unwanted(block, lines, wanted)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a compound statement."""
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, [])
    for clause in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield clause.body
