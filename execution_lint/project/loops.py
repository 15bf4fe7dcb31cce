"""Every event loop that somebody makes, with its life."""

from collections.abc import Iterator
from functools import cached_property

import msgspec

from execution_lint.config.schema import Reference
from execution_lint.facts.scopes import Scope, ScopeKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Caught,
    Free,
    Ref,
)
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.aliases import closure
from execution_lint.project.inference import Inference
from execution_lint.project.loop_exemptions import is_exempt
from execution_lint.project.loop_names import CLASSES, WORDS, callee_name, makes_a_loop
from execution_lint.project.loop_uses import LoopUses, UsesOfLoops, aliases_of
from execution_lint.project.spelling import mentioned
from execution_lint.project.subjects import LoopCall, LoopLife
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    Thing,
)
from execution_lint.project.threads import Threads
from execution_lint.source.regions import Needles, RegionKind


class LoopSite(msgspec.Struct, frozen=True):
    """A call that makes a loop, with where it stands in the facts."""

    call: LoopCall
    frame: Frame
    ref: Ref
    uses: LoopUses


class Loops:
    """Finds the calls that make loops, and says how long what they make lives."""

    def __init__(self, inference: Inference, owners: tuple[Reference, ...]) -> None:
        self._inference = inference
        self._owners = owners
        self._threads = Threads(inference)
        self.uses = UsesOfLoops(inference, self._threads)

    def __iter__(self) -> Iterator[LoopCall]:
        for site in self.sites:
            yield site.call

    @cached_property
    def sites(self) -> tuple[LoopSite, ...]:
        """Every call that makes a loop, in the order of files and lines."""
        return tuple(self._found())

    def _found(self) -> Iterator[LoopSite]:
        names = closure(self._inference, WORDS)
        for path, regions in self._inference.modules.library.candidates(Needles(names)):
            module = self._inference.modules.at(path)
            if module is None:
                continue
            for region in regions:
                facts = module.facts(region)
                for index in range(len(facts.scopes) if facts is not None else 0):
                    yield from self._in_scope(Frame(path, region, index), names)

    def _in_scope(self, frame: Frame, names: frozenset[str]) -> Iterator[LoopSite]:
        scope = self._inference.scope(frame)
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call) and self._names(scope, value.function) & names:
                for thing in self._inference.things(At(frame, value.function)):
                    called = makes_a_loop(thing) or self._subclass(thing)
                    if called:
                        yield self._linked(frame, scope, ref, called)
                        break

    def _names(self, scope: Scope, ref: Ref) -> frozenset[str]:
        """The names by which a callee could be known: all of its parts, since it may be made by `partial` or
        `getattr`."""
        found = mentioned(scope, ref)
        value = scope.values[ref]
        return found | frozenset((callee_name(scope, ref), getattr(value, "name", "")))

    def _subclass(self, thing: Thing) -> str:
        """A loop class of the project."""
        if not isinstance(thing, ClassThing):
            return ""
        for base in self._inference.ancestry(thing):
            if isinstance(base, ExternalThing) and makes_a_loop(base) and base.name.rpartition(".")[2] in CLASSES:
                return self._inference.scope(thing.definition).qualname
        return ""

    def _linked(self, frame: Frame, scope: Scope, ref: Ref, called: str) -> LoopSite:
        uses = self.uses.of_value(frame, scope, ref)
        life, where = self._life(frame, scope, uses)
        function = self._function(frame)
        module = self._inference.module(frame.path)
        qualname = self._inference.scope(function).qualname if function is not None else scope.qualname
        call = LoopCall(
            place=Place(frame.path, scope.spans[ref]),
            scope=qualname,
            qualname=f"{module.name}:{qualname}",
            spelled=called,
            life=life,
            is_closed=uses.closed,
            is_fallback=self._is_fallback(scope),
            is_async=function is not None and self._inference.scope(function).is_async,
            where=where,
            declared_by=self.declared(module.name, qualname),
            related=self._related(frame, scope, ref),
        )
        return LoopSite(call, frame, ref, uses)

    def declared(self, module: str, qualname: str) -> str:
        """The owner of the contract that covers a definition, as it is spelled; empty where none does."""
        for owner in self._owners:
            if owner.module == module and (qualname == owner.qualname or qualname.startswith(owner.qualname + ".")):
                return owner.spelled
        return ""

    def _function(self, frame: Frame) -> Frame | None:
        """The function that the code belongs to: the scope, or the one around a lambda."""
        facts = self._inference.module(frame.path).facts(frame.region)
        assert facts is not None
        index = frame.scope
        while index != NONE and facts.scopes[index].kind is ScopeKind.LAMBDA:
            index = facts.scopes[index].parent
        return (
            Frame(frame.path, frame.region, index)
            if index != NONE and facts.scopes[index].kind is ScopeKind.FUNCTION
            else None
        )

    def _related(self, frame: Frame, scope: Scope, ref: Ref) -> tuple[Related, ...]:
        found = []
        for index, value in enumerate(scope.values):
            if isinstance(value, Call):
                function = scope.values[value.function]
                if (
                    isinstance(function, Attribute)
                    and function.name in ("run_until_complete", "run_forever", "close")
                    and function.base in aliases_of(scope, ref)
                ):
                    what = "it is closed here" if function.name == "close" else "it runs here"
                    found.append(Related(what, Place(frame.path, scope.spans[index])))
        return tuple(found)

    def _life(self, frame: Frame, scope: Scope, uses: LoopUses) -> tuple[LoopLife, str]:
        if uses.factory or is_exempt(self._inference, frame) or self._is_handed_as_factory(frame):
            return LoopLife.EXEMPT, ""
        function = self._function(frame)
        if function is None:
            return self._module_life(frame, uses)
        is_thread_body = self._threads.is_thread_target(function)
        if uses.threaded or (uses.attributes and self._threads.is_run_by_thread(function, uses.attributes)):
            return LoopLife.THREAD, uses.stored or uses.passed
        if uses.stored:
            return LoopLife.STORED, uses.stored
        if uses.returned:
            return LoopLife.RETURNED, ""
        if uses.yielded:
            return LoopLife.YIELDED, ""
        if is_thread_body and (uses.runs_forever or uses.is_repeated):
            return LoopLife.THREAD, ""
        if uses.runs or uses.runs_forever:
            return LoopLife.RUN_TO_COMPLETION, ""
        if uses.closed and not uses.closed_over:
            return LoopLife.RUN_TO_COMPLETION, ""
        if uses.is_set:
            return (LoopLife.RUN_TO_COMPLETION, "") if self._runs_current(scope) else (LoopLife.SET, "")
        if uses.passed:
            return LoopLife.PASSED, uses.passed
        if uses.closed_over:
            return LoopLife.CLOSED_OVER, ""
        return LoopLife.UNUSED, ""

    def _module_life(self, frame: Frame, uses: LoopUses) -> tuple[LoopLife, str]:
        if uses.returned:
            return LoopLife.RETURNED, ""
        names = uses.names if not uses.runs else []
        module = self._inference.module(frame.path)
        for name in names:
            for index in sorted(module.holding(name) - {frame.region}):
                if module.regions[index].kind in (RegionKind.FUNCTION, RegionKind.METHOD):
                    return LoopLife.STORED, f"the module's name `{name}`"
                for method in self._methods_of(frame.path, index, name):
                    uses.runs |= method == "run_until_complete"
                    uses.runs_forever |= method == "run_forever"
                    uses.closed |= method == "close"
        if uses.runs or uses.runs_forever:
            return LoopLife.RUN_TO_COMPLETION, ""
        if uses.is_set and not names:
            return LoopLife.SET, ""
        return LoopLife.STORED, f"the module's name `{names[0]}`" if names else "the module"

    def _methods_of(self, path: str, region: int, name: str) -> Iterator[str]:
        """The attributes of a module's name that a region of the module uses."""
        facts = self._inference.module(path).facts(region)
        for scope in facts.scopes if facts is not None else ():
            for value in scope.values:
                if isinstance(value, Attribute):
                    base = scope.values[value.base]
                    if isinstance(base, Free) and base.name == name:
                        yield value.name

    def _is_handed_as_factory(self, frame: Frame) -> bool:
        """Whether the code is that of a function that something is given as its `loop_factory`."""
        facts = self._inference.module(frame.path).facts(frame.region)
        assert facts is not None
        index = frame.scope
        while index != NONE:
            if Definition(frame.path, frame.region, index) in self._factories:
                return True
            index = facts.scopes[index].parent
        return False

    @cached_property
    def _factories(self) -> frozenset[Definition]:
        """The functions and lambdas of the project that are handed over as `loop_factory`."""
        found: set[Definition] = set()
        for path, regions in self._inference.modules.library.candidates(Needles(frozenset({"loop_factory"}))):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    for value in scope.values:
                        for argument in value.arguments if isinstance(value, Call) else ():
                            if argument.name == "loop_factory":
                                things = self._inference.things(At(Frame(path, region, index), argument.value))
                                found.update(thing.definition for thing in things if isinstance(thing, FunctionThing))
        return frozenset(found)

    def _runs_current(self, scope: Scope) -> bool:
        """Whether the function runs something on what `get_event_loop` gives."""
        for value in scope.values:
            if isinstance(value, Call):
                function = scope.values[value.function]
                if isinstance(function, Attribute) and function.name == "run_until_complete":
                    return True
        return False

    def _is_fallback(self, scope: Scope) -> bool:
        """Whether the function asks for the current loop and catches the failure."""
        has_handler = any(isinstance(value, Caught) for value in scope.values) or "RuntimeError" in {
            value.name for value in scope.values if isinstance(value, Free)
        }
        return has_handler and any(
            isinstance(value, Call) and callee_name(scope, value.function) in ("get_event_loop", "get_running_loop")
            for value in scope.values
        )
