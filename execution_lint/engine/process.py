"""What a process must be for a run, and how many of them there may be."""

import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

RECURSION_LIMIT = 5_000
"""Deep code is given up by depth, the same everywhere, before Python's own limit is reached."""

MAXIMUM_JOBS = 4
"""Processes that are used unasked."""


@contextmanager
def ready() -> Iterator[None]:
    """Room for deep code, and no garbage collection: what is made lives until the end, so that looking for garbage
    meanwhile costs a seventh of the time and finds none."""
    if sys.getrecursionlimit() < RECURSION_LIMIT:
        sys.setrecursionlimit(RECURSION_LIMIT)
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_collecting:
            gc.enable()


def can_fork() -> bool:
    """Whether a copy of this process can go on with what it knows.

    Not on macOS, whose libraries do not stand it; nor with threads, for what one of them held, a copy would wait for.
    """
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def usual_jobs() -> int:
    """How many processes work where nobody says: as many as there are cores for us."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MAXIMUM_JOBS)
