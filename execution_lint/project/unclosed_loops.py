"""Loops that outlive the function that makes them, and that nothing closes: searched by the names that hold them."""

from collections import Counter
from collections.abc import Iterator
from enum import Enum

from execution_lint.facts.scopes import ExitKind, Scope, ScopeKind
from execution_lint.facts.values import (
    NONE,
    Argument,
    Attribute,
    Call,
    Constant,
    Element,
    Item,
    Parameter,
    Ref,
    Sequence,
    Spread,
)
from execution_lint.model.confidence import Confidence
from execution_lint.project.call_graph.callers import Callers
from execution_lint.project.inference import Inference
from execution_lint.project.loop_subjects import UnclosedLoop
from execution_lint.project.loop_uses import LoopUses, UsesOfLoops, aliases_of
from execution_lint.project.loops import Loops, LoopSite
from execution_lint.project.spelling import last_name
from execution_lint.project.subjects import LoopLife
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
)
from execution_lint.source.regions import Needles

MAXIMUM_REGIONS = 120
"""Regions that hold the name of a loop and close something, beyond which they are not searched."""

MAXIMUM_DEPTH = 4
"""Functions that a loop is handed to, or given by, one behind the other."""

_HARMLESS = frozenset({"asyncio", "threading", "concurrent", "builtins", "logging", "uvloop", "winloop", "functools"})
"""Packages whose functions close no loop that they are given."""


class Closing(Enum):
    """What is known of the end of a loop."""

    CLOSED = "closed"
    OPEN = "open"
    """Everything that it is handed to is known, and nothing closes it."""
    NOT_KNOWN = "not known"


