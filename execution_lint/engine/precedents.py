"""What an earlier run asked of every file, so that a run after an edit can tell that the edit changes no answer.

A project learns of its files by a few questions alone: which signs stand in them, which regions hold a needle, bear a
name, mention a word or may bind a name, and what a region says. An edit after which every question that was asked has
the answer it had cannot change what the rules find. It may change where that stands, for to what was found, a line is
only a place.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

import msgspec

from execution_lint.engine.edits import (
    SUFFIX,
    Asked,
    Edit,
    FilePrecedent,
    Questions,
    Texts,
    content_of,
    judged,
    share_of,
)
from execution_lint.engine.library import FileLibrary
from execution_lint.engine.troubles import Trouble
from execution_lint.model.finding import Finding, Related
from execution_lint.model.place import Place, Span
from execution_lint.source.discovery import FoundFile
from execution_lint.source.reading import Unreadable, read
from execution_lint.source.suppressions import may_name_us
from execution_lint.store import report_cache, texts

_MANY = 16
"""Files changed from which on it costs less to keep a precedent anew than to judge them again each time."""


class Precedent(msgspec.Struct, frozen=True, array_like=True):
    """What the rules of one run found in a project, before anything is held back, and what it rests on."""

    key: str
    mark: str
    questions: Questions
    spoken_of: dict[str, tuple[Span, ...]]
    naming_us: frozenset[str]
    files: dict[str, FilePrecedent]
    findings: tuple[Finding, ...]
    troubles: dict[str, Trouble]
    undecided: tuple[tuple[str, str, int], ...]
    confirmed: frozenset[Place]
    """The places of the findings that libcst has confirmed."""
    read: int
    parsed: int

    def unconfirmed(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that libcst was not asked about."""
        return [finding for finding in findings if finding.place not in self.confirmed]


class Followed(NamedTuple):
    """A precedent that stands."""

    precedent: Precedent
    """With everything where it stands now."""
    otherwise: tuple[str, ...]
    """The files that something is said of, and that are not as the precedent has found them."""


