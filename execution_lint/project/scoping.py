"""Where names stand: the scopes, modules and classes that bind them, through imports and stars."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator

from execution_lint.facts.scopes import Assignment, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Constant,
    Free,
    Imported,
    Mapping,
    Operation,
    Parameter,
    Sequence,
    Spread,
    Text,
    Value,
)
from execution_lint.project.modules import Module, Modules
from execution_lint.project.standard_names import (
    BUILTINS,
)
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    ModuleThing,
    TextThing,
    Thing,
    Things,
    UnknownThing,
)


class Scoping(ABC):
    """Finds the values that a name is bound to. What they stand for is a question to the layers above."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._scopes: dict[tuple[str, int], tuple[Scope, ...]] = {}
        self._followed: dict[tuple[str, int], tuple[Scope, ...]] = {}
        self._exports: dict[str, frozenset[str] | None] = {}
        self._exports_sought = 0
        self._module_sites: dict[tuple[str, str], tuple[At, ...]] = {}
        self._class_sites: dict[tuple[Definition, str], tuple[At, ...]] = {}
        self._assigned: dict[tuple[Definition, str], tuple[tuple[Frame, Assignment], ...]] = {}

    @abstractmethod
    def things(self, at: At) -> Things:
        """What the value may be. Empty only within a cycle."""

    @abstractmethod
    def types(self, at: At) -> Things:
        """What an object annotated with the value may be: instances for the classes it names."""

    def scope(self, frame: Frame | Definition) -> Scope:
        """The facts of a frame."""
        key = (frame.path, frame.region)
        scopes = self._scopes.get(key)
        if scopes is None:
            facts = self.module(frame.path).facts(frame.region)
            assert facts is not None
            scopes = self._scopes[key] = self._followed[key] = facts.scopes
        return scopes[frame.scope]

    def followed(self, frame: Frame | Definition) -> Scope:
        """The facts of a frame for whoever follows values from one to the next and looks for names, and goes through
        nothing else."""
        key = (frame.path, frame.region)
        scopes = self._followed.get(key)
        if scopes is None:
            facts = self.module(frame.path).followed(frame.region)
            assert facts is not None
            scopes = self._followed[key] = facts.scopes
        return scopes[frame.scope]

    def module(self, path: str) -> Module:
        """A module that was opened before."""
        module = self.modules.at(path)
        assert module is not None
        return module

    def value(self, at: At) -> Value:
        """The symbolic value."""
        return self.followed(at.frame).values[at.ref]

    def qualname(self, definition: Definition) -> str:
        """`package.module:Class.method`, as the contract spells a place."""
        return f"{self.module(definition.path).name}:{self.followed(definition).qualname}"

    def owner(self, definition: Definition) -> ClassThing | None:
        """The class that a method belongs to; None for a plain function."""
        facts = self.module(definition.path).followed(definition.region)
        assert facts is not None
        parent = facts.scopes[definition.scope].parent
        if parent == NONE or facts.scopes[parent].kind is not ScopeKind.CLASS:
            return None
        if parent:
            return ClassThing(Definition(definition.path, definition.region, parent))
        module = self.module(definition.path)
        return self.class_at(definition.path, module.regions[definition.region].owner)

    def class_at(self, path: str, name: str) -> ClassThing | None:
        """The class `name` at the top level of a module."""
        module = self.module(path)
        region = module.class_region(name)
        facts = module.followed(region) if region is not None else None
        if facts is None or region is None:
            return None
        index = next(
            (index for index, scope in enumerate(facts.scopes) if scope.parent == 0 and scope.name == name), None
        )
        return ClassThing(Definition(path, region, index)) if index is not None else None

    def _defined(self, definition: Definition) -> Thing:
        scope = self.followed(definition)
        return ClassThing(definition) if scope.kind is ScopeKind.CLASS else FunctionThing(definition)

    def sites(self, frame: Frame, name: str) -> tuple[At, ...]:
        """Every value that the free `name` of a scope is bound to: in the enclosing functions, else in the module,
        else in the class around it."""
        facts = self.module(frame.path).followed(frame.region)
        assert facts is not None
        index = facts.scopes[frame.scope].parent
        while index != NONE:
            scope = facts.scopes[index]
            if scope.kind in (ScopeKind.FUNCTION, ScopeKind.LAMBDA):
                found = tuple(
                    At(Frame(frame.path, frame.region, index), ref) for bound, ref in scope.bindings if bound == name
                )
                if found:
                    return found
            index = scope.parent
        found = self.module_sites(frame.path, name)
        if not found and name not in BUILTINS:
            is_class = facts.scopes[frame.scope].kind is ScopeKind.CLASS and frame.scope > 0
            owner = ClassThing(frame.definition) if is_class else self.owner(frame.definition)
            if owner is not None:
                return self.class_sites(owner, name)
        return found

    def module_sites(self, path: str, name: str) -> tuple[At, ...]:
        """Every value that a module binds `name` to at its top level, star imports included."""
        key = (path, name)
        found = self._module_sites.get(key)
        if found is None:
            found = self._find_module_sites(path, name, ())
            # Before an `__all__` is known, stars bring less than they do.
            if not self._exports_sought:
                self._module_sites[key] = found
        return found

    def _find_module_sites(self, path: str, name: str, passed: tuple[str, ...]) -> tuple[At, ...]:
        """What a module binds `name` to; `passed` are the modules on the way."""
        module = self.modules.at(path)
        if module is None:
            return ()
        found = tuple(At(Frame(path, region, 0), ref) for region, ref in module.bindings(name))
        found += tuple(At(Frame(path, region, scope), ref) for region, scope, ref in module.global_bindings(name))
        if found:
            return found
        # The last of several stars that bring a name is the one that counts.
        for star in reversed(module.star_imports()):
            target = self.modules.find(self.modules.relative(star, module), module)
            if target is None or target.endswith("/") or target in passed:
                continue
            exported = self._exported(target) if name.startswith("_") else None
            if name.startswith("_") and (exported is None or name not in exported):
                continue
            found = tuple(
                site
                for site in self._find_module_sites(target, name, (*passed, path))
                if not self._is_taken_from(path, site)
            )
            exported = self._exported(target) if found else None
            if found and (exported is None or name in exported):
                return found
        return ()

    def _is_taken_from(self, path: str, site: At) -> bool:
        """Whether a binding is an import from the module at `path`: it brings nothing that is not there already."""
        value = self.value(site)
        if not isinstance(value, Imported) or not value.name:
            return False
        importer = self.module(site.frame.path)
        return self.modules.find(self.modules.relative(value, importer), importer) == path

    def _exported(self, path: str) -> frozenset[str] | None:
        """The names in the `__all__` of a module; None where it has none, or one that cannot be read."""
        if path not in self._exports:
            # A module whose `__all__` is made from its own has said nothing so far.
            self._exports[path] = None
            self._exports_sought += 1
            self._exports[path] = self._find_exported(path)
            self._exports_sought -= 1
        return self._exports[path]

    def _find_exported(self, path: str) -> frozenset[str] | None:
        module = self.modules.at(path)
        if module is None:
            return None
        found: set[str] = set()
        bindings = module.bindings("__all__")
        for region, ref in bindings:
            names = self._names_in(At(Frame(path, region, 0), ref))
            if names is None:
                return None
            found |= names
        changed = len(module.mentioning("__all__")) > len({region for region, _ in bindings})
        return frozenset(found) if found and not changed else None

    def _names_in(self, at: At) -> frozenset[str] | None:
        """The strings of a display, or of several put together."""
        match self.value(at):
            case Text(value=text):
                return frozenset((text,))
            case Free(name="__all__"):
                return frozenset()
            case Attribute(base=base, name="__all__"):
                modules = self.things(At(at.frame, base))
                exported = [self._exported(thing.path) for thing in modules if isinstance(thing, ModuleThing)]
                return exported[0] if len(exported) == len(modules) == 1 else None
            case Sequence(elements=parts) | Operation(operator="+", operands=parts):
                names = [self._names_in(At(at.frame, part)) for part in parts]
                return frozenset().union(*(found or () for found in names)) if None not in names else None
            case Spread(base=base):
                return self._names_in(At(at.frame, base))
            case _:
                return None

    def class_sites(self, cls: ClassThing, name: str) -> tuple[At, ...]:
        """Every value that the class itself binds `name` to in its body, a method's region included."""
        key = (cls.definition, name)
        found = self._class_sites.get(key)
        if found is None:
            found = self._class_sites[key] = self._find_class_sites(cls.definition, name)
        return found

    def _find_class_sites(self, definition: Definition, name: str) -> tuple[At, ...]:
        scope = self.followed(definition)
        frame = Frame(definition.path, definition.region, definition.scope)
        found = [At(frame, ref) for bound, ref in scope.bindings if bound == name]
        module = self.module(definition.path)
        regions = module.regions
        if scope.parent == 0 and regions[definition.region].name == scope.name:
            for region in module.methods_named(definition.region, name):
                facts = module.followed(region)
                if facts is not None:
                    found.extend(
                        At(Frame(definition.path, region, 0), ref)
                        for bound, ref in facts.scopes[0].bindings
                        if bound == name
                    )
        return tuple(found)

    def method_frames(self, cls: ClassThing, word: str) -> Iterator[Frame]:
        """The methods of the class in whose text `word` may stand."""
        return self._method_frames(cls, word, self.module(cls.definition.path).mentions)

    def _method_frames(self, cls: ClassThing, word: str, may_hold: Callable[[int, str], bool]) -> Iterator[Frame]:
        definition = cls.definition
        module = self.module(definition.path)
        scope = self.followed(definition)
        if scope.parent == 0 and module.regions[definition.region].name == scope.name:
            for region in module.methods_mentioning(definition.region, word):
                if not may_hold(region, word):
                    continue
                facts = module.followed(region)
                if facts is not None:
                    yield from (
                        Frame(definition.path, region, index)
                        for index, inner in enumerate(facts.scopes)
                        if inner.parent == 0
                    )
        facts = module.followed(definition.region)
        assert facts is not None
        for index, inner in enumerate(facts.scopes):
            if inner.parent == definition.scope and inner.kind is ScopeKind.FUNCTION:
                yield Frame(definition.path, definition.region, index)

    def self_assignments(self, cls: ClassThing, name: str) -> Iterator[tuple[Frame, Assignment]]:
        """Every `self.name = ...` in the methods of the class itself."""
        key = (cls.definition, name)
        if key not in self._assigned:
            self._assigned[key] = tuple(self._find_self_assignments(cls, name))
        yield from self._assigned[key]

    def _find_self_assignments(self, cls: ClassThing, name: str) -> Iterator[tuple[Frame, Assignment]]:
        for frame in self._method_frames(cls, name, self.module(cls.definition.path).may_assign):
            scope = self.followed(frame)
            first = scope.parameters[0].name if scope.parameters else ""
            for assignment in scope.assignments:
                if assignment.kind is TargetKind.ATTRIBUTE and assignment.name == name:
                    base = scope.values[assignment.base]
                    if isinstance(base, Parameter) and base.name == first:
                        yield frame, assignment

    def _named(self, frame: Frame, name: str) -> Iterator[Thing]:
        sites = self.sites(frame, name)
        for site in sites:
            yield from self._site_things(site, name)
        if not sites:
            yield self._unbound(frame, name)

    def _site_things(self, site: At, name: str) -> Iterator[Thing]:
        """What a name of a module is bound to; by its annotation, where the value says nothing, as in
        `name: T | None = None` and `name: dict[str, T] = {}`."""
        value = self.value(site)
        is_empty = (
            (isinstance(value, Constant) and value.kind == "None")
            or (isinstance(value, Mapping) and not value.entries)
            or (isinstance(value, Sequence) and not value.elements)
            or (isinstance(value, Call) and not value.arguments)
        )
        scope = self.followed(site.frame) if is_empty else None
        if scope is not None and scope.kind is ScopeKind.MODULE:
            for assignment in scope.assignments:
                if assignment.value == site.ref and assignment.name == name and assignment.annotation != NONE:
                    types = self.types(At(site.frame, assignment.annotation))
                    if not isinstance(value, Call) or any(_has_parameters(thing) for thing in types):
                        yield from types
                        return
        yield from self.things(site)

    def _unbound(self, frame: Frame, name: str) -> Thing:
        if name in BUILTINS:
            return ExternalThing(f"builtins.{name}")
        if name == "__name__":
            return TextThing(self.module(frame.path).name)
        starred = self._starred(self.module(frame.path), name)
        return starred if starred is not None else UnknownThing(f"`{name}` is not bound in its module")

    def _starred(self, module: Module, name: str, passed: tuple[str, ...] = ()) -> ExternalThing | None:
        """The name as it comes from outside by `import *`, through modules of the project too."""
        for star in module.star_imports():
            target = self.modules.relative(star, module)
            path = self.modules.find(target, module)
            if path is None:
                return ExternalThing(f"{target}.{name}")
            inner = self.modules.at(path) if path not in passed and not path.endswith("/") else None
            found = self._starred(inner, name, (*passed, path)) if inner is not None else None
            if found is not None:
                return found
        return None

    def _imported(self, path: str, imported: Imported) -> Iterator[Thing]:
        module = self.module(path)
        target = self.modules.relative(imported, module)
        found = self.modules.find(target, module)
        if not imported.name:
            yield ModuleThing(found, target) if found is not None else ExternalThing(target)
        elif found is None:
            yield (
                UnknownThing("a relative import beyond its package")
                if imported.level
                else ExternalThing(f"{target}.{imported.name}")
            )
        else:
            yield from self._module_attribute(ModuleThing(found, target), imported.name, path)

    def _module_attribute(self, thing: ModuleThing, name: str, importer: str) -> Iterator[Thing]:
        if not thing.path.endswith("/"):
            # What a package imports from itself is one of its modules, unless it binds the name otherwise.
            sites = [
                site
                for site in self.module_sites(thing.path, name)
                if not (site.frame.path == importer == thing.path and isinstance(self.value(site), Imported))
            ]
            for site in sites:
                yield from self._site_things(site, name)
            if sites:
                return
        holder = self.modules.at(importer or self._any_path(thing))
        found = self.modules.find(f"{thing.name}.{name}", holder) if holder is not None else None
        if found is not None:
            yield ModuleThing(found, f"{thing.name}.{name}")
        elif thing.path.endswith("/"):
            yield ExternalThing(f"{thing.name}.{name}")
        else:
            yield self._unbound_in(thing, name)

    def _unbound_in(self, thing: ModuleThing, name: str) -> Thing:
        module = self.modules.at(thing.path)
        starred = self._starred(module, name) if module is not None else None
        if starred is not None:
            return starred
        return UnknownThing(f"`{thing.name}` does not bind `{name}` where it can be seen")

    def _any_path(self, thing: ModuleThing) -> str:
        return (
            thing.path
            if not thing.path.endswith("/")
            else next(path for path in self.modules.library.paths if path.startswith(thing.path))
        )


def _has_parameters(thing: Thing) -> bool:
    return isinstance(thing, InstanceThing) and bool(thing.parameters)