class UnclosedLoops:
    """Asks of every loop that is kept whether something closes it."""

    def __init__(self, loops: Loops, callers: Callers, undecided: "Counter[tuple[str, str]]") -> None:
        self._loops = loops
        self._callers = callers
        self._inference: Inference = callers.inference
        self._uses: UsesOfLoops = loops.uses
        self._undecided = undecided
        self._asking: set[tuple[str, frozenset[str]]] = set()

    def __iter__(self) -> Iterator[UnclosedLoop]:
        for site in self._loops.sites:
            call = site.call
            if call.life is LoopLife.EXEMPT or (call.life is LoopLife.RUN_TO_COMPLETION and not call.declared_by):
                continue
            closing = self._closing(site.frame, site.ref, site.uses, 0)
            if closing is Closing.NOT_KNOWN:
                self._undecided["end of an event loop", "it is handed to something that is not followed"] += 1
            elif closing is Closing.OPEN:
                yield UnclosedLoop(call.place, call.scope, call.spelled, call.life, _confidence(site), call.related)

    def _closing(self, frame: Frame, ref: Ref, uses: LoopUses, depth: int) -> Closing:
        if uses.closed:
            return Closing.CLOSED
        if depth > MAXIMUM_DEPTH:
            return Closing.NOT_KNOWN
        scope = self._inference.scope(frame)
        found = {self._by_name(frame.path, frozenset(uses.held), depth)} if uses.held else set()
        if uses.in_item:
            found.add(Closing.NOT_KNOWN)
        if uses.returned or uses.yielded:
            found.add(self._by_callers(frame, scope, frozenset(aliases_of(scope, ref)), depth))
        if uses.is_set and not uses.held:
            found.add(self._by_name(frame.path, frozenset({"get_event_loop"}), depth))
        aliases = aliases_of(scope, ref)
        for index, value in enumerate(scope.values):
            if isinstance(value, Call):
                found.update(
                    self._by_receiver(frame, index, value, argument, depth)
                    for argument in value.arguments
                    if argument.value in aliases
                )
        return _together(found)

    # Names

    def _by_name(self, path: str, names: frozenset[str], depth: int) -> Closing:
        """Whether a loop that these names hold is closed by one of them."""
        if (path, names) in self._asking:
            return Closing.OPEN  # Who asks already will tell.
        self._asking.add((path, names))
        try:
            return self._named(path, names, depth)
        finally:
            self._asking.discard((path, names))

    def _named(self, path: str, names: frozenset[str], depth: int) -> Closing:
        names = names | self._given_by(path, names)
        regions = [
            (other, region)
            for other, candidates in self._inference.modules.library.candidates(Needles(names))
            for region in candidates
            if other == path or self._inference.module(other).mentions(region, "close")
        ]
        if len(regions) > MAXIMUM_REGIONS:
            return Closing.NOT_KNOWN
        found = {Closing.OPEN, *self._given_on(path, names, depth)}
        for other, region in regions:
            facts = self._inference.module(other).facts(region)
            if facts is None:
                continue
            bound = [_holding(scope, names) for scope in facts.scopes]
            anywhere = names.union(*bound)
            for index, scope in enumerate(facts.scopes):
                known = anywhere if scope.parent != NONE else names | bound[index]
                found.update(self._in_scope(Frame(other, region, index), scope, known, depth, is_own=other == path))
        return _together(found)

    def _in_scope(
        self, frame: Frame, scope: Scope, names: frozenset[str], depth: int, *, is_own: bool
    ) -> Iterator[Closing]:
        for index, value in enumerate(scope.values):
            match value:
                case Attribute(base=base, name="close") if last_name(scope, base) in names:
                    yield Closing.CLOSED
                case Call(arguments=arguments) if is_own:
                    for argument in arguments:
                        held = scope.values[argument.value]
                        if not isinstance(held, Call) and last_name(scope, argument.value) in names:
                            yield self._by_receiver(frame, index, value, argument, depth + 1)
                case _:
                    pass

    def _given_by(self, path: str, names: frozenset[str]) -> frozenset[str]:
        """The functions and properties of the module that give what one of the names holds."""
        module = self._inference.module(path)
        found = set()
        for region in module.holding_any(names):
            facts = module.facts(region)
            for scope in facts.scopes if facts is not None else ():
                if scope.kind is ScopeKind.FUNCTION and any(
                    exit.kind is ExitKind.RETURN and exit.value != NONE and last_name(scope, exit.value) in names
                    for exit in scope.exits
                ):
                    found.add(scope.name)
        return frozenset(found)

    def _given_on(self, path: str, names: frozenset[str], depth: int) -> Iterator[Closing]:
        """What becomes of it by functions that give it among other things, or that take it from the module first."""
        module = self._inference.modules.identify(path)[1].rpartition(".")[2]
        elsewhere = self._inference.modules.library.candidates(
            Needles(names, beside=frozenset({module} if module else ()), within=frozenset({"return", "yield"}))
        )
        regions = [(other, region) for other, found in elsewhere if other != path for region in found]
        if len(regions) > MAXIMUM_REGIONS:
            yield Closing.NOT_KNOWN
            return
        regions += [(path, region) for region in self._inference.module(path).holding_any(names)]
        for other, region in regions:
            facts = self._inference.module(other).facts(region)
            for index, scope in enumerate(facts.scopes if facts is not None else ()):
                given = frozenset(
                    ref
                    for ref in _given(scope)
                    if not isinstance(scope.values[ref], Call) and last_name(scope, ref) in names
                )
                if given and (other != path or None not in _places(scope, given)):
                    yield self._by_callers(Frame(other, region, index), scope, given, depth + 1)

    # Calls

    def _by_callers(self, frame: Frame, scope: Scope, given: frozenset[Ref], depth: int) -> Closing:
        """What becomes of the loop, which the `given` values are, where the function that gives it is called."""
        if depth > MAXIMUM_DEPTH or scope.kind is not ScopeKind.FUNCTION or scope.is_async:
            return Closing.NOT_KNOWN
        uses = self._callers.of(frame.definition) + self._callers.guarded(frame.definition)
        if not uses:
            return Closing.NOT_KNOWN
        found = set()
        for use in uses:
            outer = self._inference.scope(use.frame)
            if use.ref == NONE or not isinstance(outer.values[use.ref], (Call, Attribute)):
                found.add(Closing.NOT_KNOWN)
                continue
            for place in _places(scope, given):
                parts = [use.ref] if place is None else _parts(outer, use.ref, place)
                found.update(
                    self._closing(use.frame, part, self._uses.of_value(use.frame, outer, part), depth + 1)
                    for part in parts
                )
                if not parts:
                    found.add(Closing.NOT_KNOWN)
        return _together(found)

    def _by_receiver(self, frame: Frame, ref: Ref, call: Call, argument: Argument, depth: int) -> Closing:
        """What a function does with a loop that it is given."""
        found = set()
        for thing in self._inference.things(At(frame, call.function)):
            match thing:
                case FunctionThing():
                    found.add(self._by_parameter(thing, At(frame, ref), argument, depth))
                case ClassThing():
                    made = tuple(self._inference.attribute(InstanceThing(thing), "__init__"))
                    functions = [method for method in made if isinstance(method, FunctionThing)]
                    found.update(self._by_parameter(method, At(frame, ref), argument, depth) for method in functions)
                    if not functions:
                        found.add(Closing.NOT_KNOWN)
                case ExternalThing(name=name):
                    found.add(_by_name_outside(name))
                case _:
                    found.add(Closing.NOT_KNOWN)
        return _together(found)

    def _by_parameter(self, function: FunctionThing, call: At, argument: Argument, depth: int) -> Closing:
        if depth > MAXIMUM_DEPTH:
            return Closing.NOT_KNOWN
        bound = self._inference.arguments(function, call)
        definition: Definition = function.definition
        inner = Frame(definition.path, definition.region, definition.scope)
        scope = self._inference.scope(definition)
        found = set()
        for name, values in bound.items():
            if not any(at.ref == argument.value and at.frame is call.frame for at in values):
                continue
            for ref, value in enumerate(scope.values):
                if isinstance(value, Parameter) and value.name == name:
                    found.add(self._closing(inner, ref, self._uses.of_value(inner, scope, ref), depth + 1))
        return _together(found) if found else Closing.NOT_KNOWN


