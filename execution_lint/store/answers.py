"""Whole answers of earlier runs, for a run that nothing can have changed: read before anything else is imported.

An answer is what a command line wrote, and a list of all that it looked at: files and folders, each with its stat
signature, or with the digest of its content where it had changed so shortly before that a later change might bear the
same time stamp. Whatever is wrong with an answer, or with anything on its list, it is a miss; but whether an edit to a
module of the project changes the answer, somebody else may know.
"""

import os
from zlib import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Judge = Callable[[dict[str, bytes], dict[str, str]], bool]
    """Whether new contents of modules, by path, leave the answer as it was; given the precedents too."""

FOLDER = ".execution-lint-cache"
"""The folder in a project's root that holds everything that is remembered."""

SUFFIX = ".answer"
RECENT_NANOSECONDS = 2_000_000_000
"""What changed so shortly before it was looked at may change again within the same time stamp."""

MISSING = "-"
"""The signature of what is not there."""

MOST_EDITED = 16
"""Modules that may have changed since; more are for a run."""

_HEADER = b"execution-lint answer 2\n"
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

    __slots__ = ("files", "folders", "listings", "modules", "precedents", "recent")

    def __init__(self) -> None:
        self.folders: dict[str, str] = {}
        """Folders whose entries count, by path."""
        self.listings: dict[str, str] = {}
        """Digests of the entries of the same folders, which tell where something came and went."""
        self.files: dict[str, str] = {}
        """Files whose content or mere presence counts, by path; also paths at which there is nothing."""
        self.modules: dict[str, str] = {}
        """The files that were checked and count for nothing else: an edit to one may change the answer or not."""
        self.recent: dict[str, str] = {}
        """Digests of what changed shortly before, and of where symbolic links lead, by path."""
        self.precedents: dict[str, str] = {}
        """By root of a project, which precedent tells what was asked of its modules."""

    @property
    def parts(self) -> "tuple[dict[str, str], ...]":
        """All of it, in the order in which it is written."""
        return self.folders, self.listings, self.files, self.modules, self.recent, self.precedents


def load(folder: str, key: str, judge: "Judge | None" = None) -> Answer | None:
    """The answer saved under `key` in the root `folder`, if everything it rests on is as it was.

    Where a few modules have another content, `judge` is asked whether that matters.
    """
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
        for part, paths, signatures in zip(watched.parts, lists[::2], lists[1::2], strict=True):
            part.update(zip(_split(paths), _split(signatures), strict=True))
        answer = Answer(int(code), out, err)
        if not _hold(watched.files, file_signature):
            return None
        is_touched = not _hold(watched.folders, folder_signature)
        if is_touched and not _relisted(watched):
            return None
        edited = [] if _hold(watched.modules, file_signature) else _edited(watched)
        settled = _settled(watched) if watched.recent else None
        for path, digest in watched.recent.items():
            if content_digest(path) != digest and path not in edited:
                if path not in watched.modules:
                    return None
                edited.append(path)
        if edited:
            if judge is None or len(edited) > MOST_EDITED or not _amended(watched, edited, judge):
                return None
            settled = watched
        if settled is not None or is_touched:
            save(folder, key, answer, settled or watched)
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
            *("\0".join(each) for part in watched.parts for each in (part, part.values())),
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
        return MISSING
    return signature_of(found)


def signature_of(found: os.stat_result) -> str:
    """The signature of the file of which this is the status."""
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


def _relisted(watched: Watched) -> bool:
    """Whether all folders hold what they held; those in which something came and went are known by that from now on."""
    for path, signature in tuple(watched.folders.items()):
        if folder_signature(path) != signature:
            if content_digest(path) != watched.listings[path]:
                return False
            watched.recent[path] = watched.listings[path]
            del watched.folders[path]
    return True


def _edited(watched: Watched) -> list[str]:
    """The modules whose signature is another one now."""
    return [path for path, signature in watched.modules.items() if file_signature(path) != signature]


def _amended(watched: Watched, edited: list[str], judge: "Judge") -> bool:
    """Whether the modules that were edited may be as they are now; known by their contents from now on."""
    contents: dict[str, bytes] = {}
    for path in edited:
        # Taken before the content is read: should that change meanwhile, the signature will tell.
        watched.modules[path] = file_signature(path)
        if " " not in watched.modules[path]:
            return False
        with open(path, "rb", buffering=0) as file:
            contents[path] = file.readall()
        watched.recent[path] = _digest(contents[path])
    return judge(contents, watched.precedents)


def _settled(watched: Watched) -> Watched | None:
    """The same list without the digests that are not needed any more, should they hold; None where all are.

    A signature that was taken before the content is read, and after the time in which a change may not show, will do.
    """
    import time

    settled = Watched()
    for part, known in zip(settled.parts, watched.parts, strict=True):
        if known is not watched.recent:
            part.update(known)
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
