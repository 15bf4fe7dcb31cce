"""Who makes a function execute: asked upwards, each answer found once."""

from collections import Counter, deque
from collections.abc import Iterator

import msgspec

from execution_lint.facts.scopes import ScopeKind
from execution_lint.facts.values import NONE, Call
from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place
from execution_lint.project.call_graph.families import Families
from execution_lint.project.call_graph.fates import Fate, Fates
from execution_lint.project.call_graph.guards import Guards
from execution_lint.project.call_graph.handing import THREADED_DECORATORS, Handing
from execution_lint.project.call_graph.nodes import Manner, Use, executor
from execution_lint.project.call_graph.search import Alias, Reach, Search
from execution_lint.project.call_graph.targets import FunctionTarget, RunnerTarget, Target
from execution_lint.project.call_graph.uses import Uses
from execution_lint.project.inference import Inference
from execution_lint.project.loop_uses import aliases_of
from execution_lint.project.standard_names import CONTEXT_MANAGERS
from execution_lint.project.things import At, Definition, ExternalThing, Frame, FunctionThing, Thing, Things

MAXIMUM_REGIONS = 400
"""Regions that are looked at for the callers of one function."""

MAXIMUM_A_QUESTION = 500
"""Regions that are looked at for one run of a loop, however many functions lead to it."""

MAXIMUM_IN_ALL = 6_000
"""Regions that are looked at in one project."""


