"""Places that change what asyncio does for everyone: calls that let loops nest, and what takes the place of its own."""

from collections.abc import Iterator

from execution_lint.facts.scopes import Assignment, Scope, TargetKind
from execution_lint.facts.values import NONE, Call, Ref, Text
from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place
from execution_lint.project.aliases import closure
from execution_lint.project.inference import Inference
from execution_lint.project.loop_names import callee_name, is_loop
from execution_lint.project.loop_subjects import LoopPatch
from execution_lint.project.modules import Module
from execution_lint.project.spelling import spelled
from execution_lint.project.things import At, ExternalThing, Frame, Thing
from execution_lint.source.regions import Needles

PATCHERS = frozenset({"nest_asyncio", "nest_asyncio2"})
"""Packages that let loops nest."""

BESIDE = frozenset({"patchAsyncio", "startLoop"})
"""Functions of other packages that do so."""

_NESTING = frozenset(
    {
        "nest_asyncio.apply",
        "nest_asyncio2.apply",
        *(f"{package}.util.{name}" for package in ("ib_insync", "ib_async") for name in BESIDE),
    }
)
_NESTING_NAMES = BESIDE | {"apply"}

_FUNCTIONS = frozenset(
    {
        "run",
        "Runner",
        "get_event_loop",
        "_get_event_loop",
        "get_running_loop",
        "_get_running_loop",
        "new_event_loop",
        "set_event_loop",
        "run_coroutine_threadsafe",
        "create_task",
        "ensure_future",
        "Task",
        "Future",
        "BaseEventLoop",
        "SelectorEventLoop",
        "ProactorEventLoop",
    }
)
"""What stands in the modules of asyncio and decides which loop runs what."""

LOOP_METHODS = frozenset(
    {
        "run_until_complete",
        "run_forever",
        "_run_once",
        "_check_running",
        "_check_closed",
        "is_running",
        "is_closed",
        "close",
        "stop",
        "call_soon",
        "call_soon_threadsafe",
        "call_later",
        "call_at",
        "create_task",
        "run_in_executor",
    }
)
"""Methods of loops that code of asyncio itself relies on."""

LOOP_WORDS = frozenset({"run_until_complete", "run_forever", "_run_once", "_check_running", "_check_closed"})
"""The methods that nothing but a loop has: a region with one of them is looked at, whatever package it names."""


REPLACING = Needles(
    frozenset({"setattr"}), targets=_FUNCTIONS | LOOP_METHODS, beside=frozenset({"asyncio"}) | LOOP_WORDS
)
"""What stands where something of asyncio, or a method of a loop, is replaced."""


