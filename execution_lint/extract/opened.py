"""An opened file: its regions, and the facts of each when they are asked for."""

import ast
from array import array
from collections.abc import Collection
from functools import cached_property

from execution_lint.extract.chains import may_have_long_chain
from execution_lint.extract.coordinates import Coordinates, Lines
from execution_lint.extract.excerpts import excerpt
from execution_lint.extract.imports import read_imports
from execution_lint.extract.lowering import TooDeep, lower
from execution_lint.extract.parsers import (
    FAILURES,
    TOO_DEEP,
    Parser,
    parse_quickly,
    parse_thoroughly,
    parse_whole,
)
from execution_lint.extract.pieces import pieces
from execution_lint.facts.scopes import RegionFacts
from execution_lint.source.assigning import declared_outer
from execution_lint.source.dangling import called_on
from execution_lint.source.locating import located
from execution_lint.source.regions import Needles, Region, RegionKind, Regions, stands_for_ending
from execution_lint.source.searching import RegionSearch, ThoroughSearch
from execution_lint.source.telling import Telling, tells
from execution_lint.source.text import byte_line_starts, split_lines


class Unparsable(Exception):
    """A region cannot be parsed; `line` is 0 where that is not known."""

    def __init__(self, reason: str, line: int) -> None:
        self.reason = reason
        self.line = line
        super().__init__(reason)


