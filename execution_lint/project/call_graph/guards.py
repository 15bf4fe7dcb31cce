"""What of a function can be reached while a loop is running in its thread: the rest stands behind a guard."""

from collections.abc import Callable
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

MAXIMUM_NESTING = 100
"""Forks that rest on one another."""


class Verdict(NamedTuple):
    """What of a fork is dead while a loop is running."""

    gone: tuple[Stretch, ...] = ()
    """The ways that control does not take."""
    taken: tuple[Stretch, ...] = ()
    """Those of which one is taken first; where neither ends, control comes out of the fork."""
    caught: tuple[Stretch, ...] = ()
    """Those that may follow instead; control comes out of the fork where one of them does not end."""


class Outline(NamedTuple):
    """What of a scope decides what is dead in it."""

    forks: tuple[tuple[int, Ref, Ref, Ref], ...]
    """The tests and the attempts: index, first value, end, and where the code ends that follows one of which control
    may not come out; -1 for others."""
    checks: tuple[tuple[Ref, Ref], ...]
    """The calls whose names sound like a check, each with where the code ends that follows it."""


class Guards:
    """Tells what is dead while a loop is running in the thread: of each fork in the code once it matters."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._verdicts: dict[Definition, dict[int, Verdict]] = {}
        self._resting: dict[Definition, dict[int, bool]] = {}
        self._leaking: dict[Definition, dict[int, tuple[tuple[Stretch, Ref], ...]]] = {}
        self._outlines: dict[Definition, Outline] = {}
        self._stopping: dict[tuple[Definition, Ref], bool] = {}
        self._depth = 0
        self._nesting = 0

    def is_dead(self, frame: Frame, ref: Ref) -> bool:
        """Whether control never comes to a value while a loop is running."""
        scope = self._inference.scope(frame)
        outline = self._outline(frame, scope)
        for index, first, end, until in outline.forks:
            if end <= ref < until:
                if self._rests(frame, scope, index):
                    return True
            elif first <= ref < end and self._is_gone(frame, scope, index, ref):
                return True
        return any(call < ref < until and self._stops(frame, scope, call) for call, until in outline.checks)

    def _is_gone(self, frame: Frame, scope: Scope, index: int, ref: Ref) -> bool:
        """Whether a value stands on a way of a fork that control is kept from."""
        return any(way.first <= ref < way.end for way in _deciding(scope.forks[index])) and any(
            way.first <= ref < way.end for way in self._verdict(frame, scope, index).gone
        )

    def leak(self, frame: Frame, ref: Ref) -> Place | None:
        """Where errors of work come out within the guard that a value stands behind; None for a tight guard, or
        none."""
        scope = self._inference.scope(frame)
        for index, fork in enumerate(scope.forks):
            if fork.kind is ForkKind.ATTEMPT and any(way.first <= ref < way.end for way in fork.ways[3:]):
                self._verdict(frame, scope, index)
                for way, at in self._leaking.get(frame.definition, {}).get(index, ()):
                    if way.first <= ref < way.end:
                        return Place(frame.path, scope.spans[at])
        return None

    def _outline(self, frame: Frame, scope: Scope) -> Outline:
        known = self._outlines.get(frame.definition)
        if known is None:
            checks = tuple(
                (ref, self._end_around(scope, ref, ref + 1))
                for ref, value in enumerate(scope.values)
                if isinstance(value, Call) and self._is_check(scope, value.function)
            )
            # Where control may not come on: inner forks come before those around them.
            stops = [call for call, _ in checks]
            forks = []
            for index, fork in enumerate(scope.forks):
                if fork.kind is ForkKind.ROUNDS:
                    continue
                end = max(way.end for way in fork.ways)
                until = -1
                if any(way.ends or any(way.first <= stop <= way.end for stop in stops) for way in fork.ways):
                    until = self._end_of_block(scope, fork)
                    stops.append(end)
                forks.append((index, fork.ways[0].first, end, until))
            known = self._outlines[frame.definition] = Outline(tuple(forks), checks)
        return known

    def _rests(self, frame: Frame, scope: Scope, index: int) -> bool:
        """Whether control does not come out of a fork."""
        known = self._resting.setdefault(frame.definition, {})
        if index not in known:
            known[index] = False
            verdict = self._verdict(frame, scope, index)
            known[index] = any(self._ends(frame, scope, way) for way in verdict.taken) and all(
                self._ends(frame, scope, way) for way in verdict.caught
            )
        return known[index]

    def _verdict(self, frame: Frame, scope: Scope, index: int) -> Verdict:
        """What one fork makes dead of itself."""
        known = self._verdicts.setdefault(frame.definition, {})
        if index not in known:
            known[index] = Verdict()  # Who asks of itself is told nothing.
            if self._nesting < MAXIMUM_NESTING:
                self._nesting += 1
                known[index] = self._of_fork(frame, scope, index)
                self._nesting -= 1
        return known[index]

    def _of_fork(self, frame: Frame, scope: Scope, index: int) -> Verdict:
        fork = scope.forks[index]
        if fork.kind is ForkKind.TEST:
            holds, fails = fork.ways
            truth = self._truth(At(frame, fork.test))
            if truth is None:
                return Verdict()
            return Verdict((fails,), (holds,)) if truth else Verdict((holds,), (fails,))
        return self._of_attempt(frame, scope, index, fork) if fork.kind is ForkKind.ATTEMPT else Verdict()

    def _of_attempt(self, frame: Frame, scope: Scope, index: int, fork: Fork) -> Verdict:
        body, orelse, joins, *handlers = fork.ways
        if not any(self._asks(frame, scope, ref) for ref in range(body.first, body.end)):
            return Verdict()
        leaking = next(
            (
                ref
                for ref in range(body.first, body.end)
                if isinstance(scope.values[ref], (Awaited, Call))
                and not self.is_dead(frame, ref)
                and self._leaks(frame, scope, ref)
            ),
            NONE,
        )
        gone, live = [], []
        leaks: list[tuple[Stretch, Ref]] = []
        for handler, caught in zip(handlers, fork.caught, strict=True):
            if caught != NONE and not self._catches(At(frame, caught)):
                live.append(handler)
            elif leaking != NONE:
                live.append(handler)
                leaks.append((handler, leaking))
            else:
                gone.append(handler)
        self._leaking.setdefault(frame.definition, {})[index] = tuple(leaks)
        return Verdict((*gone, *(() if live else (joins,))), (body, orelse), tuple(live))

    def _ends(self, frame: Frame, scope: Scope, way: Stretch) -> bool:
        """Whether control does not come out of a way."""
        return way.ends or self._comes_to_rest(frame, scope, way.first, way.end)

    def _comes_to_rest(self, frame: Frame, scope: Scope, start: Ref, stop: Ref) -> bool:
        """Whether something from one value on keeps control from coming to another."""
        outline = self._outline(frame, scope)
        return any(
            start <= first and end <= stop == until and self._rests(frame, scope, index)
            for index, first, end, until in outline.forks
        ) or any(call >= start and until == stop and self._stops(frame, scope, call) for call, until in outline.checks)

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

    def _stops(self, frame: Frame, scope: Scope, call: Ref) -> bool:
        """Whether a call never returns while a loop is running."""
        key = (frame.definition, call)
        if key not in self._stopping:
            self._stopping[key] = False
            value = scope.values[call]
            assert isinstance(value, Call)
            things = self._inference.things(At(frame, value.function))
            self._stopping[key] = bool(things) and all(self._never_returns(thing) for thing in things)
        return self._stopping[key]

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
        coming_out = [exit for exit in scope.exits if exit.kind is not ExitKind.RAISE]
        found = all(
            self._falls_dead(frame, scope) if exit.kind is ExitKind.FALL else self.is_dead(frame, exit.at)
            for exit in coming_out
        ) and (bool(coming_out) or self._tells(frame, scope))
        self._depth -= 1
        return found

    def _tells(self, frame: Frame, scope: Scope) -> bool:
        """Whether something in a function rests on whether a loop is running."""
        indices = range(len(scope.forks))
        return any(self._verdict(frame, scope, index).taken for index in indices) or any(
            self._stops(frame, scope, call) for call, _ in self._outline(frame, scope).checks
        )

    def _falls_dead(self, frame: Frame, scope: Scope) -> bool:
        """Whether control does not come to the end of a function."""
        return self._comes_to_rest(frame, scope, 0, len(scope.values))

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
                elif exit.kind is ExitKind.FALL and not self._falls_dead(frame, scope):
                    answers.append(None)
            self._depth -= 1
        return answers[0] if answers and all(answer is answers[0] for answer in answers) else None


def _deciding(fork: Fork) -> tuple[Stretch, ...]:
    """The ways of a fork that control may be kept from: of an attempt, the joins and the handlers."""
    return fork.ways[2:] if fork.kind is ForkKind.ATTEMPT else fork.ways
