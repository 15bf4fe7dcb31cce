"""Calls of coroutine functions whose coroutine nobody can await any more."""

from collections.abc import Callable, Iterator

import msgspec

from execution_lint.facts.scopes import ExitKind, Scope, ScopeKind
from execution_lint.facts.values import NONE, Attribute, Awaited, Call, Free, Parameter, Ref
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.modules import Module
from execution_lint.project.spelling import spelled
from execution_lint.project.subjects import UnawaitedCoroutine
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    PartialThing,
    Thing,
    UnknownThing,
)
from execution_lint.project.value_uses import ConsumingCall, uses_of
from execution_lint.source.dangling import CONSUMERS
from execution_lint.source.regions import Needles, RegionKind

_TRANSPARENT = frozenset(
    {
        *("builtins.staticmethod", "builtins.classmethod", "abc.abstractmethod", "typing.final", "typing.overload"),
        *("typing.override", "typing_extensions.override", "typing_extensions.final", "typing_extensions.deprecated"),
        *("warnings.deprecated", "functools.lru_cache", "functools.cache", "functools.wraps", "typing.no_type_check"),
    }
)
"""Decorators that leave a coroutine function one."""

COROUTINES = "coroutines"
"""The name of the scan for calls of coroutine functions."""

GATHERING = frozenset({"asyncio.gather", "asyncio.tasks.gather"})
_ASKED_OF_FUTURES = frozenset(
    f"asked for its `{name}`"
    for name in (
        *("result", "exception", "done", "cancel", "cancelled", "get_loop"),
        *("add_done_callback", "remove_done_callback", "set_result", "set_exception"),
    )
)
"""What gathering gives is a future already, which has these (`asyncio.Future`)."""


MAXIMUM_LAYERS = 4
"""Decorators within decorators that are looked through."""

Undecided = Callable[[str], None]
"""Takes note of a reason for which a call could not be judged."""


