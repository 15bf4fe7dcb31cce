"""An opened file: its regions, and the facts of each when they are asked for."""

import ast
import re
import warnings
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property

from execution_lint.extract.chains import has_long_chain, may_have_long_chain
from execution_lint.extract.coordinates import Coordinates
from execution_lint.extract.imports import read_imports
from execution_lint.extract.lowering import TooDeep, lower
from execution_lint.facts.scopes import RegionFacts
from execution_lint.source.assigning import may_assign, may_declare_outer
from execution_lint.source.naming import may_rename, may_use
from execution_lint.source.outline import Statement, members, outline
from execution_lint.source.regions import (
    BLANKS,
    Needles,
    Region,
    RegionKind,
    ending_in,
    is_annotated,
    stands_as,
    stands_for_ending,
    words_in,
)
from execution_lint.source.text import line_starts, split_lines

Parser = Callable[[str], ast.Module]
"""From text to a tree; raises SyntaxError, ValueError, RecursionError or MemoryError."""

STAR = "*"
"""What an import that may bind any name is asked for by."""

_TOO_DEEP = "it is nested too deeply to be followed"
_FAILURES = (SyntaxError, ValueError, RuntimeError, MemoryError)


class Unparsable(Exception):
    """A region cannot be parsed; `line` is 0 where that is not known."""

    def __init__(self, reason: str, line: int) -> None:
        self.reason = reason
        self.line = line
        super().__init__(reason)


def parse_quickly(text: str) -> ast.Module:
    """The tree by the running Python's own parser, or by libcst for syntax that it does not know.

    Where both fail, the former says how.
    """
    try:
        return _parse(text)
    except (SyntaxError, ValueError) as failure:
        return _parse_newer_syntax(text, failure)


def parse_whole(text: str) -> ast.Module:
    """The tree by libcst, or by the running Python where libcst gives up; where both fail, the latter says how."""
    try:
        tree = _parse(text)
    except (SyntaxError, ValueError) as failure:
        return _parse_newer_syntax(text, failure)
    if has_long_chain(tree):
        return tree
    try:
        return parse_thoroughly(text)
    except _FAILURES:
        return tree


def parse_thoroughly(text: str) -> ast.Module:
    """The tree by libcst alone."""
    from execution_lint.extract.conversion import parse_with_libcst

    return parse_with_libcst(text)


def _parse_newer_syntax(text: str, failure: Exception) -> ast.Module:
    if not may_have_long_chain(text):
        with suppress(*_FAILURES):
            return parse_thoroughly(text)
    raise failure


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


