"""What the type variables of a generic function stand for in a call: what its arguments say of them."""

from abc import abstractmethod
from collections.abc import Iterator

from execution_lint.facts.scopes import ParameterKind
from execution_lint.facts.values import NONE
from execution_lint.project.standard_calls import StandardCalls
from execution_lint.project.standard_names import CALLABLES, COROUTINES, ITERABLES, MAPPINGS
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    PartialThing,
    Thing,
    Things,
    UnknownThing,
    distinct,
)
from execution_lint.project.type_arguments import MAXIMUM_NESTING, Bound, is_open


class TypeVariables(StandardCalls):
    """Holds the annotations of parameters against what a call gives to them."""

    @abstractmethod
    def called(self, thing: Thing, call: At) -> Iterator[Thing]:
        """What calling `thing` by the call at `call` gives."""

    def result_of(self, function: FunctionThing, arguments: "dict[str, tuple[At, ...]]", result: Things) -> Things:
        """What a function gives in a call, by its return annotation."""
        if not any(is_open(thing) for thing in result):
            return result
        bound = dict(self._bound_by(function, arguments))
        owner = self.owner(function.definition)
        if owner is not None and function.receiver is not None:
            bound = {**self.bound_in(function.receiver, owner), **bound}
        return self.substituted(result, bound)

    def _bound_by(self, function: FunctionThing, arguments: "dict[str, tuple[At, ...]]") -> Bound:
        definition = function.definition
        callee = Frame(definition.path, definition.region, definition.scope)
        found: dict[str, list[Thing]] = {}
        for parameter in self.followed(definition).parameters:
            given = arguments.get(parameter.name, ())
            is_told = parameter.annotation != NONE and parameter.kind in (
                ParameterKind.POSITIONAL,
                ParameterKind.PLAIN,
                ParameterKind.KEYWORD,
            )
            if given and is_told:
                types = self.types(At(callee, parameter.annotation))
                if any(is_open(thing) for thing in types):
                    things = distinct(thing for at in given for thing in self.things(at))
                    self._unify(types, things, found, MAXIMUM_NESTING)
        return {name: distinct(iter(things)) for name, things in found.items()}

    def _unify(self, types: Things, given: Things, found: dict[str, list[Thing]], depth: int) -> None:
        """Notes what the variables of a type stand for where it takes something."""
        if depth == 0:
            return
        for kind in types:
            match kind:
                case UnknownThing(variable=name, is_class=True) if name:
                    found.setdefault(name, []).extend(_instances(given))
                case UnknownThing(variable=name) if name:
                    taken = [thing for thing in given if len(types) == 1 or thing not in types]
                    found.setdefault(name, []).extend(taken)
                case InstanceThing(parameters=parameters) if parameters and is_open(kind):
                    for thing in given:
                        for wanted, had in self._matched(kind, thing):
                            self._unify(wanted, had, found, depth - 1)
                case _:
                    continue

    def _matched(self, kind: InstanceThing, thing: Thing) -> Iterator[tuple[Things, Things]]:
        """The type arguments of an annotation, each beside that of what it takes."""
        wanted = kind.of.name if isinstance(kind.of, ExternalThing) else ""
        if wanted in CALLABLES:
            yield kind.parameters[-1], distinct(self._given_by(thing))
            return
        if not isinstance(thing, InstanceThing):
            return
        had = thing.of.name if isinstance(thing.of, ExternalThing) else ""
        if isinstance(kind.of, ClassThing) and isinstance(thing.of, ClassThing):
            bound = self.bound_in(thing, kind.of)
            for name, part in zip(self.variables(kind.of), kind.parameters, strict=False):
                yield part, bound.get(name, ())
        elif wanted in COROUTINES and had in COROUTINES and thing.parameters:
            yield kind.parameters[-1], thing.parameters[-1]
        elif wanted in MAPPINGS and had in MAPPINGS:
            yield from zip(kind.parameters, thing.parameters, strict=False)
        elif wanted in ITERABLES:
            yield kind.parameters[0], distinct(self._parts_of(thing, NONE))

    def _given_by(self, function: Thing) -> Iterator[Thing]:
        """What a function gives that is handed to another one."""
        match function:
            case FunctionThing():
                yield from self.returned(function, {})
            case ClassThing():
                yield InstanceThing(function)
            case PartialThing():
                yield from self.called(function, function.call)
            case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in CALLABLES and parameters:
                yield from parameters[-1]
            case _:
                yield UnknownThing("what a function gives that is handed on")


def _instances(classes: Things) -> Iterator[Thing]:
    for thing in classes:
        if isinstance(thing, (ClassThing, ExternalThing)):
            yield InstanceThing(thing)
        else:
            yield UnknownThing("a class that is not known")
