"""What a value looks like as a JSON answer: a small abstract interpreter over the symbolic values, through functions
and modules."""

from collections.abc import Hashable, Iterator
from typing import cast

import msgspec

from execution_lint.facts.scopes import ExitKind, ParameterKind, Scope
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Awaited,
    Call,
    Changed,
    Choice,
    Comprehension,
    Constant,
    Declared,
    Formatted,
    Free,
    Mapping,
    Narrowed,
    Operation,
    Parameter,
    Ref,
    Sequence,
    Text,
    Unknown,
)
from execution_lint.project.answers import EMPTY, an_object, is_false, is_null, merged, opened, unknown
from execution_lint.project.calls import is_adapted
from execution_lint.project.fixed_points import FixedPoints
from execution_lint.project.inference import Inference
from execution_lint.project.reachability import Reachability
from execution_lint.project.response_names import response_kind
from execution_lint.project.standard_names import AWAITING, COPIERS, IN_THREADS, PROXIES
from execution_lint.project.strings import listed, status_code
from execution_lint.project.subjects import Answer, AnswerKind
from execution_lint.project.thing_shapes import SCALAR_KINDS, ThingShapes
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    PartialThing,
    Thing,
    UnknownThing,
)

MAXIMUM_CALLS = 4
"""Helpers that call each other whose arguments are followed; deeper ones are looked at without them, whoever calls."""

MAXIMUM_VALUES = 400
"""Values in a helper beyond which it is looked at once, whoever calls, instead of for each call."""

MAXIMUM_STEPS = 1_500
"""Questions that one exit may take: what costs more is not known."""

MAXIMUM_DEPTH = 60
"""Steps into values and helpers that are followed."""

_TRANSPARENT = frozenset({"jsonable_encoder", "deepcopy", "copy", "make_response"})

_DUMPERS = frozenset(
    {"dataclasses.asdict", "attr.asdict", "attrs.asdict", "msgspec.to_builtins", "msgspec.structs.asdict"}
)


