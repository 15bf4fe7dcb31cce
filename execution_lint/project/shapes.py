"""What a value looks like as a JSON answer: a small abstract interpreter over the symbolic values, through functions and modules."""

from collections.abc import Iterator
from itertools import product
from typing import cast

from execution_lint.facts.scopes import ExitKind, ParameterKind, Scope, TargetKind
from execution_lint.facts.values import (
    NONE,
    After,
    Argument,
    Assigned,
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
    Spread,
    Text,
    Unknown,
)
from execution_lint.project.inference import Inference
from execution_lint.project.strings import listed, status_code, strings
from execution_lint.project.subjects import Answer, AnswerKind
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    PartialThing,
    TextThing,
    Thing,
    UnknownThing,
    ValueKey,
)

MAXIMUM_ANSWERS = 8
"""Answers that one exit may give before they are merged into what they have in common."""

MAXIMUM_CALLS = 4
"""Helpers that call each other whose arguments are followed; deeper ones are looked at without them, whoever calls."""

MAXIMUM_ROUNDS = 4
"""Rounds in which a value that depends on itself must settle before it is widened."""

MAXIMUM_VALUES = 400
"""Values in a helper beyond which it is looked at once, whoever calls, instead of for each call."""

MAXIMUM_STEPS = 1_500
"""Questions that one exit may take: what costs more is not known."""

MAXIMUM_DEPTH = 60
"""Steps into values and helpers that are followed."""

_MODELS = frozenset({"BaseModel", "SQLModel", "TypedDict", "Struct", "GenericModel", "BaseSettings"})
_DATACLASSES = frozenset(
    {"dataclasses.dataclass", "pydantic.dataclasses.dataclass", "attr.s", "attr.attrs", "attr.define", "attr.frozen", "attrs.define",
     "attrs.frozen", "attrs.mutable", "attr.dataclass"}
)  # fmt: skip
_JSON_RESPONSES = frozenset({"JSONResponse", "ORJSONResponse", "UJSONResponse"})
_OTHER_RESPONSES = {
    "HTMLResponse": "HTML",
    "PlainTextResponse": "plain text",
    "RedirectResponse": "a redirect",
    "StreamingResponse": "a stream",
    "FileResponse": "a file",
    "EventSourceResponse": "a stream of events",
    "TemplateResponse": "HTML",
    "redirect": "a redirect",
    "send_file": "a file",
    "send_from_directory": "a file",
    "render_template": "HTML",
    "render_template_string": "HTML",
    "stream_with_context": "a stream",
}
_TRANSPARENT = frozenset({"jsonable_encoder", "deepcopy", "copy", "make_response"})
_DUMPS = frozenset({"model_dump", "dict", "_asdict", "model_dump_json"})
_DUMPERS = frozenset({"dataclasses.asdict", "attr.asdict", "attrs.asdict", "msgspec.to_builtins", "msgspec.structs.asdict"})
_HARMLESS = frozenset(
    {"info", "debug", "warning", "error", "exception", "log", "dumps", "append", "print", "str", "len", "isinstance", "repr", "list", "sorted",
     "keys", "items", "values", "get", "dict", "JSONResponse", "jsonify", "bool", "type", "id", "write", "send", "put", "add", "publish", "emit"}
)  # fmt: skip
_SCALARS = {
    "builtins.str": "a string",
    "builtins.int": "a number",
    "builtins.float": "a number",
    "builtins.bool": "a boolean",
    "builtins.bytes": "bytes",
    "builtins.list": "a list",
    "builtins.tuple": "a list",
    "builtins.set": "a list",
    "builtins.frozenset": "a list",
    "typing.List": "a list",
    "typing.Sequence": "a list",
    "collections.abc.Sequence": "a list",
    "typing.Iterable": "a list",
    "typing.Tuple": "a list",
    "datetime.datetime": "a string",
    "uuid.UUID": "a string",
}
_DICTS = frozenset({"builtins.dict", "typing.Dict", "typing.Mapping", "collections.abc.Mapping", "collections.OrderedDict", "typing.MutableMapping"})

EMPTY = Answer(AnswerKind.OBJECT)


def unknown(reason: str) -> Answer:
    """An answer that is not known."""
    return Answer(AnswerKind.UNKNOWN, reason=reason)


