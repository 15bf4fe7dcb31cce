"""Reads what imports bind from their text, where it is written as nearly all are: a parser costs three times that."""

import re
from collections.abc import Iterator
from keyword import kwlist

from execution_lint.extract.coordinates import Coordinates, Position, Spans
from execution_lint.extract.flow import START
from execution_lint.facts.scopes import RegionFacts, Scope, ScopeKind
from execution_lint.facts.values import NONE, Imported

_NAME = "[A-Za-z_][A-Za-z_0-9]*"
_DOTTED = rf"{_NAME}(?:\.{_NAME})*"
_RENAMED = rf"(?:[ \t]+as[ \t]+{_NAME})?"
_COMMA = r"[ \t]*,[ \t]*"
_LISTED = r"(?:[^()#\n]*(?:#[^()\n]*)?\n)*[^()#\n]*"
_END = r"[ \t]*(?:#[^\n]*)?\n?\Z"
_IMPORT = re.compile(rf"import[ \t]+({_DOTTED}{_RENAMED}(?:{_COMMA}{_DOTTED}{_RENAMED})*){_END}")
_FROM = re.compile(
    rf"from[ \t]+(\.*)({_DOTTED})?[ \t]+import"
    rf"(?:[ \t]+(\*|{_NAME}{_RENAMED}(?:{_COMMA}{_NAME}{_RENAMED})*)|[ \t]*(\({_LISTED}\))){_END}"
)
_ALIAS = re.compile(rf"[ \t\n]*({_DOTTED})(?:[ \t]+as[ \t]+({_NAME}))?[ \t\n]*\Z")
_COMMENT = re.compile(r"#[^\n]*")
_KEYWORDS = frozenset(kwlist)

_Bound = tuple[str, Imported]
"""A name, and what it stands for."""


def read_imports(code: str, coordinates: Coordinates) -> RegionFacts | None:
    """What a region says that is one import; None where that takes a parser."""
    match = _FROM.match(code)
    if match is not None:
        dots, module, names, bracketed = match.groups()
        end = match.end(3) if bracketed is None else match.end(4)
        listed = names if bracketed is None else _COMMENT.sub("", bracketed[1:-1])
        found = _brought(listed, module or "", len(dots), may_end=bracketed is not None)
    else:
        match = _IMPORT.match(code)
        if match is None:
            return None
        end = match.end(1)
        found = _modules(match[1])
    if found is None:
        return None
    position = (1, 0, code.count("\n", 0, end) + 1, end - code.rfind("\n", 0, end) - 1)
    return _facts(found, coordinates, position)


def _brought(listed: str, module: str, level: int, *, may_end: bool) -> list[_Bound] | None:
    """What `from module import listed` binds; None where that is an error, or nothing that is read here."""
    if not (module or level) or not _KEYWORDS.isdisjoint(module.split(".")):
        return None
    if listed == "*" and not may_end:
        return [("*", Imported(module, "*", level))]
    found = []
    for name, alias in _aliases(listed.split(","), may_end=may_end):
        if "." in name or name in _KEYWORDS or alias in _KEYWORDS:
            return None
        found.append((alias or name, Imported(module, name, level)))
    return found or None


def _modules(listed: str) -> list[_Bound] | None:
    """What `import listed` binds; None where that is an error."""
    found = []
    for name, alias in _aliases(listed.split(","), may_end=False):
        if alias in _KEYWORDS or not _KEYWORDS.isdisjoint(name.split(".")):
            return None
        top = name.partition(".")[0]
        found.append((alias, Imported(name, "", 0)) if alias else (top, Imported(top, "", 0)))
    return found or None


def _aliases(parts: list[str], *, may_end: bool) -> Iterator[tuple[str, str]]:
    """The names that are listed, each with the one that it gets if it gets another; a keyword where none can be read.

    `may_end` allows a comma behind the last.
    """
    if may_end and len(parts) > 1 and not parts[-1].strip(" \t\n"):
        parts.pop()
    for part in parts:
        match = _ALIAS.match(part)
        yield (match[1], match[2] or "") if match is not None else ("import", "")


def _facts(found: list[_Bound], coordinates: Coordinates, position: Position) -> RegionFacts:
    scope = Scope(
        kind=ScopeKind.MODULE,
        name="",
        qualname="",
        parent=NONE,
        span=START,
        head=START,
        is_async=False,
        is_generator=False,
        parameters=(),
        returns=NONE,
        decorators=(),
        bases=(),
        values=tuple([value for _, value in found]),
        spans=Spans(coordinates, [position] * len(found)),
        exits=(),
        comparisons=(),
        branches=(),
        forks=(),
        assignments=(),
        repeated=(),
        bindings=tuple([(name, ref) for ref, (name, _) in enumerate(found)]),
    )
    return RegionFacts(scopes=(scope,))
