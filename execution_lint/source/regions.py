"""Regions: the pieces of a file that are located, parsed and asked about one by one."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from enum import Enum
from keyword import kwlist

import msgspec

BLANKS = " \t\f"
"""The white space that Python allows before a statement."""

ENDING = "*"
"""What begins with it, and goes on, stands for every word that ends so, in capital or small letters."""

_WORD = re.compile(r"\w+")
_STRING = re.compile(r"""\"[^\"\\]*\"|'[^'\\]*'""")
# Not `\w`, which lacks the combining marks that identifiers may hold.
_NAME = re.compile(r"[^\x00-/:-@\[-^`{-\x7f]+")
_DEFINITION = re.compile(r"(?:def|class|async)\b")
_NAME_BEFORE = re.compile(r"[^\W\d]\w*\Z")
_NAME_BEHIND = re.compile(r"[^\W\d]\w*")
_BESIDE_NAMES = frozenset(kwlist) | {"match", "case", "type"}
"""The words that can stand beside a name with nothing but blanks between them; two names are prose."""
_QUOTES = ("", '"', "'", "\\")
_IMPORTING = re.compile(r"\b(?:from|import)\b")
_IMPORT = re.compile(r"\bimport\b")
_LISTED_BEFORE = re.compile(r"[\s(]*(?:[\w\s.]+,\s*)*\Z")
_LISTED_BEHIND = re.compile(r"[ \t\f]*(?:[,)#;\\]|as\b|\Z)")
"""What stands before and behind a name in an import that goes on over several lines."""
_STAR_BEHIND = re.compile(r"[ \t\f]*[*\\]")
_NO_PART_OF_A_HEAD = re.compile(r"(?:def|return|raise|import|from|assert|del|with|while|try|except|elif|async|@)(?!\w)")
_BASE_BEHIND = re.compile(r"[ \t\f]*(?:[],)\[.#\\]|if\b|else\b|or\b|and\b|\Z)")
"""How no line begins that is a part of the head of a class, and what stands behind a base on one that is."""
_DEFINED_BEFORE = re.compile(r"(?:\A|\W)def\Z")


_BEFORE_FIELD = ("", ".", ",", "(", ":", ";", "*")
"""What stands before the name of a variable with an annotation."""
_AFTER_TARGET = re.compile(r"[ \t\f]*(?:(?:[-+*/%&|^@]|<<|>>|//|\*\*)?=(?!=)|[,:)\]\\#]|in\b|\Z)")
"""What follows what is assigned to, alone or among others."""


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


class Regions:
    """The regions of a file. Whether they were gone through, or counted, is known afterwards."""

    __slots__ = ("_all", "are_listed")

    def __init__(self, regions: tuple[Region, ...]) -> None:
        self._all = regions
        self.are_listed = False

    def __getitem__(self, index: int) -> Region:
        return self._all[index]

    def __iter__(self) -> Iterator[Region]:
        self.are_listed = True
        return iter(self._all)

    def __len__(self) -> int:
        self.are_listed = True
        return len(self._all)


class Use(Enum):
    """What a word may be for, as far as its own line tells: what makes it that begins on the same line, unless a
    backslash ends it."""

    METHOD = "method"
    """The name in the call of an attribute."""
    CALL = "call"
    """The name in a call."""
    KEYWORD = "keyword"
    """The name of an argument."""
    ATTRIBUTE = "attribute"
    """The name of an attribute, or a string that is one."""
    TARGET = "target"
    """The name of an attribute that is assigned to."""
    IMPORT = "import"
    """The name of a module that is imported from, or a part of it."""
    NAME = "name"
    """A name in code, or all of a string: no word of a sentence."""
    STRING = "string"
    """All of a string."""
    IMPORTED = "imported"
    """The name of what is imported, also where the import has begun on a line before."""
    STARRED = "starred"
    """A word that a star follows: the `import` of everything."""
    BASE = "base"
    """The name of what a class extends."""
    DEFINITION = "definition"
    """The name of a function that is defined."""


