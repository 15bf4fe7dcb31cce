"""Has libcst look again at the code that findings rest on: what the quick parser read must be what is there."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from execution_lint.engine.library import FileLibrary
from execution_lint.model.finding import Finding


def disagreements(findings: Iterable[Finding], library: FileLibrary) -> Iterator[str]:
    """A line for each finding in whose region libcst reads something else; nothing where it cannot parse the region."""
    agreed: dict[tuple[str, int], bool] = {}
    for finding in findings:
        place = finding.place
        opened = library.peek(place.path)
        index = opened.region_at(place.span.start_line) if opened is not None else None
        if opened is None or index is None:
            continue
        if (place.path, index) not in agreed:
            from execution_lint.extract.opened import Unparsable

            # What another process found in it, or an earlier run, was not read by this one.
            with suppress(Unparsable):
                opened.facts(index)
            agreed[place.path, index] = opened.is_confirmed(index)
        if not agreed[place.path, index]:
            yield f"{place.path}:{place.span.start_line}: the two parsers disagree on this code; please report it"
