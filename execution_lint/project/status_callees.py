"""Which calls can be given a member: told by names, imports and the text of what is called, before that is read."""

from collections.abc import Iterator
from functools import cached_property

from execution_lint.facts.scopes import Scope, ScopeKind
from execution_lint.facts.values import NONE, Attribute, Call, Free, Imported, Ref
from execution_lint.project.inference import Inference
from execution_lint.project.modules import Module
from execution_lint.project.spelling import last_name
from execution_lint.project.standard_names import REPLACERS
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.things import Frame
from execution_lint.source.regions import RegionKind

CHANGES = frozenset({"values", "update", "filter", "filter_by", "insert"})
"""The methods that give a row of a table other columns, or look for those that have them."""
MAXIMUM_STEPS = 8
"""Imports of imports that are followed."""

_CHANGES = CHANGES | {"_replace"} | {name.rpartition(".")[2] for name in REPLACERS}
"""What gives an object, a copy or a row other fields, by their names."""


class StatusCallees:
    """Follows the name of what is called to where it is defined: rather yes too often than no once.

    A function takes a member where its text names a vocabulary, or what carries or stands for one. A class may have
    that from another one, and what else a name is bound to may be anything: those are left to their types. The methods
    of objects are told by their names.
    """

    def __init__(self, inference: Inference, carriers: Carriers) -> None:
        self._inference = inference
        self._carriers = carriers
        self._known: dict[tuple[str, str], bool] = {}
        self._speaking: dict[str, frozenset[int]] = {}

    def may_be_given(self, frame: Frame, scope: Scope, call: Call, name: str) -> bool:
        """Whether an argument, by its name if it has one, may go where a member is declared."""
        return self.may_be_named(scope, call, name) or self.may_take(frame, scope, call)

    def may_be_named(self, scope: Scope, call: Call, name: str) -> bool:
        """Whether the name of an argument may be that of what carries a status, whoever takes it."""
        return bool(name) and (name in self._carriers.fields or last_name(scope, call.function) in _CHANGES)

    def may_take(self, frame: Frame, scope: Scope, call: Call) -> bool:
        """Whether what is called may declare to take a member."""
        if last_name(scope, call.function) in self._carriers.takers:
            return True
        called = scope.values[call.function]
        match called:
            case Free(name=name):
                return self._is_enclosed(frame, name) or self._bound(frame.path, name, ())
            case Imported():
                return self._imported(self._inference.module(frame.path), called, called.name)
            case Attribute(base=base, name=name):
                return self._attribute(frame, scope, base, name)
            case _:
                return True

    def _is_enclosed(self, frame: Frame, name: str) -> bool:
        """Whether a function or a class around the scope binds the name, so that the module need not be asked."""
        facts = self._inference.module(frame.path).followed(frame.region)
        assert facts is not None
        index = facts.scopes[frame.scope].parent
        while index != NONE:
            around = facts.scopes[index]
            if around.kind is not ScopeKind.MODULE and any(bound == name for bound, _ in around.bindings):
                return True
            index = around.parent
        return False

    def _attribute(self, frame: Frame, scope: Scope, base: Ref, name: str) -> bool:
        """Whether `base.name` may be what a module has that takes a member."""
        module = self._inference.module(frame.path)
        owner = scope.values[base]
        match owner:
            case Free(name=of) if self._is_enclosed(frame, of):
                return True
            case Free(name=of):
                paths = self._modules_at(module, of, MAXIMUM_STEPS)
            case Imported():
                paths = self._modules_of(module, owner, MAXIMUM_STEPS)
            case _:
                return False
        return any(self._bound(path, name, ()) for path in paths)

    def _modules_at(self, module: Module, name: str, steps: int) -> Iterator[str]:
        """The files of the project that are modules by this name in one of them."""
        for origin in module.origins(name) if steps else ():
            if isinstance(origin, Imported):
                yield from self._modules_of(module, origin, steps)

    def _modules_of(self, importer: Module, imported: Imported, steps: int) -> Iterator[str]:
        modules = self._inference.modules
        target = modules.relative(imported, importer)
        found = modules.find(f"{target}.{imported.name}" if imported.name else target, importer)
        if found is not None:
            if not found.endswith("/"):
                yield found
            return
        path = modules.find(target, importer) if imported.name else None
        package = modules.at(path) if path is not None and not path.endswith("/") else None
        if package is not None:
            yield from self._modules_at(package, imported.name, steps - 1)

    def _bound(self, path: str, name: str, passed: tuple[tuple[str, str], ...]) -> bool:
        """Whether what a module binds to a name may take a member; `passed` are the names on the way there."""
        key = (path, name)
        found = self._known.get(key)
        if found is None:
            if key in passed:
                return False
            if name in self._carriers.takers or len(passed) == MAXIMUM_STEPS:
                return True
            found = self._follow(path, name, (*passed, key))
            if not passed:
                self._known[key] = found
        return found

    def _follow(self, path: str, name: str, passed: tuple[tuple[str, str], ...]) -> bool:
        module = self._inference.modules.at(path)
        if module is None:
            return False
        if module.may_bind_globally(name):
            return True
        origins = tuple(module.origins(name))
        if origins:
            return any(self._from(module, origin, passed) for origin in origins)
        return any(self._imported(module, star, name, passed) for star in module.star_imports())

    def _from(self, module: Module, origin: int | Imported, passed: tuple[tuple[str, str], ...]) -> bool:
        """Whether one of the things that a name is bound to may take a member."""
        if isinstance(origin, Imported):
            return self._imported(module, origin, origin.name, passed)
        return module.regions[origin].kind is not RegionKind.FUNCTION or origin in self._speaking_in(module)

    def _imported(
        self, importer: Module, imported: Imported, name: str, passed: tuple[tuple[str, str], ...] = ()
    ) -> bool:
        """Whether what a module has by a name may take a member, where it is imported."""
        modules = self._inference.modules
        target = modules.find(modules.relative(imported, importer), importer)
        return target is not None and not target.endswith("/") and bool(name) and self._bound(target, name, passed)

    def _speaking_in(self, module: Module) -> frozenset[int]:
        """The regions of a module in which a name stands by which a parameter can be declared to take a member."""
        found = self._speaking.get(module.path)
        if found is None:
            found = self._speaking[module.path] = frozenset(module.holding_any(self._names))
        return found

    @cached_property
    def _names(self) -> frozenset[str]:
        return self._carriers.names | self._carriers.said | self._carriers.words
