"""A cursor over source text that follows a syntax tree token by token, and so knows where each node of the tree stands.

A libcst tree keeps every token but no position. Walked in source order, each token is the next thing in the text after
blanks and comments, so its place is known without generating code and without metadata providers.
"""

import ast
import re
from typing import TypeAlias, TypeVar

Start: TypeAlias = tuple[int, int]
"""The line and the column where a node starts."""

Placed = TypeVar(
    "Placed",
    bound=ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias | ast.excepthandler | ast.pattern,
)

_BLANK_BYTES = frozenset(b" \t\f\n\\#")
_BLANKS = re.compile(rb"(?:[ \t\f\n]+|\\\n|#[^\n\0]*)+")


class Cursor:
    """A place in a text whose newlines are all `\\n`: lines 1-based, columns 0-based in UTF-8 bytes, as in `ast`.

    Blanks are skipped before a token and never after it, so that after a token the cursor is where a node ends.
    """

    __slots__ = ("at", "line", "line_start", "source")

    def __init__(self, text: str) -> None:
        self.source = text.encode() + b"\0"
        self.at = 0
        self.line = 1
        self.line_start = 0

    def start(self) -> Start:
        """Skip blanks and comments; return the line and the column of the token that comes next."""
        if self.source[self.at] in _BLANK_BYTES:
            self._skip_blanks()
        return self.line, self.at - self.line_start

    def token(self, length: int) -> None:
        """Skip blanks and comments, then a token of `length` bytes that holds no newline."""
        if self.source[self.at] in _BLANK_BYTES:
            self._skip_blanks()
        self.at += length

    def word(self, value: str) -> None:
        """Skip blanks and comments, then the token `value`, which holds no newline."""
        if self.source[self.at] in _BLANK_BYTES:
            self._skip_blanks()
        self.at += len(value) if value.isascii() else len(value.encode())

    def stretch(self, value: str) -> None:
        """Skip exactly `value`, which stands at the cursor and may span lines."""
        size = len(value) if value.isascii() else len(value.encode())
        lines = value.count("\n")
        self.at += size
        if lines:
            self.line += lines
            self.line_start = self.source.rfind(b"\n", 0, self.at) + 1

    def end(self) -> tuple[int, int]:
        """The line and the column behind the last token."""
        return self.line, self.at - self.line_start

    def place(self, node: Placed, start: Start) -> Placed:
        """Give `node` the stretch from `start` to the end of the last token; return it."""
        node.lineno, node.col_offset = start
        node.end_lineno = self.line
        node.end_col_offset = self.at - self.line_start
        return node

    def is_at_end(self) -> bool:
        """Whether nothing but blanks and comments is left, as must be after a whole tree."""
        self.start()
        return self.at == len(self.source) - 1

    def _skip_blanks(self) -> None:
        match = _BLANKS.match(self.source, self.at)
        if match is None:
            return
        end = match.end()
        lines = self.source.count(b"\n", self.at, end)
        if lines:
            self.line += lines
            self.line_start = self.source.rfind(b"\n", self.at, end) + 1
        self.at = end
