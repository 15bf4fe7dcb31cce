"""What an expression stands for: names through imports, attributes through classes, calls through what functions
return."""

from collections.abc import Iterator
from typing import cast

from execution_lint.facts.scopes import ParameterFact, ParameterKind
from execution_lint.facts.values import (
    NONE,
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
)
from execution_lint.project.annotations import Annotations
from execution_lint.project.modules import Modules
from execution_lint.project.parts import awaited
from execution_lint.project.questions import SETTLED, TOO_DEEP
from execution_lint.project.standard_names import ITERABLES, MAPPINGS, TUPLES
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    ExternalThing,
    Frame,
    InstanceThing,
    TextThing,
    Thing,
    Things,
    UnknownThing,
    ValueKey,
    declared,
    distinct,
)

MAXIMUM_DEPTH = 40
"""Steps from a question to its answer beyond which it is not known: bounds time and the stack, the same on every
path."""


_SAME_FOR_ALL_CALLS = frozenset({Text, Constant, Free, Imported, Nested})
"""What stands for the same whoever calls its scope: parameters are no free names."""


class Inference(Annotations):
    """
    Answers what a value stands for. Every step is resolved or the answer is an `UnknownThing` that says why.

    Each layer below answers one kind of question and asks the layers above through its abstract methods.
    """

    def __init__(self, modules: Modules) -> None:
        super().__init__(modules)
        self._known: dict[ValueKey, Things] = {}
        self._types: dict[ValueKey, Things] = {}

    def things(self, at: At) -> Things:
        """What the value may be. Empty only within a cycle."""
        return self._ask("value", at, self._known)

    def types(self, at: At) -> Things:
        """What an object annotated with the value may be: instances for the classes it names."""
        return self._ask("type", at, self._types)

    def _ask(self, question: str, at: At, known: dict[ValueKey, Things]) -> Things:
        is_shared = at.frame.arguments is None
        if not is_shared and type(self.value(at)) in _SAME_FOR_ALL_CALLS:
            at = At(Frame(at.frame.path, at.frame.region, at.frame.scope), at.ref)
            is_shared = True
        key = at.key
        if is_shared and key in known:
            return known[key]
        if not is_shared and (question, at.ref) in at.frame.known:
            return cast(Things, at.frame.known[question, at.ref])
        asked = (question, key)
        questions = self._questions
        if questions.is_open(asked):
            return ()
        place = asked if is_shared else (question, at.frame, at.ref)
        pending = questions.pending(place)
        if pending is not None:
            return pending
        if questions.depth >= MAXIMUM_DEPTH:
            questions.lowest = TOO_DEEP
            return (UnknownThing("it takes too many steps to follow"),)
        outer = questions.open(asked)
        try:
            found = distinct(self._value_things(at) if question == "value" else self._type_things(at))
        finally:
            lowest = questions.close(asked, outer)
        if lowest != SETTLED:
            questions.hold(place, found, lowest)
        elif is_shared:
            known[key] = found
        else:
            at.frame.known[question, at.ref] = found
        return found

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
                for thing in self._owners(self.things(At(frame, base))):
                    yield from self.attribute(thing, name)
            case Call() as call:
                for thing in self.things(At(frame, call.function)):
                    yield from self.called(thing, at)
            case Awaited(base=base):
                for thing in self.things(At(frame, base)):
                    yield from awaited(thing)
            case Choice(alternatives=alternatives):
                for alternative in alternatives:
                    yield from self.things(At(frame, alternative))
            case Changed(base=base):
                yield from self.things(At(frame, base))
            case Item(base=base, index=index):
                yield from self._item(At(frame, base), At(frame, index))
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
            case Comprehension(kind=kind, element=element, key=key):
                parameters: tuple[Things, ...] = (self.things(At(frame, element)),)
                if kind == "dict":
                    parameters = (self.things(At(frame, key)), *parameters) if element != NONE else ()
                name = "typing.Generator" if kind == "generator" else f"builtins.{kind}"
                yield InstanceThing(ExternalThing(name), parameters, at.key)
            case Formatted():
                yield InstanceThing(ExternalThing("builtins.str"))
            case Operation(operator="+" | "|", operands=operands):
                yield from self._joined(frame, operands)
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

    def _joined(self, frame: Frame, operands: tuple[Ref, ...]) -> Iterator[Thing]:
        """Two containers in one; what any other operands make is not known."""
        things = [thing for operand in operands for thing in self.things(At(frame, operand))]
        are_containers = all(
            isinstance(thing, InstanceThing)
            and isinstance(thing.of, ExternalThing)
            and bool(thing.parameters)
            and thing.of.name in (ITERABLES | MAPPINGS) - TUPLES
            for thing in things
        )
        yield from things if things and are_containers else (_operated("+"),)

    def _owners(self, things: Things) -> Things:
        """What an attribute is taken from: None has none, so that where there is one, it is not of None."""
        return (
            tuple(thing for thing in things if not (isinstance(thing, ConstantThing) and thing.kind == "None"))
            or things
        )

    def _narrowed(self, base: At, how: str, kind: At) -> Iterator[Thing]:
        """A value behind a test."""
        things = self.things(base)
        match how:
            case "some" | "true":
                yield from (
                    thing for thing in things if not (isinstance(thing, ConstantThing) and thing.kind == "None")
                )
            case "none":
                yield ConstantThing("None", "None")
            case "instance":
                kinds = tuple(
                    InstanceThing(thing)
                    for thing in self._kinds(kind)
                    if isinstance(thing, (ClassThing, ExternalThing))
                )
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
        yield from self.things(value) if self.says_nothing(types) else declared(types, self.things(value))

    def _parameter(self, frame: Frame, name: str) -> Iterator[Thing]:
        if frame.arguments is not None and name in frame.arguments:
            things = distinct(thing for given in frame.arguments[name] for thing in self.things(given))
            if not things or not all(isinstance(thing, UnknownThing) for thing in things):
                yield from things
                return
        scope = self.followed(frame)
        parameter = next((found for found in scope.parameters if found.name == name), None)
        if parameter is None:
            yield UnknownThing(f"parameter `{name}`")
            return
        owner = self.owner(frame.definition)
        if (
            owner is not None
            and scope.parameters
            and scope.parameters[0] is parameter
            and not self.is_static(frame.definition)
        ):
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
        provided = tuple(self.provided(At(frame, parameter.default))) if parameter.default != NONE else ()
        if provided:
            yield from provided
            return
        if parameter.default != NONE:
            yield from self.things(At(frame, parameter.default))
        handed = tuple(self._lambda_argument(frame, self.followed(frame).parameters.index(parameter)))
        if handed:
            yield from handed
            return
        yield UnknownThing(f"parameter `{parameter.name}` has no annotation")


def _operated(operator: str) -> Thing:
    if operator in ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not", "not"):
        return InstanceThing(ExternalThing("builtins.bool"))
    return UnknownThing("the result of an operator")
