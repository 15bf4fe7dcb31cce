"""Converts the strings of libcst, plain, joined and formatted, to `ast` nodes, placed as `ast.parse` places them."""

import ast
import sys
from collections.abc import Sequence
from typing import Any, TypeAlias

import libcst as cst

from execution_lint.extract.conversion.literals import formatted_text, string_value
from execution_lint.extract.conversion.positions import Cursor, Start

_StringPart: TypeAlias = ast.Constant | ast.FormattedValue

# Below 3.12 `ast` gives the parts of a formatted string the place and the kind of all strings joined to it, and the
# parts of its format specifications the place of the one string that they stand in.
_HAS_PLACED_STRING_PARTS = sys.version_info >= (3, 12)
_TEXTS = {cst.FormattedStringText, getattr(cst, "TemplatedStringText", cst.FormattedStringText)}


class Strings(Cursor):
    """Walks strings; each method consumes the tokens of its node and returns the node of `ast`."""

    __slots__ = ()

    def expression(self, node: cst.BaseExpression) -> ast.expr:
        """Convert any expression, such as one in a formatted string."""
        raise NotImplementedError

    def string(self, node: cst.SimpleString) -> ast.Constant:
        """Convert a plain string or bytes."""
        start = self.start()
        token = node.value
        self.stretch(token)
        return self.place(ast.Constant(string_value(token), _kind(node)), start)

    def formatted_string(self, node: "cst.FormattedString | cst.TemplatedString") -> ast.expr:
        """Convert a formatted string; a template string becomes one."""
        start = self.start()
        return self._joined(_folded(self._string_parts(node)), start, None)

    def concatenated_string(self, node: cst.ConcatenatedString) -> ast.expr:
        """Convert neighbouring strings to the one that they make."""
        start = self.start()
        pieces: list[Any] = []
        rest: Any = node
        while isinstance(rest, cst.ConcatenatedString):
            pieces.append(rest.left)
            rest = rest.right
        pieces.append(rest)
        parts: list[_StringPart] = []
        is_formatted = False
        for piece in pieces:
            if isinstance(piece, cst.SimpleString):
                parts.append(self.string(piece))
            else:
                is_formatted = True
                parts.extend(self._string_parts(piece))
        texts = [part for part in parts if isinstance(part, ast.Constant)]
        data = [text.value for text in texts if isinstance(text.value, bytes)]
        if is_formatted:
            return self._joined(_folded(parts), start, _kind(pieces[0]))
        joined = b"".join(data) if data else "".join([str(text.value) for text in texts])
        return self.place(ast.Constant(joined, texts[0].kind), start)

    def _joined(self, parts: list[_StringPart], start: Start, kind: str | None) -> ast.JoinedStr:
        joined = self.place(ast.JoinedStr([*parts]), start)
        if not _HAS_PLACED_STRING_PARTS:
            for part in parts:
                ast.copy_location(part, joined)
                if isinstance(part, ast.Constant):
                    part.kind = kind
        return joined

    def _string_parts(self, node: "cst.FormattedString | cst.TemplatedString") -> list[_StringPart]:
        start = self.start()
        self.at += len(node.start)
        parts = self._contents(node.parts, node.start)
        self.at += len(node.end)
        if not _HAS_PLACED_STRING_PARTS:
            whole = self.place(ast.JoinedStr([]), start)
            for part in parts:
                if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
                    _spread_place(part.format_spec, whole)
        return parts

    def _contents(self, nodes: Sequence[Any], prefix: str) -> list[_StringPart]:
        parts: list[_StringPart] = []
        for node in nodes:
            start = self.end()
            if type(node) in _TEXTS:
                self.stretch(node.value)
                parts.append(self.place(ast.Constant(formatted_text(node.value, prefix), None), start))
            else:
                self._replacement_field(node, prefix, parts)
        return parts

    def _replacement_field(self, node: Any, prefix: str, parts: list[_StringPart]) -> None:
        start = self.end()
        self.at += 1
        text_at, text_start = self.at, self.end()
        value = self.expression(node.expression)
        if not _HAS_PLACED_STRING_PARTS and isinstance(value, ast.Tuple) and not node.expression.lpar:
            # Below 3.12 `ast` sees parentheses in place of the braces, or of what follows the expression.
            line, column = self.start()
            value.lineno, value.col_offset = start
            value.end_lineno, value.end_col_offset = line, column + 1
        conversion = -1
        specification = None
        if node.equal is not None:
            self.token(1)
            self.start()
            text = ast.Constant(self.source[text_at : self.at].decode(), None)
            parts.append(self.place(text, text_start))
            if node.conversion is None and node.format_spec is None:
                conversion = ord("r")
        if node.conversion is not None:
            self.token(1)
            self.token(len(node.conversion))
            conversion = ord(node.conversion)
        if node.format_spec is not None:
            specification_start = self.start()
            self.at += 1
            specification = ast.JoinedStr([*_folded(self._contents(node.format_spec, prefix))])
            self.place(specification, specification_start)
        self.token(1)
        parts.append(self.place(ast.FormattedValue(value, conversion, specification), start))


def _folded(parts: list[_StringPart]) -> list[_StringPart]:
    """The parts with neighbouring texts joined, and without the texts that are still empty then."""
    found: list[_StringPart] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, ast.Constant) and isinstance(last, ast.Constant):
            last.value = str(last.value) + str(part.value)
            last.end_lineno, last.end_col_offset = part.end_lineno, part.end_col_offset
        else:
            found.append(part)
    return [part for part in found if not isinstance(part, ast.Constant) or part.value]


def _spread_place(specification: ast.expr, whole: ast.expr) -> None:
    ast.copy_location(specification, whole)
    if isinstance(specification, ast.JoinedStr):
        for part in specification.values:
            ast.copy_location(part, whole)
            if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
                _spread_place(part.format_spec, whole)


def _kind(node: cst.BaseString) -> str | None:
    return "u" if isinstance(node, cst.SimpleString) and node.value.startswith("u") else None