class Shapes:
    """Answers what a value is as JSON: its top-level keys, or that it is none, or why that is not known."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._known: dict[ValueKey, tuple[Answer, ...]] = {}
        self._active: set[ValueKey] = set()
        self._depth = 0
        self._steps = 0
        self._models: dict[tuple[ClassThing, bool], Answer | None] = {}
        self._raising: dict[ValueKey, bool] = {}
        self._assumed: dict[ValueKey, tuple[Answer, ...]] = {}
        """What is assumed so far of a value that depends on itself."""
        self._assuming: set[ValueKey] = set()
        """The assumptions that the present answer rests on: such answers are not kept, so that their order is of no matter."""
        self._limited = False
        """Whether the present answer was cut short; it is not kept either."""
        self._changed_inside: dict[ValueKey, frozenset[str]] = {}

    def answers(self, at: At) -> tuple[Answer, ...]:
        """Every answer that the value may be, as far as they differ."""
        key = at.key
        is_shared = at.frame.arguments is None
        if is_shared and key in self._known:
            return self._known[key]
        if not is_shared and ("shape", at.ref) in at.frame.known:
            return cast(tuple[Answer, ...], at.frame.known["shape", at.ref])
        if key in self._active:
            self._assuming.add(key)
            return self._assumed.get(key, ())
        self._steps = self._steps + 1 if self._depth else 1
        if self._depth >= MAXIMUM_DEPTH or self._steps > MAXIMUM_STEPS:
            self._limited = True
            return (unknown("it takes too many steps to follow"),)
        outer_assuming, self._assuming = self._assuming, set()
        outer_limited, self._limited = self._limited, False
        self._active.add(key)
        self._depth += 1
        try:
            found = self._settled(at, key)
        finally:
            self._depth -= 1
            self._active.discard(key)
            self._assumed.pop(key, None)
        self._assuming.discard(key)
        if not self._assuming and not self._limited:
            if is_shared:
                self._known[key] = found
            else:
                at.frame.known["shape", at.ref] = found
        self._assuming |= outer_assuming
        self._limited |= outer_limited
        return found

    def _settled(self, at: At, key: ValueKey) -> tuple[Answer, ...]:
        """The least fixed point of a value that depends on itself (a loop, a recursion), widened where it does not settle soon.

        See Cousot and Cousot, "Abstract interpretation" (POPL 1977).
        """
        found: tuple[Answer, ...] = ()
        for _ in range(MAXIMUM_ROUNDS):
            found = _merged(self._answers(at))
            if key not in self._assuming:
                return found
            if found == self._assumed.get(key, ()):
                break
            self._assumed[key] = found
        return _widened(found) if sum(answer.kind is AnswerKind.OBJECT for answer in found) > 1 else found

    def _answers(self, at: At) -> Iterator[Answer]:
        frame = at.frame
        match self._inference.value(at):
            case Mapping(entries=entries):
                is_shared = self._is_changed_inside(at)
                for answer in self._display(frame, entries):
                    yield _opened(answer, "a nested function changes it") if is_shared else answer
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
            case Declared(value=value):
                yield from self._declared(at, At(frame, value))
            case Call() as call:
                yield from self._call(at, call)
            case Sequence(kind=kind):
                yield Answer(AnswerKind.BARE, reason="a list" if kind != "tuple" else "a tuple, which is sent as a list")
            case Comprehension(kind="dict"):
                yield Answer(AnswerKind.OBJECT, is_open=True)
            case Comprehension(kind="generator"):
                yield Answer(AnswerKind.NOT_JSON, reason="a generator")
            case Comprehension():
                yield Answer(AnswerKind.BARE, reason="a list")
            case Text() | Formatted():
                yield Answer(AnswerKind.BARE, reason="a string")
            case Constant(kind=kind):
                yield Answer(AnswerKind.BARE, reason=_CONSTANTS.get(kind, "a scalar"))
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
            yield from (answer for answer in answers if not _is_false(answer))
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

    def _is_changed_inside(self, at: At) -> bool:
        """Whether a function nested in the scope changes the dict that a name of the scope stands for."""
        key = ValueKey(at.frame.path, at.frame.region, at.frame.scope, NONE)
        scope = self._inference.scope(at.frame)
        if key not in self._changed_inside:
            facts = self._inference.module(at.frame.path).facts(at.frame.region)
            inner = [other for other in facts.scopes if other.parent != NONE] if facts is not None else []
            self._changed_inside[key] = frozenset(name for other in inner if other is not scope for name in _changed_names(other))
        names = self._changed_inside[key]
        return bool(names) and any(value == at.ref and name in names for name, value in scope.bindings)

    def _narrowed(self, at: At, base: At, how: str) -> Iterator[Answer]:
        """A value behind a test: null and empty alternatives may be out of the question."""
        match how:
            case "some":
                yield from (answer for answer in self.answers(base) if not _is_null(answer))
            case "true":
                yield from (answer for answer in self.answers(base) if not _is_false(answer))
            case "none":
                yield Answer(AnswerKind.BARE, reason="null")
            case "instance":
                answers = self.answers(base)
                if all(answer.kind is AnswerKind.UNKNOWN for answer in answers):
                    for thing in self._inference.things(at):
                        yield from self.of_thing(thing)
                else:
                    yield from (answer for answer in answers if not _is_null(answer))
            case _:
                yield from self.answers(base)

    def _declared(self, at: At, value: At) -> Iterator[Answer]:
        """An annotated local: what it is given tells more than its annotation, if it is known."""
        answers = self.answers(value)
        if any(answer.kind is AnswerKind.UNKNOWN for answer in answers):
            for thing in self._inference.things(at):
                yield from self.of_thing(thing)
        else:
            yield from answers

    def _takes_keywords(self, frame: Frame, name: str) -> bool:
        parameters = self._inference.scope(frame).parameters
        return any(parameter.name == name and parameter.kind is ParameterKind.KEYWORDS for parameter in parameters)

    def _free(self, at: At, name: str) -> Iterator[Answer]:
        sites = self._inference.sites(at.frame, name)
        mutable = [site for site in sites if isinstance(self._inference.value(site), (Mapping, Changed, Comprehension))]
        if mutable:
            yield Answer(AnswerKind.OBJECT, is_open=True, reason=f"`{name}` is a dict of the module, which other code may change")
            return
        for thing in self._inference.things(at):
            yield from self.of_thing(thing)

    def _display(self, frame: Frame, entries: tuple[tuple[Ref, Ref], ...]) -> Iterator[Answer]:
        answers: tuple[Answer, ...] = (EMPTY,)
        for key, value in entries:
            if key == NONE:
                answers = _crossed(answers, self.answers(At(frame, value)))
            else:
                answers = tuple(self._with_key(answer, At(frame, key)) for answer in answers)
        yield from answers

    def _with_key(self, answer: Answer, key: At) -> Answer:
        names = strings(self._inference, key)
        if names is None or len(names) != 1:
            return Answer(AnswerKind.OBJECT, answer.keys, True, "a key that is not known")
        return Answer(AnswerKind.OBJECT, answer.keys | {names[0]}, answer.is_open, answer.reason)

    def _changed(self, frame: Frame, changed: Changed) -> Iterator[Answer]:
        for answer in self.answers(At(frame, changed.base)):
            if answer.kind is not AnswerKind.OBJECT:
                yield answer
                continue
            yield from self._after_change(frame, answer, changed)

    def _after_change(self, frame: Frame, answer: Answer, changed: Changed) -> Iterator[Answer]:
        match changed.how:
            case "set" | "setdefault":
                yield self._with_key(answer, At(frame, changed.key)) if changed.key != NONE else _opened(answer)
            case "delete" | "pop":
                names = strings(self._inference, At(frame, changed.key)) if changed.key != NONE else None
                if names is None:
                    yield Answer(AnswerKind.OBJECT, frozenset(), True, "a key that is not known is removed")
                else:
                    yield Answer(AnswerKind.OBJECT, answer.keys - set(names), answer.is_open, answer.reason)
            case "clear":
                yield EMPTY
            case "update":
                yield from self._updated(frame, answer, changed.value)
            case "passed":
                yield _opened(answer, "it is handed to a function that may add keys") if self._may_change(frame, changed) else answer
            case _:
                yield answer

    def _updated(self, frame: Frame, answer: Answer, ref: Ref) -> Iterator[Answer]:
        call = self._inference.scope(frame).values[ref]
        if not isinstance(call, Call):
            yield from _crossed((answer,), self.answers(At(frame, ref)))
            return
        answers: tuple[Answer, ...] = (answer,)
        for argument in call.arguments:
            answers = self._with_argument(frame, answers, argument)
        yield from answers

    def _with_argument(self, frame: Frame, answers: tuple[Answer, ...], argument: Argument) -> tuple[Answer, ...]:
        """What `dict(...)` or `.update(...)` makes of an argument."""
        match argument.name:
            case "" | "**":
                return _crossed(answers, self.answers(At(frame, argument.value)))
            case "*":
                return tuple(_opened(answer) for answer in answers)
            case name:
                return tuple(Answer(AnswerKind.OBJECT, answer.keys | {name}, answer.is_open, answer.reason) for answer in answers)

    def _may_change(self, frame: Frame, changed: Changed) -> bool:
        """Whether the call that a dict is handed to may add or remove keys."""
        scope = self._inference.scope(frame)
        call = scope.values[changed.value]
        if not isinstance(call, Call):
            return True
        function = scope.values[call.function]
        if isinstance(function, (Attribute, Free)) and function.name in _HARMLESS:
            return False
        for thing in self._inference.things(At(frame, call.function)):
            match thing:
                case FunctionThing():
                    given = self._inference.arguments(thing, At(frame, changed.value))
                    names = {name for name, values in given.items() if any(value.ref == changed.base for value in values)}
                    if not names or self._changes_parameter(thing, names):
                        return True
                case ExternalThing() | ClassThing():
                    continue
                case _:
                    return True
        return False

    def _changes_parameter(self, function: FunctionThing, names: set[str]) -> bool:
        scope = self._inference.scope(function.definition)
        for value in scope.values:
            match value:
                case Changed(base=base):
                    found = scope.values[base]
                    if isinstance(found, Parameter) and found.name in names:
                        return True
                case Call(arguments=arguments, function=callee):
                    called = scope.values[callee]
                    if isinstance(called, (Attribute, Free)) and called.name in _HARMLESS:
                        continue
                    for argument in arguments:
                        found = scope.values[argument.value]
                        if isinstance(found, Parameter) and found.name in names:
                            return True
                case _:
                    continue
        return False

    def _united(self, frame: Frame, left: Ref, right: Ref) -> Iterator[Answer]:
        lefts = self.answers(At(frame, left))
        if not any(answer.kind is AnswerKind.OBJECT for answer in lefts):
            yield unknown("the result of `|`")
            return
        yield from _crossed(lefts, self.answers(At(frame, right)))

    # Calls

    def _call(self, at: At, call: Call) -> Iterator[Answer]:
        dumped = self._dumped(at.frame, call)
        if dumped is not None:
            yield from dumped
            return
        for thing in self._inference.things(At(at.frame, call.function)):
            yield from self._called(at, call, thing)

    def _dumped(self, frame: Frame, call: Call) -> tuple[Answer, ...] | None:
        """`model.model_dump()` and the like: the fields of the model."""
        function = self._inference.scope(frame).values[call.function]
        if isinstance(function, Attribute) and function.name == "copy" and not call.arguments:
            copied = self.answers(At(frame, function.base))
            return copied if any(answer.kind is AnswerKind.OBJECT for answer in copied) else None
        if not isinstance(function, Attribute) or function.name not in _DUMPS:
            return None
        found: list[Answer] = []
        for thing in self._inference.things(At(frame, function.base)):
            if not isinstance(thing, InstanceThing) or not isinstance(thing.of, ClassThing):
                return None
            if self._inference.class_sites(thing.of, function.name):
                return None
            answer = self.model(thing.of, by_alias=any(argument.name == "by_alias" for argument in call.arguments))
            if answer is None:
                return None
            found.append(self._left_out(frame, call, thing.of, answer) if answer.kind is AnswerKind.OBJECT else answer)
        return tuple(found) or None

    def _left_out(self, frame: Frame, call: Call, cls: ClassThing, answer: Answer) -> Answer:
        """The fields of a dump, less those that its arguments leave out."""
        keys, is_open, reason = answer.keys, answer.is_open, answer.reason
        for argument in call.arguments:
            match argument.name:
                case "exclude" | "include":
                    names = listed(self._inference, At(frame, argument.value))
                    if names is None:
                        keys, is_open, reason = frozenset(), True, "fields may be left out of the dump"
                    else:
                        keys = keys - set(names) if argument.name == "exclude" else keys & set(names)
                case "exclude_none" | "exclude_unset" | "exclude_defaults":
                    keys, is_open, reason = keys & self._certain(cls), True, "fields may be left out of the dump"
                case "*" | "**":
                    keys, is_open, reason = frozenset(), True, "fields may be left out of the dump"
                case _:
                    continue
        return Answer(AnswerKind.OBJECT, keys, is_open, reason)

    def _called(self, at: At, call: Call, thing: Thing) -> Iterator[Answer]:
        match thing:
            case ExternalThing():
                yield from self._external(at, call, thing)
            case FunctionThing():
                yield from self.returned(thing, at)
            case PartialThing(function=FunctionThing() as function, call=made):
                yield from self.returned(function, made)
            case ClassThing() if self._response_base(thing):
                yield from self._response(at.frame, call, self._response_base(thing), is_own=bool(self._inference.class_sites(thing, "render")))
            case _:
                for result in self._inference.called(thing, at):
                    yield from self.of_thing(result)

    def returned(self, function: FunctionThing, call: At) -> Iterator[Answer]:
        """What a function of the project gives for this call."""
        scope = self._inference.scope(function.definition)
        if scope.is_generator:
            yield Answer(AnswerKind.NOT_JSON, reason="a generator")
            return
        definition = function.definition
        frame = Frame(definition.path, definition.region, definition.scope)
        if call.frame.calls < MAXIMUM_CALLS and len(scope.values) <= MAXIMUM_VALUES:
            frame = Frame(
                definition.path,
                definition.region,
                definition.scope,
                self._inference.arguments(function, call),
                self._inference.spare_keywords(function, call),
                call.frame.calls + 1,
                self._inference.heir(function),
            )
        found = False
        for exit in scope.exits:
            if exit.kind is ExitKind.RETURN and self.is_reachable(frame, exit.flow):
                found = True
                if exit.value == NONE:
                    yield Answer(AnswerKind.BARE, reason="null")
                else:
                    yield from self.answers(At(frame, exit.value))
            elif exit.kind is ExitKind.FALL and self.is_reachable(frame, exit.flow):
                found = True
                if not self._is_abstract(frame):
                    yield Answer(AnswerKind.BARE, reason="null")
                else:
                    yield unknown(f"`{scope.qualname}` is abstract")
        if not found:
            yield Answer(AnswerKind.NOT_JSON, reason="it never returns")

    def _is_abstract(self, frame: Frame) -> bool:
        scope = self._inference.scope(frame)
        return len(scope.exits) == 1 and not any(isinstance(value, Call) for value in scope.values) and self._inference.owner(frame.definition) is not None

    def is_reachable(self, frame: Frame, flow: Ref) -> bool:
        """Whether control comes so far: not behind a call that never returns."""
        scope = self._inference.scope(frame)
        seen: set[Ref] = set()

        def comes(ref: Ref) -> bool:
            if ref == NONE or ref in seen:
                return ref == NONE
            seen.add(ref)
            match scope.values[ref]:
                case After(flow=before, call=call):
                    return comes(before) and not self.never_returns(At(frame, call))
                case Choice(alternatives=alternatives):
                    return any(comes(alternative) for alternative in alternatives)
                case _:
                    return True

        return comes(flow)

    def error_code(self, frame: Frame, flow: Ref) -> bool:
        """Whether an error status, or one that is not known, is set on the response on a way that leads here."""
        scope = self._inference.scope(frame)
        waiting, seen = [flow], set()
        while waiting:
            ref = waiting.pop()
            if ref == NONE or ref in seen:
                continue
            seen.add(ref)
            match scope.values[ref]:
                case After(flow=before, call=call):
                    waiting.append(before)
                    step = scope.values[call]
                    if isinstance(step, Assigned) and step.name in ("status_code", "status"):
                        code = status_code(self._inference, At(frame, step.value))
                        if code is None or code >= 400:
                            return True
                case Choice(alternatives=alternatives):
                    waiting.extend(alternatives)
                case _:
                    continue
        return False

    def never_returns(self, at: At) -> bool:
        """Whether a call always raises or exits, whoever calls."""
        if at.key not in self._raising:
            self._raising[at.key] = False
            self._raising[at.key] = self._never_returns(At(Frame(at.frame.path, at.frame.region, at.frame.scope), at.ref))
        return self._raising[at.key]

    def _never_returns(self, at: At) -> bool:
        value = self._inference.value(at)
        if isinstance(value, Awaited):
            at = At(at.frame, value.base)
            value = self._inference.value(at)
        if not isinstance(value, Call):
            return False
        things = self._inference.things(At(at.frame, value.function))
        return bool(things) and all(self._raises(thing) for thing in things)

    def _raises(self, thing: Thing) -> bool:
        match thing:
            case ExternalThing(name=name):
                return name in ("sys.exit", "os._exit", "flask.abort", "quart.abort", "werkzeug.exceptions.abort", "os.abort", "builtins.exit")
            case FunctionThing(definition=definition):
                scope = self._inference.scope(definition)
                if scope.is_generator or not scope.exits:
                    return False
                frame = Frame(definition.path, definition.region, definition.scope)
                return all(exit.kind is ExitKind.RAISE or not self.is_reachable(frame, exit.flow) for exit in scope.exits)
            case _:
                return False

    def _external(self, at: At, call: Call, thing: ExternalThing) -> Iterator[Answer]:
        last = thing.name.rpartition(".")[2]
        frame = at.frame
        positional = [argument for argument in call.arguments if argument.name == ""]
        if thing.name == "builtins.dict":
            answers: tuple[Answer, ...] = (EMPTY,)
            for argument in call.arguments:
                answers = self._with_argument(frame, answers, argument)
            yield from answers
        elif thing.name in _DUMPERS and positional:
            yield from self.answers(At(frame, positional[0].value))
        elif last == "jsonify":
            yield from self._jsonify(frame, call)
        elif last in _JSON_RESPONSES or last in _OTHER_RESPONSES or last == "Response":
            yield from self._response(frame, call, last, is_own=False)
        elif last in _TRANSPARENT and positional:
            code = status_code(self._inference, At(frame, positional[1].value)) if last == "make_response" and len(positional) > 1 else 200
            for answer in self.answers(At(frame, positional[0].value)):
                is_error = answer.is_error or code is None or code >= 400
                yield Answer(answer.kind, answer.keys, answer.is_open, answer.reason, is_error)
        else:
            for made in self._inference.called(thing, at):
                yield from self.of_thing(made)

    def _jsonify(self, frame: Frame, call: Call) -> Iterator[Answer]:
        positional = [argument for argument in call.arguments if argument.name == ""]
        if len(positional) > 1:
            yield Answer(AnswerKind.BARE, reason="a list")
        elif positional:
            yield from self.answers(At(frame, positional[0].value))
        else:
            answers: tuple[Answer, ...] = (EMPTY,)
            for argument in call.arguments:
                answers = self._with_argument(frame, answers, argument)
            yield from answers

    def _response_base(self, cls: ClassThing) -> str:
        """The response class from outside that a class of the project extends; empty for none."""
        for base in self._inference.ancestry(cls):
            if isinstance(base, ExternalThing):
                last = base.name.rpartition(".")[2]
                if last in _JSON_RESPONSES or last in _OTHER_RESPONSES or last == "Response":
                    return last
        return ""

    def is_response(self, thing: Thing) -> bool:
        """Whether a thing is a response object or class, which no wire model touches."""
        match thing:
            case InstanceThing(of=of):
                return self.is_response(of)
            case ClassThing():
                return bool(self._response_base(thing))
            case ExternalThing(name=name):
                last = name.rpartition(".")[2]
                return last in _JSON_RESPONSES or last in _OTHER_RESPONSES or last == "Response"
            case _:
                return False

    def _response(self, frame: Frame, call: Call, name: str, *, is_own: bool) -> Iterator[Answer]:
        if name in _OTHER_RESPONSES:
            yield Answer(AnswerKind.NOT_JSON, reason=_OTHER_RESPONSES[name])
            return
        positional = [argument.value for argument in call.arguments if argument.name == ""]
        named = {argument.name: argument.value for argument in call.arguments}
        content = named.get("content", named.get("response", positional[0] if positional else NONE))
        code_ref = named.get("status_code", named.get("status", positional[1] if len(positional) > 1 else NONE))
        code = status_code(self._inference, At(frame, code_ref)) if code_ref != NONE else 200
        is_error = code is None or code >= 400
        if is_own:
            yield unknown("its response class renders the answer")
        elif name == "Response":
            yield from self._raw_response(frame, content, named, is_error)
        elif content == NONE or "**" in named:
            yield unknown("a response without visible content") if "**" in named else Answer(AnswerKind.BARE, reason="null", is_error=is_error)
        else:
            for answer in self.answers(At(frame, content)):
                yield Answer(answer.kind, answer.keys, answer.is_open, answer.reason, is_error or answer.is_error)

    def _raw_response(self, frame: Frame, content: Ref, named: dict[str, Ref], is_error: bool) -> Iterator[Answer]:
        value = self._inference.scope(frame).values[content] if content != NONE else None
        if isinstance(value, Call):
            function = self._inference.scope(frame).values[value.function]
            if isinstance(function, Attribute) and function.name == "model_dump_json":
                for answer in self._dumped(frame, Call(value.function, value.arguments)) or (unknown("a model that is not known"),):
                    yield Answer(answer.kind, answer.keys, answer.is_open, answer.reason, is_error or answer.is_error)
                return
        if isinstance(value, Call) and value.arguments:
            if any(
                isinstance(thing, ExternalThing) and thing.name.rpartition(".")[2] == "dumps"
                for thing in self._inference.things(At(frame, value.function))
            ):
                for answer in self.answers(At(frame, value.arguments[0].value)):
                    yield Answer(answer.kind, answer.keys, answer.is_open, answer.reason, is_error or answer.is_error)
                return
        yield Answer(AnswerKind.NOT_JSON, reason="a raw response", is_error=is_error)

    # Objects

    def of_thing(self, thing: Thing) -> Iterator[Answer]:
        """What an object is as JSON, by its class."""
        match thing:
            case InstanceThing(of=ClassThing() as cls):
                if self._inference.is_enum(cls):
                    yield Answer(AnswerKind.BARE, reason="a string")
                    return
                base = self._response_base(cls)
                if base:
                    yield unknown("a response that was made elsewhere")
                    return
                answer = self.model(cls, by_alias=True)
                yield answer if answer is not None else unknown(f"`{self._inference.scope(cls.definition).qualname}` is no model whose fields are declared")
            case InstanceThing(of=ExternalThing(name=name)) if name in _DICTS:
                yield Answer(AnswerKind.OBJECT, is_open=True, reason="a dict whose keys are not declared")
            case InstanceThing(of=ExternalThing(name=name)) if name in _SCALARS:
                yield Answer(AnswerKind.BARE, reason=_SCALARS[name])
            case InstanceThing(of=ExternalThing(name="typing.Coroutine"), parameters=parameters) if parameters:
                for part in parameters[-1]:
                    yield from self.of_thing(part)
            case InstanceThing(of=ExternalThing(name="typing.Generator")):
                yield Answer(AnswerKind.NOT_JSON, reason="a generator")
            case InstanceThing(of=ExternalThing() as external) if self.is_response(external):
                yield unknown("a response that was made elsewhere")
            case InstanceThing(of=ExternalThing(name=name)):
                yield unknown(f"`{name}` is outside the project")
            case MemberThing() | MemberValueThing() | TextThing():
                yield Answer(AnswerKind.BARE, reason="a string")
            case ConstantThing(kind=kind):
                yield Answer(AnswerKind.BARE, reason=_CONSTANTS.get(kind, "a scalar"))
            case UnknownThing(reason=reason):
                yield unknown(reason)
            case ExternalThing(name=name):
                yield unknown(f"`{name}` is outside the project")
            case _:
                yield unknown("an object that is not followed")

    def model(self, cls: ClassThing, *, by_alias: bool) -> Answer | None:
        """The fields of a Pydantic, dataclass, TypedDict, attrs or msgspec class; None for a class that is none of these."""
        if (cls, by_alias) not in self._models:
            self._models[cls, by_alias] = self._model(cls, by_alias)
        return self._models[cls, by_alias]

    def _model(self, cls: ClassThing, by_alias: bool) -> Answer | None:
        keys: set[str] = set()
        is_model = is_open = False
        for base in self._inference.ancestry(cls):
            match base:
                case ClassThing():
                    is_model |= any(decorator.name in _DATACLASSES for decorator in self._inference.decorators(base.definition))
                    own, allows_more = self._fields(base, by_alias)
                    keys |= own
                    is_open |= allows_more
                case ExternalThing(name=name):
                    last = name.rpartition(".")[2]
                    if last == "NamedTuple":
                        return Answer(AnswerKind.BARE, reason="a named tuple, which is sent as a list")
                    if last in _MODELS:
                        is_model = True
                    elif last not in ("object", "ABC", "Generic", "Protocol", "str"):
                        is_open = True
                case UnknownThing():
                    is_open = True
        if not is_model:
            return None
        return Answer(AnswerKind.OBJECT, frozenset(keys), is_open)

    def _fields(self, cls: ClassThing, by_alias: bool) -> tuple[set[str], bool]:
        frame = Frame(cls.definition.path, cls.definition.region, cls.definition.scope)
        scope = self._inference.scope(frame)
        keys: set[str] = set()
        is_open = False
        for assignment in scope.assignments:
            if assignment.kind is not TargetKind.NAME:
                continue
            if assignment.name in ("model_config", "Config"):
                is_open |= any(isinstance(value, Text) and value.value == "allow" for value in scope.values)
            elif assignment.annotation != NONE and not assignment.name.startswith("_") and not self._is_class_variable(At(frame, assignment.annotation)):
                keys.add(self._alias(frame, assignment.value) or assignment.name if by_alias else assignment.name)
        module = self._inference.module(frame.path)
        for method in self._inference.method_frames(cls, "computed_field"):
            if module.mentions(method.region, "computed_field"):
                keys.add(self._inference.scope(method).name)
        return keys, is_open

    def _is_class_variable(self, annotation: At) -> bool:
        value = self._inference.value(annotation)
        base = getattr(value, "base", NONE)
        named = self._inference.scope(annotation.frame).values[base] if base != NONE else value
        return isinstance(named, (Free, Attribute)) and named.name == "ClassVar"

    def _alias(self, frame: Frame, value: Ref) -> str:
        call = self._inference.scope(frame).values[value] if value != NONE else None
        if isinstance(call, Call):
            for name in ("serialization_alias", "alias"):
                for argument in call.arguments:
                    if argument.name == name:
                        found = strings(self._inference, At(frame, argument.value))
                        return found[0] if found else ""
        return ""

    def _certain(self, cls: ClassThing) -> frozenset[str]:
        """The fields that have no default: no way of leaving fields out touches them, unless they may be None."""
        found: set[str] = set()
        for base in self._inference.ancestry(cls):
            if isinstance(base, ClassThing):
                frame = Frame(base.definition.path, base.definition.region, base.definition.scope)
                for assignment in self._inference.scope(frame).assignments:
                    if assignment.annotation != NONE and assignment.value == NONE:
                        types = self._inference.types(At(frame, assignment.annotation))
                        if not any(isinstance(thing, ConstantThing) for thing in types):
                            found.add(assignment.name)
        return frozenset(found)


_CONSTANTS = {"None": "null", "bool": "a boolean", "int": "a number", "float": "a number"}


def _opened(answer: Answer, reason: str = "") -> Answer:
    return Answer(answer.kind, answer.keys, True, reason or answer.reason, answer.is_error)


def _crossed(lefts: tuple[Answer, ...], rights: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Every dict of the left updated with every one of the right."""
    found: dict[Answer, None] = {}
    for left, right in product(lefts, rights):
        match right.kind:
            case AnswerKind.OBJECT:
                found[Answer(AnswerKind.OBJECT, left.keys | right.keys, left.is_open or right.is_open, left.reason or right.reason)] = None
            case AnswerKind.BARE if right.reason == "null":
                found[left] = None
            case _:
                found[Answer(AnswerKind.OBJECT, left.keys, True, right.reason)] = None
    return _merged(iter(found))


