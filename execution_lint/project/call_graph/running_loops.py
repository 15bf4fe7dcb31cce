"""Whether a loop is running wherever a piece of code executes."""

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
"""Functions whose callers are asked for before the question stays open."""


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
        self._known: dict[Definition, Running] = {}
        self._left = 0

    def at(self, frame: Frame, ref: Ref) -> Running:
        """Whether a loop is running where a value is computed."""
        self._left = MAXIMUM_FUNCTIONS
        self._callers.begin()
        return self._at(frame, ref)

    def _at(self, frame: Frame, ref: Ref) -> Running:
        definition = executor(self._inference, frame, ref)
        running = self._at_sight(frame, ref, definition)
        if running is None:
            assert definition is not None
            running = self._of(definition)
        return running

    def _at_sight(self, frame: Frame, ref: Ref, definition: Definition | None) -> Running | None:
        """What shows where the value is computed; None where it takes the callers of what computes it."""
        if definition is not None and self._entries.kind(definition):
            return Running.ALWAYS  # A guard in a coroutine has an arm that nothing executes.
        if self._callers.guards.is_dead(frame, ref):
            return Running.NOT_ALWAYS
        if has_loop_before(self._inference.scope(frame), ref):
            return Running.ALWAYS
        return Running.NOT_ALWAYS if definition is None else self._known.get(definition)

    def _of(self, definition: Definition) -> Running:
        if definition not in self._known:
            if self._left <= 0:
                return Running.UNTOLD
            self._left -= 1
            self._known[definition] = Running.ALWAYS  # A call of itself says nothing.
            found = self._find(definition)
            if found is Running.UNTOLD:
                # The next question has functions to ask of its own.
                del self._known[definition]
                return found
            self._known[definition] = found
        return self._known[definition]

    def _find(self, definition: Definition) -> Running:
        if self._entries.kind(definition):
            return Running.ALWAYS
        frame = Frame(definition.path, definition.region, definition.scope)
        if self._threads.is_thread_target(frame):
            return Running.NOT_ALWAYS
        uses = [use for use in self._callers.of(definition) if use.manner is not Manner.ON_THE_LOOP]
        if self._callers.guarded(definition):
            return Running.NOT_ALWAYS
        at_sight = [self._at_sight(use.frame, use.ref, executor(self._inference, use.frame, use.ref)) for use in uses]
        found = {running for running in at_sight if running is not None}
        for use, running in zip(uses, at_sight, strict=True):
            if Running.NOT_ALWAYS in found:
                return Running.NOT_ALWAYS
            if running is None:
                found.add(self._at(use.frame, use.ref))
        for running in (Running.NOT_ALWAYS, Running.OPEN, Running.UNTOLD):
            if running in found:
                return running
        if self._callers.of(definition):
            return Running.ALWAYS
        return Running.ALWAYS if self._is_within_a_coroutine(definition) else Running.OPEN

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
