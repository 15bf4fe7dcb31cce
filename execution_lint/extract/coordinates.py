"""From the positions of a syntax tree to those of the file."""

import ast
import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import TypeAlias, overload

from execution_lint.model.place import Span

Placed: TypeAlias = ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler | ast.pattern
"""A node of a tree that has a position."""

Position: TypeAlias = tuple[int, int, int, int]
"""A node's first line and column, and the line and column of its end, as a tree counts them."""

position_of: Callable[[Placed], Position] = attrgetter("lineno", "col_offset", "end_lineno", "end_col_offset")

_PARTS = 4
_HEAD = re.compile(rb"(?:async[ \t\f]+)?(?:def|class)[ \t\f]+")


class Lines:
    """The lines of a text in UTF-8."""

    __slots__ = ("data", "is_ascii", "starts")

    def __init__(self, data: bytes, starts: Sequence[int]) -> None:
        """`starts` are the offsets of the lines."""
        self.data = data
        self.starts = starts
        self.is_ascii = data.isascii()

    def characters(self, number: int, offset: int) -> int:
        """How many characters of a line (from 1) stand before an offset in bytes."""
        if number > len(self.starts):
            return offset
        start = self.starts[number - 1]
        head = self.data[start : start + offset]
        return offset if head.isascii() else len(head.decode("utf-8", "replace"))


class Coordinates:
    """Turns a node's position within a parsed region into a span of the file.

    A tree counts lines within the text it was parsed from, and columns in UTF-8 bytes; a file is spoken of in lines of
    its own and in code points.
    """

    __slots__ = ("_lines", "_shift")

    def __init__(self, lines: Lines, line_shift: int) -> None:
        """`lines` are the file's; `line_shift` is added to a tree's line to get the file's."""
        self._lines = lines
        self._shift = line_shift

    def span(self, node: Placed) -> Span:
        """Where `node` stands in the file."""
        return self.at(*position_of(node))

    def at(self, start: int, first: int, end: int, last: int) -> Span:
        """Where in the file something stands, by its lines and columns in the tree."""
        line = start + self._shift
        # One number for both lines, where they are the same: a run keeps a hundred thousand places.
        end_line = line if end == start else end + self._shift
        lines = self._lines
        if not lines.is_ascii:
            first = lines.characters(line, first)
            last = lines.characters(end_line, last)
        return Span(line, first + 1, end_line, last + 1)

    def head(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Span:
        """Where the name of a definition stands."""
        lines = self._lines
        line = node.lineno + self._shift
        start = self.span(node).start_column
        if line <= len(lines.starts):
            match = _HEAD.match(lines.data, lines.starts[line - 1] + node.col_offset)
            start += len(match[0]) if match else 0
        return Span(line, start, line, start + len(node.name))


class Spans(Sequence[Span]):
    """Where the values of a scope stand, kept as numbers: a run holds a million of them and asks for a few."""

    __slots__ = ("_coordinates", "_positions")

    def __init__(self, coordinates: Coordinates, positions: Iterable[Position]) -> None:
        self._coordinates = coordinates
        numbers = list(chain.from_iterable(positions))
        try:
            self._positions = array("H", numbers)
        except OverflowError:
            self._positions = array("L", numbers)

    def __len__(self) -> int:
        return len(self._positions) // _PARTS

    @overload
    def __getitem__(self, index: int) -> Span: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Span]: ...

    def __getitem__(self, index: int | slice) -> Span | Sequence[Span]:
        if isinstance(index, slice):
            return tuple(self)[index]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        first = index % len(self) * _PARTS
        return self._coordinates.at(*self._positions[first : first + _PARTS])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spans) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
