"""The files of one project: read once, opened when asked for, searched for needles."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from execution_lint.extract.opened import OpenedFile, Unparsable
from execution_lint.facts.scopes import RegionFacts
from execution_lint.source.reading import Unreadable, read
from execution_lint.source.regions import Needles, Region, words_in
from execution_lint.source.text import Undecodable, declared_encoding, decode

_MANY_WORDS = 16
"""From so many needles on, splitting a file into words costs less than searching it for each."""

_TABLE = bytes(
    byte if byte >= 0x80 or chr(byte).isalnum() or byte == ord("_") else ord(" ") for byte in range(256)
)


class Trouble:
    """Why a file, or a part of it, could not be looked at."""

    __slots__ = ("line", "reason")

    def __init__(self, reason: str, line: int) -> None:
        self.reason = reason
        self.line = line


class FileSource:
    """An opened file as the project sees it: trouble with a region is noted, and the region is silent."""

    def __init__(self, path: str, opened: OpenedFile, troubles: dict[str, Trouble]) -> None:
        self._path = path
        self._opened = opened
        self._troubles = troubles

    @property
    def regions(self) -> tuple[Region, ...]:
        """Its regions, in the order of the text."""
        return self._opened.regions

    def mentions(self, index: int, word: str) -> bool:
        """Whether a word stands in a region's text."""
        return self._opened.mentions(index, word)

    def facts(self, index: int) -> RegionFacts | None:
        """What a region says; None where it cannot be parsed."""
        try:
            return self._opened.facts(index)
        except Unparsable as trouble:
            note = self._opened.broken or trouble
            self._troubles.setdefault(self._path, Trouble(note.reason, note.line or trouble.line))
            return None


