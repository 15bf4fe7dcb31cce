"""Which web frameworks a project speaks of, so that nobody looks for the routes of others."""

from functools import cached_property
from typing import TYPE_CHECKING

from execution_lint.project.frameworks import METHODS, NOT_READ, PACKAGES
from execution_lint.source.regions import Needles

if TYPE_CHECKING:
    from execution_lint.project.inference import Inference

INCLUDING = {
    "": frozenset({"include_router", "register_blueprint", "mount", "routes"}),
    "starlette": frozenset({"host", "Starlette", "Router"}),
    "fastapi": frozenset({"host"}),
    "sanic": frozenset({"blueprint", "group"}),
    "aiohttp": frozenset({"add_subapp", "add_domain", "add_routes"}),
    "litestar": frozenset({"route_handlers", "Litestar", "register"}),
    "ninja": frozenset({"add_router"}),
}
"""The words of calls that put routers under others, by the package that makes them worth a look; empty for always."""

REGISTERING = {
    "": frozenset({"add_api_route", "add_url_rule", "add_route", "routes"}),
    "fastapi": frozenset({"add_api_websocket_route", "add_websocket_route"}),
    "starlette": frozenset({"add_websocket_route", "Starlette", "Router"}),
    "quart": frozenset({"add_websocket"}),
    "sanic": frozenset({"add_websocket_route", "attach"}),
    "aiohttp": frozenset({"add_routes", "add_view", *(f"add_{method}" for method in METHODS)}),
    "litestar": frozenset({"route_handlers", "Litestar"}),
    "ninja": frozenset({"add_api_operation"}),
    "django": frozenset({"urlpatterns"}),
    "rest_framework": frozenset({"register"}),
}
"""The words of calls and tables that give a path to a handler, by package."""

DECORATING = {
    "": METHODS | {"route", "api_route"},
    "fastapi": frozenset({"websocket", "websocket_route"}),
    "starlette": frozenset({"websocket", "websocket_route"}),
    "quart": frozenset({"websocket"}),
    "sanic": frozenset({"websocket"}),
    "aiohttp": frozenset({"view"}),
    "litestar": frozenset({"websocket", "websocket_listener", "asgi"}),
    "ninja": frozenset({"api_operation"}),
}
"""The words of decorators that give a path to a handler, by package."""

KEYWORDS = frozenset({"routes", "route_handlers", "attach"})
"""Those of the words that name an argument."""

NAMES = frozenset({"urlpatterns"})
"""Those that name a table by itself."""

CLASSES = frozenset({"Starlette", "Router", "Litestar"})
"""Those that name a class whose objects take a table."""

_IMPORTED_UNREAD = Needles(imports=frozenset(name.partition(".")[0] for name in NOT_READ))


class Presence:
    """Knows the frameworks whose name stands in a file of the project."""

    def __init__(self, inference: "Inference") -> None:
        self._inference = inference

    def has(self, package: str) -> bool:
        """Whether the name of a package stands anywhere."""
        return package in self._packages

    @cached_property
    def _packages(self) -> frozenset[str]:
        return frozenset(package for package in PACKAGES if self._stands(package)) | {""}

    def _stands(self, word: str) -> bool:
        candidates = self._inference.modules.library.candidates(Needles(frozenset({word})))
        return next(candidates, None) is not None

    @cached_property
    def including(self) -> Needles:
        """What a region must hold to put a router under another."""
        return _needles(self._words(INCLUDING))

    @cached_property
    def registering(self) -> Needles:
        """What a region must hold to give a path to a handler."""
        return _needles(self._words(REGISTERING)) | Needles(decorators=self._words(DECORATING))

    def _words(self, table: dict[str, frozenset[str]]) -> frozenset[str]:
        return frozenset().union(*(words for package, words in table.items() if package in self._packages))

    @cached_property
    def not_read(self) -> tuple[str, ...]:
        """The frameworks that modules of the project import and whose routes are not read, by name."""
        modules = self._inference.modules
        found = set()
        for path, _ in modules.library.candidates(_IMPORTED_UNREAD):
            module = modules.at(path)
            for _, imported in module.imports(*_IMPORTED_UNREAD.imports) if module is not None else ():
                for name in (imported.module, imported.module.partition(".")[0]):
                    if not imported.level and name in NOT_READ:
                        found.add(NOT_READ[name])
        return tuple(sorted(found))


def _needles(words: frozenset[str]) -> Needles:
    return Needles(
        words & NAMES, methods=words - NAMES - KEYWORDS - CLASSES, calls=words & CLASSES, keywords=words & KEYWORDS
    )