class Callers:
    """Finds what makes functions and runners execute."""

    def __init__(self, inference: Inference, undecided: "Counter[tuple[str, str]]") -> None:
        self.inference = inference
        self.families = Families(inference)
        self.guards = Guards(inference)
        self.search = Search(inference)
        self._fates = Fates(inference)
        self._uses = Uses(inference, self._fates)
        self._undecided = undecided
        self._known: dict[Definition, tuple[Use, ...]] = {}
        self._guarded: dict[Definition, tuple[Use, ...]] = {}
        self._looked_at = 0
        self._left = MAXIMUM_A_QUESTION
        self._cuts = 0
        self._cut: set[Definition] = set()
        """The functions of which not all callers were looked for."""

    def begin(self) -> None:
        """Begin another question, which may look at regions of its own: one that explodes takes nothing from others."""
        self._left = min(MAXIMUM_A_QUESTION, MAXIMUM_IN_ALL - self._looked_at)
        for definition in self._cut:
            del self._known[definition], self._guarded[definition]
        self._cut.clear()

    def of(self, definition: Definition) -> tuple[Use, ...]:
        """The places that make a function execute, those behind a guard left out."""
        if definition not in self._known:
            self._known[definition] = ()
            unknown, cut = self._uses.unknown_handings, self._cuts
            found = {(use.frame.definition, use.ref, use.verb): use for use in self._of(definition)}
            uses = sorted(found.values(), key=lambda use: (use.place, use.verb))
            guarded = tuple(use for use in uses if self.guards.is_dead(use.frame, use.ref))
            self._known[definition] = tuple(use for use in uses if use not in guarded)
            self._guarded[definition] = guarded
            if self._cuts > cut:
                self._cut.add(definition)
            if self._uses.unknown_handings > unknown:
                self._undecided["callable of a nested run", "it is handed to something that is not followed"] += 1
        return self._known[definition]

    def guarded(self, definition: Definition) -> tuple[Use, ...]:
        """The places that make a function execute only where no loop is running."""
        self.of(definition)
        return self._guarded.get(definition, ())

    def _of(self, definition: Definition) -> Iterator[Use]:
        target = FunctionTarget(self.families, definition)
        scope = target.scope
        decorated = self._decorated(definition)
        if decorated is not None and not decorated:
            return
        hops: tuple[tuple[str, Place], ...] = ()
        for fate in decorated or ():
            if fate.frame is None:
                continue
            inner = self.inference.scope(fate.frame)
            place = Place(fate.frame.path, inner.spans[fate.ref])
            at = executor(self.inference, fate.frame, fate.ref)
            if fate.handing is Handing.ON_THE_LOOP:
                yield Use(fate.frame, fate.ref, place, Manner.ON_THE_LOOP, fate.confidence, "has the loop call")
                return
            if at is not None and self.inference.scope(at).is_async:
                yield Use(fate.frame, fate.ref, place, Manner.AT_ONCE, fate.confidence, "decorates, and calls,")
                return
            hops = ((f"`{inner.qualname}` decorates `{scope.name}`, and calls it", place),)
        weakest = self._weakest_decorator(definition)
        is_lazy = scope.is_generator and not self._is_context_manager(definition)
        for use in self._named(target):
            used = msgspec.structs.replace(
                use, confidence=Confidence.weakest(use.confidence, weakest), hops=(*use.hops, *hops)
            )
            if is_lazy and use.verb == "calls":
                yield from self._iterated(used, definition)
            else:
                yield used

    def _named(self, target: FunctionTarget) -> Iterator[Use]:
        """The uses of a function by its names and by what it makes objects do."""
        scope, definition = target.scope, target.definition
        makers: list[Thing] = []
        start: list[Alias] = []
        if scope.kind is ScopeKind.LAMBDA or (target.owner is None and scope.parent != 0):
            start.append(Alias(definition.path, definition.region, scope.name, Reach.REGION))
            for maker in self._makers(definition):
                makers.append(FunctionThing(maker))
                start.append(self._own_alias(maker))
        else:
            start.append(self._own_alias(definition))
        if target.owner is not None and (target.is_constructor or target.is_implicit):
            for cls in (target.owner, *self.families.heirs(target.owner)):
                name = self.families.name(cls)
                start.append(Alias(cls.definition.path, cls.definition.region, name, Reach.MODULE))
        yield from self._searched(target, start, tuple(makers))

    def _own_alias(self, definition: Definition) -> Alias:
        scope = self.inference.scope(definition)
        owner = self.inference.owner(definition)
        path, region = definition.path, definition.region
        if owner is not None:
            # A rare name is looked for wherever it stands.
            families = frozenset() if self.search.is_rare(scope.name) else self.families.names(owner)
            return Alias(path, region, scope.name, Reach.ATTRIBUTE, families)
        return Alias(path, region, scope.name, Reach.MODULE if scope.parent == 0 else Reach.REGION)

    def _makers(self, definition: Definition) -> Iterator[Definition]:
        """The functions around one that is nested in them."""
        facts = self.inference.module(definition.path).facts(definition.region)
        assert facts is not None
        index = facts.scopes[definition.scope].parent
        while index != NONE:
            if facts.scopes[index].kind is ScopeKind.FUNCTION:
                yield Definition(definition.path, definition.region, index)
            index = facts.scopes[index].parent

    def _searched(self, target: Target, start: list[Alias], makers: Things) -> Iterator[Use]:
        waiting = deque(start)
        seen: set[Alias] = set()
        names: set[tuple[str, int, str]] = set()
        while waiting:
            alias = waiting.popleft()
            if alias in seen:
                continue
            seen.add(alias)
            places = [
                place
                for place in self.search.regions(alias)
                if (*place, alias.name) not in names and self._may_be_meant(target, alias, *place)
            ]
            if len(places) > min(MAXIMUM_REGIONS, self._left):
                self._undecided["callers of a nested run", "its name stands in too many places"] += 1
                self._cuts += len(places) <= MAXIMUM_REGIONS
                continue
            self._looked_at += len(places)
            self._left -= len(places)
            for path, region in places:
                names.add((path, region, alias.name))
                yield from self._uses.found(target, path, region, alias.name)
                if isinstance(target, FunctionTarget):
                    if target.is_setter:
                        yield from self._uses.setter_uses(target, path, region, alias.name)
                    if makers:
                        yield from self._decorating(target, path, region, alias.name)
                waiting.extend(self._uses.aliases(target, path, region, alias.name, makers))

    def _may_be_meant(self, target: Target, alias: Alias, path: str, region: int) -> bool:
        """Whether the text of a region lets the name be more than a word in it."""
        if alias.reach is Reach.REGION or (path, region) == (alias.path, alias.region):
            return True
        by_syntax = isinstance(target, FunctionTarget) and target.is_implicit
        module = self.inference.modules.at(path)
        return module is not None and module.may_use(region, alias.name, in_strings=by_syntax)

    # Decorators

    def _decorating(self, target: FunctionTarget, path: str, region: int, name: str) -> Iterator[Use]:
        """The uses of what a decorator of the project turns into the target."""
        for frame in self._uses.frames(path, region):
            scope = self.inference.scope(frame)
            for decorator in scope.decorators:
                if not self._uses.concerns(target, frame, scope, decorator, name):
                    continue
                for thing in self.inference.things(At(frame, decorator)):
                    if isinstance(thing, FunctionThing) and FunctionThing(target.definition) in tuple(
                        self.inference.returned(thing, {})
                    ):
                        hop = (f"`{scope.qualname}` is decorated here", Place(path, scope.spans[decorator]))
                        inner = FunctionTarget(self.families, frame.definition)
                        for use in self._named(inner):
                            yield msgspec.structs.replace(use, hops=(*use.hops, hop))

    def _decorated(self, definition: Definition) -> tuple[Fate, ...] | None:
        """How decorators of the project call what they decorate; empty where they never do at once, None where there
        are none."""
        scope = self.inference.scope(definition)
        frame = Frame(definition.path, definition.region, definition.scope)
        found: list[Fate] = []
        is_decorated = False
        for decorator in scope.decorators:
            for thing in self.inference.things(At(frame, decorator)):
                if not isinstance(thing, FunctionThing):
                    continue
                parameters = self.inference.scope(thing.definition).parameters
                skipped = 1 if thing.receiver is not None and len(parameters) > 1 else 0
                if not parameters:
                    continue
                fates = self._fates.of_parameter(thing.definition, parameters[skipped].name)
                decided = [fate for fate in fates if fate.handing is not Handing.UNKNOWN]
                if decided:
                    is_decorated = True
                    found.extend(fate for fate in decided if fate.handing is not Handing.ELSEWHERE)
        return tuple(found) if is_decorated else None

    def _weakest_decorator(self, definition: Definition) -> Confidence:
        """How sure it is that calling a decorated function executes its body at once."""
        scope = self.inference.scope(definition)
        frame = Frame(definition.path, definition.region, definition.scope)
        for decorator in scope.decorators:
            value = scope.values[decorator]
            at = At(frame, value.function if isinstance(value, Call) else decorator)
            for thing in self.inference.things(at):
                if isinstance(thing, ExternalThing):
                    last = thing.name.rpartition(".")[2].lower()
                    if any(word in last for word in THREADED_DECORATORS):
                        return Confidence.POSSIBLE
                    if not thing.name.startswith(("builtins.", "functools.", "contextlib.", "abc.", "typing")):
                        return Confidence.LIKELY
        return Confidence.PROVEN

    def _is_context_manager(self, definition: Definition) -> bool:
        return any(decorator.name in CONTEXT_MANAGERS for decorator in self.inference.decorators(definition))

    def _iterated(self, use: Use, definition: Definition) -> Iterator[Use]:
        """A call of a generator function executes it where what it gives is iterated."""
        aliases = aliases_of(self.inference.scope(use.frame), use.ref)
        if self._uses.is_consumed(use.frame, aliases):
            yield msgspec.structs.replace(use, verb="iterates")
        elif self._uses.is_returned(use.frame, aliases):
            giver = executor(self.inference, use.frame, use.ref)
            if giver is not None and giver != definition and not self.inference.scope(giver).is_async:
                hop = (
                    f"`{self.inference.scope(giver).qualname}` gives what `{self._name(definition)}` makes",
                    use.place,
                )
                for outer in self._named(FunctionTarget(self.families, giver)):
                    for found in self._iterated(outer, giver):
                        yield msgspec.structs.replace(found, hops=(*found.hops, hop))

    def _name(self, definition: Definition) -> str:
        return self.inference.scope(definition).qualname

    # Runners

    def of_runners(self, start: list[Alias]) -> Iterator[Use]:
        """The calls of whatever runs an event loop, under further names of it."""
        yield from self._searched(RunnerTarget(), start, ())
