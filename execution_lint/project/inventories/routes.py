"""Every route that the project answers."""

from collections.abc import Iterator

import msgspec

from execution_lint.model.confidence import Confidence
from execution_lint.model.inventory import Entry
from execution_lint.project.project import Project
from execution_lint.project.subjects import Answer, AnswerKind, Route, RoutedHandler, RouteExit


class ExitEntry(msgspec.Struct, frozen=True):
    """One answer that an exit of a handler may give."""

    line: int
    kind: str
    """`object`, `bare`, `not-json`, `raise` or `unknown`."""
    keys: tuple[str, ...]
    """The top-level keys that are there for certain, sorted."""
    optional_keys: tuple[str, ...] | None
    """The keys that may be there or not, sorted; None where it may have others than those that are known."""
    via: str
    """What decides the answer in the place of the handler; empty where the handler does."""
    reason: str
    """Why it is not known, or not all of it; what kind of value a bare one is."""

    @property
    def may_have_more_keys(self) -> bool:
        """Whether it may have other keys than those that are there for certain."""
        return self.optional_keys != ()

    @property
    def is_decided(self) -> bool:
        """Whether all of it is known: which keys are always there, and which may be."""
        return self.kind != AnswerKind.UNKNOWN.value and self.optional_keys is not None


class RouteEntry(Entry, frozen=True):
    """A full path with the methods of one handler."""

    methods: tuple[str, ...]
    path: str
    path_complete: bool
    handler: str
    framework: str
    contract: str
    """The envelope that governs it; empty where none does."""
    is_proven: bool
    """That it is a route is resolved at every step."""
    exits: tuple[ExitEntry, ...]

    @property
    def is_decided(self) -> bool:
        """Whether path, methods and answers are all known."""
        return (
            self.is_proven and self.path_complete and bool(self.methods) and all(exit.is_decided for exit in self.exits)
        )


def routes(project: Project) -> Iterator[RouteEntry]:
    """The routes of a project, one entry a full path."""
    project.notes.extend(f"routes of {name} are not read" for name in project.routes.not_read)
    for handler in project.subjects(RoutedHandler):
        for route in handler.routes:
            yield _entry(handler, route)


def unproven_routes(project: Project) -> Iterator[RouteEntry]:
    """The routes of which something is not decided."""
    return (entry for entry in routes(project) if not entry.is_decided)


def _entry(handler: RoutedHandler, route: Route) -> RouteEntry:
    path = (route.path, route.path_complete)
    exits = [exit for exit in handler.exits if path in ((own.path, own.path_complete) for own in exit.routes)]
    return RouteEntry(
        place=handler.place,
        methods=route.methods,
        path=route.path,
        path_complete=route.path_complete,
        handler=handler.handler,
        framework=handler.framework,
        contract=next((exit.governance.envelope.name for exit in exits if exit.governance is not None), ""),
        is_proven=handler.confidence is Confidence.PROVEN,
        # A method that has no contract brings the exits once more.
        exits=tuple(dict.fromkeys(_exit(exit, answer) for exit in exits for answer in exit.answers)),
    )


def _exit(exit: RouteExit, answer: Answer) -> ExitEntry:
    return ExitEntry(
        line=exit.place.span.start_line,
        kind=answer.kind.value,
        keys=tuple(sorted(answer.keys)),
        optional_keys=None if answer.is_open else tuple(sorted(answer.optional)),
        via=exit.wire.spelled if exit.wire is not None else "",
        reason=answer.reason,
    )