def _is_null(answer: Answer) -> bool:
    return answer.kind is AnswerKind.BARE and answer.reason == "null"


def _is_false(answer: Answer) -> bool:
    return _is_null(answer) or answer == EMPTY


def _changed_names(scope: Scope) -> Iterator[str]:
    """The free names whose value a scope may change."""
    for assignment in scope.assignments:
        if assignment.kind is TargetKind.ITEM:
            base = scope.values[assignment.base]
            if isinstance(base, Free):
                yield base.name
    for value in scope.values:
        if isinstance(value, Call):
            function = scope.values[value.function]
            if isinstance(function, Attribute) and function.name in ("update", "setdefault", "pop", "clear", "popitem"):
                base = scope.values[function.base]
                if isinstance(base, Free):
                    yield base.name
            if isinstance(function, (Attribute, Free)) and function.name in _HARMLESS:
                continue
            for argument in value.arguments:
                given = scope.values[argument.value]
                if isinstance(given, Free):
                    yield given.name


def _widened(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """What the answers have in common, with more keys to come."""
    objects = [answer for answer in answers if answer.kind is AnswerKind.OBJECT]
    others = tuple(answer for answer in answers if answer.kind is not AnswerKind.OBJECT)
    if not objects:
        return others
    common = frozenset.intersection(*(answer.keys for answer in objects))
    return (Answer(AnswerKind.OBJECT, common, True, "it is changed in a loop"), *others)


def _merged(answers: Iterator[Answer]) -> tuple[Answer, ...]:
    """The answers without repetition; too many objects become one with what they have in common."""
    found = tuple(dict.fromkeys(answers))
    if len(found) <= MAXIMUM_ANSWERS:
        return found
    objects = [answer for answer in found if answer.kind is AnswerKind.OBJECT]
    others = [answer for answer in found if answer.kind is not AnswerKind.OBJECT]
    if not objects:
        return tuple(others[:MAXIMUM_ANSWERS])
    common = frozenset.intersection(*(answer.keys for answer in objects))
    return (Answer(AnswerKind.OBJECT, common, True, "too many variants to tell apart"), *others[:MAXIMUM_ANSWERS])
