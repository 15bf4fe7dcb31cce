"""The files of one project: read once, opened when asked for, searched for needles."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from execution_lint.engine.pool import Wanted, read_ahead
from execution_lint.extract.opened import OpenedFile, Unparsable
from execution_lint.facts.scopes import RegionFacts
from execution_lint.source.dangling import CoroutineNames, dangling
from execution_lint.source.reading import Unreadable, read
from execution_lint.source.regions import Needles, Region
from execution_lint.source.text import Undecodable, decode
from execution_lint.source.words import WordIndex, may_hold


class Trouble:
    """Why a file, or a part of it, could not be looked at."""

    __slots__ = ("line", "reason")

    def __init__(self, reason: str, line: int) -> None:
        self.reason = reason
        self.line = line


class FileSource:
    """An opened file as the project sees it: trouble with a region is noted, and the region is silent."""

    def __init__(self, path: str, opened: OpenedFile, words: WordIndex, troubles: dict[str, Trouble]) -> None:
        self._path = path
        self._opened = opened
        self._words = words
        self._troubles = troubles

    @property
    def regions(self) -> tuple[Region, ...]:
        """Its regions, in the order of the text."""
        return self._opened.regions

    def mentioning(self, word: str) -> frozenset[int]:
        """The regions in whose text a word stands."""
        return self._opened.mentioning(word, can_stand=self._words.can_hold(self._path, word))

    def binding(self, name: str) -> tuple[int, ...]:
        """The regions that may bind a name and do not show which they bind."""
        return self._opened.binding(name)

    def facts(self, index: int) -> RegionFacts | None:
        """What a region says; None where it cannot be parsed."""
        try:
            return self._opened.facts(index)
        except Unparsable as trouble:
            self._troubles.setdefault(self._path, Trouble(trouble.reason, trouble.line))
            return None


class FileLibrary:
    """The files of a project on disk.

    With `locate` false each file is parsed whole, and searched region by region: slow, and equal by contract.
    """

    def __init__(
        self,
        root: Path,
        paths: tuple[str, ...],
        limit: int,
        *,
        locate: bool,
        replaced: dict[str, bytes],
        jobs: int = 1,
    ) -> None:
        """`limit` is the size in bytes of the largest file that is read, `jobs` how many processes may parse at once;
        `replaced` holds texts that stand for a file's own (standard input).
        """
        self.root = root
        self.paths = paths
        self.troubles: dict[str, Trouble] = {}
        self._known = frozenset(paths)
        self._limit = limit
        self._locate = locate
        self._jobs = jobs
        self._replaced = replaced
        self._undecodable: dict[str, Trouble] = {}
        self._data: dict[str, bytes | None] = {}
        self._opened: dict[str, OpenedFile | None] = {}
        self.answers: dict[Needles, dict[str, tuple[int, ...]]] = {}
        """The candidates that were found, by what was looked for and by file."""
        self.unawaited_answers: dict[str, tuple[frozenset[str], tuple[int, ...]]] | None = None
        """The same for coroutines, with the names of the functions; None where nobody asked."""

    @cached_property
    def package(self) -> str:
        """Dotted name of the package that the root itself is, if it has an `__init__.py`; empty otherwise."""
        names: list[str] = []
        folder = self.root
        while (folder / "__init__.py").is_file() and folder.parent != folder:
            names.insert(0, folder.name)
            folder = folder.parent
        return ".".join(names)

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
                self._data[path] = (
                    self._replaced[path] if path in self._replaced else read(self.root / path, self._limit)
                )
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
        return FileSource(path, opened, self._words, self.troubles)

    def _ask(self, path: str) -> None:
        """A file that cannot be decoded is trouble once somebody asks for it."""
        if path in self._undecodable:
            self.troubles.setdefault(path, self._undecodable[path])

    def candidates(self, needles: Needles) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The regions, by file, in whose text one of the needles stands."""
        holding = self._words.holding(needles) if self._locate else dict.fromkeys(self.paths)
        answers = self.answers.setdefault(needles, {})
        for path in self.paths:
            if path not in holding:
                continue
            opened = self.opened(path)
            if opened is None:
                data = self.data(path)
                if data is not None and may_hold(data, needles):
                    self._ask(path)
                continue
            if opened.broken is not None and not opened.regions:
                if needles.stand_in(opened.lines):
                    self._note(path, opened.broken)
                continue
            if self._locate:
                found = opened.candidates(needles, holding[path])
            else:
                found = tuple(
                    index for index, region in enumerate(opened.regions) if needles.stand_in(region.lines(opened.lines))
                )
            if found:
                answers[path] = found
                yield path, found

    def unawaited(self) -> Iterator[tuple[str, tuple[int, ...], frozenset[str]]]:
        """The regions, by file, in which what a coroutine function gives may be left unawaited, told from the text, and
        the names of the functions."""
        answers = self.unawaited_answers = {}
        for path in self.paths:
            names = self._coroutines.of_file(path)
            text = self._read(path) if names else None
            if names:
                answers[path] = names, ()
            if text is None or next(dangling(text, names), None) is None:
                continue
            opened = self.opened(path)
            if opened is None:
                continue
            if opened.broken is not None and not opened.regions:
                self._note(path, opened.broken)
                continue
            found = opened.regions_at(dangling(opened.text, names))
            if found:
                answers[path] = names, found
                yield path, found, names

    def _read(self, path: str) -> str | None:
        """The text of a file, without opening it; None where it cannot be had."""
        data = self.data(path)
        try:
            return decode(data) if data is not None else None
        except Undecodable:
            return None

    @property
    def weighed_names(self) -> frozenset[bytes] | None:
        """The names that decide where coroutines are looked for; None where nobody asked."""
        return self._coroutines.weighed if "_coroutines" in self.__dict__ else None

    def known(self, path: str) -> OpenedFile | None:
        """The file, if it was opened."""
        return self._opened.get(path)

    def was_opened(self, path: str) -> bool:
        """Whether opening the file was tried."""
        return path in self._opened

    def passed_over(self) -> Iterator[tuple[str, int]]:
        """Coroutine functions by name that so many other functions share that their calls are not looked for in every
        file, with the number of calls."""
        return self._coroutines.passed_over()

    @cached_property
    def _coroutines(self) -> CoroutineNames:
        names = CoroutineNames()
        for path in self.paths:
            data = self.data(path)
            if data is not None and not data.isascii():
                text = self._read(path)
                data = text.encode("utf-8", "surrogatepass") if text is not None else None
            if data is not None:
                names.add(path, data)
        return names

    def prepare(self, wanted: Mapping[str, Iterable[int]]) -> None:
        """Read regions that will be asked for, in several processes where that is quicker."""
        if self._jobs > 1 and self._locate:
            opened = ((self.peek(path), regions) for path, regions in sorted(wanted.items()))
            read_ahead(
                (Wanted(file, tuple(sorted(regions))) for file, regions in opened if file is not None), self._jobs
            )

    @cached_property
    def _words(self) -> WordIndex:
        words = WordIndex()
        for path in self.paths:
            data = self.data(path)
            if data is not None:
                words.add(path, data)
        return words

    def _note(self, path: str, trouble: Unparsable) -> None:
        self.troubles.setdefault(path, Trouble(trouble.reason, trouble.line))
