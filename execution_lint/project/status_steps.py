"""The places where a status changes: assignments, updates, copies, and calls of functions that do one of these."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import (
    NONE,
    Assigned,
    Attribute,
    Call,
    Changed,
    Choice,
    Free,
    Mapping,
    Operation,
    Ref,
    Text,
)
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import last_name, mentioned, root_of
from execution_lint.project.status_changes import is_certain
from execution_lint.project.status_narrowing import Path, path_of
from execution_lint.project.things import At, Definition, Frame, FunctionThing

MAXIMUM_HOPS = 3
"""Functions that hand a status on to one another which are followed."""

_COPIES = frozenset({"replace", "evolve", "_replace", "model_copy", "copy"})
_FILTERS = frozenset({"where", "filter", "filter_by", "get"})
_MAXIMUM_ARGUMENTS = 12


class Step(msgspec.Struct, frozen=True):
    """A place where a status is given a new value."""

    at: Ref
    path: Path
    """What is changed: `("parameter job", "status")`; empty for a row that a query finds."""
    field: str
    target: Ref
    source: Ref = NONE
    """The state that it is moved from, where the call is told."""
    filters: tuple[Ref, ...] = ()
    """The conditions of the query that finds the row."""
    keyed: tuple[Ref, ...] = ()
    """The states that the query asks for by keyword."""
    tables: tuple[Path, ...] = ()
    """What the query may be of."""
    callee: Definition | None = None
    """The function that makes the change."""
    is_only: bool = True
    """That function makes no other."""


class _Mover(msgspec.Struct, frozen=True):
    """A function that gives one of its parameters to a status."""

    target: str
    source: str
    """The parameter that says where it is moved from; empty where none does."""
    holder: str
    """The parameter whose field is changed, the receiver included; empty for a row that a query finds."""
    below: Path
    """From the holder to the status: `("status",)`."""
    is_only: bool


class StatusSteps:
    """Finds the changes of fields of some names."""

    def __init__(self, inference: Inference, fields: frozenset[str], names: frozenset[str]) -> None:
        """`names` are what the enums are called."""
        self._inference = inference
        self._fields = fields
        self._names = names
        self._movers: dict[Definition, tuple[_Mover, ...]] = {}

    def within(self, frame: Frame, scope: Scope, hops: int = MAXIMUM_HOPS) -> Iterator[Step]:
        """The steps of a scope, in the order of its values."""
        for ref, value in enumerate(scope.values):
            match value:
                case Assigned(base=base, name=name, value=given) if name in self._fields:
                    yield Step(ref, (*path_of(scope, base), name), name, given)
                case Changed(base=base, how="set", key=key, value=given) if (
                    key != NONE and isinstance(text := scope.values[key], Text) and text.value in self._fields
                ):
                    yield Step(ref, (*path_of(scope, base), f"[{text.value}]"), text.value, given)
                case Call() if value.arguments:
                    yield from self._called(frame, scope, ref, value, hops)
                case _:
                    continue

    def _called(self, frame: Frame, scope: Scope, ref: Ref, call: Call, hops: int) -> Iterator[Step]:
        name = last_name(scope, call.function)
        function = scope.values[call.function]
        for field, target in self._given(scope, call):
            if name in ("values", "update") and isinstance(function, Attribute):
                filters, keyed, tables = self._conditions(scope, function.base, field)
                yield Step(ref, (), field, target, filters=filters, keyed=keyed, tables=tables)
            elif name in _COPIES:
                copied = self._copied(scope, call, name)
                if copied != NONE:
                    yield Step(ref, (*path_of(scope, copied), field), field, target)
        if hops and len(call.arguments) <= _MAXIMUM_ARGUMENTS:
            yield from self._moved(frame, scope, ref, call, hops)

    def _given(self, scope: Scope, call: Call) -> Iterator[tuple[str, Ref]]:
        """The fields that a call sets: by keyword, or in a dict."""
        for argument in call.arguments:
            if argument.name in self._fields:
                yield argument.name, argument.value
            display = scope.values[root_of(scope, argument.value)]
            if argument.name in ("", "update", "values") and isinstance(display, Mapping):
                for key, value in display.entries:
                    name = last_name(scope, key) if key != NONE else ""
                    text = scope.values[key] if key != NONE else None
                    name = text.value if isinstance(text, Text) else name
                    if name in self._fields:
                        yield name, value

    def _copied(self, scope: Scope, call: Call, name: str) -> Ref:
        function = scope.values[call.function]
        if name in ("replace", "evolve") and call.arguments[0].name == "":
            return call.arguments[0].value
        if name not in ("replace", "evolve") and isinstance(function, Attribute):
            return function.base
        return NONE

    def _conditions(
        self, scope: Scope, ref: Ref, field: str
    ) -> tuple[tuple[Ref, ...], tuple[Ref, ...], tuple[Path, ...]]:
        """The conditions on the way to an update: those that are expressions, the states asked for by keyword, and the
        tables that the query may be of."""
        filters: list[Ref] = []
        keyed: list[Ref] = []
        tables: list[Path] = []
        for _ in range(16):
            value = scope.values[root_of(scope, ref)]
            if isinstance(value, Call):
                if last_name(scope, value.function) in _FILTERS:
                    for argument in value.arguments:
                        if argument.name == "":
                            filters.append(argument.value)
                        elif argument.name in (field, f"{field}__in", f"{field}__exact"):
                            keyed.append(argument.value)
                else:
                    tables.extend(path_of(scope, argument.value) for argument in value.arguments)
                ref = value.function
            elif isinstance(value, Attribute):
                ref = value.base
                tables.append(path_of(scope, ref))
            else:
                break
        return tuple(filters), tuple(keyed), tuple(tables)

    def _moved(self, frame: Frame, scope: Scope, ref: Ref, call: Call, hops: int) -> Iterator[Step]:
        """A call of a function that makes a step with what it is given."""
        if not isinstance(scope.values[call.function], (Free, Attribute)) or not any(
            _parameter(scope, argument.value) if hops < MAXIMUM_HOPS else mentioned(scope, argument.value) & self._names
            for argument in call.arguments
        ):
            return
        things = self._inference.things(At(frame, call.function))
        for thing in things if len(things) == 1 else ():
            if not isinstance(thing, FunctionThing):
                continue
            movers = self._of_function(thing.definition, hops)
            bound = self._inference.arguments(thing, At(frame, ref)) if movers else {}
            for mover in movers:
                given = _only(bound.get(mover.target, ()), frame)
                if given == NONE:
                    continue
                path: Path = ()
                if mover.holder:
                    held = self._holder(scope, thing, call, bound, mover, frame)
                    if held == NONE:
                        continue
                    path = (*path_of(scope, held), *mover.below)
                source = _only(bound.get(mover.source, ()), frame) if mover.source else NONE
                field = mover.below[-1].strip("[]") if mover.below else ""
                yield Step(ref, path, field, given, source=source, callee=thing.definition, is_only=mover.is_only)

    def _holder(
        self,
        scope: Scope,
        function: FunctionThing,
        call: Call,
        bound: dict[str, tuple[At, ...]],
        mover: _Mover,
        frame: Frame,
    ) -> Ref:
        """What is changed, as the caller holds it: an argument, or the receiver."""
        given = _only(bound.get(mover.holder, ()), frame)
        parameters = self._inference.scope(function.definition).parameters
        callee = scope.values[call.function]
        is_receiver = bool(parameters) and parameters[0].name == mover.holder and isinstance(callee, Attribute)
        if given == NONE and is_receiver and isinstance(callee, Attribute):
            return callee.base
        return given

    def _of_function(self, definition: Definition, hops: int) -> tuple[_Mover, ...]:
        if definition not in self._movers:
            self._movers[definition] = ()
            frame = Frame(definition.path, definition.region, definition.scope)
            scope = self._inference.scope(definition)
            self._movers[definition] = tuple(dict.fromkeys(self._summary(frame, scope, hops - 1)))
        return self._movers[definition]

    def _summary(self, frame: Frame, scope: Scope, hops: int) -> Iterator[_Mover]:
        """What every call of a function does with its parameters."""
        names = frozenset(parameter.name for parameter in scope.parameters)
        if not names:
            return
        steps = tuple(self.within(frame, scope, hops))
        is_only = len(steps) == 1 and steps[0].is_only
        for step in steps:
            target = _parameter(scope, step.target)
            if target not in names or not is_certain(scope, step.at):
                continue
            if not step.path:
                yield _Mover(target, self._source(scope, step, names), "", (step.field,), is_only)
                continue
            holder = step.path[0].removeprefix("parameter ") if step.path[0].startswith("parameter ") else ""
            if holder in names:
                source = _parameter(scope, step.source) if step.source != NONE else ""
                yield _Mover(target, source if source in names else "", holder, step.path[1:], is_only)

    def _source(self, scope: Scope, step: Step, names: frozenset[str]) -> str:
        """The parameter that a query compares the status with."""
        told = _parameter(scope, step.source) if step.source != NONE else ""
        for condition in step.filters:
            for operand in _compared(scope, condition, step.field):
                told = told or _parameter(scope, operand)
        for value in step.keyed:
            told = told or _parameter(scope, value)
        return told if told in names else ""


def _compared(scope: Scope, ref: Ref, field: str, depth: int = 6) -> Iterator[Ref]:
    """What a condition compares the field with: of `table.status == source.value`, the right side."""
    if depth == 0:
        return
    match scope.values[root_of(scope, ref)]:
        case Operation(operator="==" | "is", operands=(left, right)):
            for side, other in ((left, right), (right, left)):
                if last_name(scope, side) == field:
                    yield other
        case Operation(operator="&", operands=parts) | Choice(kind="and", alternatives=parts):
            for part in parts:
                yield from _compared(scope, part, field, depth - 1)
        case _:
            return


def _parameter(scope: Scope, ref: Ref) -> str:
    """The parameter that a value is, or the value of a member that it is."""
    path = path_of(scope, ref)
    return path[0].removeprefix("parameter ") if len(path) == 1 and path[0].startswith("parameter ") else ""


def _only(given: tuple[At, ...], frame: Frame) -> Ref:
    """What a parameter is given in the caller's own scope."""
    return given[0].ref if len(given) == 1 and given[0].frame is frame else NONE
