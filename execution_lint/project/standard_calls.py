"""What functions and methods of the standard library give back of what they are given: its elements, itself, a copy."""

from collections.abc import Callable, Iterator
from itertools import chain

from execution_lint.facts.scopes import ScopeKind
from execution_lint.facts.values import NONE, Argument, Attribute, Call, Imported, Nested, Ref, Text
from execution_lint.project.parts import Parts, awaited
from execution_lint.project.standard_names import (
    AWAITING,
    COPIERS,
    DECODERS,
    FUTURES,
    IMPORTERS,
    IN_THREADS,
    ITERABLES,
    LISTING,
    MAPPINGS,
    PICKING,
    QUEUES,
    SORTING,
)
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    Thing,
    Things,
    UnknownThing,
    distinct,
)

_INT = InstanceThing(ExternalThing("builtins.int"))


class StandardCalls(Parts):
    """Follows calls that hand through what they take."""

    def _standard_call(self, thing: ExternalThing, call: At) -> Iterator[Thing] | None:
        """What the call gives; None where the function is none of those that hand something through."""
        value = self.value(call)
        assert isinstance(value, Call)
        given = [At(call.frame, argument.value) for argument in value.arguments if argument.name == ""]
        name = thing.name
        if thing.receiver is not None:
            method = name.rpartition(".")[2]
            return self._given_call(method, given) or self._method_call(thing.receiver, method, name)
        if not given:
            return None
        if name in DECODERS:
            return self._decoded(given, value.arguments, call.frame)
        if name in LISTING:
            return iter((self._listing(LISTING[name], given[0], call),))
        if name in COPIERS:
            return iter(self.things(given[0]))
        if name in PICKING:
            return self._picked(given, value.arguments, call.frame)
        if name == "builtins.enumerate":
            return iter((_iterator((_tuple(((_INT,), self._elements(given[0]))),)),))
        if name == "builtins.zip":
            return iter((_iterator((_tuple(tuple(self._elements(part) for part in given)),)),))
        if name == "builtins.filter" and len(given) > 1:
            return iter((_iterator(self._elements(given[1])),))
        if name == "builtins.map" and len(given) > 1:
            return iter((_iterator(distinct(self._mapped(given[0]))),))
        if name == "itertools.chain":
            return iter((_iterator(distinct(chain.from_iterable(self._elements(part) for part in given))),))
        if name in IMPORTERS:
            return self._imported_by_name(given[0])
        if name in IN_THREADS:
            return iter((_awaitable(distinct(self._mapped(given[0]))),))
        if name in AWAITING:
            return iter((_awaitable(distinct(chain.from_iterable(awaited(part) for part in self.things(given[0])))),))
        if name == "asyncio.gather":
            return iter((_awaitable((self._gathered(value.arguments, call.frame),)),))
        return None

    def _given_call(self, method: str, given: list[At]) -> Iterator[Thing] | None:
        """Methods of loops, task groups and exit stacks, which go by their names: they give what they are given."""
        if method == "create_task" and given:
            return iter((_awaitable(distinct(chain.from_iterable(map(awaited, self.things(given[0]))))),))
        if method == "run_in_executor" and len(given) > 1:
            return iter((_awaitable(distinct(self._mapped(given[1]))),))
        if method == "enter_context" and given:
            return self._entered(given[0])
        if method == "enter_async_context" and given:
            return iter((_awaitable(distinct(self._entered(given[0]))),))
        return None

    def _decoded(self, given: list[At], arguments: tuple[Argument, ...], frame: Frame) -> Iterator[Thing]:
        """`msgspec.json.decode(data, type=Job)`, `msgspec.convert(data, Job)`."""
        named = [At(frame, argument.value) for argument in arguments if argument.name == "type"]
        for at in (*named, *given[1:2]):
            yield from self.types(at)
            return
        yield UnknownThing("what is decoded")

    def _imported_by_name(self, name: At) -> Iterator[Thing]:
        """The module that `import_module("name")` gives."""
        text = self.value(name)
        if isinstance(text, Text) and text.value and not text.value.startswith("."):
            yield from self._imported(name.frame.path, Imported(text.value, "", 0))
        else:
            yield UnknownThing("a module whose name is not known")

    def _elements(self, at: At) -> Things:
        return distinct(self._element(at, NONE))

    def _listing(self, kind: str, source: At, call: At) -> Thing:
        return InstanceThing(ExternalThing(kind), (self._elements(source),), call.key)

    def _picked(self, given: list[At], arguments: tuple[Argument, ...], frame: Frame) -> Iterator[Thing]:
        """`max(jobs)`, `max(a, b)`, `min(jobs, default=None)`."""
        yield from self._elements(given[0]) if len(given) == 1 else chain.from_iterable(map(self.things, given))
        for argument in arguments:
            if argument.name == "default":
                yield from self.things(At(frame, argument.value))

    def _mapped(self, function: At) -> Iterator[Thing]:
        for thing in self.things(function):
            match thing:
                case ClassThing():
                    yield InstanceThing(thing)
                case FunctionThing():
                    yield from self.returned(thing, {})
                case _:
                    yield UnknownThing("what a function makes of each element")

    def _gathered(self, arguments: tuple[Argument, ...], frame: Frame) -> Thing:
        found: list[Thing] = []
        if all(argument.name != "*" for argument in arguments):
            given = (At(frame, argument.value) for argument in arguments if argument.name == "")
            return _tuple(tuple(distinct(chain.from_iterable(map(awaited, self.things(at)))) for at in given))
        for argument in arguments:
            if argument.name in ("", "*"):
                at = At(frame, argument.value)
                for thing in self.things(at) if argument.name == "" else self._elements(at):
                    found.extend(awaited(thing))
        return InstanceThing(ExternalThing("builtins.list"), (distinct(iter(found)),))

    def _method_call(self, receiver: Thing, method: str, name: str) -> Iterator[Thing] | None:
        if not isinstance(receiver, InstanceThing) or not isinstance(receiver.of, ExternalThing):
            return None
        kind, parameters = receiver.of.name, receiver.parameters
        if name != f"{kind}.{method}" or not parameters:
            return None
        if kind in MAPPINGS and len(parameters) > 1:
            views: dict[str, Callable[[], Thing]] = {
                "items": lambda: _iterator((_tuple(parameters[:2]),)),
                "values": lambda: _iterator(parameters[1]),
                "keys": lambda: _iterator(parameters[0]),
                "copy": lambda: receiver,
                "popitem": lambda: _tuple(parameters[:2]),
            }
            return iter((views[method](),)) if method in views else None
        if kind in QUEUES and method in ("get", "get_nowait"):
            is_awaited = kind.startswith("asyncio.") and method == "get"
            return iter((_awaitable(parameters[0]),)) if is_awaited else iter(parameters[0])
        if kind in FUTURES and method == "result":
            return iter(parameters[0])
        if kind in ITERABLES and not kind.endswith("uple"):
            if method in ("pop", "popleft", "__next__", "send"):
                return iter(parameters[0])
            if method in ("copy", "union", "intersection", "difference"):
                return iter((receiver,))
        return None

    def _lambda_argument(self, frame: Frame, position: int) -> Iterator[Thing]:
        """What the function that a lambda is handed to calls it with: `sorted(jobs, key=lambda job: ...)`."""
        parent = self.followed(frame).parent
        if self.followed(frame).kind is not ScopeKind.LAMBDA or parent == NONE:
            return
        outer = Frame(frame.path, frame.region, parent)
        values = self.followed(outer).values
        for value in values:
            if isinstance(value, Call):
                for place, argument in enumerate(value.arguments):
                    held = values[argument.value] if argument.value != NONE else None
                    if isinstance(held, Nested) and held.scope == frame.scope:
                        yield from self._handed(outer, value, argument.name, place, position)
                        return

    def _handed(self, frame: Frame, call: Call, name: str, place: int, position: int) -> Iterator[Thing]:
        given = [argument.value for argument in call.arguments if argument.name == ""]
        function = self.followed(frame).values[call.function]
        if name == "key" and isinstance(function, Attribute) and function.name == "sort":
            yield from self._elements(At(frame, function.base))
            return
        source: Ref = NONE
        for thing in self.things(At(frame, call.function)):
            if not isinstance(thing, ExternalThing):
                continue
            if name == "key" and thing.name in SORTING and given:
                source = given[0]
            elif name == "" and place == 0 and thing.name in ("builtins.filter", "builtins.map"):
                source = given[position + 1] if len(given) > position + 1 else NONE
        if source != NONE:
            yield from self._elements(At(frame, source))


def _iterator(elements: Things) -> InstanceThing:
    return InstanceThing(ExternalThing("typing.Iterator"), (elements,))


def _tuple(parts: tuple[Things, ...]) -> InstanceThing:
    return InstanceThing(ExternalThing("builtins.tuple"), parts)


def _awaitable(result: Things) -> InstanceThing:
    return InstanceThing(ExternalThing("typing.Awaitable"), (result or (ConstantThing("None", "None"),),))
