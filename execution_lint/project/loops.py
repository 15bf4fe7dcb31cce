"""Every event loop that somebody makes, with its life."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from execution_lint.config.schema import Reference
from execution_lint.facts.scopes import Exit, ExitKind, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Caught,
    Changed,
    Choice,
    Declared,
    Entered,
    Free,
    Mapping,
    Narrowed,
    Nested,
    Parameter,
    Ref,
    Sequence,
    Spread,
    Value,
)
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.aliases import closure
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import mentioned, spelled
from execution_lint.project.subjects import LoopCall, LoopLife
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    PartialThing,
    Thing,
)
from execution_lint.source.regions import Needles, RegionKind

WORDS = frozenset(
    {
        "new_event_loop",
        "SelectorEventLoop",
        "ProactorEventLoop",
        "EventLoop",
        "Loop",
        "BaseEventLoop",
        "uvloop",
        "winloop",
    }
)
"""The names by which loops are made; one of them stands in the text wherever an alias of it is bound."""

_PACKAGES = frozenset({"asyncio", "uvloop", "winloop"})
_CLASSES = frozenset({"SelectorEventLoop", "ProactorEventLoop", "EventLoop", "Loop"})
_POLICIES = ("EventLoopPolicy",)
_FIXTURES = frozenset({"pytest.fixture", "pytest_asyncio.fixture", "_pytest.fixtures.fixture"})
_CLOSING = frozenset({"contextlib.closing"})
_GETTERS = frozenset({"asyncio.get_event_loop", "asyncio.get_running_loop", "asyncio.events.get_event_loop"})
_STARTERS = frozenset({"submit", "run_in_executor", "to_thread", "apply_async", "start_new_thread"})


def makes_a_loop(thing: Thing) -> str:
    """The dotted name of what makes a loop when it is called; empty for anything else."""
    match thing:
        case ExternalThing(name=name):
            package, _, rest = name.partition(".")
            last = rest.rpartition(".")[2]
            if package in _PACKAGES and (last == "new_event_loop" or last in _CLASSES):
                return name
            return ""
        case PartialThing(function=function):
            return makes_a_loop(function)
        case _:
            return ""


@dataclass
class _Uses:
    """Where a loop goes within the function that makes it."""

    runs: bool = False
    is_repeated: bool = False
    """It runs something to completion again and again."""
    runs_forever: bool = False
    closed: bool = False
    is_set: bool = False
    returned: bool = False
    yielded: bool = False
    stored: str = ""
    passed: str = ""
    threaded: bool = False
    factory: bool = False
    closed_over: bool = False
    names: list[str] = field(default_factory=list)
    """The names of the module that hold it."""
    attributes: list[str] = field(default_factory=list)
    """The attributes of `self` that hold it."""


class Loops:
    """Finds the calls that make loops, and says how long what they make lives."""

    def __init__(self, inference: Inference, owners: tuple[Reference, ...]) -> None:
        self._inference = inference
        self._owners = owners

    def __iter__(self) -> Iterator[LoopCall]:
        names = closure(self._inference, WORDS)
        for path, regions in self._inference.modules.library.candidates(Needles(names)):
            module = self._inference.modules.at(path)
            if module is None:
                continue
            for region in regions:
                facts = module.facts(region)
                for index in range(len(facts.scopes) if facts is not None else 0):
                    yield from self._in_scope(Frame(path, region, index), names)

    def _in_scope(self, frame: Frame, names: frozenset[str]) -> Iterator[LoopCall]:
        scope = self._inference.scope(frame)
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call) and self._names(scope, value.function) & names:
                for thing in self._inference.things(At(frame, value.function)):
                    called = makes_a_loop(thing) or self._subclass(thing)
                    if called:
                        yield self._linked(frame, scope, ref, called)
                        break

    def _names(self, scope: Scope, ref: Ref) -> frozenset[str]:
        """The names by which a callee could be known: all of its parts, since it may be made by `partial` or `getattr`."""
        found = mentioned(scope, ref)
        value = scope.values[ref]
        return found | frozenset((self._last_name(scope, ref), getattr(value, "name", "")))

    def _last_name(self, scope: Scope, ref: Ref) -> str:
        for _ in range(8):
            match scope.values[ref]:
                case Free(name=name) | Attribute(name=name) | Parameter(name=name):
                    return name
                case Changed(base=base):
                    ref = base
                case Choice(alternatives=alternatives):
                    ref = alternatives[-1]
                case Call(function=function):
                    ref = function
                case value:
                    return getattr(value, "name", "") or getattr(value, "module", "")
        return ""

    def _subclass(self, thing: Thing) -> str:
        """A loop class of the project."""
        if not isinstance(thing, ClassThing):
            return ""
        for base in self._inference.ancestry(thing):
            if isinstance(base, ExternalThing) and makes_a_loop(base) and base.name.rpartition(".")[2] in _CLASSES:
                return self._inference.scope(thing.definition).qualname
        return ""

    def _linked(self, frame: Frame, scope: Scope, ref: Ref, called: str) -> LoopCall:
        uses = self._uses(frame, scope, ref)
        life, where = self._life(frame, scope, uses)
        function = self._function(frame)
        module = self._inference.module(frame.path)
        qualname = self._inference.scope(function).qualname if function is not None else scope.qualname
        return LoopCall(
            place=Place(frame.path, scope.spans[ref]),
            scope=qualname,
            qualname=f"{module.name}:{qualname}",
            spelled=called,
            life=life,
            is_closed=uses.closed,
            is_fallback=self._is_fallback(frame, scope),
            is_async=function is not None and self._inference.scope(function).is_async,
            where=where,
            declared_by=self._declared(module.name, qualname),
            related=self._related(frame, scope, ref, uses),
        )

    def _declared(self, module: str, qualname: str) -> str:
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
        return Frame(frame.path, frame.region, index) if index != NONE and facts.scopes[index].kind is ScopeKind.FUNCTION else None

    def _related(self, frame: Frame, scope: Scope, ref: Ref, uses: _Uses) -> tuple[Related, ...]:
        found = []
        for index, value in enumerate(scope.values):
            if isinstance(value, Call):
                function = scope.values[value.function]
                if isinstance(function, Attribute) and function.name in ("run_until_complete", "run_forever", "close"):
                    if function.base in self._aliases(scope, ref):
                        what = "it is closed here" if function.name == "close" else "it runs here"
                        found.append(Related(what, Place(frame.path, scope.spans[index])))
        return tuple(found)

    # Life

    def _life(self, frame: Frame, scope: Scope, uses: _Uses) -> tuple[LoopLife, str]:
        if uses.factory or self._is_exempt(frame) or self._is_handed_as_factory(frame):
            return LoopLife.EXEMPT, ""
        function = self._function(frame)
        if function is None:
            return self._module_life(frame, scope, uses)
        is_thread_body = self._is_thread_target(function)
        if uses.threaded or (uses.attributes and self._is_run_by_thread(function, uses.attributes)):
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

    def _module_life(self, frame: Frame, scope: Scope, uses: _Uses) -> tuple[LoopLife, str]:
        if uses.returned:
            return LoopLife.RETURNED, ""
        names = uses.names if not uses.runs else []
        module = self._inference.module(frame.path)
        for name in names:
            for index, region in enumerate(module.regions):
                if index == frame.region or not module.mentions(index, name):
                    continue
                if region.kind in (RegionKind.FUNCTION, RegionKind.METHOD):
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

    def _is_exempt(self, frame: Frame) -> bool:
        facts = self._inference.module(frame.path).facts(frame.region)
        assert facts is not None
        index = frame.scope
        while index != NONE:
            scope = facts.scopes[index]
            at = Frame(frame.path, frame.region, index)
            if scope.kind is ScopeKind.FUNCTION:
                if any(decorator.name in _FIXTURES for decorator in self._inference.decorators(at.definition)):
                    return True
                owner = self._inference.owner(at.definition)
                if owner is not None and self._is_loop_or_policy(owner):
                    return True
            index = scope.parent
        return False

    def _is_loop_or_policy(self, cls: ClassThing) -> bool:
        return any(
            isinstance(base, ExternalThing)
            and (base.name.endswith(_POLICIES) or base.name.rpartition(".")[2] in (*_CLASSES, "BaseEventLoop", "AbstractEventLoop"))
            for base in self._inference.ancestry(cls)
        )

    def _aliases(self, scope: Scope, ref: Ref) -> set[Ref]:
        """The values that are the loop, under whatever name."""
        found = {ref}
        grew = True
        while grew:
            grew = False
            for index, value in enumerate(scope.values):
                if index not in found and self._stands_for(scope, value, found):
                    found.add(index)
                    grew = True
        return found

    def _stands_for(self, scope: Scope, value: Value, aliases: set[Ref]) -> bool:
        match value:
            case Choice(alternatives=alternatives):
                return not aliases.isdisjoint(alternatives)
            case Changed(base=base) | Narrowed(base=base) | Declared(value=base):
                return base in aliases
            case Entered(base=base):
                manager = scope.values[base]
                return base in aliases or (
                    isinstance(manager, Call) and any(argument.value in aliases for argument in manager.arguments)
                )
            case _:
                return False

    def _uses(self, frame: Frame, scope: Scope, ref: Ref) -> _Uses:
        uses = _Uses()
        aliases = self._aliases(scope, ref)
        for index, value in enumerate(scope.values):
            if not isinstance(value, Call):
                continue
            function = scope.values[value.function]
            if isinstance(function, Attribute) and function.base in aliases:
                uses.runs |= function.name == "run_until_complete"
                uses.is_repeated |= function.name == "run_until_complete" and index in scope.repeated
                uses.runs_forever |= function.name == "run_forever"
                uses.closed |= function.name == "close"
            self._handed(frame, scope, index, aliases, uses)
        for exit in scope.exits:
            if self._holds(scope, exit.value, aliases):
                self._left(exit, uses)
        for assignment in scope.assignments:
            if assignment.value != NONE and self._holds(scope, assignment.value, aliases):
                match assignment.kind:
                    case TargetKind.ATTRIBUTE:
                        uses.stored = f"`{spelled(scope, assignment.base)}.{assignment.name}`"
                        uses.attributes.append(assignment.name)
                    case TargetKind.ITEM:
                        uses.stored = f"an item of `{spelled(scope, assignment.base)}`"
                    case TargetKind.GLOBAL:
                        uses.stored = f"the global `{assignment.name}`"
                    case TargetKind.NAME if scope.kind is ScopeKind.MODULE:
                        uses.names.append(assignment.name)
                    case TargetKind.NAME if scope.kind is ScopeKind.CLASS:
                        uses.stored = f"the class attribute `{assignment.name}`"
                    case _:
                        pass
        self._captured(frame, scope, aliases, uses)
        return uses

    def _left(self, exit: Exit, uses: _Uses) -> None:
        if exit.kind is ExitKind.RETURN:
            uses.returned = True
        elif exit.kind is ExitKind.YIELD:
            uses.yielded = True

    def _holds(self, scope: Scope, ref: Ref, aliases: set[Ref]) -> bool:
        """Whether a value is the loop, or a display that holds it."""
        if ref in aliases:
            return True
        match scope.values[ref] if ref != NONE else None:
            case Sequence(elements=elements):
                return any(self._holds(scope, element, aliases) for element in elements)
            case Mapping(entries=entries):
                return any(self._holds(scope, value, aliases) for _, value in entries)
            case Spread(base=base):
                return self._holds(scope, base, aliases)
            case _:
                return False

    def _handed(self, frame: Frame, scope: Scope, ref: Ref, aliases: set[Ref], uses: _Uses) -> None:
        """What a call does with a loop among its arguments."""
        call = scope.values[ref]
        assert isinstance(call, Call)
        for argument in call.arguments:
            target = scope.values[argument.value]
            if isinstance(target, Attribute) and target.base in aliases and target.name in ("run_forever", "run_until_complete"):
                uses.threaded = True
                uses.runs_forever |= target.name == "run_forever"
            if not self._holds(scope, argument.value, aliases):
                continue
            things = self._inference.things(At(frame, call.function))
            names = [thing.name for thing in things if isinstance(thing, ExternalThing)]
            last = {name.rpartition(".")[2] for name in names}
            if "set_event_loop" in last:
                uses.is_set = True
            elif "closing" in last:
                uses.closed = True
            elif "Thread" in last or last & _STARTERS:
                uses.threaded = True
            elif argument.name == "loop_factory":
                uses.factory = True
            else:
                uses.passed = f"`{spelled(scope, call.function)}(...)`"
                uses.threaded |= any(self._keeps_a_thread(thing, At(frame, ref), argument.value) for thing in things)

    def _keeps_a_thread(self, thing: Thing, call: At, given: Ref) -> bool:
        """Whether a class of the project keeps the loop that it is made with, and runs it in a thread."""
        if not isinstance(thing, ClassThing):
            return False
        for method in self._inference.attribute(InstanceThing(thing), "__init__"):
            if isinstance(method, FunctionThing):
                bound = self._inference.arguments(method, call)
                names = {name for name, values in bound.items() if any(at.ref == given for at in values)}
                scope = self._inference.scope(method.definition)
                kept = [
                    assignment.name
                    for assignment in scope.assignments
                    if assignment.kind is TargetKind.ATTRIBUTE
                    and assignment.value != NONE
                    and getattr(scope.values[assignment.value], "name", "") in names
                ]
                definition = method.definition
                if kept and self._is_run_by_thread(Frame(definition.path, definition.region, definition.scope), kept):
                    return True
        return False

    def _captured(self, frame: Frame, scope: Scope, aliases: set[Ref], uses: _Uses) -> None:
        """Uses of the loop in functions nested in the one that makes it."""
        names = {name for name, value in scope.bindings if value in aliases}
        facts = self._inference.module(frame.path).facts(frame.region)
        assert facts is not None
        if scope.kind not in (ScopeKind.FUNCTION, ScopeKind.LAMBDA):
            return
        for index, inner in enumerate(facts.scopes):
            if index == frame.scope or not self._is_within(facts.scopes, index, frame.scope):
                continue
            captured = {ref for ref, value in enumerate(inner.values) if isinstance(value, Free) and value.name in names}
            if not captured:
                continue
            uses.closed_over = True
            inner_frame = Frame(frame.path, frame.region, index)
            for value in inner.values:
                if isinstance(value, Attribute) and value.base in captured:
                    uses.closed |= value.name == "close"
                    if value.name in ("run_forever", "run_until_complete"):
                        if self._is_thread_target(inner_frame):
                            uses.threaded = True
                        else:
                            uses.runs = True

    def _is_within(self, scopes: tuple[Scope, ...], index: int, outer: int) -> bool:
        while index != NONE:
            index = scopes[index].parent
            if index == outer:
                return True
        return False

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
    def _thread_bodies(self) -> frozenset[Definition]:
        """The functions of the project that a thread is started with."""
        found: set[Definition] = set()
        for path, regions in self._inference.modules.library.candidates(Needles(frozenset({"Thread"}))):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    for value in scope.values:
                        if isinstance(value, Call) and self._last_name(scope, value.function) == "Thread":
                            for argument in value.arguments:
                                if argument.name in ("target", ""):
                                    things = self._inference.things(At(Frame(path, region, index), argument.value))
                                    found.update(thing.definition for thing in things if isinstance(thing, FunctionThing))
        return frozenset(found)

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

    def _is_fallback(self, frame: Frame, scope: Scope) -> bool:
        """Whether the function asks for the current loop and catches the failure."""
        has_handler = any(isinstance(value, Caught) for value in scope.values) or "RuntimeError" in {
            value.name for value in scope.values if isinstance(value, Free)
        }
        return has_handler and any(
            isinstance(value, Call) and self._last_name(scope, value.function) in ("get_event_loop", "get_running_loop")
            for value in scope.values
        )

    # Threads

    def _is_thread_target(self, function: Frame) -> bool:
        """Whether the function is handed to a thread in the region or the class around it."""
        scope = self._inference.scope(function)
        if (scope.name == "run" and self._is_thread(function)) or function.definition in self._thread_bodies:
            return True
        for frame in self._neighbours(function):
            other = self._inference.scope(frame)
            for value in other.values:
                if isinstance(value, Call) and self._starts_thread(other, value):
                    for argument in value.arguments:
                        if self._last_name(other, argument.value) == scope.name or self._is_nested(frame, other, argument.value, function):
                            return True
        return False

    def _is_thread(self, function: Frame) -> bool:
        """Whether the function is a method of a thread class."""
        owner = self._inference.owner(function.definition)
        return owner is not None and any(
            isinstance(base, ExternalThing) and base.name == "threading.Thread" for base in self._inference.ancestry(owner)
        )

    def _is_nested(self, frame: Frame, scope: Scope, ref: Ref, function: Frame) -> bool:
        value = scope.values[ref]
        return isinstance(value, Nested) and (frame.path, frame.region, value.scope) == (function.path, function.region, function.scope)

    def _starts_thread(self, scope: Scope, call: Call) -> bool:
        return self._last_name(scope, call.function) in ("Thread", *_STARTERS)

    def _is_run_by_thread(self, function: Frame, attributes: list[str]) -> bool:
        """Whether a thread of the same class runs the loop that these attributes hold."""
        for frame in self._neighbours(function):
            scope = self._inference.scope(frame)
            runs = any(
                isinstance(value, Attribute)
                and value.name in ("run_forever", "run_until_complete")
                and self._last_name(scope, value.base) in attributes
                for value in scope.values
            )
            if runs and (self._is_thread(frame) or self._is_thread_target(frame) or any(isinstance(value, Call) and self._starts_thread(scope, value) for value in scope.values)):
                return True
        return False

    def _neighbours(self, function: Frame) -> Iterator[Frame]:
        """The scopes of the same region, of the methods of the same class, or of the functions of the same module that start threads."""
        module = self._inference.module(function.path)
        regions = {function.region}
        own = module.regions[function.region]
        for index, region in enumerate(module.regions):
            same_class = own.kind is RegionKind.METHOD and region.kind is RegionKind.METHOD and region.owner == own.owner
            if same_class or any(module.mentions(index, word) for word in ("Thread", *_STARTERS)):
                regions.add(index)
        for index in sorted(regions):
            facts = module.facts(index)
            for scope in range(len(facts.scopes) if facts is not None else 0):
                yield Frame(function.path, index, scope)
