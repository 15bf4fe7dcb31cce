"""Where in the bytes of a text a word may have a use."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from execution_lint.source.regions import Use


class Place(NamedTuple):
    """What stands around a word of ASCII that has a use, as far as bytes tell: where its line is ASCII, always.

    Whether the word has the use is for `stands_as` to say of the line.
    """

    before: bytes
    """By byte, whether it may be the one before."""
    behind: re.Pattern[bytes]
    """What follows."""

    def is_at(self, data: bytes, start: int, end: int) -> bool:
        """Whether the word that stands there may have the use."""
        return (not start or self.before[data[start - 1]] > 0) and self.behind.match(data, end) is not None


def _place(behind: bytes = rb"(?![\w])", before: bytes | None = None) -> Place:
    """`before` are the bytes of which the one before is one; without them, it is no part of a word."""
    may_be = [
        byte in before if before is not None else not (byte < 0x80 and (chr(byte).isalnum() or byte == ord("_")))
        for byte in range(256)
    ]
    return Place(bytes(may_be), re.compile(behind))


_SPACE = b" \t\f\r\n"

PLACES: Mapping[Use, Place] = {
    Use.METHOD: _place(rb"[ \t\f)]*[(\\]", b"." + _SPACE),
    Use.CALL: _place(rb"[ \t\f)]*[(\\]"),
    Use.KEYWORD: _place(rb"[ \t\f]*[=\\]"),
    Use.ATTRIBUTE: _place(before=b".\"'" + _SPACE),
    Use.TARGET: _place(
        rb"[ \t\f]*(?:(?:[-+*/%&|^@]|<<|>>|//|\*\*)?=(?!=)|[,:)\]\\#\r\n]|in\b|\Z)", before=b"." + _SPACE
    ),
    Use.IMPORT: _place(),
    Use.NAME: _place(),
    Use.STRING: _place(rb"(?:[\"'\\\r\n]|\Z)", b"\"'\\\r\n"),
    Use.IMPORTED: _place(rb"[ \t\f]*(?:[,)#;.\\\r\n]|as\b|\Z)"),
    Use.STARRED: _place(rb"[ \t\f]*[*\\]"),
    Use.BASE: _place(rb"[ \t\f]*(?:[],)\[.#\\\r\n]|if\b|else\b|or\b|and\b|\Z)"),
    Use.DEFINITION: _place(before=_SPACE),
}
"""By use; every one has a place."""
