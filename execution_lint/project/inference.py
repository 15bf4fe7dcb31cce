"""What an expression stands for: names through imports, attributes through classes, calls through what functions return."""

from collections.abc import Iterator
from typing import cast

from execution_lint.facts.scopes import Assignment, ExitKind, ParameterFact, ParameterKind, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import (
    NONE,
    Argument,
    Attribute,
    Awaited,
    Call,
    Caught,
    Changed,
    Choice,
    Comprehension,
    Constant,
    Declared,
    Element,
    Entered,
    Formatted,
    Free,
    Imported,
    Item,
    Mapping,
    Narrowed,
    Nested,
    Operation,
    Parameter,
    Ref,
    Sequence,
    Spread,
    Text,
    Unknown,
    Value,
)
from execution_lint.project.modules import Module, Modules
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    ModuleThing,
    PartialThing,
    TextThing,
    Thing,
    Things,
    UnknownThing,
    ValueKey,
)

MAXIMUM_DEPTH = 40
"""Steps from a question to its answer beyond which it is not known: bounds time and the stack, the same on every path."""

MAXIMUM_CALLS = 2
"""Calls into each other whose arguments are followed; deeper ones are looked at without them, whoever calls."""

MAXIMUM_VALUES = 400
"""Values in a function beyond which it is looked at once, whoever calls, instead of for each call."""

MAXIMUM_ALTERNATIVES = 24
"""Things that one expression may stand for beyond which it is not known."""

_PASSED_THROUGH = frozenset({"typing.cast", "typing_extensions.cast"})
_WRAPPERS = frozenset(
    {"typing.Annotated", "typing_extensions.Annotated", "typing.Final", "typing.ClassVar", "typing.Required", "typing.NotRequired",
     "typing_extensions.Required", "typing_extensions.NotRequired", "typing.ReadOnly", "typing_extensions.ReadOnly",
     "sqlalchemy.orm.Mapped", "sqlalchemy.orm.base.Mapped"}
)  # fmt: skip
_UNIONS = frozenset({"typing.Union", "typing.Optional"})
_TYPES = frozenset({"builtins.type", "typing.Type"})
_DEPENDS = frozenset({"fastapi.Depends", "fastapi.params.Depends", "fastapi.param_functions.Depends", "fastapi.Security"})
_ENUM_BASES = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.ReprEnum", "enum.Flag", "enum.IntFlag"})
_CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
_PROPERTIES = frozenset({"builtins.property", "functools.cached_property"})
_COROUTINES = frozenset({"typing.Awaitable", "typing.Coroutine", "collections.abc.Awaitable", "collections.abc.Coroutine"})
_ITERABLES = frozenset(
    {"builtins.list", "builtins.set", "builtins.frozenset", "typing.List", "typing.Set", "typing.Sequence", "typing.Iterable",
     "typing.Iterator", "typing.Generator", "typing.AsyncIterator", "typing.AsyncIterable", "typing.AsyncGenerator", "typing.FrozenSet",
     "typing.Collection", "collections.abc.Sequence", "collections.abc.Iterable", "collections.abc.Iterator",
     "collections.abc.Generator", "collections.abc.AsyncIterator", "collections.abc.AsyncIterable",
     "collections.abc.AsyncGenerator", "collections.abc.Collection", "collections.abc.Set", "collections.deque", "builtins.tuple", "typing.Tuple"}
)  # fmt: skip
_MAPPINGS = frozenset(
    {"builtins.dict", "typing.Dict", "typing.Mapping", "typing.MutableMapping", "typing.DefaultDict", "collections.defaultdict",
     "collections.abc.Mapping", "collections.abc.MutableMapping", "collections.OrderedDict"}
)  # fmt: skip
_BUILTINS = frozenset(
    {"dict", "list", "set", "frozenset", "tuple", "str", "int", "float", "bool", "bytes", "object", "type", "property", "len", "isinstance",
     "classmethod", "staticmethod", "super", "map", "filter", "sorted", "enumerate", "zip", "iter", "next", "vars", "getattr", "Exception",
     "RuntimeError", "ValueError", "BaseException", "print", "repr", "min", "max", "sum", "any", "all", "range", "open", "id", "hash", "locals",
     "globals", "callable", "format", "round", "abs", "reversed", "hasattr", "setattr", "KeyError", "TypeError"}
)  # fmt: skip


