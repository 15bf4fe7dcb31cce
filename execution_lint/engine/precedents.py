"""What an earlier run asked of every file, so that a run after an edit can tell that the edit changes no answer.

A project learns of its files by six questions alone: which signs stand in them, which regions hold a needle, which
regions there are, whether a region mentions a word, which may bind a name, and what a region says. An edit after which
every question that was asked has the answer it had cannot change what the rules find. Regions are compared by their
text, wherever they stand: to what was found, a line is only a place, so that a file in which something was found must
not change at all.
"""

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress

import msgspec

from execution_lint.engine.edits import SUFFIX, Asked, FilePrecedent, Questions, content_of, digests, judged, share_of
from execution_lint.engine.library import FileLibrary
from execution_lint.engine.troubles import Trouble
from execution_lint.model.finding import Finding
from execution_lint.model.place import Place
from execution_lint.source.discovery import FoundFile
from execution_lint.source.reading import Unreadable, read
from execution_lint.source.suppressions import may_name_us
from execution_lint.store import report_cache

_MANY = 16
"""Files changed from which on it costs less to keep a precedent anew than to judge them again each time."""


class Precedent(msgspec.Struct, frozen=True, array_like=True):
    """What the rules of one run found in a project, before anything is held back, and what it rests on."""

    key: str
    mark: str
    questions: Questions
    spoken_of: frozenset[str]
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
    findings = tuple(findings)
    naming_us = library.holding(may_name_us)
    return Precedent(
        "",
        os.urandom(8).hex(),
        Questions(
            tuple(words), tuple(needles), tuple(sorted(weighed)) if weighed is not None else None, library.absent
        ),
        frozenset((*naming_us, *troubles, *(path for finding in findings for path in _paths(finding)))),
        known,
        findings,
        dict(troubles),
        undecided,
        naming_us,
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
        regions = digests(opened)
        mentions = {words.setdefault(word, len(words)): held for word, held in record.mentions.items()}
        bound = {words.setdefault(name, len(words)): held for name, held in record.bound.items()}
        asked = Asked(record.read, mentions, bound, candidates, unawaited)
    elif library.was_opened(file.path):
        is_firm = False
    part = share_of(data, weighed) if is_firm and data is not None else b""
    return FilePrecedent(
        file.size,
        file.mtime_ns,
        file.inode,
        content_of(data) if data is not None else b"",
        part if part is not None else b"",
        is_firm and part is not None,
        regions,
        msgspec.Raw(msgspec.msgpack.encode(asked)),
    )


def save(folder: str, key: str, precedent: Precedent) -> None:
    """Keep a precedent under `key` in the cache's folder; in silence where that fails, for the report's failure is
    said."""
    with suppress(UnicodeEncodeError):
        content = msgspec.msgpack.encode(msgspec.structs.replace(precedent, key=key))
        report_cache.write_entry(folder, key, SUFFIX, content)


def standing(
    folder: str, key: str, library: FileLibrary, files: tuple[FoundFile, ...], explicit: frozenset[str]
) -> Precedent | None:
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
    changed = _changed(precedent, library, files, explicit)
    if changed is not None and len(changed) > _MANY:
        save(folder, key, msgspec.structs.replace(precedent, files={**precedent.files, **changed}))
    return precedent if changed is not None else None


def _changed(
    precedent: Precedent, library: FileLibrary, files: tuple[FoundFile, ...], explicit: frozenset[str]
) -> dict[str, FilePrecedent] | None:
    """The files that are not as they were, as they are now; None where one of them may change an answer."""
    now = time.time()
    changed: dict[str, FilePrecedent] = {}
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
        after = judged(before, data, precedent.questions, is_spoken_of=file.path in precedent.spoken_of)
        if after is None:
            return None
        changed[file.path] = msgspec.structs.replace(after, size=file.size, mtime_ns=file.mtime_ns, inode=file.inode)
    for path in explicit:
        opened = library.peek(path)
        if path not in precedent.troubles and (opened is None or opened.check() is not None):
            return None
    return changed


def _paths(finding: Finding) -> frozenset[str]:
    """The files that a finding lies in or tells of."""
    return finding.paths | {entry.place.path for entry in finding.entries}
