"""Which modules the server imports inside its running loop: those that an ASGI application's module imports."""

from collections.abc import Iterator
from functools import cached_property

import msgspec

from execution_lint.facts.scopes import ScopeKind
from execution_lint.facts.values import Call, Imported
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.modules import Module
from execution_lint.project.spelling import mentioned
from execution_lint.project.things import At, ClassThing, ExternalThing, Frame, Thing
from execution_lint.source.regions import Needles

_CLASSES = frozenset(
    {
        "fastapi.FastAPI",
        "fastapi.applications.FastAPI",
        "starlette.applications.Starlette",
        "quart.Quart",
        "quart.app.Quart",
        "litestar.Litestar",
        "litestar.app.Litestar",
        "sanic.Sanic",
        "django.core.asgi.get_asgi_application",
    }
)
_WORDS = frozenset({"FastAPI", "Starlette", "Quart", "Litestar", "Sanic", "get_asgi_application"})


class Application(msgspec.Struct, frozen=True):
    """An application, and the imports from its module to one that it needs."""

    name: str
    """The module that holds it."""
    confidence: Confidence
    related: tuple[Related, ...]


class Applications:
    """Finds applications, and the way of their imports."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def importing(self, path: str) -> Application | None:
        """The application whose import imports the module at `path`, the nearest one."""
        found = self._closure.get(path)
        if found is None:
            return None
        steps: list[Related] = []
        at = path
        while True:
            place, before = self._closure[at]
            if before is None:
                sure = self._made[at]
                module = self._inference.module(at)
                steps.insert(0, Related(f"`{module.name}` holds an application, which the server imports", place))
                return Application(module.name, sure[1], tuple(steps))
            steps.insert(0, Related(f"`{self._inference.module(before).name}` imports it", place))
            at = before

    @cached_property
    def _made(self) -> dict[str, tuple[Place, Confidence]]:
        """The modules that make an application, with the place."""
        found: dict[str, tuple[Place, Confidence]] = {}
        for path, regions in self._inference.modules.library.candidates(Needles(_WORDS)):
            for region in regions:
                module = self._inference.modules.at(path)
                facts = module.facts(region) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    for ref, value in enumerate(scope.values):
                        if not isinstance(value, Call) or not mentioned(scope, value.function) & _WORDS:
                            continue
                        if any(
                            map(
                                self._is_application,
                                self._inference.things(At(Frame(path, region, index), value.function)),
                            )
                        ):
                            sure = Confidence.PROVEN if scope.kind is ScopeKind.MODULE else Confidence.LIKELY
                            known = found.get(path)
                            if known is None or sure.rank > known[1].rank:
                                found[path] = (Place(path, scope.spans[ref]), sure)
        return found

    def _is_application(self, thing: Thing) -> bool:
        match thing:
            case ExternalThing(name=name):
                return name in _CLASSES
            case ClassThing():
                return any(
                    isinstance(base, ExternalThing) and base.name in _CLASSES
                    for base in self._inference.ancestry(thing)
                )
            case _:
                return False

    @cached_property
    def _closure(self) -> dict[str, tuple[Place, str | None]]:
        """Every module that applications import, with the importing place and module; None at the applications."""
        surest = sorted(self._made, key=lambda path: (-self._made[path][1].rank, path))
        found: dict[str, tuple[Place, str | None]] = {path: (self._made[path][0], None) for path in surest}
        waiting = list(found)
        while waiting:
            path = waiting.pop(0)
            for place, target in self._imports(path):
                if target not in found:
                    found[target] = (place, path)
                    waiting.append(target)
        return found

    def _imports(self, path: str) -> Iterator[tuple[Place, str]]:
        """The files that the import of a module imports."""
        module = self._inference.modules.at(path)
        if module is None:
            return
        for region in module.importing():
            facts = module.facts(region)
            for scope in facts.scopes[:1] if facts is not None else ():
                for ref, value in enumerate(scope.values):
                    if isinstance(value, Imported):
                        place = Place(path, scope.spans[ref])
                        for target in self._targets(module, value):
                            yield place, target

    def _targets(self, module: Module, imported: Imported) -> Iterator[str]:
        modules = self._inference.modules
        name = modules.relative(imported, module)
        parts = name.split(".")
        names = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
        if imported.name and imported.name != "*":
            names.append(f"{name}.{imported.name}")
        for found in (modules.find(part, module) for part in names):
            if found is not None and not found.endswith("/"):
                yield found
