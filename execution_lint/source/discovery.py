"""Find the projects that named paths belong to, and the Python files of each."""

import errno
import os
import stat
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from execution_lint.config.glob import matches_any_path, matches_path
from execution_lint.config.loading import OWN, SHARED, find
from execution_lint.config.root import Roots
from execution_lint.source import gitignore
from execution_lint.source.gitignore import IgnoreFile

SUFFIX = ".py"
"""Files with it are Python files; stubs (`.pyi`) hold no code that runs. Any file that is named counts too."""


class DiscoverySettings(NamedTuple):
    """What the configuration of a root says about its files."""

    exclude: tuple[str, ...]
    """Path globs of what to leave out."""
    extend_exclude: tuple[str, ...] = ()
    """More of them."""
    respect_gitignore: bool = True
    """Leave out what git ignores."""


class FoundFile(NamedTuple):
    """A file of a project and its stat signature."""

    path: str
    """POSIX, relative to the root."""
    size: int
    mtime_ns: int
    inode: int


class FoundProject(NamedTuple):
    """A root and its files."""

    root: Path
    """Absolute, without symbolic links."""
    files: tuple[FoundFile, ...]
    """All files of the project, sorted by path, whatever was named: the index covers them."""
    named: frozenset[str] | None
    """Paths of the files that were named or lie in a named folder; None where the whole project was named."""
    explicit: frozenset[str]
    """Paths of the files that were named themselves."""
    skipped: tuple[tuple[str, int], ...]
    """How many files and folders were left out, by reason."""


class Problem(NamedTuple):
    """A path that cannot be scanned."""

    path: str
    message: str
    """One line that names the path and the remedy."""


class Discovery(NamedTuple):
    """The projects that the named paths belong to, sorted by root, and what could not be found or looked into."""

    projects: tuple[FoundProject, ...]
    problems: tuple[Problem, ...]


class Seen:
    """What a discovery looked at, for those who want to know whether another one would find the same."""

    def __init__(self) -> None:
        self.folders: dict[str, tuple[os.DirEntry[str], ...]] = {}
        """Every folder that was looked into, by real path, with its entries."""
        self.links: list[str] = []
        """Every symbolic link that was followed."""

    def entries(self, folder: str) -> tuple["os.DirEntry[str]", ...]:
        """What stands in a folder. Raises OSError."""
        with os.scandir(folder) as scanned:
            self.folders[folder] = found = tuple(scanned)
        return found


def discover(
    paths: tuple[str, ...],
    *,
    settings_of: Callable[[Path], DiscoverySettings],
    force_exclude: bool,
    respect_gitignore: bool = True,
    seen: Seen | None = None,
) -> Discovery:
    """The projects of files and folders, given relative to the working directory or absolute.

    `settings_of` is asked once for each root; `seen` takes down what is looked at. A path that is named is scanned even
    where it is excluded, unless `force_exclude`; then it is passed over in silence. Trouble with a path is a `Problem`;
    only what `settings_of` raises is raised.
    """
    roots = Roots()
    looked_at = seen or Seen()
    problems: list[Problem] = []
    targets: dict[str, list[_Target]] = {}
    for path in paths:
        target = _target(path, roots, problems)
        if target is not None:
            targets.setdefault(target.root, []).append(target)
    trees: dict[str, _Tree] = {}

    def tree_at(root: str) -> _Tree:
        if root not in trees:
            settings = settings_of(Path(root))
            with_gitignore = respect_gitignore and settings.respect_gitignore
            trees[root] = _Tree(root, settings, looked_at, with_gitignore=with_gitignore)
        return trees[root]

    covered: list[str] = []
    for root, chosen in targets.items():
        tree = tree_at(root)
        for target in chosen:
            if not (force_exclude and tree.is_excluded(target)):
                tree.walk(target)
                covered += [nested for nested in tree.nested if target.is_folder and _lies_in(nested, target.real)]
                if target.real == root:
                    covered.append(root)
    whole: set[str] = set()
    while covered:
        root = covered.pop()
        if root not in whole:
            whole.add(root)
            tree = tree_at(root)
            tree.walk_root()
            covered += tree.nested
    projects = []
    for root, tree in sorted(trees.items()):
        problems += tree.problems
        if root in whole or tree.wanted:
            projects.append(tree.project(is_whole=root in whole))
    problems += _empty_folders(trees, projects)
    return Discovery(tuple(projects), tuple(dict.fromkeys(problems)))


class _Target(NamedTuple):
    """A path that was named."""

    given: str
    root: str
    relative: str
    """From the root, POSIX; empty for the root itself."""
    real: str
    is_folder: bool


class _Folder(NamedTuple):
    """A folder on the way down, with what holds in it."""

    path: str
    """From the root, POSIX, ending with `/`; empty for the root."""
    real: str
    excludes: "_Excludes"
    ignores: tuple[IgnoreFile, ...]
    """Innermost first."""


