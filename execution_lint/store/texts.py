"""The texts of a project's files as a run found them, so that an edit can be told by what it changes.

They are kept in one file and read one by one. Whoever reads one tells by a digest of its own whether it is the right
one: nothing else is sure of it.
"""

import os
import zlib
from collections.abc import Iterable
from contextlib import suppress

from execution_lint.store import report_cache
from execution_lint.store.replacement import replace

SUFFIX = ".texts"
"""Ends the name of the file."""

_QUICK = 1

Stretch = tuple[int, int]
"""Where a text is kept: offset and size."""


def packed(data: bytes) -> bytes:
    """A text as it is kept."""
    return zlib.compress(data, _QUICK)


def save(folder: str, key: str, texts: Iterable[bytes]) -> None:
    """Keep packed texts, one after the other, under `key` in the cache's folder; in silence where that fails."""
    with suppress(OSError):
        report_cache.prepare(folder)
        replace(report_cache.path_of(folder, key, SUFFIX), b"".join(texts))
        report_cache.prune(folder, SUFFIX)


def read_packed(folder: str, key: str, stretch: Stretch) -> bytes:
    """What is kept there; empty where there is nothing."""
    offset, size = stretch
    with suppress(OSError), open(report_cache.path_of(folder, key, SUFFIX), "rb", buffering=0) as file:
        file.seek(offset, os.SEEK_SET)
        return file.read(size)
    return b""


def read(folder: str, key: str, stretch: Stretch, limit: int) -> bytes:
    """The text that is kept there, of no more than `limit` bytes; empty where there is none."""
    with suppress(zlib.error):
        return zlib.decompressobj().decompress(read_packed(folder, key, stretch), limit)
    return b""
