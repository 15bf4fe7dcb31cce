"""Routes that no request reaches: registered twice, or behind one that takes all that they would match."""

from collections.abc import Iterator
from operator import itemgetter

import msgspec

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.frameworks import WEBSOCKET
from execution_lint.project.inference import Inference
from execution_lint.project.path_patterns import Part, Segment, covers, has_parameter, segments, static_length
from execution_lint.project.registration import FullPath, Registration
from execution_lint.project.route_order import Order, RouteOrder
from execution_lint.project.routers import Step
from execution_lint.project.subjects import Route, ShadowedRoute
from execution_lint.project.things import Definition, ValueKey

_IN_ORDER = frozenset({"fastapi", "starlette", "django", "drf", "django-ninja", "aiohttp"})
"""The frameworks that take the first route that matches; aiohttp does among those with the same fixed beginning."""
_BY_PATH_ALONE = frozenset({"django", "drf", "django-ninja"})
"""Those that choose by the path, and refuse the method afterwards."""
_REFUSING = frozenset({"litestar", "sanic"})
"""Those that do not start with the same method and path twice."""
_LAST_WINS = frozenset({"litestar"})
"""Those in which a parameter replaces another at the same place."""


class _Entry(msgspec.Struct, frozen=True):
    """One full path of a registration."""

    registration: Registration
    path: FullPath
    pattern: tuple[Segment, ...]

    @property
    def framework(self) -> str:
        return self.registration.framework

    @property
    def site(self) -> ValueKey:
        return self.path.way[-1].site

    def spelled(self, methods: tuple[str, ...]) -> str:
        return Route(methods, self.path.text, self.path.is_complete).spelled


class _Wider:
    """The routes with parameters of an application, by what a path must have that one of them matches."""

    def __init__(self, entries: list[_Entry]) -> None:
        self._found: dict[tuple[int, Segment | None], list[tuple[int, _Entry]]] = {}
        for number, entry in enumerate(entries):
            if has_parameter(entry.pattern):
                length = -1 if entry.pattern[-1].part is Part.REST else len(entry.pattern)
                self._found.setdefault((length, _literal_start(entry)), []).append((number, entry))

    def than(self, entry: _Entry) -> Iterator[_Entry]:
        """Those that may match all that a route matches, in their order, those of the same length first."""
        for length in (len(entry.pattern), -1):
            starts = dict.fromkeys((_literal_start(entry), None))
            near = [numbered for start in starts for numbered in self._found.get((length, start), ())]
            yield from (other for _, other in sorted(near, key=itemgetter(0)))


def _literal_start(entry: _Entry) -> Segment | None:
    """The first segment of a route where it matches one text alone; another such takes none of its requests."""
    first = entry.pattern[0] if entry.pattern else None
    return first if first is not None and first.part is Part.LITERAL else None