class _Excludes:
    """Path globs, asked about one name at a time on the way down, and not about what lies in an excluded folder."""

    def __init__(self, globs: tuple[str, ...]) -> None:
        self._globs = globs
        free = [glob for glob in globs if "/" not in glob.rstrip("/")]
        self._anchored = tuple(glob for glob in globs if "/" in glob.rstrip("/"))
        wild = tuple(glob for glob in free if any(mark in glob for mark in "*?["))
        self._wild_names = tuple(glob for glob in wild if not glob.endswith("/"))
        self._wild_folders = wild
        self._names = frozenset(free).difference(wild)
        self._folders = frozenset(glob.rstrip("/") for glob in self._names)

    def hold_file(self, name: str, path: str) -> bool:
        """Whether a file is left out; its folder is not."""
        return (
            name in self._names
            or (bool(self._wild_names) and matches_any_path(self._wild_names, name))
            or (bool(self._anchored) and matches_any_path(self._anchored, path))
        )

    def hold_folder(self, name: str, path: str) -> bool:
        """Whether a folder, whose path ends with `/`, is left out; the one that holds it is not."""
        return (
            name in self._folders
            or (bool(self._wild_folders) and matches_any_path(self._wild_folders, name + "/"))
            or (bool(self._anchored) and matches_any_path(self._anchored, path))
        )

    def without(self, path: str) -> "_Excludes":
        """The globs that do not fit `path` itself, so that what lies below it can be judged."""
        return _Excludes(tuple(glob for glob in self._globs if not matches_path(glob, path)))


