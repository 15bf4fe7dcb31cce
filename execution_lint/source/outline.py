"""Find the statements of a module or a class body without parsing; None where that cannot be done exactly."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

from execution_lint.source import lexer

blank = lexer.blank

Kind = Literal["function", "class", "import", "assignment", "compound", "other"]


class Statement(NamedTuple):
    """A statement, or several on one line joined by `;`, with all its clauses and decorators."""

    kind: Kind
    """What it is; `compound` are `if`, `try`, `with`, `for`, `while`, `match` and their `async` forms."""
    name: str
    """What a definition or an assignment (also annotated, also `type NAME = ...`) binds, if one plain name."""
    start: int
    """Offset of the first decorator or of the first word."""
    end: int
    """Offset behind the last line of code: its comment, its newline and a blank line that it joins included."""
    line: int
    """1-based line of `start`."""
    indent: str
    """The white space before it on its line; empty for the body of a class on the line of its header."""
    decorated: int
    """Offset of `async`, `def` or `class` behind the decorators; `start` where there are none."""


class Outline(NamedTuple):
    """The statements of a module, which together hold all of its code."""

    statements: tuple[Statement, ...]


def outline(text: str) -> Outline | None:
    """The top-level statements of decoded source. None when it is beyond lexical means (a string or a bracket left
    open, a form feed before code, a lone carriage return, an indent that starts with a backslash): then parse the file.

    A text that is not Python gives some outline or None; it never raises.
    """
    blanked = _structure(text)
    if blanked is None:
        return None
    statements = _statements(text, blanked, "", 0, len(blanked), 1)
    return None if statements is None else Outline(statements)


def members(text: str, statement: Statement) -> tuple[Statement, ...] | None:
    """The statements of the body of a class, `text` being the whole source that `statement` was found in.

    None when that cannot be told exactly (tabs after spaces in an indent, no body): then parse the class.
    """
    blanked = _structure(text)
    colon = -1 if blanked is None else _header_end(blanked, statement)
    if blanked is None or colon < 0:
        return None
    # In `blanked` a newline stands before the text, so the offset behind the colon is that of the colon.
    header = colon + 1
    end = statement.end + 1
    line = statement.line + text.count("\n", statement.start, colon)
    line_end = blanked.find("\n", header, end)
    if blanked[header : line_end if line_end >= 0 else end].strip():
        return _body_on_header_line(blanked, header, end, line)
    body = _FIRST_INDENT.search(blanked, header, end)
    if body is None or ("\t" in blanked and _TAB_AFTER_SPACE.search(blanked, header, end)):
        return None
    return _statements(text, blanked, body[1], header, end, line)


def header_end(text: str, statement: Statement) -> int:
    """Offset behind the colon that ends the header of a class or function, so that
    `text[statement.start:header_end(text, statement)]` is the header with its decorators; -1 if there is none.
    """
    blanked = _structure(text)
    return -1 if blanked is None else _header_end(blanked, statement)


_INDENTING_FORM_FEED = re.compile(r"\n[ \t]*\f[ \t\f]*(?=\S)")
_INDENTING_BACKSLASH = re.compile(r"\n[ \t\f]*\\\r?\n")
_FIRST_INDENT = re.compile(r"\n([ \t]+)(?=\S)")
_TAB_AFTER_SPACE = re.compile(r"\n[ \t]* \t")
"""Indents of tabs before spaces are equal only if they are one string; not so with a tab after a space."""
_HEADER_STOP = re.compile(r"[()\[\]{}:]|\blambda\b")
# Not `\w`, which lacks the combining marks that identifiers may hold.
_IDENTIFIER = r"[^\x00-@\[-^`{-\x7f][^\x00-/:-@\[-^`{-\x7f]*"
_WORD = re.compile(_IDENTIFIER)
_NAME = re.compile(rf"\s*(?:def|class)\s+({_IDENTIFIER})")
_TYPE_ALIAS = re.compile(rf"type[ \t]+(?!(?:in|is|if|or|and|not)\b)({_IDENTIFIER})[ \t]*[=\[]")
_MATCH_HEAD = re.compile(r"match\b(?![ \t]*(?:=[^=]|[.,;:)]))")
_CASE = re.compile(r":\s*\n\s*case\b")
_BOUND = re.compile(r"[ \t]*(?:(=)(?!=)|:(?!=))")
_ASSIGNMENT_STOP = re.compile(r"[(\[{]|[)\]}]|\blambda\b|<<=|>>=|\*\*=|//=|[-+*/%@&|^]=|[=<>!:]=|=")

_ALL_BUT_BRACKETS = bytes(set(range(256)).difference(b"()[]{}"))
_OPENING = b"([{"
_CONTINUING = frozenset(("else", "elif", "except", "finally"))
_COMPARISONS = frozenset(("==", "<=", ">=", "!=", ":="))
_KINDS: dict[str | None, Kind] = {
    "def": "function",
    "class": "class",
    "import": "import",
    "from": "import",
    **dict.fromkeys(("if", "try", "with", "for", "while"), "compound"),
    **dict.fromkeys(("pass", "break", "continue", "return", "raise", "global", "nonlocal", "del"), "other"),
    **dict.fromkeys(("assert", "not", "lambda", "None", "True", "False"), "other"),
}


@lru_cache(maxsize=2)
def _structure(text: str) -> str | None:
    """A newline and the blanked text; None where line starts do not tell statements. Kept for `members`."""
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        return None
    parts = lexer.split(text)
    if parts is None:
        return None
    joins_lines = "\\\n" in parts or "\\\r\n" in parts
    blanked = "".join(("\n", *lexer.fill(parts)))
    if "\f" in blanked and _INDENTING_FORM_FEED.search(blanked):
        return None
    if joins_lines and _has_indenting_backslash(text, blanked):
        return None
    return blanked


def _has_indenting_backslash(text: str, blanked: str) -> bool:
    """Whether a logical line begins with a joined line."""
    if text.startswith("\\"):
        return True
    return any(blanked[match.start() + 1] == "\n" for match in _INDENTING_BACKSLASH.finditer(text))


def _header_end(blanked: str, statement: Statement) -> int:
    depth = 0
    lambdas = 0
    for match in _HEADER_STOP.finditer(blanked, statement.decorated + 1, statement.end + 1):
        stop = match[0]
        if stop in "([{":
            depth += 1
        elif stop in ")]}":
            depth -= 1
        elif depth == 0 and stop == "lambda":
            lambdas += 1
        elif depth == 0 and stop == ":":
            if lambdas == 0:
                return match.start()
            lambdas -= 1
    return -1


def _body_on_header_line(blanked: str, header: int, end: int, line: int) -> tuple[Statement, ...]:
    """The one statement group of `class A: x = 1`."""
    body = blanked[header:end]
    start = header + len(body) - len(body.lstrip())
    code_end = header + len(body.rstrip())
    match = _WORD.match(blanked, start)
    word = match[0] if match else None
    kind, name = _classify(blanked, start, start, code_end, word) if word not in _KINDS else (_KINDS[word], "")
    return (Statement(kind, name, start - 1, end - 1, line, "", start - 1),)


@lru_cache(maxsize=256)
def _line_pattern(indent: str) -> re.Pattern[str]:
    return re.compile(rf"\n{indent}(?:({_IDENTIFIER})|(?=[^\s)\]}}]))")


def _statements(text: str, blanked: str, indent: str, first: int, last: int, line: int) -> tuple[Statement, ...] | None:
    """The statements of the body in `blanked[first:last]` whose lines begin with `indent`, or None if brackets do not
    balance or code stands before the first of them. `line` is that of the offset `first` in the text.
    """
    width = 1 + len(indent)
    # Bytes, since deleting all but the brackets is far faster there; a character is one byte, so offsets hold.
    brackets = blanked[first:last].encode("ascii", "replace")
    depth = 0
    checked = 0
    decorating = False
    groups: list[tuple[int, int, str | None]] = []
    limits: list[int] = []
    for match in _line_pattern(indent).finditer(blanked, first, last):
        newline = match.start()
        found = brackets[checked : newline - first].translate(None, _ALL_BUT_BRACKETS)
        checked = newline - first
        if found:
            depth += len(found) - 2 * len(found.translate(None, _OPENING))
        if depth:
            if depth < 0:
                return None
            continue
        word = match[1]
        if word in _CONTINUING:
            continue
        start = newline + width
        if decorating:
            groups[-1] = (groups[-1][0], start, word)
        else:
            groups.append((start, start, word))
            limits.append(newline)
        decorating = word is None and blanked[start] == "@"
    found = brackets[checked:].translate(None, _ALL_BUT_BRACKETS)
    if depth + len(found) - 2 * len(found.translate(None, _OPENING)):
        return None
    if blanked[first : limits[0] if limits else last].strip():
        return None
    limits.append(last)
    statements: list[Statement] = []
    counted = max(first - 1, 0)
    for (start, decorated, word), limit in zip(groups, limits[1:], strict=True):
        line += text.count("\n", counted, start - 1)
        counted = start - 1
        code_end = start + len(blanked[start:limit].rstrip())
        end = blanked.find("\n", code_end, last)
        kind = _KINDS.get(word)
        name = ""
        if kind is None:
            kind, name = _classify(blanked, start, decorated, code_end, word)
        elif word == "def" or word == "class":
            definition = _NAME.match(blanked, decorated)
            name = definition[1] if definition is not None else ""
        if not name.isascii():
            name = unicodedata.normalize("NFKC", name)
        statements.append(Statement(kind, name, start - 1, end if end >= 0 else last - 1, line, indent, decorated - 1))
    return tuple(statements)


def _classify(blanked: str, start: int, decorated: int, end: int, word: str | None) -> tuple[Kind, str]:
    """Kind and name of the statement in `blanked[start:end]` whose first word behind decorators is no plain keyword."""
    if word == "async":
        definition = _NAME.match(blanked, decorated + len("async "))
        return ("compound", "") if definition is None else ("function", definition[1])
    joined = blanked.find(";", start, end)
    if joined >= 0:
        if blanked[joined + 1 : end].strip():
            return ("compound" if _is_match(blanked, start, end, word) else "other"), ""
        end = joined
    if word:
        bound = _BOUND.match(blanked, start + len(word), end)
        if bound is not None:
            if not bound[1] or blanked.find("=", bound.end(), end) < 0:
                return "assignment", word
            return "assignment", "" if _assigns(blanked, bound.end(), end) else word
        if word == "type":
            alias = _TYPE_ALIAS.match(blanked, start, end)
            if alias is not None:
                return "assignment", alias[1]
        if _is_match(blanked, start, end, word):
            return "compound", ""
    if blanked.find("=", start, end) >= 0 and _assigns(blanked, start, end):
        return "assignment", ""
    return "other", ""


def _is_match(blanked: str, start: int, end: int, word: str | None) -> bool:
    if word != "match" or _MATCH_HEAD.match(blanked, start, end) is None:
        return False
    case = _CASE.search(blanked, start, end)
    if case is None:
        return False
    colon = case.start()
    return all(
        blanked.count(opening, start, colon) == blanked.count(closing, start, colon)
        for opening, closing in ("()", "[]", "{}")
    )


def _assigns(blanked: str, start: int, end: int) -> bool:
    """Whether an assignment sign (also `+=` and the like) stands outside of brackets and before any lambda there."""
    depth = 0
    for stop in _ASSIGNMENT_STOP.finditer(blanked, start, end):
        sign = stop[0]
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif depth == 0:
            if sign == "lambda":
                return False
            if sign not in _COMPARISONS:
                return True
    return False
