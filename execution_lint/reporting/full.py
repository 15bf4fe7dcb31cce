"""The rendering for people: message, source frame, the places that explain it, and what to do."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from execution_lint.model.finding import Finding, Related
from execution_lint.model.place import Place
from execution_lint.model.report import Report
from execution_lint.reporting.cells import one_line
from execution_lint.reporting.colour import Paint, Role, plain
from execution_lint.reporting.frame import Mark, bar, frame, last_line, one_line_frame
from execution_lint.reporting.location import absolute, position

ReadLines = Callable[[str], Sequence[str]]
"""The lines of the file at an absolute path, with or without their ends; OSError or UnicodeError if it has none."""


def render(report: Report, read_lines: ReadLines, working_directory: str, paint: Paint = plain) -> str:
    """Each finding as a block, an empty line between two; empty for a report without findings.

    Paths are relative to `working_directory`, which is absolute. A source that cannot be read any more, or is now
    shorter than the finding's line, costs its frame, not the finding.
    """
    cached = lru_cache(maxsize=32)(read_lines)
    blocks: list[str] = []
    for project in report.projects:
        sources = _Sources(project.root, cached, working_directory, paint)
        blocks.extend(_block(finding, sources) for finding in project.findings)
    return "\n".join(blocks)


class _Sources:
    """Where the places of one project are, and what is written there."""

    def __init__(self, root: str, read_lines: ReadLines, working_directory: str, paint: Paint) -> None:
        self._root = root
        self._read_lines = read_lines
        self._working_directory = working_directory
        self.paint = paint

    def position(self, place: Place) -> str:
        return position(self._root, place, self._working_directory)

    def lines(self, place: Place) -> Sequence[str]:
        """The lines of the place's file; none where the place cannot be shown."""
        try:
            lines = self._read_lines(absolute(self._root, place)) or [""]
        except (OSError, UnicodeError):
            return []
        return lines if place.span.start_line <= len(lines) else []


def _block(finding: Finding, sources: _Sources) -> str:
    paint = sources.paint
    lines = sources.lines(finding.place)
    related = [(item, sources.lines(item.place)) for item in finding.related]
    widest = [last_line(lines, finding.place.span)] if lines else []
    widest += [item.place.span.start_line for item, _ in related]
    gutter = len(str(max(widest, default=1)))

    rows = [
        f"{paint(Role.CODE, f'{finding.code}[{finding.rule}]')} {paint(Role.MESSAGE, one_line(finding.message))}",
        _arrow("-->", finding.place, gutter, sources),
        bar(gutter, paint),
    ]
    if lines:
        rows += frame(lines, finding.place.span, Mark("^", Role.PRIMARY), gutter, paint)
    for item, its_lines in related:
        rows += _related(item, its_lines, gutter, sources)
    if lines or related:
        rows.append(bar(gutter, paint))
    if not lines:
        rows.append(_note(gutter, "source", "cannot be shown, the file has changed or is gone", paint))
    rows.append(_note(gutter, "confidence", finding.confidence.value, paint))
    if finding.help:
        rows.append(_note(gutter, "help", one_line(finding.help), paint))
    return "\n".join(rows) + "\n"


def _related(item: Related, lines: Sequence[str], gutter: int, sources: _Sources) -> list[str]:
    paint = sources.paint
    message = one_line(item.message)
    rows = [bar(gutter, paint), _arrow(":::", item.place, gutter, sources)]
    if lines:
        mark = Mark("-", Role.SECONDARY, message)
        return [*rows, *one_line_frame(lines, item.place.span, mark, gutter, paint)]
    return [*rows, f"{bar(gutter, paint)} {paint(Role.SECONDARY, message)}"]


def _arrow(sign: str, place: Place, gutter: int, sources: _Sources) -> str:
    return f"{sources.paint(Role.GUTTER, ' ' * gutter + sign)} {sources.position(place)}"


def _note(gutter: int, name: str, text: str, paint: Paint) -> str:
    return f"{paint(Role.GUTTER, ' ' * gutter + ' =')} {paint(Role.HELP, name + ':')} {text}"
