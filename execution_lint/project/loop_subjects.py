"""What the rules on event loops are asked about, besides the calls that make one."""

from enum import Enum

import msgspec

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.subjects import LoopLife


class LoopPatch(msgspec.Struct, frozen=True):
    """A place that changes what asyncio does, for the whole process."""

    place: Place
    scope: str
    spelled: str
    """What it does, as the code says it: `nest_asyncio.apply()`, `asyncio.run = ...`."""
    lets_loops_nest: bool
    """It is a call that makes every later nested run work; else it puts something else in the place of a name."""
    confidence: Confidence
    related: tuple[Related, ...] = ()


class LoopBridge(msgspec.Struct, frozen=True):
    """A call that has a loop of another thread do work."""

    place: Place
    scope: str
    spelled: str
    """The dotted name of what is called."""
    makes_the_loop: bool
    """It starts the thread with the loop, too."""


class Implicitness(Enum):
    """Why a loop that nobody hands over is relied on."""

    RUN = "run"
    """The current loop is run: it cannot be running already."""
    NOT_RUNNING = "not running"
    """No loop is running where the code executes."""
    SEARCHED = "searched"
    """The code expects the question to fail."""
    OPEN = "open"
    """It is not known that a loop is running."""
    POLICY = "policy"
    """The policy that decides it is asked for, or replaced."""


class ImplicitLoop(msgspec.Struct, frozen=True):
    """A call that takes the loop that happens to be current, or the policy that makes it."""

    place: Place
    scope: str
    spelled: str
    """The dotted name of what is called."""
    why: Implicitness
    confidence: Confidence
    related: tuple[Related, ...] = ()


class UnclosedLoop(msgspec.Struct, frozen=True):
    """A call that makes a loop which outlives its function, and which nothing closes."""

    place: Place
    scope: str
    spelled: str
    life: LoopLife
    confidence: Confidence
    related: tuple[Related, ...] = ()
