"""What the rules on event loops are asked about, besides the calls that make one."""

from dataclasses import dataclass

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place


@dataclass(frozen=True, slots=True)
class LoopPatch:
    """A place that changes what asyncio does, for the whole process."""

    place: Place
    scope: str
    spelled: str
    """What it does, as the code says it: `nest_asyncio.apply()`, `asyncio.run = ...`."""
    lets_loops_nest: bool
    """It is a call that makes every later nested run work; else it puts something else in the place of a name."""
    confidence: Confidence
    related: tuple[Related, ...] = ()
