"""Read a source file whole, or say why that cannot be done."""

import errno
import os
import stat

MAXIMUM_SIZE = 4 * 1024 * 1024
"""The size in bytes beyond which a file is taken for data or generated code."""


class Unreadable(Exception):
    """A file cannot be read. `reason` says why and what to do."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def read(path: "str | os.PathLike[str]", limit: int = MAXIMUM_SIZE) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; never waits for a pipe or a device.

    Raises `Unreadable` for anything else, and when the file vanishes or changes meanwhile.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise Unreadable(_why(error, path)) from None
    except ValueError:
        raise Unreadable("has a NUL character in its path; correct the path") from None
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise Unreadable(f"is {_kind(before.st_mode)}, not a file; name or exclude it")
        if before.st_size > limit:
            raise Unreadable(_too_large(before.st_size, limit))
        data = _read_up_to(descriptor, max(before.st_size, 0) + 1, limit)
        after = os.fstat(descriptor)
    except OSError as error:
        raise Unreadable(_why(error, path)) from None
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise Unreadable(_too_large(len(data), limit))
    if (len(data), before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Unreadable("changed while it was read; scan again when nothing writes to it")
    return data


# Without O_NONBLOCK, opening a pipe that nobody writes to never returns. Windows has neither it nor such pipes.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def _read_up_to(descriptor: int, expected: int, limit: int) -> bytes:
    data = os.read(descriptor, expected)
    if len(data) != expected - 1:
        # A file that grows or shrinks, or a file system that gives less at a time than it was asked for.
        while len(data) <= limit and (more := os.read(descriptor, 65_536)):
            data += more
    return data


def _too_large(size: int, limit: int) -> str:
    return f"has {size:,} bytes, over the limit of {limit:,}; split it or exclude it"


def _kind(mode: int) -> str:
    for test, name in _KINDS:
        if test(mode):
            return name
    return "of an unknown kind"


_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _why(error: OSError, path: "str | os.PathLike[str]") -> str:
    if isinstance(error, FileNotFoundError):
        return "does not exist any more; scan again"
    if os.path.isdir(path):
        # Windows refuses to open a folder with the same error as a file without permission.
        return "is a folder, not a file; name or exclude it"
    if isinstance(error, PermissionError):
        return "may not be read by this user; grant the permission or exclude it"
    if error.errno == errno.ELOOP:
        return "is a symbolic link that leads back to itself; mend the link or exclude it"
    if error.errno == errno.ENXIO:
        return "is a socket or a device, not a file; name or exclude it"
    if error.errno == errno.ENAMETOOLONG:
        return "has too long a path; move it or exclude it"
    return f"cannot be read ({error.strerror or error}); mend that or exclude it"
