"""Calls and tables that give a path to a handler: `add_api_route`, `Route(...)`, `web.get(...)`."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.values import NONE, Attribute, Call, Value
from execution_lint.model.confidence import Confidence
from execution_lint.project.class_views import endpoints
from execution_lint.project.frameworks import METHODS, WEBSOCKET, join
from execution_lint.project.inclusions import MAXIMUM_MOUNTS, Inclusions
from execution_lint.project.inference import Inference
from execution_lint.project.path_texts import UNKNOWN, PathTexts
from execution_lint.project.prefixes import NOTHING_KNOWN, Prefix, Prefixes
from execution_lint.project.registration import FullPath, Registration
from execution_lint.project.route_paths import RoutePaths
from execution_lint.project.route_rows import NO_ROW, Row, rows
from execution_lint.project.router_methods import RouterMethods
from execution_lint.project.routers import Router, Routers, Step, argument_of, elements, positional_of
from execution_lint.project.things import At, ExternalThing, Frame, InstanceThing


class _Form(msgspec.Struct, frozen=True):
    """Where the arguments of a registering call stand."""

    path: int
    handler: tuple[tuple[str, ...], int]
    method: int = NONE
    """Of a single method among the positional arguments."""


_ASGI = _Form(0, (("endpoint", "route"), 1))
_FORMS = {
    "add_api_route": _ASGI,
    "add_api_websocket_route": _ASGI,
    "add_websocket_route": _ASGI,
    "add_route": _ASGI,
    "add_url_rule": _Form(0, (("view_func",), 2)),
    "add_websocket": _Form(0, (("view_func",), 2)),
    "add_view": _Form(0, (("handler",), 1)),
    "add_api_operation": _Form(0, (("view_func",), 2), method=1),
    **{f"add_{method}": _Form(0, (("handler",), 1)) for method in METHODS},
}
_OF_FRAMEWORK = {
    ("sanic", "add_route"): _Form(1, (("handler",), 0)),
    ("sanic", "add_websocket_route"): _Form(1, (("handler",), 0)),
    ("aiohttp", "add_route"): _Form(1, (("handler",), 2), method=0),
}
_TABLED = {
    **{("aiohttp", method): _Form(0, (("handler",), 1)) for method in METHODS},
    ("aiohttp", "view"): _Form(0, (("handler",), 1)),
    ("aiohttp", "route"): _Form(1, (("handler",), 2), method=0),
    **{
        (package, name): _ASGI
        for package in ("starlette", "fastapi")
        for name in ("Route", "APIRoute", "WebSocketRoute", "APIWebSocketRoute")
    },
}
"""The calls that stand in tables of routes, by package and name."""


class RouteCalls:
    """Reads registering calls and tables of routes."""

    def __init__(
        self,
        inference: Inference,
        routers: Routers,
        texts: PathTexts,
        inclusions: Inclusions,
        prefixes: Prefixes,
        paths: RoutePaths,
    ) -> None:
        self._inference = inference
        self._routers = routers
        self._texts = texts
        self._inclusions = inclusions
        self._prefixes = prefixes
        self._paths = paths
        self._own_methods = RouterMethods(inference)
        self.unresolved = 0
        """Registering calls whose handler is not known."""

    def may_register(self, call: Call, function: Value) -> bool:
        """Whether a call of `function` may register a handler: told from the names alone. What is called may be made by
        a call, as a decorator that is called by hand is."""
        is_named = isinstance(function, Attribute) and (function.name in _FORMS or function.name in _OTHERS)
        return is_named or isinstance(function, Call) or self._routers.may_hand_table(call, function)

    def read(self, at: At, call: Call, imported: str) -> Iterator[Registration]:
        """What a call registers; `imported` is the framework of a module whose router is not known."""
        function = self._inference.scope(at.frame).values[call.function]
        if isinstance(function, Attribute):
            if function.name in _FORMS:
                yield from self._added(at, call, function, imported)
            elif function.name == "add_routes":
                table = argument_of(call, "routes", 0)
                if table != NONE:
                    yield from self._tabled(self._routers.at(At(at.frame, function.base)), At(at.frame, table))
                return
        table = self._routers.table(at, call)
        if table != NONE:
            yield from self._tabled(self._routers.at(at), At(at.frame, table))

    def _added(self, at: At, call: Call, function: Attribute, imported: str) -> Iterator[Registration]:
        frame = at.frame
        base = At(frame, function.base)
        resource = self._resource(base) if function.name == "add_route" else None
        if resource is not None:
            yield from self._added_to_resource(at, call, *resource)
            return
        routers = self._routers.at(base)
        handed = self._paths.path_argument(call, _FORMS[function.name].path)
        if routers and routers[0].cls is not None and self._own_methods.is_own_step(at, function, handed):
            return
        framework = routers[0].framework if routers else "flask" if function.name == "add_url_rule" else imported
        form = _OF_FRAMEWORK.get((framework, function.name), _FORMS[function.name])
        path_ref, handler_ref = self._paths.path_argument(call, form.path), self._handler(call, form)
        if path_ref == NONE or handler_ref == NONE or (not routers and function.name not in _ALWAYS):
            return
        version_ref = argument_of(call, "version", 99) if framework == "sanic" else NONE
        version = At(frame, version_ref) if version_ref != NONE else None
        for row in rows(self._inference, at, call):
            given = self._methods(frame, call, form, function.name, row)
            handlers = tuple(endpoints(self._inference, row.at(At(frame, handler_ref))))
            self.unresolved += not handlers
            for handler, methods in handlers:
                yield Registration(
                    handler,
                    framework or "unknown",
                    self._answered(given, methods, call),
                    self._paths.full(framework, routers, At(frame, path_ref), at, version, (), row),
                    routers[0].confidence if routers else Confidence.LIKELY,
                    routers,
                    at,
                    NONE,
                )

    def _handler(self, call: Call, form: _Form) -> int:
        names, position = form.handler
        named = (argument_of(call, name, 99) for name in names)
        return next((ref for ref in named if ref != NONE), positional_of(call, position))

    def _methods(self, frame: Frame, call: Call, form: _Form, name: str, row: Row = NO_ROW) -> tuple[str, ...]:
        if form.method == NONE:
            return self._paths.methods(frame, call, name, row=row)
        ref = argument_of(call, "method", form.method)
        ref = ref if ref != NONE else argument_of(call, "methods", 99)
        return self._paths.listed(At(frame, ref), row) if ref != NONE else ()

    def _answered(self, given: tuple[str, ...], own: tuple[str, ...] | None, call: Call) -> tuple[str, ...]:
        """The methods of a registration, where the endpoint answers its own: those of both that the call names."""
        if own is None or WEBSOCKET in given:
            return given
        return (
            tuple(method for method in own if method in given) or own if argument_of(call, "methods", 99) + 1 else own
        )

    def _resource(self, base: At) -> tuple[At, Call] | None:
        """The call of `add_resource` that a value comes from."""
        for thing in self._inference.things(base):
            if (
                isinstance(thing, InstanceThing)
                and isinstance(thing.of, ExternalThing)
                and thing.of.name.endswith(".add_resource()")
                and thing.origin is not None
            ):
                origin = thing.origin
                at = At(Frame(origin.path, origin.region, origin.scope), origin.ref)
                call = self._inference.value(at)
                return (at, call) if isinstance(call, Call) else None
        return None

    def _added_to_resource(self, at: At, call: Call, made: At, resource: Call) -> Iterator[Registration]:
        """`resource = app.router.add_resource(path)`, and then `resource.add_route(method, handler)`."""
        function = self._inference.scope(made.frame).values[resource.function]
        path_ref, handler_ref = argument_of(resource, "path", 0), argument_of(call, "handler", 1)
        method_ref = argument_of(call, "method", 0)
        if not isinstance(function, Attribute) or NONE in (path_ref, handler_ref, method_ref):
            return
        routers = self._routers.at(At(made.frame, function.base))
        given = self._paths.listed(At(at.frame, method_ref))
        for handler, methods in endpoints(self._inference, At(at.frame, handler_ref)):
            paths = self._paths.full("aiohttp", routers, At(made.frame, path_ref), at)
            yield Registration(handler, "aiohttp", methods or given, paths, Confidence.PROVEN, routers, at, NONE)

    def _tabled(self, routers: tuple[Router, ...], table: At) -> Iterator[Registration]:
        """The entries of a table of routes of an application or router."""
        if routers:
            found = tuple(prefix for router in routers for prefix in self._prefixes.of_router(router))
            yield from self._entries(routers, found or NOTHING_KNOWN, table, 0)

    def _entries(
        self, routers: tuple[Router, ...], prefixes: tuple[Prefix, ...], table: At, depth: int
    ) -> Iterator[Registration]:
        for at in elements(self._inference, table):
            call = self._inference.value(at)
            if not isinstance(call, Call):
                continue
            mount = self._inclusions.mount_form(at.frame, call)
            if mount is not None:
                inner = argument_of(call, "routes", 99)
                path_ref = argument_of(call, *mount.prefix) if mount.prefix[0] else NONE
                if inner != NONE and depth < MAXIMUM_MOUNTS:
                    below = self._below(prefixes, At(at.frame, path_ref)) if path_ref != NONE else prefixes
                    yield from self._entries(routers, below, At(at.frame, inner), depth + 1)
                continue
            known = self._entry_form(at.frame, call)
            if known is not None:
                yield from self._entry(routers, prefixes, at, call, *known)

    def _entry_form(self, frame: Frame, call: Call) -> tuple[_Form, str] | None:
        for thing in self._inference.things(At(frame, call.function)):
            if isinstance(thing, ExternalThing):
                name = thing.name.rpartition(".")[2]
                form = _TABLED.get((thing.name.partition(".")[0], name))
                if form is not None:
                    return form, name.lower()
        return None

    def _entry(
        self, routers: tuple[Router, ...], prefixes: tuple[Prefix, ...], at: At, call: Call, form: _Form, name: str
    ) -> Iterator[Registration]:
        path_ref, handler_ref = self._paths.path_argument(call, form.path), self._handler(call, form)
        if NONE in (path_ref, handler_ref):
            return
        given = self._methods(at.frame, call, form, name)
        step = Step(routers[0].origin, at.key)
        below = self._below(prefixes, At(at.frame, path_ref))
        for handler, methods in endpoints(self._inference, At(at.frame, handler_ref)):
            yield Registration(
                handler,
                routers[0].framework,
                self._answered(given, methods, call),
                tuple(
                    FullPath(prefix.text, prefix.is_complete, (*prefix.way, step), prefix.is_complete)
                    for prefix in below
                ),
                Confidence.PROVEN,
                routers,
                at,
                NONE,
            )

    def _below(self, prefixes: tuple[Prefix, ...], path: At) -> tuple[Prefix, ...]:
        found: dict[Prefix, None] = {}
        for text in self._texts.spelled(path):
            for prefix in prefixes:
                if UNKNOWN in text:
                    found[Prefix(text.rpartition(UNKNOWN)[2], False, prefix.way)] = None
                else:
                    found[Prefix(join(prefix.text, text), prefix.is_complete, prefix.way)] = None
        return tuple(found)


_OTHERS = frozenset({"add_routes", "register"})
_ALWAYS = frozenset({"add_api_route", "add_url_rule", "add_route"})
"""The calls that are taken for registrations even where the router is not known."""
