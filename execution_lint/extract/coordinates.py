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
_HEAD = re.compile(r"(?:async[ \t\f]+)?(?:def|class)[ \t\f]+")


class Coordinates:
    """Turns a node's position within a parsed region into a span of the file.

    A tree counts lines within the text it was parsed from, and columns in UTF-8 bytes; a file is spoken of in lines of
    its own and in code points.
    """

    def __init__(self, text: str, starts: Sequence[int], line_shift: int) -> None:
        """`text` is the file's, `starts` the offsets of its lines; `line_shift` is added to a tree's line to get the
        file's."""
        self._text = text
        self._starts = starts
        self._shift = line_shift

    def span(self, node: Placed) -> Span:
        """Where `node` stands in the file."""
        return self.at(*position_of(node))

    def at(self, start: int, first: int, end: int, last: int) -> Span:
        """Where in the file something stands, by its lines and columns in the tree."""
        start += self._shift
        end += self._shift
        if not self._text.isascii():
            first = self._characters(start, first)
            last = self._characters(end, last)
        return Span(start, first + 1, end, last + 1)

    def head(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Span:
        """Where the name of a definition stands."""
        line = node.lineno + self._shift
        column = self.span(node).start_column
        start = column
        if line <= len(self._starts):
            at = self._starts[line - 1]
            match = _HEAD.match(self._text, at + column - 1)
            start = match.end() - at + 1 if match else column
        return Span(line, start, line, start + len(node.name))

    def _characters(self, number: int, offset: int) -> int:
        """How many characters of a line stand before an offset in UTF-8 bytes."""
        starts = self._starts
        if number > len(starts):
            return offset
        line = self._text[starts[number - 1] : starts[number] if number < len(starts) else len(self._text)]
        if line.isascii():
            return offset
        return len(line.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))


class Spans(Sequence[Span]):
    """Where the values of a scope stand, kept as numbers: a run holds a million of them and asks for a few."""

    __slots__ = ("_coordinates", "_positions")

    def __init__(self, coordinates: Coordinates, positions: Iterable[Position]) -> None:
        self._coordinates = coordinates
        self._positions = array("I", list(chain.from_iterable(positions)))

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
