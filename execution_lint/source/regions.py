"""Regions: the pieces of a file that are located, parsed and asked about one by one."""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum

import msgspec

BLANKS = " \t\f"
"""The white space that Python allows before a statement."""

_WORD = re.compile(r"\w+")
# Not `\w`, which lacks the combining marks that identifiers may hold.
_NAME = re.compile(r"[^\x00-/:-@\[-^`{-\x7f]+")
_DEFINITION = re.compile(r"(?:def|class|async)\b")


def words_in(line: str) -> list[str]:
    """The words of a line, those that Python takes for another spelling of a name (NFKC) included."""
    found = _WORD.findall(line)
    if not line.isascii():
        found += _NAME.findall(unicodedata.normalize("NFKC", line))
    return found


class RegionKind(Enum):
    """What a region holds."""

    FUNCTION = "function"
    CLASS = "class"
    """A class: its head and its body without the methods that are regions of their own."""
    METHOD = "method"
    IMPORT = "import"
    ASSIGNMENT = "assignment"
    COMPOUND = "compound"
    """`if`, `try`, `with` and the like at module level, with all that stands in them."""
    OTHER = "other"


class Region(msgspec.Struct, frozen=True, gc=False):
    """A stretch of whole lines. The regions of a file do not overlap; lines are 1-based, both ends inclusive."""

    kind: RegionKind
    name: str
    """What it defines: a function's, class's, method's or single target's name; empty where that takes a parser."""
    owner: str
    """The class that a method belongs to."""
    first_line: int
    last_line: int
    decorated_until: int
    """Last line of the decorators; before `first_line` where there are none."""
    excluded: tuple[tuple[int, int], ...] = ()
    """Stretches of lines within a class that are regions of their own."""

    def lines(self, lines: list[str]) -> list[str]:
        """The region's lines out of the file's, those of other regions left blank."""
        own = lines[self.first_line - 1 : self.last_line]
        for first, last in self.excluded:
            for line in range(first, last + 1):
                own[line - self.first_line] = ""
        return own


class Needles(msgspec.Struct, frozen=True):
    """What a region must hold to be a candidate, in terms of its source text.

    A region is a candidate when one of `words` stands in its text, or one of `decorators` on a line that begins with
    `@` or on those that follow it up to a definition. A word counts as Python reads names: whole, and whatever letters
    of Unicode spell it.
    """

    words: frozenset[str] = frozenset()
    decorators: frozenset[str] = frozenset()

    def __or__(self, other: "Needles") -> "Needles":
        return Needles(self.words | other.words, self.decorators | other.decorators)

    def stand_in(self, lines: Iterable[str]) -> bool:
        """Whether these lines make a candidate: the definition that the fast way to find them must agree with."""
        is_decorator = False
        for line in lines:
            code = line.lstrip(BLANKS)
            if code.startswith("@"):
                is_decorator = True
            elif is_decorator and _DEFINITION.match(code):
                is_decorator = False
            found = words_in(line)
            if not self.words.isdisjoint(found) or (is_decorator and not self.decorators.isdisjoint(found)):
                return True
        return False
