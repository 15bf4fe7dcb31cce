"""From a function upwards to every entry of the running loop, and to the imports that execute it."""

import heapq
from collections import Counter
from itertools import count

import msgspec

from execution_lint.facts.scopes import ScopeKind
from execution_lint.facts.values import Call
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.call_graph.callers import Callers
from execution_lint.project.call_graph.entries import Entries
from execution_lint.project.call_graph.nodes import Manner, Node, Use, executor
from execution_lint.project.call_graph.ways import Chain, Imported, Reached
from execution_lint.project.spelling import spelled
from execution_lint.project.things import ClassThing, Definition, Frame, InstanceThing

MAXIMUM_NODES = 400
"""Functions on the way up from one run, beyond which the search ends."""

MAXIMUM_HOPS = 24
"""Calls in a chain."""


class _Way(msgspec.Struct, frozen=True):
    """A function on the way up, with what was passed below it."""

    node: Node
    steps: tuple[Related, ...]
    functions: tuple[str, ...]
    confidence: Confidence
    leak: Place | None = None
    called: str = ""


class Chains:
    """Follows callers up to where the loop, or an import, begins."""

    def __init__(self, callers: Callers, undecided: "Counter[tuple[str, str]]") -> None:
        self._callers = callers
        self._inference = callers.inference
        self._entries = Entries(callers.inference)
        self._undecided = undecided
        self._known: dict[Definition, Reached] = {}

    def to_function(self, definition: Definition) -> Reached:
        """From where a function can be executed on a running loop, or by an import."""
        if definition not in self._known:
            self._known[definition] = self._found([self._start(definition)], [])
        return self._known[definition]

    def to_place(self, frame: Frame, ref: int, place: Place, confidence: Confidence) -> Reached:
        """The same for a place in a function: nothing where it stands behind a guard."""
        if self._callers.guards.is_dead(frame, ref):
            return Reached((), ())
        leak = self._callers.guards.leak(frame, ref)
        if leak is not None:
            confidence = Confidence.weakest(confidence, Confidence.LIKELY)
        definition = executor(self._inference, frame, ref)
        if definition is None:
            return Reached((), (Imported(frame.path, place, (), (), confidence),))
        return self._found([self._start(definition, confidence, leak)], [])

    def _start(
        self, definition: Definition, confidence: Confidence = Confidence.PROVEN, leak: Place | None = None
    ) -> _Way:
        owner = self._inference.owner(definition)
        is_method = owner is not None and self._inference.scope(definition).kind is ScopeKind.FUNCTION
        return _Way(Node(definition, owner if is_method else None), (), (), confidence, leak)

    def _found(self, start: list[_Way], imports: list[Imported]) -> Reached:
        self._callers.begin()
        order = count()
        waiting = [(-way.confidence.rank, 0, next(order), way) for way in start]
        seen: set[Node] = set()
        entries: dict[Definition, Chain] = {}
        importing: dict[Place, Imported] = {}
        while waiting:
            _, _, _, way = heapq.heappop(waiting)
            if way.node in seen:
                continue
            if len(seen) >= MAXIMUM_NODES or len(way.steps) > MAXIMUM_HOPS:
                self._undecided["nested run", "more functions lead to it than are followed"] += 1
                continue
            seen.add(way.node)
            definition = way.node.definition
            kind = self._entries.kind(definition)
            if kind:
                place = Place(definition.path, self._inference.scope(definition).head)
                self._keep(entries, way, definition, place, kind)
                continue
            for use in self._callers.of(definition):
                if not self._fits(way.node, use):
                    continue
                confidence = Confidence.weakest(way.confidence, use.confidence)
                leak = self._callers.guards.leak(use.frame, use.ref)
                if leak is not None:
                    confidence = Confidence.weakest(confidence, Confidence.LIKELY)
                name = self._name(definition)
                outer = executor(self._inference, use.frame, use.ref)
                steps = (*self._steps(use, name, outer), *way.steps)
                further = _Way(way.node, steps, (name, *way.functions), confidence, leak or way.leak, self._called(use))
                if use.manner is Manner.ON_THE_LOOP:
                    callback = _Way(way.node, steps, way.functions, confidence, further.leak, further.called)
                    self._keep(entries, callback, definition, use.place, "a callback of the loop")
                elif outer is None:
                    found = Imported(use.frame.path, use.place, steps, further.functions, confidence)
                    importing.setdefault(use.place, found)
                else:
                    node = Node(outer, self._receiver(way.node, use, outer))
                    up = _Way(node, steps, further.functions, confidence, further.leak, further.called)
                    heapq.heappush(waiting, (-confidence.rank, len(steps), next(order), up))
        chains = sorted(
            entries.values(), key=lambda chain: (-chain.confidence.rank, len(chain.steps), chain.place, chain.name)
        )
        return Reached(tuple(chains), (*imports, *importing.values()))

    def _keep(
        self, entries: dict[Definition, Chain], way: _Way, definition: Definition, place: Place, kind: str
    ) -> None:
        name = self._name(definition)
        chain = Chain(definition, name, place, kind, way.steps, way.functions, way.confidence, way.leak, way.called)
        entries.setdefault(definition, chain)

    def _name(self, definition: Definition) -> str:
        return self._inference.scope(definition).qualname.replace(".<locals>.", ".")

    def _called(self, use: Use) -> str:
        """The function as a call spells it; empty where it is no call."""
        scope = self._inference.scope(use.frame)
        value = scope.values[use.ref] if use.ref >= 0 else None
        return spelled(scope, value.function) if isinstance(value, Call) and use.verb == "calls" else ""

    def _steps(self, use: Use, name: str, outer: Definition | None) -> tuple[Related, ...]:
        who = f"`{self._name(outer)}`" if outer is not None else "the import of the module"
        return (
            Related(f"{who} {use.verb} `{name}`", use.place),
            *(Related(message, place) for message, place in use.hops),
        )

    # Receivers

    def _fits(self, node: Node, use: Use) -> bool:
        """Whether the object that a use calls a method of can be of the class that the way below needs."""
        if node.receiver is None or not isinstance(use.receiver, (InstanceThing, ClassThing)):
            return True
        of = use.receiver.of if isinstance(use.receiver, InstanceThing) else use.receiver
        if not isinstance(of, ClassThing) or self._callers.families.is_sub(of, node.receiver):
            return True
        is_exact = isinstance(use.receiver, ClassThing) or use.receiver.origin is not None
        return not is_exact and self._callers.families.is_sub(node.receiver, of)

    def _receiver(self, node: Node, use: Use, outer: Definition) -> ClassThing | None:
        """The class that the object of the calling method must have."""
        owner = self._inference.owner(outer)
        if owner is None or self._inference.scope(outer).kind is not ScopeKind.FUNCTION:
            return None
        if use.is_own and node.receiver is not None and self._callers.families.is_sub(node.receiver, owner):
            return node.receiver
        return owner
