"""Whole answers of earlier runs, for a run that nothing can have changed: read before anything else is imported.

An answer is what a command line wrote, and a list of all that it looked at: files and folders, each with its stat
signature, or with the digest of its content where it had changed so shortly before that a later change might bear the
same time stamp. Whatever is wrong with an answer, or with anything on its list, it is a miss.
"""

import os
from zlib import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FOLDER = ".execution-lint-cache"
"""The folder in a project's root that holds everything that is remembered."""

SUFFIX = ".answer"
RECENT_NANOSECONDS = 2_000_000_000
"""What changed so shortly before it was looked at may change again within the same time stamp."""

_HEADER = b"execution-lint answer 1\n"
_KINDS = 0o170000
_REGULAR = 0o100000
_FOLDER = 0o040000


class Answer:
    """What a command line came to: exit code, standard output and standard error."""

    __slots__ = ("code", "err", "out")

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


class Watched:
    """What an answer rests on, with the signatures that it had when it was looked at."""

    __slots__ = ("files", "folders", "recent")

    def __init__(self) -> None:
        self.folders: dict[str, str] = {}
        """Folders whose entries count, by path."""
        self.files: dict[str, str] = {}
        """Files whose content or mere presence counts, by path; also paths at which there is nothing."""
        self.recent: dict[str, str] = {}
        """Digests of what changed shortly before, and of where symbolic links lead, by path."""


def load(folder: str, key: str) -> Answer | None:
    """The answer saved under `key` in the root `folder`, if everything it rests on is as it was."""
    try:
        with open(_path(folder, key), "rb", buffering=0) as file:
            # An answer of somebody else's, in a folder that all may write to, is not ours to give.
            if hasattr(os, "getuid") and os.fstat(file.fileno()).st_uid != os.getuid():
                return None
            data = file.readall()
        if not data.startswith(_HEADER):
            return None
        checksum, sizes, content = data[len(_HEADER) :].split(b"\n", 2)
        if int(checksum, 16) != crc32(sizes + content):
            return None
        parts = []
        at = 0
        for size in sizes.split():
            parts.append(content[at : at + int(size)].decode("utf-8", "surrogatepass"))
            at += int(size)
        known, code, out, err, *lists = parts
        if known != key:
            return None
        watched = Watched()
        watched.folders, watched.files, watched.recent = (
            dict(zip(_split(paths), _split(signatures), strict=True))
            for paths, signatures in zip(lists[::2], lists[1::2], strict=True)
        )
        answer = Answer(int(code), out, err)
        if not _hold(watched.folders, folder_signature) or not _hold(watched.files, file_signature):
            return None
        if watched.recent:
            settled = _settled(watched)
            if not _hold(watched.recent, content_digest):
                return None
            if settled is not None:
                save(folder, key, answer, settled)
        return answer
    except (OSError, ValueError):
        return None


def save(folder: str, key: str, answer: Answer, watched: Watched) -> None:
    """Save `answer` under `key` in the root `folder`, whose cache must be there; in silence where that fails."""
    from contextlib import suppress

    from execution_lint.store.replacement import replace

    parts = [
        part.encode("utf-8", "surrogatepass")
        for part in (
            *(key, f"{int(answer.code)}", answer.out, answer.err),
            *("\0".join(watched.folders), "\0".join(watched.folders.values())),
            *("\0".join(watched.files), "\0".join(watched.files.values())),
            *("\0".join(watched.recent), "\0".join(watched.recent.values())),
        )
    ]
    sizes = b" ".join(b"%d" % len(part) for part in parts)
    content = b"".join(parts)
    with suppress(OSError):
        replace(_path(folder, key), _HEADER + b"%08x\n" % crc32(sizes + content) + sizes + b"\n" + content)


def file_signature(path: str) -> str:
    """What changes when the file at `path` does; a `-` where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return "-"
    kind = found.st_mode & _KINDS
    if kind != _REGULAR:
        return f"{kind}"
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def folder_signature(path: str) -> str:
    """What changes when an entry of the folder at `path` comes, goes or is renamed."""
    found = os.stat(path)
    return f"{found.st_mtime_ns} {found.st_ino}"


def content_digest(path: str) -> str:
    """The digest of a file's content, of a folder's entries but for the cache, or of where a symbolic link leads."""
    if os.path.islink(path):
        return os.path.realpath(path)
    if os.path.isdir(path):
        with os.scandir(path) as entries:
            return listing_digest(entries)
    with open(path, "rb") as file:
        return _digest(file.read())


def listing_digest(entries: "Iterable[os.DirEntry[str]]") -> str:
    """The digest of a folder's entries but for the cache."""
    names = sorted(
        entry.name + ("@" if entry.is_symlink() else "/" if entry.is_dir(follow_symlinks=False) else "")
        for entry in entries
        if entry.name != FOLDER
    )
    return _digest("\0".join(names).encode("utf-8", "surrogatepass"))


def _digest(data: bytes) -> str:
    from hashlib import sha256

    return sha256(data).hexdigest()


def _hold(known: dict[str, str], signature_of: "Callable[[str], str]") -> bool:
    """Whether everything still has its signature."""
    return all(map(str.__eq__, map(signature_of, known), known.values()))


def _settled(watched: Watched) -> Watched | None:
    """The same list without the digests that are not needed any more, should they hold; None where all are.

    A signature that was taken before the content is read, and after the time in which a change may not show, will do.
    """
    import time

    settled = Watched()
    settled.folders, settled.files = {**watched.folders}, watched.files
    before = time.time_ns() - RECENT_NANOSECONDS
    for path, digest in watched.recent.items():
        found = os.lstat(path)
        kind = found.st_mode & _KINDS
        if kind == _FOLDER and found.st_mtime_ns < before:
            settled.folders[path] = f"{found.st_mtime_ns} {found.st_ino}"
        elif kind != _REGULAR or max(found.st_mtime_ns, found.st_ctime_ns) >= before:
            settled.recent[path] = digest
    return settled if len(settled.recent) < len(watched.recent) else None


def _split(text: str) -> list[str]:
    return text.split("\0") if text else []


def _path(folder: str, key: str) -> str:
    name = f"{crc32(key.encode('utf-8', 'surrogatepass')):08x}{SUFFIX}"
    return os.path.join(folder, FOLDER, name)
