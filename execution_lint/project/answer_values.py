"""What stands under a key of an answer: the values that can be there, with the way that leads to each."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.scopes import ExitKind
from execution_lint.facts.values import (
    NONE,
    Argument,
    Attribute,
    Awaited,
    Call,
    Changed,
    Choice,
    Declared,
    Free,
    Mapping,
    Narrowed,
    Operation,
    Parameter,
    Ref,
)
from execution_lint.project.dict_changes import update_call
from execution_lint.project.inference import Inference
from execution_lint.project.models import Model, Models
from execution_lint.project.response_names import response_kind
from execution_lint.project.shapes import Shapes
from execution_lint.project.strings import strings
from execution_lint.project.subjects import AnswerKind
from execution_lint.project.things import At, ClassThing, ExternalThing, FunctionThing, PartialThing, ValueKey

MAXIMUM_DEPTH = 24
"""Steps from an exit to the value under a key that are followed."""

_DUMPS = frozenset({"model_dump", "dict", "_asdict", "model_copy", "copy", "to_dict", "model_dump_json", "json"})
_HANDED_ON = frozenset({"jsonable_encoder", "deepcopy", "copy", "asdict", "to_builtins", "dumps", "make_response"})
_READERS = frozenset({"model_validate", "parse_obj", "model_construct", "construct"})
_CONTENTS = ("content", "response", "data", "body", "value", "obj")


class Held(msgspec.Struct, frozen=True):
    """A value under a key of an answer."""

    at: At
    way: tuple[At, ...]
    """The values that lead to it, from the exit on, itself included."""


class AnswerValues:
    """Follows an answer to what stands under one of its top-level keys. What is not followed gives nothing."""

    def __init__(self, inference: Inference, shapes: Shapes) -> None:
        self._inference = inference
        self._shapes = shapes
        self._models: Models = shapes.models

    def under(self, at: At, key: str) -> tuple[Held, ...]:
        """The values that can stand under `key` in the answer at `at`."""
        found: dict[ValueKey, Held] = {}
        for held in self._under(at, key, (), frozenset()):
            for source in self._sources(held, frozenset()):
                found.setdefault(source.at.key, source)
        return tuple(found.values())

    def _under(self, at: At, key: str, way: tuple[At, ...], passed: frozenset[ValueKey]) -> Iterator[Held]:
        if at.ref == NONE or len(way) >= MAXIMUM_DEPTH or at.key in passed:
            return
        way, passed = (*way, at), passed | {at.key}
        frame = at.frame
        match self._inference.value(at):
            case Mapping(entries=entries):
                given = [
                    Argument("**", value) if entry == NONE else Argument(self._name(At(frame, entry)), value)
                    for entry, value in entries
                ]
                yield from self._last(at, tuple(given), key, way, passed)
            case Changed(base=base, how=how, key=entry, value=value) as changed:
                named = strings(self._inference, At(frame, entry)) if entry != NONE else None
                if how in ("set", "setdefault") and named is not None and key in named:
                    yield Held(At(frame, value), way)
                    if how == "set":
                        return
                if how == "update":
                    update = update_call(self._inference.scope(frame), changed)
                    inner = update.arguments if update is not None else (Argument("", value),)
                    found = tuple(self._last(at, inner, key, way, passed))
                    yield from found
                    if found:
                        return
                if how in ("delete", "pop") and named is not None and key in named:
                    return
                yield from self._under(At(frame, base), key, way, passed)
            case Choice(alternatives=alternatives):
                for alternative in alternatives:
                    yield from self._under(At(frame, alternative), key, way, passed)
            case Awaited(base=base) | Narrowed(base=base) | Declared(value=base):
                yield from self._under(At(frame, base), key, way, passed)
            case Operation(operator="|", operands=(left, right)):
                found = tuple(self._under(At(frame, right), key, way, passed))
                yield from found or self._under(At(frame, left), key, way, passed)
            case Parameter(name=name) if frame.arguments is not None and name in frame.arguments:
                for argument in frame.arguments[name]:
                    yield from self._under(argument, key, way, passed)
            case Parameter() if frame.spare is not None:
                yield from self._last(At(frame.spare[0], NONE), frame.spare[1], key, way, passed)
            case Free(name=name):
                for site in self._inference.sites(frame, name):
                    yield from self._under(site, key, way, passed)
            case Call() as call:
                yield from self._called(at, call, key, way, passed)
            case _:
                return

    def _name(self, at: At) -> str:
        names = strings(self._inference, at)
        return names[0] if names is not None and len(names) == 1 else "*"

    def _last(
        self, at: At, given: tuple[Argument, ...], key: str, way: tuple[At, ...], passed: frozenset[ValueKey]
    ) -> Iterator[Held]:
        """Of keywords and spread dicts the last that gives the key."""
        for argument in reversed(given):
            value = At(at.frame, argument.value)
            if argument.name == key:
                yield Held(value, way)
                return
            if argument.name in ("**", ""):
                yield from self._under(value, key, way, passed)
                answers = self._shapes.answers(value)
                if answers and all(answer.kind is AnswerKind.OBJECT and key in answer.keys for answer in answers):
                    return

    def _called(self, at: At, call: Call, key: str, way: tuple[At, ...], passed: frozenset[ValueKey]) -> Iterator[Held]:
        frame = at.frame
        function = self._inference.scope(frame).values[call.function]
        method = function.name if isinstance(function, Attribute) else ""
        if method in ("model_copy", "copy") and isinstance(function, Attribute):
            update = next((argument.value for argument in call.arguments if argument.name == "update"), NONE)
            found = tuple(self._under(At(frame, update), key, way, passed))
            yield from found or self._under(At(frame, function.base), key, way, passed)
            return
        for thing in self._inference.things(At(frame, call.function)):
            match thing:
                case FunctionThing():
                    yield from self._returned(thing, at, key, way, passed)
                case PartialThing(function=FunctionThing() as inner, call=made):
                    yield from self._returned(inner, made, key, way, passed)
                case ClassThing() if self._shapes.is_response(thing):
                    yield from self._content(at, call, key, way, passed)
                case ClassThing():
                    yield from self._constructed(at, call, thing, key, way, passed)
                case ExternalThing(name=name):
                    yield from self._external(at, call, name, key, way, passed)
                case _:
                    continue
            if method in _DUMPS and isinstance(function, Attribute) and not isinstance(thing, FunctionThing):
                yield from self._under(At(frame, function.base), key, way, passed)

    def _external(
        self, at: At, call: Call, name: str, key: str, way: tuple[At, ...], passed: frozenset[ValueKey]
    ) -> Iterator[Held]:
        last = name.rpartition(".")[2]
        if name == "builtins.dict" or last == "jsonify":
            yield from self._last(at, call.arguments, key, way, passed)
        elif response_kind(name):
            yield from self._content(at, call, key, way, passed)
        elif last in _HANDED_ON | _READERS and call.arguments:
            yield from self._under(At(at.frame, call.arguments[0].value), key, way, passed)

    def _content(
        self, at: At, call: Call, key: str, way: tuple[At, ...], passed: frozenset[ValueKey]
    ) -> Iterator[Held]:
        named = {argument.name: argument.value for argument in call.arguments}
        first = next((argument.value for argument in call.arguments if argument.name == ""), NONE)
        content = next((named[name] for name in _CONTENTS if name in named), first)
        yield from self._under(At(at.frame, content), key, way, passed)

    def _constructed(
        self, at: At, call: Call, cls: ClassThing, key: str, way: tuple[At, ...], passed: frozenset[ValueKey]
    ) -> Iterator[Held]:
        """The argument for the field that is sent as the key; else what the field's default makes."""
        model = self._models.of(cls)
        if not isinstance(model, Model):
            return
        field = next((field for field in model.fields if field.sent == key), None)
        if field is None:
            return
        names = {field.name, *field.reads}
        positional = [argument.value for argument in call.arguments if argument.name == ""]
        order = self._inference.constructor_fields(cls)
        is_given = False
        if field.name in order and order.index(field.name) < len(positional):
            is_given = True
            yield Held(At(at.frame, positional[order.index(field.name)]), way)
        for argument in call.arguments:
            if argument.name in names:
                is_given = True
                yield Held(At(at.frame, argument.value), way)
            elif argument.name == "**":
                is_given = True
                for name in sorted(names):
                    yield from self._under(At(at.frame, argument.value), name, way, passed)
        found = self._inference.field(cls, field.name) if not is_given else None
        if found is not None and found[1].value != NONE:
            yield Held(At(found[0], found[1].value), way)

    def _returned(
        self, function: FunctionThing, call: At, key: str, way: tuple[At, ...], passed: frozenset[ValueKey]
    ) -> Iterator[Held]:
        frame = self._shapes.frame_of_call(function, call)
        for exit in self._inference.scope(frame).exits:
            if exit.kind is ExitKind.RETURN:
                yield from self._under(At(frame, exit.value), key, way, passed)

    def _sources(self, held: Held, passed: frozenset[ValueKey]) -> Iterator[Held]:
        """What a value comes from: through names, branches, arguments and functions of the project."""
        at, way = held.at, (*held.way, held.at)
        if at.ref == NONE or len(way) >= 2 * MAXIMUM_DEPTH or at.key in passed:
            return
        passed = passed | {at.key}
        frame = at.frame
        inner: tuple[At, ...] = ()
        match self._inference.value(at):
            case Choice(alternatives=alternatives):
                inner = tuple(At(frame, alternative) for alternative in alternatives)
            case Awaited(base=base) | Narrowed(base=base) | Declared(value=base) | Changed(base=base):
                inner = (At(frame, base),)
            case Parameter(name=name) if frame.arguments is not None and name in frame.arguments:
                inner = frame.arguments[name]
            case Free(name=name):
                inner = self._inference.sites(frame, name)
            case Call(function=function):
                inner = tuple(self._results(At(frame, function), at))
            case _:
                pass
        if not inner:
            yield Held(at, way)
        for source in inner:
            yield from self._sources(Held(source, way), passed)

    def _results(self, function: At, call: At) -> Iterator[At]:
        """The exits of the project's function that a call calls."""
        things = self._inference.things(function)
        if len(things) != 1 or not isinstance(things[0], FunctionThing):
            return
        frame = self._shapes.frame_of_call(things[0], call)
        scope = self._inference.scope(frame)
        if not scope.is_generator:
            for exit in scope.exits:
                if exit.kind is ExitKind.RETURN and exit.value != NONE:
                    yield At(frame, exit.value)


def refs_by_scope(way: tuple[At, ...]) -> dict[tuple[str, int, int], set[Ref]]:
    """The values of a way by the scope that they stand in."""
    found: dict[tuple[str, int, int], set[Ref]] = {}
    for at in way:
        found.setdefault((at.frame.path, at.frame.region, at.frame.scope), set()).add(at.ref)
    return found
