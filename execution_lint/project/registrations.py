"""Which functions are given a method and a path: by decorators, by registering calls, by tables of routes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from execution_lint.facts.scopes import ScopeKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Free,
    Ref,
)
from execution_lint.model.confidence import Confidence
from execution_lint.project.inference import Inference
from execution_lint.project.routers import Prefix, Router, Routers, argument_of, join, route_tables
from execution_lint.project.strings import known_end, listed, strings
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    UnknownThing,
)
from execution_lint.source.regions import Needles

METHODS = frozenset({"get", "post", "put", "delete", "patch", "head", "options", "trace"})
DECORATORS = METHODS | {"route", "api_route"}
REGISTRATIONS = frozenset({"add_api_route", "add_url_rule", "add_route", "routes"})
_ROUTER_NAMES = re.compile(r"(?:^|_)(?:app|application|api|router|blueprint|bp)$")


@dataclass(frozen=True, slots=True)
class Registration:
    """A method and path given to a handler, before its exits are looked at."""

    handler: Definition
    framework: str
    methods: tuple[str, ...]
    paths: tuple[tuple[str, bool], ...]
    confidence: Confidence
    routers: tuple[Router, ...]
    decorator: At | None
    """The call that registers it, whose keywords say what the wire model is."""
    position: int
    """Which of the handler's decorators it is; -1 for none."""