class Inference:
    """Answers what a value stands for. Every step is resolved or the answer is an `UnknownThing` that says why."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._known: dict[ValueKey, Things] = {}
        self._types: dict[ValueKey, Things] = {}
        self._scopes: dict[tuple[str, int], tuple[Scope, ...]] = {}
        self._assigned: dict[tuple[Definition, str], tuple[tuple[Frame, Assignment], ...]] = {}
        self._ancestries: dict[ClassThing, tuple[ClassThing | ExternalThing | UnknownThing, ...]] = {}
        self._active: set[tuple[str, ValueKey]] = set()
        self._depth = 0
        self._cut = False
        """Whether an answer was cut short below the present question: such answers are not kept, so that their order is of no matter."""

    # Where things stand

    def scope(self, frame: Frame | Definition) -> Scope:
        """The facts of a frame."""
        key = (frame.path, frame.region)
        scopes = self._scopes.get(key)
        if scopes is None:
            facts = self.module(frame.path).facts(frame.region)
            assert facts is not None
            scopes = self._scopes[key] = facts.scopes
        return scopes[frame.scope]

    def module(self, path: str) -> Module:
        """A module that was opened before."""
        module = self.modules.at(path)
        assert module is not None
        return module

    def value(self, at: At) -> Value:
        """The symbolic value."""
        return self.scope(at.frame).values[at.ref]

    def qualname(self, definition: Definition) -> str:
        """`package.module:Class.method`, as the contract spells a place."""
        return f"{self.module(definition.path).name}:{self.scope(definition).qualname}"

    # Questions

    def things(self, at: At) -> Things:
        """What the value may be. Empty only within a cycle."""
        return self._ask("value", at, self._known)

    def types(self, at: At) -> Things:
        """What an object annotated with the value may be: instances for the classes it names."""
        return self._ask("type", at, self._types)

    def _ask(self, question: str, at: At, known: dict[ValueKey, Things]) -> Things:
        key = at.key
        is_shared = at.frame.arguments is None
        if is_shared and key in known:
            return known[key]
        if not is_shared and (question, at.ref) in at.frame.known:
            return cast(Things, at.frame.known[question, at.ref])
        if (question, key) in self._active:
            self._cut = True
            return ()
        if self._depth >= MAXIMUM_DEPTH:
            self._cut = True
            return (UnknownThing("it takes too many steps to follow"),)
        outer_cut, self._cut = self._cut, False
        self._active.add((question, key))
        self._depth += 1
        try:
            found = _distinct(self._value_things(at) if question == "value" else self._type_things(at))
        finally:
            self._depth -= 1
            self._active.discard((question, key))
        if not self._cut or not self._active:
            if is_shared:
                known[key] = found
            else:
                at.frame.known[question, at.ref] = found
        self._cut = self._cut or outer_cut
        return found

    # Values

    def _value_things(self, at: At) -> Iterator[Thing]:
        frame = at.frame
        match self.value(at):
            case Text(value=text):
                yield TextThing(text)
            case Constant(kind=kind, text=text):
                yield ConstantThing(kind, text)
            case Free(name=name):
                yield from self._named(frame, name)
            case Imported() as imported:
                yield from self._imported(frame.path, imported)
            case Parameter(name=name):
                yield from self._parameter(frame, name)
            case Nested(scope=scope):
                yield self._defined(Definition(frame.path, frame.region, scope))
            case Attribute(base=base, name=name):
                for thing in self.things(At(frame, base)):
                    yield from self.attribute(thing, name)
            case Call() as call:
                for thing in self.things(At(frame, call.function)):
                    yield from self.called(thing, at)
            case Awaited(base=base):
                for thing in self.things(At(frame, base)):
                    yield from _awaited(thing)
            case Choice(alternatives=alternatives):
                for alternative in alternatives:
                    yield from self.things(At(frame, alternative))
            case Changed(base=base):
                yield from self.things(At(frame, base))
            case Item(base=base, index=index):
                yield from self._item(At(frame, base), At(frame, index), at)
            case Element(base=base, position=position):
                yield from self._element(At(frame, base), position)
            case Entered(base=base):
                yield from self._entered(At(frame, base))
            case Caught(base=base):
                yield from self.types(At(frame, base)) if base != NONE else (UnknownThing("any exception"),)
            case Mapping():
                yield InstanceThing(ExternalThing("builtins.dict"), (), at.key)
            case Sequence(kind=kind):
                yield InstanceThing(ExternalThing(f"builtins.{kind}"), (), at.key)
            case Comprehension(kind=kind, element=element):
                parameters = (self.things(At(frame, element)),) if kind != "dict" else ()
                name = "typing.Generator" if kind == "generator" else f"builtins.{kind}"
                yield InstanceThing(ExternalThing(name), parameters, at.key)
            case Formatted():
                yield InstanceThing(ExternalThing("builtins.str"))
            case Operation(operator=operator):
                yield _operated(operator)
            case Narrowed(base=base, how=how, kind=kind):
                yield from self._narrowed(At(frame, base), how, At(frame, kind))
            case Declared(annotation=annotation, value=value):
                yield from self._declared_local(At(frame, annotation), At(frame, value))
            case Spread():
                yield UnknownThing("a spread")
            case Unknown(reason=reason):
                yield UnknownThing(reason)
            case _:
                yield UnknownThing("the flow of control")

    def _narrowed(self, base: At, how: str, kind: At) -> Iterator[Thing]:
        """A value behind a test."""
        things = self.things(base)
        match how:
            case "some" | "true":
                yield from (thing for thing in things if not (isinstance(thing, ConstantThing) and thing.kind == "None"))
            case "none":
                yield ConstantThing("None", "None")
            case "instance":
                kinds = tuple(InstanceThing(thing) for thing in self._kinds(kind) if isinstance(thing, (ClassThing, ExternalThing)))
                yield from kinds or things
            case _:
                yield from things

    def _kinds(self, kind: At) -> Things:
        value = self.value(kind)
        if isinstance(value, Sequence):
            return tuple(thing for element in value.elements for thing in self.things(At(kind.frame, element)))
        return self.things(kind)

    def _declared_local(self, annotation: At, value: At) -> Iterator[Thing]:
        """An annotated local: its annotation, unless that says less than the value."""
        types = self.types(annotation)
        says_nothing = all(
            isinstance(thing, UnknownThing)
            or (isinstance(thing, InstanceThing) and isinstance(thing.of, ExternalThing) and thing.of.name in _VAGUE_TYPES)
            for thing in types
        )
        yield from self.things(value) if says_nothing else types

    def sites(self, frame: Frame, name: str) -> tuple[At, ...]:
        """Every value that the free `name` of a scope is bound to: in the enclosing functions, else in the module, else in the class around it."""
        facts = self.module(frame.path).facts(frame.region)
        assert facts is not None
        index = facts.scopes[frame.scope].parent
        while index != NONE:
            scope = facts.scopes[index]
            if scope.kind in (ScopeKind.FUNCTION, ScopeKind.LAMBDA):
                found = tuple(At(Frame(frame.path, frame.region, index), ref) for bound, ref in scope.bindings if bound == name)
                if found:
                    return found
            index = scope.parent
        found = self.module_sites(frame.path, name)
        if not found and name not in _BUILTINS:
            owner = self.owner(frame.definition)
            if owner is not None:
                return self.class_sites(owner, name)
        return found

    def module_sites(self, path: str, name: str, passed: tuple[str, ...] = ()) -> tuple[At, ...]:
        """Every value that a module binds `name` to at its top level, star imports included; `passed` are the modules on the way."""
        module = self.modules.at(path)
        if module is None:
            return ()
        found = tuple(At(Frame(path, region, 0), ref) for region, ref in module.bindings(name))
        if found or name.startswith("_"):
            return found
        for star in module.star_imports():
            target = self.modules.find(self.modules.relative(star, module), module)
            if target is not None and not target.endswith("/") and target not in passed:
                found = self.module_sites(target, name, (*passed, path))
                if found:
                    return found
        return ()

    def _named(self, frame: Frame, name: str) -> Iterator[Thing]:
        sites = self.sites(frame, name)
        for site in sites:
            yield from self.things(site)
        if not sites:
            yield self._unbound(frame, name)

    def _unbound(self, frame: Frame, name: str) -> Thing:
        if name in _BUILTINS:
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
            yield UnknownThing("a relative import beyond its package") if imported.level else ExternalThing(f"{target}.{imported.name}")
        else:
            yield from self._module_attribute(ModuleThing(found, target), imported.name, path)

    def _module_attribute(self, thing: ModuleThing, name: str, importer: str) -> Iterator[Thing]:
        if not thing.path.endswith("/"):
            sites = self.module_sites(thing.path, name)
            for site in sites:
                if site.frame.path == importer and isinstance(self.value(site), Imported) and thing.path == importer:
                    continue
                yield from self.things(site)
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

    def _defined(self, definition: Definition) -> Thing:
        scope = self.scope(definition)
        return ClassThing(definition) if scope.kind is ScopeKind.CLASS else FunctionThing(definition)

    # Parameters

    def _parameter(self, frame: Frame, name: str) -> Iterator[Thing]:
        if frame.arguments is not None and name in frame.arguments:
            for given in frame.arguments[name]:
                yield from self.things(given)
            return
        scope = self.scope(frame)
        parameter = next((found for found in scope.parameters if found.name == name), None)
        if parameter is None:
            yield UnknownThing(f"parameter `{name}`")
            return
        owner = self.owner(frame.definition)
        if owner is not None and scope.parameters and scope.parameters[0] is parameter and not self.is_static(frame.definition):
            if frame.receiver is not None:
                yield frame.receiver
                return
            yield owner if self.is_class_method(frame.definition) else InstanceThing(owner)
            return
        yield from self._annotated_parameter(frame, parameter)

    def _annotated_parameter(self, frame: Frame, parameter: ParameterFact) -> Iterator[Thing]:
        if parameter.annotation != NONE:
            types = self.types(At(frame, parameter.annotation))
            match parameter.kind:
                case ParameterKind.ARGUMENTS:
                    yield InstanceThing(ExternalThing("builtins.tuple"), (types,))
                case ParameterKind.KEYWORDS:
                    yield InstanceThing(ExternalThing("builtins.dict"), ((), types))
                case _:
                    yield from types
            return
        provided = tuple(self._provided(frame, parameter.default)) if parameter.default != NONE else ()
        if provided:
            yield from provided
            return
        if parameter.default != NONE:
            yield from self.things(At(frame, parameter.default))
        yield UnknownThing(f"parameter `{parameter.name}` has no annotation")

    def _provided(self, frame: Frame, default: Ref) -> Iterator[Thing]:
        """What `Depends(provider)` as a default hands in."""
        call = self.scope(frame).values[default]
        if not isinstance(call, Call) or not call.arguments:
            return
        if any(isinstance(thing, ExternalThing) and thing.name in _DEPENDS for thing in self.things(At(frame, call.function))):
            for provider in self.things(At(frame, call.arguments[0].value)):
                for thing in self.called(provider, At(frame, default)):
                    yield from self._yielded(thing)

    def _yielded(self, thing: Thing) -> Things:
        match thing:
            case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in _COROUTINES and parameters:
                return tuple(found for part in parameters[-1] for found in self._yielded(part))
            case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name.endswith(("Generator", "Iterator", "ContextManager")):
                return parameters[0] if parameters else (UnknownThing("what a generator yields"),)
            case _:
                return (thing,)

    # Definitions

    def owner(self, definition: Definition) -> ClassThing | None:
        """The class that a method belongs to; None for a plain function."""
        facts = self.module(definition.path).facts(definition.region)
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
        facts = module.facts(region) if region is not None else None
        if facts is None or region is None:
            return None
        index = next((index for index, scope in enumerate(facts.scopes) if scope.parent == 0 and scope.name == name), None)
        return ClassThing(Definition(path, region, index)) if index is not None else None

    def decorators(self, definition: Definition) -> Iterator[ExternalThing]:
        """The decorators from outside the project, by name."""
        frame = Frame(definition.path, definition.region, definition.scope)
        for decorator in self.scope(definition).decorators:
            value = self.scope(definition).values[decorator]
            at = At(frame, value.function if isinstance(value, Call) else decorator)
            for thing in self.things(at):
                if isinstance(thing, ExternalThing):
                    yield thing

    def _has_decorator(self, definition: Definition, names: frozenset[str]) -> bool:
        return any(decorator.name in names for decorator in self.decorators(definition))

    def is_static(self, definition: Definition) -> bool:
        """Whether a method takes no receiver."""
        return self._has_decorator(definition, frozenset({"builtins.staticmethod"}))

    def is_class_method(self, definition: Definition) -> bool:
        """Whether a method takes its class."""
        return self.scope(definition).name in ("__new__", "__init_subclass__", "__class_getitem__") or self._has_decorator(
            definition, frozenset({"builtins.classmethod"})
        )

    def bases(self, thing: ClassThing) -> Things:
        """The direct bases of a class."""
        frame = Frame(thing.definition.path, thing.definition.region, thing.definition.scope)
        found: list[Thing] = []
        for argument in self.scope(frame).bases:
            if argument.name == "":
                found.extend(self._base(At(frame, argument.value)))
        return tuple(found)

    def _base(self, at: At) -> Things:
        value = self.value(at)
        return self._base(At(at.frame, value.base)) if isinstance(value, Item) else self.things(at)

    def ancestry(self, thing: ClassThing) -> tuple[ClassThing | ExternalThing | UnknownThing, ...]:
        """The class and what it inherits from, nearest first; an unknown base stands where it is not known."""
        if thing in self._ancestries:
            return self._ancestries[thing]
        found: dict[ClassThing | ExternalThing | UnknownThing, None] = {}
        waiting: list[Thing] = [thing]
        outer_cut, self._cut = self._cut, False
        while waiting:
            current = waiting.pop(0)
            if isinstance(current, ClassThing):
                if current not in found:
                    found[current] = None
                    waiting = [*self.bases(current), *waiting]
            elif isinstance(current, (ExternalThing, UnknownThing)):
                found[current] = None
        if not self._cut:
            self._ancestries[thing] = tuple(found)
        self._cut = self._cut or outer_cut
        return tuple(found)

    def is_enum(self, thing: ClassThing) -> bool:
        """Whether a class is an enum."""
        return any(isinstance(base, ExternalThing) and is_enum_base(base.name) for base in self.ancestry(thing))

    # Attributes

    def attribute(self, thing: Thing, name: str) -> Iterator[Thing]:
        """What `thing.name` may be."""
        match thing:
            case ModuleThing():
                yield from self._module_attribute(thing, name, "")
            case ExternalThing():
                yield ExternalThing(f"{thing.name}.{name}", thing.receiver)
            case ClassThing():
                yield from self._class_attribute(thing, name)
            case InstanceThing(of=ClassThing() as cls):
                yield from self._instance_attribute(thing, cls, name)
            case InstanceThing(of=ExternalThing() as external):
                yield ExternalThing(f"{external.name}.{name}", thing)
            case MemberThing() if name in ("value", "_value_"):
                yield MemberValueThing(thing.of, thing.name)
            case MemberThing():
                yield from self._instance_attribute(thing, thing.of, name)
            case UnknownThing():
                yield thing
            case TextThing() | MemberValueThing():
                yield ExternalThing(f"builtins.str.{name}", thing)
            case _:
                yield UnknownThing(f"attribute `{name}`")

    def _any_path(self, thing: ModuleThing) -> str:
        return thing.path if not thing.path.endswith("/") else next(
            path for path in self.modules.library.paths if path.startswith(thing.path)
        )

    def class_sites(self, cls: ClassThing, name: str) -> tuple[At, ...]:
        """Every value that the class itself binds `name` to in its body, a method's region included."""
        definition = cls.definition
        scope = self.scope(definition)
        frame = Frame(definition.path, definition.region, definition.scope)
        found = [At(frame, ref) for bound, ref in scope.bindings if bound == name]
        module = self.module(definition.path)
        if scope.parent == 0 and module.regions[definition.region].name == scope.name:
            for region in module.methods(definition.region):
                if module.regions[region].name == name:
                    facts = module.facts(region)
                    if facts is not None:
                        found.extend(At(Frame(definition.path, region, 0), ref) for bound, ref in facts.scopes[0].bindings if bound == name)
        return tuple(found)

    def field(self, cls: ClassThing, name: str) -> tuple[Frame, Assignment] | None:
        """The assignment or annotation of `name` in the body of the class or the nearest base that has one."""
        for base in self.ancestry(cls):
            if isinstance(base, ClassThing):
                frame = Frame(base.definition.path, base.definition.region, base.definition.scope)
                for assignment in self.scope(frame).assignments:
                    if assignment.kind is TargetKind.NAME and assignment.name == name:
                        return frame, assignment
        return None

    def constructor_fields(self, cls: ClassThing) -> tuple[str, ...]:
        """The fields, in order, that a dataclass-like class takes as positional arguments; empty for other classes."""
        ancestry = self.ancestry(cls)
        is_made = any(
            isinstance(base, ExternalThing) and base.name.rpartition(".")[2] in ("NamedTuple", "Struct") for base in ancestry
        ) or any(
            decorator.name.rpartition(".")[2] in ("dataclass", "define", "frozen", "mutable", "attrs", "s")
            for base in ancestry
            if isinstance(base, ClassThing)
            for decorator in self.decorators(base.definition)
        )
        found: dict[str, None] = {}
        for base in reversed(ancestry) if is_made else ():
            if isinstance(base, ClassThing):
                for assignment in self.scope(base.definition).assignments:
                    if assignment.kind is TargetKind.NAME and assignment.annotation != NONE:
                        found[assignment.name] = None
        return tuple(found)

    def _class_attribute(self, cls: ClassThing, name: str) -> Iterator[Thing]:
        is_enum = self.is_enum(cls)
        for base in self.ancestry(cls):
            match base:
                case ClassThing():
                    sites = self.class_sites(base, name)
                    field = None if is_enum else self._annotated_field(base, name)
                    if field is not None:
                        yield from self.types(field)
                        return
                    if not sites:
                        continue
                    for site in sites:
                        if is_enum and not isinstance(self.value(site), Nested):
                            yield MemberThing(cls, name)
                            continue
                        column = self.column(site)
                        if column is not None:
                            yield column
                            continue
                        for thing in self.things(site):
                            yield FunctionThing(thing.definition, cls) if isinstance(thing, FunctionThing) else thing
                    return
                case ExternalThing():
                    yield ExternalThing(f"{base.name}.{name}", cls)
                    return
                case UnknownThing():
                    yield UnknownThing(f"`{name}` may come from a base that is not known ({base.reason})")
                    return
        yield UnknownThing(f"`{self.scope(cls.definition).name}` has no attribute `{name}` that can be seen")

    def _annotated_field(self, cls: ClassThing, name: str) -> At | None:
        frame = Frame(cls.definition.path, cls.definition.region, cls.definition.scope)
        for assignment in self.scope(frame).assignments:
            if assignment.kind is TargetKind.NAME and assignment.name == name and assignment.annotation != NONE:
                return At(frame, assignment.annotation)
        return None

    def column(self, at: At) -> InstanceThing | None:
        """The enum that the definition of a column names: `Column(Enum(JobStatus))`, `CharField(choices=JobStatus.choices)`."""
        call = self.value(at)
        if not isinstance(call, Call):
            return None
        scope = self.scope(at.frame)
        for argument in call.arguments:
            inner = scope.values[argument.value]
            nested = (part.value for part in inner.arguments) if isinstance(inner, Call) else ()
            for candidate in (argument.value, *nested):
                part = scope.values[candidate]
                if isinstance(part, Attribute) and part.name in ("choices", "values"):
                    candidate = part.base
                if not isinstance(scope.values[candidate], (Free, Attribute, Nested)):
                    continue
                for thing in self.things(At(at.frame, candidate)):
                    owner = thing if isinstance(thing, ClassThing) else thing.of if isinstance(thing, (MemberThing, MemberValueThing)) else None
                    if owner is not None and self.is_enum(owner):
                        return InstanceThing(owner)
        return None

    def _instance_attribute(self, receiver: Thing, cls: ClassThing, name: str) -> Iterator[Thing]:
        if name in ("value", "_value_") and self.is_enum(cls):
            yield MemberValueThing(cls)
            return
        for base in self.ancestry(cls):
            match base:
                case ClassThing():
                    found = tuple(self._own_attribute(receiver, base, name))
                    if found:
                        yield from found
                        return
                case ExternalThing(name="builtins.object") | ExternalThing(name="abc.ABC") | ExternalThing(name="typing.Generic"):
                    continue
                case ExternalThing():
                    if base.name.rpartition(".")[2] in ("BaseModel", "Protocol", "Generic", "DeclarativeBase", "TypedDict", "Struct"):
                        continue
                    yield ExternalThing(f"{base.name}.{name}", receiver)
                    return
                case UnknownThing():
                    yield UnknownThing(f"`{name}` may come from a base that is not known ({base.reason})")
                    return
        yield UnknownThing(f"`{self.scope(cls.definition).name}` has no attribute `{name}` that can be seen")

    def _own_attribute(self, receiver: Thing, cls: ClassThing, name: str) -> Iterator[Thing]:
        frame = Frame(cls.definition.path, cls.definition.region, cls.definition.scope)
        annotated = [
            assignment.annotation
            for assignment in self.scope(frame).assignments
            if assignment.kind is TargetKind.NAME and assignment.name == name and assignment.annotation != NONE
        ]
        if annotated:
            yield from self.types(At(frame, annotated[-1]))
            return
        for site in self.class_sites(cls, name):
            column = self.column(site)
            if column is not None:
                yield column
                continue
            for thing in self.things(site):
                if isinstance(thing, FunctionThing):
                    bound = FunctionThing(thing.definition, receiver)
                    if self._is_setter(thing.definition):
                        continue
                    if self._has_decorator(thing.definition, _PROPERTIES):
                        yield from self.returned(bound, {})
                    else:
                        yield bound
                else:
                    yield thing
        yield from self._assigned_attribute(cls, name)

    def property_of(self, receiver: InstanceThing, name: str) -> FunctionThing | None:
        """The function behind a property of an object; None where the attribute is none."""
        assert isinstance(receiver.of, ClassThing)
        for base in self.ancestry(receiver.of):
            for site in self.class_sites(base, name) if isinstance(base, ClassThing) else ():
                for thing in self.things(site):
                    if isinstance(thing, FunctionThing) and self._has_decorator(thing.definition, _PROPERTIES):
                        return FunctionThing(thing.definition, receiver)
        return None

    def _is_setter(self, definition: Definition) -> bool:
        scope = self.scope(definition)
        decorators = (scope.values[decorator] for decorator in scope.decorators)
        return any(isinstance(decorator, Attribute) and decorator.name in ("setter", "deleter") for decorator in decorators)

    def self_assignments(self, cls: ClassThing, name: str) -> Iterator[tuple[Frame, Assignment]]:
        """Every `self.name = ...` in the methods of the class itself."""
        key = (cls.definition, name)
        if key not in self._assigned:
            self._assigned[key] = tuple(self._find_self_assignments(cls, name))
        yield from self._assigned[key]

    def _find_self_assignments(self, cls: ClassThing, name: str) -> Iterator[tuple[Frame, Assignment]]:
        for frame in self.method_frames(cls, name):
            scope = self.scope(frame)
            first = scope.parameters[0].name if scope.parameters else ""
            for assignment in scope.assignments:
                if assignment.kind is TargetKind.ATTRIBUTE and assignment.name == name:
                    base = scope.values[assignment.base]
                    if isinstance(base, Parameter) and base.name == first:
                        yield frame, assignment

    def method_frames(self, cls: ClassThing, word: str) -> Iterator[Frame]:
        """The methods of the class in whose text `word` may stand."""
        definition = cls.definition
        module = self.module(definition.path)
        scope = self.scope(definition)
        if scope.parent == 0 and module.regions[definition.region].name == scope.name:
            for region in module.methods(definition.region):
                if module.mentions(region, word):
                    facts = module.facts(region)
                    if facts is not None:
                        yield from (Frame(definition.path, region, index) for index, inner in enumerate(facts.scopes) if inner.parent == 0)
        facts = module.facts(definition.region)
        assert facts is not None
        for index, inner in enumerate(facts.scopes):
            if inner.parent == definition.scope and inner.kind is ScopeKind.FUNCTION:
                yield Frame(definition.path, definition.region, index)

    def _assigned_attribute(self, cls: ClassThing, name: str) -> Iterator[Thing]:
        assigned = tuple(self.self_assignments(cls, name))
        for frame, assignment in assigned:
            if assignment.annotation != NONE:
                yield from self.types(At(frame, assignment.annotation))
                return
        for frame, assignment in assigned:
            if assignment.value != NONE:
                yield from self.things(At(frame, assignment.value))

    # Calls

    def called(self, thing: Thing, call: At) -> Iterator[Thing]:
        """What calling `thing` by the call at `call` gives."""
        match thing:
            case ClassThing():
                yield InstanceThing(thing, (), call.key)
            case FunctionThing():
                yield from self.returned(thing, self.arguments(thing, call), call.frame.calls + 1)
            case PartialThing():
                yield from self.called(thing.function, thing.call)
            case ExternalThing():
                yield from self._external_call(thing, call)
            case InstanceThing(of=ClassThing() as cls):
                for method in self._instance_attribute(thing, cls, "__call__"):
                    if isinstance(method, FunctionThing):
                        yield from self.called(method, call)
                    else:
                        yield UnknownThing("calls an object")
            case UnknownThing():
                yield thing
            case _:
                yield UnknownThing("calls something that is no function")

    def _external_call(self, thing: ExternalThing, call: At) -> Iterator[Thing]:
        value = self.value(call)
        arguments = value.arguments if isinstance(value, Call) else ()
        first = At(call.frame, arguments[0].value) if arguments and arguments[0].name == "" else None
        if thing.name == "functools.partial" and first is not None:
            for function in self.things(first):
                yield PartialThing(function, call)
        elif thing.name in _PASSED_THROUGH and first is not None:
            yield from self.types(first)
        elif thing.name in ("builtins.staticmethod", "builtins.classmethod") and first is not None:
            yield from self.things(first)
        elif thing.name in _PARTS_OF and isinstance(thing.receiver, InstanceThing) and len(thing.receiver.parameters) > 1:
            yield from thing.receiver.parameters[1]
            if thing.name.endswith(".get") and len(arguments) < 2:
                yield ConstantThing("None", "None")
        elif thing.name == "builtins.next" and first is not None:
            yield from self._element(first, NONE)
        elif thing.name == "builtins.iter" and first is not None:
            yield from self.things(first)
        elif thing.name == "builtins.getattr" and len(arguments) > 1 and first is not None:
            yield from self._got(first, At(call.frame, arguments[1].value))
        elif thing.name == "builtins.super":
            yield from self._super(call)
        elif thing.name in _CLOSERS and first is not None:
            yield from self.things(first)
        elif thing.name.rpartition(".")[2] in ("model_copy", "copy") and isinstance(thing.receiver, InstanceThing):
            yield thing.receiver
        else:
            result = _RESULTS.get(thing.name)
            if result is not None:
                yield InstanceThing(ExternalThing(result))
                return
            last = thing.name.rpartition(".")[2]
            is_class = last[:1].isupper() or thing.name.startswith("builtins.")
            yield InstanceThing(thing if is_class else ExternalThing(f"{thing.name}()", thing.receiver), (), call.key)

    def _got(self, owner: At, name: At) -> Iterator[Thing]:
        """`getattr` with a literal name."""
        text = self.value(name)
        for thing in self.things(owner):
            if isinstance(text, Text):
                yield from self.attribute(thing, text.value)
            else:
                yield UnknownThing("an attribute whose name is not known")

    def _super(self, call: At) -> Iterator[Thing]:
        frame: Frame | None = call.frame
        while frame is not None:
            owner = self.owner(frame.definition)
            if owner is not None:
                for base in self.bases(owner):
                    if isinstance(base, (ClassThing, ExternalThing)):
                        yield InstanceThing(base)
                return
            parent = self.scope(frame).parent
            frame = Frame(frame.path, frame.region, parent) if parent != NONE else None
        yield UnknownThing("`super()` outside a class")

    def arguments(self, function: FunctionThing, call: At) -> "dict[str, tuple[At, ...]]":
        """What the parameters of a function stand for in a call; parameters left to their default are bound to it."""
        value = self.value(call)
        scope = self.scope(function.definition)
        parameters = list(scope.parameters)
        if function.receiver is not None and parameters and self.owner(function.definition) is not None:
            takes_receiver = isinstance(function.receiver, (InstanceThing, MemberThing)) or self.is_class_method(function.definition)
            if takes_receiver and not self.is_static(function.definition):
                parameters = parameters[1:]
        given = value.arguments if isinstance(value, Call) else ()
        return self.bound(parameters, given, call.frame, Frame(function.definition.path, function.definition.region, function.definition.scope))

    def spare_keywords(self, function: FunctionThing, call: At) -> tuple[Frame, tuple[Argument, ...]]:
        """The keyword arguments of a call that no parameter of the function is named after."""
        value = self.value(call)
        names = {parameter.name for parameter in self.scope(function.definition).parameters}
        given = value.arguments if isinstance(value, Call) else ()
        return call.frame, tuple(argument for argument in given if argument.name not in ("", "*") and argument.name not in names)

    def bound(
        self, parameters: list[ParameterFact], given: tuple[Argument, ...], caller: Frame, callee: Frame
    ) -> "dict[str, tuple[At, ...]]":
        """The values that arguments give to parameters; a parameter that is not told stays out."""
        found: dict[str, tuple[At, ...]] = {}
        positional = [parameter for parameter in parameters if parameter.kind in (ParameterKind.POSITIONAL, ParameterKind.PLAIN)]
        names = {parameter.name for parameter in parameters if parameter.kind not in (ParameterKind.ARGUMENTS, ParameterKind.KEYWORDS)}
        position = 0
        is_open = False
        for argument in given:
            if argument.name == "":
                if not is_open and position < len(positional):
                    found[positional[position].name] = (At(caller, argument.value),)
                position += 1
            elif argument.name in ("*", "**"):
                is_open = True
            elif argument.name in names:
                found[argument.name] = (At(caller, argument.value),)
        if not is_open:
            for parameter in parameters:
                if parameter.name not in found and parameter.default != NONE:
                    found[parameter.name] = (At(callee, parameter.default),)
        return found

    def returned(self, function: FunctionThing, arguments: "dict[str, tuple[At, ...]]", calls: int = 1) -> Iterator[Thing]:
        """What a function gives: by its annotation, else by its exits. A coroutine function gives a coroutine."""
        scope = self.scope(function.definition)
        result = _distinct(self._result(function, scope, arguments, calls))
        if self._has_decorator(function.definition, _CONTEXT_MANAGERS):
            yield InstanceThing(ExternalThing("contextlib.AbstractContextManager"), (result,))
        elif scope.is_generator:
            yield InstanceThing(ExternalThing("typing.Generator"), (result,))
        elif scope.is_async:
            yield InstanceThing(ExternalThing("typing.Coroutine"), (result,))
        else:
            yield from result

    def heir(self, function: FunctionThing) -> InstanceThing | None:
        """The receiver of a method, where its class extends the one that defines the method."""
        receiver = function.receiver
        if not isinstance(receiver, InstanceThing) or not isinstance(receiver.of, ClassThing):
            return None
        return receiver if receiver.of != self.owner(function.definition) else None

    def _result(self, function: FunctionThing, scope: Scope, arguments: "dict[str, tuple[At, ...]]", calls: int) -> Iterator[Thing]:
        definition = function.definition
        is_followed = calls <= MAXIMUM_CALLS and len(scope.values) <= MAXIMUM_VALUES
        receiver = self.heir(function) if is_followed else None
        given = arguments if is_followed and (arguments or receiver) else None
        frame = Frame(definition.path, definition.region, definition.scope, given, calls=calls if given is not None else 0, receiver=receiver)
        if scope.returns != NONE:
            for thing in self.types(At(frame, scope.returns)):
                if _is_self_type(thing) and isinstance(function.receiver, InstanceThing):
                    yield function.receiver
                elif _is_self_type(thing) and isinstance(function.receiver, ClassThing):
                    yield InstanceThing(function.receiver)
                elif scope.is_generator and isinstance(thing, InstanceThing):
                    yield from thing.parameters[0] if thing.parameters else (UnknownThing("what a generator yields"),)
                else:
                    yield thing
            return
        wanted = ExitKind.YIELD if scope.is_generator else ExitKind.RETURN
        for exit in scope.exits:
            if exit.kind is wanted:
                if exit.value == NONE:
                    yield ConstantThing("None", "None")
                else:
                    yield from self.things(At(frame, exit.value))
            elif exit.kind is ExitKind.FALL and not scope.is_generator:
                yield ConstantThing("None", "None")

    # Parts

    def _item(self, base: At, index: At, at: At) -> Iterator[Thing]:
        value = self.value(base)
        key = self.value(index)
        if isinstance(value, Mapping) and isinstance(key, Text):
            for entry, held in value.entries:
                if entry != NONE and self.value(At(base.frame, entry)) == key:
                    yield from self.things(At(base.frame, held))
                    return
        for thing in self.things(base):
            match thing:
                case ClassThing() if self.is_enum(thing):
                    yield MemberThing(thing, key.value) if isinstance(key, Text) else InstanceThing(thing)
                case ClassThing():
                    yield thing
                case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in _MAPPINGS and len(parameters) > 1:
                    yield from parameters[1]
                case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in _ITERABLES and parameters:
                    yield from parameters[0]
                case InstanceThing(of=ClassThing() as cls) if isinstance(key, Text) and self.is_typed_dict(cls):
                    yield from self._instance_attribute(thing, cls, key.value)
                case ExternalThing():
                    yield ExternalThing(f"{thing.name}[]", thing.receiver)
                case InstanceThing(of=ExternalThing(name=name)) if not name.startswith(("builtins.", "typing.", "collections.")):
                    yield InstanceThing(ExternalThing(f"{name}[]"))
                case _:
                    yield UnknownThing("an item of something that is not followed")

    def is_typed_dict(self, cls: ClassThing) -> bool:
        """Whether instances of the class are plain dicts."""
        return any(isinstance(base, ExternalThing) and base.name in ("typing.TypedDict", "typing_extensions.TypedDict") for base in self.ancestry(cls))

    def _element(self, base: At, position: int) -> Iterator[Thing]:
        value = self.value(base)
        if isinstance(value, Sequence) and position == NONE:
            for element in value.elements:
                yield from self.things(At(base.frame, element))
            return
        for thing in self.things(base):
            match thing:
                case InstanceThing(origin=origin) if origin is not None and position == NONE and self._is_display(origin):
                    display = At(Frame(origin.path, origin.region, origin.scope), origin.ref)
                    held = self.value(display)
                    for element in held.elements if isinstance(held, Sequence) else ():
                        yield from self.things(At(display.frame, element))
                case ClassThing() if self.is_enum(thing):
                    yield InstanceThing(thing)
                case InstanceThing(of=ExternalThing(name="builtins.tuple" | "typing.Tuple"), parameters=parameters) if parameters:
                    yield from parameters[position] if 0 <= position < len(parameters) else parameters[0]
                case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in _ITERABLES and parameters:
                    yield from parameters[0]
                case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in _MAPPINGS and parameters and position == NONE:
                    yield from parameters[0]
                case InstanceThing(of=ExternalThing(name=name)) if not name.startswith(("builtins.", "typing.", "collections.")):
                    yield InstanceThing(ExternalThing(f"{name}[]"))
                case _:
                    yield UnknownThing("a part of something that is not followed")

    def _is_display(self, origin: ValueKey) -> bool:
        return isinstance(self.value(At(Frame(origin.path, origin.region, origin.scope), origin.ref)), Sequence)

    def _entered(self, base: At) -> Iterator[Thing]:
        for thing in self.things(base):
            match thing:
                case InstanceThing(of=ExternalThing(name="contextlib.AbstractContextManager"), parameters=parameters) if parameters:
                    yield from parameters[0]
                case InstanceThing(of=ClassThing() as cls):
                    for name in ("__enter__", "__aenter__"):
                        for method in self._instance_attribute(thing, cls, name):
                            if isinstance(method, FunctionThing):
                                for result in self.returned(method, {}):
                                    yield from _awaited(result)
                                return
                    yield UnknownThing("what a context manager gives")
                case InstanceThing(of=ExternalThing()):
                    yield thing
                case _:
                    yield UnknownThing("what a context manager gives")

    # Types

    def _type_things(self, at: At) -> Iterator[Thing]:
        frame = at.frame
        match self.value(at):
            case Free(name=name):
                sites = self.sites(frame, name)
                for site in sites:
                    yield from self.types(site)
                if not sites:
                    yield _instance(self._unbound(frame, name))
            case Imported() as imported:
                yield from self._imported_type(frame.path, imported)
            case Nested() | Parameter():
                for thing in self.things(at):
                    yield _instance(thing)
            case Attribute(base=base, name=name):
                for thing in self.things(At(frame, base)):
                    yield from self._attribute_type(thing, name)
            case Constant(kind="None"):
                yield ConstantThing("None", "None")
            case Operation(operator="|", operands=operands):
                for operand in operands:
                    yield from self.types(At(frame, operand))
            case Choice(alternatives=alternatives):
                for alternative in alternatives:
                    yield from self.types(At(frame, alternative))
            case Item(base=base, index=index):
                yield from self._generic(At(frame, base), At(frame, index))
            case Call(arguments=arguments, function=function) if len(arguments) > 1:
                is_new_type = any(
                    isinstance(thing, ExternalThing) and thing.name == "typing.NewType" for thing in self.things(At(frame, function))
                )
                yield from self.types(At(frame, arguments[1].value)) if is_new_type else (UnknownThing("a type made by a call"),)
            case Text():
                yield UnknownThing("a quoted type that cannot be read")
            case _:
                yield UnknownThing("a type that is not followed")

    def _imported_type(self, path: str, imported: Imported) -> Iterator[Thing]:
        module = self.module(path)
        target = self.modules.relative(imported, module)
        found = self.modules.find(target, module)
        sites = self.module_sites(found, imported.name) if imported.name and found is not None and not found.endswith("/") else ()
        for site in sites:
            yield from self.types(site)
        if not sites:
            for thing in self._imported(path, imported):
                yield _instance(thing)

    def _attribute_type(self, thing: Thing, name: str) -> Iterator[Thing]:
        if isinstance(thing, ModuleThing) and not thing.path.endswith("/"):
            sites = self.module_sites(thing.path, name)
            for site in sites:
                yield from self.types(site)
            if sites:
                return
        for found in self.attribute(thing, name):
            yield _instance(found)

    def _generic(self, base: At, index: At) -> Iterator[Thing]:
        arguments = self.value(index)
        parts = [At(index.frame, part) for part in arguments.elements] if isinstance(arguments, Sequence) else [index]
        for thing in self.things(base):
            name = thing.name if isinstance(thing, ExternalThing) else ""
            if name in _UNIONS:
                for part in parts:
                    yield from self.types(part)
                if name == "typing.Optional":
                    yield ConstantThing("None", "None")
            elif name in _WRAPPERS:
                yield from self.types(parts[0])
            elif name in _TYPES:
                for found in self.types(parts[0]):
                    yield found.of if isinstance(found, InstanceThing) else UnknownThing("a class that is not known")
            elif name in ("typing.Literal", "typing_extensions.Literal"):
                for part in parts:
                    yield from self.things(part)
            elif isinstance(thing, (ClassThing, ExternalThing)):
                yield InstanceThing(thing, tuple(self.types(part) for part in parts))
            else:
                yield UnknownThing("a generic type that is not known")


