"""How source text lies on a terminal: its cells, and the characters that must not reach one.

Grapheme clusters (emoji joined by U+200D) count as their parts; a mark below one may stand a cell off.
"""

import unicodedata

import msgspec

TAB = 4
"""Cells from one tab stop to the next."""

_UNSEEN = frozenset("\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Direction marks and line separators: a terminal obeys them, so that what is read is not what is there."""


class Strip(msgspec.Struct, frozen=True):
    """A stretch of one line, laid out."""

    text: str
    """What is shown."""
    first: int
    """The first code point shown, 0-based."""
    offsets: tuple[int, ...]
    """The cell at which each code point starts, and the cell after the last."""

    def cell(self, index: int) -> int:
        """The cell of the code point `index` of the line; the nearest shown one where it is cut off."""
        return self.offsets[min(max(index - self.first, 0), len(self.offsets) - 1)]


def one_line(text: str) -> str:
    """`text` on one line, safe to print: line breaks and tabs become spaces, control characters are shown."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if character in "\t\n\r\v\f" else _shown(character) for character in text)


def strip(line: str, start: int, end: int, room: int) -> Strip:
    """The stretch of `line` of at most `room` cells that shows the code points `start` to `end` (0-based, exclusive).

    A line that fits is shown whole; one that does not is cut, with `…` at each cut end.
    """
    plain = line.isascii() and line.isprintable()
    if plain and len(line) <= room:
        return Strip(line, 0, tuple(range(len(line) + 1)))
    first = 0
    if len(line) > room // 2 and end > room * 2 // 3:
        first = min(max(0, start - room // 3), max(0, len(line) - room // 2))
    shown = ["…"] if first else []
    cell = len(shown)
    offsets = [cell]
    for character in line[first : first + room]:
        width = TAB - cell % TAB if character == "\t" else _width(character)
        if cell + width > room:
            break
        shown.append(" " * width if character == "\t" else _shown(character))
        cell += width
        offsets.append(cell)
    if first + len(offsets) - 1 < len(line):
        shown.append("…")
    return Strip("".join(shown), first, tuple(offsets))


def _shown(character: str) -> str:
    """The character, or a visible stand-in for one that a terminal would obey or could not encode."""
    point = ord(character)
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "\u2421"
    if 0x80 <= point < 0xA0 or 0xD800 <= point < 0xE000 or character in _UNSEEN:
        return "\ufffd"
    return character


def _width(character: str) -> int:
    """The cells that a character takes as it is shown."""
    if _shown(character) != character:
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