class Needles(msgspec.Struct, frozen=True):
    """What a region must hold to be a candidate, in terms of its source text.

    A region is a candidate when one of `words` stands in its text, or one of `decorators` on a line that begins with
    `@` or on those that follow it up to a definition, or one of the others where it may have that use. A word counts as
    Python reads names: whole, and whatever letters of Unicode spell it. `beside` narrows it to some files, `within` to
    some regions.
    """

    words: frozenset[str] = frozenset()
    decorators: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    strings: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    """Words of which one must stand in some region of the same file, if any are given."""
    fields: frozenset[str] = frozenset()
    """How the names of annotated variables end, in small letters."""
    types: frozenset[str] = frozenset()
    """Words of which one must stand in the annotation of such a variable, and so in the region, if any are given."""
    within: frozenset[str] = frozenset()
    """Words of which one must stand in the same region, if any are given."""
    imported: frozenset[str] = frozenset()
    starred: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()
    definitions: frozenset[str] = frozenset()

    def __or__(self, other: "Needles") -> "Needles":
        return Needles(
            self.words | other.words,
            self.decorators | other.decorators,
            self.methods | other.methods,
            self.calls | other.calls,
            self.keywords | other.keywords,
            self.imports | other.imports,
            self.names | other.names,
            self.strings | other.strings,
            self.attributes | other.attributes,
            self.targets | other.targets,
            self.beside | other.beside if self.beside and other.beside else frozenset(),
            self.fields | other.fields,
            self.types | other.types if self.types and other.types else frozenset(),
            self.within | other.within if self.within and other.within else frozenset(),
            self.imported | other.imported,
            self.starred | other.starred,
            self.bases | other.bases,
            self.definitions | other.definitions,
        )

    def without(self, words: frozenset[str]) -> "Needles":
        """All but these words."""
        return Needles(
            self.words - words,
            self.decorators - words,
            self.methods - words,
            self.calls - words,
            self.keywords - words,
            self.imports - words,
            self.names - words,
            self.strings - words,
            self.attributes - words,
            self.targets - words,
            self.beside - words,
            self.fields - words,
            self.types - words,
            self.within - words,
            self.imported - words,
            self.starred - words,
            self.bases - words,
            self.definitions - words,
        )

    @property
    def uses(self) -> tuple[tuple[Use, frozenset[str]], ...]:
        """The words that count only where they may have a use."""
        every = (
            (Use.METHOD, self.methods),
            (Use.CALL, self.calls),
            (Use.KEYWORD, self.keywords),
            (Use.IMPORT, self.imports),
            (Use.NAME, self.names),
            (Use.STRING, self.strings),
            (Use.ATTRIBUTE, self.attributes),
            (Use.TARGET, self.targets),
            (Use.IMPORTED, self.imported),
            (Use.STARRED, self.starred),
            (Use.BASE, self.bases),
            (Use.DEFINITION, self.definitions),
        )
        return tuple((use, words) for use, words in every if words)

    @property
    def all_words(self) -> frozenset[str]:
        """Every word that makes a candidate, however it counts."""
        return self.words.union(self.decorators, *(words for _, words in self.uses))

    def are_beside(self, lines: Iterable[str]) -> bool:
        """Whether these lines of a file hold one of the words that must stand beside."""
        return not self.beside or any(not self.beside.isdisjoint(words_in(line)) for line in lines)

    def stand_in(self, lines: Collection[str]) -> bool:
        """Whether these lines make a candidate: the definition that the fast way to find them must agree with."""
        return self._stand_in(lines) and self.are_within(lines)

    def are_within(self, lines: Iterable[str]) -> bool:
        """Whether these lines of a region hold one of the words that must stand in it, and one of the types."""
        wanted = [words for words in (self.within, self.types) if words]
        if not wanted:
            return True
        found = {word for line in lines for word in words_in(line)}
        return not any(words.isdisjoint(found) for words in wanted)

    def _stand_in(self, lines: Iterable[str]) -> bool:
        is_decorator = goes_on = False
        uses = self.uses
        for line in lines:
            code = line.lstrip(BLANKS)
            if code.startswith("@"):
                is_decorator = True
            elif is_decorator and _DEFINITION.match(code):
                is_decorator = False
            found = words_in(line)
            if not self.words.isdisjoint(found) or (is_decorator and not self.decorators.isdisjoint(found)):
                return True
            for use, words in uses:
                if any(stands_as(use, line, word, goes_on=goes_on) for word in words.intersection(found)):
                    return True
            if self.fields and any(is_annotated(line, word, self.types) for word in ending_in(self.fields, found)):
                return True
            goes_on = line.endswith("\\")
        return False


def stands_as(use: Use, line: str, word: str, *, goes_on: bool) -> bool:
    """Whether a word on a line may have a use; `goes_on` says that the line before ends in a backslash.

    A line that is not ASCII is not looked at closely: other letters may spell the word there.
    """
    if not line.isascii():
        return True
    if use is Use.IMPORT and not goes_on and _IMPORTING.search(line) is None:
        return False
    position = line.find(word)
    while position >= 0:
        end = position + len(word)
        before, behind = line[:position], line[end:]
        if not (_is_of_word(before[-1:]) or _is_of_word(behind[:1])) and _may_be(use, before, behind, goes_on=goes_on):
            return True
        position = line.find(word, end)
    return False


