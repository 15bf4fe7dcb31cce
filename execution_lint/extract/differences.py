"""Tells what an edit has added to a function, taken from it or put in the place of something, where the function says
all else as it did.

What differs is plain: its values come from calls and names, nothing else is made of them, and of the names that they
are bound to nothing else in the region speaks. So whoever follows values from one to the next never comes to it; only
who goes through all of a function meets it.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

import msgspec

from execution_lint.extract.likeness import Point, are_in_order, is_like
from execution_lint.facts.scopes import Assignment, RegionFacts, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import (
    NONE,
    After,
    Attribute,
    Awaited,
    Call,
    Choice,
    Comprehension,
    Constant,
    Element,
    Formatted,
    Free,
    Imported,
    Item,
    Mapping,
    Nested,
    Operation,
    Parameter,
    Ref,
    Text,
    Unknown,
    Value,
)
from execution_lint.facts.values import Sequence as Display

_PLAIN = (
    *(Text, Constant, Free, Attribute, Call, Item, Mapping, Display, Comprehension, Awaited, Element, Formatted),
    Operation,
)
"""What may differ."""
_DISPLAYS = (Mapping, Display, Comprehension)
"""What is not spoken of anew, nor anything that is made of it: who speaks of a display says what it is for."""
NUMBERS = frozenset({(Imported, "level"), (Element, "position"), (Nested, "scope")})
"""The numbers in values that are no references."""
_SKIPPED = frozenset({"parent", "values", "spans", "assignments", "repeated", "bindings", "forks"})
"""The parts of a scope that may grow, or hold other numbers than references."""


class Difference(msgspec.Struct, frozen=True):
    """What was added to a region, taken from it, or put in the place of something."""

    points: dict[Point, Point]
    """Where each point stands now of which the region speaks as it did."""
    index: int
    """The scope that differs."""
    parts: tuple[Scope, ...]
    """What is gone from it, and what is new in it, each as if it said nothing else."""


def difference(before: RegionFacts, after: RegionFacts) -> Difference | None:
    """What makes `after` of `before`; None where that is more than is told here."""
    pairs: list[tuple[Point, Point]] = []
    changed = None
    if len(before.scopes) != len(after.scopes):
        return None
    for index, scopes in enumerate(zip(before.scopes, after.scopes, strict=True)):
        own: list[tuple[Point, Point]] = []
        if is_like(*scopes, own):
            pairs += own
        elif changed is not None:
            return None
        else:
            changed = index
    if changed is None or before.scopes[changed].kind is not ScopeKind.FUNCTION:
        return None
    steps = _Steps(before.scopes[changed]), _Steps(after.scopes[changed])
    for first, old_end, new_end in _stretches(*steps):
        sides = _Side(steps[0], first, old_end), _Side(steps[1], first, new_end)
        own = []
        if _Comparison(*sides, own).is_like():
            points = are_in_order([*pairs, *own])
            is_told = all(
                side.is_plain() and side.is_apart(facts, changed)
                for side, facts in zip(sides, (before, after), strict=True)
            )
            parts = tuple(side.part() for side in sides if side.has_more)
            return Difference(points, changed, parts) if points is not None and is_told else None
    return None


class _Steps:
    """The values of a scope without the steps of the flow of control, numbered anew: where these lead is no matter to
    who only follows values, and a call that is added stands on the way of all that comes after it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        flow = _flow(scope)
        self.refs = [ref for ref in range(len(scope.values)) if ref not in flow]
        self._positions = {ref: position for position, ref in enumerate(self.refs)}

    def position(self, ref: Ref) -> int | None:
        """The number of a value; None of none, and of a step of the flow."""
        return self._positions.get(ref)

    def bound(self, ref: Ref) -> int:
        """How many values stand before one."""
        return bisect_left(self.refs, ref)


