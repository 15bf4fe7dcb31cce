"""What becomes of a dict: its display, keys that are set and removed, and functions that it is handed to."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from execution_lint.facts.scopes import Scope, TargetKind
from execution_lint.facts.values import (
    NONE,
    Argument,
    Attribute,
    Call,
    Changed,
    Comprehension,
    Element,
    Free,
    Parameter,
    Ref,
)
from execution_lint.project.answers import (
    EMPTY,
    an_object,
    crossed,
    joined,
    opened,
    unknown,
    with_one_of,
    without_one_of,
)
from execution_lint.project.inference import Inference
from execution_lint.project.strings import listed, strings
from execution_lint.project.subjects import Answer, AnswerKind
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    FunctionThing,
)

HARMLESS = frozenset(
    {
        "info",
        "debug",
        "warning",
        "error",
        "exception",
        "log",
        "dumps",
        "append",
        "print",
        "str",
        "len",
        "isinstance",
        "repr",
        "list",
        "sorted",
        "keys",
        "items",
        "values",
        "get",
        "dict",
        "JSONResponse",
        "jsonify",
        "bool",
        "type",
        "id",
        "write",
        "send",
        "put",
        "add",
        "publish",
        "emit",
    }
)


class DictChanges(ABC):
    """Answers what a dict is after a change."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._changed_inside: dict[tuple[str, int], tuple[tuple[Scope, frozenset[str]], ...]] = {}
        """By region, the scopes in functions that may change what free names stand for, with the names."""

    @abstractmethod
    def answers(self, at: At) -> tuple[Answer, ...]:
        """Every answer that the value may be, as far as they differ."""

    def _is_changed_inside(self, at: At) -> bool:
        """Whether a function nested in the scope changes the dict that a name of the scope stands for."""
        scope = self._inference.scope(at.frame)
        bound = [name for name, value in scope.bindings if value == at.ref]
        if not bound:
            return False
        key = (at.frame.path, at.frame.region)
        if key not in self._changed_inside:
            facts = self._inference.module(at.frame.path).facts(at.frame.region)
            inner = [other for other in facts.scopes if other.parent != NONE] if facts is not None else []
            changed = ((other, frozenset(_changed_names(other))) for other in inner)
            self._changed_inside[key] = tuple((other, names) for other, names in changed if names)
        return any(other is not scope and not names.isdisjoint(bound) for other, names in self._changed_inside[key])

    def _display(self, frame: Frame, entries: tuple[tuple[Ref, Ref], ...]) -> Iterator[Answer]:
        answers: tuple[Answer, ...] = (EMPTY,)
        for key, value in entries:
            if key == NONE:
                answers = crossed(answers, self.answers(At(frame, value)))
            else:
                answers = tuple(self._with_key(answer, At(frame, key)) for answer in answers)
        yield from answers

    def _with_key(self, answer: Answer, key: At) -> Answer:
        names = strings(self._inference, key)
        if names is None:
            return opened(answer, "a key that is not known")
        return with_one_of(answer, names)

    def _comprehended(self, frame: Frame, made: Comprehension) -> Iterator[Answer]:
        """A dict comprehension: over the items or keys of a dict that is known, over a display of keys, or with keys
        of which it is known what they can be."""
        gone_through = self._gone_through(frame, made.key)
        if gone_through is not None:
            names = listed(self._inference, gone_through)
            if names is not None:
                yield an_object(() if made.is_partial else names, names)
                return
            for answer in self.answers(gone_through):
                if answer.kind is not AnswerKind.OBJECT:
                    yield an_object((), is_open=True, reason="a dict made by a comprehension")
                elif made.is_partial:
                    yield joined((EMPTY, answer))
                else:
                    yield answer
            return
        names = strings(self._inference, At(frame, made.key)) if made.key != NONE else None
        is_open = names is None
        yield an_object((), names or (), is_open=is_open, reason="a dict made by a comprehension" if is_open else "")

    def _gone_through(self, frame: Frame, key: Ref) -> At | None:
        """What a comprehension takes its keys from: a dict, or a display of them."""
        values = self._inference.scope(frame).values
        element = values[key] if key != NONE else None
        if not isinstance(element, Element):
            return None
        pair = values[element.base]
        if element.position == 0 and isinstance(pair, Element):
            return self._owner_of(frame, pair.base, "items")
        if element.position != NONE:
            return None
        return self._owner_of(frame, element.base, "keys") or At(frame, element.base)

    def _owner_of(self, frame: Frame, ref: Ref, view: str) -> At | None:
        """The dict of `d.items()` or `d.keys()`, also where the view is made a list or sorted."""
        values = self._inference.scope(frame).values
        call = values[ref]
        while isinstance(call, Call) and call.arguments and isinstance(name := values[call.function], Free):
            if name.name not in ("list", "tuple", "sorted", "reversed"):
                return None
            call = values[call.arguments[0].value]
        function = values[call.function] if isinstance(call, Call) and not call.arguments else None
        is_view = isinstance(function, Attribute) and function.name == view
        return At(frame, function.base) if is_view and isinstance(function, Attribute) else None

    def _changed(self, frame: Frame, changed: Changed) -> Iterator[Answer]:
        for answer in self.answers(At(frame, changed.base)):
            if answer.kind is not AnswerKind.OBJECT:
                yield answer
                continue
            yield from self._after_change(frame, answer, changed)

    def _after_change(self, frame: Frame, answer: Answer, changed: Changed) -> Iterator[Answer]:
        match changed.how:
            case "set" | "setdefault":
                yield self._with_key(answer, At(frame, changed.key)) if changed.key != NONE else opened(answer)
            case "delete" | "pop":
                names = strings(self._inference, At(frame, changed.key)) if changed.key != NONE else None
                yield without_one_of(answer, names)
            case "clear":
                yield EMPTY
            case "popitem":
                yield without_one_of(answer, None)
            case "update":
                yield from self._updated(frame, answer, changed)
            case "passed":
                yield (
                    opened(answer, "it is handed to a function that may add keys")
                    if self._may_change(frame, changed)
                    else answer
                )
            case _:
                yield answer

    def _updated(self, frame: Frame, answer: Answer, changed: Changed) -> Iterator[Answer]:
        call = update_call(self._inference.scope(frame), changed)
        if call is None:
            yield from crossed((answer,), self.answers(At(frame, changed.value)))
            return
        answers: tuple[Answer, ...] = (answer,)
        for argument in call.arguments:
            answers = self._with_argument(frame, answers, argument)
        yield from answers

    def _with_argument(self, frame: Frame, answers: tuple[Answer, ...], argument: Argument) -> tuple[Answer, ...]:
        """What `dict(...)` or `.update(...)` makes of an argument."""
        match argument.name:
            case "" | "**":
                return crossed(answers, self.answers(At(frame, argument.value)))
            case "*":
                return tuple(opened(answer) for answer in answers)
            case name:
                return tuple(with_one_of(answer, (name,)) for answer in answers)

    def _may_change(self, frame: Frame, changed: Changed) -> bool:
        """Whether the call that a dict is handed to may add or remove keys."""
        scope = self._inference.scope(frame)
        call = scope.values[changed.value]
        if not isinstance(call, Call):
            return True
        function = scope.values[call.function]
        if isinstance(function, (Attribute, Free)) and function.name in HARMLESS:
            return False
        for thing in self._inference.things(At(frame, call.function)):
            match thing:
                case FunctionThing():
                    given = self._inference.arguments(thing, At(frame, changed.value))
                    names = {
                        name for name, values in given.items() if any(value.ref == changed.base for value in values)
                    }
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
                    if isinstance(called, (Attribute, Free)) and called.name in HARMLESS:
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
        yield from crossed(lefts, self.answers(At(frame, right)))


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
            if isinstance(function, (Attribute, Free)) and function.name in HARMLESS:
                continue
            for argument in value.arguments:
                given = scope.values[argument.value]
                if isinstance(given, Free):
                    yield given.name


def update_call(scope: Scope, changed: Changed) -> Call | None:
    """The call `base.update(...)` behind a change; None for `base |= value`."""
    call = scope.values[changed.value]
    function = scope.values[call.function] if isinstance(call, Call) else None
    is_method = isinstance(function, Attribute) and function.name == "update" and function.base == changed.base
    return call if is_method and isinstance(call, Call) else None
