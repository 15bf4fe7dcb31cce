"""Judges an edit by what an earlier run asked of the file: whether every question has the answer that it had."""

import os
from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from execution_lint.engine.process import ready
from execution_lint.source.reading import MAXIMUM_SIZE
from execution_lint.source.regions import Needles
from execution_lint.source.signs import FileSigns, Sign
from execution_lint.source.suppressions import may_name_us
from execution_lint.source.text import Undecodable, decode
from execution_lint.source.words import WordIndex
from execution_lint.store import report_cache
from execution_lint.store.answers import FOLDER

if TYPE_CHECKING:
    from execution_lint.extract.opened import OpenedFile

SUFFIX = ".precedent"
"""Ends the name of a precedent's entry in the cache."""

_DIGEST = 8


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """What was asked of one file's regions; words and needles are numbers in the lists of the questions."""

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


class Questions(msgspec.Struct, frozen=True, array_like=True):
    """What was asked for anywhere in the project."""

    words: tuple[str, ...]
    needles: tuple[Needles, ...]
    weighed: tuple[bytes, ...] | None
    """The names that decide where coroutines are looked for; None where nobody asked."""
    absent: tuple[Sign, ...]
    """The signs that stood in no file."""


class Basis(msgspec.Struct, frozen=True, array_like=True):
    """The beginning of a precedent, each file's part undecoded: enough to judge an edit by."""

    key: str
    mark: str
    """Tells the runs that made a precedent under one key apart."""
    questions: Questions
    spoken_of: frozenset[str]
    """The files in which something was found, or that explain it, or that say what is not to be reported."""
    files: dict[str, msgspec.Raw]


def change_nothing(contents: Mapping[str, bytes], precedents: Mapping[str, str]) -> bool:
    """Whether these new contents of files, by absolute path, leave every answer as it was.

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


def reference(key: str, mark: str) -> str:
    """What tells a precedent from all others in a cache."""
    return f"{key} {mark}"


def _known(folder: str, referred: str, contents: Mapping[str, bytes]) -> frozenset[str] | None:
    """Those of the files that a precedent knows; None where it is gone, or one of them changes an answer."""
    key, _, mark = referred.partition(" ")
    content = report_cache.read_entry(folder, key, SUFFIX)
    if content is None:
        return None
    try:
        basis = msgspec.msgpack.decode(content, type=Basis)
        if (basis.key, basis.mark) != (key, mark):
            return None
        known = frozenset(contents).intersection(basis.files)
        for path in known:
            before = msgspec.msgpack.decode(basis.files[path], type=FilePrecedent)
            if judged(before, contents[path], basis.questions, is_spoken_of=path in basis.spoken_of) is None:
                return None
    except msgspec.MsgspecError:
        return None
    return known


def judged(before: FilePrecedent, data: bytes, questions: Questions, *, is_spoken_of: bool) -> FilePrecedent | None:
    """A file with a new content that leaves every answer as it was; None where it changes one, or may."""
    content = content_of(data)
    if content == before.content:
        return before
    if is_spoken_of or not before.is_firm or len(data) > MAXIMUM_SIZE or may_name_us(data):
        return None
    signs = FileSigns(data)
    if any(signs.hold(sign) for sign in questions.absent):
        return None
    from execution_lint.extract.opened import OpenedFile

    try:
        opened = OpenedFile(decode(data))
    except Undecodable:
        return None
    if not opened.is_regular:
        return None
    weighed = frozenset(questions.weighed) if questions.weighed is not None else None
    if share_of(data, weighed) != before.share:
        return None
    asked = msgspec.msgpack.decode(before.asked, type=Asked)
    if asked.unawaited is not None:
        names, held = asked.unawaited
        from execution_lint.engine.unawaited import unawaited_regions

        if unawaited_regions(opened, frozenset(names)) != held:
            return None
    regions: bytes | None = None
    if before.regions is not None:
        regions = digests(opened)
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
            if tuple(sorted(opened.mentioning(questions.words[word]))) != held:
                return None
        for word, held in asked.bound.items():
            if opened.binding(questions.words[word]) != held:
                return None
    index = WordIndex()
    index.add("", data)
    for number, needles in enumerate(questions.needles):
        holding = index.holding(needles)
        found = opened.candidates(needles, holding[""]) if "" in holding else ()
        if found != asked.candidates.get(number, ()):
            return None
    return msgspec.structs.replace(before, content=content, regions=regions)


def share_of(data: bytes, weighed: frozenset[bytes] | None) -> bytes | None:
    """The digest of a file's share in the names of coroutine functions; None where it cannot be decoded."""
    if weighed is None:
        return b""
    from execution_lint.source.dangling import share

    try:
        text = data if data.isascii() else decode(data).encode("utf-8", "surrogatepass")
    except Undecodable:
        return None
    return _digest(share(text, weighed))


def digests(opened: "OpenedFile") -> bytes:
    """The digest of each region's text, and of its name and kind, wherever it stands."""
    found = []
    for index, region in enumerate(opened.regions):
        found.append(_digest(opened.own_text(index).encode("utf-8", "surrogatepass")))
        shape = (region.kind.value, region.name, region.owner)
        found.append(_digest("\0".join(shape).encode("utf-8", "surrogatepass")))
    return b"".join(found)


def _at(digests: bytes, index: int) -> bytes:
    return digests[2 * _DIGEST * index : 2 * _DIGEST * (index + 1)]


def content_of(data: bytes) -> bytes:
    """The digest of a file's bytes."""
    return blake2b(data, digest_size=16).digest()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST).digest()
