"""Every place that takes the loop that happens to be current, or the policy that makes it."""

from collections import Counter
from collections.abc import Iterator

from execution_lint.facts.scopes import Fork, ForkKind, Scope
from execution_lint.facts.values import NONE, Attribute, Call, Choice, Constant, Free, Operation, Ref, Sequence
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.aliases import closure
from execution_lint.project.call_graph.running_loops import Running, RunningLoops, sets_loop_before
from execution_lint.project.inference import Inference
from execution_lint.project.loop_exemptions import is_exempt
from execution_lint.project.loop_names import callee_name
from execution_lint.project.loop_subjects import ImplicitLoop, Implicitness
from execution_lint.project.loop_uses import aliases_of
from execution_lint.project.spelling import mentioned
from execution_lint.project.things import At, ExternalThing, Frame, PartialThing, Thing
from execution_lint.source.regions import Needles

WORDS = frozenset({"get_event_loop", "get_event_loop_policy", "set_event_loop_policy", "uvloop", "winloop"})
"""What stands in the text wherever one of these calls, or an alias of what it calls, does."""

_POLICY = frozenset({"get_event_loop_policy", "set_event_loop_policy"})
_PACKAGES = frozenset({"asyncio", "uvloop", "winloop"})

_ON_RUNNING_LOOPS = frozenset(
    {
        "create_task",
        "create_future",
        "run_in_executor",
        "call_soon",
        "call_soon_threadsafe",
        "call_later",
        "call_at",
        "time",
        "add_signal_handler",
        "remove_signal_handler",
        "add_reader",
        "add_writer",
        "is_running",
        "set_exception_handler",
        "set_debug",
        "get_debug",
        "set_default_executor",
    }
)
"""Methods that are called on a loop that is running, as a rule."""

_ERRORS = frozenset({"RuntimeError", "Exception", "BaseException"})
_REMOVED = (3, 14)
"""The version of Python in which `get_event_loop` raises and policies are deprecated (cpython#126354, #127949)."""


class ImplicitLoops:
    """Finds the calls of `get_event_loop` where no loop need be running, and those of the policy API."""

    def __init__(self, inference: Inference, running: RunningLoops, undecided: "Counter[tuple[str, str]]") -> None:
        self._inference = inference
        self._running = running
        self._undecided = undecided

    def __iter__(self) -> Iterator[ImplicitLoop]:
        names = closure(self._inference, WORDS)
        for path, regions in self._inference.modules.library.candidates(Needles(names)):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    yield from self._in_scope(Frame(path, region, index), scope, names)

    def _in_scope(self, frame: Frame, scope: Scope, names: frozenset[str]) -> Iterator[ImplicitLoop]:
        for ref, value in enumerate(scope.values):
            if not isinstance(value, Call) or not mentioned(scope, value.function) & names:
                continue
            for thing in self._inference.things(At(frame, value.function)):
                called = implicit(thing)
                if called:
                    found = self._judged(frame, scope, ref, called)
                    if found is not None:
                        why, confidence, related = found
                        place = Place(frame.path, scope.spans[ref])
                        yield ImplicitLoop(place, scope.qualname, called, why, confidence, related)
                    break

    def _judged(
        self, frame: Frame, scope: Scope, ref: Ref, called: str
    ) -> tuple[Implicitness, Confidence, tuple[Related, ...]] | None:
        """Why the call is one to report, how sure that is, and what shows it; None where it is sound."""
        if is_exempt(self._inference, frame) or any(_is_for_older_versions(scope, fork, ref) for fork in scope.forks):
            return None
        if called.rpartition(".")[2] != "get_event_loop":
            return None if _only_makes_a_loop(scope, ref) else (Implicitness.POLICY, Confidence.PROVEN, ())
        if sets_loop_before(scope, ref):
            return None
        running = self._running.nearest(frame, ref)
        if running is Running.ALWAYS:
            return None
        if running is Running.UNTOLD:
            self._undecided["implicit loop", "more functions lead to it than are followed"] += 1
            return None
        used = _methods(scope, ref)
        runs = tuple(
            Related("it runs here", Place(frame.path, scope.spans[at]))
            for at, method in used
            if method in ("run_until_complete", "run_forever")
        )
        if runs:
            return Implicitness.RUN, Confidence.PROVEN, runs
        handler = _handler(scope, ref)
        if handler is not None:
            related = (Related("the code expects that there is none", Place(frame.path, scope.spans[handler])),)
            return Implicitness.SEARCHED, Confidence.PROVEN, related
        if self._running.at(frame, ref) is Running.NOT_ALWAYS:
            return Implicitness.NOT_RUNNING, Confidence.PROVEN, ()
        on_running = bool(used) and all(method in _ON_RUNNING_LOOPS for _, method in used)
        return Implicitness.OPEN, Confidence.POSSIBLE if on_running else Confidence.LIKELY, ()


