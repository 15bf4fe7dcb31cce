"""A bar on the terminal, for runs that take long enough to wonder."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from execution_lint.cli.terminal import is_terminal
from execution_lint.engine.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

PATIENCE = 1.0
"""Seconds before the bar appears."""

_STEP = 0.1


@contextmanager
def progress() -> Iterator[Progress | None]:
    """What a run reports its progress to: a bar that is gone afterwards, None where no terminal shows it."""
    if not is_terminal(sys.stderr):
        yield None
        return
    bar = _DelayedBar()
    try:
        yield bar
    finally:
        bar.close()


class _DelayedBar:
    """Drawn from the run's own thread: with a thread of its own, starting processes by `fork` would not be safe."""

    def __init__(self) -> None:
        self._next = time.monotonic() + PATIENCE
        self._drawn: tuple[Bar, TaskID] | None = None

    def step(self, done: int, total: int, what: str) -> None:
        """Draw the bar if it is time to."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _STEP
        if self._drawn is None:
            self._drawn = self._open()
        bar, task = self._drawn
        bar.update(task, completed=done, total=total, description=what)
        bar.refresh()

    def close(self) -> None:
        """Remove the bar from the terminal."""
        if self._drawn is not None:
            self._drawn[0].stop()

    def _open(self) -> "tuple[Bar, TaskID]":
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        bar = Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
        bar.start()
        return bar, bar.add_task("")
