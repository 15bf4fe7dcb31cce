"""What the parts of an object may be: its items, its elements, what it gives to `with` and to `await`."""

from collections.abc import Iterator

from execution_lint.facts.values import (
    NONE,
    SLICE,
    Constant,
    Mapping,
    Sequence,
    Spread,
    Text,
    Unknown,
    Value,
)
from execution_lint.project.attributes import Attributes
from execution_lint.project.standard_names import COLUMNS, COROUTINES, ITERABLES, MAPPINGS
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    MemberThing,
    Thing,
    Things,
    UnknownThing,
    ValueKey,
)


class Parts(Attributes):
    """Answers what is taken out of a container, a context manager or an enum."""

    def _item(self, base: At, index: At) -> Iterator[Thing]:
        value = self.value(base)
        key = self.value(index)
        if isinstance(value, Mapping) and isinstance(key, Text):
            for entry, held in value.entries:
                if entry != NONE and self.value(At(base.frame, entry)) == key:
                    yield from self.things(At(base.frame, held))
                    return
        for thing in map(self._as_container, self.things(base)):
            match thing:
                case InstanceThing(of=ExternalThing(), parameters=(), origin=origin) if origin is not None and (
                    items := tuple(self._held_in(origin, key))
                ):
                    yield from items
                case ClassThing() if self.is_enum(thing):
                    yield MemberThing(thing, key.value) if isinstance(key, Text) else InstanceThing(thing)
                case ClassThing():
                    yield thing
                case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if (
                    name in MAPPINGS and len(parameters) > 1
                ):
                    yield from parameters[1]
                case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if (
                    name in ITERABLES and parameters
                ):
                    if isinstance(key, Unknown) and key.reason == SLICE:
                        yield InstanceThing(thing.of, parameters)
                    elif name.endswith("uple") and len(parameters) > 1:
                        yield from self._tuple_item(parameters, key)
                    else:
                        yield from parameters[0]
                case InstanceThing(of=ClassThing() as cls) if isinstance(key, Text) and self.is_typed_dict(cls):
                    yield from self._instance_attribute(thing, cls, key.value)
                case InstanceThing(of=ClassThing()):
                    yield from self._part_of_object(thing, _position(key), ("__getitem__",))
                case ExternalThing(name=columns) if isinstance(key, Text) and columns in COLUMNS:
                    yield from self.attribute(thing, key.value)
                case ExternalThing():
                    yield ExternalThing(f"{thing.name}[]", thing.receiver)
                case InstanceThing(of=ExternalThing(name=name)) if not name.startswith(
                    ("builtins.", "typing.", "collections.")
                ):
                    yield InstanceThing(ExternalThing(f"{name}[]"))
                case _:
                    yield UnknownThing("an item of something that is not followed")

    def _held_in(self, origin: ValueKey, key: Value) -> Iterator[Thing]:
        """An item of a display: the one at the position, or any of several where all that is written there is of one
        kind; nothing where that cannot be told."""
        display = At(Frame(origin.path, origin.region, origin.scope), origin.ref)
        match self.value(display):
            case Sequence(elements=elements) if not isinstance(key, Unknown):
                position = _position(key)
                chosen = elements[position : position + 1] if 0 <= position < len(elements) else elements
                for element in chosen:
                    yield from self.things(At(display.frame, element))
            case Mapping(entries=entries) if len(entries) > 1 and not isinstance(key, Text):
                for entry, held in entries:
                    if entry == NONE:
                        yield UnknownThing("an entry of what a dict spreads")
                    yield from self.things(At(display.frame, held))
            case _:
                return

    def _as_container(self, thing: Thing) -> Thing:
        """A thing as the container that its class extends: `class Jobs(list[Job])`."""
        if not isinstance(thing, InstanceThing) or not isinstance(thing.of, ClassThing):
            return thing
        for base in self.ancestry(thing.of):
            if isinstance(base, ExternalThing) and base.name in ITERABLES | MAPPINGS:
                parameters = self.container_arguments(thing, base)
                return InstanceThing(base, parameters) if parameters else thing
        return thing

    def _part_of_object(self, thing: InstanceThing, position: int, methods: tuple[str, ...]) -> Iterator[Thing]:
        """A part of an object of a class of the project: a field of a `NamedTuple`, or what its methods give."""
        assert isinstance(thing.of, ClassThing)
        fields = self.constructor_fields(thing.of)
        if any(
            isinstance(base, ExternalThing) and base.name == "typing.NamedTuple" for base in self.ancestry(thing.of)
        ):
            for name in fields[position : position + 1] if 0 <= position < len(fields) else fields:
                yield from self._instance_attribute(thing, thing.of, name)
            return
        for name in methods:
            for method in self._instance_attribute(thing, thing.of, name):
                if isinstance(method, FunctionThing):
                    for result in self.returned(method, {}):
                        yield from (result,) if name == "__getitem__" else self._stepped(result)
                    return
        yield UnknownThing("a part of an object")

    def _stepped(self, iterator: Thing) -> Iterator[Thing]:
        """What an iterator yields: one of the project, which may well be its own, by its method."""
        iterator = self._as_container(iterator)
        if not isinstance(iterator, InstanceThing) or not isinstance(iterator.of, ClassThing):
            yield from self._parts_of(iterator, NONE)
            return
        for name in ("__next__", "__anext__"):
            for method in self._instance_attribute(iterator, iterator.of, name):
                if isinstance(method, FunctionThing):
                    for result in self.returned(method, {}):
                        yield from awaited(result)
                    return
        yield UnknownThing("what an iterator yields")

    def _tuple_item(self, parameters: tuple[Things, ...], key: Value) -> Iterator[Thing]:
        """`pair[0]`, or any of the parts where the position is not written."""
        position = _position(key)
        for part in parameters[position : position + 1] if 0 <= position < len(parameters) else parameters:
            yield from part

    def _element(self, base: At, position: int) -> Iterator[Thing]:
        value = self.value(base)
        if isinstance(value, Sequence) and position == NONE:
            for element in value.elements:
                yield from self.things(At(base.frame, element))
            return
        for thing in self.things(base):
            yield from self._parts_of(thing, position)

    def _parts_of(self, thing: Thing, position: int) -> Iterator[Thing]:
        """What iterating over a thing yields, or its part at a position."""
        thing = self._as_container(thing)
        match thing:
            case InstanceThing(of=ExternalThing(name="builtins.tuple"), parameters=(), origin=origin) if (
                origin is not None and position != NONE and (parts := tuple(self._at_position(origin, position)))
            ):
                yield from parts
            case InstanceThing(origin=origin) if origin is not None and position == NONE and self._is_display(origin):
                display = At(Frame(origin.path, origin.region, origin.scope), origin.ref)
                held = self.value(display)
                for element in held.elements if isinstance(held, Sequence) else ():
                    yield from self.things(At(display.frame, element))
            case ClassThing() if self.is_enum(thing):
                yield InstanceThing(thing)
            case InstanceThing(of=ExternalThing(name="builtins.tuple" | "typing.Tuple"), parameters=parameters) if (
                parameters
            ):
                if 0 <= position < len(parameters):
                    yield from parameters[position]
                else:
                    yield from (found for part in parameters for found in part)
            case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in ITERABLES and parameters:
                yield from parameters[0]
            case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if (
                name in MAPPINGS and parameters and position == NONE
            ):
                yield from parameters[0]
            case InstanceThing(of=ExternalThing(name=name)) if not name.startswith(
                ("builtins.", "typing.", "collections.")
            ):
                yield InstanceThing(ExternalThing(f"{name}[]"))
            case InstanceThing(of=ClassThing()):
                yield from self._part_of_object(thing, position, ("__iter__", "__aiter__", "__getitem__"))
            case _:
                yield UnknownThing("a part of something that is not followed")

    def _at_position(self, origin: ValueKey, position: int) -> Iterator[Thing]:
        """A part of a tuple that is unpacked where it is not made."""
        display = At(Frame(origin.path, origin.region, origin.scope), origin.ref)
        value = self.value(display)
        elements = value.elements if isinstance(value, Sequence) else ()
        if position < len(elements) and not any(
            isinstance(self.value(At(display.frame, element)), Spread) for element in elements
        ):
            yield from self.things(At(display.frame, elements[position]))

    def _is_display(self, origin: ValueKey) -> bool:
        return isinstance(self.value(At(Frame(origin.path, origin.region, origin.scope), origin.ref)), Sequence)

    def _entered(self, base: At) -> Iterator[Thing]:
        for thing in self.things(base):
            match thing:
                case InstanceThing(
                    of=ExternalThing(name="contextlib.AbstractContextManager"), parameters=parameters
                ) if parameters:
                    yield from parameters[0]
                case InstanceThing(of=ClassThing() as cls):
                    for name in ("__enter__", "__aenter__"):
                        for method in self._instance_attribute(thing, cls, name):
                            if isinstance(method, FunctionThing):
                                for result in self.returned(method, {}):
                                    yield from awaited(result)
                                return
                    yield UnknownThing("what a context manager gives")
                case InstanceThing(of=ExternalThing()):
                    yield thing
                case _:
                    yield UnknownThing("what a context manager gives")


def _position(key: Value) -> int:
    """The position that a key says; -1 where it says none."""
    return int(key.text) if isinstance(key, Constant) and key.kind == "int" and key.text.isdigit() else NONE


def awaited(thing: Thing) -> Things:
    """What `await` makes of a thing: a coroutine gives its result."""
    match thing:
        case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in COROUTINES:
            return parameters[-1] if parameters else (UnknownThing("what a coroutine gives"),)
        case InstanceThing(of=ExternalThing() as external):
            return (InstanceThing(ExternalThing(f"await {external.name}", external.receiver)),)
        case _:
            return (thing,)
