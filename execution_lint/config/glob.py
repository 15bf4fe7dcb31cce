"""Patterns of the configuration: globs over file paths, over modules and over the paths of routes."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from execution_lint.config.mistakes import WrongValue

# Not compiled here: a run that needs no path glob should not pay for them.
_SET = r"\[(!?)(\]?[^\]/]*)\]"
_SET_OR_STAR = rf"{_SET}|\*"
_SET_OR_LETTER = rf"{_SET}|\?"
_RANGE_OR_LETTER = r"(?s:(.)-(.)|(.))"


def matches_path(pattern: str, path: str) -> bool:
    """Whether a path glob covers `path`, which is POSIX and relative to the root; a folder's ends with `/`.

    As in `.gitignore`: `*` and `?` stay within one segment, `**` is any number of segments, `[a-z]` and `[!a-z]` are
    sets. A pattern without a slash fits a name at any depth; with one, it starts at the root. One that ends with `/`
    fits folders only. What lies below a folder that fits is covered too.
    """
    return matches_any_path((pattern,), path)


def matches_any_path(patterns: tuple[str, ...], path: str) -> bool:
    """Whether one of the path globs covers `path`; see `matches_path`. The patterns are compiled once, into one."""
    return bool(patterns) and _compiled(patterns).match(path) is not None


def check_path_glob(pattern: str) -> None:
    """Raise `WrongValue` where `pattern` is not a path glob."""
    if not pattern.strip("/"):
        raise WrongValue("is an empty glob")
    if "\\" in pattern:
        raise WrongValue(f'"{pattern}" holds a backslash; globs separate with /', pattern.replace("\\", "/"))
    if "\0" in pattern:
        raise WrongValue("holds a NUL character")
    for segment in _segments(pattern):
        if segment in (".", ".."):
            raise WrongValue(f'"{pattern}" holds a `{segment}` segment; globs are relative to the root')
        if "**" in segment and segment != "**":
            raise WrongValue(f'"{pattern}": ** must be a whole segment')
        if "[" in re.sub(_SET, "", segment):
            raise WrongValue(f'"{pattern}" opens a [ that nothing closes')
    try:
        _compiled((pattern,))
    except re.error as error:
        raise WrongValue(f'"{pattern}" is not a glob: {error.msg}') from None


def matches_module(pattern: str, module: str) -> bool:
    """Whether a module glob covers `module` or a package above it.

    `*` is one name or a part of one, `**` any number of names: `app.api.*` covers `app.api.jobs` and
    `app.api.jobs.views`, but not `app.api`; `app.api` covers all three.
    """
    return _Steps(_module_steps(pattern), is_prefix=True).accept(module.split("."))


def check_module_glob(pattern: str) -> None:
    """Raise `WrongValue` where `pattern` is not a module glob."""
    if "/" in pattern or pattern.endswith(".py"):
        path = pattern.removesuffix(".py").strip("/").replace("/", ".")
        raise WrongValue(f'"{pattern}" is a path; modules are named with dots', path)
    if ":" in pattern:
        raise WrongValue(f'"{pattern}" names a thing in a module; a module is expected', pattern.partition(":")[0])
    for part in pattern.split("."):
        if not part.replace("*", "_").isidentifier():
            raise WrongValue(f'"{pattern}" is not a module name or a glob over module names')
        if "**" in part and part != "**":
            raise WrongValue(f'"{pattern}": ** must stand alone between dots')


def matches_route(pattern: str, path: str) -> bool:
    """Whether a route glob fits the full `path` of a route.

    `*` is one segment (or a part of one), `**` any number of segments, also none; all else is literal, `{job_id}` too.
    A slash at the end makes no difference.
    """
    return _Steps(_route_steps(pattern)).accept(_segments(path))


def matches_route_suffix(pattern: str, path: str) -> bool:
    """Whether a route glob can fit a route of which only the end of the path is known.

    Some prefix before `path` must make the pattern fit, and a literal segment of the pattern must be among what fits
    (`/jobs/*` says nothing about `/{id}`), unless the pattern starts with `**` and so fits whatever the prefix is.
    """
    steps = _route_steps(pattern)
    segments = _segments(path)
    if steps[:1] == ("**",) and _Steps(steps).accept(segments):
        return True
    return any(_Steps(steps[start:], needs_literal=True).accept(segments) for start in range(len(steps)))


def check_route_glob(pattern: str) -> None:
    """Raise `WrongValue` where `pattern` is not a glob over the paths of routes."""
    if not pattern.startswith(("/", "*")):
        raise WrongValue(f'"{pattern}" is not the path of a route; it starts with / or *', f"/{pattern}")
    for segment in _segments(pattern):
        if "**" in segment and segment != "**":
            raise WrongValue(f'"{pattern}": ** must be a whole segment')


def matches_word(pattern: str, word: str) -> bool:
    """Whether `word` fits a pattern in which `*` stands for any text, also none. Case counts."""
    first, *rest = pattern.split("*")
    if not rest:
        return word == pattern
    *middle, last = rest
    if len(word) < len(first) + len(last) or not word.startswith(first) or not word.endswith(last):
        return False
    position, end = len(first), len(word) - len(last)
    for piece in middle:
        found = word.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True


class _Steps:
    """A pattern as steps, walked over parts with the set of steps reached: never slower than steps times parts."""

    def __init__(self, steps: Sequence[str], *, is_prefix: bool = False, needs_literal: bool = False) -> None:
        self.steps = steps
        self.is_prefix = is_prefix
        self.needs_literal = needs_literal

    def accept(self, parts: Sequence[str]) -> bool:
        """Whether the steps lead over all the parts, or, for a prefix, over the first of them."""
        reached = self._without_parts({(0, not self.needs_literal)})
        for part in parts:
            if self.is_prefix and self._is_final(reached):
                return True
            reached = self._without_parts(set(self._after(part, reached)))
        return self._is_final(reached)

    def _is_final(self, reached: Iterable[tuple[int, bool]]) -> bool:
        return (len(self.steps), True) in reached

    def _after(self, part: str, reached: Iterable[tuple[int, bool]]) -> Iterable[tuple[int, bool]]:
        for index, has_literal in reached:
            if index == len(self.steps):
                continue
            step = self.steps[index]
            if step == "**":
                yield index, has_literal
            elif part and matches_word(step, part):
                yield index + 1, has_literal or _is_literal(step)

    def _without_parts(self, reached: set[tuple[int, bool]]) -> set[tuple[int, bool]]:
        for index, has_literal in tuple(reached):
            while index < len(self.steps) and self.steps[index] == "**":
                index += 1
                reached.add((index, has_literal))
        return reached


def _is_literal(step: str) -> bool:
    return not any(mark in step for mark in "*{<")


def _segments(path: str) -> tuple[str, ...]:
    stripped = path.strip("/")
    return tuple(stripped.split("/")) if stripped else ()


@cache
def _route_steps(pattern: str) -> tuple[str, ...]:
    return _segments(pattern)


@cache
def _module_steps(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.split("."))


@cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    names = _GroupNames()
    return re.compile("|".join(_path_expression(pattern, names) for pattern in patterns), re.DOTALL)


class _GroupNames:
    """Names for the groups that keep an expression from backtracking into a star that already found its text.

    The first text that fits is as good as any later one, so nothing is lost: `(?=(?P<a>.*?x))(?P=a)` is the atomic
    group that `re` has only from Python 3.11 on.
    """

    def __init__(self) -> None:
        self.count = 0

    def atomic(self, expression: str) -> str:
        """`expression`, never tried a second time."""
        self.count += 1
        return f"(?=(?P<g{self.count}>{expression}))(?P=g{self.count})"


def _path_expression(pattern: str, names: _GroupNames) -> str:
    segments = list(_segments(pattern))
    if "/" not in pattern.rstrip("/"):
        segments.insert(0, "**")
    chunks: list[list[str]] = [[]]
    for segment in segments:
        if segment == "**":
            chunks.append([])
        else:
            chunks[-1].append(segment)
    first, *rest = ["/".join(_segment_expression(segment, names) for segment in chunk) for chunk in chunks]
    end = "/" if pattern.endswith("/") else r"(?:/|\Z)"
    if not rest:
        return first + end
    *middle, last = [chunk for index, chunk in enumerate(rest) if chunk or index == len(rest) - 1]
    expression = f"{first}/" if first else ""
    expression += "".join(names.atomic(f"(?:[^/]+/)*?{chunk}/") for chunk in middle)
    return expression + (f"(?:[^/]+/)*?{last}{end}" if last else "[^/]+" if end != "/" else "[^/]+/")


def _segment_expression(segment: str, names: _GroupNames) -> str:
    first, *rest = [_piece_expression(piece) for piece in _split_at_stars(segment)]
    if not rest:
        return first
    *middle, last = rest
    atoms = "".join(names.atomic(f"[^/]*?{piece}") for piece in middle if piece)
    # A star that is the whole segment stands for a name, which is never empty.
    star = "[^/]+" if segment == "*" else "[^/]*"
    return f"{first}{atoms}{star}{last}"


def _split_at_stars(segment: str) -> list[str]:
    """The pieces between stars; a star inside a set is not one."""
    pieces, start = [""], 0
    for found in re.finditer(_SET_OR_STAR, segment):
        pieces[-1] += segment[start : found.start()]
        start = found.end()
        if found[0] == "*":
            pieces.append("")
        else:
            pieces[-1] += found[0]
    pieces[-1] += segment[start:]
    return pieces


def _piece_expression(piece: str) -> str:
    expression, start = "", 0
    for found in re.finditer(_SET_OR_LETTER, piece):
        expression += re.escape(piece[start : found.start()])
        start = found.end()
        if found[0] == "?":
            expression += "[^/]"
        else:
            members = re.sub(_RANGE_OR_LETTER, _range_expression, found[2])
            expression += f"(?!/)[{'^' if found[1] else ''}{members}]"
    return expression + re.escape(piece[start:])


def _range_expression(found: re.Match[str]) -> str:
    first, last, letter = found.groups()
    return f"{re.escape(first)}-{re.escape(last)}" if letter is None else re.escape(letter)