class Shadows:
    """Compares the routes of each application; every framework's own way to choose between two is executed in
    `tests/frameworks/test_shadows.py`."""

    def __init__(self, inference: Inference, registered: dict[Definition, list[Registration]]) -> None:
        self._inference = inference
        self._registered = registered
        self._order = RouteOrder(inference)

    def __iter__(self) -> Iterator[ShadowedRoute]:
        found: dict[ValueKey, ShadowedRoute] = {}
        for entries in self._applications():
            wider = _Wider(entries)
            by_pattern: dict[tuple[Segment, ...], list[_Entry]] = {}
            for entry in entries:
                by_pattern.setdefault(entry.pattern, []).append(entry)
            for entry in entries:
                for other in (*by_pattern[entry.pattern], *wider.than(entry)):
                    if entry.site not in found and other.site != entry.site:
                        shadow = self._shadow(entry, other)
                        if shadow is not None:
                            found[entry.site] = shadow
        yield from sorted(found.values(), key=lambda shadow: shadow.place)

    def _applications(self) -> Iterator[list[_Entry]]:
        """The routes by what their prefixes start from: those of an application, or of a router whose place is not
        known."""
        found: dict[tuple[object, ...], dict[_Entry, None]] = {}
        for registrations in self._registered.values():
            for registration in registrations:
                for path in registration.full_paths:
                    root = path.way[0].router if path.way else None
                    if root is None or not registration.methods or not path.is_own_known:
                        continue
                    entry = _Entry(registration, path, segments(registration.framework, path.text))
                    key = (root,) if path.is_complete else (root, path.way[:-1])
                    found.setdefault(key, {})[entry] = None
        yield from (list(entries) for entries in found.values())

    def _shadow(self, dead: _Entry, by: _Entry) -> ShadowedRoute | None:
        """The finding that `by` takes every request of `dead`; None where it does not, or that is not known."""
        is_same = dead.pattern == by.pattern
        if is_same and dead.registration.handler == by.registration.handler:
            return None  # whichever is taken, the answer is the same
        methods = self._taken_methods(dead, by, is_same)
        if not methods or not (is_same or self._takes(dead, by)):
            return None
        order = self._compared(dead.path.way, by.path.way)
        if order is Order.EXCLUSIVE or (order is Order.UNKNOWN and not is_same):
            return None
        fails = is_same and dead.framework in _REFUSING and dead.path.text == by.path.text
        wins = Order.AFTER if not (dead.framework in _LAST_WINS and not fails) else Order.BEFORE
        if order not in (wins, Order.UNKNOWN) or (order is Order.UNKNOWN and not self._is_reported(dead, by)):
            return None
        taking = by.registration.methods
        is_conditional = self._order.is_conditional(by.site, dead.site)
        confidence = Confidence.weakest(
            dead.registration.confidence,
            by.registration.confidence,
            Confidence.PROVEN if order is wins or fails else Confidence.LIKELY,
            Confidence.POSSIBLE if is_conditional else Confidence.PROVEN,
        )
        return ShadowedRoute(
            place=self._place(dead.site),
            scope=self._scope(dead.site),
            spelled=dead.spelled(methods),
            by=by.spelled(
                tuple(method for method in by.registration.methods if method in methods) or by.registration.methods
            ),
            is_same=is_same,
            fails=fails,
            confidence=confidence,
            related=(Related(f"`{by.spelled(taking)}` is registered here", self._place(by.site)),),
        )

    def _taken_methods(self, dead: _Entry, by: _Entry, is_same: bool) -> tuple[str, ...]:
        taken = tuple(method for method in dead.registration.methods if method in by.registration.methods)
        if WEBSOCKET in dead.registration.methods or WEBSOCKET in by.registration.methods:
            return taken
        is_one_view = dead.framework == "django-ninja" and dead.path.text == by.path.text
        if dead.framework in _BY_PATH_ALONE and not is_one_view:
            return dead.registration.methods
        return taken if is_same or set(taken) == set(dead.registration.methods) else ()

    def _takes(self, dead: _Entry, by: _Entry) -> bool:
        """Whether a path that is not the same takes all requests of another."""
        if dead.framework not in _IN_ORDER or not covers(by.pattern, dead.pattern):
            return False
        return dead.framework != "aiohttp" or static_length(dead.pattern) == static_length(by.pattern)

    def _compared(self, dead: tuple[Step, ...], by: tuple[Step, ...]) -> Order:
        """How two ways stand to each other where they part."""
        for one, other in zip(dead, by, strict=False):
            if one != other:
                is_known = one.router is not None and one.router == other.router
                return self._order.of(one.site, other.site) if is_known else Order.UNKNOWN
        return Order.UNKNOWN

    def _is_reported(self, dead: _Entry, by: _Entry) -> bool:
        """Of two whose order is not known, the one that is said."""
        return self._place(dead.site) > self._place(by.site)

    def _place(self, site: ValueKey) -> Place:
        definition = Definition(site.path, site.region, site.scope)
        return Place(site.path, self._inference.scope(definition).spans[site.ref])

    def _scope(self, site: ValueKey) -> str:
        return self._inference.scope(Definition(site.path, site.region, site.scope)).qualname
