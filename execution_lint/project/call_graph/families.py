"""Which classes extend which, and whose method is taken."""

from execution_lint.facts.scopes import ExitKind, ScopeKind
from execution_lint.facts.values import Attribute
from execution_lint.project.inference import Inference
from execution_lint.project.modules import Module
from execution_lint.project.standard_names import PROPERTIES
from execution_lint.project.things import ClassThing, Definition, FunctionThing
from execution_lint.source.regions import Needles, RegionKind


class Families:
    """Answers how classes of the project are related, by their definitions."""

    def __init__(self, inference: Inference) -> None:
        self.inference = inference
        self._heirs: dict[ClassThing, tuple[ClassThing, ...]] = {}
        self._methods: dict[tuple[ClassThing, str], Definition | None] = {}

    def is_sub(self, cls: ClassThing, base: ClassThing) -> bool:
        """Whether a class is the other one or extends it."""
        return cls == base or base in self.inference.ancestry(cls)

    def method(self, cls: ClassThing, name: str) -> Definition | None:
        """The function that `name` is on objects of a class, inherited ones included."""
        key = (cls, name)
        if key not in self._methods:
            self._methods[key] = self._find_method(cls, name)
        return self._methods[key]

    def _find_method(self, cls: ClassThing, name: str) -> Definition | None:
        for base in self.inference.ancestry(cls):
            for site in reversed(self.inference.class_sites(base, name)) if isinstance(base, ClassThing) else ():
                for thing in self.inference.things(site):
                    if isinstance(thing, FunctionThing):
                        return thing.definition
        return None

    def overridden(self, owner: ClassThing, name: str) -> frozenset[Definition]:
        """The methods of the bases that a method of this name takes the place of."""
        found: set[Definition] = set()
        for base in self.inference.ancestry(owner)[1:]:
            for site in self.inference.class_sites(base, name) if isinstance(base, ClassThing) else ():
                found.update(
                    thing.definition for thing in self.inference.things(site) if isinstance(thing, FunctionThing)
                )
        return frozenset(found)

    def is_property(self, definition: Definition) -> bool:
        """Whether a method is read like an attribute."""
        return any(decorator.name in PROPERTIES for decorator in self.inference.decorators(definition))

    def is_setter(self, definition: Definition) -> bool:
        """Whether a method is what assigning to a property calls."""
        scope = self.inference.scope(definition)
        values = (scope.values[decorator] for decorator in scope.decorators)
        return any(isinstance(value, Attribute) and value.name == "setter" for value in values)

    def is_abstract(self, definition: Definition) -> bool:
        """Whether a method is there to be overridden: abstract, or nothing but a raise."""
        names = {decorator.name.rpartition(".")[2] for decorator in self.inference.decorators(definition)}
        exits = self.inference.scope(definition).exits
        return bool(names & {"abstractmethod", "abstractproperty"}) or (
            bool(exits) and all(exit.kind is ExitKind.RAISE for exit in exits)
        )

    def heirs(self, cls: ClassThing) -> tuple[ClassThing, ...]:
        """The classes that extend a class, directly or not."""
        if cls not in self._heirs:
            found: dict[ClassThing, None] = {}
            waiting = [cls]
            while waiting and len(found) < MAXIMUM_HEIRS:
                for heir in self._children(waiting.pop()):
                    if heir not in found:
                        found[heir] = None
                        waiting.append(heir)
            self._heirs[cls] = tuple(found)
        return self._heirs[cls]

    def _children(self, cls: ClassThing) -> list[ClassThing]:
        """The classes whose bases name the class; a base under another name is not seen."""
        found: list[ClassThing] = []
        for path, regions in self.inference.modules.library.candidates(Needles(bases=frozenset({self.name(cls)}))):
            module = self.inference.modules.at(path)
            for region in regions if module is not None else ():
                if module is None or not _may_define_a_class(module, region):
                    continue
                facts = module.facts(region)
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    if scope.kind is ScopeKind.CLASS and scope.bases:
                        heir = ClassThing(Definition(path, region, index))
                        if cls in self.inference.bases(heir):
                            found.append(heir)
        return found

    def name(self, cls: ClassThing) -> str:
        """The name of a class as its definition spells it."""
        return self.inference.scope(cls.definition).name

    def names(self, cls: ClassThing) -> frozenset[str]:
        """The names of a class, of those that extend it, and of those of the project that it extends."""
        related = (base for base in self.inference.ancestry(cls) if isinstance(base, ClassThing))
        return frozenset(self.name(found) for found in (*related, *self.heirs(cls)))


MAXIMUM_HEIRS = 60
"""Classes that extend one beyond which no more are looked for."""


def _may_define_a_class(module: Module, region: int) -> bool:
    kind = module.regions[region].kind
    return kind is RegionKind.CLASS or (kind is not RegionKind.IMPORT and module.mentions(region, "class"))
