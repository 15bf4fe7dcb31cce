"""Tells what an edit has added to a function that says all that it said, and nothing else otherwise.

What is added is plain: its values come from calls and names, nothing that was there is made of them, and of the names
that they are bound to nothing else in the region speaks. So whoever follows values from one to the next never comes to
it; only who goes through all of a function meets it.
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
"""What a statement may add."""
_DISPLAYS = (Mapping, Display, Comprehension)
"""What is not spoken of anew, nor anything that is made of it: who speaks of a display says what it is for."""
NUMBERS = frozenset({(Imported, "level"), (Element, "position"), (Nested, "scope")})
"""The numbers in values that are no references."""
_SKIPPED = frozenset({"parent", "values", "spans", "assignments", "repeated", "bindings", "forks"})
"""The parts of a scope that may grow, or hold other numbers than references."""


class Addition(msgspec.Struct, frozen=True):
    """What was added to a region."""

    points: dict[Point, Point]
    """Where each point that the region spoke of stands now."""
    index: int
    """The scope that has grown."""
    scope: Scope
    """What is new in it, as if it said nothing else."""


def added(before: RegionFacts, after: RegionFacts) -> Addition | None:
    """The addition that makes `after` of `before`; None where that is not all that they differ in."""
    pairs: list[tuple[Point, Point]] = []
    grown = None
    if len(before.scopes) != len(after.scopes):
        return None
    for index, (old, new) in enumerate(zip(before.scopes, after.scopes, strict=True)):
        if len(old.values) == len(new.values):
            if not is_like(old, new, pairs):
                return None
        elif grown is not None:
            return None
        else:
            grown = index
    if grown is None or before.scopes[grown].kind is not ScopeKind.FUNCTION:
        return None
    steps = _Steps(before.scopes[grown]), _Steps(after.scopes[grown])
    for first in _starts(*steps):
        found = _Growth(*steps, first)
        own: list[tuple[Point, Point]] = []
        if found.keeps_all(own):
            points = are_in_order([*pairs, *own])
            is_apart = found.names().isdisjoint(_heard(before)) and found.read().isdisjoint(_around(before, grown))
            is_found = is_apart and found.is_plain()
            return Addition(points, grown, found.part()) if points is not None and is_found else None
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


class _Growth:
    """Two readings of a scope, of which the later one has more values from number `first` on."""

    def __init__(self, before: _Steps, after: _Steps, first: int) -> None:
        self._old = before
        self._new = after
        self._before = before.scope
        self._after = after.scope
        self._first = first
        self._more = len(after.refs) - len(before.refs)
        self._added = after.refs[first : first + self._more]
        self._fresh = frozenset(self._added)

    def _is_same(self, old: Ref, new: Ref) -> bool:
        """Whether a reference is to the same value."""
        before, after = self._old.position(old), self._new.position(new)
        return before is after is None or (before is not None and after == self._now(before))

    def _now(self, position: int) -> int:
        return position if position < self._first else position + self._more

    def keeps_all(self, pairs: list[tuple[Point, Point]]) -> bool:
        """Whether all that was said is said still; `pairs` takes where it stands."""
        old, new = self._before, self._after

        def compare(before: object, after: object) -> bool:
            return is_like(before, after, pairs, self._is_same, NUMBERS)

        moved = [(ref, self._new.refs[self._now(position)]) for position, ref in enumerate(self._old.refs)]
        return (
            all(compare(old.values[ref], new.values[now]) for ref, now in moved)
            and all(compare(old.spans[ref], new.spans[now]) for ref, now in moved)
            and compare(old.assignments, tuple(found for found in new.assignments if found.value not in self._fresh))
            and compare(old.repeated, tuple(ref for ref in new.repeated if ref not in self._fresh))
            and compare(old.bindings, tuple(found for found in new.bindings if found[1] not in self._fresh))
            and self._parts_alike(compare)
            and old.parent == new.parent
            and all(
                compare(getattr(old, name), getattr(new, name))
                for name in Scope.__struct_fields__
                if name not in _SKIPPED
            )
        )

    def _parts_alike(self, compare: Callable[[object, object], bool]) -> bool:
        """Whether control goes the same ways, each with what it had on it."""
        old, new = self._before.forks, self._after.forks
        return len(old) == len(new) and all(
            compare((fork.kind, fork.test, fork.caught), (now.kind, now.test, now.caught))
            and len(fork.ways) == len(now.ways)
            and all(
                way.ends == other.ends and self._is_bound(way.first, other.first) and self._is_bound(way.end, other.end)
                for way, other in zip(fork.ways, now.ways, strict=True)
            )
            for fork, now in zip(old, new, strict=True)
        )

    def _is_bound(self, old: Ref, new: Ref) -> bool:
        """Whether a stretch begins or ends at the same place; what is new may stand on either side of it."""
        before, after = self._old.bound(old), self._new.bound(new)
        return after == self._now(before) or before == after == self._first

    @property
    def _assignments(self) -> list[Assignment]:
        return [found for found in self._after.assignments if found.value in self._fresh]

    def is_plain(self) -> bool:
        """Whether what is new is made of what may be spoken of, and only gives local names to it."""
        given = self._assignments
        return (
            all(map(self._is_apart, self._added))
            and all(found.kind is TargetKind.NAME and found.annotation == NONE for found in given)
            and not any(
                arm.body.contains(found.span)
                for branch in self._after.branches
                for arm in branch.arms
                for found in given
            )
        )

    def _is_apart(self, ref: Ref) -> bool:
        values = self._after.values
        spoken_of = [part for part in _refs(values[ref]) if part != NONE and part not in self._fresh]
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
            fresh = {ref for ref in _refs(self._after.values[waiting.pop()]) if ref != NONE} - found
            found |= fresh
            waiting.extend(fresh)
        return found

    def names(self) -> set[str]:
        """The names that are given to what is new."""
        return {name for name, ref in self._after.bindings if ref in self._fresh} | {
            found.name for found in self._assignments
        }

    def read(self) -> set[str]:
        """The names that what is new takes from around the scope."""
        new = [self._after.values[ref] for ref in self._added]
        return {value.name for value in new if isinstance(value, Free)}

    def part(self) -> Scope:
        """The scope as if it held nothing but what is new, and what that speaks of."""
        values = self._after.values
        kept = self._slice(self._added)
        return msgspec.structs.replace(
            self._after,
            parameters=(),
            returns=NONE,
            decorators=(),
            values=tuple(value if ref in kept else Unknown("") for ref, value in enumerate(values)),
            exits=(),
            comparisons=(),
            branches=(),
            forks=(),
            assignments=tuple(self._assignments),
            bindings=tuple((name, ref) for name, ref in self._after.bindings if ref in kept),
        )


def _starts(before: _Steps, after: _Steps) -> Iterator[int]:
    """Where an addition may begin, the most likely place first."""
    more = len(after.refs) - len(before.refs)
    if more < 1:
        return

    def may_be_same(old: Ref, new: Ref) -> bool:
        one, other = before.position(old), after.position(new)
        return one is other is None or (one is not None and other in (one, one + more))

    alike = 0
    for old, new in zip(before.refs, after.refs, strict=False):
        if not is_like(before.scope.values[old], after.scope.values[new], [], may_be_same, NUMBERS):
            break
        alike += 1
    yield from range(alike, max(-1, alike - more - 1), -1)


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


def _heard(facts: RegionFacts) -> set[str]:
    """The names that mean something in a region."""
    found: set[str] = set()
    for scope in facts.scopes:
        found.update(name for name, _ in scope.bindings)
        found.update(value.name for value in scope.values if isinstance(value, (Free, Parameter)))
        found.update(
            assignment.name
            for assignment in scope.assignments
            if assignment.kind in (TargetKind.NAME, TargetKind.GLOBAL)
        )
        found.update(parameter.name for parameter in scope.parameters)
    return found


def _around(facts: RegionFacts, grown: int) -> set[str]:
    """The names that the functions around a scope bind."""
    found: set[str] = set()
    index = facts.scopes[grown].parent
    while index > 0:
        found.update(name for name, _ in facts.scopes[index].bindings)
        index = facts.scopes[index].parent
    return found