class LoopPatches:
    """Finds the places that patch asyncio, a class of loops or a loop."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def __iter__(self) -> Iterator[LoopPatch]:
        found = {patch.place: patch for patch in self._calls()}
        for patch in self._replacements():
            found.setdefault(patch.place, patch)
        yield from sorted(found.values(), key=lambda patch: patch.place)

    def _calls(self) -> Iterator[LoopPatch]:
        names = closure(self._inference, PATCHERS | BESIDE | self._imported_from())
        for frame in self._frames(Needles(names)):
            scope = self._inference.scope(frame)
            for ref, value in enumerate(scope.values):
                if isinstance(value, Call) and callee_name(scope, value.function) in names | _NESTING_NAMES:
                    things = self._inference.things(At(frame, value.function))
                    called = next((name for thing in things if (name := _nesting(thing))), "")
                    if called:
                        yield LoopPatch(
                            place=Place(frame.path, scope.spans[ref]),
                            scope=scope.qualname,
                            spelled=f"{called}()",
                            lets_loops_nest=True,
                            confidence=Confidence.PROVEN,
                        )

    def _imported_from(self) -> frozenset[str]:
        """The names that `from nest_asyncio import ...` binds."""
        found: set[str] = set()
        for path, _ in self._inference.modules.library.candidates(Needles(PATCHERS)):
            module = self._inference.modules.at(path)
            for name, imported in module.imports(*PATCHERS) if module is not None else ():
                if imported.module.partition(".")[0] in PATCHERS and imported.name in _NESTING_NAMES:
                    found.add(name)
        return frozenset(found)

    def _frames(self, needles: Needles) -> Iterator[Frame]:
        for path, regions in self._inference.modules.library.candidates(needles):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index in range(len(facts.scopes) if facts is not None else 0):
                    yield Frame(path, region, index)

    def _replacements(self) -> Iterator[LoopPatch]:
        for path, regions in self._inference.modules.library.candidates(REPLACING):
            module = self._inference.modules.at(path)
            for region in self._replacing(module, regions) if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    yield from self._in_scope(Frame(path, region, index), scope)

    def _replacing(self, module: Module, regions: tuple[int, ...]) -> Iterator[int]:
        """Those of the regions of a module that name asyncio and something of it, or a method of loops."""
        names = {"asyncio"} | {
            name for name, imported in module.imports("asyncio") if imported.module.partition(".")[0] == "asyncio"
        }
        for region in regions:
            if any(module.mentions(region, word) for word in LOOP_WORDS) or (
                any(module.mentions(region, name) for name in names)
                and any(module.mentions(region, word) for word in _FUNCTIONS)
            ):
                yield region

    def _in_scope(self, frame: Frame, scope: Scope) -> Iterator[LoopPatch]:
        for assignment in scope.assignments:
            if assignment.kind is TargetKind.ATTRIBUTE and assignment.value != NONE:
                yield from self._assigned(frame, scope, assignment)
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call) and callee_name(scope, value.function) == "setattr":
                yield from self._set(frame, scope, ref, value)

    def _assigned(self, frame: Frame, scope: Scope, assignment: Assignment) -> Iterator[LoopPatch]:
        if assignment.name not in _FUNCTIONS | LOOP_METHODS:
            return
        if self._is_replaced(At(frame, assignment.base), assignment.name) and not self._is_original(
            At(frame, assignment.value), assignment.name
        ):
            yield LoopPatch(
                place=Place(frame.path, assignment.span),
                scope=scope.qualname,
                spelled=f"{spelled(scope, assignment.base)}.{assignment.name} = ...",
                lets_loops_nest=False,
                confidence=Confidence.PROVEN,
            )

    def _set(self, frame: Frame, scope: Scope, ref: Ref, call: Call) -> Iterator[LoopPatch]:
        """`setattr(asyncio, "run", ...)`."""
        things = self._inference.things(At(frame, call.function))
        if ExternalThing("builtins.setattr") not in things or len(call.arguments) != 3:
            return
        owner, name_of, value = (argument.value for argument in call.arguments)
        name = scope.values[name_of]
        if not isinstance(name, Text) or name.value not in _FUNCTIONS | LOOP_METHODS:
            return
        if self._is_replaced(At(frame, owner), name.value) and not self._is_original(At(frame, value), name.value):
            yield LoopPatch(
                place=Place(frame.path, scope.spans[ref]),
                scope=scope.qualname,
                spelled=f'setattr({spelled(scope, owner)}, "{name.value}", ...)',
                lets_loops_nest=False,
                confidence=Confidence.PROVEN,
            )

    def _is_replaced(self, base: At, name: str) -> bool:
        """Whether `base.name` belongs to asyncio, a class of loops or a loop."""
        for thing in self._inference.things(base):
            if name in LOOP_METHODS and is_loop(thing):
                return True
            if isinstance(thing, ExternalThing) and name in _FUNCTIONS:
                package, _, rest = thing.name.partition(".")
                if package == "asyncio" and not rest.rpartition(".")[2][:1].isupper():
                    return True
        return False

    def _is_original(self, value: At, name: str) -> bool:
        """Whether what is put there is asyncio's own again, taken before it was replaced."""
        things = self._inference.things(value)
        return any(
            isinstance(thing, ExternalThing)
            and thing.name.partition(".")[0] == "asyncio"
            and thing.name.rpartition(".")[2] == name
            for thing in things
        )


def _nesting(thing: Thing) -> str:
    return thing.name if isinstance(thing, ExternalThing) and thing.name in _NESTING else ""
