"""What is searched for: a callable, by the things that an expression may stand for."""

from abc import ABC, abstractmethod

import msgspec

from execution_lint.facts.scopes import ScopeKind
from execution_lint.model.confidence import Confidence
from execution_lint.project.call_graph.families import Families
from execution_lint.project.call_graph.runners import runner
from execution_lint.project.things import (
    ClassThing,
    Definition,
    FunctionThing,
    InstanceThing,
    PartialThing,
    Thing,
)

CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__", "__attrs_post_init__", "model_post_init"})
"""Methods that run when the class is called."""


class Target(ABC):
    """A callable whose uses are looked for."""

    @abstractmethod
    def called(self, thing: Thing) -> "Match | None":
        """How sure it is that calling the thing executes the target; None where it does not."""

    def holds(self, thing: Thing) -> bool:
        """Whether a name that stands for the thing is one more name to look for."""
        return self.called(thing) is not None


class Match(msgspec.Struct, frozen=True):
    """That a thing is the target."""

    confidence: Confidence
    receiver: Thing | None = None


class RunnerTarget(Target):
    """Whatever runs an event loop."""

    def called(self, thing: Thing) -> Match | None:
        """A runner, or a partial of one."""
        return Match(Confidence.PROVEN) if runner(thing) else None


class FunctionTarget(Target):
    """A function of the project, also through the methods that it overrides."""

    def __init__(self, families: Families, definition: Definition) -> None:
        self._families = families
        self.definition = definition
        self.scope = families.inference.scope(definition)
        self.owner = families.inference.owner(definition) if self.scope.kind is ScopeKind.FUNCTION else None
        self._overridden = families.overridden(self.owner, self.scope.name) if self.owner is not None else frozenset()
        self.is_constructor = self.owner is not None and self.scope.name in CONSTRUCTORS
        self.is_property = self.owner is not None and families.is_property(definition)
        self.is_setter = self.owner is not None and families.is_setter(definition)

    def called(self, thing: Thing) -> Match | None:
        """The function, a method taken from an object, its class where it constructs, a partial of it."""
        match thing:
            case PartialThing(function=function):
                return self.called(function)
            case FunctionThing(definition=definition, receiver=receiver) if definition == self.definition:
                return Match(Confidence.PROVEN, receiver)
            case FunctionThing(definition=definition, receiver=InstanceThing(of=ClassThing() as of) as receiver) if (
                definition in self._overridden and self.owner is not None
            ):
                if receiver.origin is None and self._families.is_sub(self.owner, of):
                    is_only = self._families.is_abstract(definition)
                    return Match(Confidence.PROVEN if is_only else Confidence.LIKELY, receiver)
                return None
            case ClassThing() if self.is_constructor and self._families.method(thing, self.scope.name) == (
                self.definition
            ):
                return Match(Confidence.PROVEN)
            case InstanceThing() if self.scope.name == "__call__":
                return self.on(thing)
            case _:
                return None

    def on(self, thing: Thing) -> Match | None:
        """How sure it is that the method of an object is the target."""
        if self.owner is None or not isinstance(thing, InstanceThing) or not isinstance(thing.of, ClassThing):
            return None
        if self._families.method(thing.of, self.scope.name) == self.definition:
            return Match(Confidence.PROVEN, thing)
        if thing.origin is None and self._families.is_sub(self.owner, thing.of):
            return Match(Confidence.LIKELY, thing)
        return None

    def is_beside(self, cls: ClassThing) -> bool:
        """Whether some class extends both the one that has the method and another."""
        owner = self.owner
        return owner is not None and not set(self._families.heirs(owner)).isdisjoint(self._families.heirs(cls))

    @property
    def is_deep(self) -> bool:
        """Whether what another function gives may be the target, or an object whose syntax calls it."""
        return self.is_implicit or self.owner is None

    @property
    def is_implicit(self) -> bool:
        """Whether syntax calls it, so that the name of the object is what stands in the text."""
        name = self.scope.name
        return self.owner is not None and name.startswith("__") and name.endswith("__")

    def holds(self, thing: Thing) -> bool:
        """Another name of the function, or of an object whose syntax calls it, or of the class of such objects."""
        if self.called(thing) is not None:
            return True
        if self.is_implicit and isinstance(thing, ClassThing):
            return self._families.method(thing, self.scope.name) == self.definition
        return self.is_implicit and self.on(thing) is not None
