"""What a function does with a callable that it is given as an argument."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.scopes import ExitKind, Scope, ScopeKind
from execution_lint.facts.values import (
    NONE,
    Argument,
    Attribute,
    Awaited,
    Call,
    Choice,
    Free,
    Nested,
    Parameter,
    Ref,
    Sequence,
)
from execution_lint.model.confidence import Confidence
from execution_lint.project.call_graph.handing import ELSEWHERE, ON_THE_LOOP, Handing, by_name, is_task
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import root_of
from execution_lint.project.things import At, Definition, ExternalThing, Frame, FunctionThing, UnknownThing

MAXIMUM_DEPTH = 4
"""Functions that hand a callable on to each other, as far as they are followed."""


class Fate(msgspec.Struct, frozen=True):
    """What becomes of a callable, at the place that calls it."""

    handing: Handing
    confidence: Confidence = Confidence.PROVEN
    frame: Frame | None = None
    """Where a function of the project calls it; None where something from outside does."""
    ref: Ref = NONE


class Fates:
    """Follows callables through parameters and nested functions."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._known: dict[tuple[Definition, str], tuple[Fate, ...]] = {}

    def of_argument(self, frame: Frame, ref: Ref, argument: Argument, depth: int = 0) -> tuple[Fate, ...]:
        """What the call at `ref` does with the callable that is one of its arguments."""
        return tuple(self._of_argument(frame, ref, argument, depth))

    def _of_argument(self, frame: Frame, ref: Ref, argument: Argument, depth: int) -> Iterator[Fate]:
        scope = self._inference.scope(frame)
        call = scope.values[ref]
        assert isinstance(call, Call)
        function = scope.values[call.function]
        for thing in self._inference.things(At(frame, call.function)):
            match thing:
                case ExternalThing():
                    base = At(frame, function.base) if isinstance(function, Attribute) else None
                    owners = self._inference.things(base) if base is not None else ()
                    yield Fate(by_name(thing, any(is_task(owner) for owner in owners)))
                case FunctionThing() if depth < MAXIMUM_DEPTH:
                    bound = self._inference.arguments(thing, At(frame, ref))
                    for name, values in bound.items():
                        if any(at.ref == argument.value and at.frame is frame for at in values):
                            yield from self.of_parameter(thing.definition, name, depth + 1)
                case UnknownThing() if isinstance(function, Attribute):
                    if function.name in ELSEWHERE:
                        yield Fate(Handing.ELSEWHERE)
                    elif function.name in ON_THE_LOOP:
                        yield Fate(Handing.ON_THE_LOOP, Confidence.LIKELY)
                    else:
                        yield Fate(Handing.UNKNOWN)
                case _:
                    yield Fate(Handing.UNKNOWN)

    def of_parameter(self, definition: Definition, name: str, depth: int = 0) -> tuple[Fate, ...]:
        """What a function does with the callable that a parameter stands for."""
        key = (definition, name)
        if key not in self._known:
            self._known[key] = ()
            self._known[key] = tuple(self._of_parameter(definition, name, depth))
        return self._known[key]

    def _of_parameter(self, definition: Definition, name: str, depth: int) -> Iterator[Fate]:
        facts = self._inference.module(definition.path).facts(definition.region)
        assert facts is not None
        for index, scope in enumerate(facts.scopes):
            if not self._is_within(facts.scopes, index, definition.scope, name):
                continue
            frame = Frame(definition.path, definition.region, index)
            found = list(self._in_scope(frame, scope, name, is_own=index == definition.scope, depth=depth))
            if not found:
                continue
            handing = self._of_nested(facts.scopes, definition, index, depth)
            for fate in found:
                if fate.handing is not Handing.AT_ONCE or handing is Handing.AT_ONCE:
                    yield fate
                elif handing is Handing.WRAPPED:
                    yield Fate(handing, fate.confidence, fate.frame, fate.ref)
                elif not scope.is_async:
                    yield Fate(handing)
                else:
                    yield fate

    def _is_within(self, scopes: tuple[Scope, ...], index: int, outer: int, name: str) -> bool:
        """Whether a scope is that of the function, or nested in it and sees its parameter."""
        while index != NONE and index != outer:
            if any(parameter.name == name for parameter in scopes[index].parameters):
                return False
            index = scopes[index].parent
        return index == outer

    def _in_scope(self, frame: Frame, scope: Scope, name: str, *, is_own: bool, depth: int) -> Iterator[Fate]:
        awaited = {value.base for value in scope.values if isinstance(value, Awaited)}
        for ref, value in enumerate(scope.values):
            if not isinstance(value, Call):
                continue
            # What is awaited is a coroutine function's call, not that of a sync one, which is what is followed here.
            if ref not in awaited and _stands_for(scope, value.function, name, is_own=is_own):
                yield Fate(Handing.AT_ONCE, Confidence.PROVEN, frame, ref)
            for argument in value.arguments:
                if _stands_for(scope, argument.value, name, is_own=is_own):
                    for fate in self.of_argument(frame, ref, argument, depth):
                        if fate.handing is Handing.AT_ONCE and fate.frame is None:
                            yield Fate(fate.handing, fate.confidence, frame, ref)
                        elif fate.handing is not Handing.WRAPPED:
                            yield fate

    def _of_nested(self, scopes: tuple[Scope, ...], definition: Definition, index: int, depth: int) -> Handing:
        """How the code of a scope within a function is executed: by whoever calls the function, or elsewhere."""
        while index != definition.scope and index != NONE:
            inner = scopes[index]
            if inner.kind in (ScopeKind.FUNCTION, ScopeKind.LAMBDA):
                handing = self._of_definition(scopes, definition, index, depth)
                if handing is not Handing.AT_ONCE:
                    return handing
            index = inner.parent
        return Handing.AT_ONCE

    def _of_definition(self, scopes: tuple[Scope, ...], definition: Definition, index: int, depth: int) -> Handing:
        inner = scopes[index]
        found: set[Handing] = set()
        for position, scope in enumerate(scopes):
            for ref, value in enumerate(scope.values):
                if isinstance(value, Call):
                    if _is_nested(scope, value.function, index, inner.name):
                        return Handing.AT_ONCE
                    for argument in value.arguments:
                        if _is_nested(scope, argument.value, index, inner.name) and depth < MAXIMUM_DEPTH:
                            frame = Frame(definition.path, definition.region, position)
                            found.update(fate.handing for fate in self.of_argument(frame, ref, argument, depth + 1))
            for exit in scope.exits:
                is_left = exit.kind is ExitKind.RETURN and exit.value != NONE
                if is_left and _is_nested(scope, exit.value, index, inner.name):
                    found.add(Handing.WRAPPED)
        for handing in (Handing.AT_ONCE, Handing.WRAPPED, Handing.ON_THE_LOOP, Handing.ELSEWHERE):
            if handing in found:
                return handing
        return Handing.UNKNOWN


