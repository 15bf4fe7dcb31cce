"""What an expression can turn out to be."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.values import Argument, Ref


class Definition(msgspec.Struct, frozen=True):
    """A function, class or lambda, by the place of its scope."""

    path: str
    region: int
    scope: int


class Frame(msgspec.Struct, frozen=True, eq=False):
    """A scope that is being looked at, with what its parameters stand for where it is looked at from a call."""

    path: str
    region: int
    scope: int
    arguments: "dict[str, tuple[At, ...]] | None" = None
    spare: "tuple[Frame, tuple[Argument, ...]] | None" = None
    """The keyword arguments of that call that `**keywords` takes, with the caller's frame."""
    calls: int = 0
    """How many calls deep the scope is looked at."""
    callers: "tuple[Definition, ...]" = ()
    """The functions by whose calls it is reached, the outermost first."""
    receiver: "Thing | None" = None
    """What the first parameter of a method stands for, where that is more than its class says."""
    known: "dict[tuple[str, Ref], object]" = msgspec.field(default_factory=dict)
    """Answers that hold for this call alone."""

    @property
    def definition(self) -> Definition:
        """The scope, whoever calls it."""
        return Definition(self.path, self.region, self.scope)


class At(msgspec.Struct, frozen=True, eq=False):
    """A value in a frame."""

    frame: Frame
    ref: Ref

    @property
    def key(self) -> "ValueKey":
        """Which value it is, whoever calls its scope."""
        return ValueKey(self.frame.path, self.frame.region, self.frame.scope, self.ref)


class ValueKey(msgspec.Struct, frozen=True):
    """The identity of a value in the project."""

    path: str
    region: int
    scope: int
    ref: Ref


class ModuleThing(msgspec.Struct, frozen=True):
    """A module of the project, or a folder that is a namespace package (`path` ends in `/`)."""

    path: str
    name: str


class ExternalThing(msgspec.Struct, frozen=True):
    """Something outside the project, by its dotted name. `receiver` is the object that a method was taken from."""

    name: str
    receiver: "Thing | None" = None


class ClassThing(msgspec.Struct, frozen=True):
    """A class of the project."""

    definition: Definition


class FunctionThing(msgspec.Struct, frozen=True):
    """A function of the project; `receiver` is the object or class that it was taken from."""

    definition: Definition
    receiver: "Thing | None" = None


class PartialThing(msgspec.Struct, frozen=True, eq=False):
    """`functools.partial` of something, by the call that makes it. Those of one function are equal."""

    function: "Thing"
    call: At

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartialThing) and other.function == self.function

    def __hash__(self) -> int:
        return hash((PartialThing, self.function))


class InstanceThing(msgspec.Struct, frozen=True):
    """An object of a class; `parameters` are its type arguments, `origin` the value that makes it, where it is
    known."""

    of: "ClassThing | ExternalThing"
    parameters: "tuple[tuple[Thing, ...], ...]" = ()
    origin: ValueKey | None = None


class MemberThing(msgspec.Struct, frozen=True):
    """A member of an enum."""

    of: ClassThing
    name: str


class MemberValueThing(msgspec.Struct, frozen=True):
    """The `.value` of a member of an enum: of the one called `name`, or of any (empty)."""

    of: ClassThing
    name: str = ""


class TextThing(msgspec.Struct, frozen=True):
    """A string literal."""

    value: str
    is_listed: bool = False
    """It is one of the words of a `Literal`."""


class ConstantThing(msgspec.Struct, frozen=True):
    """Another literal, by kind."""

    kind: str
    text: str


class UnknownThing(msgspec.Struct, frozen=True):
    """Not known, with the reason."""

    reason: str
    variable: str = ""
    """The type variable that stands there, by name: what it stands for depends on the class or the call."""
    is_class: bool = False
    """It is the class itself that the variable stands for: `type[T]`."""


Thing = (
    ModuleThing
    | ExternalThing
    | ClassThing
    | FunctionThing
    | PartialThing
    | InstanceThing
    | MemberThing
    | MemberValueThing
    | TextThing
    | ConstantThing
    | UnknownThing
)
Things = tuple[Thing, ...]

MAXIMUM_ALTERNATIVES = 24
"""Things that one expression may stand for beyond which it is not known."""


def distinct(things: Iterator[Thing]) -> Things:
    """The things once each, in order; one that is not known where they are too many."""
    found: dict[Thing, None] = {}
    for thing in things:
        found[thing] = None
        if len(found) > MAXIMUM_ALTERNATIVES:
            return (UnknownThing("it may be too many things"),)
    return tuple(found)


def declared(types: Things, value: Things) -> Things:
    """What an annotated name stands for: its annotation, unless the value is an object whose making is seen, which says
    no less."""
    is_plain = all(isinstance(thing, InstanceThing) and not thing.parameters for thing in types)
    is_made = bool(value) and all(
        isinstance(thing, InstanceThing)
        and thing.origin is not None
        and not (isinstance(thing.of, ExternalThing) and thing.of.name.startswith("builtins."))
        for thing in value
    )
    return value if is_plain and is_made else types


_PLAIN = frozenset(f"builtins.{name}" for name in ("str", "bytes", "int", "float", "bool"))


def is_plain(things: Things) -> bool:
    """Whether something is a string, a number or None for certain, and none that is known by itself."""
    return bool(things) and all(
        isinstance(thing, ConstantThing)
        or (isinstance(thing, InstanceThing) and isinstance(thing.of, ExternalThing) and thing.of.name in _PLAIN)
        for thing in things
    )
