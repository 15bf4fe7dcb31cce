"""Which project a path belongs to."""

import os
from typing import TYPE_CHECKING

from execution_lint.config.loading import find

if TYPE_CHECKING:
    from pathlib import Path

MARKERS = ("pyproject.toml", "setup.cfg", "setup.py", ".git")


class Roots:
    """The roots of many paths; each folder above them is looked at once."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[str | None, str | None]] = {}

    def of(self, path: "str | Path") -> str:
        """The root of a file or folder, absolute and POSIX.

        The nearest folder at or above it with a configuration; without one, the nearest that is marked as a project
        (`pyproject.toml`, `setup.cfg`, `setup.py` or `.git`); without one, the folder itself.
        """
        start = os.path.abspath(os.fspath(path))
        folder = start if os.path.isdir(start) else os.path.dirname(start)
        configured, marked = self._nearest(folder)
        return (configured or marked or folder).replace(os.sep, "/")

    def _nearest(self, folder: str) -> tuple[str | None, str | None]:
        """The nearest configured and the nearest marked folder."""
        climbed = []
        while folder not in self._found:
            climbed.append(folder)
            if os.path.dirname(folder) == folder:
                break
            folder = os.path.dirname(folder)
        configured, marked = self._found.get(folder, (None, None))
        for below in reversed(climbed):
            if find(below):
                configured = below
            if any(os.path.exists(os.path.join(below, marker)) for marker in MARKERS):
                marked = below
            self._found[below] = configured, marked
        return configured, marked


def root_of(path: "str | Path") -> str:
    """The root of one path; see `Roots.of`."""
    return Roots().of(path)
