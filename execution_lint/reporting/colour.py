"""The parts that a rendering distinguishes, and the paint that shows them: none, or ANSI escape sequences."""

from collections.abc import Callable
from enum import Enum


class Role(Enum):
    """What a piece of rendered text is."""

    CODE = "code"
    """The finding's code and rule name."""
    MESSAGE = "message"
    """The finding's sentence."""
    GUTTER = "gutter"
    """Arrows, line numbers and bars beside the source."""
    PRIMARY = "primary"
    """The mark under the finding's span."""
    SECONDARY = "secondary"
    """The mark under a related span, and its label."""
    HELP = "help"
    """What to do."""


Paint = Callable[[Role, str], str]
"""Shows a text in its role."""

_SEQUENCES = {
    Role.CODE: "1;31",
    Role.MESSAGE: "1",
    Role.GUTTER: "34",
    Role.PRIMARY: "1;31",
    Role.SECONDARY: "1;34",
    Role.HELP: "1;36",
}


def plain(role: Role, text: str) -> str:  # noqa: ARG001  # the signature of Paint
    """The text alone."""
    return text


def ansi(role: Role, text: str) -> str:
    """The text between the escape sequences of its role; an empty text stays empty."""
    return f"\x1b[{_SEQUENCES[role]}m{text}\x1b[0m" if text else ""
