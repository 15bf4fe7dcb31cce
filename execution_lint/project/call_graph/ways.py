"""The ways on which a function can be executed."""

import msgspec

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.things import Definition


class Chain(msgspec.Struct, frozen=True):
    """A way from an entry down to the function, or the run, that was asked about."""

    entry: Definition
    name: str
    """The entry as people know it: the qualified name of the function."""
    place: Place
    """The name in its definition; where it is registered, for a callback."""
    kind: str
    """What makes it an entry."""
    steps: tuple[Related, ...]
    """The calls on the way, from the entry down; the last one makes the function execute."""
    functions: tuple[str, ...]
    """The names of the functions on the way, from the entry down, without the entry."""
    confidence: Confidence
    leak: Place | None = None
    """Where errors of work come out within a guard on the way, if one leaks."""
    called: str = ""
    """The outermost function as the entry's call of it spells it; empty where the entry does not call it by name."""


class Imported(msgspec.Struct, frozen=True):
    """A way from code that a module's import executes."""

    path: str
    place: Place
    """The outermost place of the way, at module level."""
    steps: tuple[Related, ...]
    functions: tuple[str, ...]
    confidence: Confidence


class Reached(msgspec.Struct, frozen=True):
    """Everything from which a function can be executed."""

    entries: tuple[Chain, ...]
    """The surest first, then the shortest."""
    imports: tuple[Imported, ...]