_PARTS_OF = frozenset(f"{name}.{method}" for name in _MAPPINGS for method in ("get", "pop", "setdefault"))
"""Methods that give a value of the mapping."""
_RESULTS = {
    **dict.fromkeys(("builtins.len", "builtins.id", "builtins.hash", "builtins.round"), "builtins.int"),
    **dict.fromkeys(("builtins.any", "builtins.all", "builtins.isinstance", "builtins.hasattr", "builtins.callable"), "builtins.bool"),
    **dict.fromkeys(("builtins.repr", "builtins.format"), "builtins.str"),
    **dict.fromkeys(("builtins.vars", "builtins.locals", "builtins.globals"), "builtins.dict"),
    "builtins.sorted": "builtins.list",
    **dict.fromkeys(("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.fromisoformat"), "datetime.datetime"),
}
"""What functions of the standard library give."""

_VAGUE_TYPES = frozenset({"typing.Any", "builtins.object", "builtins.dict", "typing.Dict", "builtins.list", "typing.List"})
_CLOSERS = frozenset({"contextlib.closing", "contextlib.aclosing", "typing.cast"})


def is_enum_base(name: str) -> bool:
    """Whether a class outside the project of this dotted name makes its subclasses enums."""
    last = name.rpartition(".")[2]
    return name in _ENUM_BASES or last in ("StrEnum", "TextChoices", "IntegerChoices", "LowercaseStrEnum", "UppercaseStrEnum") or (
        last.endswith("Enum") and name.partition(".")[0] in ("aenum", "strenum", "backports", "fastapi_utils")
    )


