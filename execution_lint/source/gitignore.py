"""What git ignores in a tree: `.gitignore` at each level up to the repository's top, and `.git/info/exclude`."""

import os
import re
from typing import TYPE_CHECKING

from execution_lint.source.reading import Unreadable, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pathspec import GitIgnoreSpec

FILE = ".gitignore"
REPOSITORY = ".git"


class IgnoreFile:
    """The patterns of one ignore file, asked about paths relative to the root of the scan."""

    def __init__(self, spec: "GitIgnoreSpec", inside: str, above: str) -> None:
        """`inside` is the folder of the file below the root, `above` what leads from one above the root to it.

        Each is empty or ends with `/`.
        """
        self._spec = spec
        self._inside = len(inside)
        self._above = above
        self._any = re.compile("|".join(_expressions(spec)) or r"(?!)", re.DOTALL)

    def is_ignored(self, path: str) -> bool | None:
        """Whether the patterns ignore `path` (a folder's ends with `/`); None where they do not speak of it."""
        relative = self._above + path[self._inside :]
        # One expression for all patterns passes most paths over; which pattern wins is left to the library.
        return None if self._any.match(relative) is None else self._spec.check_file(relative).include

    def without(self, path: str) -> "IgnoreFile":
        """The same patterns but for those that ignore `path` itself, so that what lies below it can be judged."""
        from pathspec import GitIgnoreSpec

        relative = self._above + path[self._inside :]
        kept = [each for each in self._spec.patterns if not (each.include and each.match_file(relative) is not None)]
        other = IgnoreFile(GitIgnoreSpec(kept), "", self._above)
        other._inside = self._inside
        return other


def is_ignored(levels: "Iterable[IgnoreFile]", path: str) -> bool:
    """Whether git ignores `path` by itself, the ignore files given from the innermost to the outermost."""
    for level in levels:
        answer = level.is_ignored(path)
        if answer is not None:
            return answer
    return False


def levels_above(root: str) -> "tuple[tuple[IgnoreFile, ...], tuple[str, ...]]":
    """The ignore files above `root` or in `.git` that hold for it, innermost first, and what could not be read."""
    top = root
    while not os.path.lexists(os.path.join(top, REPOSITORY)):
        parent = os.path.dirname(top)
        if parent == top:
            return (), ()
        top = parent
    found: list[IgnoreFile] = []
    troubles: list[str] = []
    folder, above = root, ""
    while folder != top:
        above = f"{os.path.basename(folder)}/{above}"
        folder = os.path.dirname(folder)
        _load(os.path.join(folder, FILE), "", above, found, troubles)
    _load(_info_exclude(os.path.join(top, REPOSITORY)), "", above, found, troubles)
    return tuple(found), tuple(troubles)


def level_of(folder: str, inside: str) -> "tuple[tuple[IgnoreFile, ...], tuple[str, ...]]":
    """The ignore file of one folder below the root, `inside` being its path from there; and what could not be read."""
    found: list[IgnoreFile] = []
    troubles: list[str] = []
    _load(os.path.join(folder, FILE), inside, "", found, troubles)
    return tuple(found), tuple(troubles)


def level_of_repository(folder: str, inside: str) -> "tuple[tuple[IgnoreFile, ...], tuple[str, ...]]":
    """What a repository that begins at `folder` ignores besides its `.gitignore`."""
    found: list[IgnoreFile] = []
    troubles: list[str] = []
    _load(_info_exclude(os.path.join(folder, REPOSITORY)), inside, "", found, troubles)
    return tuple(found), tuple(troubles)


def files_beside(folder: str) -> "tuple[str, ...]":
    """The paths of the files that say what git ignores in `folder` or, as the top of a repository, below it."""
    repository = os.path.join(folder, REPOSITORY)
    of_repository = _leading_to_exclude(repository) if os.path.lexists(repository) else []
    return os.path.join(folder, FILE), repository, *of_repository


def _load(path: str, inside: str, above: str, found: list[IgnoreFile], troubles: list[str]) -> None:
    if not os.path.lexists(path):
        return
    try:
        text = read(path).decode("utf-8-sig", "surrogateescape")
    except Unreadable as trouble:
        troubles.append(f"{path} {trouble.reason}")
        return
    spec = _parse([line.removesuffix("\r") for line in text.split("\n")])
    if spec is not None:
        found.append(IgnoreFile(spec, inside, above))


def _parse(lines: "Sequence[str]") -> "GitIgnoreSpec | None":
    """The patterns of the lines; like git, without those that are none."""
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return None
    # Imported here: most trees of a few files have no ignore file, and the import costs as much as the walk.
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _expressions(spec: "GitIgnoreSpec") -> list[str]:
    found = []
    for pattern in spec.patterns:
        if pattern.include is not None and pattern.regex is not None:
            expression = pattern.regex.pattern
            if isinstance(expression, bytes):
                expression = expression.decode("utf-8", "surrogateescape")
            found.append(f"(?:{_NAMED_GROUP.sub('(?:', expression)})")
    return found


_NAMED_GROUP = re.compile(r"\(\?P<\w+>")


def _info_exclude(repository: str) -> str:
    """The path of `info/exclude`; a linked work tree has a file `.git` that leads to it."""
    return _leading_to_exclude(repository)[-1]


def _leading_to_exclude(repository: str) -> list[str]:
    """The paths beyond `.git` that lead to `info/exclude`, which is the last."""
    if not os.path.isfile(repository):
        return [os.path.join(repository, "info", "exclude")]
    consulted: list[str] = []
    try:
        lead = read(repository).decode("utf-8", "surrogateescape")
        folder = os.path.join(os.path.dirname(repository), lead.removeprefix("gitdir:").strip())
        consulted.append(os.path.join(folder, "commondir"))
        common = read(consulted[0]).decode("utf-8", "surrogateescape").strip()
    except Unreadable:
        return [*consulted, os.path.join(repository, "info", "exclude")]
    return [*consulted, os.path.join(folder, common, "info", "exclude")]
