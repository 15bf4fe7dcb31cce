"""Which answers hold for good where questions lead back to themselves, and which only while one of them is open.

An answer that was cut short, because it leads back to a question that is still open, is right below that question and
nowhere else. It is kept there, so that a knot of attributes that are made of each other is walked through once; without
that, the walk doubles at each of them. The form follows tabling as in Tamaki and Sato, "OLD resolution with tabulation"
(ICLP 1986), with one round instead of a fixed point.
"""

from collections.abc import Hashable

import msgspec

from execution_lint.project.things import Things

SETTLED = 1 << 30
"""Lowest open question of an answer that rests on none."""

TOO_DEEP = -1
"""Lowest open question of an answer that was given up for its depth."""


NEAR = 10
"""Levels within which it makes no difference how deep a question was given up: each would be walked again otherwise."""


class Pending(msgspec.Struct, frozen=True):
    """An answer that rests on open questions."""

    answer: Things
    lowest: int
    depth: int
    """How deep it was asked for; what was given up for its depth holds at about that depth and below."""


class Questions:
    """The questions that are open, the outermost first, and the answers that rest on them."""

    def __init__(self) -> None:
        self.lowest = SETTLED
        """The outermost open question that an answer under way rests on."""
        self._positions: dict[Hashable, int] = {}
        self._pending: dict[Hashable, Pending] = {}
        self._held: list[list[Hashable]] = []

    @property
    def depth(self) -> int:
        """How many questions are open."""
        return len(self._held)

    def is_open(self, question: Hashable) -> bool:
        """Whether the question is being answered; what asks for it then rests on it."""
        position = self._positions.get(question)
        if position is None:
            return False
        self.lowest = min(self.lowest, position)
        return True

    def pending(self, place: Hashable) -> Things | None:
        """The answer that was found below a question that is still open; what asks for it then rests on that too."""
        found = self._pending.get(place)
        if found is None or (found.lowest == TOO_DEEP and self.depth + NEAR < found.depth):
            return None
        self.lowest = min(self.lowest, found.lowest)
        return found.answer

    def open(self, question: Hashable) -> int:
        """A question is being answered from now on. Gives what is to be handed to `close`."""
        self._positions[question] = len(self._held)
        self._held.append([])
        outer, self.lowest = self.lowest, SETTLED
        return outer

    def close(self, question: Hashable, outer: int) -> int:
        """A question is no longer open. Gives the outermost open question that its answer rests on; `SETTLED` where it
        rests on none but itself."""
        position = self._positions.pop(question)
        for place in self._held.pop():
            self._pending.pop(place, None)
        lowest = SETTLED if self.lowest >= position or position == 0 else self.lowest
        self.lowest = min(outer, lowest)
        return lowest

    def hold(self, place: Hashable, answer: Things, lowest: int) -> None:
        """Keep an answer for as long as the question that it rests on is open."""
        self._pending[place] = Pending(answer, lowest, self.depth)
        self._held[max(lowest, 0)].append(place)
