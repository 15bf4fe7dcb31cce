"""What it takes to answer a request: a method and a path that are given to a handler."""

import msgspec

from execution_lint.model.confidence import Confidence
from execution_lint.project.routers import Router, Way
from execution_lint.project.things import At, Definition, Frame


class FullPath(msgspec.Struct, frozen=True):
    """A path behind every prefix that is known to stand before it."""

    text: str
    is_complete: bool
    way: Way
    is_own_known: bool = True
    """All of the text that the registration itself gives is known, whatever the prefixes are."""


class Registration(msgspec.Struct, frozen=True):
    """A method and path given to a handler, before its exits are looked at."""

    handler: Definition
    framework: str
    methods: tuple[str, ...]
    """In upper case; `WEBSOCKET` for one; empty where they are not known."""
    full_paths: tuple[FullPath, ...]
    confidence: Confidence
    routers: tuple[Router, ...]
    decorator: At | None
    """The call that registers it, whose keywords say what the wire model is."""
    position: int
    """Which of the handler's decorators it is; -1 for none."""
    wrapper: Frame | None = None
    """The function that a router's own method registers in the place of the handler; None where it is the handler."""

    @property
    def paths(self) -> tuple[tuple[str, bool], ...]:
        """The paths, each with whether all before it is known."""
        return tuple(dict.fromkeys((path.text, path.is_complete) for path in self.full_paths))
