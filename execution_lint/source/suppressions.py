"""Find the comments that waive findings, and say what is wrong with those that cannot be understood."""

import datetime
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

import msgspec

from execution_lint.source import lexer
from execution_lint.source.text import line_starts

Kind = Literal["noqa", "ignore", "ignore-file"]

PREFIX = "EXL"
"""What the codes of this linter begin with."""

HEAD_LINES = 20
"""A comment for the whole file stands in that many first lines, or before the first statement behind the docstring."""

needles: tuple[bytes, ...] = (b"execution-lint", b"qa", b"QA", b"Qa", b"qA")
"""A file that holds none of these holds no suppression; `noqa` counts in any case."""


def may_name_us(data: bytes) -> bool:
    """Whether a file can hold a suppression that is written for this linter: a quick look at its bytes."""
    return b"execution-lint" in data or PREFIX.lower().encode() in data.lower()


class Suppression(msgspec.Struct, frozen=True):
    """A comment, or a part of one, that waives findings."""

    kind: Kind
    """`noqa` and `ignore` speak for lines, `ignore-file` (also `# flake8: noqa`) for the file."""
    codes: tuple[str, ...]
    """Codes of this linter or prefixes of them, in capitals; empty for all."""
    reason: str
    """Why, in the author's words; empty if that is not said."""
    until: datetime.date | None
    """The last day on which it holds; None for ever."""
    line: int
    """1-based line of the comment."""
    column: int
    """1-based column of the `#` that the suppression begins with, in code points."""
    end_column: int
    """Column behind its last character."""
    own_line: bool
    """No code stands on its line."""
    next_code_line: int
    """The next line with code where the comment stands alone on its line, which an `ignore` speaks for too; else 0."""
    names_us: bool
    """Whether it is written for this linter: by its name or by one of its codes. A bare `# noqa` is anybody's."""
    text: str
    """The suppression as it is written."""
    mistake: str = ""
    """What is wrong with it; it must not hold anything back then."""


def suppressions(text: str) -> tuple[Suppression, ...]:
    """The suppressions in decoded source, in the order of the text.

    Only comments count, not strings that look like them; a `noqa` that lists the codes of other tools alone is none of
    ours. Never raises: in a text that is not Python, what stands behind a string left open is not found.
    """
    # A lone carriage return ends a line, which neither the lexer nor the search for lines knows.
    text = _LONE_RETURN.sub("\n", text) if "\r" in text else text
    if "execution-lint" not in text and not any(_is_for_us(match) for match in _noqa_directives(text)):
        return ()
    lines = _Lines(text)
    return tuple(
        _suppression(match, start, lines)
        for start, comment in lexer.comments(text)
        if "execution-lint" in comment or "noqa" in comment.lower()
        for match in _DIRECTIVE.finditer(comment.removesuffix("\r"))
        if _is_for_us(match) and (match["file"] is None or lines.is_alone(lines.line_of(start)))
    )


