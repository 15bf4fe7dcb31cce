"""Where the project gets its facts from: it knows neither the cache, nor the disk, nor the pool."""

from collections.abc import Iterator
from typing import Protocol

from execution_lint.facts.scopes import RegionFacts
from execution_lint.source.regions import Needles, Regions
from execution_lint.source.signs import Sign


class Source(Protocol):
    """An opened file."""

    @property
    def regions(self) -> Regions:
        """Its regions, in the order of the text; a class stands before its methods."""

    def named(self, name: str) -> tuple[int, ...]:
        """The regions that show without being parsed that they define a name, methods among them."""

    def owned(self, owner: str) -> tuple[int, ...]:
        """The methods of the classes of a name."""

    def class_of(self, index: int) -> int:
        """The region of the class that a method belongs to."""

    def mentioning(self, word: str) -> frozenset[int]:
        """The regions in whose text a word stands."""

    def may_use(self, index: int, name: str, *, in_strings: bool) -> bool:
        """Whether a name may mean in a region what it names, told from the text: outside of strings (unless
        `in_strings`) and comments, and not as what is defined. Rather yes too often than no once."""

    def may_assign(self, index: int, name: str) -> bool:
        """Whether a region may assign to the attribute `name` of something, told from the text: rather yes too often
        than no once."""

    def may_declare_outer(self, index: int, name: str) -> bool:
        """Whether a region may say that `name` is one of the module or of an enclosing function (`global`,
        `nonlocal`), told from the text: rather yes too often than no once."""

    def declared_outer(self, index: int) -> frozenset[str] | None:
        """All names of which a region may say that, rather too many than too few; None where they cannot be told."""

    def called_on(self, index: int, names: frozenset[str]) -> frozenset[str] | None:
        """The names before the first dot of what a region calls by `names`, as far as what these calls give may be left
        unawaited; None where it calls something else so, or may bind one of those names."""

    def may_carry(self, index: int, name: str) -> bool:
        """Whether a name may be more in a region than a variable that is told there: an attribute, an argument, what is
        called, a key, or annotated; told from the text: rather yes too often than no once."""

    def may_hand_on(self, index: int, name: str) -> bool:
        """Whether what a name stands for may get another name in a region, told from the text: rather yes too often
        than no once."""

    def may_rename(self, index: int, name: str) -> bool:
        """Whether an import in a region may bring a name under another one, told from the text: rather yes too often
        than no once."""

    def may_weigh(self, index: int, names: str) -> bool:
        """Whether something of one of `names`, with blanks between them, may be compared in a region, looked up by, or
        given a string: rather yes too often than no once."""

    def binding(self, name: str) -> tuple[int, ...]:
        """The regions that may bind a name and do not show which (imports, compound and other statements); for `*`,
        those that may import all of a module."""

    def facts(self, index: int) -> RegionFacts | None:
        """What a region says; None where it cannot be parsed (which the library reports)."""

    def followed(self, index: int) -> RegionFacts | None:
        """The same for whoever comes to its values from others that are known, and looks for what is bound, assigned
        or given by its name: never at all values, at the flow of control, at comparisons or at branches."""

    def scanned(self, index: int, scan: str) -> RegionFacts | None:
        """The same for a scan that was announced: it goes through all that the region says, and judges each part for
        itself, by what that is made of."""


class Library(Protocol):
    """The files of one project."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file, relative to the root, POSIX, sorted."""

    @property
    def package(self) -> str:
        """Dotted name of the package that the root itself is, if it has an `__init__.py`; empty otherwise."""

    def stands(self, sign: Sign) -> bool:
        """Whether a sign may stand in any file."""

    def announce(self, scan: str, known: bytes) -> None:
        """Say what a scan looks for, as `project/scans.py` reads it."""

    def open(self, path: str) -> Source | None:
        """The file at `path`; None where it cannot be read or decoded (which the library reports)."""

    def candidates(self, needles: Needles) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The regions, by file, in whose text one of the needles stands. Sorted."""

    def unawaited(self) -> Iterator[tuple[str, dict[int, frozenset[str]], frozenset[str]]]:
        """The regions, by file, in which what a coroutine function gives may be left unawaited, and the names of the
        functions. With each region the names of the module before the dots of what is called; none where something else
        is called too. Sorted."""

    def passed_over(self) -> Iterator[tuple[str, int]]:
        """Names of coroutine functions whose calls are not looked for in every file, with the number of calls."""