class _Side:
    """A reading of a scope, with the values from number `first` up to `end` that the other one has not."""

    def __init__(self, steps: _Steps, first: int, end: int) -> None:
        self.steps = steps
        self.scope = steps.scope
        self.first = first
        self.end = end
        self._own = steps.refs[first:end]
        self._is_own = frozenset(self._own).__contains__

    @property
    def has_more(self) -> bool:
        """Whether there are such values."""
        return self.first < self.end

    @property
    def kept(self) -> list[Ref]:
        """The values that the other one has too."""
        return [*self.steps.refs[: self.first], *self.steps.refs[self.end :]]

    @property
    def _assignments(self) -> list[Assignment]:
        return [found for found in self.scope.assignments if self._is_own(found.value)]

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """Those that give what the other one has too."""
        return tuple(found for found in self.scope.assignments if not self._is_own(found.value))

    @property
    def repeated(self) -> tuple[Ref, ...]:
        """The calls in loops that the other one has too."""
        return tuple(ref for ref in self.scope.repeated if not self._is_own(ref))

    @property
    def bindings(self) -> tuple[tuple[str, Ref], ...]:
        """The names of what the other one has too."""
        return tuple(found for found in self.scope.bindings if not self._is_own(found[1]))

    def is_plain(self) -> bool:
        """Whether its own values are made of what may be spoken of, and are only given to local names."""
        given = self._assignments
        return (
            all(map(self._is_made_apart, self._own))
            and all(found.kind is TargetKind.NAME and found.annotation == NONE for found in given)
            and not any(
                arm.body.contains(found.span)
                for branch in self.scope.branches
                for arm in branch.arms
                for found in given
            )
        )

    def _is_made_apart(self, ref: Ref) -> bool:
        values = self.scope.values
        spoken_of = [part for part in _refs(values[ref]) if part != NONE and not self._is_own(part)]
        return isinstance(values[ref], _PLAIN) and not any(
            isinstance(values[part], Nested)
            or any(isinstance(values[inner], _DISPLAYS) for inner in self._slice([part]))
            for part in spoken_of
        )

    def _slice(self, refs: Iterable[Ref]) -> set[Ref]:
        """Some values and all that they are made of."""
        found = set(refs)
        waiting = list(found)
        while waiting:
            fresh = {ref for ref in _refs(self.scope.values[waiting.pop()]) if ref != NONE} - found
            found |= fresh
            waiting.extend(fresh)
        return found

    def is_apart(self, facts: RegionFacts, index: int) -> bool:
        """Whether the names that its own values are given mean nothing else in the region, and those that they are
        made of are not those of a function around the scope."""
        given = {name for name, ref in self.scope.bindings if self._is_own(ref)}
        given.update(found.name for found in self._assignments)
        read = {value.name for ref in self._own if isinstance(value := self.scope.values[ref], Free)}
        return given.isdisjoint(self._heard(facts, index)) and read.isdisjoint(_around(facts, index))

    def _heard(self, facts: RegionFacts, index: int) -> Iterator[str]:
        """The names that mean something in the rest of a region."""
        for number, scope in enumerate(facts.scopes):
            is_own: Callable[[Ref], bool] = self._is_own if number == index else _is_nothing
            yield from (name for name, ref in scope.bindings if not is_own(ref))
            for ref, value in enumerate(scope.values):
                if isinstance(value, (Free, Parameter)) and not is_own(ref):
                    yield value.name
            for assignment in scope.assignments:
                if assignment.kind in (TargetKind.NAME, TargetKind.GLOBAL) and not is_own(assignment.value):
                    yield assignment.name
            yield from (parameter.name for parameter in scope.parameters)

    def part(self) -> Scope:
        """The scope as if it held nothing but its own values, and what these speak of."""
        kept = self._slice(self._own)
        return msgspec.structs.replace(
            self.scope,
            parameters=(),
            returns=NONE,
            decorators=(),
            values=tuple(value if ref in kept else Unknown("") for ref, value in enumerate(self.scope.values)),
            exits=(),
            comparisons=(),
            branches=(),
            forks=(),
            assignments=tuple(self._assignments),
            bindings=tuple((name, ref) for name, ref in self.scope.bindings if ref in kept),
        )


