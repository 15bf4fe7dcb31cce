"""Which functions are given a method and a path: by decorators, by registering calls, by tables of routes."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from execution_lint.facts.scopes import ScopeKind
from execution_lint.facts.values import NONE, Attribute, Call, Free, Ref
from execution_lint.model.confidence import Confidence
from execution_lint.project.class_views import class_endpoints, endpoints
from execution_lint.project.django_urls import DjangoUrls
from execution_lint.project.frameworks import DECORATING, METHODS, WEBSOCKET
from execution_lint.project.inclusions import Inclusions
from execution_lint.project.inference import Inference
from execution_lint.project.path_texts import PathTexts
from execution_lint.project.prefixes import Prefixes
from execution_lint.project.presence import Presence
from execution_lint.project.registration import Registration
from execution_lint.project.route_calls import RouteCalls
from execution_lint.project.route_paths import RoutePaths
from execution_lint.project.router_methods import RouterMethods
from execution_lint.project.routers import Router, Routers, argument_of, elements
from execution_lint.project.strings import strings
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    ExternalThing,
    Frame,
    UnknownThing,
)

_ANY_DECORATOR = frozenset().union(*DECORATING.values())
_GUESSED = METHODS | {"route", "api_route"}
_ROUTER_NAMES = re.compile(r"(?:^|_)(?:app|application|api|router|blueprint|bp)$")
_IMPORTED_FRAMEWORKS = frozenset({"fastapi", "flask", "starlette", "quart", "sanic"})
_LITESTAR = METHODS | {"route", "websocket", "websocket_listener", "websocket_stream", "asgi"}
_METHOD_FIRST = frozenset({("aiohttp", "route"), ("django-ninja", "api_operation")})
"""The decorators that take the method before the path."""


class _Decorated(NamedTuple):
    """A handler under a decorator that gives it a path."""

    handler: Definition
    at: At
    """The decorator."""
    routers: tuple[Router, ...]
    name: str
    """What of the routers decorates."""
    position: int
    own: tuple[str, ...] | None
    """The methods that the handler itself is for; None where the decorator says."""


class Registrations:
    """Finds the handlers of every framework that is read, with every method and path that each is registered for."""

    def __init__(
        self, inference: Inference, routers: Routers, texts: PathTexts, inclusions: Inclusions, presence: Presence
    ) -> None:
        self._inference = inference
        self._routers = routers
        self._texts = texts
        self._presence = presence
        self._prefixes = Prefixes(routers, inclusions, texts)
        self._paths = RoutePaths(inference, texts, self._prefixes)
        self._calls = RouteCalls(inference, routers, texts, inclusions, self._prefixes, self._paths)
        self._django = DjangoUrls(inference, routers, texts, inclusions, self._prefixes)
        self._own_methods = RouterMethods(inference)
        self._frameworks: dict[str, str] = {}

    @property
    def unresolved(self) -> int:
        """How many registering calls were seen whose handler is not known."""
        return self._calls.unresolved

    def by_handler(self) -> dict[Definition, list[Registration]]:
        """The registrations of every handler."""
        found: dict[Definition, list[Registration]] = {}
        for registration in self._all():
            known = found.setdefault(registration.handler, [])
            if registration not in known:
                known.append(registration)
        return found

    def _all(self) -> Iterator[Registration]:
        if self._presence.has("django"):
            self._django.read()
            yield from self._django.registrations()
        for path, regions in self._inference.modules.library.candidates(self._presence.registering):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index in range(len(facts.scopes) if facts is not None else 0):
                    yield from self._of_scope(Frame(path, region, index))

    def _of_scope(self, frame: Frame) -> Iterator[Registration]:
        scope = self._inference.scope(frame)
        if scope.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS):
            for position, decorator in enumerate(scope.decorators):
                call = scope.values[decorator]
                if isinstance(call, Call):
                    yield from self._decorated(frame, At(frame, decorator), call, position)
        if scope.kind is ScopeKind.CLASS and any(argument.name == "attach" for argument in scope.bases):
            yield from self._attached(frame)
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call) and self._calls.may_register(value, scope.values[value.function]):
                at = At(frame, ref)
                yield from self._calls.read(at, value, self._imported_framework(frame.path))
                yield from self._registered(at, value)

    def _registered(self, at: At, call: Call) -> Iterator[Registration]:
        """`router.register(...)` of REST framework, handlers that Litestar is given as they are made, and a decorator
        that is called by hand."""
        function = self._inference.scope(at.frame).values[call.function]
        if isinstance(function, Attribute) and function.name == "register":
            for router in self._routers.at(At(at.frame, function.base)):
                if router.framework == "drf":
                    yield from self._django.registered(at, call, router)
        elif isinstance(function, Call) and len(call.arguments) == 1:
            inner = self._inference.scope(at.frame).values[function.function]
            if isinstance(inner, Attribute) and inner.name in _ANY_DECORATOR:
                made = At(at.frame, call.function)
                routers = self._routers.at(At(at.frame, inner.base))
                for handler, methods in (
                    endpoints(self._inference, At(at.frame, call.arguments[0].value)) if routers else ()
                ):
                    yield from self._routed(_Decorated(handler, made, routers, inner.name, NONE, methods), function)
        handlers = argument_of(call, "route_handlers", 0 if getattr(function, "name", "") == "Litestar" else 99)
        if handlers != NONE:
            for element in elements(self._inference, At(at.frame, handlers)):
                value = self._inference.value(element)
                if isinstance(value, Call) and len(value.arguments) == 1:
                    yield from self._made_handler(at, element, value)

    def _made_handler(self, owner: At, element: At, call: Call) -> Iterator[Registration]:
        """`get("/path")(handler)` in the list of Litestar's handlers."""
        made = At(element.frame, call.function)
        inner = self._inference.value(made)
        name = self._litestar_name(made.frame, inner) if isinstance(inner, Call) else ""
        if not name or not isinstance(inner, Call):
            return
        prefixes = tuple(prefix for router in self._routers.at(owner) for prefix in self._prefixes.of_router(router))
        for handler, _ in endpoints(self._inference, At(element.frame, call.arguments[0].value)):
            yield Registration(
                handler,
                "litestar",
                self._litestar_methods(made.frame, inner, name),
                self._paths.handled("litestar", prefixes, inner, made),
                Confidence.PROVEN,
                (),
                made,
                NONE,
            )

    def _decorated(self, frame: Frame, at: At, call: Call, position: int) -> Iterator[Registration]:
        function = self._inference.scope(frame).values[call.function]
        if isinstance(function, Attribute) and function.name in _ANY_DECORATOR | _LITESTAR:
            routers = self._routers.at(At(frame, function.base))
            if routers and (
                function.name in DECORATING.get(routers[0].framework, ())
                or self._own_methods.overrides(routers[0], function.name)
            ):
                yield from self._decorates(frame, at, call, routers, function.name, position)
                return
            if not routers and self._litestar_name(frame, call):
                yield from self._litestar(frame, at, call, position)
            elif not routers and function.name in _GUESSED:
                yield from self._guessed(frame, at, call, function, position)
        elif isinstance(function, Free):
            if self._litestar_name(frame, call):
                yield from self._litestar(frame, at, call, position)
                return
            for thing in self._inference.things(At(frame, call.function)):
                # `get = app.get`, and then `@get("/path")`.
                if isinstance(thing, ExternalThing) and thing.receiver is not None:
                    router = self._routers.of_thing(thing.receiver)
                    name = thing.name.rpartition(".")[2]
                    if router is not None and name in DECORATING.get(router.framework, ()):
                        yield from self._decorates(frame, at, call, (router,), name, position)

    def _decorates(
        self, frame: Frame, at: At, call: Call, routers: tuple[Router, ...], name: str, position: int
    ) -> Iterator[Registration]:
        if self._inference.scope(frame).kind is ScopeKind.CLASS:
            for handler, methods in class_endpoints(self._inference, ClassThing(frame.definition)):
                yield from self._routed(_Decorated(handler, at, routers, name, NONE, methods), call)
        else:
            yield from self._routed(_Decorated(frame.definition, at, routers, name, position, None), call)

    def _routed(self, decorated: _Decorated, call: Call) -> Iterator[Registration]:
        handler, at, routers, name, position, own = decorated
        framework = routers[0].framework
        if self._own_methods.overrides(routers[0], name):
            yield from self._handed_on(decorated)
            return
        is_method_first = (framework, name) in _METHOD_FIRST
        path_ref = self._paths.path_argument(call, 1 if is_method_first else 0)
        if path_ref == NONE:
            return
        if is_method_first:
            ref = argument_of(call, "methods" if framework == "django-ninja" else "method", 0)
            given = self._paths.listed(At(at.frame, ref)) if ref != NONE else ()
        else:
            given = self._paths.methods(at.frame, call, name)
        version_ref = argument_of(call, "version", 99) if framework == "sanic" else NONE
        version = At(at.frame, version_ref) if version_ref != NONE else None
        yield Registration(
            handler=handler,
            framework=framework,
            methods=given if own is None else own,
            full_paths=self._paths.full(framework, routers, At(at.frame, path_ref), at, version),
            confidence=routers[0].confidence,
            routers=routers,
            decorator=at,
            position=position,
        )

    def _handed_on(self, decorated: _Decorated) -> Iterator[Registration]:
        """What a router of a class of the project registers, whose own method it is that decorates."""
        handler, at, routers, name, position, own = decorated
        framework = routers[0].framework
        for found in self._own_methods.of_call(routers[0], name, at):
            if own is not None:
                methods = own
            elif found.name in METHODS:
                methods = (found.name.upper(),)
            elif "websocket" in found.name:
                methods = (WEBSOCKET,)
            else:
                methods = self._paths.listed(found.methods) if found.methods is not None else ("GET",)
            yield Registration(
                handler,
                framework,
                methods,
                self._paths.full(framework, routers, found.path, at, None, found.calls),
                routers[0].confidence,
                routers,
                at,
                position,
                found.wrapper,
            )

    def _attached(self, frame: Frame) -> Iterator[Registration]:
        """`class View(HTTPMethodView, attach=app, uri="/path")` of Sanic."""
        given = {argument.name: At(frame, argument.value) for argument in self._inference.scope(frame).bases}
        routers = self._routers.at(given["attach"])
        if not routers or "uri" not in given:
            return
        paths = self._paths.full(routers[0].framework, routers, given["uri"], given["uri"], given.get("version"))
        for handler, methods in class_endpoints(self._inference, ClassThing(frame.definition)):
            yield Registration(
                handler, routers[0].framework, methods or (), paths, Confidence.PROVEN, routers, None, NONE
            )

    def _litestar_name(self, frame: Frame, call: Call) -> str:
        """The decorator of Litestar that a call makes; empty for any other call."""
        if not self._presence.has("litestar"):
            return ""
        for thing in self._inference.things(At(frame, call.function)):
            if isinstance(thing, ExternalThing) and thing.name.startswith("litestar."):
                name = thing.name.rpartition(".")[2]
                if name in _LITESTAR:
                    return name
        return ""

    def _litestar(self, frame: Frame, at: At, call: Call, position: int) -> Iterator[Registration]:
        yield Registration(
            handler=frame.definition,
            framework="litestar",
            methods=self._litestar_methods(frame, call, self._litestar_name(frame, call)),
            full_paths=self._paths.handled("litestar", self._prefixes.of_handler(frame.definition), call, at),
            confidence=Confidence.PROVEN,
            routers=(),
            decorator=at,
            position=position,
        )

    def _litestar_methods(self, frame: Frame, call: Call, name: str) -> tuple[str, ...]:
        if name in METHODS:
            return (name.upper(),)
        if name != "route":
            return (WEBSOCKET,) if name.startswith("websocket") else ()
        ref = argument_of(call, "http_method", 99)
        return self._paths.listed(At(frame, ref)) if ref != NONE else ()

    def _guessed(self, frame: Frame, at: At, call: Call, function: Attribute, position: int) -> Iterator[Registration]:
        path_ref = self._paths.path_argument(call)
        guessed = self._guess(frame, function, path_ref)
        if guessed is not None:
            framework, confidence = guessed
            yield Registration(
                handler=frame.definition,
                framework=framework,
                methods=self._paths.methods(frame, call, function.name),
                full_paths=self._paths.full(framework, (), At(frame, path_ref), at),
                confidence=confidence,
                routers=(),
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
                for _, imported in self._inference.module(path).imports(*_IMPORTED_FRAMEWORKS)
                if not imported.level
            }
            found = tops & _IMPORTED_FRAMEWORKS
            self._frameworks[path] = "fastapi" if "fastapi" in found else found.pop() if len(found) == 1 else ""
        return self._frameworks[path]
