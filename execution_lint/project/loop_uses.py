"""Where a loop goes within the function that makes it."""

import msgspec

from execution_lint.facts.scopes import Exit, ExitKind, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Changed,
    Choice,
    Declared,
    Entered,
    Free,
    Mapping,
    Narrowed,
    Ref,
    Sequence,
    Spread,
    Value,
)
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import spelled
from execution_lint.project.things import (
    At,
    ExternalThing,
    Frame,
)
from execution_lint.project.threads import STARTERS, Threads


class LoopUses(msgspec.Struct):
    """Where a loop goes within the function that makes it."""

    runs: bool = False
    is_repeated: bool = False
    """It runs something to completion again and again."""
    runs_forever: bool = False
    closed: bool = False
    is_set: bool = False
    returned: bool = False
    yielded: bool = False
    stored: str = ""
    passed: str = ""
    threaded: bool = False
    factory: bool = False
    closed_over: bool = False
    names: list[str] = msgspec.field(default_factory=list)
    """The names of the module that hold it."""
    attributes: list[str] = msgspec.field(default_factory=list)
    """The attributes of `self` that hold it."""
    held: list[str] = msgspec.field(default_factory=list)
    """Every name that holds it beyond the function: attributes, globals, names of a class or a module."""
    in_item: bool = False
    """A container holds it."""


class UsesOfLoops:
    """Follows a loop through names, calls, exits and nested functions."""

    def __init__(self, inference: Inference, threads: Threads) -> None:
        self._inference = inference
        self._threads = threads

    def of_value(self, frame: Frame, scope: Scope, ref: Ref) -> LoopUses:
        """What becomes of the loop that a value of the scope is."""
        uses = LoopUses()
        aliases = aliases_of(scope, ref)
        for index, value in enumerate(scope.values):
            if isinstance(value, Attribute) and value.base in aliases:
                uses.closed |= value.name == "close"
            if not isinstance(value, Call):
                continue
            function = scope.values[value.function]
            if isinstance(function, Attribute) and function.base in aliases:
                uses.runs |= function.name == "run_until_complete"
                uses.is_repeated |= function.name == "run_until_complete" and index in scope.repeated
                uses.runs_forever |= function.name == "run_forever"
            self._handed(frame, scope, index, aliases, uses)
        for exit in scope.exits:
            if self._holds(scope, exit.value, aliases):
                self._left(exit, uses)
        for assignment in scope.assignments:
            if assignment.value != NONE and self._holds(scope, assignment.value, aliases):
                if assignment.kind in (TargetKind.ATTRIBUTE, TargetKind.GLOBAL) or (
                    assignment.kind is TargetKind.NAME and scope.kind in (ScopeKind.MODULE, ScopeKind.CLASS)
                ):
                    uses.held.append(assignment.name)
                match assignment.kind:
                    case TargetKind.ATTRIBUTE:
                        uses.stored = f"`{spelled(scope, assignment.base)}.{assignment.name}`"
                        uses.attributes.append(assignment.name)
                    case TargetKind.ITEM:
                        uses.in_item = True
                        uses.stored = f"an item of `{spelled(scope, assignment.base)}`"
                    case TargetKind.GLOBAL:
                        uses.stored = f"the global `{assignment.name}`"
                    case TargetKind.NAME if scope.kind is ScopeKind.MODULE:
                        uses.names.append(assignment.name)
                    case TargetKind.NAME if scope.kind is ScopeKind.CLASS:
                        uses.stored = f"the class attribute `{assignment.name}`"
                    case _:
                        pass
        self._captured(frame, scope, aliases, uses)
        return uses

    def _left(self, exit: Exit, uses: LoopUses) -> None:
        if exit.kind is ExitKind.RETURN:
            uses.returned = True
        elif exit.kind is ExitKind.YIELD:
            uses.yielded = True

    def _holds(self, scope: Scope, ref: Ref, aliases: set[Ref]) -> bool:
        """Whether a value is the loop, or a display that holds it."""
        if ref in aliases:
            return True
        match scope.values[ref] if ref != NONE else None:
            case Sequence(elements=elements):
                return any(self._holds(scope, element, aliases) for element in elements)
            case Mapping(entries=entries):
                return any(self._holds(scope, value, aliases) for _, value in entries)
            case Spread(base=base):
                return self._holds(scope, base, aliases)
            case _:
                return False

    def _handed(self, frame: Frame, scope: Scope, ref: Ref, aliases: set[Ref], uses: LoopUses) -> None:
        """What a call does with a loop among its arguments."""
        call = scope.values[ref]
        assert isinstance(call, Call)
        for argument in call.arguments:
            target = scope.values[argument.value]
            if (
                isinstance(target, Attribute)
                and target.base in aliases
                and target.name in ("run_forever", "run_until_complete")
            ):
                uses.threaded = True
                uses.runs_forever |= target.name == "run_forever"
            if not self._holds(scope, argument.value, aliases):
                continue
            things = self._inference.things(At(frame, call.function))
            names = [thing.name for thing in things if isinstance(thing, ExternalThing)]
            last = {name.rpartition(".")[2] for name in names}
            if "set_event_loop" in last:
                uses.is_set = True
            elif "closing" in last:
                uses.closed = True
            elif "Thread" in last or last & STARTERS:
                uses.threaded = True
            elif argument.name == "loop_factory":
                uses.factory = True
            else:
                uses.passed = f"`{spelled(scope, call.function)}(...)`"
                uses.threaded |= any(
                    self._threads.keeps_a_thread(thing, At(frame, ref), argument.value) for thing in things
                )

    def _captured(self, frame: Frame, scope: Scope, aliases: set[Ref], uses: LoopUses) -> None:
        """Uses of the loop in functions nested in the one that makes it."""
        names = {name for name, value in scope.bindings if value in aliases}
        facts = self._inference.module(frame.path).facts(frame.region)
        assert facts is not None
        if scope.kind not in (ScopeKind.FUNCTION, ScopeKind.LAMBDA):
            return
        for index, inner in enumerate(facts.scopes):
            if index == frame.scope or not self._is_within(facts.scopes, index, frame.scope):
                continue
            captured = {
                ref for ref, value in enumerate(inner.values) if isinstance(value, Free) and value.name in names
            }
            if not captured:
                continue
            uses.closed_over = True
            inner_frame = Frame(frame.path, frame.region, index)
            for value in inner.values:
                if isinstance(value, Attribute) and value.base in captured:
                    uses.closed |= value.name == "close"
                    if value.name in ("run_forever", "run_until_complete"):
                        if self._threads.is_thread_target(inner_frame):
                            uses.threaded = True
                        else:
                            uses.runs = True

    def _is_within(self, scopes: tuple[Scope, ...], index: int, outer: int) -> bool:
        while index != NONE:
            index = scopes[index].parent
            if index == outer:
                return True
        return False


def aliases_of(scope: Scope, ref: Ref) -> set[Ref]:
    """The values that are the loop, under whatever name."""
    found = {ref}
    grew = True
    while grew:
        grew = False
        for index, value in enumerate(scope.values):
            if index not in found and _stands_for(scope, value, found):
                found.add(index)
                grew = True
    return found


def _stands_for(scope: Scope, value: Value, aliases: set[Ref]) -> bool:
    match value:
        case Choice(alternatives=alternatives):
            return not aliases.isdisjoint(alternatives)
        case Changed(base=base) | Narrowed(base=base) | Declared(value=base):
            return base in aliases
        case Entered(base=base):
            manager = scope.values[base]
            return base in aliases or (
                isinstance(manager, Call) and any(argument.value in aliases for argument in manager.arguments)
            )
        case _:
            return False