class _Comparison:
    """Compares what both readings of a scope have; `pairs` takes where it stands."""

    def __init__(self, before: _Side, after: _Side, pairs: list[tuple[Point, Point]]) -> None:
        self._before = before
        self._after = after
        self._pairs = pairs

    def is_like(self) -> bool:
        """Whether all that both have says the same."""
        before, after = self._before, self._after
        old, new = before.scope, after.scope
        moved = list(zip(before.kept, after.kept, strict=True))
        return (
            all(self._are_like(old.values[ref], new.values[now]) for ref, now in moved)
            and all(self._are_like(old.spans[ref], new.spans[now]) for ref, now in moved)
            and self._are_like(before.assignments, after.assignments)
            and self._are_like(before.repeated, after.repeated)
            and self._are_like(before.bindings, after.bindings)
            and self._part_alike()
            and old.parent == new.parent
            and all(
                self._are_like(getattr(old, name), getattr(new, name))
                for name in Scope.__struct_fields__
                if name not in _SKIPPED
            )
        )

    def _are_like(self, old: object, new: object) -> bool:
        return is_like(old, new, self._pairs, self._is_same, NUMBERS)

    def _is_same(self, old: Ref, new: Ref) -> bool:
        """Whether a reference is to the same value."""
        before, after = self._before.steps.position(old), self._after.steps.position(new)
        if before is None or after is None:
            return before is after
        if before < self._before.first:
            return before == after
        return before >= self._before.end and after - self._after.end == before - self._before.end

    def _part_alike(self) -> bool:
        """Whether control goes the same ways, each with what it had on it."""
        old, new = self._before.scope.forks, self._after.scope.forks
        return len(old) == len(new) and all(
            self._are_like((fork.kind, fork.test, fork.caught), (now.kind, now.test, now.caught))
            and len(fork.ways) == len(now.ways)
            and all(
                way.ends == other.ends and self._is_bound(way.first, other.first) and self._is_bound(way.end, other.end)
                for way, other in zip(fork.ways, now.ways, strict=True)
            )
            for fork, now in zip(old, new, strict=True)
        )

    def _is_bound(self, old: Ref, new: Ref) -> bool:
        """Whether a stretch begins or ends at the same place; what only one has may stand on either side of it."""
        before, after = self._before.steps.bound(old), self._after.steps.bound(new)
        return (before <= self._before.first and before == after) or (
            before >= self._before.end and after - self._after.end == before - self._before.end
        )


def _stretches(before: _Steps, after: _Steps) -> Iterator[tuple[int, int, int]]:
    """Where two readings may differ: from which value on, and up to which of the one and of the other. What is only
    added or taken away comes first."""
    old, new = len(before.refs), len(after.refs)
    more = new - old

    def may_be_same(one: Ref, other: Ref) -> bool:
        position, now = before.position(one), after.position(other)
        if position is None or now is None:
            return position is now
        return now in (position, position + more)

    def may_be_alike(position: int, now: int) -> bool:
        values = before.scope.values[before.refs[position]], after.scope.values[after.refs[now]]
        return is_like(*values, [], may_be_same, NUMBERS)

    least = min(old, new)
    first = next((number for number in range(least) if not may_be_alike(number, number)), least)
    if more:
        for start in range(first, max(-1, first - abs(more) - 1), -1):
            yield start, old - (least - start), new - (least - start)
    last = next(
        (number for number in range(least - first) if not may_be_alike(old - 1 - number, new - 1 - number)),
        least - first,
    )
    # What is made of what only one of them has, is its own too.
    end = first + (old - last - first)
    while True:
        reaching = [
            number
            for number in range(end, old)
            if _reaches(before, number, first, end) or _reaches(after, number + more, first, end + more)
        ]
        if not reaching:
            break
        end = reaching[-1] + 1
    yield first, end, end + more


def _reaches(steps: _Steps, number: int, first: int, end: int) -> bool:
    """Whether a value is made of one of those from `first` up to `end`."""
    return any(
        (position := steps.position(ref)) is not None and first <= position < end
        for ref in _refs(steps.scope.values[steps.refs[number]])
    )


def _flow(scope: Scope) -> set[Ref]:
    """The steps of the flow of control, and where ways of it join."""
    found = {ref for ref, value in enumerate(scope.values) if isinstance(value, After)}
    joins = {
        ref: frozenset(value.alternatives) - {NONE}
        for ref, value in enumerate(scope.values)
        if isinstance(value, Choice) and value.kind == "join"
    }
    while True:
        fresh = {ref for ref, steps in joins.items() if steps and steps <= found} - found
        if not fresh:
            return found
        found |= fresh


def _refs(value: Value) -> Iterator[Ref]:
    """The values that one is made of."""
    for name in value.__struct_fields__:
        if (type(value), name) not in NUMBERS:
            yield from _numbers(getattr(value, name))


def _numbers(part: object) -> Iterator[Ref]:
    if isinstance(part, int) and not isinstance(part, bool):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from _numbers(inner)
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            yield from _numbers(getattr(part, name))


def _is_nothing(_: Ref) -> bool:
    return False


def _around(facts: RegionFacts, grown: int) -> set[str]:
    """The names that the functions around a scope bind."""
    found: set[str] = set()
    index = facts.scopes[grown].parent
    while index > 0:
        found.update(name for name, _ in facts.scopes[index].bindings)
        index = facts.scopes[index].parent
    return found
