"""What an earlier run asked of every file, so that a run after an edit can tell that the edit changes no answer.

A project learns of its files by five questions alone: which regions hold a needle, which regions there are, whether a
region mentions a word, which may bind a name, and what a region says. An edit after which every question that was
asked has the answer it had cannot change what the rules find. Regions are compared by their text, wherever they
stand: to what was found, a line is only a place, so that a file in which something was found must not change at all.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import blake2b

import msgspec

from execution_lint.engine.library import FileLibrary, Trouble
from execution_lint.extract.opened import OpenedFile
from execution_lint.model.finding import Finding
from execution_lint.model.place import Place
from execution_lint.source.dangling import dangling, share
from execution_lint.source.discovery import FoundFile
from execution_lint.source.reading import Unreadable, read
from execution_lint.source.regions import Needles
from execution_lint.source.suppressions import may_name_us
from execution_lint.source.text import Undecodable, decode
from execution_lint.source.words import WordIndex
from execution_lint.store import report_cache

_SUFFIX = ".precedent"
_DIGEST = 8


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """What was asked of one file's regions; words and needles are numbers in the lists of the precedent."""

    facts: tuple[int, ...]
    """The regions that were read."""
    mentions: dict[int, tuple[int, ...]]
    """By word, the regions that mention it."""
    bound: dict[int, tuple[int, ...]]
    """By word, the regions that may bind it as a name."""
    candidates: dict[int, tuple[int, ...]]
    """By needles, the regions that hold one."""
    unawaited: tuple[tuple[str, ...], tuple[int, ...]] | None
    """The names of coroutine functions that were looked for, and the regions that may leave one unawaited."""


class FilePrecedent(msgspec.Struct, frozen=True, array_like=True):
    """One file as the run found it."""

    size: int
    mtime_ns: int
    inode: int
    content: bytes
    """The digest of its bytes."""
    share: bytes
    """The digest of its share in the names of coroutine functions; empty where nobody asked for them."""
    is_firm: bool
    """Whether an edit can be judged at all."""
    regions: bytes | None
    """The digests of its regions, one after the other; None where nobody asked for them."""
    asked: msgspec.Raw


