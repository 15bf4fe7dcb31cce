"""Under which prefixes a router's routes answer, through inclusion at any depth and across modules."""

from collections.abc import Iterator

import msgspec

from execution_lint.project.frameworks import OVERRIDING, join
from execution_lint.project.inclusions import Child, Inclusion, Inclusions
from execution_lint.project.path_texts import UNKNOWN, PathTexts
from execution_lint.project.routers import Router, Routers, Step, Way
from execution_lint.project.things import At, Definition, Frame, ValueKey

MAXIMUM_PREFIXES = 16
"""Prefixes under which one router may answer, beyond which the rest is not followed."""


class Prefix(msgspec.Struct, frozen=True):
    """The beginning of a path; `is_complete` where nothing can stand before it."""

    text: str
    is_complete: bool
    way: Way = ()
    version: str = ""
    """Of Sanic's versions, which stand before all prefixes."""
    call: Frame | None = None
    """The function that makes the router, as the call looks at it by which it comes under this prefix."""


NOTHING_KNOWN = (Prefix("", False),)


class Prefixes:
    """Composes prefixes: a router's own, and those of everything that it is put under."""

    def __init__(self, routers: Routers, inclusions: Inclusions, texts: PathTexts) -> None:
        self._routers = routers
        self._inclusions = inclusions
        self._texts = texts

    def of_router(self, router: Router, passed: tuple[Child, ...] = ()) -> tuple[Prefix, ...]:
        """Every prefix under which the routes of a router answer."""
        own = self.own(router)
        key: Child | None = router.origin or router.cls
        if key is None:
            return tuple(_prefix(text, router.is_application, (), "") for text in own)
        if key in passed:
            return ()
        found: dict[Prefix, None] = {}
        version = self._version(router)
        for inclusion in self._inclusions.of(key):
            # Where only the class is known, the object that is included says what it is made with.
            is_own = (router.origin is not None and inclusion.call is None) or inclusion.router is None
            included = own if is_own or inclusion.router is None else self.own(inclusion.router, inclusion.call)
            for before in self._before(inclusion, (*passed, key)):
                for text in _through(router, inclusion, included):
                    way = (*before.way, Step(_parent(inclusion), inclusion.site))
                    beginning = join(before.text, text) if text else before.text
                    known = version or inclusion.version or before.version
                    found[_prefix(beginning, before.is_complete, way, known, inclusion.call)] = None
        if not found:
            for text in own:
                found.setdefault(_prefix(text, router.is_application, (), version), None)
        return tuple(found)[:MAXIMUM_PREFIXES]

    def of_handler(self, definition: Definition) -> tuple[Prefix, ...]:
        """Every prefix under which a handler answers that is registered by itself, as Litestar's are."""
        found: dict[Prefix, None] = {}
        for inclusion in self._inclusions.of(definition):
            for before in self._before(inclusion, ()):
                for text in inclusion.prefix or ("",):
                    way = (*before.way, Step(_parent(inclusion), inclusion.site))
                    beginning = join(before.text, text) if text else before.text
                    found[_prefix(beginning, before.is_complete, way, "")] = None
        return tuple(found)[:MAXIMUM_PREFIXES] or NOTHING_KNOWN

    def own(self, router: Router, call: Frame | None = None) -> tuple[str, ...]:
        """The prefixes that the router is made with; `…` stands for what is not known of one."""
        at = self._own_argument(router)
        return self._texts.spelled(at, call) if at is not None else ("",)

    def _own_argument(self, router: Router) -> At | None:
        if not router.known.prefix:
            return None
        at = self._routers.argument(router, router.known.prefix, router.known.position)
        if at is None or self._routers.is_none(at):
            return None
        return at

    def _version(self, router: Router) -> str:
        at = self._routers.keyword(router, "version") if router.framework == "sanic" else None
        texts = self._texts.of(at) if at is not None else None
        return texts[0] if texts else ""

    def _before(self, inclusion: Inclusion, passed: tuple[Child, ...]) -> Iterator[Prefix]:
        if not inclusion.parents:
            yield Prefix("", False)
        for parent in inclusion.parents:
            yield from self.of_router(parent, passed)


def _parent(inclusion: Inclusion) -> ValueKey | None:
    return inclusion.parents[0].origin if inclusion.parents else None


def _through(router: Router, inclusion: Inclusion, own: tuple[str, ...]) -> Iterator[str]:
    if inclusion.prefix is None:
        yield from own
        return
    for given in inclusion.prefix:
        if router.framework in OVERRIDING or router.framework == "sanic":
            yield given
        else:
            for text in own:
                yield join(given, text) if text else given


def _prefix(text: str, is_complete: bool, way: Way, version: str, call: Frame | None = None) -> Prefix:
    """A prefix of which everything before the last `…` is not known."""
    _, mark, end = text.rpartition(UNKNOWN)
    return Prefix(end, is_complete and not mark, way, version, call)