def stands_for_ending(word: str) -> bool:
    """Whether it stands for every word that ends so; an asterisk alone, which imports bind, does not."""
    return word.startswith(ENDING) and word != ENDING


def ending_in(endings: frozenset[str], words: Iterable[str]) -> frozenset[str]:
    """The words that end in one of `endings`, in capital or small letters."""
    ends = tuple(endings)
    return frozenset(word for word in words if word.lower().endswith(ends))


def is_annotated(line: str, word: str, types: frozenset[str] = frozenset()) -> bool:
    """Whether a word on a line may be the name of a variable with an annotation, in which one of `types` stands if any
    are given."""
    if not line.isascii():
        return True
    position = line.find(word)
    while position >= 0:
        end = position + len(word)
        behind = line[end:].lstrip(f"{BLANKS})")
        begins = not _is_of_word(line[position - 1 : position]) and line[:position].rstrip(BLANKS)[-1:] in _BEFORE_FIELD
        if begins and behind[:1] in ("", ":", "\\") and (not types or _may_name(behind, types)):
            return True
        position = line.find(word, end)
    return False


def _may_name(annotation: str, types: frozenset[str]) -> bool:
    """Whether one of the types stands in an annotation, as far as its first line tells."""
    if not types.isdisjoint(words_in(annotation)):
        return True
    code = _STRING.sub("", annotation).partition("#")[0]
    if code.endswith("\\") or '"' in code or "'" in code:
        return True
    return _is_open(code) and _is_open(code.partition("=")[0])


def _is_open(code: str) -> bool:
    """Whether brackets are opened that are not closed."""
    return sum(map(code.count, "([{")) > sum(map(code.count, ")]}"))


def _may_be(use: Use, before: str, behind: str, *, goes_on: bool) -> bool:
    """Whether what stands before and behind a word lets it have a use."""
    match use:
        case Use.METHOD:
            return before.rstrip(BLANKS)[-1:] in ("", ".") and _opens(behind)
        case Use.CALL:
            return _opens(behind)
        case Use.KEYWORD:
            return behind.lstrip(BLANKS)[:1] in ("=", "\\")
        case Use.ATTRIBUTE:
            if before[-1:] in ("'", '"'):
                return behind[:1] in ("'", '"')
            is_first = not before.strip(BLANKS)
            # Where the line before ends in a dot, a single `=` cannot follow: brackets are open.
            return before.rstrip(BLANKS)[-1:] == "." or (is_first and (goes_on or not _is_assigned(behind)))
        case Use.TARGET:
            return before.rstrip(BLANKS)[-1:] in ("", ".") and _AFTER_TARGET.match(behind) is not None
        case Use.IMPORT:
            return True
        case Use.NAME:
            return _is_beside_name(_NAME_BEFORE.search(before.rstrip(BLANKS))) and _is_beside_name(
                _NAME_BEHIND.match(behind.lstrip(BLANKS))
            )
        case Use.STRING:
            return before[-1:] in _QUOTES and behind[:1] in _QUOTES
        case Use.IMPORTED:
            is_first = _IMPORT.search(before) is not None
            if _LISTED_BEHIND.match(behind) is None and not (
                (is_first or goes_on) and behind.lstrip(BLANKS).startswith(".")
            ):
                return False
            return is_first or _LISTED_BEFORE.match(before) is not None
        case Use.STARRED:
            return _STAR_BEHIND.match(behind) is not None
        case Use.BASE:
            return _BASE_BEHIND.match(behind) is not None and _NO_PART_OF_A_HEAD.match(before.lstrip(BLANKS)) is None
        case Use.DEFINITION:
            code = before.rstrip(BLANKS)
            return (goes_on and not code) or _DEFINED_BEFORE.search(code) is not None


def _is_beside_name(word: re.Match[str] | None) -> bool:
    return word is None or word[0] in _BESIDE_NAMES


def _is_assigned(behind: str) -> bool:
    """Whether a single `=` follows."""
    code = behind.lstrip(BLANKS)
    return code.startswith("=") and not code.startswith("==")


def _opens(behind: str) -> bool:
    """Whether the bracket of a call begins behind a name, or behind the brackets around it."""
    return behind.lstrip(f"{BLANKS})")[:1] in ("(", "\\")


def _is_of_word(character: str) -> bool:
    return character == "_" or character.isalnum()