class Registrations:
    """Finds the handlers of FastAPI, Starlette and Flask with every method and path that each is registered for."""

    def __init__(self, inference: Inference, routers: Routers) -> None:
        self._inference = inference
        self._routers = routers
        self._frameworks: dict[str, str] = {}

    def by_handler(self) -> dict[Definition, list[Registration]]:
        """The registrations of every handler."""
        found: dict[Definition, list[Registration]] = {}
        for path, regions in self._inference.modules.library.candidates(Needles(REGISTRATIONS, DECORATORS)):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index in range(len(facts.scopes) if facts is not None else 0):
                    for registration in self._registrations(Frame(path, region, index)):
                        found.setdefault(registration.handler, []).append(registration)
        return found

    def _registrations(self, frame: Frame) -> Iterator[Registration]:
        scope = self._inference.scope(frame)
        if scope.kind is ScopeKind.FUNCTION:
            for position, decorator in enumerate(scope.decorators):
                call = scope.values[decorator]
                if isinstance(call, Call):
                    function = scope.values[call.function]
                    if isinstance(function, Attribute) and function.name in DECORATORS:
                        routers = self._routers.at(At(frame, function.base))
                        yield from self._decorated(
                            frame, At(frame, decorator), call, function, routers, function.name, position
                        )
                    elif isinstance(function, Free):
                        yield from self._decorated_by_variable(frame, At(frame, decorator), call, function, position)
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call):
                function = scope.values[value.function]
                name = function.name if isinstance(function, (Attribute, Free)) else ""
                if name in ("add_api_route", "add_url_rule", "add_route") and isinstance(function, Attribute):
                    yield from self._added(At(frame, ref), value, function)
                routes = argument_of(value, "routes", 99)
                if routes != NONE:
                    yield from self._tabled(At(frame, ref), At(frame, routes))

    def _decorated_by_variable(
        self, frame: Frame, at: At, call: Call, function: Free, position: int
    ) -> Iterator[Registration]:
        """`get = app.get`, and then `@get("/path")`."""
        for thing in self._inference.things(At(frame, call.function)):
            if isinstance(thing, ExternalThing) and thing.receiver is not None:
                router = self._routers.of_thing(thing.receiver)
                name = thing.name.rpartition(".")[2]
                if router is not None and name in DECORATORS:
                    yield from self._decorated(frame, at, call, function, (router,), name, position)

    def _decorated(
        self,
        frame: Frame,
        at: At,
        call: Call,
        function: Attribute | Free,
        routers: tuple[Router, ...],
        name: str,
        position: int,
    ) -> Iterator[Registration]:
        path_ref = argument_of(call, "path", 0)
        path_ref = path_ref if path_ref != NONE else argument_of(call, "rule", 0)
        if routers:
            framework, confidence = routers[0].framework, Confidence.PROVEN
        else:
            guessed = self._guess(frame, function, path_ref) if isinstance(function, Attribute) else None
            if guessed is None:
                return
            framework, confidence = guessed
        if path_ref == NONE:
            return
        yield Registration(
            handler=frame.definition,
            framework=framework,
            methods=self._methods(frame, call, name),
            paths=self._paths(routers, At(frame, path_ref)),
            confidence=confidence,
            routers=routers,
            decorator=at,
            position=position,
        )

    def _guess(self, frame: Frame, function: Attribute, path_ref: Ref) -> tuple[str, Confidence] | None:
        """A receiver that is not known, but is called like a router and given a path: the framework that the module
        imports."""
        if path_ref == NONE:
            return None
        scope = self._inference.scope(frame)
        receiver = scope.values[function.base]
        name = getattr(receiver, "name", "")
        paths = strings(self._inference, At(frame, path_ref))
        things = self._inference.things(At(frame, function.base))
        if not all(isinstance(thing, UnknownThing) for thing in things) or not _ROUTER_NAMES.search(name):
            return None
        if paths is None or not all(path.startswith("/") or not path for path in paths):
            return None
        framework = self._imported_framework(frame.path)
        return (framework, Confidence.LIKELY) if framework else ("unknown", Confidence.POSSIBLE)

    def _imported_framework(self, path: str) -> str:
        if path not in self._frameworks:
            tops = {
                imported.module.partition(".")[0]
                for _, imported in self._inference.module(path).imports()
                if not imported.level
            }
            found = tops & {"fastapi", "flask", "starlette"}
            self._frameworks[path] = "fastapi" if "fastapi" in found else found.pop() if len(found) == 1 else ""
        return self._frameworks[path]

    def _methods(self, frame: Frame, call: Call, name: str) -> tuple[str, ...]:
        if name in METHODS:
            return (name.upper(),)
        ref = argument_of(call, "methods", 99)
        if ref == NONE:
            return ("GET",)
        found = listed(self._inference, At(frame, ref))
        return tuple(method.upper() for method in found) if found is not None else ()

    def _paths(self, routers: tuple[Router, ...], at: At) -> tuple[tuple[str, bool], ...]:
        texts = strings(self._inference, at)
        own = tuple((text, True) for text in texts) if texts is not None else ((known_end(self._inference, at), False),)
        prefixes = tuple(prefix for router in routers for prefix in self._routers.prefixes(router)) or (
            Prefix("", False),
        )
        found: dict[tuple[str, bool], None] = {}
        for prefix in prefixes:
            for text, is_known in own:
                found[(join(prefix.text, text), prefix.is_complete) if is_known else (text, False)] = None
        return tuple(found)

    def _added(self, at: At, call: Call, function: Attribute) -> Iterator[Registration]:
        frame = at.frame
        routers = self._routers.at(At(frame, function.base))
        path_ref = argument_of(call, "rule" if function.name == "add_url_rule" else "path", 0)
        handler_ref = (
            argument_of(call, "view_func", 2)
            if function.name == "add_url_rule"
            else argument_of(call, "endpoint", argument_position(function.name))
        )
        handler_ref = handler_ref if handler_ref != NONE else argument_of(call, "route", 1)
        if path_ref == NONE or handler_ref == NONE:
            return
        framework = (
            routers[0].framework
            if routers
            else "flask"
            if function.name == "add_url_rule"
            else self._imported_framework(frame.path)
        )
        confidence = Confidence.PROVEN if routers else Confidence.LIKELY
        for handler, method in self._endpoints(At(frame, handler_ref)):
            methods = (method,) if method else self._methods(frame, call, "")
            yield Registration(
                handler,
                framework or "unknown",
                methods,
                self._paths(routers, At(frame, path_ref)),
                confidence,
                routers,
                at,
                NONE,
            )

    def _tabled(self, owner: At, table: At) -> Iterator[Registration]:
        """`Route(...)` and `Mount(...)` in the table of an application or router."""
        routers = tuple(
            router for thing in self._inference.things(owner) if (router := self._routers.of_thing(thing)) is not None
        )
        if not routers:
            return
        prefixes = tuple(prefix for router in routers for prefix in self._routers.prefixes(router))
        yield from self._table_entries(routers, prefixes, table, 0)

    def _table_entries(
        self, routers: tuple[Router, ...], prefixes: tuple[Prefix, ...], table: At, depth: int
    ) -> Iterator[Registration]:
        for at, call in route_tables(self._inference, table):
            names = {
                thing.name.rpartition(".")[2]
                for thing in self._inference.things(At(at.frame, call.function))
                if isinstance(thing, ExternalThing) and thing.name.partition(".")[0] in ("starlette", "fastapi")
            }
            path_ref = argument_of(call, "path", 0)
            if path_ref == NONE:
                continue
            path_at = At(at.frame, path_ref)
            texts = strings(self._inference, path_at)
            text, is_known = (texts[0], True) if texts else (known_end(self._inference, path_at), False)
            below = tuple(Prefix(join(prefix.text, text), prefix.is_complete and is_known) for prefix in prefixes)
            if "Mount" in names and depth < 8:
                inner = argument_of(call, "routes", 99)
                if inner != NONE:
                    yield from self._table_entries(routers, below, At(at.frame, inner), depth + 1)
            elif names & {"Route", "APIRoute"}:
                endpoint = argument_of(call, "endpoint", 1)
                for handler, method in self._endpoints(At(at.frame, endpoint)) if endpoint != NONE else ():
                    methods = (method,) if method else self._methods(at.frame, call, "")
                    paths = tuple((prefix.text, prefix.is_complete) for prefix in below)
                    yield Registration(
                        handler, routers[0].framework, methods, paths, Confidence.PROVEN, routers, at, NONE
                    )

    def _endpoints(self, at: At) -> Iterator[tuple[Definition, str]]:
        """The functions behind an endpoint, with the method that each answers where a class says so."""
        value = self._inference.value(at)
        if isinstance(value, Call):
            function = self._inference.scope(at.frame).values[value.function]
            if isinstance(function, Attribute) and function.name == "as_view":
                at = At(at.frame, function.base)
        for thing in self._inference.things(at):
            match thing:
                case FunctionThing(definition=definition):
                    yield definition, ""
                case ClassThing():
                    for name in sorted(METHODS):
                        for found in self._inference.attribute(thing, name):
                            if isinstance(found, FunctionThing):
                                yield found.definition, name.upper()
                    for found in self._inference.attribute(thing, "dispatch_request"):
                        if isinstance(found, FunctionThing):
                            yield found.definition, ""
                case _:
                    continue


def argument_position(name: str) -> int:
    """Where the endpoint stands among the positional arguments of a registering method."""
    return 1 if name in ("add_api_route", "add_route") else 2
