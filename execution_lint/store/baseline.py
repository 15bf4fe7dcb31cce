"""The baseline: findings that a team knows and does not want to hear of again, in a file that people can read."""

import json
import os.path
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

import msgspec

from execution_lint.errors import BaselineError
from execution_lint.model.report import Reason, Report, SetAside
from execution_lint.store.replacement import replace

VERSION = 1
"""The version of the file's format."""

STALE = "EXL006"
"""The code of the finding about an entry that matches nothing; no baseline holds one."""

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_KEYS = ("fingerprint", "code", "root", "path", "scope", "message")


class Entry(msgspec.Struct, frozen=True, order=True):
    """A known finding. The fingerprint alone identifies it; the rest is for people, and to judge what is stale."""

    root: str
    """The project's root, POSIX and relative to the baseline's folder."""
    path: str
    """POSIX and relative to the root."""
    scope: str
    code: str
    message: str
    fingerprint: str
    line: int = 0
    """The line of the baseline that holds the entry, 1-based; 0 for an entry that is not read from a file."""


class Baseline(msgspec.Struct, frozen=True):
    """A baseline as read."""

    path: str
    """Absolute path of the file."""
    entries: tuple[Entry, ...] = ()

    @property
    def fingerprints(self) -> frozenset[str]:
        """What is known."""
        return frozenset(entry.fingerprint for entry in self.entries)

    def root_of(self, entry: Entry) -> str:
        """The absolute path of the root that the entry's path is relative to."""
        return os.path.realpath(os.path.join(os.path.dirname(self.path), entry.root))

    def stale(self, root: str, found: Iterable[str]) -> Iterator[Entry]:
        """The entries of the project at `root` (absolute) whose fingerprint is not among `found`."""
        present = frozenset(found)
        root = os.path.realpath(root)
        return (entry for entry in self.entries if entry.fingerprint not in present and self.root_of(entry) == root)


def hold(report: Report, path: str) -> Report:
    """`report` as it is once the baseline at `path` has been written from it: all its findings are set aside."""
    return msgspec.structs.replace(
        report,
        projects=tuple(
            msgspec.structs.replace(
                project,
                findings=(),
                set_aside=(
                    *project.set_aside,
                    *(SetAside(finding, Reason.BASELINE, path) for finding in project.findings),
                ),
            )
            for project in report.projects
        ),
    )


def write(path: str, report: Report) -> int:
    """Write to `path` the findings of `report` and those that another baseline held back; how many there are.

    Findings held back by something else (a suppression, the threshold) do not need the baseline. The file is sorted
    and holds an entry a line, so that a change is a line of a diff. Raises BaselineError.
    """
    folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    entries = set()
    for project in report.projects:
        known = [item.finding for item in project.set_aside if item.reason is Reason.BASELINE]
        for finding in (*project.findings, *known):
            if finding.code != STALE:
                entries.add(
                    Entry(
                        root=_relative(project.root, folder),
                        path=finding.place.path,
                        scope=finding.scope,
                        code=finding.code,
                        message=finding.message,
                        fingerprint=finding.fingerprint,
                    )
                )
    rows = [json.dumps({key: getattr(entry, key) for key in _KEYS}) for entry in sorted(entries)]
    listed = "[\n    " + ",\n    ".join(rows) + "\n  ]" if rows else "[]"
    text = f'{{\n  "version": {VERSION},\n  "findings": {listed}\n}}\n'
    try:
        replace(path, text.encode())
    except OSError as error:
        raise BaselineError(f"{path}: the baseline cannot be written: {_reason(error)}") from error
    return len(entries)


def read(path: str) -> Baseline:
    """The baseline at `path`. Raises BaselineError, with the line and what to do, where it is none."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError as error:
        raise BaselineError(f"{path}: there is no baseline; write one with `--write-baseline {path}`") from error
    except OSError as error:
        raise BaselineError(f"{path}: the baseline cannot be read: {_reason(error)}") from error
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        raise BaselineError(f"{where}: the baseline is not JSON: {error.msg}; {_remedy(path)}") from error
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{path}:1: the baseline is not JSON: {error}; {_remedy(path)}") from error
    return Baseline(os.path.abspath(path), tuple(_entries(path, text, document)))


def _entries(path: str, text: str, document: object) -> Iterator[Entry]:
    if not isinstance(document, dict) or "version" not in document:
        raise BaselineError(f"{path}:1: this JSON is no baseline, it has no `version`; {_remedy(path)}")
    if document["version"] != VERSION:
        line = _line(text, '"version"')
        wrong = f"the baseline has version {document['version']!r}, this program reads {VERSION}"
        raise BaselineError(f"{path}:{line}: {wrong}; {_remedy(path)}")
    listed = document.get("findings")
    if not isinstance(listed, list):
        line = _line(text, '"findings"')
        raise BaselineError(f"{path}:{line}: `findings` of the baseline must be an array; {_remedy(path)}")
    lines = _lines_of_fingerprints(text)
    for number, item in enumerate(listed, start=1):
        yield _entry(path, number, item, lines)


def _entry(path: str, number: int, item: object, lines: Mapping[str, int]) -> Entry:
    if not isinstance(item, dict):
        raise BaselineError(f"{path}: entry {number} of the baseline is no object; {_remedy(path)}")
    fingerprint = item.get("fingerprint")
    if not isinstance(fingerprint, str) or not _FINGERPRINT.fullmatch(fingerprint):
        wrong = "has no fingerprint of 64 hexadecimal digits"
        raise BaselineError(f"{path}: entry {number} of the baseline {wrong}; {_remedy(path)}")
    line = lines.get(fingerprint, 1)
    texts = {key: item.get(key, "." if key == "root" else "") for key in _KEYS}
    for key, value in texts.items():
        if not isinstance(value, str):
            wrong = f"`{key}` of entry {number} of the baseline must be a string"
            raise BaselineError(f"{path}:{line}: {wrong}; {_remedy(path)}")
    return Entry(**texts, line=line)


def _lines_of_fingerprints(text: str) -> dict[str, int]:
    """The first line on which each fingerprint stands, however the file is laid out."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        for fingerprint in _FINGERPRINT.findall(line):
            lines.setdefault(fingerprint, number)
    return lines


def _line(text: str, key: str) -> int:
    return text.count("\n", 0, max(0, text.find(key))) + 1


def _relative(root: str, folder: str) -> str:
    """`root` relative to `folder`, POSIX; absolute where they lie on different drives."""
    root = os.path.realpath(root)
    with suppress(ValueError):
        root = os.path.relpath(root, folder)
    return root.replace(os.sep, "/")


def _remedy(path: str) -> str:
    return f"repair it or write it again with `--write-baseline {path}`"


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
