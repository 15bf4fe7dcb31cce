"""Judges an edit by what an earlier run asked of the file: whether every question has the answer that it had."""

import json
import os
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from execution_lint.engine.process import ready
from execution_lint.model.place import Span
from execution_lint.source.reading import MAXIMUM_SIZE
from execution_lint.source.regions import Needles
from execution_lint.source.signs import FileSigns, Sign
from execution_lint.source.suppressions import may_name_us
from execution_lint.source.telling import Telling, tells
from execution_lint.source.text import Undecodable, decode
from execution_lint.source.words import WordIndex
from execution_lint.store import report_cache, texts
from execution_lint.store.answers import FOLDER

if TYPE_CHECKING:
    from execution_lint.engine.alignment import Alignment, Moves
    from execution_lint.extract.differences import Difference
    from execution_lint.extract.opened import OpenedFile

SUFFIX = ".precedent"
"""Ends the name of a precedent's entry in the cache."""

_DIGEST = 8


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """What was asked of one file's regions; words and needles are numbers in the lists of the questions."""

    candidates: dict[int, tuple[int, ...]]
    """By needles, the regions that hold one."""
    unawaited: tuple[tuple[str, ...], tuple[int, ...]] | None
    """The names of coroutine functions that were looked for, and the regions that may leave one unawaited."""
    facts: tuple[int, ...] = ()
    """The regions that were read."""
    mentions: dict[int, tuple[int, ...]] = {}
    """By word, the regions that mention it."""
    bound: dict[int, tuple[int, ...]] = {}
    """By word, the regions that may bind it as a name."""
    named: tuple[int, ...] = ()
    """The words of which it was asked which regions bear them as their names."""
    owned: tuple[int, ...] = ()
    """The words of which it was asked which regions are methods of classes of that name."""
    are_listed: bool = False
    """Whether all regions were gone through."""
    told: tuple[tuple[int, Telling, int, bool], ...] = ()
    """What the texts of regions have told about words."""
    partly: tuple[int, ...] = ()
    """Those of the regions that were read of which nobody went through all that they say, but for scans."""
    scanned: dict[str, tuple[int, ...]] = {}
    """By the name of a scan, the regions that it went through."""


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
    text: texts.Stretch | None
    """Where its text is kept; None where nobody asked for its regions."""
    asked: msgspec.Raw


class Questions(msgspec.Struct, frozen=True, array_like=True):
    """What was asked for anywhere in the project."""

    words: tuple[str, ...]
    needles: tuple[Needles, ...]
    reached: tuple[str | None, ...]
    """By needles, the last file in which they were looked for; None where it was all of them."""
    weighed: tuple[bytes, ...] | None
    """The names that decide where coroutines are looked for; None where nobody asked."""
    absent: tuple[Sign, ...]
    """The signs that stood in no file."""
    scans: dict[str, bytes]
    """What each scan looked for."""


class Basis(msgspec.Struct, frozen=True, array_like=True):
    """The beginning of a precedent, each file's part undecoded: enough to judge an edit by."""

    key: str
    mark: str
    """Tells the runs that made a precedent under one key apart."""
    questions: Questions
    spoken_of: dict[str, tuple[Span, ...]]
    """Where something was found, or what explains it lies, by file."""
    naming_us: frozenset[str]
    """The files that may hold a suppression."""
    files: dict[str, msgspec.Raw]


