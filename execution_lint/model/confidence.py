"""How sure a finding is."""

from enum import Enum


class Confidence(Enum):
    """As sure as the weakest step behind it."""

    PROVEN = "proven"
    """Each step was resolved."""
    LIKELY = "likely"
    """A step rests on a convention that the contract or the module itself supports."""
    POSSIBLE = "possible"
    """A step rests on a name alone."""

    @property
    def rank(self) -> int:
        """0 for `possible` up to 2 for `proven`."""
        return _RANKS[self]

    def is_at_least(self, threshold: "Confidence") -> bool:
        """Whether a finding of this confidence passes `threshold`."""
        return self.rank >= threshold.rank

    @staticmethod
    def weakest(*steps: "Confidence") -> "Confidence":
        """The confidence of a chain of steps: that of its weakest one."""
        return min(steps, key=lambda step: step.rank, default=Confidence.PROVEN)


_RANKS = {Confidence.POSSIBLE: 0, Confidence.LIKELY: 1, Confidence.PROVEN: 2}
