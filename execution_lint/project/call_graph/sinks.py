"""Every call that runs an event loop."""

from collections.abc import Iterator
from functools import cached_property

import msgspec

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import Attribute, Call, Ref
from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place
from execution_lint.project.call_graph.callers import Callers
from execution_lint.project.call_graph.nodes import Use
from execution_lint.project.call_graph.runners import BRIDGE, METHODS, PACKAGES, WORDS, called_runner
from execution_lint.project.call_graph.search import Alias, Reach
from execution_lint.project.call_graph.targets import RunnerTarget
from execution_lint.project.call_graph.uses import Uses
from execution_lint.project.modules import Module
from execution_lint.project.spelling import mentioned, root_of
from execution_lint.project.things import At, ExternalThing, Frame
from execution_lint.source.regions import Needles, RegionKind

_PATCHES = ("nest_asyncio", "nest_asyncio2")
_SPECIFIC = WORDS - {"run"}


class Sink(msgspec.Struct, frozen=True):
    """A call that runs an event loop."""

    frame: Frame
    ref: Ref
    place: Place
    runner: str
    """What people call it: `asyncio.run`, `run_until_complete`."""
    confidence: Confidence
    """How sure it is that a loop is run."""
    via: tuple[tuple[str, Place], ...] = ()
    """Where what is called becomes a runner."""


class Sinks:
    """Finds the runs of a project, by whatever name."""

    def __init__(self, callers: Callers, uses: Uses) -> None:
        self._callers = callers
        self._inference = callers.inference
        self._uses = uses
        self._patched: dict[str, bool] = {}

    def __iter__(self) -> Iterator[Sink]:
        yield from self._one_a_loop([sink for sink in self.all if not self._is_patched(sink.place.path)])

    @cached_property
    def all(self) -> tuple[Sink, ...]:
        """Every run, in the order of files and lines: also those that a patch lets nest, and further ones of a loop."""
        found: dict[Place, Sink] = {}
        aliases: list[Alias] = []
        for path, regions in self._candidates:
            module = self._inference.modules.at(path)
            if module is None:
                continue
            packages, names = self._imported(module)
            for name in sorted(names):
                aliases.append(Alias(path, 0, name, Reach.MODULE))
            for region in regions:
                if self._may_run(module, region, packages, names):
                    for sink in self._in_region(path, region, names):
                        found.setdefault(sink.place, sink)
                    for name in _RENAMED:
                        if module.mentions(region, name):
                            aliases.extend(self._uses.aliases(RunnerTarget(), path, region, name, ()))
        for use in self._callers.of_runners(list(dict.fromkeys(aliases))):
            runner, confidence = self._runner(use)
            found.setdefault(use.place, Sink(use.frame, use.ref, use.place, runner, confidence))
        for sink in self._decorated():
            found.setdefault(sink.place, sink)
        return tuple(sorted(found.values(), key=lambda sink: sink.place))

    def _runner(self, use: Use) -> tuple[str, Confidence]:
        value = self._inference.scope(use.frame).values[use.ref]
        if isinstance(value, Call):
            name, confidence = called_runner(self._inference, At(use.frame, use.ref))
            if name:
                return name, confidence
        return "asyncio.run", use.confidence

    @property
    def _candidates(self) -> list[tuple[str, tuple[int, ...]]]:
        """The regions, by file, that name a runner: `run` is none where no package that has one is spoken of, nor in a
        sentence."""
        library = self._inference.modules.library
        found: dict[str, set[int]] = {}
        for needles in (Needles(names=_SPECIFIC), Needles(names=frozenset({"run"}), beside=PACKAGES)):
            for path, regions in library.candidates(needles):
                found.setdefault(path, set()).update(regions)
        return [(path, tuple(sorted(regions))) for path, regions in sorted(found.items())]

    def _imported(self, module: Module) -> tuple[frozenset[str], frozenset[str]]:
        """The names that a module's imports bind to packages that have runners, and to runners."""
        packages: set[str] = set()
        runners: set[str] = set()
        for name, imported in module.imports(*PACKAGES):
            if imported.level == 0 and imported.module.partition(".")[0] in PACKAGES:
                if imported.name in WORDS:
                    runners.add(name)
                else:
                    packages.add(name)
        return frozenset(packages), frozenset(runners)

    def _may_run(self, module: Module, region: int, packages: frozenset[str], names: frozenset[str]) -> bool:
        if module.regions[region].kind is RegionKind.IMPORT:
            return False
        if any(module.mentions(region, word) for word in _SPECIFIC | names):
            return True
        return module.mentions(region, "run") and any(module.mentions(region, word) for word in packages | PACKAGES)

    def _in_region(self, path: str, region: int, names: frozenset[str]) -> Iterator[Sink]:
        wanted = WORDS | names
        for frame in self._uses.frames(path, region):
            scope = self._inference.scope(frame)
            for ref, value in enumerate(scope.values):
                if isinstance(value, Call) and mentioned(scope, value.function) & wanted:
                    runner, confidence = called_runner(self._inference, At(frame, ref))
                    if runner:
                        yield Sink(frame, ref, Place(path, scope.spans[ref]), runner, confidence)

    def _decorated(self) -> Iterator[Sink]:
        """Calls of functions that `async_to_sync` decorates."""
        library = self._inference.modules.library
        for path, regions in library.candidates(Needles(decorators=frozenset({"async_to_sync", "AsyncToSync"}))):
            for region in regions:
                for frame in self._uses.frames(path, region):
                    scope = self._inference.scope(frame)
                    for decorator in scope.decorators:
                        things = self._inference.things(At(frame, decorator))
                        if any(isinstance(thing, ExternalThing) and thing.name in _BRIDGING for thing in things):
                            hop = ("it is made sync here", Place(path, scope.spans[decorator]))
                            for use in self._callers.of(frame.definition):
                                yield Sink(use.frame, use.ref, use.place, BRIDGE, use.confidence, (hop,))

    def _one_a_loop(self, sinks: list[Sink]) -> Iterator[Sink]:
        """Several runs of one loop in one function are one sink, at the first."""
        seen: set[tuple[str, int, int, Ref]] = set()
        for sink in sinks:
            scope = self._inference.scope(sink.frame)
            loop = self._loop(scope, sink.ref) if sink.runner in METHODS else -1
            key = (sink.frame.path, sink.frame.region, sink.frame.scope, loop)
            if loop != -1 and key in seen:
                continue
            seen.add(key)
            yield sink

    def _loop(self, scope: Scope, ref: Ref) -> Ref:
        call = scope.values[ref]
        function = scope.values[call.function] if isinstance(call, Call) else None
        return root_of(scope, function.base) if isinstance(function, Attribute) else -1

    def _is_patched(self, path: str) -> bool:
        """Whether the file calls `nest_asyncio.apply()`, after which loops may be nested."""
        if path not in self._patched:
            self._patched[path] = self._find_patch(path)
        return self._patched[path]

    def _find_patch(self, path: str) -> bool:
        module = self._inference.module(path)
        for region in sorted(module.holding("apply")):
            for frame in self._uses.frames(path, region):
                scope = self._inference.scope(frame)
                for value in scope.values:
                    if isinstance(value, Call) and "apply" in mentioned(scope, value.function):
                        for thing in self._inference.things(At(frame, value.function)):
                            if isinstance(thing, ExternalThing) and thing.name.partition(".")[0] in _PATCHES:
                                return True
        return False


_RENAMED = ("run", "run_app", "run_until_complete")
_BRIDGING = frozenset({"asgiref.sync.async_to_sync", "asgiref.sync.AsyncToSync", "asgiref.sync.async_to_sync()"})