class Shapes(ThingShapes):
    """Answers what a value is as JSON: its top-level keys, or that it is none, or why that is not known."""

    def __init__(self, inference: Inference, reachability: Reachability) -> None:
        super().__init__(inference)
        self._reachability = reachability
        self._points = FixedPoints()
        self._depth = 0
        self._steps = 0
        self._handled: list[tuple[Frame, str, Answer]] = []
        """The serializers of models that are looked at, with their handler and what it gives."""

    def answers(self, at: At) -> tuple[Answer, ...]:
        """Every answer that the value may be, as far as they differ."""
        is_shared = at.frame.arguments is None
        if not is_shared and ("shape", at.ref) in at.frame.known:
            return cast(tuple[Answer, ...], at.frame.known["shape", at.ref])
        place: Hashable = at.key if is_shared else (at.frame, at.ref)
        recalled = self._points.recalled(place)
        if recalled is not None:
            return recalled
        self._steps = self._steps + 1 if self._depth else 1
        if self._depth >= MAXIMUM_DEPTH or self._steps > MAXIMUM_STEPS:
            self._points.cut_short()
            return (unknown("it takes too many steps to follow"),)
        self._depth += 1
        try:
            found, holds = self._points.found(place, lambda: merged(self._answers(at)))
        finally:
            self._depth -= 1
        if holds and not is_shared:
            at.frame.known["shape", at.ref] = found
        return found

    def _answers(self, at: At) -> Iterator[Answer]:
        frame = at.frame
        match self._inference.value(at):
            case Mapping(entries=entries):
                is_shared = self._is_changed_inside(at)
                for answer in self._display(frame, entries):
                    yield opened(answer, "a nested function changes it") if is_shared else answer
            case Choice(kind="or", alternatives=alternatives):
                yield from self._first_true(frame, alternatives)
            case Attribute() as attribute:
                yield from self._property(at, attribute)
            case Changed() as changed:
                yield from self._changed(frame, changed)
            case Choice(alternatives=alternatives):
                for alternative in alternatives:
                    yield from self.answers(At(frame, alternative))
            case Awaited(base=base):
                yield from self.answers(At(frame, base))
            case Narrowed(base=base, how=how, kind=kind):
                yield from self._narrowed(at, At(frame, base), how)
            case Declared(value=value, annotation=annotation):
                yield from self._declared(at, At(frame, value), At(frame, annotation))
            case Call() as call:
                yield from self._call(at, call)
            case Sequence(kind=kind):
                yield Answer(
                    AnswerKind.BARE, reason="a list" if kind != "tuple" else "a tuple, which is sent as a list"
                )
            case Comprehension(kind="dict") as comprehension:
                yield from self._comprehended(frame, comprehension)
            case Comprehension(kind="generator"):
                yield Answer(AnswerKind.NOT_JSON, reason="a generator")
            case Comprehension():
                yield Answer(AnswerKind.BARE, reason="a list")
            case Text() | Formatted():
                yield Answer(AnswerKind.BARE, reason="a string")
            case Constant(kind=kind):
                yield Answer(AnswerKind.BARE, reason=SCALAR_KINDS.get(kind, "a scalar"))
            case Operation(operator="|", operands=(left, right)):
                yield from self._united(frame, left, right)
            case Operation(operator="==" | "!=" | "<" | ">" | "<=" | ">=" | "in" | "not in" | "is" | "is not" | "not"):
                yield Answer(AnswerKind.BARE, reason="a boolean")
            case Parameter(name=name) if frame.arguments is not None and name in frame.arguments:
                for given in frame.arguments[name]:
                    yield from self.answers(given)
            case Parameter(name=name) if frame.spare is not None and self._takes_keywords(frame, name):
                answers: tuple[Answer, ...] = (EMPTY,)
                for argument in frame.spare[1]:
                    answers = self._with_argument(frame.spare[0], answers, argument)
                yield from answers
            case Free(name=name):
                yield from self._free(at, name)
            case Unknown(reason=reason):
                yield unknown(reason)
            case _:
                for thing in self._inference.things(at):
                    yield from self.of_thing(thing)

    def _first_true(self, frame: Frame, alternatives: tuple[Ref, ...]) -> Iterator[Answer]:
        """What `a or b` gives: a dict with keys is true, an empty one and null are false."""
        for alternative in alternatives[:-1]:
            answers = self.answers(At(frame, alternative))
            yield from (answer for answer in answers if not is_false(answer))
            if answers and all(answer.kind is AnswerKind.OBJECT and answer.keys for answer in answers):
                return
        yield from self.answers(At(frame, alternatives[-1]))

    def _property(self, at: At, attribute: Attribute) -> Iterator[Answer]:
        """What an attribute holds; a property is called."""
        for base in self._inference.things(At(at.frame, attribute.base)):
            if isinstance(base, InstanceThing) and isinstance(base.of, ClassThing):
                function = self._inference.property_of(base, attribute.name)
                if function is not None:
                    yield from self.returned(function, at)
                    continue
            for thing in self._inference.attribute(base, attribute.name):
                yield from self.of_thing(thing)

    def _narrowed(self, at: At, base: At, how: str) -> Iterator[Answer]:
        """A value behind a test: null and empty alternatives may be out of the question."""
        match how:
            case "some":
                yield from (answer for answer in self.answers(base) if not is_null(answer))
            case "true":
                yield from (answer for answer in self.answers(base) if not is_false(answer))
            case "none":
                yield Answer(AnswerKind.BARE, reason="null")
            case "instance":
                made = tuple(self._made_responses(at, base))
                answers = made or self.answers(base)
                if all(answer.kind is AnswerKind.UNKNOWN for answer in answers):
                    for thing in self._inference.things(at):
                        yield from self.of_thing(thing)
                else:
                    yield from (answer for answer in answers if not is_null(answer))
            case _:
                yield from self.answers(base)

    def _made_responses(self, at: At, base: At) -> Iterator[Answer]:
        """What is left of a function's answers behind a test for a response: those of the returns that give one."""
        types = self._inference.things(at)
        if not types or not all(self.is_response(thing) for thing in types):
            return
        value = self._inference.value(base)
        if isinstance(value, Awaited):
            base = At(base.frame, value.base)
            value = self._inference.value(base)
        for thing in self._inference.things(At(base.frame, value.function)) if isinstance(value, Call) else ():
            if isinstance(thing, FunctionThing):
                definition = thing.definition
                frame = Frame(definition.path, definition.region, definition.scope)
                for exit in self._inference.scope(definition).exits:
                    if exit.kind is ExitKind.RETURN and exit.value != NONE:
                        returned = At(frame, exit.value)
                        if any(self.is_response(given) for given in self._inference.things(returned)):
                            yield from self.answers(returned)

    def _declared(self, at: At, value: At, annotation: At) -> Iterator[Answer]:
        """An annotated local: what it is given tells more than its annotation, if it is known."""
        answers = self.answers(value)
        if any(answer.kind is AnswerKind.UNKNOWN for answer in answers):
            for thing in self._inference.things(at):
                yield from self.of_thing(thing)
        else:
            yield from self._completed(answers, annotation)

    def _completed(self, answers: tuple[Answer, ...], annotation: At) -> Iterator[Answer]:
        """Answers of which some are not known, with those that their annotation promises in the place of these."""
        if not any(_is_vague(answer) for answer in answers):
            yield from answers
            return
        promised = tuple(answer for thing in self._inference.types(annotation) for answer in self.of_thing(thing))
        if not promised or any(_is_vague(answer) for answer in promised):
            yield from answers
            return
        yield from (answer for answer in answers if not _is_vague(answer))
        yield from promised

    def _takes_keywords(self, frame: Frame, name: str) -> bool:
        parameters = self._inference.scope(frame).parameters
        return any(parameter.name == name and parameter.kind is ParameterKind.KEYWORDS for parameter in parameters)

    def _free(self, at: At, name: str) -> Iterator[Answer]:
        sites = self._inference.sites(at.frame, name)
        mutable = [site for site in sites if isinstance(self._inference.value(site), (Mapping, Changed, Comprehension))]
        if mutable:
            yield Answer(
                AnswerKind.OBJECT, is_open=True, reason=f"`{name}` is a dict of the module, which other code may change"
            )
            return
        for thing in self._inference.things(at):
            yield from self.of_thing(thing)

    def serialized(self, method: Frame, fields: Answer) -> Iterator[Answer]:
        """What a method makes of an object whose fields would be sent as `fields`.

        The second parameter of a method that wraps is the handler: called, it gives these fields.
        """
        parameters = self._inference.scope(method).parameters
        handler = parameters[1].name if len(parameters) > 1 else ""
        frame = msgspec.structs.replace(method, arguments={}, known={})
        self._handled.append((frame, handler, fields))
        try:
            yield from tuple(self._exits(self._inference.scope(method), frame))
        finally:
            self._handled.pop()

    def _handler(self, frame: Frame, ref: Ref) -> tuple[Answer, ...]:
        """What the handler of a serializer gives, where the value is one; nothing else."""
        function = self._inference.scope(frame).values[ref]
        for method, name, fields in self._handled:
            if method is frame and isinstance(function, Parameter) and function.name == name:
                return (fields,)
        return ()

    def _call(self, at: At, call: Call) -> Iterator[Answer]:
        fields = self._handler(at.frame, call.function)
        if fields:
            yield from fields
            return
        dumped = self._dumped(at.frame, call)
        if dumped is not None:
            yield from dumped
            return
        for thing in self._inference.things(At(at.frame, call.function)):
            yield from self._called(at, call, thing)

    def _called(self, at: At, call: Call, thing: Thing) -> Iterator[Answer]:
        match thing:
            case ExternalThing():
                yield from self._external(at, call, thing)
            case FunctionThing():
                yield from self.returned(thing, at)
            case PartialThing(function=FunctionThing() as function, call=made):
                yield from self.returned(function, made, 1)
            case ClassThing() if self._inference.is_typed_dict(thing) and call.arguments:
                yield from self._made_dict(at.frame, call)
            case ClassThing() if self._response_base(thing):
                yield from self._response(
                    at.frame,
                    call,
                    self._response_base(thing),
                    is_own=not self.renders_content(thing),
                )
            case _:
                for result in self._inference.called(thing, at):
                    yield from self.of_thing(result)

    def returned(self, function: FunctionThing, call: At, skipped: int = 0) -> Iterator[Answer]:
        """What a function of the project gives for this call, whose first arguments, `skipped` of them, are not for
        it."""
        scope = self._inference.scope(function.definition)
        if scope.is_generator:
            yield Answer(AnswerKind.NOT_JSON, reason="a generator")
            return
        frame = self.frame_of_call(function, call, skipped)
        answers = tuple(self._exits(scope, frame))
        yield from self._completed(answers, At(frame, scope.returns)) if scope.returns != NONE else answers

    def _exits(self, scope: Scope, frame: Frame) -> Iterator[Answer]:
        """What the exits of a function give."""
        found = False
        for exit in scope.exits:
            if exit.kind is ExitKind.RETURN and self._reachability.is_reachable(frame, exit.flow):
                found = True
                if exit.value == NONE:
                    yield Answer(AnswerKind.BARE, reason="null")
                else:
                    yield from self.answers(At(frame, exit.value))
            elif exit.kind is ExitKind.FALL and self._reachability.is_reachable(frame, exit.flow):
                found = True
                if not self._reachability.is_abstract(frame.definition):
                    yield Answer(AnswerKind.BARE, reason="null")
                else:
                    yield unknown(f"`{scope.qualname}` is abstract")
        if not found and self._reachability.is_abstract(frame.definition):
            yield unknown(f"`{scope.qualname}` is abstract")
        elif not found:
            yield Answer(AnswerKind.NOT_JSON, reason="it never returns")

    def frame_of_call(self, function: FunctionThing, call: At, skipped: int = 0) -> Frame:
        """The scope of a function as this call sees it; as any call does, where it is too deep or too large, or where
        the function calls itself: what each round hands on would be told apart, and say no more."""
        definition = function.definition
        scope = self._inference.scope(definition)
        callers = (*call.frame.callers, call.frame.definition)
        if call.frame.calls >= MAXIMUM_CALLS or len(scope.values) > MAXIMUM_VALUES or definition in callers:
            return Frame(definition.path, definition.region, definition.scope)
        return Frame(
            definition.path,
            definition.region,
            definition.scope,
            self._inference.arguments(function, call, skipped),
            self._inference.spare_keywords(function, call),
            call.frame.calls + 1,
            callers,
            self._inference.heir(function),
        )

    def _made_dict(self, frame: Frame, call: Call) -> Iterator[Answer]:
        """What `dict(...)` or the call of a `TypedDict` makes of its arguments."""
        answers: tuple[Answer, ...] = (EMPTY,)
        for argument in call.arguments:
            answers = self._with_argument(frame, answers, argument)
        yield from answers

    def _external(self, at: At, call: Call, thing: ExternalThing) -> Iterator[Answer]:
        last = thing.name.rpartition(".")[2]
        frame = at.frame
        positional = [argument for argument in call.arguments if argument.name == ""]
        if thing.name == "builtins.dict":
            yield from self._made_dict(frame, call)
        elif thing.name == "builtins.dict.fromkeys" and positional:
            names = listed(self._inference, At(frame, positional[0].value))
            yield an_object(names or (), is_open=names is None, reason="computed keys" if names is None else "")
        elif thing.name in _DUMPERS and positional:
            yield from self.answers(At(frame, positional[0].value))
        elif last == "jsonify":
            yield from self._jsonify(frame, call)
        elif response_kind(thing.name):
            yield from self._response(frame, call, response_kind(thing.name), is_own=False)
        elif thing.name in AWAITING | COPIERS and positional:
            yield from self.answers(At(frame, positional[0].value))
        elif (thing.name in IN_THREADS or last == "run_in_executor") and positional:
            yield from self._in_thread(at, call, last == "run_in_executor")
        elif isinstance(thing.receiver, InstanceThing) and _is_proxy(thing.receiver, thing.name):
            for owner in thing.receiver.parameters[0]:
                for method in self._inference.attribute(owner, last):
                    yield from self._called(at, call, method)
        elif is_adapted(thing) and positional:
            made = tuple(found for made in self._inference.called(thing, at) for found in self.of_thing(made))
            given = self.answers(At(frame, positional[0].value)) if all(map(_is_any_object, made)) else ()
            yield from given if given and all(answer.kind is AnswerKind.OBJECT for answer in given) else made
        elif last in _TRANSPARENT and positional:
            code = (
                status_code(self._inference, At(frame, positional[1].value))
                if last == "make_response" and len(positional) > 1
                else 200
            )
            for answer in self.answers(At(frame, positional[0].value)):
                is_error = answer.is_error or code is None or code >= 400
                yield msgspec.structs.replace(answer, is_error=is_error)
        else:
            for result in self._inference.called(thing, at):
                yield from self.of_thing(result)

    def _in_thread(self, at: At, call: Call, is_executor: bool) -> Iterator[Answer]:
        """What a function gives that another thread calls for this call."""
        first = 1 if is_executor else 0
        if len(call.arguments) <= first or call.arguments[first].name:
            yield unknown("a function that is not known, in another thread")
            return
        for thing in self._inference.things(At(at.frame, call.arguments[first].value)):
            match thing:
                case FunctionThing():
                    yield from self.returned(thing, at, first + 1)
                case PartialThing(function=FunctionThing() as function, call=made):
                    yield from self.returned(function, made, 1)
                case UnknownThing(reason=reason):
                    yield unknown(reason)
                case _:
                    yield unknown("a function from outside the project, in another thread")


def _is_proxy(receiver: InstanceThing, name: str) -> bool:
    """Whether the object that a method `name` is taken from stands for another one."""
    of = receiver.of.name if isinstance(receiver.of, ExternalThing) else ""
    return of in PROXIES and bool(receiver.parameters) and name.rpartition(".")[0] == of


def _is_any_object(answer: Answer) -> bool:
    return answer.kind is AnswerKind.OBJECT and answer.is_open and not answer.keys


def _is_vague(answer: Answer) -> bool:
    return answer.kind is AnswerKind.UNKNOWN or answer.is_open
