"""The routes of a project with every exit of their handlers, and the envelope that governs each."""

from collections.abc import Iterator
from functools import cached_property

from execution_lint.config.schema import Config
from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place
from execution_lint.project.callers import Callers
from execution_lint.project.governance import EnvelopeGovernance, job_signs
from execution_lint.project.handler_exits import HandlerExits
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

    @cached_property
    def handlers(self) -> tuple[RoutedHandler, ...]:
        """Every handler, in the order of files and lines."""
        exits = {
            handler: tuple(self._exits.of_handler(registrations)) for handler, registrations in self.registered.items()
        }
        signs = job_signs(exit for found in exits.values() for exit in found)
        return tuple(
            RoutedHandler(
                place=Place(handler.path, self._inference.scope(handler).head),
                scope=self._inference.scope(handler).qualname,
                handler=self._inference.qualname(handler),
                framework=registrations[0].framework,
                routes=routes_of(registrations),
                confidence=Confidence.weakest(*(registration.confidence for registration in registrations)),
                exits=tuple(
                    governed for exit in exits[handler] for governed in self._governance.by_contract(exit, signs)
                ),
            )
            for handler, registrations in self.registered.items()
        )

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
        for handler in self.handlers:
            yield from handler.exits


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
