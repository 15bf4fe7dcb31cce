"""How a run tells its host how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Something that shows how far a run is."""

    def step(self, done: int, total: int, what: str) -> None:
        """`done` of `total` units of the step `what` are done; called often, from the run's own thread."""