_CODE_LIST = r"\s*:\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*"
# Where the next comment within a comment begins: one directive may stand behind another. A `#123` in a reason is none.
_NEXT = r"(?=\#\s*(?:noqa\b|[\w-]+\s*[:=])|\Z)"
_DIRECTIVE = re.compile(
    rf"""
    (?P<ours>\#\s*(?-i:execution-lint)\s*:\s*(?P<verb>[\w-]*)\s*(?P<bracketed>\[[^\]\#]*\]?)?(?P<our_reason>.*?){_NEXT})
    |(?P<file>\#\s*(?:flake8|ruff)[:=]\s*noqa\b(?P<file_codes>{_CODE_LIST})?(?P<file_reason>.*?){_NEXT})
    |(?P<line>\#\s*noqa(?![\w-])(?P<line_codes>{_CODE_LIST})?(?P<line_reason>.*?){_NEXT})
    """,
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
_CODE = re.compile(rf"{PREFIX}[0-9]{{0,3}}\Z")
_VERBS = ("ignore", "ignore-file")
# Words that somebody writes who means one of the verbs; any other is prose that begins with the linter's name.
_MEANT = re.compile(r"ig|no-?qa|dis|off|skip|allow|sup|expect|enable|\Z", re.IGNORECASE | re.ASCII)
_UNTIL = re.compile(r"(?:\A|[\s,;(])until\s+([0-9][^\s,;)]*)[,;)]?", re.IGNORECASE | re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_HEAD = re.compile(r'\s*(?:[rRuU]?"+[\s;]*)?')
_LONE_RETURN = re.compile(r"\r(?!\n)")
_CODE_CHARACTER = re.compile(r"\S")


def _noqa_directives(text: str) -> Iterator[re.Match[str]]:
    """The directives on the lines that hold `noqa`, in comments or not: far cheaper than to find the comments first."""
    for ending in ("qa", "QA", "Qa", "qA"):
        position = text.find(ending)
        while position >= 0:
            end = text.find("\n", position)
            end = end if end >= 0 else len(text)
            if text[max(0, position - 2) : position].lower() == "no":
                line = text[text.rfind("\n", 0, position) + 1 : end]
                yield from _DIRECTIVE.finditer(line, max(0, line.find("#")))
                position = end
            position = text.find(ending, position + 1)


def _is_for_us(match: re.Match[str]) -> bool:
    """Whether a directive speaks to this linter: by its name, by one of its codes, or to everybody."""
    if match["ours"]:
        verb = match["verb"]
        return verb.lower() in _VERBS or bool(match["bracketed"]) or _MEANT.match(verb) is not None
    listed = match["file_codes"] or match["line_codes"]
    return not listed or bool(_our_codes(listed))


def _our_codes(listed: str) -> tuple[str, ...]:
    found = re.findall(r"[A-Z]+[0-9]+", listed.upper())
    return tuple(dict.fromkeys(code for code in found if code.startswith(PREFIX)))


class _Lines:
    """The lines of a text, and which of them hold code; asked about in the order of the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._alone: tuple[int, bool] = (0, False)
        self._next: tuple[int, int] = (0, -1)
        """From where code was searched last, and where it was found."""

    @cached_property
    def starts(self) -> tuple[int, ...]:
        return line_starts(self._text)

    @cached_property
    def _blanked(self) -> str:
        return lexer.blank(self._text)

    @cached_property
    def _head_end(self) -> int:
        head = _HEAD.match(self._blanked)
        return head.end() if head is not None else 0

    def line_of(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def is_alone(self, line: int) -> bool:
        """Whether a line holds no code."""
        if self._alone[0] != line:
            self._alone = (line, not self._blanked[self.starts[line - 1] : self._end(line)].strip())
        return self._alone[1]

    def next_code(self, line: int) -> int:
        """The first line behind `line` that holds code, 0 if none does."""
        start = self._end(line)
        searched, found = self._next
        if not searched <= start <= found:
            code = _CODE_CHARACTER.search(self._blanked, start)
            found = code.start() if code is not None else len(self._blanked)
            self._next = (start, found)
        return self.line_of(found) if found < len(self._blanked) else 0

    def is_near_top(self, line: int) -> bool:
        """Whether a line is among the first, or stands before the first statement behind the docstring."""
        return line <= HEAD_LINES or self.starts[line - 1] < self._head_end

    def _end(self, line: int) -> int:
        return self.starts[line] if line < len(self.starts) else len(self._blanked)


def _suppression(match: re.Match[str], start: int, lines: _Lines) -> Suppression:
    offset = start + match.start()
    line = lines.line_of(offset)
    column = offset - lines.starts[line - 1] + 1
    is_alone = lines.is_alone(line)
    kind: Kind
    if match["ours"]:
        names_us = True
        kind = "ignore-file" if match["verb"].lower() == "ignore-file" else "ignore"
        codes, mistake = _codes_in_brackets(match["verb"], match["bracketed"])
        reason, until, bad_date = _reason(match["our_reason"])
        mistake = mistake or bad_date
        if kind == "ignore-file" and not mistake and not lines.is_near_top(line):
            mistake = f"`ignore-file` must stand in the first {HEAD_LINES} lines or before the first statement"
    else:
        kind = "noqa" if match["file"] is None else "ignore-file"
        codes = _our_codes(match["file_codes"] or match["line_codes"] or "")
        names_us = bool(codes)
        reason, until, bad_date = _reason(match["file_reason"] or match["line_reason"] or "")
        mistake = next((_unknown_code(code) for code in codes if _CODE.match(code) is None), "")
        if names_us:
            mistake = mistake or bad_date
    return Suppression(
        kind=kind,
        codes=codes,
        reason=reason,
        until=until,
        line=line,
        column=column,
        end_column=column + len(match[0].rstrip()),
        own_line=is_alone,
        next_code_line=lines.next_code(line) if is_alone else 0,
        names_us=names_us,
        text=match[0].rstrip(),
        mistake=mistake,
    )


def _codes_in_brackets(verb: str, bracketed: str | None) -> tuple[tuple[str, ...], str]:
    """The codes of `ignore[...]`, and what is wrong with it."""
    if verb.lower() not in _VERBS:
        return (), f"`{verb}` is unknown; write `ignore[CODE]` or `ignore-file[CODE]`"
    if bracketed is None:
        return (), ""
    if not bracketed.endswith("]"):
        return (), "the bracket is not closed"
    named = [code.upper() for code in re.split(r"[,\s]+", bracketed[1:-1]) if code]
    codes = tuple(dict.fromkeys(code for code in named if _CODE.match(code)))
    others = [code for code in named if not _CODE.match(code)]
    if others:
        return codes, _unknown_code(others[0])
    return codes, "" if codes else f"no code stands in the brackets; write `{verb.lower()}[{PREFIX}301]`"


def _unknown_code(code: str) -> str:
    return f"`{code}` is no code of this linter; they look like `{PREFIX}301`"


def _reason(written: str) -> tuple[str, datetime.date | None, str]:
    """The reason, its date, and what is wrong with the date."""
    mistake = ""
    date = None
    until = _UNTIL.search(written)
    if until is not None:
        day = until[1].rstrip(".")
        written = f"{written[: until.start()]} {written[until.end() :]}"
        try:
            date = datetime.date.fromisoformat(day) if _DATE.fullmatch(day) else None
        except ValueError:
            date = None
        if date is None:
            mistake = f"`{day}` is no date; write it as `until 2027-01-31`"
    return " ".join(written.split()).lstrip(" :;,.-–—").rstrip(" ;,-–—"), date, mistake
