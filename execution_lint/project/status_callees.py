"""Which calls can be given a member: told by names, imports and the text of what is called, before that is read."""

from functools import cached_property

from execution_lint.facts.scopes import Scope, ScopeKind
from execution_lint.facts.values import NONE, Attribute, Call, Free, Imported, Ref
from execution_lint.project.bound_names import BoundNames
from execution_lint.project.inference import Inference
from execution_lint.project.modules import Module
from execution_lint.project.spelling import last_name
from execution_lint.project.standard_names import REPLACERS
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.things import Frame
from execution_lint.source.regions import RegionKind

CHANGES = frozenset({"values", "update", "filter", "filter_by", "insert"})
"""The methods that give a row of a table other columns, or look for those that have them."""

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
        self._bound = BoundNames(inference.modules)
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
                return self._is_enclosed(frame, name) or self._may_take(self._bound.regions(frame.path, name))
            case Imported():
                return self._may_take(self._bound.imported(self._inference.module(frame.path), called))
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
                paths = self._bound.modules_at(module, of)
            case Imported():
                paths = self._bound.modules_of(module, owner)
            case _:
                return False
        return any(self._may_take(self._bound.regions(path, name)) for path in paths)

    def _may_take(self, regions: tuple[tuple[Module, int], ...] | None) -> bool:
        """Whether what these regions define may take a member."""
        return regions is None or any(
            module.regions[region].kind is not RegionKind.FUNCTION or region in self._speaking_in(module)
            for module, region in regions
        )

    def _speaking_in(self, module: Module) -> frozenset[int]:
        """The regions of a module in which a name stands by which a parameter can be declared to take a member."""
        found = self._speaking.get(module.path)
        if found is None:
            found = self._speaking[module.path] = frozenset(module.holding_any(self._names))
        return found

    @cached_property
    def _names(self) -> frozenset[str]:
        return self._carriers.names | self._carriers.said | self._carriers.words