class OpenedFile:
    """A file whose regions are known; a region is parsed the first time that its facts are asked for."""

    def __init__(self, text: str, data: bytes | None = None, *, whole: bool = False) -> None:
        """`data` is the text in UTF-8, if it is at hand. `whole` parses all of the file at once with libcst: the slow
        path, equal by contract."""
        self._data = text.encode("utf-8", "surrogatepass") if data is None else data
        self._is_whole = whole
        self.is_parsed = False
        """Whether any region was parsed."""
        self._facts: dict[int, RegionFacts | Unparsable] = {}
        self._confirmed: dict[tuple[int, frozenset[int]], bool] = {}
        self._mentioning: dict[str, frozenset[int]] = {}
        self._named: dict[str, tuple[int, ...]] = {}
        self._owned: dict[str, tuple[int, ...]] = {}
        self.told: dict[tuple[int, Telling, str], bool] = {}
        """What the texts of regions have told about names."""
        self.whole: set[int] = set()
        """The regions of which somebody may have gone through all that they say."""
        self.scanned: dict[str, set[int]] = {}
        """By the name of a scan, the regions that it went through."""
        self._binding: dict[str, tuple[int, ...]] = {}
        self._trees: list[list[ast.stmt]] | None = None
        self.broken: Unparsable | None = None
        """Why the file as a whole does not parse, once that was found out."""
        self.regions: tuple[Region, ...] = ()
        found = None if whole else located(text)
        if found is not None:
            self.regions = found
        else:
            self._parse_all(text, parse_whole if whole else parse_quickly)

    @property
    def text(self) -> str:
        """The text of the file, which is not kept."""
        return self._data.decode("utf-8", "surrogatepass")

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file, without their ends."""
        return split_lines(self.text)

    @cached_property
    def _starts(self) -> "array[int]":
        return byte_line_starts(self._data)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self._data, self._starts)

    @cached_property
    def _search(self) -> RegionSearch:
        kind = ThoroughSearch if self._is_whole else RegionSearch
        return kind(self._data, self.regions, self._starts)

    def mentioning(self, word: str, *, can_stand: bool = True) -> frozenset[int]:
        """The regions in whose text a word stands, or one that ends in what follows an asterisk; `can_stand` is false
        where the file is known to lack it."""
        regions = self._mentioning.get(word)
        if regions is None:
            if stands_for_ending(word):
                regions = self._search.ending_in(word[1:])
            else:
                regions = self._search.holding(word) if can_stand or self._is_whole else frozenset()
            self._mentioning[word] = regions
        return regions

    def may_use(self, index: int, name: str, *, in_strings: bool) -> bool:
        """Whether a name may mean in a region what it names."""
        return self._tells(index, Telling.USES_AS_TEXT if in_strings else Telling.USES, name)

    def may_assign(self, index: int, name: str) -> bool:
        """Whether a region may assign to an attribute."""
        return self._tells(index, Telling.ASSIGNS, name)

    def may_declare_outer(self, index: int, name: str) -> bool:
        """Whether a region may declare a name to be the module's."""
        return self._tells(index, Telling.DECLARES, name)

    def declared_outer(self, index: int) -> frozenset[str] | None:
        """The names that a region may declare to be the module's; None where that cannot be told."""
        declared = declared_outer(self.own_text(index))
        if declared is not None:
            self.told[index, Telling.DECLARES_ALL, " ".join(sorted(declared))] = True
        return declared

    def called_on(self, index: int, names: frozenset[str]) -> frozenset[str] | None:
        """The names on which a region calls `names` by calls that may dangle; None where that is not all."""
        bases = called_on(self.own_text(index), names)
        if bases is not None:
            self.told[index, Telling.CALLS_ON, f"{' '.join(sorted(names))} . {' '.join(sorted(bases))}"] = True
        return bases

    def may_carry(self, index: int, name: str) -> bool:
        """Whether a name may be more in a region than a variable."""
        return self._tells(index, Telling.CARRIES, name)

    def may_hand_on(self, index: int, name: str) -> bool:
        """Whether what a name stands for may get another name in a region."""
        return self._tells(index, Telling.HANDS_ON, name)

    def may_rename(self, index: int, name: str) -> bool:
        """Whether an import in a region may bring a name under another one."""
        return self._tells(index, Telling.RENAMES, name)

    def may_weigh(self, index: int, names: str) -> bool:
        """Whether a region may weigh something of one of the names."""
        return self._tells(index, Telling.WEIGHS, names)

    def _tells(self, index: int, question: Telling, name: str) -> bool:
        key = (index, question, name)
        known = self.told.get(key)
        if known is None:
            known = self.told[key] = tells(question, self.own_text(index), name)
        return known

    def named(self, name: str) -> tuple[int, ...]:
        """The regions that show without being parsed that they define a name, methods among them."""
        found = self._named.get(name)
        if found is None:
            found = self._named[name] = self._by_name.get(name, ())
        return found

    def owned(self, owner: str) -> tuple[int, ...]:
        """The methods of the classes of a name."""
        found = self._owned.get(owner)
        if found is None:
            found = self._owned[owner] = tuple(
                index for index, region in enumerate(self.regions) if region.owner == owner
            )
        return found

    @cached_property
    def _by_name(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for index, region in enumerate(self.regions):
            if region.name:
                found[region.name] = (*found.get(region.name, ()), index)
        return found

    @cached_property
    def listed(self) -> Regions:
        """The regions for whoever may go through all of them, which is told afterwards."""
        return Regions(self.regions)

    @cached_property
    def classes(self) -> tuple[int, ...]:
        """By region, the one of the class that it is a method of; itself for all else."""
        found: list[int] = []
        for index, region in enumerate(self.regions):
            found.append(found[-1] if region.kind is RegionKind.METHOD and found else index)
        return tuple(found)

    def binding(self, name: str) -> tuple[int, ...]:
        """The regions that may bind a name and do not show which: imports and compound statements in whose text it
        stands, not only in the path of a module that is imported from, and whatever is no statement that an outline
        knows. `*` stands for all that an import brings."""
        found = self._binding.get(name)
        if found is None:
            found = self._binding[name] = self._search.binding(name)
        return found

    def candidates(self, needles: Needles, words: frozenset[str] | None = None) -> tuple[int, ...]:
        """The regions in whose text one of the needles stands.

        `words` are those of the needles' that can stand in the text, if that is known.
        """
        return self._search.candidates(needles, words)

    def regions_at(self, offsets: Collection[int]) -> list[int | None]:
        """The region that holds each of these offsets of the text."""
        return self._search.regions_at(offsets)

    def region_at(self, line: int) -> int | None:
        """The region that a line (from 1) belongs to."""
        return self._search.region_at(line)

    @property
    def is_regular(self) -> bool:
        """Whether each region was told by its outline and read by itself, as far as it was: what one says does not rest
        on the others."""
        unread = any(isinstance(known, Unparsable) for known in self._facts.values())
        return self.broken is None and self._trees is None and not unread

    @property
    def read(self) -> tuple[int, ...]:
        """The regions whose facts were asked for."""
        return tuple(sorted(self._facts))

    @property
    def names(self) -> frozenset[str]:
        """The names that were asked for of which a region may show that it defines them."""
        return frozenset(self._named)

    @property
    def owners(self) -> frozenset[str]:
        """The names of classes whose methods were asked for, whatever they are called."""
        return frozenset(self._owned)

    @property
    def bound(self) -> dict[str, tuple[int, ...]]:
        """The names that were asked for, each with the regions that may bind it."""
        return self._binding

    @property
    def mentions(self) -> dict[str, frozenset[int]]:
        """The words that were asked for, each with the regions that mention it."""
        return self._mentioning

    def own_text(self, index: int) -> str:
        """The text of a region without that of other regions, which leave a mark."""
        region = self.regions[index]
        parts = []
        line = region.first_line
        for first, last in region.excluded:
            parts.append(self._stretch(line, first - 1))
            line = last + 1
        parts.append(self._stretch(line, region.last_line))
        return "\0".join(parts)

    def facts(self, index: int) -> RegionFacts:
        """What the region at `index` says. Raises `Unparsable`."""
        known = self._facts.get(index)
        if known is None:
            known = self._facts[index] = self._extract(index)
        if isinstance(known, Unparsable):
            raise known
        return known

    def check(self) -> Unparsable | None:
        """Why the file as a whole cannot be parsed; None where it can."""
        if self.broken is None and self._trees is None:
            try:
                parse_quickly(self.text)
            except FAILURES as failure:
                self.broken = _unparsable(failure, 0)
        return self.broken

    def is_confirmed(self, index: int, lines: Collection[int]) -> bool:
        """Whether libcst reads the same from a region whose facts are known, as far as it can parse it.

        `lines` are those of the file that matter: of all that stands under an `if`, only the definitions that hold them
        are read, and what belongs to none.
        """
        known: RegionFacts | Unparsable | None = self._facts.get(index)
        if not isinstance(known, RegionFacts):
            return True
        region = self.regions[index]
        asked = (index, frozenset(lines if region.kind is RegionKind.COMPOUND else ()))
        if asked not in self._confirmed:
            self._confirmed[asked] = self._is_confirmed(region, known, lines)
        return self._confirmed[asked]

    def _is_confirmed(self, region: Region, known: RegionFacts, lines: Collection[int]) -> bool:
        if region.kind is RegionKind.COMPOUND and self._trees is None:
            text = self._stretch(region.first_line, region.last_line)
            shift = region.first_line - 1
            part = excerpt(text, parse_quickly(text), [line - shift for line in lines])
            if part != text:
                quickly = self._lowered(region, part, parse_quickly, shift)
                confirmed = self._lowered(region, part, parse_thoroughly, shift)
                return isinstance(confirmed, Unparsable) or confirmed == quickly
        confirmed = self._read(region, parse_thoroughly)
        if isinstance(confirmed, Unparsable) and self._trees is not None:
            confirmed = self._read_in_context(region)
        return isinstance(confirmed, Unparsable) or confirmed == known

    def _read_in_context(self, region: Region) -> RegionFacts | Unparsable:
        """What libcst reads from a region that can be parsed only with the whole of the file."""
        if may_have_long_chain(self.text):
            return Unparsable(TOO_DEEP, region.first_line)
        try:
            parts = pieces(parse_thoroughly(self.text), self.lines)
        except FAILURES as failure:
            return _unparsable(failure, 0)
        lines = (region.first_line, region.last_line)
        found = [statements for own, statements in parts if (own.first_line, own.last_line) == lines]
        return self._lower(region, found[0] if found else [], 0)

    def _extract(self, index: int) -> RegionFacts | Unparsable:
        self.is_parsed = True
        region = self.regions[index]
        if self._trees is not None:
            return self._lower(region, self._trees[index], 0)
        if region.kind is RegionKind.IMPORT:
            text = self._stretch(region.first_line, region.last_line)
            imports = read_imports(text, Coordinates(self._lines, region.first_line - 1))
            if imports is not None:
                return imports
        found = self._read(region, parse_quickly)
        if isinstance(found, Unparsable) and found.reason != TOO_DEEP and self.broken is None:
            return self._doubted(index, found)
        return found

    def _doubted(self, index: int, found: Unparsable) -> RegionFacts | Unparsable:
        """A region does not parse by itself: the file as a whole tells whether that is the file's fault."""
        try:
            parts = pieces(parse_quickly(self.text), self.lines)
        except FAILURES as failure:
            self.broken = _unparsable(failure, 0)
            return found
        by_lines = {(region.first_line, region.last_line): statements for region, statements in parts}
        trees = [by_lines.get((region.first_line, region.last_line)) for region in self.regions]
        if any(tree is None for tree in trees):
            return found
        self._trees = [tree for tree in trees if tree is not None]
        return self._lower(self.regions[index], self._trees[index], 0)

    def _read(self, region: Region, parse: Parser) -> RegionFacts | Unparsable:
        code = self._code(region)
        shift = region.first_line - 1
        if region.kind is RegionKind.METHOD:
            code = "if 1:\n" + code
            shift -= 1
        return self._lowered(region, code, parse, shift)

    def _lowered(self, region: Region, code: str, parse: Parser, shift: int) -> RegionFacts | Unparsable:
        """What a region says, as `code` has it, `shift` lines further up than the file."""
        try:
            statements = parse(code).body
        except (RecursionError, MemoryError):
            return Unparsable(TOO_DEEP, region.first_line)
        except FAILURES as failure:
            return _unparsable(failure, shift)
        if region.kind is RegionKind.METHOD and statements and isinstance(statements[0], ast.If):
            statements = statements[0].body
        return self._lower(region, statements, shift, code)

    def _stretch(self, first: int, last: int) -> str:
        """The text from one line (from 1) to another, their ends included."""
        return self._search.stretch(first, last).decode("utf-8", "surrogatepass")

    @cached_property
    def _has_carriage_returns(self) -> bool:
        return b"\r" in self._data

    def _code(self, region: Region) -> str:
        """A region's lines; in the place of those of other regions, an expression and blank lines."""
        if self._has_carriage_returns:
            return self._code_by_lines(region)
        parts = []
        line = region.first_line
        for number, (first, last) in enumerate(region.excluded):
            if line < first:
                parts.append(self._stretch(line, first - 1))
            if number == 0:
                start = self._stretch(first, first)
                parts.append(start[: len(start) - len(start.lstrip())] + "0")
            parts.append("\n" * (last - first + 1))
            line = last + 1
        if line <= region.last_line:
            parts.append(self._stretch(line, region.last_line))
        code = "".join(parts)
        return code if code.endswith("\n") else code + "\n"

    def _code_by_lines(self, region: Region) -> str:
        lines = self._search.lines_of(region)
        if region.excluded:
            line = region.excluded[0][0]
            first = self._stretch(line, line)
            lines[line - region.first_line] = first[: len(first) - len(first.lstrip())] + "0"
        return "\n".join(lines) + "\n"

    def _lower(
        self, region: Region, statements: list[ast.stmt], shift: int, code: str | None = None
    ) -> RegionFacts | Unparsable:
        """What the statements of a region say; `code` is what they were parsed from, if that is known."""
        try:
            text = self._stretch(region.first_line, region.last_line) if code is None else code
            return lower(statements, Coordinates(self._lines, shift), region.owner, text)
        except (TooDeep, RecursionError):
            return Unparsable(TOO_DEEP, region.first_line)

    def _parse_all(self, text: str, parse: Parser) -> None:
        self.is_parsed = True
        try:
            tree = parse(text)
        except FAILURES as failure:
            self.broken = _unparsable(failure, 0)
            self.regions = located(text) or ()
            return
        found = pieces(tree, self.lines)
        self.regions = tuple(region for region, _ in found)
        self._trees = [statements for _, statements in found]


def _unparsable(failure: BaseException, shift: int) -> Unparsable:
    match failure:
        case SyntaxError(lineno=line):
            # In words of our own: the parsers and the Pythons differ in theirs.
            return Unparsable(f"syntax error{f' at line {line + shift}' if line else ''}", line + shift if line else 0)
        case RecursionError() | MemoryError():
            return Unparsable(TOO_DEEP, 0)
        case _:
            return Unparsable(str(failure), 0)
