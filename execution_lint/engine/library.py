"""The files of one project: read once, opened when asked for, searched for needles."""

from collections.abc import Callable, Iterator
from functools import cached_property, reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from execution_lint.engine.troubles import Trouble, put
from execution_lint.source.reading import Unreadable, read
from execution_lint.source.regions import Needles
from execution_lint.source.signs import FileSigns, Sign
from execution_lint.source.telling import Telling
from execution_lint.source.text import Undecodable, decode
from execution_lint.source.words import WordIndex, may_hold

if TYPE_CHECKING:
    from execution_lint.engine.opened_source import FileSource
    from execution_lint.extract.opened import OpenedFile, Unparsable
    from execution_lint.source.dangling import CoroutineNames


class FileRecord(msgspec.Struct, frozen=True, array_like=True):
    """What was asked of the regions of a file that was opened."""

    read: tuple[int, ...]
    """Those whose facts were asked for."""
    mentions: dict[str, tuple[int, ...]]
    """By word, those that mention it."""
    bound: dict[str, tuple[int, ...]]
    """By name, those that may bind it."""
    named: frozenset[str]
    """The names of which it was asked which regions show that they define them."""
    owned: frozenset[str]
    """The names of classes of which all methods were asked for."""
    are_listed: bool
    """Whether all of them were asked for."""
    told: dict[tuple[int, Telling, str], bool]
    """What their texts have told about names."""
    whole: frozenset[int]
    """Those of which somebody may have gone through all that they say."""
    scanned: dict[str, frozenset[int]]
    """By the name of a scan, those that it went through."""
    is_parsed: bool
    is_regular: bool
    """Whether what one region says does not rest on the others."""

    def __or__(self, other: "FileRecord") -> "FileRecord":
        return FileRecord(
            tuple(sorted({*self.read, *other.read})),
            {**self.mentions, **other.mentions},
            {**self.bound, **other.bound},
            self.named | other.named,
            self.owned | other.owned,
            self.are_listed or other.are_listed,
            {**self.told, **other.told},
            self.whole | other.whole,
            {
                scan: self.scanned.get(scan, frozenset()) | other.scanned.get(scan, frozenset())
                for scan in (*self.scanned, *other.scanned)
            },
            self.is_parsed or other.is_parsed,
            self.is_regular and other.is_regular,
        )