class Edit(msgspec.Struct, frozen=True):
    """An edit that leaves every answer as it was."""

    before: "OpenedFile | None"
    """The file as it was; None where nothing of it was asked for, or nothing was edited."""
    after: "OpenedFile | None"
    asked: Asked
    alignment: "Alignment | None"
    moves: "Moves | None"
    """Where what was read stands now; None where nothing was read."""

    def now(self) -> Asked:
        """What was asked, of the regions as they are now."""
        alignment = self.alignment
        if alignment is None:
            return self.asked

        def image(regions: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(sorted(alignment.of[region] for region in regions))

        asked = self.asked
        return msgspec.structs.replace(
            asked,
            candidates={number: image(held) for number, held in asked.candidates.items()},
            unawaited=(asked.unawaited[0], image(asked.unawaited[1])) if asked.unawaited is not None else None,
            facts=image(asked.facts),
            mentions={word: image(held) for word, held in asked.mentions.items()},
            bound={word: image(held) for word, held in asked.bound.items()},
            told=tuple((alignment.of[region], *rest) for region, *rest in asked.told),
            partly=image(asked.partly),
            scanned={scan: image(held) for scan, held in asked.scanned.items()},
        )


def change_nothing(contents: Mapping[str, bytes], precedents: Mapping[str, str]) -> bool:
    """Whether these new contents of files, by absolute path, leave the answer as it was, to the letter.

    `precedents` are, by a project's root, what `reference` gave: no file is without one that knows it.
    """
    unknown = set(contents)
    with ready():
        for root, referred in ((os.path.normpath(root), referred) for root, referred in precedents.items()):
            inside = os.path.join(root, "")
            below = {path[len(inside) :]: data for path, data in contents.items() if path.startswith(inside)}
            known = _known(os.path.join(root, FOLDER), referred, below) if below else frozenset()
            if known is None:
                return False
            unknown.difference_update(inside + path for path in known)
    return not unknown


def reference(key: str, mark: str, otherwise: tuple[str, ...]) -> str:
    """What tells a precedent from all others in a cache, and which files of those that it speaks of were found
    otherwise than by it: what is shown of them it cannot judge."""
    return json.dumps([key, mark, *otherwise])


def _known(folder: str, referred: str, contents: Mapping[str, bytes]) -> frozenset[str] | None:
    """Those of the files that a precedent knows; None where it is gone, or one of them changes the answer."""
    try:
        key, mark, *otherwise = msgspec.json.decode(referred, type=tuple[str, ...])
        content = report_cache.read_entry(folder, key, SUFFIX)
        if content is None:
            return None
        basis = msgspec.msgpack.decode(content, type=Basis)
        if (basis.key, basis.mark) != (key, mark):
            return None
        known = frozenset(contents).intersection(basis.files)
        if not known.isdisjoint(otherwise):
            return None
        for path in known:
            before = msgspec.msgpack.decode(basis.files[path], type=FilePrecedent)
            if content_of(contents[path]) == before.content:
                continue
            edit = judged(path, before, contents[path], basis.questions, Texts(folder, key).read)
            if edit is None:
                return None
            is_heard = path in basis.naming_us or may_name_us(contents[path])
            if (is_heard or path in basis.spoken_of) and not _shows_the_same(edit, basis.spoken_of.get(path, ())):
                return None
    except (msgspec.MsgspecError, ValueError):
        return None
    return known


def _shows_the_same(edit: Edit, spans: tuple[Span, ...]) -> bool:
    """Whether what is found at `spans` stands there still, and all that is shown of it."""
    if edit.before is None or edit.after is None or edit.moves is None:
        return False
    from execution_lint.engine.showing import shows_the_same

    are_there = all(edit.moves.span(span) == span for span in spans)
    return are_there and shows_the_same(edit.before, edit.after, spans)


class Texts:
    """The texts of the files of a precedent."""

    def __init__(self, folder: str, key: str) -> None:
        self._folder = folder
        self._key = key

    def read(self, file: FilePrecedent) -> bytes | None:
        """The bytes of a file as it was found; None where they are not kept any more."""
        data = texts.read(self._folder, self._key, file.text, MAXIMUM_SIZE) if file.text is not None else b""
        return data if content_of(data) == file.content else None

    def read_packed(self, file: FilePrecedent) -> bytes | None:
        """The same as it is kept."""
        return texts.read_packed(self._folder, self._key, file.text) if file.text is not None else None


def judged(
    path: str,
    before: FilePrecedent,
    data: bytes,
    questions: Questions,
    text_of: Callable[[FilePrecedent], bytes | None],
) -> Edit | None:
    """An edit that gave the file at `path` this content, if it leaves every answer as it was; None where it may not.

    `text_of` gives the bytes of the file as it was.
    """
    if not before.is_firm or len(data) > MAXIMUM_SIZE:
        return None
    signs = FileSigns(data)
    if any(signs.hold(sign) for sign in questions.absent):
        return None
    from execution_lint.engine.alignment import Alignment
    from execution_lint.extract.opened import OpenedFile

    try:
        opened = OpenedFile(decode(data))
    except Undecodable:
        return None
    weighed = frozenset(questions.weighed) if questions.weighed is not None else None
    if not opened.is_regular or share_of(data, weighed) != before.share:
        return None
    asked = msgspec.msgpack.decode(before.asked, type=Asked)
    if before.text is None:
        is_same = not _unawaited(opened, asked) and not _candidates(path, opened, data, questions)
        return Edit(None, None, asked, None, None) if is_same else None
    earlier = text_of(before)
    if earlier is None:
        return None
    was = OpenedFile(decode(earlier))
    if not was.is_regular:
        return None
    alignment = Alignment(was, opened)
    if not _are_answered(asked, questions, was, opened, alignment):
        return None
    candidates = _candidates(path, opened, data, questions)
    if {number: alignment.image(held) for number, held in asked.candidates.items()} != candidates:
        return None
    moves = alignment.moves(asked.facts, _Differing(path, asked, questions.scans).may_differ)
    if moves is None or not opened.is_regular:
        return None
    return Edit(was, opened, asked, alignment, moves)


class _Differing:
    """Judges what is added to the regions of a file that were read in part."""

    def __init__(self, path: str, asked: Asked, scans: dict[str, bytes]) -> None:
        self._path = path
        self._asked = asked
        self._scans = scans

    def may_differ(self, region: int, difference: "Difference") -> bool:
        """Whether nobody who read the region would have found anything in what was added."""
        if region not in self._asked.partly:
            return False
        scans = [scan for scan, regions in self._asked.scanned.items() if region in regions]
        if not scans:
            return True
        from execution_lint.project.scans import is_silent

        return all(is_silent(scan, self._scans.get(scan, b""), self._path, difference) for scan in scans)


def _are_answered(
    asked: Asked, questions: Questions, was: "OpenedFile", opened: "OpenedFile", alignment: "Alignment"
) -> bool:
    """Whether what was asked of the regions of a file has the same answers, but for candidates and what they say."""
    words, image = questions.words, alignment.image
    if asked.are_listed and (len(alignment.of) != len(was.regions) or len(was.regions) != len(opened.regions)):
        return False
    if asked.unawaited is not None and image(asked.unawaited[1]) != _unawaited(opened, asked):
        return False
    return (
        all(image(was.named(words[word])) == opened.named(words[word]) for word in asked.named)
        and all(image(was.owned(words[word])) == opened.owned(words[word]) for word in asked.owned)
        and all(image(held) == tuple(sorted(opened.mentioning(words[word]))) for word, held in asked.mentions.items())
        and all(image(held) == opened.binding(words[word]) for word, held in asked.bound.items())
        and all(
            (now := alignment.of.get(region)) is not None
            and tells(question, opened.own_text(now), words[word]) == known
            for region, question, word, known in asked.told
        )
    )


def _unawaited(opened: "OpenedFile", asked: Asked) -> tuple[int, ...]:
    names = frozenset(asked.unawaited[0]) if asked.unawaited is not None else frozenset()
    if not names:
        return ()
    from execution_lint.engine.unawaited import unawaited_regions

    return unawaited_regions(opened, names)


def _candidates(path: str, opened: "OpenedFile", data: bytes, questions: Questions) -> dict[int, tuple[int, ...]]:
    """The regions that hold one of the needles, by their number."""
    index = WordIndex()
    index.add("", data)
    found: dict[int, tuple[int, ...]] = {}
    for number, (needles, reached) in enumerate(zip(questions.needles, questions.reached, strict=True)):
        if reached is not None and path > reached:
            continue
        holding = index.holding(needles)
        regions = opened.candidates(needles, holding[""]) if "" in holding else ()
        if regions:
            found[number] = regions
    return found


def share_of(data: bytes, weighed: frozenset[bytes] | None) -> bytes | None:
    """The digest of a file's share in the names of coroutine functions; None where it cannot be decoded."""
    if weighed is None:
        return b""
    from execution_lint.source.dangling import share

    try:
        text = data if data.isascii() else decode(data).encode("utf-8", "surrogatepass")
    except Undecodable:
        return None
    return blake2b(share(text, weighed), digest_size=_DIGEST).digest()


def content_of(data: bytes) -> bytes:
    """The digest of a file's bytes."""
    return blake2b(data, digest_size=16).digest()