class _Tree:
    """The walk over one project."""

    def __init__(self, root: str, settings: DiscoverySettings, seen: Seen, *, with_gitignore: bool) -> None:
        self.root = root
        self.wanted: list[_Target] = []
        self.nested: list[str] = []
        self.problems: list[Problem] = []
        self._seen = seen
        self._with_gitignore = with_gitignore
        self._files: dict[str, FoundFile] = {}
        self._folders: dict[str, str] = {}
        """From the real path of a folder to its path from the root."""
        self._linked: dict[str, str] = {}
        """From the real path of a file to its path from the root, where it was found by a link or named."""
        self._links: list[tuple[_Folder, str]] = []
        self._explicit: set[str] = set()
        self._skipped: Counter[str] = Counter()
        self._entries: dict[str, tuple[_Folder, str]] = {}
        above: tuple[IgnoreFile, ...] = ()
        if with_gitignore:
            above, troubles = gitignore.levels_above(root)
            self._note(troubles)
        self._is_root_ignored = gitignore.is_ignored(above, "")
        if self._is_root_ignored:
            above = tuple(level.without("") for level in above)
        self._top = _Folder("", root, _Excludes((*settings.exclude, *settings.extend_exclude)), above)

    def is_excluded(self, target: _Target) -> bool:
        """Whether the configuration or git leaves out what `target` names."""
        if self._is_root_ignored or self._entered(target)[1]:
            self._skipped["named, but excluded"] += 1
            return True
        return False

    def walk(self, target: _Target) -> None:
        """Find the files of the project, and what `target` names although it may be excluded or lack the suffix."""
        self.walk_root()
        self.wanted.append(target)
        if not target.is_folder:
            self._explicit.add(self._path_of_file(target))
        elif target.real not in self._folders:
            folder, reason = self._entered(target)
            if reason:
                self._walk(folder)

    def walk_root(self) -> None:
        """Find the files of the project that are not excluded."""
        self._walk(self._top)

    def project(self, *, is_whole: bool) -> FoundProject:
        """What was found."""
        named: frozenset[str] | None = None
        if not is_whole:
            named = frozenset(self._explicit).union(*(self.files_in(each) for each in self.wanted if each.is_folder))
        return FoundProject(
            Path(self.root),
            tuple(self._files[path] for path in sorted(self._files)),
            named,
            frozenset(self._explicit),
            tuple(sorted(self._skipped.items())),
        )

    def files_in(self, target: _Target) -> frozenset[str]:
        """Paths of the files found in a folder that was named."""
        inside = f"{target.relative}/" if target.relative else ""
        found = {path for path in self._files if path.startswith(inside)}
        found.update(path for real, path in self._linked.items() if _lies_in(real, target.real))
        for real, path in self._folders.items():
            if _lies_in(real, target.real) and not path.startswith(inside):
                found.update(each for each in self._files if each.startswith(path) and "/" not in each[len(path) :])
        if found or target.real in self._folders:
            return frozenset(found)
        # Where case does not count, a folder can be named otherwise than it is spelled.
        for real, path in self._folders.items():
            if path.lower() == inside.lower() and os.path.samefile(real, target.real):
                return frozenset(each for each in self._files if each.startswith(path))
        return frozenset()

    def _walk(self, folder: _Folder) -> None:
        self._walk_without_links(folder)
        while self._links:
            links = sorted(self._links, key=lambda link: link[0].path + link[1])
            self._links = []
            for parent, name in links:
                self._follow(parent, name)

    def _walk_without_links(self, first: _Folder) -> None:
        waiting = [first]
        while waiting:
            folder = waiting.pop()
            if folder.real in self._folders:
                continue
            try:
                entries = {entry.name: entry for entry in self._seen.entries(folder.real)}
            except OSError as error:
                self._trouble(folder.real, f"cannot look into {_shown(folder.real)}: {_why(error)}")
                continue
            if folder is not first and self._is_apart(folder, entries):
                continue
            self._folders[folder.real] = folder.path
            folder = self._with_own_ignores(folder, entries)
            excludes, ignores = folder.excludes, folder.ignores
            for name, entry in entries.items():
                if entry.is_symlink():
                    self._links.append((folder, name))
                elif entry.is_dir(follow_symlinks=False):
                    path = f"{folder.path}{name}/"
                    if excludes.hold_folder(name, path):
                        self._skipped["excluded"] += 1
                    elif ignores and gitignore.is_ignored(ignores, path):
                        self._skipped["ignored by git"] += 1
                    else:
                        waiting.append(_Folder(path, os.path.join(folder.real, name), excludes, ignores))
                elif name.endswith(SUFFIX):
                    path = folder.path + name
                    if excludes.hold_file(name, path):
                        self._skipped["excluded"] += 1
                    elif ignores and gitignore.is_ignored(ignores, path):
                        self._skipped["ignored by git"] += 1
                    else:
                        self._add_entry(path, entry)

    def _add_entry(self, path: str, entry: "os.DirEntry[str]") -> None:
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError:
            self._skipped["vanished"] += 1
            return
        self._add(path, found, found.st_ino or entry.inode())

    def _add(self, path: str, found: os.stat_result, inode: int) -> None:
        if stat.S_ISREG(found.st_mode):
            self._files[path] = FoundFile(path, found.st_size, found.st_mtime_ns, inode)
        else:
            self._skipped["not a regular file"] += 1

    def _path_of(self, real: str) -> str | None:
        """The path from the root under which a file was found."""
        folder, name = os.path.split(real)
        if folder in self._folders and self._folders[folder] + name in self._files:
            return self._folders[folder] + name
        return self._linked.get(real)

    def _follow(self, parent: _Folder, name: str) -> None:
        """Take in what a symbolic link leads to, unless it was found already or holds the root."""
        link = os.path.join(parent.real, name)
        self._seen.links.append(link)
        try:
            found = os.stat(link)
        except OSError as error:
            if error.errno == errno.ELOOP:
                self._trouble(link, f"{_shown(link)}: this symbolic link leads to itself; remove it or exclude it")
            self._skipped["broken links"] += name.endswith(SUFFIX)
            return
        is_folder = stat.S_ISDIR(found.st_mode)
        if not is_folder and not name.endswith(SUFFIX):
            return
        path = parent.path + name
        if self._reason(parent, name, is_folder=is_folder):
            self._skipped["excluded"] += 1
            return
        real = os.path.realpath(link)
        if not is_folder:
            self._add_linked(path, real, found)
        elif real in self._folders or _lies_in(self.root, real):
            self._skipped["found elsewhere"] += 1
        else:
            self._walk_linked(parent._replace(path=f"{path}/", real=real))

    def _add_linked(self, path: str, real: str, found: os.stat_result) -> None:
        if self._path_of(real) is None:
            self._add(path, found, found.st_ino)
            self._linked[real] = path
        else:
            self._skipped["found elsewhere"] += 1

    def _walk_linked(self, folder: _Folder) -> None:
        try:
            names = frozenset(entry.name for entry in self._seen.entries(folder.real))
        except OSError as error:
            self._trouble(folder.real, f"cannot look into {_shown(folder.real)}: {_why(error)}")
            return
        if not self._is_apart(folder, names):
            self._walk_without_links(folder)

    def _is_apart(self, folder: _Folder, names: "frozenset[str] | dict[str, os.DirEntry[str]]") -> bool:
        """Whether a folder is no part of the project: a virtual environment, or a project of its own."""
        if "pyvenv.cfg" in names:
            self._skipped["virtual environments"] += 1
            return True
        if (OWN in names or SHARED in names) and find(folder.real):
            self.nested.append(folder.real)
            return True
        return False

    def _with_own_ignores(self, folder: _Folder, names: "frozenset[str] | dict[str, os.DirEntry[str]]") -> _Folder:
        """`folder` with what its own `.gitignore` adds; a repository inside another starts anew."""
        if not self._with_gitignore:
            return folder
        ignores = folder.ignores
        if folder.path and gitignore.REPOSITORY in names:
            ignores, troubles = gitignore.level_of_repository(folder.real, folder.path)
            self._note(troubles)
        if gitignore.FILE in names:
            own, troubles = gitignore.level_of(folder.real, folder.path)
            self._note(troubles)
            ignores = (*own, *ignores)
        return folder if ignores is folder.ignores else folder._replace(ignores=ignores)

    def _reason(self, folder: _Folder, name: str, *, is_folder: bool) -> str:
        """Why what stands in `folder` is left out; empty if it is not."""
        path = f"{folder.path}{name}/" if is_folder else folder.path + name
        if (folder.excludes.hold_folder if is_folder else folder.excludes.hold_file)(name, path):
            return "excluded"
        return "ignored by git" if gitignore.is_ignored(folder.ignores, path) else ""

    def _entered(self, target: _Target) -> tuple[_Folder, str]:
        """The folder of a target (itself, or the one that holds it) as seen from the root, and why it is left out.

        What leaves the target out does not hold below it: it was named.
        """
        parent, _, name = target.relative.rpartition("/")
        if target.is_folder:
            return self._entered_folder(target.relative)
        folder, reason = self._entered_folder(parent)
        return folder, reason or self._reason(folder, name, is_folder=False)

    def _entered_folder(self, relative: str) -> tuple[_Folder, str]:
        if not relative:
            return self._with_own_ignores(self._top, self._names_in(self.root)), ""
        if relative not in self._entries:
            parent, _, name = relative.rpartition("/")
            folder, reason = self._entered_folder(parent)
            own = self._reason(folder, name, is_folder=True)
            path = f"{relative}/"
            if own:
                ignores = tuple(level.without(path) for level in folder.ignores)
                folder = folder._replace(excludes=folder.excludes.without(path), ignores=ignores)
            folder = folder._replace(path=path, real=os.path.realpath(os.path.join(folder.real, name)))
            names = self._names_in(folder.real)
            if "pyvenv.cfg" in names:
                own = own or "virtual environments"
            self._entries[relative] = self._with_own_ignores(folder, names), reason or own
        return self._entries[relative]

    def _names_in(self, folder: str) -> frozenset[str]:
        try:
            return frozenset(entry.name for entry in self._seen.entries(folder))
        except OSError:
            return frozenset()

    def _path_of_file(self, target: _Target) -> str:
        """Under which path a file that was named is found; it is taken in if it was not."""
        if target.relative in self._files:
            return target.relative
        known = self._path_of(target.real)
        if known is not None:
            return known
        try:
            found = os.stat(target.real)
        except OSError as error:
            self._trouble(target.given, f"cannot look at {target.given}: {_why(error)}")
            return target.relative
        for path, file in self._files.items():
            # Where case does not count, a file can be named otherwise than it is spelled.
            if file.inode == found.st_ino and path.lower() == target.relative.lower():
                return path
        self._add_linked(target.relative, target.real, found)
        return target.relative

    def _note(self, troubles: tuple[str, ...]) -> None:
        for trouble in troubles:
            self._trouble(trouble, trouble)

    def _trouble(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))