def implicit(thing: Thing) -> str:
    """The dotted name of what gives the current loop, or touches the policy; empty for anything else."""
    match thing:
        case ExternalThing(name=name, receiver=None):
            package, _, rest = name.partition(".")
            last = rest.rpartition(".")[2]
            if package == "asyncio" and (last == "get_event_loop" or last in _POLICY):
                return name
            return name if name in ("uvloop.install", "winloop.install") else ""
        case PartialThing(function=function):
            return implicit(function)
        case _:
            return ""


def _methods(scope: Scope, ref: Ref) -> list[tuple[Ref, str]]:
    """The methods of the loop that the scope itself uses."""
    aliases = aliases_of(scope, ref)
    return [
        (index, value.name)
        for index, value in enumerate(scope.values)
        if isinstance(value, Attribute) and value.base in aliases
    ]


def _only_makes_a_loop(scope: Scope, ref: Ref) -> bool:
    """Whether the policy is asked for nothing but a new loop, which has rules of its own."""
    methods = _methods(scope, ref)
    return bool(methods) and all(method == "new_event_loop" for _, method in methods)


def _handler(scope: Scope, ref: Ref) -> Ref | None:
    """What a handler around the call catches, where that is the error of a missing loop."""
    for fork in scope.forks:
        if fork.kind is ForkKind.ATTEMPT and fork.ways[0].first <= ref < fork.ways[0].end:
            for caught in fork.caught:
                if caught != NONE and _names(scope, caught) & _ERRORS:
                    value = scope.values[caught]
                    if "RuntimeError" in _names(scope, caught) or isinstance(value, Free):
                        return caught
    return None


def _names(scope: Scope, caught: Ref) -> frozenset[str]:
    value = scope.values[caught]
    parts = value.elements if isinstance(value, Sequence) else (caught,)
    return frozenset(callee_name(scope, part) for part in parts)


def _is_for_older_versions(scope: Scope, fork: Fork, ref: Ref) -> bool:
    """Whether the call stands on the way that versions of Python take in which nothing is the matter with it."""
    if fork.kind is not ForkKind.TEST or fork.test == NONE or len(fork.ways) < 2:
        return False
    holds, fails = fork.ways[:2]
    test = scope.values[fork.test]
    both = test.alternatives if isinstance(test, Choice) and test.kind == "and" else (fork.test,)
    if any(_is_older(scope, part) is True for part in both) and holds.first <= ref < holds.end:
        return True
    return len(both) == 1 and _is_older(scope, fork.test) is False and fails.first <= ref < fails.end


def _is_older(scope: Scope, ref: Ref) -> bool | None:
    """Whether a test holds only before Python 3.14, or (False) fails only there; None where it says neither."""
    test = scope.values[ref]
    if not isinstance(test, Operation) or len(test.operands) != 2:
        return None
    version, bound = test.operands
    if "version_info" not in mentioned(scope, version):
        return None
    limit = scope.values[bound]
    parts = [scope.values[part] for part in limit.elements] if isinstance(limit, Sequence) else []
    numbers = tuple(int(part.text) for part in parts if isinstance(part, Constant) and part.kind == "int")
    if not numbers or numbers > _REMOVED:
        return None
    return {"<": True, "<=": True, ">=": False, ">": False}.get(test.operator)
