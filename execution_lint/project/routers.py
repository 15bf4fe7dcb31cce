"""Applications and routers: which they are, and what they are made with."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.scopes import ExitKind
from execution_lint.facts.values import (
    NONE,
    Argument,
    Attribute,
    Call,
    Declared,
    Element,
    Free,
    Operation,
    Parameter,
    Sequence,
    Spread,
    Value,
)
from execution_lint.model.confidence import Confidence
from execution_lint.project.callers import Callers
from execution_lint.project.frameworks import CLASSES, HEIRS, PACKAGES, RouterClass
from execution_lint.project.inference import Inference
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    Thing,
    ValueKey,
)

_TABLED = frozenset({"Starlette", "Router"})
"""The classes that take a table of routes among their positional arguments."""
_TAKING_TABLES = _TABLED | {"Litestar"}
"""Those, and the one that takes a list of handlers."""
_TABLE_ARGUMENTS = frozenset({"routes", "route_handlers"})
MAXIMUM_HANDS = 4
"""Functions that hand a router on to each other."""


class Router(msgspec.Struct, frozen=True):
    """An application or a router, by the call that makes it (where that is known)."""

    known: RouterClass
    origin: ValueKey | None
    cls: Definition | None = None
    """The class of the project that it is an object of."""

    @property
    def framework(self) -> str:
        """Whose it is, in lower case."""
        return self.known.framework

    @property
    def is_application(self) -> bool:
        """Nothing stands before its paths, unless it is mounted."""
        return self.known.is_application

    @property
    def confidence(self) -> Confidence:
        """How sure it is that it is a router of this framework."""
        return Confidence.LIKELY if self.known.is_guessed else Confidence.PROVEN


class Step(msgspec.Struct, frozen=True):
    """A call that gives a route, or a router with its routes, to a router."""

    router: ValueKey | None
    site: ValueKey


Way = tuple[Step, ...]
"""How a route comes to its application, from there to the route's own registration."""


class Routers:
    """Recognises routers, those of subclasses, factories and parameters included."""

    def __init__(self, inference: Inference, callers: Callers) -> None:
        self._inference = inference
        self._callers = callers

    def of_thing(self, thing: Thing) -> Router | None:
        """The router that a thing is; None for anything else."""
        if isinstance(thing, ExternalThing) and thing.receiver is not None:
            # `app.router`, `group.router.urls`: what an application keeps its routes in.
            return self.of_thing(thing.receiver) if thing.name.rpartition(".")[2] in ("router", "urls") else None
        if not isinstance(thing, InstanceThing):
            return None
        known = self._known_class(thing)
        if known is None:
            return None
        cls = thing.of.definition if isinstance(thing.of, ClassThing) else None
        return Router(known, thing.origin, cls)

    def _known_class(self, thing: InstanceThing) -> RouterClass | None:
        bases = self._inference.ancestry(thing.of) if isinstance(thing.of, ClassThing) else (thing.of,)
        for base in bases:
            if isinstance(base, ExternalThing):
                package, name = base.name.partition(".")[0], base.name.rpartition(".")[2]
                known = CLASSES.get((package, name))
                if known is None and package not in PACKAGES:
                    known = next((heir for end, heir in HEIRS.items() if name.endswith(end)), None)
                if known is not None:
                    return known
        return None

    def at(self, at: At, hands: int = MAXIMUM_HANDS) -> tuple[Router, ...]:
        """The routers that a value may be. One that a function is given is followed to those who call it."""
        found = [router for thing in self._inference.things(at) if (router := self.of_thing(thing)) is not None]
        if hands and all(router.origin is None for router in found):
            given = [router for value in self._given(at) for router in self.at(value, hands - 1)]
            found = [router for router in given if router.origin is not None] or found
        return tuple(dict.fromkeys(found))

    def _given(self, at: At) -> tuple[At, ...]:
        match self._inference.value(at):
            case Parameter():
                return self._callers.given(at)
            case Free(name=name):
                sites = self._inference.sites(at.frame, name)
                return self._callers.given(sites[0]) if len(sites) == 1 else ()
            case Attribute(base=base, name="router"):
                return self._given(At(at.frame, base))
            case Call() as call:
                return tuple(self._returned(at, call))
            case _:
                return ()

    def _returned(self, at: At, call: Call) -> Iterator[At]:
        """What a function gives whose annotation names a router's class alone."""
        for thing in self._inference.things(At(at.frame, call.function)):
            if isinstance(thing, FunctionThing):
                definition = thing.definition
                frame = Frame(definition.path, definition.region, definition.scope)
                for exit in self._inference.scope(definition).exits:
                    if exit.kind is ExitKind.RETURN and exit.value != NONE:
                        yield At(frame, exit.value)

    def may_hand_table(self, call: Call, function: Value) -> bool:
        """Whether a call of `function` may hand a table of routes, or of handlers, to what it makes: told from the
        names alone."""
        return getattr(function, "name", "") in _TAKING_TABLES or any(
            argument.name in _TABLE_ARGUMENTS for argument in call.arguments
        )

    def table(self, at: At, call: Call) -> int:
        """The table of routes that a call hands to a router as it makes it; -1 where it hands none."""
        named = argument_of(call, "routes", 99)
        if named != NONE:
            return named
        function = self._inference.scope(at.frame).values[call.function]
        if not isinstance(function, (Free, Attribute)) or function.name not in _TABLED or not call.arguments:
            return NONE
        for router in self.at(at):
            if router.cls is None:
                return positional_of(call, router.known.table)
        return NONE

    def is_none(self, at: At) -> bool:
        """Whether a value is None."""
        things = self._inference.things(at)
        return bool(things) and all(isinstance(thing, ConstantThing) and thing.kind == "None" for thing in things)

    def keyword(self, router: Router, name: str) -> At | None:
        """The argument `name` that a router is made with."""
        return self.argument(router, name, 99)

    def argument(self, router: Router, name: str, position: int) -> At | None:
        """An argument that a router is made with, by name or position: by the call itself, or by the constructor of a
        class of the project."""
        origin = self._origin(router)
        if router.cls is not None:
            found, hands_on = self._super_argument(router.cls, origin, name, position)
            if found is not None or not hands_on:
                return found
        if origin is None:
            return None
        call = self._inference.value(origin)
        ref = argument_of(call, name, position) if isinstance(call, Call) else NONE
        return At(origin.frame, ref) if ref != NONE else None

    def _origin(self, router: Router) -> At | None:
        origin = router.origin
        return At(Frame(origin.path, origin.region, origin.scope), origin.ref) if origin is not None else None

    def _super_argument(
        self, definition: Definition, origin: At | None, name: str, position: int
    ) -> tuple[At | None, bool]:
        """What the constructor of a class hands to the one of its base, and whether it hands on what it is given."""
        cls = ClassThing(definition)
        for thing in self._inference.attribute(cls, "__init__"):
            if not isinstance(thing, FunctionThing):
                continue
            method = thing.definition
            bound = FunctionThing(method, InstanceThing(cls))
            arguments = self._inference.arguments(bound, origin) if origin is not None else None
            frame = Frame(method.path, method.region, method.scope, arguments, calls=1 if arguments is not None else 0)
            scope = self._inference.scope(frame)
            for value in scope.values:
                function = scope.values[value.function] if isinstance(value, Call) else None
                if isinstance(value, Call) and isinstance(function, Attribute) and function.name == "__init__":
                    ref = argument_of(value, name, position)
                    if ref != NONE:
                        return At(frame, ref), False
                    return None, any(argument.name == "**" for argument in value.arguments)
        return None, True


