"""The routes of a project with every exit of their handlers, and the envelope that governs each."""

from collections.abc import Iterator
from functools import cached_property

import msgspec

from execution_lint.config.schema import Config
from execution_lint.facts.scopes import ExitKind
from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place
from execution_lint.project.callers import Callers
from execution_lint.project.governance import EnvelopeGovernance, JobSigns
from execution_lint.project.handler_exits import HandlerExit, HandlerExits
from execution_lint.project.inclusions import Inclusions
from execution_lint.project.inference import Inference
from execution_lint.project.path_texts import PathTexts
from execution_lint.project.presence import Presence
from execution_lint.project.reachability import Reachability
from execution_lint.project.registration import Registration
from execution_lint.project.registrations import Registrations
from execution_lint.project.routers import Routers
from execution_lint.project.shapes import Shapes
from execution_lint.project.subjects import Route, RoutedHandler, RouteExit
from execution_lint.project.things import Definition


class ListedHandler(msgspec.Struct, frozen=True):
    """A handler and where it answers."""

    definition: Definition
    handler: str
    """`module:qualname`."""
    routes: tuple[Route, ...]


class Routes:
    """Finds the routes of every framework that is read, and what each exit of a handler answers."""

    def __init__(self, inference: Inference, shapes: Shapes, reachability: Reachability, config: Config) -> None:
        callers = Callers(inference)
        routers, texts, presence = Routers(inference, callers), PathTexts(inference, callers), Presence(inference)
        inclusions = Inclusions(inference, routers, texts, presence)
        self._inference = inference
        self._presence = presence
        self._registrations = Registrations(inference, routers, texts, inclusions, presence)
        self._exits = HandlerExits(inference, shapes, reachability, routers)
        self._governance = EnvelopeGovernance(inference, routers, config)
        self._shapes_errors = any(envelope.errors is not None for envelope in config.envelopes)

    @cached_property
    def handlers(self) -> tuple[RoutedHandler, ...]:
        """Every handler with every exit, in the order of files and lines."""
        return tuple(
            RoutedHandler(
                place=Place(listed.definition.path, self._inference.scope(listed.definition).head),
                scope=self._inference.scope(listed.definition).qualname,
                handler=listed.handler,
                framework=self.registered[listed.definition][0].framework,
                routes=listed.routes,
                confidence=Confidence.weakest(
                    *(registration.confidence for registration in self.registered[listed.definition])
                ),
                exits=tuple(
                    exit.governed(governance, routes)
                    for exit in self._exits_of[listed.definition]
                    if exit.is_reachable
                    for governance, routes in self._governance.by_contract(exit, self._signs)
                ),
            )
            for listed in self.listed
        )

    @cached_property
    def listed(self) -> tuple[ListedHandler, ...]:
        """Every handler with its routes; what it answers is not asked."""
        return tuple(
            ListedHandler(definition, self._inference.qualname(definition), routes_of(registrations))
            for definition, registrations in self.registered.items()
        )

    @cached_property
    def _exits_of(self) -> dict[Definition, tuple[HandlerExit, ...]]:
        return {
            definition: tuple(self._exits.of_handler(registrations))
            for definition, registrations in self.registered.items()
        }

    @property
    def exits(self) -> Iterator[HandlerExit]:
        """Every exit of a handler, those that control never comes to included; what it answers is not asked."""
        return (exit for exits in self._exits_of.values() for exit in exits)

    @cached_property
    def _signs(self) -> JobSigns:
        return JobSigns(self.exits)

    @cached_property
    def registered(self) -> dict[Definition, list[Registration]]:
        """The registrations of every handler."""
        return self._registrations.by_handler()

    @property
    def not_read(self) -> tuple[str, ...]:
        """The frameworks that the project imports and whose routes are not read, by name."""
        return self._presence.not_read

    @property
    def unresolved(self) -> int:
        """How many registering calls were seen whose handler is not known. To be asked after the handlers."""
        return self._registrations.unresolved

    def __iter__(self) -> Iterator[RouteExit]:
        """The exits that something can be said of: those that an envelope governs, and those of whose dict a wire
        model may keep something back. Raised errors count where an envelope shapes them."""
        for exit in self.exits:
            if exit.fact.kind is ExitKind.RAISE and not self._shapes_errors:
                continue
            for governance, routes in self._governance.by_contract(exit, self._signs):
                if (governance is not None or exit.may_be_narrowed) and exit.is_reachable:
                    yield exit.governed(governance, routes)


def routes_of(registrations: list[Registration]) -> tuple[Route, ...]:
    """The routes of a handler, each full path once with all its methods."""
    found: dict[tuple[str, bool], dict[str, None] | None] = {}
    for registration in registrations:
        for path in registration.paths:
            known = found.setdefault(path, {})
            if not registration.methods or known is None:
                found[path] = None
            else:
                known.update(dict.fromkeys(registration.methods))
    return tuple(Route(tuple(methods or ()), text, is_complete) for (text, is_complete), methods in found.items())
