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
    """What a definition or an assignment (also annotated, also `type NAME = ...`) binds, if that is one plain name; else empty."""
    start: int
    """Offset of the first decorator or of the first word."""
    end: int
    """Offset behind the last line of code, its comment and newline included."""
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
    """The top-level statements of decoded source. None when it is beyond lexical means (a string or a bracket left open,
    a form feed before code, a lone carriage return, an indent that starts with a backslash): then parse the whole file.

    A text that is not Python gives some outline or None; it never raises.
    """
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        return None
    parts = lexer.split(text)
    if parts is None:
        return None
    blanked = "\n" + "".join(lexer.fill(parts))
    if "\f" in blanked and _INDENTING_FORM_FEED.search(blanked):
        return None
    if _has_indenting_backslash(text, blanked):
        return None
    statements = _statements(text, blanked, "", -1, 1)
    return None if statements is None else Outline(statements)


def members(text: str, statement: Statement) -> tuple[Statement, ...] | None:
    """The statements of the body of a class, `text` being the whole source that `statement` was found in.

    None when that cannot be told exactly (tabs after spaces in an indent, no body): then parse the class.
    """
    segment = text[statement.start : statement.end]
    header = header_end(text, statement) - statement.start
    parts = lexer.split(segment)
    if parts is None or header <= 0:
        return None
    blanked = "".join(lexer.fill(parts))
    rest_of_line = blanked[header:].partition("\n")[0]
    base = statement.start
    if rest_of_line.strip():
        start = header + len(rest_of_line) - len(rest_of_line.lstrip())
        line = statement.line + text.count("\n", base, base + start)
        word = _WORD.match(blanked, start)
        return (_statement(blanked, start, start, len(blanked), word[0] if word else "", base, line, ""),)
    body = _FIRST_INDENT.search(blanked, header)
    if body is None or ("\t" in blanked and _TAB_AFTER_SPACE.search(blanked, header)):
        return None
    line = statement.line + text.count("\n", base, base + header)
    return _statements(text, blanked[header:], body[1], base + header, line)


def header_end(text: str, statement: Statement) -> int:
    """Offset behind the colon that ends the header of a class or function, so that `text[statement.start:header_end(...)]` is the
    header with its decorators; -1 if there is none.
    """
    depth = 0
    lambdas = 0
    position = statement.decorated
    while (match := _HEADER_STOP.search(text, position, statement.end)) is not None:
        position = match.end()
        stop = match[0]
        if stop in "\"'":
            position = lexer.string_end(text, match.start())
            if position < 0:
                return -1
        elif stop in "([{":
            depth += 1
        elif stop in ")]}":
            depth -= 1
        elif depth == 0 and stop == "lambda":
            lambdas += 1
        elif depth == 0 and stop == ":":
            if lambdas == 0:
                return position
            lambdas -= 1
    return -1


_INDENTING_FORM_FEED = re.compile(r"\n[ \t]*\f[ \t\f]*(?=\S)")
_INDENTING_BACKSLASH = re.compile(r"\n[ \t\f]*\\\r?\n")
_FIRST_INDENT = re.compile(r"\n([ \t]+)(?=\S)")
_TAB_AFTER_SPACE = re.compile(r"\n[ \t]* \t")
"""Two indents of tabs before spaces are equal to CPython only if they are the same string; with a tab after a space, not so."""
_HEADER_STOP = re.compile(r"""["'()\[\]{}:]|\blambda\b|#[^\r\n]*""")
_WORD = re.compile(r"[^\W\d]\w*")
_DEFINED = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)")
_TYPE_ALIAS = re.compile(r"type[ \t]+(?!(?:in|is|if|or|and|not)\b)([^\W\d]\w*)[ \t]*[=\[]")
_MATCH_HEAD = re.compile(r"match\b(?![ \t]*(?:=[^=]|[.,;:)]))")
_CASE = re.compile(r":\s*\n\s*case\b")
_BOUND = re.compile(r"[ \t]*(?:(=)(?!=)|:(?!=))")
_ASSIGNMENT_STOP = re.compile(r"[(\[{]|[)\]}]|\blambda\b|<<=|>>=|\*\*=|//=|[-+*/%@&|^]=|[=<>!:]=|=")

