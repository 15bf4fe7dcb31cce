"""Whether a loop is running wherever a piece of code executes."""

from collections import deque
from collections.abc import Iterator
from enum import Enum

from execution_lint.facts.scopes import Fork, ForkKind, Scope, ScopeKind
from execution_lint.facts.values import NONE, Call, Constant, Ref
from execution_lint.project.call_graph.callers import Callers
from execution_lint.project.call_graph.entries import Entries
from execution_lint.project.call_graph.nodes import Manner, executor
from execution_lint.project.loop_names import callee_name
from execution_lint.project.things import Definition, Frame
from execution_lint.project.threads import Threads

MAXIMUM_FUNCTIONS = 24
"""Functions on the way up that are asked, those with the fewest calls in between first."""


class Running(Enum):
    """What is known of the loop of the thread that executes a piece of code."""

    ALWAYS = "always"
    """Every way that leads there starts on a running loop."""
    NOT_ALWAYS = "not always"
    """One way leads there on which no loop is running."""
    OPEN = "open"
    """Nobody in the project calls it, or not all ways are known."""
    UNTOLD = "untold"
    """More ways lead there than were looked at, those on a running loop."""


class RunningLoops:
    """Asks the callers of a function, up to where a loop, a thread or an import begins."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers
        self._inference = callers.inference
        self._entries = Entries(callers.inference)
        self._threads = Threads(callers.inference)
        self._known: dict[tuple[Definition, frozenset[Running]], Running] = {}

    def nearest(self, frame: Frame, ref: Ref) -> Running:
        """Whether a loop is running where a value is computed: the first way on which none need be is enough."""
        return self._at(frame, ref, frozenset({Running.OPEN, Running.NOT_ALWAYS}))

    def at(self, frame: Frame, ref: Ref) -> Running:
        """What is known of the loop where a value is computed."""
        return self._at(frame, ref, frozenset({Running.NOT_ALWAYS}))

    def _at(self, frame: Frame, ref: Ref, decisive: frozenset[Running]) -> Running:
        told = self._told(frame, ref)
        if isinstance(told, Running):
            return told
        key = (told, decisive)
        if key not in self._known:
            self._known[key] = self._climbed(told, decisive)
        return self._known[key]

    def _climbed(self, start: Definition, decisive: frozenset[Running]) -> Running:
        """What the ways that lead to a function tell, nearer ones first, up to the first decisive answer."""
        self._callers.begin()
        waiting = deque([start])
        seen = {start}
        found = Running.ALWAYS
        while waiting:
            for told in self._told_above(waiting.popleft()):
                if isinstance(told, Definition):
                    if told not in seen:
                        seen.add(told)
                        waiting.append(told)
                elif told in decisive:
                    return told
                elif told is Running.OPEN:
                    found = told
            if waiting and len(seen) - len(waiting) >= MAXIMUM_FUNCTIONS:
                return Running.OPEN if found is Running.OPEN else Running.UNTOLD
        return found

    def _told(self, frame: Frame, ref: Ref) -> Running | Definition:
        """What the code around a value tells by itself, else the function whose callers tell."""
        definition = executor(self._inference, frame, ref)
        if definition is not None and self._entries.kind(definition):
            return Running.ALWAYS  # A guard in a coroutine has an arm that nothing executes.
        if self._callers.guards.is_dead(frame, ref):
            return Running.NOT_ALWAYS
        if has_loop_before(self._inference.scope(frame), ref):
            return Running.ALWAYS
        return Running.NOT_ALWAYS if definition is None else definition

    def _told_above(self, definition: Definition) -> Iterator[Running | Definition]:
        """What the places tell that make a function execute."""
        if self._entries.kind(definition):
            yield Running.ALWAYS
            return
        if self._threads.is_thread_target(Frame(definition.path, definition.region, definition.scope)):
            yield Running.NOT_ALWAYS
            return
        uses = self._callers.of(definition)
        if self._callers.guarded(definition):
            yield Running.NOT_ALWAYS
        for use in uses:
            yield Running.ALWAYS if use.manner is Manner.ON_THE_LOOP else self._told(use.frame, use.ref)
        if not uses and not self._is_within_a_coroutine(definition):
            yield Running.OPEN

    def _is_within_a_coroutine(self, definition: Definition) -> bool:
        """Whether a coroutine makes the function; an object with methods may be handed to where no loop is running."""
        facts = self._inference.module(definition.path).facts(definition.region)
        index = definition.scope
        while facts is not None and index != NONE and facts.scopes[index].kind is not ScopeKind.CLASS:
            if facts.scopes[index].is_async:
                return True
            index = facts.scopes[index].parent
        return False


def has_loop_before(scope: Scope, ref: Ref) -> bool:
    """Whether control comes to a value only past a `get_running_loop()` that gave a loop."""
    return any(
        isinstance(value, Call)
        and callee_name(scope, value.function) == "get_running_loop"
        and dominates(scope, earlier, ref)
        for earlier, value in enumerate(scope.values[: max(ref, 0)])
    )


def sets_loop_before(scope: Scope, ref: Ref) -> bool:
    """Whether control comes to a value only past a `set_event_loop(loop)`."""
    for earlier, value in enumerate(scope.values[: max(ref, 0)]):
        if (
            isinstance(value, Call)
            and value.arguments
            and callee_name(scope, value.function) == "set_event_loop"
            and not isinstance(scope.values[value.arguments[0].value], Constant)
            and dominates(scope, earlier, ref)
        ):
            return True
    return False


def dominates(scope: Scope, earlier: Ref, later: Ref) -> bool:
    """Whether control comes to one value only past the other, and past it without an exception."""
    return earlier < later and all(_leads(fork, earlier, later) for fork in scope.forks)


def _leads(fork: Fork, earlier: Ref, later: Ref) -> bool:
    for index, way in enumerate(fork.ways):
        if not way.first <= earlier < way.end or way.first <= later < way.end:
            continue
        is_attempt = fork.kind is ForkKind.ATTEMPT
        if is_attempt and index == 0 and fork.ways[1].first <= later < fork.ways[1].end:
            continue
        others = fork.ways[3:] if is_attempt else [other for other in fork.ways if other is not way]
        is_past = later >= max(other.end for other in fork.ways)
        if fork.kind is ForkKind.ROUNDS or index > (0 if is_attempt else 1) or not is_past:
            return False
        if not all(other.ends for other in others):
            return False
    return True
