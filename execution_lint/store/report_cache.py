"""Reports of earlier runs, so that a run over an unchanged project only reads its answer.

Whatever is wrong with an entry, it is a miss: a cache never changes a result.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec

from execution_lint.model.report import ProjectReport
from execution_lint.store.answers import SUFFIX as ANSWER
from execution_lint.store.replacement import SUFFIX as PARTIAL
from execution_lint.store.replacement import replace

KEPT = 8
"""Entries that a folder keeps, the most recently used."""

_SUFFIX = ".report"
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_HEADER = b"execution-lint report 2\n"
_DIGEST = 32
_ABANDONED = 3600.0
"""Seconds after which a file that is still being written belongs to a run that was killed."""

_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# A cache made by execution-lint: https://bford.info/cachedir/\n"


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A report, and which precedent tells what was asked for it; empty where none does."""

    key: str
    precedent: str
    report: ProjectReport


def _unheard(note: str) -> None:
    """Take a note that nobody asked for."""


def load(folder: str, key: str, note: Callable[[str], None] = _unheard) -> Kept | None:
    """What was saved under `key` in `folder`, None where there is none that can be used.

    `note` is given one line about an entry that exists and cannot be read; one written by another version of this
    program is simply passed over.
    """
    content = read_entry(folder, key, _SUFFIX, note)
    if content is None:
        return None
    try:
        entry = msgspec.msgpack.decode(content, type=Kept)
    except msgspec.MsgspecError:
        return None
    return entry if entry.key == key else None


def read_entry(folder: str, key: str, suffix: str, note: Callable[[str], None] = _unheard) -> bytes | None:
    """What `write_entry` wrote under the same names, None where there is nothing that can be used; as for `load`."""
    path = path_of(folder, key, suffix)
    try:
        with open(path, "rb") as file:
            data = file.read()
    except (FileNotFoundError, NotADirectoryError):
        # What stands in the folder's place is said when the cache is written.
        return None
    except OSError as error:
        note(f"{path}: the cache cannot be read ({error.strerror or error}); the project was checked without it")
        return None
    if not data.startswith(_HEADER) and not _HEADER.startswith(data):
        return None
    content = data[len(_HEADER) + _DIGEST :]
    if data[len(_HEADER) : len(_HEADER) + _DIGEST] != hashlib.sha256(content).digest():
        note(f"{path}: the cache is damaged; the project was checked without it and the cache is written anew")
        return None
    with suppress(OSError):
        os.utime(path)
    return content


def save(folder: str, key: str, report: ProjectReport, precedent: str = "") -> str | None:
    """Save `report`, for which `precedent` tells what was asked, under `key` in `folder`, which is made where it is
    missing; a line that says why it could not.

    Runs that save at once do not disturb each other: an entry appears whole or not at all.
    """
    try:
        return write_entry(folder, key, _SUFFIX, msgspec.msgpack.encode(Kept(key, precedent, report)))
    except UnicodeEncodeError:
        return f"{folder}: the report is not cached, for a file's name in it is not UTF-8; rename the file"


def write_entry(folder: str, key: str, suffix: str, content: bytes) -> str | None:
    """Write `content` as for `save`, into a file of its own for each `suffix`."""
    try:
        prepare(folder)
        replace(path_of(folder, key, suffix), _HEADER + hashlib.sha256(content).digest() + content)
        prune(folder, suffix)
        prune(folder, ANSWER)
    except OSError as error:
        reason = error.strerror or str(error)
        return f"{folder}: the cache cannot be written ({reason}); `--no-cache` runs without it"
    return None


def analyser_digest(folder: str | None = None) -> str:
    """The SHA-256, in hexadecimal, of this package's own source: what another version of it found is no answer.

    With a cache `folder`, the digest is remembered there for as long as no file's size, time or inode changes.
    """
    package = _PACKAGE
    files = sorted(_sources(package))
    stamp = hashlib.sha256(repr((package, files)).encode("utf-8", "surrogatepass")).hexdigest()
    memo = os.path.join(folder, "analyser") if folder is not None else None
    if memo is not None:
        with suppress(OSError, ValueError), open(memo, encoding="ascii") as file:
            known, digest = file.read().split()
            if known == stamp:
                return digest
    content = hashlib.sha256()
    for name, *_ in files:
        with open(os.path.join(package, name), "rb") as file:
            source = file.read()
        content.update(f"{name}\0{len(source)}\0".encode("utf-8", "surrogatepass"))
        content.update(source)
    digest = content.hexdigest()
    # A file changed within the clock's step after it was read would keep its stamp.
    settled = all(time.time_ns() - changed > 2_000_000_000 for _, _, changed, _ in files)
    if folder is not None and memo is not None and settled:
        with suppress(OSError):
            prepare(folder)
            replace(memo, f"{stamp} {digest}\n".encode("ascii"))
    return digest


def sources() -> Iterator[tuple[str, int, int, int]]:
    """Path, size, time in nanoseconds and inode of each file of this package's own source."""
    for name, *signature in _sources(_PACKAGE):
        size, changed, inode = signature
        yield os.path.join(_PACKAGE, name), size, changed, inode


def _sources(folder: str, below: str = "") -> Iterator[tuple[str, int, int, int]]:
    """Path, size, time in nanoseconds and inode of each Python file below `folder`."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                stat = entry.stat()
                yield below + entry.name, stat.st_size, stat.st_mtime_ns, entry.inode()
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _sources(entry.path, f"{below}{entry.name}/")


def path_of(folder: str, key: str, suffix: str) -> str:
    """The file that holds what is kept under `key`."""
    name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return os.path.join(folder, name + suffix)


def prepare(folder: str) -> None:
    """Make the folder, unseen by git and by backups."""
    os.makedirs(folder, exist_ok=True)
    for name, content in ((".gitignore", b"*\n"), ("CACHEDIR.TAG", _TAG)):
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            replace(path, content)


def prune(folder: str, suffix: str) -> None:
    """Remove the entries used longest ago, and what killed runs left. Another run may remove them first."""
    used = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.name.endswith(suffix):
                    used.append((entry.stat().st_mtime_ns, entry.path))
                elif entry.name.endswith(PARTIAL) and time.time() - entry.stat().st_mtime > _ABANDONED:
                    os.unlink(entry.path)
    for _, path in sorted(used)[:-KEPT]:
        with suppress(OSError):
            os.unlink(path)