def elements(inference: Inference, at: At, depth: int = 8) -> Iterator[At]:
    """The elements of a list, of the lists that it is made of, and of what is added to it by name."""
    value = inference.value(at)
    if not depth:
        return
    match value:
        case Sequence(elements=refs):
            for ref in refs:
                yield from elements(inference, At(at.frame, ref), depth - 1)
        case Declared(value=ref):
            yield from elements(inference, At(at.frame, ref), depth - 1)
        case Spread(base=base) | Element(base=base, position=-1):
            # One of a list's, as a loop over it gives it, stands for each of them.
            yield from elements(inference, At(at.frame, base), depth - 1)
        case Operation(operator="+", operands=operands):
            for operand in operands:
                yield from elements(inference, At(at.frame, operand), depth - 1)
        case Call():
            inner = tuple(_lists_of(inference, at, value))
            if not inner:
                yield at
            for found in inner:
                yield from elements(inference, found, depth - 1)
        case Free(name=name) if sites := _steps(inference, at, name):
            for site in sites:
                yield from elements(inference, site, depth - 1)
        case _:
            inner = tuple(_displays(inference, at))
            if not inner:
                yield at
            for found in inner:
                yield from elements(inference, found, depth - 1)


def _steps(inference: Inference, at: At, name: str) -> tuple[At, ...]:
    """The lists and calls that a name stands for; none where it stands for something else too."""
    sites = inference.sites(at.frame, name)
    values = [inference.value(site) for site in sites]
    is_followed = all(isinstance(value, (Sequence, Call, Operation, Declared)) for value in values)
    return sites if is_followed and all(site.key != at.key for site in sites) else ()


def _displays(inference: Inference, at: At) -> Iterator[At]:
    """The lists behind a value that is none itself."""
    for thing in inference.things(at):
        if isinstance(thing, InstanceThing) and thing.origin is not None and thing.origin != at.key:
            origin = thing.origin
            found = At(Frame(origin.path, origin.region, origin.scope), origin.ref)
            if isinstance(inference.value(found), Sequence):
                yield found


def _lists_of(inference: Inference, at: At, call: Call) -> Iterator[At]:
    """The lists that a call gives."""
    yield from _displays(inference, at)
    for thing in inference.things(At(at.frame, call.function)):
        if isinstance(thing, FunctionThing) and inference.scope(thing.definition).returns != NONE:
            definition = thing.definition
            frame = Frame(definition.path, definition.region, definition.scope)
            for exit in inference.scope(definition).exits:
                if exit.kind is ExitKind.RETURN and exit.value != NONE:
                    found = At(frame, exit.value)
                    if isinstance(inference.value(found), (Sequence, Operation)) or any(_displays(inference, found)):
                        yield found


def argument_of(call: Call, name: str, position: int) -> int:
    """The argument of a call by name or position; -1 where it has none."""
    named = next((argument.value for argument in call.arguments if argument.name == name), NONE)
    return named if named != NONE else positional_of(call, position)


def positional_of(call: Call, position: int) -> int:
    """The positional argument of a call; -1 where it has none."""
    positional: list[Argument] = [argument for argument in call.arguments if argument.name == ""]
    return positional[position].value if len(positional) > position else NONE
