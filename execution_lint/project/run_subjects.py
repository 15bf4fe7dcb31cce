"""What the rules on runs of event loops are asked about."""

import msgspec

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.call_graph.ways import Chain


class LoopRun(msgspec.Struct, frozen=True):
    """A call that runs an event loop, wherever it is executed."""

    place: Place
    scope: str
    runner: str
    """What is called, as people know it: `asyncio.run`, `run_until_complete`."""
    confidence: Confidence
    """How sure it is that a loop is run."""
    is_bridge: bool
    """It is a coroutine function that was made sync."""
    is_endless: bool
    """It runs until it is told to stop."""
    closes: bool
    """It makes the loop itself, and closes it."""
    chains: tuple[Chain, ...]
    """A way from each entry of a running loop, the surest first, then the shortest."""


class NestedRun(msgspec.Struct, frozen=True):
    """A call that runs an event loop, and can execute where one is running."""

    place: Place
    scope: str
    runner: str
    """What is called, as people know it: `asyncio.run`, `run_until_complete`."""
    chains: tuple[Chain, ...]
    """A way from each entry of the running loop, the surest first, then the shortest."""
    via: tuple[Related, ...]
    """Where what is called becomes a runner."""
    is_server: bool
    """It serves until the process ends."""


class ImportTimeRun(msgspec.Struct, frozen=True):
    """A call that runs an event loop when a module is imported that an ASGI application needs."""

    place: Place
    scope: str
    runner: str
    confidence: Confidence
    steps: tuple[Related, ...]
    """The calls on the way from the module level, the last one to the function that runs the loop."""
    application: str
    """The module of the application."""
    related: tuple[Related, ...]
    """The application, and the imports from there to the module."""
