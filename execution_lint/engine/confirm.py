"""Has libcst look again at the code that findings rest on: what the quick parser read must be what is there."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from execution_lint.engine.library import FileLibrary
from execution_lint.model.finding import Finding


def disagreements(findings: Iterable[Finding], library: FileLibrary) -> Iterator[str]:
    """A line for each finding in whose region libcst reads something else; nothing where it cannot parse the region."""
    for (path, index), found in _lines_by_region(findings, library).items():
        if not _is_confirmed(library, path, index, found):
            for line in sorted(found):
                yield f"{path}:{line}: the two parsers disagree on this code; please report it"


def begin(findings: Iterable[Finding], library: FileLibrary, has_time: Callable[[], bool]) -> None:
    """Look at the code of findings beforehand, region by region, as long as there is time: what libcst said is kept."""
    for (path, index), found in _lines_by_region(findings, library).items():
        if not has_time():
            return
        _is_confirmed(library, path, index, found)


def _lines_by_region(findings: Iterable[Finding], library: FileLibrary) -> dict[tuple[str, int], set[int]]:
    lines: dict[tuple[str, int], set[int]] = {}
    for finding in findings:
        place = finding.place
        opened = library.peek(place.path)
        index = opened.region_at(place.span.start_line) if opened is not None else None
        if index is not None:
            lines.setdefault((place.path, index), set()).add(place.span.start_line)
    return lines


def _is_confirmed(library: FileLibrary, path: str, index: int, lines: set[int]) -> bool:
    from execution_lint.extract.opened import Unparsable

    opened = library.peek(path)
    if opened is None:
        return True
    # What another process found in it, or an earlier run, was not read by this one.
    with suppress(Unparsable):
        opened.facts(index)
    return opened.is_confirmed(index, lines)