class Coroutines:
    """Finds the calls that make coroutines of the project, and drops those of which somebody may await the result."""

    def __init__(self, inference: Inference, undecided: Undecided) -> None:
        self._inference = inference
        self._undecided = undecided
        self._overridden: dict[tuple[Definition, str], bool] = {}
        self._foreign: dict[tuple[str, str], bool] = {}

    def __iter__(self) -> Iterator[UnawaitedCoroutine]:
        library = self._inference.modules.library
        called: set[str] = set()
        for path, regions, names in library.unawaited():
            module = self._inference.modules.at(path)
            called |= names
            for region, bases in regions.items():
                if module is None or self._is_called_abroad(module, region, names, bases):
                    continue
                facts = module.scanned(region, COROUTINES)
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    for ref, value in unawaited_calls(scope, names):
                        yield from self._judged(Frame(path, region, index), ref, value)
        library.announce(COROUTINES, msgspec.msgpack.encode(called, order="deterministic"))
        for _ in library.passed_over():
            self._undecided("calls of a name that many functions share, outside the files of the coroutine functions")

    def _is_called_abroad(self, module: Module, region: int, names: frozenset[str], bases: frozenset[str]) -> bool:
        """Whether all that may be left unawaited comes from outside of the project, as the names before the dots do."""
        is_function = module.regions[region].kind in (RegionKind.FUNCTION, RegionKind.METHOD)
        if not bases or not is_function or not all(self._is_foreign(module.path, base) for base in bases):
            return False
        return module.called_on(region, names) == bases

    def _is_foreign(self, path: str, name: str) -> bool:
        key = (path, name)
        if key not in self._foreign:
            sites = self._inference.module_sites(path, name)
            self._foreign[key] = bool(sites) and all(
                isinstance(thing, ExternalThing) and thing.receiver is None
                for site in sites
                for thing in self._inference.things(site)
            )
        return self._foreign[key]

    def _judged(self, frame: Frame, ref: Ref, call: Call) -> Iterator[UnawaitedCoroutine]:
        facts = self._inference.module(frame.path).followed(frame.region)
        assert facts is not None
        scope = facts.scopes[frame.scope]
        uses = uses_of(facts, frame.scope, ref, ConsumingCall(scope, CONSUMERS))
        promised = self._promised(frame, scope) if uses.returned and not uses.is_awaited and not uses.broken else ""
        if uses.may_be_awaited and not promised:
            return
        functions = self._coroutine_functions(At(frame, call.function))
        broken = uses.broken
        if not functions:
            broken = [(how, by) for how, by in broken if how not in _ASKED_OF_FUTURES]
            if not broken or not self._gathers(At(frame, call.function)):
                return
        how, by = next(iter((*broken, *uses.consumed)), ("never used" if uses.is_bound else "dropped", NONE))
        if promised:
            how, by = f"returned as `{promised}`", NONE
        related = [self._defined(definition) for definition in functions]
        if by not in (NONE, ref):
            related.insert(0, Related(f"it is {how} here", Place(frame.path, scope.spans[by])))
        owner = scope if scope.kind is ScopeKind.FUNCTION else None
        yield UnawaitedCoroutine(
            place=Place(frame.path, scope.spans[ref]),
            scope=scope.qualname,
            call=f"{spelled(scope, call.function)}()",
            how=how,
            is_async=owner is not None and owner.is_async,
            caller=owner.qualname if owner is not None else "",
            confidence=Confidence.PROVEN,
            related=tuple(related),
        )

    def _gathers(self, at: At) -> bool:
        """Whether the callee puts awaitables together in one, which runs them whether or not it is awaited."""
        things = self._inference.things(at)
        return bool(things) and all(isinstance(thing, ExternalThing) and thing.name in GATHERING for thing in things)

    def _promised(self, frame: Frame, scope: Scope) -> str:
        """What a coroutine function says that it gives, as people would write it; empty where that may be awaited."""
        if not scope.is_async or scope.is_generator or scope.returns == NONE:
            return ""
        types = self._inference.types(At(frame, scope.returns))
        if not types or not all(self._is_plain(thing) for thing in types):
            return ""
        return spelled(scope, scope.returns)

    def _is_plain(self, thing: Thing) -> bool:
        """Whether nothing of the type can be awaited."""
        match thing:
            case ConstantThing():
                return True
            case InstanceThing(of=ExternalThing(name=name)):
                return name.startswith("builtins.") and name != "builtins.object"
            case InstanceThing(of=ClassThing() as cls):
                ancestry = self._inference.ancestry(cls)
                return not any(isinstance(base, UnknownThing) for base in ancestry) and not any(
                    True for _ in self._inference.class_sites(cls, "__await__")
                )
            case _:
                return False

    def _defined(self, definition: Definition) -> Related:
        scope = self._inference.followed(definition)
        return Related(f"`{scope.qualname}` is a coroutine function", Place(definition.path, scope.head))

    def _coroutine_functions(self, at: At) -> tuple[Definition, ...]:
        """The coroutine functions that a callee stands for; empty where it may stand for anything else."""
        found: dict[Definition, None] = {}
        for thing in self._inference.things(at):
            definition = self._coroutine_function(thing)
            if definition is None:
                return ()
            found[definition] = None
        return tuple(found)

    def _coroutine_function(self, thing: Thing) -> Definition | None:
        match thing:
            case PartialThing(function=function):
                return self._coroutine_function(function)
            case FunctionThing(definition=definition, receiver=receiver):
                if not self._gives_coroutine(definition, 0):
                    return None
                return None if self._may_be_overridden(definition, receiver) else definition
            case _:
                return None

    def _gives_coroutine(self, definition: Definition, layer: int) -> bool:
        """Whether calling the function as its decorators leave it gives a coroutine."""
        scope = self._inference.followed(definition)
        if not scope.is_async or scope.is_generator:
            return False
        return all(self._keeps_coroutine(definition, decorator, layer) for decorator in reversed(scope.decorators))

    def _keeps_coroutine(self, definition: Definition, decorator: Ref, layer: int) -> bool:
        frame = Frame(definition.path, definition.region, definition.scope)
        scope = self._inference.followed(definition)
        value = scope.values[decorator]
        if isinstance(value, Call):
            things = tuple(
                made
                for thing in self._inference.things(At(frame, value.function))
                for made in (self._returned(thing.definition) if isinstance(thing, FunctionThing) else (thing,))
            )
        else:
            things = self._inference.things(At(frame, decorator))
        if things and all(self._is_transparent(thing, layer) for thing in things):
            return True
        self._undecided(f"what the decorator `{spelled(scope, decorator)}` makes of a coroutine function")
        return False

    def _returned(self, definition: Definition) -> tuple[Thing, ...]:
        """What a function returns, whatever its annotation says: that tells nothing of a function's kind."""
        scope = self._inference.followed(definition)
        frame = Frame(definition.path, definition.region, definition.scope)
        return tuple(
            thing
            for exit in scope.exits
            if exit.kind is ExitKind.RETURN and exit.value != NONE
            for thing in self._inference.things(At(frame, exit.value))
        )

    def _is_transparent(self, decorator: Thing, layer: int) -> bool:
        match decorator:
            case ExternalThing(name=name):
                return name in _TRANSPARENT
            case FunctionThing(definition=definition) if layer < MAXIMUM_LAYERS:
                return self._gives_wrapper(definition, layer)
            case _:
                return False

    def _gives_wrapper(self, definition: Definition, layer: int) -> bool:
        """Whether a decorator of the project gives its function back, or a coroutine function around it."""
        scope = self._inference.followed(definition)
        exits = [exit for exit in scope.exits if exit.kind in (ExitKind.RETURN, ExitKind.FALL)]
        frame = Frame(definition.path, definition.region, definition.scope)
        for exit in exits:
            if exit.value == NONE:
                return False
            if isinstance(scope.values[exit.value], Parameter):
                continue
            things = self._inference.things(At(frame, exit.value))
            if not things or not all(
                isinstance(thing, FunctionThing) and self._gives_coroutine(thing.definition, layer + 1)
                for thing in things
            ):
                return False
        return bool(exits) and not scope.is_async

    def _may_be_overridden(self, definition: Definition, receiver: Thing | None) -> bool:
        """Whether a subclass of the receiver's class has a method of that name that is no coroutine function."""
        if not isinstance(receiver, InstanceThing) or not isinstance(receiver.of, ClassThing):
            return False
        name = self._inference.followed(definition).name
        key = (receiver.of.definition, name)
        if key not in self._overridden:
            self._overridden[key] = any(
                not self._gives_coroutine(found, 0) for found in self._overrides(receiver.of, name)
            )
        return self._overridden[key]

    def _overrides(self, cls: ClassThing, name: str) -> Iterator[Definition]:
        """The methods called `name` of the classes that extend `cls`."""
        for path, regions in self._inference.modules.library.candidates(Needles(definitions=frozenset({name}))):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                if module is None or module.regions[region].kind is not RegionKind.METHOD:
                    continue
                if module.regions[region].name != name:
                    continue
                facts = module.followed(region)
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    definition = Definition(path, region, index)
                    if scope.kind is not ScopeKind.FUNCTION or scope.name != name:
                        continue
                    owner = self._inference.owner(definition)
                    if owner is not None and owner != cls and cls in self._inference.ancestry(owner):
                        yield definition


def unawaited_calls(scope: Scope, names: frozenset[str]) -> Iterator[tuple[Ref, Call]]:
    """The calls whose function the text calls by one of the names, and which are not awaited on the spot."""
    values = scope.values
    calls = [(ref, value) for ref, value in enumerate(values) if isinstance(value, Call)]
    if not calls:
        return
    awaited = {value.base for value in values if isinstance(value, Awaited)}
    bound: dict[Ref, set[str]] = {}
    for name, ref in scope.bindings:
        bound.setdefault(ref, set()).add(name)
    for ref, call in calls:
        if ref not in awaited:
            function = values[call.function]
            called = bound.get(call.function)
            if called is None:
                called = {function.name} if isinstance(function, (Free, Attribute, Parameter)) else None
            if called is not None and called <= names:
                yield ref, call
