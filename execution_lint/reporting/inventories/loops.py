"""The inventory of event loops."""

from collections.abc import Iterator

from execution_lint.project.inventories.loops import LoopEntry
from execution_lint.reporting.location import absolute, position

_CLOSED = {True: "yes", False: "no", None: ""}


class LoopLayout:
    """What is shown of a loop, a runner, a bridge or a patch."""

    columns = ("place", "kind", "call", "in", "life", "closed", "owner", "entries")

    def rows(self, entry: LoopEntry, root: str, working_directory: str) -> Iterator[tuple[str, ...]]:
        """One line an entry."""
        life = f"{entry.life} in {entry.where}" if entry.where else entry.life
        call = entry.call if entry.kind == "patch" else f"{entry.call}()"
        entries = str(len(entry.entries)) if entry.entries else ""
        place = position(root, entry.place, working_directory)
        yield place, entry.kind, call, entry.scope, life, _CLOSED[entry.is_closed], entry.owner, entries

    def record(self, entry: LoopEntry, root: str) -> dict[str, object]:
        """The entry as JSON."""
        return {
            "kind": entry.kind,
            "call": entry.call,
            "scope": entry.scope,
            "filename": absolute(root, entry.place),
            "line": entry.place.span.start_line,
            "column": entry.place.span.start_column,
            "life": entry.life,
            "where": entry.where or None,
            "closed": entry.is_closed,
            "owner": entry.owner or None,
            "confidence": entry.confidence,
            "entries": [
                {
                    "name": reaching.name,
                    "filename": absolute(root, reaching.place),
                    "line": reaching.place.span.start_line,
                    "hops": reaching.hops,
                    "confidence": reaching.confidence,
                }
                for reaching in entry.entries
            ],
        }
