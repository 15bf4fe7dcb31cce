"""Answers about values that depend on themselves: the least fixed point, found by the outermost value of each knot.

A value that is asked about while it is being answered for is assumed to be what was found of it so far. The outermost
value of a knot goes round until no assumption changes; the values within go along, so that the work grows with the knot
and not with the ways through it. An answer that rests on an assumption is kept as long as that stands. See Le Charlier
and Van Hentenryck, "A universal top-down fixpoint algorithm" (1992), and for the widening Cousot and Cousot, "Abstract
interpretation" (POPL 1977).
"""

from collections.abc import Callable, Hashable
from itertools import islice

from execution_lint.project.answers import merged, settled, widened
from execution_lint.project.subjects import Answer
from execution_lint.project.things import ValueKey

Answers = tuple[Answer, ...]

MAXIMUM_ROUNDS = 4
"""Times that what is assumed of a value may change before its variants are joined, and as many more before it is
widened."""

_CUT = "cut short"
"""What an answer rests on that was given up: it is never settled."""


class FixedPoints:
    """The values that are being answered for, what is assumed of them so far, and what rests on that.

    A place is a value as any call sees it (its key), or as one call does.
    """

    def __init__(self) -> None:
        self._known: dict[ValueKey, Answers] = {}
        """The answers about values as any call sees them that hold for good."""
        self._open: set[Hashable] = set()
        self._rests_on: set[Hashable] = set()
        """The open places whose assumptions the present answer rests on."""
        self._assumed: dict[Hashable, Answers] = {}
        self._times: dict[Hashable, int] = {}
        self._changes = 0
        self._kept: dict[Hashable, tuple[Answers, frozenset[Hashable]]] = {}
        """The answers of the present round with what they rest on, in the order in which they were found."""

    def recalled(self, place: Hashable) -> Answers | None:
        """What is known of a value, or assumed of it while it is being answered for."""
        if isinstance(place, ValueKey) and place in self._known:
            return self._known[place]
        if place in self._open:
            self._rests_on.add(place)
            return self._assumed.get(place, ())
        kept = self._kept.get(place) if self._open else None
        if kept is None:
            return None
        self._rests_on |= kept[1]
        return kept[0]

    def cut_short(self) -> None:
        """The present answer is being given up: neither it nor what rests on it holds for good."""
        self._rests_on.add(_CUT)

    def found(self, place: Hashable, look: Callable[[], Answers]) -> tuple[Answers, bool]:
        """What looking at a value gives, as often as it takes, and whether that holds for good."""
        if not self._open:
            for state in (self._assumed, self._times, self._kept):
                state.clear()
        outer, self._rests_on = self._rests_on, set()
        before = len(self._kept)
        self._open.add(place)
        try:
            found = self._settled(place, look, before)
        finally:
            self._open.discard(place)
            self._rests_on.discard(place)
            rests_on = frozenset(self._rests_on)
            self._rests_on |= outer
        if rests_on:
            self._rest_within(before, place, rests_on)
            self._kept[place] = found, rests_on
        else:
            self._hold_within(before)
            if isinstance(place, ValueKey):
                self._known[place] = found
        return found, not rests_on

    def _settled(self, place: Hashable, look: Callable[[], Answers], before: int) -> Answers:
        """The answer in the round in which no assumption changes, with its variants joined; that of the first round,
        where a place further out goes round."""
        while True:
            changes = self._changes
            self._rests_on.clear()
            found = look()
            if place not in self._rests_on:
                return found
            found = self._assume(place, found)
            if self._changes == changes or len(self._rests_on) > 1:
                return settled(found)
            for within in self._kept_since(before):
                del self._kept[within]

    def _assume(self, place: Hashable, found: Answers) -> Answers:
        known = self._assumed.get(place, ())
        times = self._times.get(place, 0)
        if times > 2 * MAXIMUM_ROUNDS:
            # It is open by now: what more it may have changes nothing.
            return known
        if times >= MAXIMUM_ROUNDS:
            join = settled if times < 2 * MAXIMUM_ROUNDS else widened
            found = join(merged((*known, *found)))
        if found != known:
            self._assumed[place] = found
            self._times[place] = times + 1
            self._changes += 1
        return found

    def _kept_since(self, before: int) -> list[Hashable]:
        return list(islice(self._kept, before, None))

    def _rest_within(self, before: int, place: Hashable, rests_on: frozenset[Hashable]) -> None:
        """What rests on a value that is closed rests on what that rests on."""
        for within in self._kept_since(before):
            answers, others = self._kept[within]
            if place in others:
                self._kept[within] = answers, others - {place} | rests_on

    def _hold_within(self, before: int) -> None:
        """What was found in a knot that is settled holds for good."""
        for within in self._kept_since(before):
            answers, _ = self._kept.pop(within)
            if isinstance(within, ValueKey):
                self._known[within] = answers
