"""From the positions of a syntax tree to those of the file."""

import ast
import re
from collections.abc import Callable, Sequence
from functools import cached_property

from execution_lint.model.place import Span

_HEAD = re.compile(r"(?:async[ \t\f]+)?(?:def|class)[ \t\f]+")


class Lines:
    """The lines of a file, without their ends; told apart only once they are asked for."""

    def __init__(self, text: str, split: Callable[[str], list[str]]) -> None:
        self.text = text
        self.is_ascii = text.isascii()
        self._split = split

    @cached_property
    def all(self) -> list[str]:
        """Every line of the file."""
        return self._split(self.text)


class Coordinates:
    """Turns a node's position within a parsed region into a span of the file.

    A tree counts lines within the text it was parsed from, and columns in UTF-8 bytes; a file is spoken of in lines of
    its own and in code points.
    """

    def __init__(self, lines: Lines, starts: Sequence[int], line_shift: int) -> None:
        """`lines` are the file's, `starts` their offsets; `line_shift` is added to a tree's line to get the file's."""
        self._lines = lines
        self._starts = starts
        self._shift = line_shift

    def span(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler | ast.pattern) -> Span:
        """Where `node` stands in the file."""
        shift = self._shift
        start = node.lineno + shift
        end, last = node.end_lineno, node.end_col_offset
        if end is None or last is None:
            end, last = node.lineno, node.col_offset
        if self._lines.is_ascii:
            return Span(start, node.col_offset + 1, end + shift, last + 1)
        end += shift
        first = node.col_offset
        lines = self._lines.all
        if start <= len(lines) and not lines[start - 1].isascii():
            first = _characters(lines[start - 1], first)
        if end <= len(lines) and not lines[end - 1].isascii():
            last = _characters(lines[end - 1], last)
        return Span(start, first + 1, end, last + 1)

    def head(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Span:
        """Where the name of a definition stands."""
        line = node.lineno + self._shift
        column = self.span(node).start_column
        start = column
        if line <= len(self._starts):
            at = self._starts[line - 1]
            match = _HEAD.match(self._lines.text, at + column - 1)
            start = match.end() - at + 1 if match else column
        return Span(line, start, line, start + len(node.name))


def _characters(line: str, offset: int) -> int:
    """How many characters stand before an offset in UTF-8 bytes."""
    return len(line.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))