_CONTINUING = frozenset(("else", "elif", "except", "finally"))
_COMPOUND = frozenset(("if", "try", "with", "for", "while"))
_SIMPLE = frozenset(
    (
        "pass",
        "break",
        "continue",
        "return",
        "raise",
        "global",
        "nonlocal",
        "del",
        "assert",
        "not",
        "lambda",
        "None",
        "True",
        "False",
    )
)


def _has_indenting_backslash(text: str, blanked: str) -> bool:
    """Whether a logical line begins with a joined line; `blanked` has one newline in front of `text`."""
    if text.startswith("\\"):
        return True
    if "\\\n" not in text and "\\\r\n" not in text:
        return False
    return any(blanked[match.start() + 1] == "\n" for match in _INDENTING_BACKSLASH.finditer(text))


@lru_cache(maxsize=256)
def _line_pattern(indent: str) -> re.Pattern[str]:
    return re.compile(rf"\n{indent}(?:([^\W\d]\w*)|(?=[^\s)\]}}]))")


def _statements(text: str, blanked: str, indent: str, base: int, line: int) -> tuple[Statement, ...] | None:
    """The statements of a body whose lines begin with `indent`, or None if brackets do not balance or code stands before it.

    `blanked` holds a newline before the first of them; its offset 0 is `base` in `text` (-1: one before), on line `line`.
    """
    width = 1 + len(indent)
    count = blanked.count
    depth = 0
    checked = 0
    decorating = False
    groups: list[tuple[int, int, str]] = []
    for match in _line_pattern(indent).finditer(blanked):
        start = match.start()
        depth += (
            count("(", checked, start)
            + count("[", checked, start)
            + count("{", checked, start)
            - count(")", checked, start)
            - count("]", checked, start)
            - count("}", checked, start)
        )
        checked = start
        if depth:
            if depth < 0:
                return None
            continue
        word = match[1] or ""
        if word in _CONTINUING:
            continue
        start += width
        if decorating:
            groups[-1] = (groups[-1][0], start, word)
        else:
            groups.append((start, start, word))
        decorating = not word and blanked[start] == "@"
    for opening, closing in ("()", "[]", "{}"):
        depth += count(opening, checked) - count(closing, checked)
    first = groups[0][0] if groups else len(blanked)
    if depth or blanked[:first].strip():
        return None
    if not groups:
        return ()
    statements: list[Statement] = []
    counted = max(base, 0)
    limits = [start - width for start, _, _ in groups[1:]]
    limits.append(len(blanked))
    for (start, decorated, word), limit in zip(groups, limits, strict=True):
        line += text.count("\n", counted, base + start)
        counted = base + start
        statements.append(_statement(blanked, start, decorated, limit, word, base, line, indent))
    return tuple(statements)


def _statement(
    blanked: str, start: int, decorated: int, limit: int, word: str, base: int, line: int, indent: str
) -> Statement:
    code_end = start + len(blanked[start:limit].rstrip())
    end = blanked.find("\n", code_end) + 1 or len(blanked)
    kind: Kind
    name = ""
    if word == "def" or word == "class" or word == "async":
        definition = _DEFINED.match(blanked, decorated)
        if definition is None:
            kind = "compound" if word == "async" else "other"
        else:
            kind = "class" if word == "class" else "function"
            name = definition[1]
    elif word == "import" or word == "from":
        kind = "import"
    elif word in _COMPOUND:
        kind = "compound"
    elif word in _SIMPLE:
        kind = "other"
    else:
        kind, name = _classify(blanked, start, code_end, word)
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return Statement(kind, name, base + start, base + end, line, indent, base + decorated)


def _classify(blanked: str, start: int, end: int, word: str) -> tuple[Kind, str]:
    """Kind and name of a statement whose first word is no hard keyword."""
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


def _is_match(blanked: str, start: int, end: int, word: str) -> bool:
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
    """Whether an assignment sign (also `+=` and the like) stands outside of brackets, and not in the parameters of a lambda."""
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


_COMPARISONS = frozenset(("==", "<=", ">=", "!=", ":="))
