"""Which regions define what a module binds to a name, through imports, before any of them is read."""

from collections.abc import Iterator

from execution_lint.facts.values import Imported
from execution_lint.project.modules import Module, Modules

MAXIMUM_STEPS = 8
"""Imports of imports that are followed."""

Passed = tuple[tuple[str, str], ...]


class TooFar(Exception):
    """It is not told what a name is bound to: by whatever function, or too many imports away."""


class BoundNames:
    """Follows names to the regions that define them. What comes from outside the project has none."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._known: dict[tuple[str, str], tuple[tuple[Module, int], ...] | None] = {}

    def regions(self, path: str, name: str) -> tuple[tuple[Module, int], ...] | None:
        """The regions that define the `name` of a module, or may do so; None where that is not told."""
        key = (path, name)
        if key not in self._known:
            try:
                self._known[key] = tuple(dict.fromkeys(self._follow(path, name, ())))
            except TooFar:
                self._known[key] = None
        return self._known[key]

    def imported(self, importer: Module, imported: Imported) -> tuple[tuple[Module, int], ...] | None:
        """The same of what an import brings; nothing for a module."""
        target = self._target(importer, imported)
        return self.regions(target, imported.name) if target is not None and imported.name else ()

    def modules_at(self, module: Module, name: str, steps: int = MAXIMUM_STEPS) -> Iterator[str]:
        """The files of the project that are modules by this name in one of them."""
        for origin in module.origins(name) if steps else ():
            if isinstance(origin, Imported):
                yield from self.modules_of(module, origin, steps)

    def modules_of(self, importer: Module, imported: Imported, steps: int = MAXIMUM_STEPS) -> Iterator[str]:
        """The files of the project that an import brings as modules."""
        target = self._modules.relative(imported, importer)
        found = self._modules.find(f"{target}.{imported.name}" if imported.name else target, importer)
        if found is not None:
            if not found.endswith("/"):
                yield found
            return
        path = self._target(importer, imported) if imported.name else None
        package = self._modules.at(path) if path is not None else None
        if package is not None:
            yield from self.modules_at(package, imported.name, steps - 1)

    def _target(self, importer: Module, imported: Imported) -> str | None:
        found = self._modules.find(self._modules.relative(imported, importer), importer)
        return found if found is not None and not found.endswith("/") else None

    def _follow(self, path: str, name: str, passed: Passed) -> Iterator[tuple[Module, int]]:
        """`passed` are the names on the way: what comes back to one of them is bound otherwise, or not at all."""
        module = self._modules.at(path)
        if module is None or (path, name) in passed:
            return
        if len(passed) == MAXIMUM_STEPS or module.may_bind_globally(name):
            raise TooFar
        origins = tuple(module.origins(name))
        for origin in origins or module.star_imports():
            if not isinstance(origin, Imported):
                yield module, origin
                continue
            target = self._target(module, origin)
            wanted = origin.name if origins else name
            if target is not None and wanted:
                yield from self._follow(target, wanted, (*passed, (path, name)))
