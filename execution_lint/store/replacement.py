"""Writing a file so that a reader, a second run or an interruption never sees half of it."""

import os
import stat
from contextlib import suppress

SUFFIX = ".partial"
"""Ends the name of a file that is still being written."""


def replace(path: str, data: bytes) -> None:
    """Put `data` in the place of what `path` holds, or create it; the permissions and a symlink's target are kept.

    What is no regular file (a device, a pipe, an open descriptor below `/dev` or `/proc`) is written to as it is.
    Raises OSError; the old file then stands.
    """
    described = os.path.abspath(path).startswith(("/dev/", "/proc/"))
    path = os.path.realpath(path)
    try:
        mode: int | None = os.stat(path).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and (described or not stat.S_ISREG(mode)):
        with open(path, "ab") as file:
            file.write(data)
        return

    partial = f"{path}.{os.urandom(6).hex()}{SUFFIX}"
    # Not tempfile: its files are readable by their owner alone, and these keep what the umask says.
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        if mode is not None:
            with suppress(PermissionError):
                os.chmod(partial, stat.S_IMODE(mode))
        os.replace(partial, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise
