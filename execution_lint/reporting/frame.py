"""A stretch of source with a span marked in it, as lines of text."""

from collections.abc import Sequence

import msgspec

from execution_lint.model.place import Span
from execution_lint.reporting.cells import Strip, strip
from execution_lint.reporting.colour import Paint, Role

ROOM = 120
"""Cells of source shown of a line; a longer line is cut around its span."""

_CONTEXT = 2
_TALLEST = 9
_HEAD, _TAIL = 6, 2


class Mark(msgspec.Struct, frozen=True):
    """How a span is marked."""

    sign: str
    role: Role
    label: str = ""


def bar(gutter: int, paint: Paint) -> str:
    """An empty line beside the source; `gutter` is the width of the widest line number shown."""
    return paint(Role.GUTTER, " " * gutter + " |")


def last_line(lines: Sequence[str], span: Span) -> int:
    """The number of the last line that a frame of `span` shows with its context."""
    return min(_fitted(lines, span).end_line + _CONTEXT, len(lines))


def frame(lines: Sequence[str], span: Span, mark: Mark, gutter: int, paint: Paint) -> list[str]:
    """`span` marked, with two lines of the file before and after it. A span outside `lines` is moved to their end."""
    span = _fitted(lines, span)
    first = max(1, span.start_line - _CONTEXT)
    while first < span.start_line and not lines[first - 1].strip():
        first += 1
    last = min(len(lines), span.end_line + _CONTEXT)
    while last > span.end_line and not lines[last - 1].strip():
        last -= 1
    margin = "" if span.start_line == span.end_line else "  "
    before = [_source(lines, number, gutter, margin, paint) for number in range(first, span.start_line)]
    after = [_source(lines, number, gutter, margin, paint) for number in range(span.end_line + 1, last + 1)]
    marked = _marked_line if span.start_line == span.end_line else _marked_block
    return [*before, *marked(lines, span, mark, gutter, paint), *after]


def one_line_frame(lines: Sequence[str], span: Span, mark: Mark, gutter: int, paint: Paint) -> list[str]:
    """The first line of `span`, marked, without context."""
    span = _fitted(lines, span)
    if span.end_line > span.start_line:
        end = len(_text(lines, span.start_line).rstrip()) + 1
        span = Span(span.start_line, span.start_column, span.start_line, max(span.start_column, end))
    return _marked_line(lines, span, mark, gutter, paint)


def _marked_line(lines: Sequence[str], span: Span, mark: Mark, gutter: int, paint: Paint) -> list[str]:
    start, end = span.start_column - 1, span.end_column - 1
    shown = strip(_text(lines, span.start_line), start, end, ROOM)
    offset = shown.cell(start)
    sign = mark.sign * max(1, shown.cell(end) - offset)
    label = f" {mark.label}" if mark.label else ""
    return [
        _row(str(span.start_line), gutter, shown.text, paint),
        f"{bar(gutter, paint)} {' ' * offset}{paint(mark.role, sign + label)}",
    ]


def _marked_block(lines: Sequence[str], span: Span, mark: Mark, gutter: int, paint: Paint) -> list[str]:
    """A span over several lines, beside a line that runs from its first character to its last."""
    start, end = span.start_column - 1, span.end_column - 1
    opening = strip(_text(lines, span.start_line), 0, 0, ROOM)
    rows = []
    if _text(lines, span.start_line)[:start].strip():
        rows.append(_row(str(span.start_line), gutter, "  " + opening.text, paint))
        rows.append(f"{bar(gutter, paint)}  {paint(mark.role, '_' * (opening.cell(start) + 1) + mark.sign)}")
    else:
        rows.append(_row(str(span.start_line), gutter, paint(mark.role, "/") + " " + opening.text, paint))
    side = paint(mark.role, "|")
    for number in _inner(span):
        if number is None:
            rows.append(f"{paint(Role.GUTTER, '...'.ljust(gutter + 1) + '|')} {side}")
        else:
            rows.append(_row(str(number), gutter, f"{side} {strip(_text(lines, number), 0, 0, ROOM).text}", paint))
    closing: Strip = strip(_text(lines, span.end_line), 0, 0, ROOM)
    label = f" {mark.label}" if mark.label else ""
    foot = "|" + "_" * (closing.cell(max(0, end - 1)) + 1) + mark.sign + label
    rows.append(f"{bar(gutter, paint)} {paint(mark.role, foot)}")
    return rows


def _inner(span: Span) -> list[int | None]:
    """The lines of a block after its first; None stands for those left out of a tall one."""
    rest: list[int | None] = list(range(span.start_line + 1, span.end_line + 1))
    if len(rest) + 1 <= _TALLEST:
        return rest
    return [*rest[: _HEAD - 1], None, *rest[-_TAIL:]]


def _source(lines: Sequence[str], number: int, gutter: int, margin: str, paint: Paint) -> str:
    return _row(str(number), gutter, margin + strip(_text(lines, number), 0, 0, ROOM).text, paint)


def _row(number: str, gutter: int, text: str, paint: Paint) -> str:
    return f"{paint(Role.GUTTER, number.rjust(gutter) + ' |')} {text}".rstrip()


def _text(lines: Sequence[str], number: int) -> str:
    return lines[number - 1].rstrip("\r\n")


def _fitted(lines: Sequence[str], span: Span) -> Span:
    """`span` moved into `lines`; an end at the start of a line is the end of the line before."""
    start_line = min(max(1, span.start_line), len(lines))
    end_line = min(max(start_line, span.end_line), len(lines))
    end_column = span.end_column
    if end_line < span.end_line:
        end_column = len(_text(lines, end_line)) + 1
    elif end_line > start_line and end_column <= 1:
        end_line -= 1
        end_column = len(_text(lines, end_line)) + 1
    start_column = min(max(1, span.start_column), len(_text(lines, start_line)) + 1)
    end_column = min(max(1, end_column), len(_text(lines, end_line)) + 1)
    if start_line == end_line:
        end_column = max(start_column, end_column)
    return Span(start_line, start_column, end_line, end_column)
