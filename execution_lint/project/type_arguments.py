"""What the type variables of a generic class of the project stand for in an object of it, or in a class that extends
it."""

from collections.abc import Iterator, Mapping

from execution_lint.facts.values import Item, Sequence
from execution_lint.project.classes import Classes
from execution_lint.project.standard_names import GENERICS
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    InstanceThing,
    Thing,
    Things,
    UnknownThing,
    distinct,
)

Bound = Mapping[str, Things]
"""What type variables stand for, by name."""

MAXIMUM_NESTING = 6
"""Type arguments within type arguments beyond which they are left as they are, and bases of bases beyond which no
variable is handed on."""


class TypeArguments(Classes):
    """Answers which type a variable of a class stands for."""

    def variables(self, cls: ClassThing) -> tuple[str, ...]:
        """The type variables that a class takes, in order: those of `Generic[...]`, else of all bases."""
        if cls not in self._variables:
            self._variables[cls] = ()
            self._variables[cls] = self._find_variables(cls)
        return self._variables[cls]

    def _find_variables(self, cls: ClassThing) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for base, arguments in self._generic_bases(cls):
            names = dict.fromkeys(name for argument in arguments for name in _named(argument))
            if isinstance(base, ExternalThing) and base.name in GENERICS:
                return tuple(names)
            found.update(names)
        return tuple(found)

    def _generic_bases(self, cls: ClassThing) -> Iterator[tuple[Thing, tuple[Things, ...]]]:
        """The direct bases, each with its type arguments."""
        frame = Frame(cls.definition.path, cls.definition.region, cls.definition.scope)
        scope = self.followed(frame)
        for argument in scope.bases:
            value = scope.values[argument.value]
            if argument.name == "" and isinstance(value, Item):
                index = scope.values[value.index]
                parts = index.elements if isinstance(index, Sequence) else (value.index,)
                arguments = tuple(self.types(At(frame, part)) for part in parts)
                yield from ((thing, arguments) for thing in self.things(At(frame, value.base)))
            elif argument.name == "":
                yield from ((thing, ()) for thing in self.things(At(frame, argument.value)))

    def container_arguments(self, thing: InstanceThing, container: ExternalThing) -> tuple[Things, ...]:
        """The type arguments of a container outside the project that the class of an object extends."""
        assert isinstance(thing.of, ClassThing)
        for cls in self.ancestry(thing.of):
            for base, arguments in self._generic_bases(cls) if isinstance(cls, ClassThing) else ():
                if base == container and arguments and isinstance(cls, ClassThing):
                    bound = self.bound_in(thing, cls)
                    return tuple(self.substituted(part, bound) for part in arguments)
        return ()

    def bound_in(self, owner: Thing, definer: ClassThing) -> Bound:
        """What the variables of `definer`, the class of an object or one that it extends, stand for in that object."""
        if isinstance(owner, ClassThing):
            return self._bound(owner, (), definer, MAXIMUM_NESTING)
        if isinstance(owner, InstanceThing) and isinstance(owner.of, ClassThing):
            return self._bound(owner.of, owner.parameters, definer, MAXIMUM_NESTING)
        return {}

    def _bound(self, cls: ClassThing, arguments: tuple[Things, ...], definer: ClassThing, depth: int) -> Bound:
        own = dict(zip(self.variables(cls), arguments, strict=False))
        if cls == definer or depth == 0:
            return own if cls == definer else {}
        for base, given in self._generic_bases(cls):
            if isinstance(base, ClassThing) and definer in self.ancestry(base):
                handed = tuple(self.substituted(part, own) for part in given)
                return self._bound(base, handed, definer, depth - 1)
        return {}

    def attribute_of(self, owner: Thing, definer: ClassThing, found: Things) -> Things:
        """What an attribute that a class declares is in an object: its type variables stand for something there."""
        if not any(is_open(thing) for thing in found):
            return found
        return self.substituted(found, self.bound_in(owner, definer))

    def substituted(self, things: Things, bound: Bound, depth: int = MAXIMUM_NESTING) -> Things:
        """The things with what their type variables stand for in their place."""
        if not bound or depth == 0 or not any(is_open(thing) for thing in things):
            return things
        return distinct(found for thing in things for found in self._replaced(thing, bound, depth))

    def _replaced(self, thing: Thing, bound: Bound, depth: int) -> Iterator[Thing]:
        match thing:
            case UnknownThing(variable=name, is_class=is_class) if name in bound:
                for found in bound[name]:
                    if not is_class or isinstance(found, UnknownThing):
                        yield found
                    else:
                        yield found.of if isinstance(found, InstanceThing) else UnknownThing("a class of any kind")
            case InstanceThing(of=of, parameters=parameters, origin=origin) if parameters:
                inner = tuple(self.substituted(part, bound, depth - 1) for part in parameters)
                yield InstanceThing(of, inner, origin)
            case _:
                yield thing


def is_open(thing: Thing, depth: int = MAXIMUM_NESTING) -> bool:
    """Whether a type variable stands in a thing."""
    match thing:
        case UnknownThing(variable=name):
            return bool(name)
        case InstanceThing(parameters=parameters) if depth:
            return any(is_open(part, depth - 1) for parts in parameters for part in parts)
        case _:
            return False


def _named(things: Things, depth: int = MAXIMUM_NESTING) -> Iterator[str]:
    """The type variables of things, in order."""
    for thing in things:
        match thing:
            case UnknownThing(variable=name) if name:
                yield name
            case InstanceThing(parameters=parameters) if depth:
                for part in parameters:
                    yield from _named(part, depth - 1)
            case _:
                continue
