"""What the parts of an object may be: its items, its elements, what it gives to `with` and to `await`."""

from collections.abc import Iterator

from execution_lint.facts.values import (
    NONE,
    SLICE,
    Constant,
    Mapping,
    Sequence,
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
        for thing in self.things(base):
            match thing:
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

    def _tuple_item(self, parameters: tuple[Things, ...], key: Value) -> Iterator[Thing]:
        """`pair[0]`, or any of the parts where the position is not written."""
        position = int(key.text) if isinstance(key, Constant) and key.kind == "int" and key.text.isdigit() else NONE
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
        match thing:
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
            case _:
                yield UnknownThing("a part of something that is not followed")

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


def awaited(thing: Thing) -> Things:
    """What `await` makes of a thing: a coroutine gives its result."""
    match thing:
        case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in COROUTINES:
            return parameters[-1] if parameters else (UnknownThing("what a coroutine gives"),)
        case InstanceThing(of=ExternalThing() as external):
            return (InstanceThing(ExternalThing(f"await {external.name}", external.receiver)),)
        case _:
            return (thing,)
