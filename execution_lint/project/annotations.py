"""What an annotation promises of the object that carries it."""

from collections.abc import Iterable, Iterator

from execution_lint.facts.values import (
    Attribute,
    Call,
    Choice,
    Constant,
    Free,
    Imported,
    Item,
    Nested,
    Operation,
    Parameter,
    Sequence,
    Text,
    Value,
)
from execution_lint.project.calls import Calls
from execution_lint.project.standard_names import (
    COROUTINES,
    DEPENDS,
    TUPLES,
    TYPE_VARIABLES,
    TYPES,
    UNIONS,
    VAGUE_TYPES,
    WRAPPERS,
)
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    ExternalThing,
    Frame,
    InstanceThing,
    ModuleThing,
    TextThing,
    Thing,
    Things,
    UnknownThing,
)


class Annotations(Calls):
    """Reads expressions as types."""

    def _type_things(self, at: At) -> Iterator[Thing]:
        frame = at.frame
        match self.value(at):
            case Free(name=name):
                sites = self.sites(frame, name)
                for site in sites:
                    yield from self.types(site)
                if not sites:
                    thing = self._unbound(frame, name)
                    yield (
                        UnknownThing(thing.reason, variable=name)
                        if isinstance(thing, UnknownThing)
                        else _instance(thing)
                    )
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
            case Call() as call if call.arguments:
                yield from self._made_type(frame, call)
            case Text(value=name) if name.isidentifier():
                # In quotes where no annotation stands: `cast("Job", found)`.
                sites = self.sites(frame, name)
                for site in sites:
                    yield from self.types(site)
                if not sites:
                    yield UnknownThing("a quoted type that cannot be read")
            case Text():
                yield UnknownThing("a quoted type that cannot be read")
            case _:
                yield UnknownThing("a type that is not followed")

    def _made_type(self, frame: Frame, call: Call) -> Things:
        """`NewType("Id", str)`, `TypeVar("T")`."""
        for thing in self.things(At(frame, call.function)):
            name = thing.name if isinstance(thing, ExternalThing) else ""
            text = self.value(At(frame, call.arguments[0].value))
            if name == "typing.NewType" and len(call.arguments) > 1:
                return self.types(At(frame, call.arguments[1].value))
            if name in TYPE_VARIABLES and isinstance(text, Text):
                return (UnknownThing("a type variable", variable=text.value),)
        return (UnknownThing("a type made by a call"),)

    def _imported_type(self, path: str, imported: Imported) -> Iterator[Thing]:
        module = self.module(path)
        target = self.modules.relative(imported, module)
        found = self.modules.find(target, module)
        sites = (
            self.module_sites(found, imported.name)
            if imported.name and found is not None and not found.endswith("/")
            else ()
        )
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
            if name in UNIONS:
                for part in parts:
                    yield from self.types(part)
                if name == "typing.Optional":
                    yield ConstantThing("None", "None")
            elif name in WRAPPERS:
                types = self.types(parts[0])
                provided = tuple(self._provided_by(parts[1:])) if self.says_nothing(types) else ()
                yield from provided or types
            elif name in TYPES:
                for found in self.types(parts[0]):
                    variable = found.variable if isinstance(found, UnknownThing) else ""
                    yield (
                        found.of
                        if isinstance(found, InstanceThing)
                        else UnknownThing("a class that is not known", variable, is_class=bool(variable))
                    )
            elif name in ("typing.Literal", "typing_extensions.Literal"):
                for part in parts:
                    for found in self.things(part):
                        yield TextThing(found.value, is_listed=True) if isinstance(found, TextThing) else found
            elif isinstance(thing, (ClassThing, ExternalThing)):
                if name in TUPLES and len(parts) == 2 and _is_ellipsis(self.value(parts[1])):
                    parts = parts[:1]
                yield InstanceThing(thing, tuple(self.types(part) for part in parts))
            else:
                yield UnknownThing("a generic type that is not known")

    def says_nothing(self, types: Things) -> bool:
        """Whether types leave it open what the value is."""
        return all(
            isinstance(thing, UnknownThing)
            or (
                isinstance(thing, InstanceThing)
                and isinstance(thing.of, ExternalThing)
                and thing.of.name in VAGUE_TYPES
            )
            for thing in types
        )

    def _provided_by(self, marks: Iterable[At]) -> Iterator[Thing]:
        """What `Annotated[..., Depends(provider)]` hands in."""
        for mark in marks:
            yield from self.provided(mark)

    def provided(self, mark: At) -> Iterator[Thing]:
        """What `Depends(provider)` hands in; nothing for any other value."""
        call = self.value(mark)
        if not isinstance(call, Call) or not call.arguments:
            return
        if any(
            isinstance(thing, ExternalThing) and thing.name in DEPENDS
            for thing in self.things(At(mark.frame, call.function))
        ):
            for provider in self.things(At(mark.frame, call.arguments[0].value)):
                for thing in self.called(provider, mark):
                    yield from _yielded(thing)


def _yielded(thing: Thing) -> Things:
    match thing:
        case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in COROUTINES and parameters:
            return tuple(found for part in parameters[-1] for found in _yielded(part))
        case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name.endswith(
            ("Generator", "Iterator", "ContextManager")
        ):
            return parameters[0] if parameters else (UnknownThing("what a generator yields"),)
        case _:
            return (thing,)


def _is_ellipsis(value: Value) -> bool:
    return isinstance(value, Constant) and value.kind == "ellipsis"


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
