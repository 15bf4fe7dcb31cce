"""The inventory of event loops."""

from collections.abc import Iterator

from execution_lint.project.inventories.loops import LoopEntry
from execution_lint.reporting.location import absolute, position


class LoopLayout:
    """What is shown of a loop."""

    columns = ("place", "call", "in", "life", "closed", "owner")

    def rows(self, entry: LoopEntry, root: str, working_directory: str) -> Iterator[tuple[str, ...]]:
        """One line a loop."""
        life = f"{entry.life} in {entry.where}" if entry.where else entry.life
        closed = "yes" if entry.is_closed else "no"
        place = position(root, entry.place, working_directory)
        yield place, f"{entry.call}()", entry.scope, life, closed, entry.owner

    def record(self, entry: LoopEntry, root: str) -> dict[str, object]:
        """The loop as JSON."""
        return {
            "call": entry.call,
            "scope": entry.scope,
            "filename": absolute(root, entry.place),
            "line": entry.place.span.start_line,
            "column": entry.place.span.start_column,
            "life": entry.life,
            "where": entry.where or None,
            "closed": entry.is_closed,
            "owner": entry.owner or None,
        }
