"""The inventory of routes."""

from collections.abc import Iterator

from execution_lint.project.inventories.routes import ExitEntry, RouteEntry
from execution_lint.reporting.location import absolute, position


class RouteLayout:
    """What is shown of a route: a line an exit."""

    columns = ("method", "path", "handler", "place", "framework", "contract", "exit", "answer")

    def rows(self, entry: RouteEntry, root: str, working_directory: str) -> Iterator[tuple[str, ...]]:
        """The route, and below it each further answer."""
        path = entry.path if entry.path_complete else f"…{entry.path}"
        place = position(root, entry.place, working_directory).rpartition(":")[0]
        methods = ",".join(entry.methods) or "?"
        head = (methods, path, entry.handler, place, entry.framework, entry.contract)
        for index, exit in enumerate(entry.exits):
            yield (*(head if not index else ("",) * len(head)), str(exit.line), _answer(exit))
        if not entry.exits:
            yield (*head, "", "")

    def record(self, entry: RouteEntry, root: str) -> dict[str, object]:
        """The route as JSON."""
        return {
            "methods": list(entry.methods),
            "path": entry.path,
            "path_complete": entry.path_complete,
            "handler": entry.handler,
            "filename": absolute(root, entry.place),
            "line": entry.place.span.start_line,
            "framework": entry.framework,
            "contract": entry.contract or None,
            "exits": [
                {
                    "line": exit.line,
                    "kind": exit.kind,
                    "keys": list(exit.keys),
                    "may_have_more_keys": exit.may_have_more_keys,
                    "optional_keys": None if exit.optional_keys is None else list(exit.optional_keys),
                    "via": exit.via or None,
                    "reason": exit.reason or None,
                }
                for exit in entry.exits
            ],
        }


def _answer(exit: ExitEntry) -> str:
    match exit.kind:
        case "object":
            further = ("…",) if exit.optional_keys is None else (f"{key}?" for key in exit.optional_keys)
            keys = ", ".join((*exit.keys, *further))
            return f"{{{keys}}}" + (f" ({exit.reason})" if exit.optional_keys is None and exit.reason else "")
        case "unknown":
            return f"unknown: {exit.reason}"
        case _:
            return f"{exit.kind}: {exit.reason}" if exit.reason else exit.kind
