"""From the positions of a syntax tree to those of the file."""

import ast
import re

from execution_lint.model.place import Span

_HEAD = re.compile(r"(?:async[ \t\f]+)?(?:def|class)[ \t\f]+")


class Coordinates:
    """Turns a node's position within a parsed region into a span of the file.

    A tree counts lines within the text it was parsed from, and columns in UTF-8 bytes; a file is spoken of in lines of
    its own and in code points.
    """

    def __init__(self, lines: list[str], line_shift: int) -> None:
        """`lines` are the file's, without their ends; `line_shift` is added to a tree's line to get the file's."""
        self._lines = lines
        self._shift = line_shift

    def span(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler | ast.pattern) -> Span:
        """Where `node` stands in the file."""
        start, end = node.lineno + self._shift, (node.end_lineno or node.lineno) + self._shift
        first, last = node.col_offset, node.end_col_offset or node.col_offset
        lines = self._lines
        if start <= len(lines) and not lines[start - 1].isascii():
            first = _characters(lines[start - 1], first)
        if end <= len(lines) and not lines[end - 1].isascii():
            last = _characters(lines[end - 1], last)
        return Span(start, first + 1, end, last + 1)

    def head(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Span:
        """Where the name of a definition stands."""
        line = node.lineno + self._shift
        column = self.span(node).start_column
        match = _HEAD.match(self._lines[line - 1], column - 1) if line <= len(self._lines) else None
        start = match.end() + 1 if match else column
        return Span(line, start, line, start + len(node.name))


def _characters(line: str, offset: int) -> int:
    """How many characters stand before an offset in UTF-8 bytes."""
    return len(line.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))