class Record(msgspec.Struct, frozen=True, array_like=True):
    """What one process asked of the files."""

    files: dict[str, FileRecord | None]
    """Those that it opened, or (None) could not."""
    answers: tuple[tuple[Needles, dict[str, tuple[int, ...]], str | None], ...]
    """The candidates that it found, by what was looked for and by file, and up to which file it looked; None for all of
    them."""
    unawaited: dict[str, tuple[frozenset[str], tuple[int, ...]]] | None
    """The same for coroutines, with the names of the functions; None where nobody asked."""
    weighed: frozenset[bytes] | None
    """The names that decide where coroutines are looked for; None where nobody asked."""
    troubles: dict[str, Trouble]
    absent: tuple[Sign, ...]
    """The signs that stand in no file."""
    scans: dict[str, bytes]
    """What each scan looked for."""


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
    ) -> None:
        """`limit` is the size in bytes of the largest file that is read; `replaced` holds texts that stand for a file's
        own (standard input)."""
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
        self.answers: dict[Needles, dict[str, tuple[int, ...]]] = {}
        """The candidates that were found, by what was looked for and by file."""
        self.is_remembered = True
        """Whether what was asked is of use to a later run."""
        self.reached: dict[Needles, str | None] = {}
        """By what was looked for, the last file in which it was; None where it was in all."""
        self._others: list[Record] = []
        self.unawaited_answers: dict[str, tuple[frozenset[str], tuple[int, ...]]] | None = None
        """The same for coroutines, with the names of the functions; None where nobody asked."""
        self.scans: dict[str, bytes] = {}
        """What each scan looks for; empty where two of one name differ."""
        self._stands: dict[Sign, bool] = {}
        self._signs: dict[str, FileSigns] = {}

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
        parsed = {path for path, opened in self._opened.items() if opened is not None and opened.is_parsed}
        for other in self._others:
            parsed |= {path for path, record in other.files.items() if record is not None and record.is_parsed}
        return len(parsed)

    def data(self, path: str) -> bytes | None:
        """The bytes of a file; None where it cannot be read, which is noted."""
        if path not in self._data:
            try:
                self._data[path] = (
                    self._replaced[path] if path in self._replaced else read(self.root / path, self._limit)
                )
            except Unreadable as trouble:
                self.troubles[path] = Trouble(0, trouble.reason)
                self._data[path] = None
        return self._data[path]

    def opened(self, path: str) -> "OpenedFile | None":
        """The opened file; None where it cannot be read or decoded, which is noted."""
        if path not in self._opened:
            data = self.data(path)
            self._opened[path] = None
            if data is not None:
                # Imported when a file is opened: a project without subjects needs none of it.
                from execution_lint.extract.opened import OpenedFile

                try:
                    text = decode(data)
                    self._opened[path] = OpenedFile(text, _in_utf8(text, data), whole=not self._locate)
                except Undecodable as trouble:
                    self._undecodable[path] = Trouble(trouble.line, trouble.reason)
        return self._opened[path]

    def peek(self, path: str) -> "OpenedFile | None":
        """The opened file if it can be read and belongs to the project, without noting trouble."""
        return self.opened(path) if path in self._known else None

    def text(self, path: str) -> str | None:
        """The decoded text of a file of the project, which need not be opened for it; None where it cannot be had."""
        if path not in self._known:
            return None
        opened = self._opened.get(path)
        return opened.text if opened is not None else self._read(path)

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

    def open(self, path: str) -> "FileSource | None":
        """The file as the project sees it."""
        opened = self.opened(path)
        if opened is None:
            self._ask(path)
            return None
        if opened.broken is not None and not opened.regions:
            self._note(path, opened.broken)
        from execution_lint.engine.opened_source import FileSource

        return FileSource(path, opened, self._words, self.troubles)

    def _ask(self, path: str) -> None:
        """A file that cannot be decoded is trouble once somebody asks for it."""
        if path in self._undecodable:
            put(self.troubles, path, self._undecodable[path])

    def stands(self, sign: Sign) -> bool:
        """Whether a sign may stand in any file."""
        if sign not in self._stands:
            self._stands[sign] = any(signs.hold(sign) for signs in self._signs_of_files())
        return self._stands[sign]

    def announce(self, scan: str, known: bytes) -> None:
        """Say what a scan looks for."""
        if self.scans.setdefault(scan, known) != known:
            self.scans[scan] = b""

    def _signs_of_files(self) -> Iterator[FileSigns]:
        for path in self.paths:
            if path not in self._signs:
                data = self.data(path)
                if data is None:
                    continue
                self._signs[path] = FileSigns(data)
            yield self._signs[path]

    @property
    def absent(self) -> tuple[Sign, ...]:
        """The signs that were looked for and stand in no file: that anything was not looked for rests on them."""
        own = [sign for sign, stands in self._stands.items() if not stands]
        return tuple(dict.fromkeys((*own, *(sign for other in self._others for sign in other.absent))))

    def candidates(self, needles: Needles) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The regions, by file, in whose text one of the needles stands."""
        holding = self._words.holding(needles) if self._locate else dict.fromkeys(self.paths)
        answers = self.answers.setdefault(needles, {})
        for path in sorted(holding, key=self._positions.__getitem__):
            opened = self.opened(path)
            if opened is None:
                data = self.data(path)
                if data is not None and may_hold(data, needles):
                    self._ask(path)
                continue
            if opened.broken is not None and not opened.regions:
                if needles.are_beside(opened.lines) and needles.stand_in(opened.lines):
                    self._note(path, opened.broken)
                continue
            found = opened.candidates(needles, holding[path])
            if found:
                answers[path] = found
                self._reach(needles, path)
                yield path, found
        self._reach(needles, None)

    @cached_property
    def _positions(self) -> dict[str, int]:
        """By file, where it stands among all."""
        return {path: position for position, path in enumerate(self.paths)}

    def _reach(self, needles: Needles, path: str | None) -> None:
        """A search has come to a file, or (None) to the end."""
        before = self.reached.get(needles, "")
        if before is not None and (path is None or path > before):
            self.reached[needles] = path

    def unawaited(self) -> Iterator[tuple[str, dict[int, frozenset[str]], frozenset[str]]]:
        """The regions, by file, in which what a coroutine function gives may be left unawaited, told from the text, and
        the names of the functions. With each region the names before the dots of what is called; none where something
        else is called too, or where one of them may be bound."""
        from execution_lint.engine.unawaited import regions_of
        from execution_lint.source.dangling import may_promise, places

        answers = self.unawaited_answers = {}
        for path in self.paths:
            names = self._coroutines.of_file(path)
            text = self._read(path) if names else None
            if names:
                answers[path] = names, ()
            found_places = list(places(text, names, self._coroutines.places(path, text))) if text is not None else []
            if text is None or not found_places:
                continue
            if all(call.is_returned for call in found_places) and not may_promise(text):
                continue
            opened = self.opened(path)
            if opened is None:
                continue
            if opened.broken is not None and not opened.regions:
                self._note(path, opened.broken)
                continue
            found = regions_of(opened, found_places)
            if found:
                answers[path] = names, tuple(found)
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
        own = self._coroutines.weighed if "_coroutines" in self.__dict__ else None
        return next((names for names in (own, *(other.weighed for other in self._others)) if names is not None), None)

    def asked(self, path: str) -> FileRecord | None:
        """What was asked of a file's regions, by whichever process; None of one that nobody could open."""
        records = [_record_of(self._opened.get(path)), *(record.files.get(path) for record in self._others)]
        known = [record for record in records if record is not None]
        return reduce(or_, known) if known else None

    def was_opened(self, path: str) -> bool:
        """Whether opening the file was tried."""
        return path in self._opened or any(path in record.files for record in self._others)

    def read_all(self) -> None:
        """Read what every search needs, before other processes each do it for themselves."""
        self._words.gather()

    def record(self) -> Record:
        """What this process asked; where nobody remembers it, only which files it parsed."""
        if not self.is_remembered:
            files = {
                path: _NOTHING_ASKED if opened is not None and opened.is_parsed else None
                for path, opened in self._opened.items()
            }
            return Record(files, (), None, None, self.troubles, (), {})
        return Record(
            {path: _record_of(opened) for path, opened in self._opened.items()},
            tuple((needles, answers, self.reached.get(needles)) for needles, answers in self.answers.items()),
            self.unawaited_answers,
            self.weighed_names,
            self.troubles,
            self.absent,
            self.scans,
        )

    def put_down(self, record: Record) -> None:
        """Take what another process asked for asked."""
        self._others.append(record)
        for needles, answers, reached in record.answers:
            self.answers.setdefault(needles, {}).update(answers)
            self._reach(needles, reached)
        for scan, known in record.scans.items():
            self.announce(scan, known)
        if record.unawaited is not None:
            self.unawaited_answers = {**(self.unawaited_answers or {}), **record.unawaited}
        for path, trouble in record.troubles.items():
            put(self.troubles, path, trouble)

    def passed_over(self) -> Iterator[tuple[str, int]]:
        """Coroutine functions by name that so many other functions share that their calls are not looked for in every
        file, with the number of calls."""
        return self._coroutines.passed_over()

    @cached_property
    def _coroutines(self) -> "CoroutineNames":
        from execution_lint.source.dangling import CoroutineNames

        names = CoroutineNames()
        for path in self.paths:
            data = self.data(path)
            if data is not None and not data.isascii():
                text = self._read(path)
                data = _in_utf8(text, data) if text is not None else None
            if data is not None:
                names.add(path, data)
        return names

    @cached_property
    def _words(self) -> WordIndex:
        words = WordIndex()
        for path in self.paths:
            data = self.data(path)
            if data is not None:
                words.add(path, data)
        return words

    def _note(self, path: str, trouble: "Unparsable") -> None:
        put(self.troubles, path, Trouble(trouble.line, trouble.reason))


def _in_utf8(text: str, data: bytes) -> bytes:
    """The text of a file in UTF-8: the file's own bytes, wherever they are, so that nothing is kept twice."""
    encoded = text.encode("utf-8", "surrogatepass")
    return data if encoded == data else encoded


_NOTHING_ASKED = FileRecord(
    read=(),
    mentions={},
    bound={},
    named=frozenset(),
    owned=frozenset(),
    are_listed=False,
    told={},
    whole=frozenset(),
    scanned={},
    is_parsed=True,
    is_regular=True,
)
"""The record of a file that was parsed."""


def _record_of(opened: "OpenedFile | None") -> FileRecord | None:
    if opened is None:
        return None
    mentions = {word: tuple(sorted(held)) for word, held in opened.mentions.items()}
    return FileRecord(
        read=opened.read,
        mentions=mentions,
        bound=opened.bound,
        named=opened.names,
        owned=opened.owners,
        are_listed=opened.listed.are_listed,
        told=opened.told,
        whole=frozenset(opened.whole),
        scanned={scan: frozenset(regions) for scan, regions in opened.scanned.items()},
        is_parsed=opened.is_parsed,
        is_regular=opened.is_regular,
    )
