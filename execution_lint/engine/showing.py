"""Tells whether all that a report shows of a file, and all that holds findings back in it, is as it was."""

from collections.abc import Iterable

from execution_lint.extract.opened import OpenedFile
from execution_lint.model.place import Span
from execution_lint.source.generated import is_generated
from execution_lint.source.suppressions import Suppression, suppressions

CONTEXT = 2
"""Lines that may be shown before and behind a place."""


def shows_the_same(before: OpenedFile, after: OpenedFile, spans: tuple[Span, ...]) -> bool:
    """Whether two texts of a file show the same at `spans`, at which findings lie in both, and at what is said of
    suppressions; and whether these hold back the same."""
    heard = _heard(before, spans)
    if heard != _heard(after, spans) or is_generated(before.text) != is_generated(after.text):
        return False
    shown = [(span.start_line, span.end_line) for span in spans]
    shown += [(comment.line, comment.line) for comment in heard if comment.names_us]
    return all(
        before.lines[max(0, first - 1 - CONTEXT) : last + CONTEXT]
        == after.lines[max(0, first - 1 - CONTEXT) : last + CONTEXT]
        for first, last in shown
    )


def _heard(opened: OpenedFile, spans: Iterable[Span]) -> tuple[Suppression, ...]:
    """The suppressions that something is said of, or that may hold back what lies at `spans`."""
    comments = suppressions(opened.text)
    if not comments:
        return ()
    regions = {opened.region_at(span.start_line) for span in spans}
    lines = {
        line
        for region in (opened.regions[index] for index in regions if index is not None)
        for line in range(region.first_line, region.last_line + 1)
    }
    return tuple(
        comment for comment in comments if comment.names_us or comment.kind == "ignore-file" or comment.line in lines
    )
