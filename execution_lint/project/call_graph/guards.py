"""What of a function can be reached while a loop is running in its thread: the rest stands behind a guard."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from execution_lint.facts.scopes import ExitKind, Fork, ForkKind, Scope, ScopeKind, Stretch
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Awaited,
    Call,
    Choice,
    Constant,
    Declared,
    Free,
    Narrowed,
    Operation,
    Ref,
    Sequence,
    Text,
)
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.loop_names import callee_name
from execution_lint.project.things import At, Definition, ExternalThing, Frame, FunctionThing, Thing

_NEVER_RAISE = frozenset(
    {
        "asyncio.get_running_loop",
        "asyncio.events.get_running_loop",
        "asyncio.get_event_loop",
        "asyncio.current_task",
        "asyncio.create_task",
        "sniffio.current_async_library",
    }
)
"""What succeeds where a loop is running, and raises where none is."""

_GIVE_SOMETHING = _NEVER_RAISE | {
    "asyncio._get_running_loop",
    "asyncio.events._get_running_loop",
    "asyncio.ensure_future",
}
"""What gives something true where a loop is running."""

_ERRORS = frozenset(
    {
        "builtins.RuntimeError",
        "builtins.Exception",
        "builtins.BaseException",
        "sniffio.AsyncLibraryNotFoundError",
    }
)
"""What is caught where no loop is running."""

_WORK = frozenset({"result", "join", "run_until_complete", "run", "run_forever", "get"})
"""Methods that wait for work, whose own errors come out of them."""

_HINTS = ("loop", "running", "is_closed", "async", "sync", "task", "bool", "event")
"""One of these stands in the name of every function that is asked whether a loop is running."""

MAXIMUM_DEPTH = 4
"""Helpers of helpers that are looked into for what they answer."""


class Dead(NamedTuple):
    """Values that are never computed while a loop is running."""

    first: Ref
    end: Ref
    is_rest: bool = False
    """They follow what never ends, up to the end of their block; there may be none."""


class Guards:
    """Tells what is dead while a loop is running in the thread."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._dead: dict[Definition, tuple[Dead, ...]] = {}
        self._leaking: dict[Definition, tuple[tuple[Stretch, Ref], ...]] = {}
        self._depth = 0

    def is_dead(self, frame: Frame, ref: Ref) -> bool:
        """Whether control never comes to a value while a loop is running."""
        return any(dead.first <= ref < dead.end for dead in self._stretches(frame))

    def leak(self, frame: Frame, ref: Ref) -> Place | None:
        """Where errors of work come out within the guard that a value stands behind; None for a tight guard, or
        none."""
        self._stretches(frame)
        for way, at in self._leaking.get(frame.definition, ()):
            if way.first <= ref < way.end:
                return Place(frame.path, self._inference.scope(frame).spans[at])
        return None

    def _stretches(self, frame: Frame) -> tuple[Dead, ...]:
        key = frame.definition
        if key not in self._dead:
            self._dead[key] = ()
            self._dead[key] = self._find(Frame(frame.path, frame.region, frame.scope))
        return self._dead[key]

    def _find(self, frame: Frame) -> tuple[Dead, ...]:
        scope = self._inference.scope(frame)
        found: list[Dead] = []
        for _ in range(4):
            before = len(found)
            self._dead[frame.definition] = tuple(found)
            for fork in scope.forks:
                found.extend(part for part in self._of_fork(frame, scope, fork, found) if part not in found)
            found.extend(part for part in self._after_calls(frame, scope) if part not in found)
            if len(found) == before:
                break
        return tuple(found)

    def _of_fork(self, frame: Frame, scope: Scope, fork: Fork, dead: list[Dead]) -> Iterator[Dead]:
        if fork.kind is ForkKind.TEST:
            holds, fails = fork.ways
            truth = self._truth(At(frame, fork.test))
            if truth is not None:
                gone, left = (fails, holds) if truth else (holds, fails)
                if gone.first < gone.end:
                    yield Dead(gone.first, gone.end)
                if self._ends(left, dead):
                    yield Dead(fork.ways[-1].end, self._end_of_block(scope, fork), True)
        elif fork.kind is ForkKind.ATTEMPT:
            yield from self._of_attempt(frame, scope, fork, dead)

    def _of_attempt(self, frame: Frame, scope: Scope, fork: Fork, dead: list[Dead]) -> Iterator[Dead]:
        body, orelse, joins, *handlers = fork.ways
        asking = [ref for ref in range(body.first, body.end) if self._asks(frame, scope, ref)]
        if not asking:
            return
        leaking = next(
            (
                ref
                for ref in range(body.first, body.end)
                if not self.is_dead(frame, ref) and self._leaks(frame, scope, ref)
            ),
            NONE,
        )
        live = []
        for handler, caught in zip(handlers, fork.caught, strict=True):
            if caught != NONE and not self._catches(At(frame, caught)):
                live.append(handler)
            elif leaking != NONE:
                live.append(handler)
                known = self._leaking.get(frame.definition, ())
                if (handler, leaking) not in known:
                    self._leaking[frame.definition] = (*known, (handler, leaking))
            elif handler.first < handler.end:
                yield Dead(handler.first, handler.end)
        if not live and joins.first < joins.end:
            yield Dead(joins.first, joins.end)
        ends = self._ends(body, dead) or (orelse.ends or self._ends(orelse, dead))
        if ends and all(self._ends(handler, dead) for handler in live):
            yield Dead(max(way.end for way in fork.ways), self._end_of_block(scope, fork), True)

    def _ends(self, way: Stretch, dead: list[Dead]) -> bool:
        """Whether control does not come out of a way."""
        return way.ends or any(part.is_rest and part.first >= way.first and part.end == way.end for part in dead)

    def _end_of_block(self, scope: Scope, fork: Fork) -> Ref:
        """Where the code ends that follows a fork on the same way."""
        return self._end_around(scope, min(way.first for way in fork.ways), max(way.end for way in fork.ways), fork)

    def _end_around(self, scope: Scope, first: Ref, end: Ref, but: Fork | None = None) -> Ref:
        around = [
            way.end
            for fork in scope.forks
            if fork is not but
            for way in fork.ways
            if way.first <= first and end <= way.end and way.first < way.end
        ]
        return min(around, default=len(scope.values))

    def _after_calls(self, frame: Frame, scope: Scope) -> Iterator[Dead]:
        """What follows a call that never returns while a loop is running."""
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call) and self._is_check(scope, value.function):
                things = self._inference.things(At(frame, value.function))
                if things and all(self._never_returns(thing) for thing in things):
                    yield Dead(ref + 1, self._end_around(scope, ref, ref + 1), True)

    def _is_check(self, scope: Scope, ref: Ref) -> bool:
        """Whether it is worth asking what is called: a name that sounds like a check."""
        name = callee_name(scope, ref).lower()
        return any(word in name for word in (*_HINTS, "ensure", "check", "assert", "guard", "require"))

    def _never_returns(self, thing: Thing) -> bool:
        if not isinstance(thing, FunctionThing) or self._depth >= MAXIMUM_DEPTH:
            return False
        scope = self._inference.scope(thing.definition)
        if scope.is_async or scope.is_generator or scope.kind is not ScopeKind.FUNCTION:
            return False
        definition = thing.definition
        frame = Frame(definition.path, definition.region, definition.scope)
        self._depth += 1
        stretches = self._stretches(frame)
        self._depth -= 1
        if not stretches:
            return False
        return all(
            self._falls_dead(scope, stretches) if exit.kind is ExitKind.FALL else self.is_dead(frame, exit.at)
            for exit in scope.exits
            if exit.kind is not ExitKind.RAISE
        )

    def _falls_dead(self, scope: Scope, stretches: tuple[Dead, ...]) -> bool:
        """Whether control does not come to the end of a function."""
        return any(dead.is_rest and dead.end == len(scope.values) for dead in stretches)

    def _asks(self, frame: Frame, scope: Scope, ref: Ref) -> bool:
        value = scope.values[ref]
        if not isinstance(value, Call) or not self._may_tell(At(frame, value.function)):
            return False
        return any(
            isinstance(thing, ExternalThing) and thing.name in _NEVER_RAISE
            for thing in self._inference.things(At(frame, value.function))
        )

    def _leaks(self, frame: Frame, scope: Scope, ref: Ref) -> bool:
        """Whether errors of work come out of a call."""
        value = scope.values[ref]
        if isinstance(value, Awaited):
            return True
        if not isinstance(value, Call):
            return False
        function = scope.values[value.function]
        if isinstance(function, Attribute) and function.name in _WORK:
            return True
        for thing in self._inference.things(At(frame, value.function)):
            if isinstance(thing, FunctionThing) and not self._inference.scope(thing.definition).is_async:
                return not self._is_harmless(thing)
        return False

    def _is_harmless(self, thing: FunctionThing) -> bool:
        """Whether a function only asks for the loop, so that no work's error comes out of it."""
        scope = self._inference.scope(thing.definition)
        return len(scope.values) < 12

    def _catches(self, at: At) -> bool:
        """Whether a handler catches what is raised where no loop is running."""
        value = self._inference.value(at)
        if isinstance(value, Sequence):
            return any(self._catches(At(at.frame, element)) for element in value.elements)
        if isinstance(value, Call):
            return any(self._catches(At(at.frame, argument.value)) for argument in value.arguments)
        return any(isinstance(thing, ExternalThing) and thing.name in _ERRORS for thing in self._inference.things(at))

    def _truth(self, at: At, depth: int = 0) -> bool | None:
        """Whether a test holds while a loop is running; None where that is not known."""
        frame = at.frame
        if depth > 12:
            return None
        match self._inference.value(at):
            case Constant(kind="bool", text=text):
                return text == "True"
            case Constant(kind="None"):
                return False
            case Narrowed(base=base) | Declared(value=base):
                return self._truth(At(frame, base), depth + 1)
            case Operation(operator="not", operands=(operand,)):
                truth = self._truth(At(frame, operand), depth + 1)
                return None if truth is None else not truth
            case Operation(operator="is" | "is not" | "==" | "!=" as operator, operands=(left, right)):
                same = self._same(At(frame, left), At(frame, right), depth + 1)
                return None if same is None else same is (operator in ("is", "=="))
            case Choice(kind="and" | "or" as kind, alternatives=alternatives):
                truths = [self._truth(At(frame, part), depth + 1) for part in alternatives]
                deciding = kind == "or"
                if deciding in truths:
                    return deciding
                return None if None in truths else not deciding
            case Choice(alternatives=alternatives):
                living = [part for part in alternatives if not self.is_dead(frame, part)]
                truths = [self._truth(At(frame, part), depth + 1) for part in living]
                return truths[0] if truths and all(truth is truths[0] for truth in truths) else None
            case Call() as call:
                return self._truth_of_call(At(frame, call.function), call, frame, depth + 1)
            case Free(name="TYPE_CHECKING"):
                return False
            case _:
                return None

    def _same(self, left: At, right: At, depth: int) -> bool | None:
        """Whether two values are the same one; told for None, truths, and the name of the module."""
        first, second = self._inference.value(left), self._inference.value(right)
        if isinstance(first, Free) and first.name == "__name__" and isinstance(second, Text):
            return False if second.value == "__main__" else None
        if isinstance(second, Constant) and second.kind == "None":
            return self._is_none(left, depth)
        if isinstance(second, Constant) and second.kind == "bool":
            truth = self._truth(left, depth)
            return None if truth is None else truth is (second.text == "True")
        return None

    def _is_none(self, at: At, depth: int) -> bool | None:
        if depth > 12:
            return None
        match self._inference.value(at):
            case Constant(kind=kind):
                return kind == "None"
            case Narrowed(base=base) | Declared(value=base):
                return self._is_none(At(at.frame, base), depth + 1)
            case Choice(kind="join" | "if", alternatives=alternatives):
                living = [part for part in alternatives if not self.is_dead(at.frame, part)]
                answers = [self._is_none(At(at.frame, part), depth + 1) for part in living]
                return answers[0] if answers and all(answer is answers[0] for answer in answers) else None
            case Call() as call:
                things = self._inference.things(At(at.frame, call.function))
                if things and all(
                    isinstance(thing, ExternalThing) and thing.name in _GIVE_SOMETHING for thing in things
                ):
                    return False
                return self._answer(things, self._is_none, depth)
            case _:
                return None

    def _truth_of_call(self, function: At, call: Call, frame: Frame, depth: int) -> bool | None:
        if not self._may_tell(function):
            return None
        function_name = callee_name(self._inference.scope(frame), function.ref)
        things = self._inference.things(function)
        names = {thing.name for thing in things if isinstance(thing, ExternalThing)}
        if names and names <= _GIVE_SOMETHING:
            return True
        if names and all(name.endswith(".is_running") for name in names):
            value = self._inference.value(function)
            return True if isinstance(value, Attribute) and self._is_running(At(frame, value.base), depth) else None
        if function_name == "is_closed":
            value = self._inference.value(function)
            return False if isinstance(value, Attribute) and self._is_running(At(frame, value.base), depth) else None
        if names == {"builtins.bool"} and call.arguments:
            return self._truth(At(frame, call.arguments[0].value), depth)
        return self._answer(things, self._truth, depth)

    def _may_tell(self, function: At) -> bool:
        """Whether a function sounds as if it told something of loops: others are not asked."""
        name = callee_name(self._inference.scope(function.frame), function.ref).lower()
        return any(word in name for word in _HINTS)

    def _is_running(self, at: At, depth: int) -> bool | None:
        """Whether a loop is the one that is running: what `get_running_loop` or `get_event_loop` gives."""
        if depth > 12:
            return False
        match self._inference.value(at):
            case Narrowed(base=base) | Declared(value=base):
                return self._is_running(At(at.frame, base), depth + 1)
            case Choice(alternatives=alternatives):
                living = [part for part in alternatives if not self.is_dead(at.frame, part)]
                return bool(living) and all(self._is_running(At(at.frame, part), depth + 1) for part in living)
            case Call() as call:
                things = self._inference.things(At(at.frame, call.function))
                if any(isinstance(thing, FunctionThing) for thing in things):
                    return self._answer(things, self._is_running, depth)
                return bool(things) and all(
                    isinstance(thing, ExternalThing) and thing.name in _GIVE_SOMETHING for thing in things
                )
            case _:
                return False

    def _answer(self, things: tuple[Thing, ...], question: Callable[[At, int], bool | None], depth: int) -> bool | None:
        """What functions of the project answer while a loop is running."""
        answers: list[bool | None] = []
        for thing in things:
            if not isinstance(thing, FunctionThing) or self._depth >= MAXIMUM_DEPTH:
                return None
            definition = thing.definition
            scope = self._inference.scope(definition)
            if scope.is_async or scope.is_generator:
                return None
            frame = Frame(definition.path, definition.region, definition.scope)
            self._depth += 1
            for exit in scope.exits:
                if exit.kind is ExitKind.RETURN and not self.is_dead(frame, exit.at):
                    answers.append(question(At(frame, exit.value), depth) if exit.value != NONE else None)
                elif exit.kind is ExitKind.FALL and not self._falls_dead(scope, self._stretches(frame)):
                    answers.append(None)
            self._depth -= 1
        return answers[0] if answers and all(answer is answers[0] for answer in answers) else None