def _target(path: str, roots: Roots, problems: list[Problem]) -> _Target | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        problems.append(Problem(path, f"no such file or folder: {path}; check the spelling and the working directory"))
        return None
    except (OSError, ValueError) as error:
        problems.append(Problem(path, f"cannot look at {path!r}: {_why(error)}"))
        return None
    is_folder = stat.S_ISDIR(found.st_mode)
    if not is_folder and not stat.S_ISREG(found.st_mode):
        problems.append(Problem(path, f"neither a file nor a folder: {path}; name another"))
        return None
    absolute = os.path.abspath(path)
    root = os.path.normpath(roots.of(absolute))
    relative = os.path.relpath(absolute, root).replace(os.sep, "/")
    return _Target(
        path, os.path.realpath(root), "" if relative == "." else relative, os.path.realpath(absolute), is_folder
    )


def _empty_folders(trees: dict[str, _Tree], projects: list[FoundProject]) -> list[Problem]:
    """A problem for each folder that was named and holds no Python file."""
    filled = [str(project.root) for project in projects if project.files]
    problems = []
    for tree in trees.values():
        for target in tree.wanted:
            holds_project = any(root != tree.root and _lies_in(root, target.real) for root in filled)
            if target.is_folder and not holds_project and not tree.files_in(target):
                remedy = "name another folder, or see --show-files for what is excluded"
                problems.append(Problem(target.given, f"no Python files under {target.given}; {remedy}"))
    return problems


def _lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def _shown(path: str) -> str:
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative


def _why(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "this user may not; grant the permission or exclude it"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}; mend that or exclude it"
    return f"{error}; correct the path"