def _instance(thing: Thing) -> Thing:
    match thing:
        case ClassThing() | ExternalThing():
            return InstanceThing(thing)
        case ConstantThing(kind="None"):
            return thing
        case UnknownThing():
            return thing
        case _:
            return UnknownThing("an annotation that names no class")


def _awaited(thing: Thing) -> Things:
    match thing:
        case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in _COROUTINES:
            return parameters[-1] if parameters else (UnknownThing("what a coroutine gives"),)
        case InstanceThing(of=ExternalThing() as external):
            return (InstanceThing(ExternalThing(f"await {external.name}", external.receiver)),)
        case _:
            return (thing,)


def _operated(operator: str) -> Thing:
    if operator in ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not", "not"):
        return InstanceThing(ExternalThing("builtins.bool"))
    return UnknownThing("the result of an operator")


def _is_self_type(thing: Thing) -> bool:
    return isinstance(thing, InstanceThing) and isinstance(thing.of, ExternalThing) and thing.of.name in ("typing.Self", "typing_extensions.Self")


def _distinct(things: Iterator[Thing]) -> Things:
    found: dict[Thing, None] = {}
    for thing in things:
        found[thing] = None
        if len(found) > MAXIMUM_ALTERNATIVES:
            return (UnknownThing("it may be too many things"),)
    return tuple(found)