class OpenedFile:
    """A file whose regions are known; a region is parsed the first time that its facts are asked for."""

    def __init__(self, text: str, *, whole: bool = False) -> None:
        """`whole` parses all of the file at once with libcst: the slow path, equal by contract."""
        self.text = text
        self._is_whole = whole
        self.is_parsed = False
        """Whether any region was parsed."""
        self._facts: dict[int, RegionFacts | Unparsable] = {}
        self._mentioning: dict[str, frozenset[int]] = {}
        self._using: dict[tuple[int, str, bool], bool] = {}
        self._assigning: dict[tuple[int, str], bool] = {}
        self._declaring: dict[tuple[int, str], bool] = {}
        self._renaming: dict[tuple[int, str], bool] = {}
        self._binding: dict[str, tuple[int, ...]] = {}
        self._trees: list[list[ast.stmt]] | None = None
        self.broken: Unparsable | None = None
        """Why the file as a whole does not parse, once that was found out."""
        self.regions: tuple[Region, ...] = ()
        located = None if whole else _outlined(text, self._starts)
        if located is not None:
            self.regions = located
        else:
            self._parse_all(parse_whole if whole else parse_quickly)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file, without their ends."""
        return split_lines(self.text)

    def mentioning(self, word: str, *, can_stand: bool = True) -> frozenset[int]:
        """The regions in whose text a word stands, or one that ends in what follows an asterisk; `can_stand` is false
        where the file is known to lack it."""
        regions = self._mentioning.get(word)
        if regions is None:
            if stands_for_ending(word):
                found = self._with_end(word[1:])
            else:
                found = self._find(Needles(frozenset({word}))) if can_stand or self._is_whole else ()
            regions = self._mentioning[word] = frozenset(found)
        return regions

    def _with_end(self, ending: str) -> Iterable[int]:
        """The regions in whose text a word ends so."""
        endings = frozenset({ending})
        if self._is_whole:
            return (
                index
                for index, region in enumerate(self.regions)
                if any(ending_in(endings, words_in(line)) for line in region.lines(self.lines))
            )
        lines = set(self._lines_ending(endings))
        lines.update(line for line, respelled in self._respelled if ending_in(endings, respelled))
        return {self._region_of_line[line] for line in lines} - {-1}

    def _find(self, needles: Needles) -> Iterable[int]:
        if self._is_whole:
            return (index for index, region in enumerate(self.regions) if needles.stand_in(region.lines(self.lines)))
        return self.candidates(needles)

    def may_use(self, index: int, name: str, *, in_strings: bool) -> bool:
        """Whether a name may mean in a region what it names. Where not, the region counts as read: what it says was
        decided on."""
        key = (index, name, in_strings)
        known = self._using.get(key)
        if known is None:
            known = self._using[key] = may_use(self.own_text(index), name, in_strings=in_strings)
        return known

    def may_assign(self, index: int, name: str) -> bool:
        """Whether a region may assign to an attribute. Where not, the region counts as read, as for `may_use`."""
        known = self._assigning.get((index, name))
        if known is None:
            known = self._assigning[index, name] = may_assign(self.own_text(index), name)
        return known

    def may_declare_outer(self, index: int, name: str) -> bool:
        """Whether a region may declare a name to be the module's. Where not, the region counts as read."""
        known = self._declaring.get((index, name))
        if known is None:
            known = self._declaring[index, name] = may_declare_outer(self.own_text(index), name)
        return known

    def may_rename(self, index: int, name: str) -> bool:
        """Whether an import in a region may bring a name under another one; the region counts as read."""
        key = (index, name)
        known = self._renaming.get(key)
        if known is None:
            known = self._renaming[key] = may_rename(self.own_text(index), name)
        return known

    def binding(self, name: str) -> tuple[int, ...]:
        """The regions that may bind a name and do not show which: imports and compound statements in whose text it
        stands, and whatever is no statement that an outline knows. `*` stands for all that an import brings."""
        found = self._binding.get(name)
        if found is None:
            others = (index for index, region in enumerate(self.regions) if region.kind is RegionKind.OTHER)
            found = self._binding[name] = tuple(sorted({*self._binding_words.get(name, ()), *others}))
        return found

    @cached_property
    def _binding_words(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for index, region in enumerate(self.regions):
            if region.name or region.kind in (RegionKind.METHOD, RegionKind.OTHER):
                continue
            text = self._stretch(region.first_line, region.last_line)
            words = set(words_in(text))
            if STAR in text:
                words.add(STAR)
            for word in words:
                found[word] = (*found.get(word, ()), index)
        return found

    def candidates(self, needles: Needles, words: frozenset[str] | None = None) -> tuple[int, ...]:
        """The regions in whose text one of the needles stands, found from where it stands.

        `words` are those of the needles' that can stand in the text, if that is known.
        """
        if needles.beside and not self._holds(needles.beside):
            return ()
        found: set[int] = set()
        region_of_line = self._region_of_line
        for line in _lines_of(_among(needles.words, words), self.text, self._starts):
            found.add(region_of_line[line])
        for use, used in needles.uses:
            for word in _among(used, words):
                for line in _lines_of((word,), self.text, self._starts):
                    index = region_of_line[line]
                    goes_on = line > 0 and region_of_line[line - 1] == index and self._line(line - 1).endswith("\\")
                    if index not in found and stands_as(use, self._line(line), word, goes_on=goes_on):
                        found.add(index)
        for line in self._lines_ending(needles.fields) if needles.fields else ():
            index = region_of_line[line]
            if index not in found:
                written = self._line(line)
                if any(
                    is_annotated(written, word, needles.types) for word in ending_in(needles.fields, words_in(written))
                ):
                    found.add(index)
        every = needles.all_words - needles.decorators
        for line, respelled in self._respelled:
            if not every.isdisjoint(respelled) or (needles.fields and ending_in(needles.fields, respelled)):
                found.add(region_of_line[line])
        found.discard(-1)
        if needles.decorators:
            decorators = Needles(decorators=needles.decorators)
            for index in self._decorating:
                if index not in found and decorators.stand_in(self.regions[index].lines(self.lines)):
                    found.add(index)
        if needles.within or needles.types:
            found = {index for index in found if needles.are_within((self.own_text(index),))}
        return tuple(sorted(found))

    def _holds(self, words: frozenset[str]) -> bool:
        """Whether one of the words stands in a region."""
        owners = self._region_of_line
        if any(owners[line] >= 0 for line in _lines_of(words, self.text, self._starts)):
            return True
        return any(owners[line] >= 0 and not words.isdisjoint(respelled) for line, respelled in self._respelled)

    def _lines_ending(self, endings: frozenset[str]) -> Iterator[int]:
        """The lines (from 0) on which a word ends so, in capital or small letters, those that are not ASCII aside."""
        text = self.text.lower()
        if len(text) != len(self.text):
            # A letter that is two small ones.
            pattern = re.compile("|".join(map(re.escape, sorted(endings))), re.IGNORECASE | re.ASCII)
            yield from {bisect_right(self._starts, match.start()) - 1 for match in pattern.finditer(self.text)}
            return
        for ending in endings:
            position = text.find(ending)
            while position >= 0:
                end = position + len(ending)
                if not (end < len(text) and _is_word(text[end])):
                    yield bisect_right(self._starts, position) - 1
                position = text.find(ending, end)

    def regions_at(self, offsets: Iterable[int]) -> tuple[int, ...]:
        """The regions that hold these offsets of the text."""
        lines = {bisect_right(self._starts, offset) for offset in offsets}
        found = {index for line in lines if (index := self.region_at(line)) is not None}
        return tuple(sorted(found))

    @cached_property
    def _respelled(self) -> tuple[tuple[int, frozenset[str]], ...]:
        """The lines (from 0) that are not ASCII, each with the names that Python reads there."""
        if self.text.isascii():
            return ()
        return tuple(
            (number, frozenset(words_in(line))) for number, line in enumerate(self.lines) if not line.isascii()
        )

    @cached_property
    def _decorating(self) -> tuple[int, ...]:
        """The regions with a line that begins with `@`."""
        if "@" not in self.text:
            return ()
        lines = (
            number for number, line in enumerate(self.lines) if "@" in line and line.lstrip(BLANKS).startswith("@")
        )
        return tuple(sorted({self._region_of_line[number] for number in lines} - {-1}))

    @cached_property
    def _starts(self) -> "array[int]":
        return array("L", line_starts(self.text))

    @cached_property
    def _region_of_line(self) -> "array[int]":
        """The region that each line (from 0) belongs to; -1 for none."""
        owners = array("l", [-1]) * (len(self._starts) + 1)
        for index, region in enumerate(self.regions):
            length = region.last_line - region.first_line + 1
            owners[region.first_line - 1 : region.last_line] = array("l", [index]) * length
        return owners

    @property
    def is_regular(self) -> bool:
        """Whether each region was told by its outline and read by itself, as far as it was: what one says does not rest
        on the others."""
        unread = any(isinstance(known, Unparsable) for known in self._facts.values())
        return self.broken is None and self._trees is None and not unread

    @property
    def read(self) -> tuple[int, ...]:
        """The regions whose facts were asked for, or told from their text not to matter."""
        used = (index for index, _, _ in self._using)
        told = (index for index, _ in (*self._assigning, *self._declaring, *self._renaming))
        return tuple(sorted({*self._facts, *used, *told}))

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
            except _FAILURES as failure:
                self.broken = _unparsable(failure, 0)
        return self.broken

    def region_at(self, line: int) -> int | None:
        """The region that a line (from 1) belongs to."""
        index = self._region_of_line[line - 1] if 0 < line <= len(self._starts) else -1
        return None if index < 0 else index

    def is_confirmed(self, index: int) -> bool:
        """Whether libcst reads the same from a region whose facts are known, as far as it can parse it."""
        known = self._facts.get(index)
        if not isinstance(known, RegionFacts):
            return True
        region = self.regions[index]
        confirmed = self._read(region, parse_thoroughly)
        if isinstance(confirmed, Unparsable) and self._trees is not None:
            confirmed = self._read_in_context(region)
        return isinstance(confirmed, Unparsable) or confirmed == known

    def _read_in_context(self, region: Region) -> RegionFacts | Unparsable:
        """What libcst reads from a region that can be parsed only with the whole of the file."""
        if may_have_long_chain(self.text):
            return Unparsable(_TOO_DEEP, region.first_line)
        try:
            pieces = _pieces(parse_thoroughly(self.text), self.lines)
        except _FAILURES as failure:
            return _unparsable(failure, 0)
        lines = (region.first_line, region.last_line)
        found = [statements for own, statements in pieces if (own.first_line, own.last_line) == lines]
        return self._lower(region, found[0] if found else [], 0)

    def _extract(self, index: int) -> RegionFacts | Unparsable:
        self.is_parsed = True
        region = self.regions[index]
        if self._trees is not None:
            return self._lower(region, self._trees[index], 0)
        if region.kind is RegionKind.IMPORT:
            text = self._stretch(region.first_line, region.last_line)
            imports = read_imports(text, Coordinates(self.text, self._starts, region.first_line - 1))
            if imports is not None:
                return imports
        found = self._read(region, parse_quickly)
        if isinstance(found, Unparsable) and found.reason != _TOO_DEEP and self.broken is None:
            return self._doubted(index, found)
        return found

    def _doubted(self, index: int, found: Unparsable) -> RegionFacts | Unparsable:
        """A region does not parse by itself: the file as a whole tells whether that is the file's fault."""
        try:
            pieces = _pieces(parse_quickly(self.text), self.lines)
        except _FAILURES as failure:
            self.broken = _unparsable(failure, 0)
            return found
        by_lines = {(region.first_line, region.last_line): statements for region, statements in pieces}
        trees = [by_lines.get((region.first_line, region.last_line)) for region in self.regions]
        if any(tree is None for tree in trees):
            return found
        self._trees = [tree for tree in trees if tree is not None]
        return self._lower(self.regions[index], self._trees[index], 0)

    def _read(self, region: Region, parse: Parser) -> RegionFacts | Unparsable:
        code = self._code(region)
        shift = region.first_line - 1
        is_indented = region.kind is RegionKind.METHOD
        if is_indented:
            code = "if 1:\n" + code
            shift -= 1
        try:
            statements = parse(code).body
        except (RecursionError, MemoryError):
            return Unparsable(_TOO_DEEP, region.first_line)
        except _FAILURES as failure:
            return _unparsable(failure, shift)
        if is_indented and statements and isinstance(statements[0], ast.If):
            statements = statements[0].body
        return self._lower(region, statements, shift)

    def _stretch(self, first: int, last: int) -> str:
        """The text from one line (from 1) to another, their ends included; nothing where it begins behind that."""
        starts = self._starts
        if first > last:
            return ""
        return self.text[starts[first - 1] : starts[last] if last < len(starts) else len(self.text)]

    def _line(self, line: int) -> str:
        """A line (from 0) without its end."""
        return self._stretch(line + 1, line + 1).rstrip("\r\n")

    def _code(self, region: Region) -> str:
        """A region's lines; in the place of those of other regions, an expression and blank lines."""
        if "\r" in self.text:
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
        lines = region.lines(self.lines)
        if region.excluded:
            first = self.lines[region.excluded[0][0] - 1]
            lines[region.excluded[0][0] - region.first_line] = first[: len(first) - len(first.lstrip())] + "0"
        return "\n".join(lines) + "\n"

    def _lower(self, region: Region, statements: list[ast.stmt], shift: int) -> RegionFacts | Unparsable:
        try:
            text = self._stretch(region.first_line, region.last_line)
            return lower(statements, Coordinates(self.text, self._starts, shift), region.owner, text)
        except (TooDeep, RecursionError):
            return Unparsable(_TOO_DEEP, region.first_line)

    def _parse_all(self, parse: Parser) -> None:
        self.is_parsed = True
        try:
            tree = parse(self.text)
        except _FAILURES as failure:
            self.broken = _unparsable(failure, 0)
            self.regions = _outlined(self.text, self._starts) or ()
            return
        pieces = _pieces(tree, self.lines)
        self.regions = tuple(region for region, _ in pieces)
        self._trees = [statements for _, statements in pieces]


def _among(wanted: frozenset[str], words: frozenset[str] | None) -> frozenset[str]:
    return wanted if words is None else wanted & words


def _lines_of(words: Iterable[str], text: str, starts: Sequence[int]) -> Iterator[int]:
    """The lines (from 0) on which one of the words stands as a whole word."""
    for word in words:
        position = text.find(word)
        while position >= 0:
            end = position + len(word)
            if not (position and _is_word(text[position - 1])) and not (end < len(text) and _is_word(text[end])):
                yield bisect_right(starts, position) - 1
            position = text.find(word, end)


def _is_word(character: str) -> bool:
    return character == "_" or character.isalnum()


def _unparsable(failure: BaseException, shift: int) -> Unparsable:
    match failure:
        case SyntaxError(lineno=line):
            # In words of our own: the parsers and the Pythons differ in theirs.
            return Unparsable(f"syntax error{f' at line {line + shift}' if line else ''}", line + shift if line else 0)
        case RecursionError() | MemoryError():
            return Unparsable(_TOO_DEEP, 0)
        case _:
            return Unparsable(str(failure), 0)


def _outlined(text: str, starts: Sequence[int]) -> tuple[Region, ...] | None:
    """The regions by the lexical outline; None where that is beyond lexical means."""
    found = outline(text)
    if found is None:
        return None
    regions: list[Region] = []
    for statement in found.statements:
        last = _last_line(starts, statement)
        until = bisect_right(starts, statement.decorated) - 1
        parts = members(text, statement) if statement.kind == "class" else ()
        if parts is None:
            return None
        methods = [part for part in parts if part.kind == "function"]
        regions.append(
            Region(
                RegionKind(statement.kind),
                statement.name,
                "",
                statement.line,
                last,
                until,
                tuple((method.line, _last_line(starts, method)) for method in methods),
            )
        )
        for method, (_, method_last) in zip(methods, regions[-1].excluded, strict=True):
            until = bisect_right(starts, method.decorated) - 1
            regions.append(Region(RegionKind.METHOD, method.name, statement.name, method.line, method_last, until))
    return tuple(regions)


def _last_line(starts: Sequence[int], statement: Statement) -> int:
    return bisect_right(starts, max(statement.start, statement.end - 1))


def _pieces(tree: ast.Module, lines: list[str]) -> list[tuple[Region, list[ast.stmt]]]:
    """The regions of a parsed file with their statements: what `_outlined` finds lexically, by the tree."""
    groups: list[list[ast.stmt]] = []
    for statement in tree.body:
        if groups and _first_line(statement, lines) <= (groups[-1][-1].end_lineno or 0):
            groups[-1].append(statement)
        else:
            groups.append([statement])
    pieces: list[tuple[Region, list[ast.stmt]]] = []
    for group in groups:
        statement = group[0]
        first, last = _first_line(statement, lines), group[-1].end_lineno or 0
        kind, name = _kind_of(group)
        if not isinstance(statement, ast.ClassDef):
            pieces.append((Region(kind, name, "", first, last, _decorated_until(statement)), group))
            continue
        methods = [part for part in statement.body if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))]
        excluded = tuple((_first_line(method, lines), method.end_lineno or 0) for method in methods)
        rest = [part for part in statement.body if part not in methods]
        statement.body = rest
        pieces.append((Region(kind, name, "", first, last, _decorated_until(statement), excluded), group))
        for method, (method_first, method_last) in zip(methods, excluded, strict=True):
            region = Region(
                RegionKind.METHOD, method.name, statement.name, method_first, method_last, _decorated_until(method)
            )
            pieces.append((region, [method]))
    return pieces