class Pack:
    """Texts, packed to be kept one after the other."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self._size = 0

    def add(self, text: bytes) -> texts.Stretch:
        """Take in a packed text; where it will be kept."""
        self.texts.append(text)
        self._size += len(text)
        return self._size - len(text), len(text)


def taken(
    library: FileLibrary,
    files: Iterable[FoundFile],
    findings: Iterable[Finding],
    troubles: Mapping[str, Trouble],
    undecided: tuple[tuple[str, str, int], ...],
    confirmed: Iterable[Finding],
) -> tuple[Precedent, Pack]:
    """The precedent that a run over `files` makes, which has asked its `library`, and the texts that it rests on."""
    words: dict[str, int] = {}
    pack = Pack()
    needles = {wanted: number for number, wanted in enumerate(library.answers)}
    weighed = library.weighed_names
    held: dict[str, dict[int, tuple[int, ...]]] = {}
    for wanted, answers in library.answers.items():
        for path, regions in answers.items():
            held.setdefault(path, {})[needles[wanted]] = regions
    known = {}
    for file in files:
        asked = _asked(library, file.path, held.get(file.path, {}), words)
        known[file.path] = _of_file(file, library, asked, weighed, pack, is_troubled=file.path in troubles)
    findings = tuple(findings)
    precedent = Precedent(
        "",
        os.urandom(8).hex(),
        Questions(
            tuple(words),
            tuple(needles),
            tuple(library.reached.get(wanted) for wanted in needles),
            tuple(sorted(weighed)) if weighed is not None else None,
            library.absent,
            library.scans,
        ),
        _spoken_of(findings, troubles),
        frozenset(library.holding(may_name_us)),
        known,
        findings,
        dict(troubles),
        undecided,
        frozenset(finding.place for finding in confirmed),
        library.read_count,
        library.parsed_count,
    )
    return precedent, pack


def _asked(library: FileLibrary, path: str, candidates: dict[int, tuple[int, ...]], words: dict[str, int]) -> Asked:
    """What was asked of a file, its words numbered in `words`."""

    def number(word: str) -> int:
        return words.setdefault(word, len(words))

    names, held = (library.unawaited_answers or {}).get(path, (frozenset(), ()))
    unawaited = (tuple(sorted(names)), held) if names else None
    record = library.asked(path)
    if record is None:
        return Asked(candidates, unawaited)
    return Asked(
        candidates,
        unawaited,
        facts=record.read,
        mentions={number(word): held for word, held in record.mentions.items()},
        bound={number(name): held for name, held in record.bound.items()},
        named=tuple(number(name) for name in record.named),
        owned=tuple(number(owner) for owner in record.owned),
        are_listed=record.are_listed,
        told=tuple(
            (region, question, number(name), answer) for (region, question, name), answer in record.told.items()
        ),
        partly=tuple(region for region in record.read if region not in record.whole),
        scanned={scan: tuple(sorted(regions)) for scan, regions in record.scanned.items()},
    )


def _of_file(
    file: FoundFile,
    library: FileLibrary,
    asked: Asked,
    weighed: frozenset[bytes] | None,
    pack: Pack,
    *,
    is_troubled: bool,
) -> FilePrecedent:
    data = library.data(file.path)
    record = library.asked(file.path)
    is_readable = record.is_regular if record is not None else not library.was_opened(file.path)
    part = share_of(data, weighed) if data is not None and is_readable and not is_troubled else None
    return FilePrecedent(
        file.size,
        file.mtime_ns,
        file.inode,
        content_of(data) if data is not None else b"",
        part if part is not None else b"",
        part is not None,
        pack.add(texts.packed(data)) if data is not None and part is not None and record is not None else None,
        msgspec.Raw(msgspec.msgpack.encode(asked)),
    )


def _spoken_of(findings: Iterable[Finding], troubles: Iterable[str]) -> dict[str, tuple[Span, ...]]:
    """Where something was found, or what explains it lies, by file."""
    found: dict[str, set[Span]] = {path: set() for path in troubles}
    for finding in findings:
        for place in _places(finding):
            found.setdefault(place.path, set()).add(place.span)
    return {path: tuple(sorted(spans)) for path, spans in found.items()}


def _places(finding: Finding) -> Iterable[Place]:
    yield finding.place
    yield from (related.place for related in finding.related)
    for entry in finding.entries:
        yield entry.place
        yield from (step.place for step in entry.chain)


def save(folder: str, key: str, precedent: Precedent, pack: Pack) -> None:
    """Keep a precedent and its texts under `key` in the cache's folder; in silence where that fails, for the report's
    failure is said."""
    with suppress(UnicodeEncodeError):
        content = msgspec.msgpack.encode(msgspec.structs.replace(precedent, key=key))
        texts.save(folder, key, pack.texts)
        report_cache.write_entry(folder, key, SUFFIX, content)


def standing(
    folder: str, key: str, library: FileLibrary, files: tuple[FoundFile, ...], explicit: frozenset[str]
) -> Followed | None:
    """The precedent kept under `key`, if every question it rests on still has the same answer; else None.

    `explicit` are the files that must be parsable as a whole. Where many files have changed since, a precedent that
    stands is kept anew, for the files as they are now.
    """
    content = report_cache.read_entry(folder, key, SUFFIX)
    if content is None:
        return None
    try:
        precedent = msgspec.msgpack.decode(content, type=Precedent)
    except msgspec.MsgspecError:
        return None
    if precedent.key != key or len(files) != len(precedent.files):
        return None
    kept = Texts(folder, key)
    changed = _changed(precedent, library, files, explicit, kept)
    if changed is None:
        return None
    followed = _followed(precedent, changed)
    if followed is not None and len(changed) > _MANY:
        renewed, pack = _renewed(followed.precedent, changed, kept)
        save(folder, key, renewed, pack)
        return Followed(renewed, ())
    return followed


class _Change(NamedTuple):
    """A file that is not as it was."""

    file: FoundFile
    data: bytes
    edit: Edit | None
    """None where its content is the same."""


def _changed(
    precedent: Precedent,
    library: FileLibrary,
    files: tuple[FoundFile, ...],
    explicit: frozenset[str],
    kept: Texts,
) -> dict[str, _Change] | None:
    """The files that are not as they were; None where one of them may change an answer."""
    now = time.time()
    changed: dict[str, _Change] = {}
    if any(file.path not in precedent.files for file in files):
        return None
    for file in files:
        before = precedent.files[file.path]
        is_settled = file.mtime_ns < (now - 2) * 1e9
        if is_settled and (file.size, file.mtime_ns, file.inode) == (before.size, before.mtime_ns, before.inode):
            continue
        try:
            data = read(library.root / file.path)
        except Unreadable:
            return None
        edit = None
        if content_of(data) != before.content:
            edit = judged(file.path, before, data, precedent.questions, kept.read)
            if edit is None:
                return None
        changed[file.path] = _Change(file, data, edit)
    for path in explicit:
        opened = library.peek(path)
        if path not in precedent.troubles and (opened is None or opened.check() is not None):
            return None
    return changed


def _followed(precedent: Precedent, changed: Mapping[str, _Change]) -> Followed | None:
    """The precedent with everything where it stands after these changes; None where that is not known."""
    edits = {path: change.edit for path, change in changed.items() if change.edit is not None}
    moves = {path: edit.moves for path, edit in edits.items() if path in precedent.spoken_of}
    naming_us = {path for path in edits if may_name_us(changed[path].data)} | (precedent.naming_us - edits.keys())
    otherwise = tuple(sorted(edits.keys() & (moves.keys() | naming_us | precedent.naming_us)))
    if not otherwise:
        return Followed(precedent, ())

    def now(place: Place) -> Place:
        if place.path not in moves:
            return place
        known = moves[place.path]
        span = known.span(place.span) if known is not None else None
        if span is None:
            raise _Lost
        return Place(place.path, span)

    try:
        findings = tuple(_moved(finding, now) for finding in precedent.findings)
        confirmed = frozenset(map(now, precedent.confirmed))
    except _Lost:
        return None
    moved = msgspec.structs.replace(
        precedent,
        findings=findings,
        confirmed=confirmed,
        naming_us=frozenset(naming_us),
        spoken_of=_spoken_of(findings, precedent.troubles),
    )
    return Followed(moved, otherwise)


class _Lost(Exception):
    """A place that stands nowhere any more."""


def _moved(finding: Finding, now: Callable[[Place], Place]) -> Finding:
    """A finding where it stands now."""

    def related(given: tuple[Related, ...]) -> tuple[Related, ...]:
        return tuple(msgspec.structs.replace(item, place=now(item.place)) for item in given)

    return msgspec.structs.replace(
        finding,
        place=now(finding.place),
        related=related(finding.related),
        entries=tuple(
            msgspec.structs.replace(entry, place=now(entry.place), chain=related(entry.chain))
            for entry in finding.entries
        ),
    )


def _renewed(precedent: Precedent, changed: Mapping[str, _Change], kept: Texts) -> tuple[Precedent, Pack]:
    """The precedent for the files as they are now, under a mark of its own: what was shown before, it does not know."""
    pack = Pack()
    files = {}
    for path, before in precedent.files.items():
        change = changed.get(path)
        file = before
        if change is not None:
            found = change.file
            file = msgspec.structs.replace(file, size=found.size, mtime_ns=found.mtime_ns, inode=found.inode)
        if change is not None and change.edit is not None:
            asked = msgspec.Raw(msgspec.msgpack.encode(change.edit.now()))
            file = msgspec.structs.replace(file, content=content_of(change.data), asked=asked)
        if before.text is not None:
            is_edited = change is not None and change.edit is not None
            packed = texts.packed(change.data) if change is not None and is_edited else kept.read_packed(before)
            file = msgspec.structs.replace(file, text=pack.add(packed or b""))
        files[path] = file
    return msgspec.structs.replace(precedent, mark=os.urandom(8).hex(), files=files), pack
