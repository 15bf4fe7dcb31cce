"""What becomes of a value within its scope: awaited, handed on, kept, or used up on the spot."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.scopes import BranchKind, ExitKind, ForkKind, RegionFacts, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import (
    NONE,
    Assigned,
    Attribute,
    Awaited,
    Call,
    Changed,
    Choice,
    Comprehension,
    Declared,
    Element,
    Entered,
    Formatted,
    Free,
    Item,
    Mapping,
    Narrowed,
    Operation,
    Ref,
    Sequence,
    Spread,
)

_OF_COROUTINES = frozenset(
    {
        "close",
        "send",
        "throw",
        "__await__",
        "cr_await",
        "cr_code",
        "cr_frame",
        "cr_running",
        "cr_origin",
        "cr_suspended",
    }
)
_IDENTITY = ("is", "is not")
_REFERRING = frozenset(
    {Assigned, Awaited, Call, Attribute, Item, Element, Entered, Formatted, Operation, Choice, Narrowed, Declared}
    | {Changed, Mapping, Sequence, Spread, Comprehension}
)
"""The values in which another may be used."""
_LOOKING_AHEAD = frozenset({Choice})
"""Those in which one may be used that comes later."""


class ValueUses(msgspec.Struct):
    """What is done with a value."""

    is_awaited: bool = False
    is_kept: bool = False
    """It is handed on, returned, yielded or stored, so that somebody else may await it."""
    returned: list[Ref] = msgspec.field(default_factory=list)
    """What is returned of it, if it is: the value itself, or one that it may be."""
    broken: list[tuple[str, Ref]] = msgspec.field(default_factory=list)
    """How it is used in a way that a coroutine answers with an error, and the value that does so."""
    consumed: list[tuple[str, Ref]] = msgspec.field(default_factory=list)
    """How it is used as if it were a result, without an error, and the value that does so."""
    is_bound: bool = False
    """A local name stands for it."""

    @property
    def may_be_awaited(self) -> bool:
        """Whether it is awaited, or somebody else may do so and nothing here is an error."""
        return self.is_awaited or (self.is_kept and not self.broken)


def uses_of(facts: RegionFacts, index: int, ref: Ref, consumers: "ConsumingCall") -> ValueUses:
    """What becomes of a value of the scope `index` in its region."""
    scope = facts.scopes[index]
    uses = ValueUses()
    waiting, same = [ref], {ref}
    # Of what is awaited it does not matter what else becomes of it.
    while waiting and not uses.is_awaited:
        current = waiting.pop()
        for also in _collect(scope, current, uses, consumers):
            if also not in same:
                same.add(also)
                waiting.append(also)
    names = {name for name, value in scope.bindings if value in same}
    if names:
        uses.is_bound = True
        if scope.kind not in (ScopeKind.FUNCTION, ScopeKind.LAMBDA) or _is_captured(facts, index, names):
            uses.is_kept = True
    return uses


class ConsumingCall:
    """Tells of a call whether it uses its argument as if it were a result."""

    def __init__(self, scope: Scope, names: frozenset[str]) -> None:
        self._scope = scope
        self._names = names

    def name(self, call: Call) -> str:
        """The name of the function that does; empty for any other."""
        function = self._scope.values[call.function]
        name = function.name if isinstance(function, (Free, Attribute)) else ""
        if isinstance(function, Attribute):
            base = self._scope.values[function.base]
            is_json = isinstance(base, Free) and base.name in ("json", "ujson", "orjson") and name == "dumps"
            return f"{getattr(base, 'name', '')}.{name}" if is_json else ""
        return name if name in self._names and not any(bound == name for bound, _ in self._scope.bindings) else ""


def _collect(scope: Scope, ref: Ref, uses: ValueUses, consumers: ConsumingCall) -> Iterator[Ref]:
    """Note the uses of a value; yields the values that it is handed on as."""
    outside = {*scope.decorators, scope.returns, *(base.value for base in scope.bases)}
    outside.update(parameter.default for parameter in scope.parameters)
    if ref in outside:
        uses.is_kept = True
    for index, value in enumerate(scope.values):
        # A choice may stand for what comes later, where code is repeated; nothing else does.
        if type(value) not in (_REFERRING if index > ref else _LOOKING_AHEAD):
            continue
        match value:
            case Call(function=function, arguments=arguments):
                if function == ref:
                    uses.broken.append(("called", index))
                if arguments and ref in [argument.value for argument in arguments]:
                    consumer = consumers.name(value) if any(a.value == ref and a.name == "" for a in arguments) else ""
                    if consumer:
                        uses.consumed.append((f"given to `{consumer}`", index))
                    else:
                        uses.is_kept = True
            case Attribute(base=base, name=name) if base == ref:
                if name in _OF_COROUTINES:
                    uses.is_awaited = True
                else:
                    uses.broken.append((f"asked for its `{name}`", index))
            case Assigned(value=assigned) if assigned == ref:
                uses.is_kept = True
            case Awaited(base=base) if base == ref:
                uses.is_awaited = True
            case Item(base=base, index=key):
                if base == ref:
                    uses.broken.append(("indexed", index))
                uses.is_kept |= key == ref
            case Element(base=base, position=position) if base == ref:
                uses.broken.append(("iterated over" if position == NONE else "unpacked", index))
            case Entered(base=base, is_async=is_async) if base == ref:
                if is_async:
                    uses.is_kept = True
                else:
                    uses.broken.append(("entered", index))
            case Formatted(parts=parts) if ref in parts:
                uses.consumed.append(("formatted", index))
            case Operation(operator=operator, operands=operands) if ref in operands:
                if operator in _IDENTITY:
                    continue
                what = "tested" if operator == "not" else f"compared by `{operator}`" if _compares(operator) else ""
                uses.consumed.append((what or f"an operand of `{operator}`", index))
            case Choice(kind=kind, alternatives=alternatives) if ref in alternatives:
                if kind in ("or", "and") and ref in alternatives[:-1]:
                    uses.consumed.append(("tested", index))
                else:
                    yield index
            case Narrowed(base=base) | Declared(value=base) if base == ref:
                yield index
            case Changed(base=base, key=key, value=changed) if ref in (base, key, changed):
                uses.is_kept = True
            case Mapping(entries=entries) if any(ref in entry for entry in entries):
                uses.is_kept = True
            case Sequence(elements=elements) if ref in elements:
                uses.is_kept = True
            case Spread(base=base) if base == ref:
                uses.broken.append(("spread", index))
            case Comprehension(element=element, key=key) if ref in (element, key):
                uses.is_kept = True
            case _:
                continue
    _collect_events(scope, ref, uses)


def _collect_events(scope: Scope, ref: Ref, uses: ValueUses) -> None:
    for assignment in scope.assignments:
        if assignment.value == ref and assignment.kind is not TargetKind.NAME:
            uses.is_kept = True
    for exit in scope.exits:
        if exit.value == ref:
            if exit.kind is ExitKind.RAISE:
                uses.broken.append(("raised", ref))
            else:
                uses.is_kept = True
                if exit.kind is ExitKind.RETURN:
                    uses.returned.append(ref)
    for fork in scope.forks:
        if fork.kind is ForkKind.TEST and fork.test == ref:
            uses.consumed.append(("tested", ref))
    for branch in scope.branches:
        if branch.kind is BranchKind.MATCH and branch.subject == ref:
            uses.consumed.append(("matched", ref))


def _compares(operator: str) -> bool:
    return operator in ("==", "!=", "<", "<=", ">", ">=", "in", "not in")


def _is_captured(facts: RegionFacts, index: int, names: set[str]) -> bool:
    """Whether a function or class within the scope uses one of its names."""
    within = {index}
    for number, scope in enumerate(facts.scopes):
        if scope.parent in within and number != index:
            within.add(number)
            if any(isinstance(value, Free) and value.name in names for value in scope.values):
                return True
    return False