class FileLibrary:
    """The files of a project on disk. With `locate` false each file is parsed whole, and searched region by region: slow, and equal by contract."""

    def __init__(self, root: Path, paths: tuple[str, ...], limit: int, *, locate: bool, replaced: dict[str, bytes]) -> None:
        """`replaced` holds texts that stand for a file's own (standard input); `limit` is the size in bytes of the largest file that is read."""
        self.root = root
        self.paths = paths
        self.troubles: dict[str, Trouble] = {}
        self._known = frozenset(paths)
        self._limit = limit
        self._locate = locate
        self._replaced = replaced
        self._undecodable: dict[str, Trouble] = {}
        self._data: dict[str, bytes | None] = {}
        self._opened: dict[str, OpenedFile | None] = {}
        self._respelled: dict[str, frozenset[str] | None] = {}

    @property
    def read_count(self) -> int:
        """How many files were read."""
        return sum(data is not None for data in self._data.values())

    @property
    def parsed_count(self) -> int:
        """Of how many files at least one region was parsed."""
        return sum(opened is not None and opened.is_parsed for opened in self._opened.values())

    def data(self, path: str) -> bytes | None:
        """The bytes of a file; None where it cannot be read, which is noted."""
        if path not in self._data:
            try:
                self._data[path] = self._replaced[path] if path in self._replaced else read(self.root / path, self._limit)
            except Unreadable as trouble:
                self.troubles[path] = Trouble(trouble.reason, 0)
                self._data[path] = None
        return self._data[path]

    def opened(self, path: str) -> OpenedFile | None:
        """The opened file; None where it cannot be read or decoded, which is noted."""
        if path not in self._opened:
            data = self.data(path)
            self._opened[path] = None
            if data is not None:
                try:
                    self._opened[path] = OpenedFile(decode(data), whole=not self._locate)
                except Undecodable as trouble:
                    self._undecodable[path] = Trouble(trouble.reason, trouble.line)
        return self._opened[path]

    def peek(self, path: str) -> OpenedFile | None:
        """The opened file if it can be read and belongs to the project, without noting trouble."""
        return self.opened(path) if path in self._known else None

    def text(self, path: str) -> str | None:
        """The decoded text of a file; None where it cannot be had."""
        opened = self.peek(path)
        return opened.text if opened is not None else None

    def check(self, path: str) -> None:
        """Look at a file as a whole, because it was asked for by name: what cannot be parsed is noted."""
        opened = self.opened(path)
        if opened is None:
            self._ask(path)
            return
        trouble = opened.check()
        if trouble is not None:
            self._note(path, trouble)

    def holding(self, test: Callable[[bytes], bool]) -> tuple[str, ...]:
        """The files whose bytes pass a test."""
        return tuple(path for path in self.paths if (data := self.data(path)) is not None and test(data))

    def open(self, path: str) -> FileSource | None:
        """The file as the project sees it."""
        opened = self.opened(path)
        if opened is None:
            self._ask(path)
            return None
        if opened.broken is not None and not opened.regions:
            self._note(path, opened.broken)
        return FileSource(path, opened, self.troubles)

    def _ask(self, path: str) -> None:
        """A file that cannot be decoded is trouble once somebody asks for it."""
        if path in self._undecodable:
            self.troubles.setdefault(path, self._undecodable[path])

    def candidates(self, needles: Needles) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The regions, by file, in whose text one of the needles stands."""
        gate = _Gate(needles)
        for path in self.paths:
            data = self.data(path)
            if data is None or (self._locate and not self._may_hold(path, data, gate)):
                continue
            opened = self.opened(path)
            if opened is None:
                if gate.may_hold(data, frozenset()):
                    self._ask(path)
                continue
            if opened.broken is not None and not opened.regions:
                if needles.stand_in(opened.lines):
                    self._note(path, opened.broken)
                continue
            if self._locate:
                found = opened.candidates(needles)
            else:
                found = tuple(
                    index for index, region in enumerate(opened.regions) if needles.stand_in(region.lines(opened.lines))
                )
            if found:
                yield path, found

    def _may_hold(self, path: str, data: bytes, gate: "_Gate") -> bool:
        if path not in self._respelled:
            self._respelled[path] = _respelled(data)
        respelled = self._respelled[path]
        return respelled is None or gate.may_hold(data, respelled)

    def _note(self, path: str, trouble: Unparsable) -> None:
        self.troubles.setdefault(path, Trouble(trouble.reason, trouble.line))


class _Gate:
    """Tells from the bytes of a file whether a needle can stand in it: rather yes than no."""

    def __init__(self, needles: Needles) -> None:
        self._needles = needles
        self._words = tuple(sorted(word.encode() for word in needles.words))
        self._decorators = frozenset(word.encode() for word in needles.decorators)
        alternatives = b"|".join(sorted(re.escape(word) for word in self._decorators))
        self._decorator = re.compile(rb"(?:%s)" % alternatives)

    def may_hold(self, data: bytes, respelled: frozenset[str]) -> bool:
        """Whether the file is worth opening; `respelled` are names in it that its bytes spell otherwise."""
        if respelled and not (respelled.isdisjoint(self._needles.words) and respelled.isdisjoint(self._needles.decorators)):
            return True
        return self._has_word(data) or self._has_decorator(data)

    def _has_word(self, data: bytes) -> bool:
        if len(self._words) < _MANY_WORDS or not data.isascii():
            return any(word in data for word in self._words)
        return not set(data.translate(_TABLE).split()).isdisjoint(self._words)

    def _has_decorator(self, data: bytes) -> bool:
        """Whether a needle stands between a line that begins with `@` and the definition that follows it."""
        if not self._decorators or b"@" not in data:
            return False
        start = _DECORATION.search(data)
        while start is not None:
            definition = _DEFINITION.search(data, start.end())
            end = definition.start() if definition is not None else len(data)
            if self._decorator.search(data, start.end(), end) is not None:
                return True
            start = _DECORATION.search(data, end)
        return False


_DECORATION = re.compile(rb"(?:^(?:\xef\xbb\xbf)?|[\r\n])[ \t\f]*@")
_DEFINITION = re.compile(rb"[\r\n][ \t\f]*(?:def|class|async)\b")
_PLAIN_ENCODINGS = frozenset({"", "utf-8", "ascii"})
_RESPELLED = re.compile(r"[A-Za-z0-9_]*[^\x00-\x7f][^\x00-/:-@\[-^`{-\x7f]*")


def _respelled(data: bytes) -> frozenset[str] | None:
    """The names in a file that Python reads otherwise than its bytes spell them (NFKC); None where its encoding may hide any name."""
    if declared_encoding(data) not in _PLAIN_ENCODINGS:
        return None
    if data.isascii():
        return frozenset()
    try:
        text = decode(data)
    except Undecodable:
        return frozenset()
    written = {word for word in _RESPELLED.findall(text) if not unicodedata.is_normalized("NFKC", word)}
    return frozenset(name for word in written for name in words_in(word))
