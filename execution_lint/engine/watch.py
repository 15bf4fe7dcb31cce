"""Lists what a run looked at, so that a later one can tell that its answer is still the same."""

import os
import stat
import time

from execution_lint.config.loading import OWN, SHARED
from execution_lint.config.root import MARKERS
from execution_lint.engine.plan import Plan
from execution_lint.source.discovery import Seen
from execution_lint.source.gitignore import files_beside
from execution_lint.store.answers import (
    MISSING,
    RECENT_NANOSECONDS,
    Watched,
    content_digest,
    file_signature,
    folder_signature,
    listing_digest,
    signature_of,
)
from execution_lint.store.report_cache import sources

_TICK = 50_000_000
"""Nanoseconds by which the clock of a file system may lag behind."""

_CONFIGURING = (OWN, SHARED)
_MARKING = tuple(marker for marker in MARKERS if marker not in (SHARED, ".git"))


class Watch:
    """What one run looked at."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.plans: tuple[Plan, ...] = ()
        self.precedents: dict[str, str] = {}
        """By root, what names the precedent that the run made or followed there."""
        self.is_sound = False
        """Whether the run came to an answer that stands as long as nothing changes."""
        self.made: list[object] = []
        """What the run made: taking it apart costs more than a process that ends has use for."""
        self._started = time.time_ns()

    def watched(self, paths: tuple[str, ...], others: tuple[str, ...]) -> Watched | None:
        """The signatures of all of it; None where something changed since the run began.

        `paths` are those that were given; `others` further files that were read.
        """
        watched = Watched()
        try:
            for folder, entries in self.seen.folders.items():
                self._add_folder(watched, folder, entries)
            for path in self._files(paths, others):
                self._add_file(watched, path)
            for link in self.seen.links:
                watched.files[link] = file_signature(link)
                watched.recent[link] = content_digest(link)
            for plan in self.plans:
                for file in plan.found.files:
                    path = f"{plan.found.root}/{file.path}"
                    now = os.stat(path)
                    if (now.st_size, now.st_mtime_ns) != (file.size, file.mtime_ns):
                        return None
                    if path not in watched.files:
                        watched.modules[path] = signature_of(now)
                        self._take_up(watched, path, now)
        except (OSError, _Changed):
            return None
        if any("\0" in path for path in paths):
            return None
        watched.precedents = self.precedents
        return watched

    def _add_folder(self, watched: Watched, folder: str, entries: "tuple[os.DirEntry[str], ...]") -> None:
        found = os.stat(folder)
        watched.listings[folder] = listing_digest(entries)
        if found.st_mtime_ns < self._started - RECENT_NANOSECONDS:
            watched.folders[folder] = folder_signature(folder)
            return
        watched.recent[folder] = watched.listings[folder]

    def _add_file(self, watched: Watched, path: str) -> None:
        try:
            found = os.stat(path)
        except OSError:
            watched.files[path] = MISSING
            return
        watched.files[path] = signature_of(found)
        if not stat.S_ISDIR(found.st_mode):
            self._take_up(watched, path, found)

    def _take_up(self, watched: Watched, path: str, found: os.stat_result) -> None:
        """Know a file by its content too, where it changed so shortly before that its signature does not tell."""
        changed = max(found.st_mtime_ns, found.st_ctime_ns)
        if changed >= self._started - _TICK:
            raise _Changed
        if changed >= self._started - RECENT_NANOSECONDS:
            watched.recent[path] = content_digest(path)

    def _files(self, paths: tuple[str, ...], others: tuple[str, ...]) -> dict[str, None]:
        """All that could configure the run or be its program; above the folders that were walked, and in a repository's
        own, also where it is not there."""
        found = dict.fromkeys((*paths, *others, *(path for path, *_ in sources())))
        above: dict[str, None] = {}
        for start in (*self.seen.folders, *(os.path.dirname(os.path.abspath(path)) for path in paths)):
            folder = start
            while folder not in above:
                above[folder] = None
                folder = os.path.dirname(folder)
        for folder in above:
            if folder in self.seen.folders:
                # What is not there, the folder's own signature tells.
                names = {entry.name for entry in self.seen.folders[folder]}
                found.update(dict.fromkeys(os.path.join(folder, name) for name in _CONFIGURING if name in names))
                if not names.isdisjoint((".git", ".gitignore")):
                    found.update(dict.fromkeys(files_beside(folder)))
                continue
            found.update(
                dict.fromkeys(os.path.join(folder, name) for name in (*_CONFIGURING, *_MARKING, "__init__.py"))
            )
            found.update(dict.fromkeys(files_beside(folder)))
        return found


class _Changed(Exception):
    """Something changed while the run looked at it."""