class Precedent(msgspec.Struct, frozen=True, array_like=True):
    """What the rules of one run found in a project, before anything is held back, and what it rests on."""

    key: str
    words: tuple[str, ...]
    needles: tuple[Needles, ...]
    weighed: tuple[bytes, ...] | None
    """The names that decide where coroutines are looked for; None where nobody asked."""
    files: dict[str, FilePrecedent]
    findings: tuple[Finding, ...]
    troubles: dict[str, Trouble]
    undecided: tuple[tuple[str, str, int], ...]
    naming_us: tuple[str, ...]
    """The files that may hold a suppression."""
    confirmed: frozenset[Place]
    """The places of the findings that libcst has confirmed."""
    read: int
    parsed: int

    def unconfirmed(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that libcst was not asked about."""
        return [finding for finding in findings if finding.place not in self.confirmed]


def taken(
    library: FileLibrary,
    files: Iterable[FoundFile],
    findings: Iterable[Finding],
    troubles: Mapping[str, Trouble],
    undecided: tuple[tuple[str, str, int], ...],
    confirmed: Iterable[Finding],
) -> Precedent:
    """The precedent that a run over `files` makes, which has asked its `library`."""
    words: dict[str, int] = {}
    needles = {wanted: number for number, wanted in enumerate(library.answers)}
    weighed = library.weighed_names
    held: dict[str, dict[int, tuple[int, ...]]] = {}
    for wanted, answers in library.answers.items():
        for path, regions in answers.items():
            held.setdefault(path, {})[needles[wanted]] = regions
    known = {
        file.path: _of_file(file, library, words, held.get(file.path, {}), weighed, file.path in troubles)
        for file in files
    }
    return Precedent(
        "",
        tuple(words),
        tuple(needles),
        tuple(sorted(weighed)) if weighed is not None else None,
        known,
        tuple(findings),
        dict(troubles),
        undecided,
        library.holding(may_name_us),
        frozenset(finding.place for finding in confirmed),
        library.read_count,
        library.parsed_count,
    )


def _of_file(
    file: FoundFile,
    library: FileLibrary,
    words: dict[str, int],
    candidates: dict[int, tuple[int, ...]],
    weighed: frozenset[bytes] | None,
    has_trouble: bool,
) -> FilePrecedent:
    data = library.data(file.path)
    record = library.asked(file.path)
    names, held = (library.unawaited_answers or {}).get(file.path, (frozenset(), ()))
    unawaited = (tuple(sorted(names)), held) if names else None
    regions: bytes | None = None
    asked = Asked((), {}, {}, candidates, unawaited)
    is_firm = data is not None and not has_trouble
    opened = library.peek(file.path) if record is not None else None
    if record is not None and opened is not None:
        is_firm = is_firm and record.is_regular
        regions = _digests(opened)
        mentions = {words.setdefault(word, len(words)): held for word, held in record.mentions.items()}
        bound = {words.setdefault(name, len(words)): held for name, held in record.bound.items()}
        asked = Asked(record.read, mentions, bound, candidates, unawaited)
    elif library.was_opened(file.path):
        is_firm = False
    part = _share(data, weighed) if is_firm and data is not None else b""
    return FilePrecedent(
        file.size,
        file.mtime_ns,
        file.inode,
        _content(data) if data is not None else b"",
        part if part is not None else b"",
        is_firm and part is not None,
        regions,
        msgspec.Raw(msgspec.msgpack.encode(asked)),
    )


def _share(data: bytes, weighed: frozenset[bytes] | None) -> bytes | None:
    """The digest of a file's share in the names of coroutine functions; None where it cannot be decoded."""
    if weighed is None:
        return b""
    try:
        text = data if data.isascii() else decode(data).encode("utf-8", "surrogatepass")
    except Undecodable:
        return None
    return _digest(share(text, weighed))


def save(folder: str, key: str, precedent: Precedent) -> None:
    """Keep a precedent under `key` in the cache's folder; in silence where that fails, for the report's failure is
    said."""
    with suppress(UnicodeEncodeError):
        content = msgspec.msgpack.encode(msgspec.structs.replace(precedent, key=key))
        report_cache.write_entry(folder, key, _SUFFIX, content)


def standing(
    folder: str, key: str, library: FileLibrary, files: tuple[FoundFile, ...], explicit: frozenset[str]
) -> Precedent | None:
    """The precedent kept under `key`, if every question it rests on still has the same answer; else None.

    `explicit` are the files that must be parsable as a whole. A precedent that stands is kept anew, for the files as
    they are now.
    """
    content = report_cache.read_entry(folder, key, _SUFFIX)
    if content is None:
        return None
    try:
        precedent = msgspec.msgpack.decode(content, type=Precedent)
    except msgspec.MsgspecError:
        return None
    if precedent.key != key or len(files) != len(precedent.files):
        return None
    found = _compared(precedent, library, files, explicit)
    if found is not None and found != precedent.files:
        precedent = msgspec.structs.replace(precedent, files=found)
        save(folder, key, precedent)
    return precedent if found is not None else None


def _compared(
    precedent: Precedent, library: FileLibrary, files: tuple[FoundFile, ...], explicit: frozenset[str]
) -> dict[str, FilePrecedent] | None:
    """The files as they are now; None where one of them may change an answer."""
    now = time.time()
    if any(file.path not in precedent.files for file in files):
        return None
    known = dict(precedent.files)
    spoken_of = set(_paths(precedent))
    for file in files:
        before = known[file.path]
        is_settled = file.mtime_ns < (now - 2) * 1e9
        if is_settled and (file.size, file.mtime_ns, file.inode) == (before.size, before.mtime_ns, before.inode):
            continue
        try:
            data = read(library.root / file.path)
        except Unreadable:
            return None
        if _content(data) == before.content:
            known[file.path] = msgspec.structs.replace(before, size=file.size, mtime_ns=file.mtime_ns, inode=file.inode)
            continue
        if file.path in spoken_of or not before.is_firm or may_name_us(data):
            return None
        after = _judged(before, data, precedent)
        if after is None:
            return None
        known[file.path] = msgspec.structs.replace(after, size=file.size, mtime_ns=file.mtime_ns, inode=file.inode)
    for path in explicit:
        opened = library.peek(path)
        if path not in precedent.troubles and (opened is None or opened.check() is not None):
            return None
    return known


def _judged(before: FilePrecedent, data: bytes, precedent: Precedent) -> FilePrecedent | None:
    """A file after an edit that changes no answer; None where it changes one, or may."""
    try:
        opened = OpenedFile(decode(data))
    except Undecodable:
        return None
    if not opened.is_regular:
        return None
    weighed = frozenset(precedent.weighed) if precedent.weighed is not None else None
    if _share(data, weighed) != before.share:
        return None
    asked = msgspec.msgpack.decode(before.asked, type=Asked)
    if asked.unawaited is not None:
        names, held = asked.unawaited
        if opened.regions_at(dangling(opened.text, frozenset(names))) != held:
            return None
    regions: bytes | None = None
    if before.regions is not None:
        regions = _digests(opened)
        if len(regions) != len(before.regions):
            return None
        changed = {
            index
            for index in range(len(opened.regions))
            if _at(regions, index)[:_DIGEST] != _at(before.regions, index)[:_DIGEST]
        }
        # How a region is named is known to whoever has opened the file.
        if any(
            _at(regions, index)[_DIGEST:] != _at(before.regions, index)[_DIGEST:] for index in changed
        ) or not changed.isdisjoint(asked.facts):
            return None
        for word, held in asked.mentions.items():
            if tuple(sorted(opened.mentioning(precedent.words[word]))) != held:
                return None
        for word, held in asked.bound.items():
            if opened.binding(precedent.words[word]) != held:
                return None
    index = WordIndex()
    index.add("", data)
    for number, needles in enumerate(precedent.needles):
        holding = index.holding(needles)
        found = opened.candidates(needles, holding[""]) if "" in holding else ()
        if found != asked.candidates.get(number, ()):
            return None
    return msgspec.structs.replace(before, content=_content(data), regions=regions)


def _paths(precedent: Precedent) -> Iterator[str]:
    """The files in which something was found, or that explain it, or that say what is not to be reported."""
    yield from precedent.naming_us
    yield from precedent.troubles
    for finding in precedent.findings:
        yield finding.place.path
        for related in finding.related:
            yield related.place.path


def _digests(opened: OpenedFile) -> bytes:
    """The digest of each region's text, and of its name and kind, wherever it stands."""
    found = []
    for index, region in enumerate(opened.regions):
        found.append(_digest(opened.own_text(index).encode("utf-8", "surrogatepass")))
        shape = (region.kind.value, region.name, region.owner)
        found.append(_digest("\0".join(shape).encode("utf-8", "surrogatepass")))
    return b"".join(found)


def _at(digests: bytes, index: int) -> bytes:
    return digests[2 * _DIGEST * index : 2 * _DIGEST * (index + 1)]


def _content(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST).digest()
