"""Parses Python with libcst into the nodes of `ast`, equal to what `ast.parse` returns, positions included.

Where the running Python's `ast` has no class for a syntax, the nearest older one stands in for it: `Assign` for
`type X = ...`, `Try` for `try` with `except*`, `JoinedStr` for a template string, an import for a lazy import,
`DictComp` with the mapping as key and `None` as value for `{**mapping for ...}`. Type parameters are left out below
3.12, their defaults below 3.13.

Known differences from `ast.parse` on the same text:

- libcst refuses some valid texts, such as `(name): int`, `(a if b else c)if d else e` and, in 1.8, `case {**rest,}:`.
- Early releases of 3.10 and 3.11 misplace expressions in formatted strings that span lines.
- In early releases of 3.12 and 3.13, `ast` puts empty texts into a format specification and decodes escapes in that of
  a raw string; this conversion does neither, as later releases.
"""

import ast
import re
import warnings

import libcst as cst

from execution_lint.extract.conversion.nesting import refuse_deep_nesting
from execution_lint.extract.conversion.statements import Statements

_ERROR_PLACE = re.compile(r"error at (\d+):(\d+)")


def parse_with_libcst(text: str) -> ast.Module:
    """Parse `text`, the decoded source of a module, with libcst and convert it to `ast`.

    Raises SyntaxError, with `lineno`, `offset` and `msg`, where libcst refuses the text, and RecursionError where the
    text nests too deeply for libcst or for the walk.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("\ufeff"):
        raise _syntax_error("a byte order mark is no part of the text", 1, 1, text)
    if "\0" in text:
        raise _syntax_error("the text holds a null byte", *_place_at(text.index("\0"), text), text)
    refuse_deep_nesting(text)
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise _syntax_error(error.message, *_error_place(error, text), text) from error
    except cst.CSTValidationError as error:
        raise _syntax_error(str(error), 1, 1, text) from error
    except UnicodeEncodeError as error:
        raise _syntax_error("a lone surrogate is no character", *_place_at(error.start, text), text) from error
    return _converted(module, text)


def convert(module: cst.Module) -> ast.Module:
    """Convert a libcst module to `ast`; the positions are those in the module's code."""
    text = module.code
    return parse_with_libcst(text) if "\r" in text else _converted(module, text)


def _converted(module: cst.Module, text: str) -> ast.Module:
    walk = Statements(text)
    try:
        body = walk.statements(module.body)
    except SyntaxError as error:
        line, column = walk.end()
        raise _syntax_error(error.msg, line, column + 1, text) from error
    if not walk.is_at_end():
        raise RuntimeError(f"the conversion lost its place at line {walk.line}")
    return ast.Module(body, [])


def _error_place(error: cst.ParserSyntaxError, text: str) -> tuple[int, int]:
    """The line and the offset of a mistake; libcst tells none for one in a token, for which `ast` is asked."""
    place = _ERROR_PLACE.search(error.message)
    if place is not None:
        return int(place[1]), max(int(place[2]), 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError as known:
            return known.lineno or 1, max(known.offset or 1, 1)
        except (ValueError, RecursionError, MemoryError):
            pass
    return error.raw_line, error.raw_column + 1


def _place_at(position: int, text: str) -> tuple[int, int]:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _syntax_error(message: str, line: int, offset: int, text: str) -> SyntaxError:
    lines = text.split("\n", line)
    return SyntaxError(message, (None, line, offset, lines[line - 1] if line <= len(lines) else None))