def _stands_for(scope: Scope, ref: Ref, name: str, *, is_own: bool, depth: int = 6) -> bool:
    """Whether a value is the parameter, or a partial of it."""
    if ref == NONE or depth == 0:
        return False
    ref = root_of(scope, ref)
    match scope.values[ref]:
        case Parameter(name=found):
            return is_own and found == name
        case Free(name=found):
            return not is_own and found == name
        case Choice(alternatives=alternatives):
            return any(_stands_for(scope, part, name, is_own=is_own, depth=depth - 1) for part in alternatives)
        case Call(function=function, arguments=arguments) if arguments:
            wrapper = scope.values[function]
            called = wrapper.name if isinstance(wrapper, (Free, Attribute)) else ""
            return called == "partial" and _stands_for(scope, arguments[0].value, name, is_own=is_own, depth=depth - 1)
        case _:
            return False


def _is_nested(scope: Scope, ref: Ref, index: int, name: str, depth: int = 6) -> bool:
    """Whether a value is the function of another scope of the region."""
    if ref == NONE or depth == 0:
        return False
    ref = root_of(scope, ref)
    match scope.values[ref]:
        case Nested(scope=found):
            return found == index
        case Free(name=found):
            return found == name
        case Choice(alternatives=parts) | Sequence(elements=parts):
            return any(_is_nested(scope, part, index, name, depth - 1) for part in parts)
        case Call(function=function, arguments=arguments) if arguments:
            wrapper = scope.values[function]
            is_wrapper = isinstance(wrapper, Call) or getattr(wrapper, "name", "") in ("partial", "update_wrapper")
            return is_wrapper and _is_nested(scope, arguments[0].value, index, name, depth - 1)
        case _:
            return False