# Read by name, for 3.10 lacks it.
_COMPOUND: tuple[type[ast.stmt], ...] = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match),
    getattr(ast, "TryStar", ast.Try),
)


def _first_line(statement: ast.stmt, lines: list[str]) -> int:
    """The line that a statement begins on, which is that of its first `@` where it is decorated."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    if not decorators:
        return statement.lineno
    line = decorators[0].lineno
    # Brackets may open on lines before the decorator's expression.
    while line > 1 and not lines[line - 1].lstrip(BLANKS).startswith("@"):
        line -= 1
    return line


def _decorated_until(statement: ast.stmt) -> int:
    return statement.lineno - 1


def _kind_of(group: list[ast.stmt]) -> tuple[RegionKind, str]:
    match group:
        case [ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name)]:
            return RegionKind.FUNCTION, name
        case [ast.ClassDef(name=name), *_]:
            return RegionKind.CLASS, name
        case [ast.Import() | ast.ImportFrom(), *_]:
            return RegionKind.IMPORT, ""
        case [ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name))]:
            return RegionKind.ASSIGNMENT, name
        case [statement] if isinstance(alias := getattr(statement, "name", None), ast.Name):
            return RegionKind.ASSIGNMENT, alias.id
        case [statement] if isinstance(statement, _COMPOUND):
            return RegionKind.COMPOUND, ""
        case _:
            return RegionKind.OTHER, ""
