"""What a call gives, and what it hands to the parameters of the function it calls."""

from collections.abc import Iterator

from execution_lint.facts.scopes import ExitKind, ParameterFact, ParameterKind, Scope
from execution_lint.facts.values import (
    NONE,
    Argument,
    Call,
    Text,
)
from execution_lint.project.standard_names import (
    ADAPTED,
    CALLABLES,
    CLOSERS,
    CONTEXT_MANAGERS,
    DICT_READS,
    MODEL_READERS,
    PARTS_OF,
    PASSED_THROUGH,
    RESULTS,
    TYPE_ADAPTERS,
)
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
    distinct,
)
from execution_lint.project.type_variables import TypeVariables

MAXIMUM_CALLS = 2
"""Calls into each other whose arguments are followed; deeper ones are looked at without them, whoever calls."""

MAXIMUM_VALUES = 400
"""Values in a function beyond which it is looked at once, whoever calls, instead of for each call."""


class Calls(TypeVariables):
    """Follows calls into functions, classes and what the standard library is known to give."""

    def called(self, thing: Thing, call: At) -> Iterator[Thing]:
        """What calling `thing` by the call at `call` gives."""
        match thing:
            case ClassThing():
                yield InstanceThing(thing, (), call.key)
            case FunctionThing():
                yield from self.returned(thing, self.arguments(thing, call), call.frame.calls + 1)
            case PartialThing():
                yield from self.called(thing.function, thing.call)
            case ExternalThing():
                yield from self._external_call(thing, call)
            case InstanceThing(of=ClassThing() as cls):
                for method in self._instance_attribute(thing, cls, "__call__"):
                    if isinstance(method, FunctionThing):
                        yield from self.called(method, call)
                    else:
                        yield UnknownThing("calls an object")
            case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in CALLABLES and parameters:
                yield from parameters[-1]
            case UnknownThing():
                yield thing
            case _:
                yield UnknownThing("calls something that is no function")

    def _external_call(self, thing: ExternalThing, call: At) -> Iterator[Thing]:
        value = self.value(call)
        arguments = value.arguments if isinstance(value, Call) else ()
        first = At(call.frame, arguments[0].value) if arguments and arguments[0].name == "" else None
        if thing.name in ("functools.partial", "functools.partialmethod") and first is not None:
            for function in self.things(first):
                yield PartialThing(function, call)
        elif thing.name in PASSED_THROUGH and first is not None:
            yield from self.types(first)
        elif thing.name in ("builtins.staticmethod", "builtins.classmethod") and first is not None:
            yield from self.things(first)
        elif (
            thing.name in PARTS_OF and isinstance(thing.receiver, InstanceThing) and len(thing.receiver.parameters) > 1
        ):
            yield from thing.receiver.parameters[1]
            if len(arguments) > 1 and arguments[1].name == "":
                yield from self.things(At(call.frame, arguments[1].value))
            elif thing.name.endswith(".get"):
                yield ConstantThing("None", "None")
        elif thing.name in DICT_READS and isinstance(thing.receiver, InstanceThing) and first is not None:
            default = At(call.frame, arguments[1].value) if len(arguments) > 1 else None
            yield from self._typed_entry(thing.receiver, first, default)
        elif thing.name == "builtins.str" and first is not None:
            yield from self._as_text(first)
        elif thing.name == "builtins.next" and first is not None:
            yield from self._element(first, NONE)
        elif thing.name == "builtins.iter" and first is not None:
            yield from self.things(first)
        elif thing.name == "builtins.getattr" and len(arguments) > 1 and first is not None:
            yield from self._got(first, At(call.frame, arguments[1].value))
        elif thing.name == "builtins.super":
            yield from self._super(call)
        elif thing.name in CLOSERS and first is not None:
            yield from self.things(first)
        elif thing.name.rpartition(".")[2] in ("model_copy", "copy", "_replace") and isinstance(
            thing.receiver, InstanceThing
        ):
            yield thing.receiver
        elif isinstance(thing.receiver, ClassThing) and thing.name.rpartition(".")[2] in MODEL_READERS:
            yield InstanceThing(thing.receiver)
        elif thing.name in TYPE_ADAPTERS and first is not None:
            yield InstanceThing(thing, (self.types(first),))
        elif is_adapted(thing):
            assert isinstance(thing.receiver, InstanceThing)
            yield from thing.receiver.parameters[0]
        else:
            handed = self._standard_call(thing, call) if isinstance(value, Call) else None
            if handed is not None:
                yield from handed
                return
            result = RESULTS.get(thing.name)
            if result is not None:
                yield InstanceThing(ExternalThing(result))
                return
            last = thing.name.rpartition(".")[2]
            is_class = last[:1].isupper() or thing.name.startswith("builtins.")
            yield InstanceThing(thing if is_class else ExternalThing(f"{thing.name}()", thing.receiver), (), call.key)

    def _typed_entry(self, receiver: InstanceThing, key: At, default: At | None) -> Iterator[Thing]:
        """`row.get("status")` of a `TypedDict`."""
        text = self.value(key)
        if isinstance(receiver.of, ClassThing) and isinstance(text, Text):
            yield from self._instance_attribute(receiver, receiver.of, text.value)
            if default is None:
                yield ConstantThing("None", "None")
            else:
                yield from self.things(default)
        else:
            yield UnknownThing("an entry whose key is not known")

    def _as_text(self, at: At) -> Iterator[Thing]:
        """`str(status)`: the value of a member, where the enum says so."""
        for thing in self.things(at):
            match thing:
                case MemberThing(of=cls, name=name) if self.is_text_enum(cls):
                    yield MemberValueThing(cls, name)
                case InstanceThing(of=ClassThing() as cls) if self.is_text_enum(cls):
                    yield MemberValueThing(cls)
                case MemberValueThing() | TextThing():
                    yield thing
                case _:
                    yield InstanceThing(ExternalThing("builtins.str"))

    def _got(self, owner: At, name: At) -> Iterator[Thing]:
        """`getattr` with a literal name."""
        text = self.value(name)
        for thing in self.things(owner):
            if isinstance(text, Text):
                yield from self.attribute(thing, text.value)
            else:
                yield UnknownThing("an attribute whose name is not known")

    def _super(self, call: At) -> Iterator[Thing]:
        frame: Frame | None = call.frame
        while frame is not None:
            owner = self.owner(frame.definition)
            if owner is not None:
                for base in self.bases(owner):
                    if isinstance(base, (ClassThing, ExternalThing)):
                        yield InstanceThing(base)
                return
            parent = self.followed(frame).parent
            frame = Frame(frame.path, frame.region, parent) if parent != NONE else None
        yield UnknownThing("`super()` outside a class")

    def arguments(self, function: FunctionThing, call: At, skipped: int = 0) -> "dict[str, tuple[At, ...]]":
        """What the parameters of a function stand for in a call, whose first arguments, `skipped` of them, are not for
        it; parameters left to their default are bound to it."""
        value = self.value(call)
        scope = self.followed(function.definition)
        parameters = list(scope.parameters)
        if function.receiver is not None and parameters and self.owner(function.definition) is not None:
            takes_receiver = isinstance(function.receiver, (InstanceThing, MemberThing)) or self.is_class_method(
                function.definition
            )
            if takes_receiver and not self.is_static(function.definition):
                parameters = parameters[1:]
        given = value.arguments[skipped:] if isinstance(value, Call) else ()
        return self.bound(
            parameters,
            given,
            call.frame,
            Frame(function.definition.path, function.definition.region, function.definition.scope),
        )

    def spare_keywords(self, function: FunctionThing, call: At) -> tuple[Frame, tuple[Argument, ...]]:
        """The keyword arguments of a call that no parameter of the function is named after."""
        value = self.value(call)
        names = {parameter.name for parameter in self.followed(function.definition).parameters}
        given = value.arguments if isinstance(value, Call) else ()
        return call.frame, tuple(
            argument for argument in given if argument.name not in ("", "*") and argument.name not in names
        )

    def bound(
        self, parameters: list[ParameterFact], given: tuple[Argument, ...], caller: Frame, callee: Frame
    ) -> "dict[str, tuple[At, ...]]":
        """The values that arguments give to parameters; a parameter that is not told stays out."""
        found: dict[str, tuple[At, ...]] = {}
        positional = [
            parameter for parameter in parameters if parameter.kind in (ParameterKind.POSITIONAL, ParameterKind.PLAIN)
        ]
        names = {
            parameter.name
            for parameter in parameters
            if parameter.kind not in (ParameterKind.ARGUMENTS, ParameterKind.KEYWORDS)
        }
        position = 0
        is_open = False
        for argument in given:
            if argument.name == "":
                if not is_open and position < len(positional):
                    found[positional[position].name] = (At(caller, argument.value),)
                position += 1
            elif argument.name in ("*", "**"):
                is_open = True
            elif argument.name in names:
                found[argument.name] = (At(caller, argument.value),)
        if not is_open:
            for parameter in parameters:
                if parameter.name not in found and parameter.default != NONE:
                    found[parameter.name] = (At(callee, parameter.default),)
        return found

    def returned(
        self, function: FunctionThing, arguments: "dict[str, tuple[At, ...]]", calls: int = 1
    ) -> Iterator[Thing]:
        """What a function gives: by its annotation, else by its exits. A coroutine function gives a coroutine."""
        scope = self.followed(function.definition)
        result = distinct(self._result(function, scope, arguments, calls))
        if self._has_decorator(function.definition, CONTEXT_MANAGERS):
            yield InstanceThing(ExternalThing("contextlib.AbstractContextManager"), (result,))
        elif scope.is_generator:
            yield InstanceThing(ExternalThing("typing.Generator"), (result,))
        elif scope.is_async:
            yield InstanceThing(ExternalThing("typing.Coroutine"), (result,))
        else:
            yield from result

    def heir(self, function: FunctionThing) -> InstanceThing | None:
        """The receiver of a method, where its class extends the one that defines the method."""
        receiver = function.receiver
        if not isinstance(receiver, InstanceThing) or not isinstance(receiver.of, ClassThing):
            return None
        return receiver if receiver.of != self.owner(function.definition) else None

    def _result(
        self, function: FunctionThing, scope: Scope, arguments: "dict[str, tuple[At, ...]]", calls: int
    ) -> Iterator[Thing]:
        definition = function.definition
        is_followed = calls <= MAXIMUM_CALLS and len(scope.values) <= MAXIMUM_VALUES
        receiver = self.heir(function) if is_followed else None
        given = arguments if is_followed and (arguments or receiver) else None
        frame = Frame(
            definition.path,
            definition.region,
            definition.scope,
            given,
            calls=calls if given is not None else 0,
            receiver=receiver,
        )
        types = self.types(At(frame, scope.returns)) if scope.returns != NONE else ()
        if scope.returns != NONE and (scope.is_generator or not types or not all(map(_is_anything, types))):
            for thing in self.result_of(function, arguments, types):
                if _is_self_type(thing) and isinstance(function.receiver, InstanceThing):
                    yield function.receiver
                elif _is_self_type(thing) and isinstance(function.receiver, ClassThing):
                    yield InstanceThing(function.receiver)
                elif isinstance(thing, InstanceThing) and (
                    scope.is_generator or self._has_decorator(definition, CONTEXT_MANAGERS)
                ):
                    yield from thing.parameters[0] if thing.parameters else (UnknownThing("what a generator yields"),)
                else:
                    yield thing
            return
        wanted = ExitKind.YIELD if scope.is_generator else ExitKind.RETURN
        for exit in scope.exits:
            if exit.kind is wanted:
                if exit.value == NONE:
                    yield ConstantThing("None", "None")
                else:
                    yield from self.things(At(frame, exit.value))
            elif exit.kind is ExitKind.FALL and not scope.is_generator:
                yield ConstantThing("None", "None")


def is_adapted(thing: ExternalThing) -> bool:
    """Whether it is a method of an object that makes values of a type that is known."""
    adapter, _, method = thing.name.rpartition(".")
    has_type = isinstance(thing.receiver, InstanceThing) and bool(thing.receiver.parameters)
    return has_type and method in ADAPTED and adapter in TYPE_ADAPTERS


def _is_anything(thing: Thing) -> bool:
    """Whether an annotation is `Any`: the code says more."""
    return isinstance(thing, InstanceThing) and thing.of == ExternalThing("typing.Any")


def _is_self_type(thing: Thing) -> bool:
    return (
        isinstance(thing, InstanceThing)
        and isinstance(thing.of, ExternalThing)
        and thing.of.name in ("typing.Self", "typing_extensions.Self")
    )