def _holding(scope: Scope, names: frozenset[str]) -> frozenset[str]:
    """The names that a scope binds to what one of `names` holds."""
    return frozenset(name for name, ref in scope.bindings if last_name(scope, ref) in names)


def _given(scope: Scope) -> Iterator[Ref]:
    """What a function returns or yields, whole or as the parts of a display."""
    for exit in scope.exits:
        if exit.kind in (ExitKind.RETURN, ExitKind.YIELD) and exit.value != NONE:
            value = scope.values[exit.value]
            yield from value.elements if isinstance(value, Sequence) else (exit.value,)


def _places(scope: Scope, given: frozenset[Ref]) -> frozenset[int | None]:
    """At which position of what a function returns the given values stand: None for the whole, -1 for one not known."""
    found: set[int | None] = set()
    for exit in scope.exits:
        if exit.kind not in (ExitKind.RETURN, ExitKind.YIELD) or exit.value == NONE:
            continue
        value = scope.values[exit.value]
        if exit.value in given:
            found.add(None)
        elif not isinstance(value, Sequence):
            continue
        elif any(isinstance(scope.values[element], Spread) for element in value.elements):
            found.add(-1)
        else:
            found.update(position for position, element in enumerate(value.elements) if element in given)
    return frozenset(found) or frozenset({-1})


def _parts(scope: Scope, ref: Ref, position: int) -> list[Ref]:
    """The values that a display is taken apart into at a position: by unpacking, or by a subscript."""
    aliases = aliases_of(scope, ref)
    found = []
    for part, value in enumerate(scope.values):
        match value:
            case Element(base=base, position=at) if base in aliases and at == position >= 0:
                found.append(part)
            case Item(base=base, index=index) if base in aliases:
                constant = scope.values[index]
                if isinstance(constant, Constant) and constant.text == str(position):
                    found.append(part)
            case _:
                pass
    return found


def _together(found: set[Closing]) -> Closing:
    """One place that closes it is enough; one that is not known leaves it open whether there is one."""
    if Closing.CLOSED in found:
        return Closing.CLOSED
    return Closing.NOT_KNOWN if Closing.NOT_KNOWN in found else Closing.OPEN


def _by_name_outside(name: str) -> Closing:
    package, last = name.partition(".")[0], name.rpartition(".")[2]
    if last in ("closing", "finalize"):
        return Closing.CLOSED
    return Closing.OPEN if package in _HARMLESS else Closing.NOT_KNOWN


def _confidence(site: LoopSite) -> Confidence:
    match site.call.life:
        case LoopLife.UNUSED | LoopLife.RUN_TO_COMPLETION:
            return Confidence.PROVEN
        case LoopLife.THREAD:
            return Confidence.POSSIBLE
        case _:
            return Confidence.LIKELY
