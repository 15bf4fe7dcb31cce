"""Calls by which one thread has the event loop of another do work."""

from collections.abc import Iterator

from execution_lint.facts.values import Call
from execution_lint.model.place import Place
from execution_lint.project.aliases import closure
from execution_lint.project.inference import Inference
from execution_lint.project.loop_subjects import LoopBridge
from execution_lint.project.spelling import mentioned
from execution_lint.project.things import At, ExternalThing, Frame, PartialThing, Thing
from execution_lint.source.regions import Needles

_MODULE = "anyio.from_thread"

_STARTING = frozenset({f"{_MODULE}.start_blocking_portal", f"{_MODULE}.BlockingPortalProvider"})
"""What starts a thread with a loop, to hand work to."""

_BRIDGES = _STARTING | {
    "asyncio.run_coroutine_threadsafe",
    "asyncio.tasks.run_coroutine_threadsafe",
    f"{_MODULE}.run",
    f"{_MODULE}.run_sync",
}

_WORDS = frozenset({"run_coroutine_threadsafe", "start_blocking_portal", "BlockingPortalProvider", "from_thread"})
"""One of these stands wherever a bridge is named, unless an import binds another name."""


class LoopBridges:
    """Finds the calls of bridges, by whatever name."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def __iter__(self) -> Iterator[LoopBridge]:
        names = closure(self._inference, _WORDS | self._imported())
        for path, regions in self._inference.modules.library.candidates(Needles(names)):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index in range(len(facts.scopes) if facts is not None else 0):
                    yield from self._in_scope(Frame(path, region, index), names)

    def _imported(self) -> frozenset[str]:
        """The names that `from anyio.from_thread import ...` binds."""
        found: set[str] = set()
        for path, _ in self._inference.modules.library.candidates(Needles(frozenset({"from_thread"}))):
            module = self._inference.modules.at(path)
            for name, imported in module.imports("from_thread") if module is not None else ():
                if f"{imported.module}.{imported.name}" in _BRIDGES:
                    found.add(name)
        return frozenset(found)

    def _in_scope(self, frame: Frame, names: frozenset[str]) -> Iterator[LoopBridge]:
        scope = self._inference.scope(frame)
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call) and mentioned(scope, value.function) & names:
                things = self._inference.things(At(frame, value.function))
                called = next((name for thing in things if (name := _bridge(thing))), "")
                if called:
                    yield LoopBridge(
                        place=Place(frame.path, scope.spans[ref]),
                        scope=scope.qualname,
                        spelled=called,
                        makes_the_loop=called in _STARTING,
                    )


def _bridge(thing: Thing) -> str:
    match thing:
        case ExternalThing(name=name) if name in _BRIDGES:
            return name
        case PartialThing(function=function):
            return _bridge(function)
        case _:
            return ""
