"""What a path matches, and whether another takes all of it: by segments, as each framework reads them."""

import re
from enum import Enum
from functools import cache

import msgspec

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|<([^<>]*)>")
_TAKES_ALL = frozenset({"path", ".*", ".+"})
_TAKES_SEGMENT = frozenset({"", "str", "string", "strorempty", "default"})
_KIND_FIRST = frozenset({"flask", "quart", "django", "drf", "django-ninja"})
"""The frameworks that write `<int:name>`, not `{name:int}`."""


class Part(Enum):
    """What a segment of a path matches."""

    LITERAL = "literal"
    ANY = "any"
    """Any one segment."""
    SOME = "some"
    """One segment of a kind, or with more text around the parameter."""
    REST = "rest"
    """All that is left, slashes included."""


class Segment(msgspec.Struct, frozen=True):
    """A segment of a path; `text` is a literal's own, or what makes two that match some texts equal."""

    part: Part
    text: str


@cache
def segments(framework: str, path: str) -> tuple[Segment, ...]:
    """The segments of a path, the names of its parameters left out."""
    found: list[Segment] = []
    for text in _split(path):
        whole = _PLACEHOLDER.fullmatch(text)
        if whole is not None:
            kind = _kind(framework, whole[1] if whole[1] is not None else whole[2])
            part = Part.REST if kind in _TAKES_ALL else Part.ANY if kind in _TAKES_SEGMENT else Part.SOME
            found.append(Segment(part, kind if part is Part.SOME else ""))
        elif _PLACEHOLDER.search(text):
            kinds = _PLACEHOLDER.sub(lambda inner: "{" + _kind(framework, inner[1] or inner[2] or "") + "}", text)
            found.append(Segment(Part.SOME, kinds))
        else:
            found.append(Segment(Part.LITERAL, text))
    return tuple(found)


def _split(path: str) -> list[str]:
    """The texts between slashes, those within a parameter's expression left alone."""
    marked = _PLACEHOLDER.sub(lambda found: found[0].replace("/", "\0"), path)
    return [text.replace("\0", "/") for text in marked.split("/")[1:]]


def _kind(framework: str, inner: str) -> str:
    first, colon, last = inner.partition(":")
    if not colon:
        return ""
    return first if framework in _KIND_FIRST and "{" not in inner else last


def covers(wide: tuple[Segment, ...], narrow: tuple[Segment, ...]) -> bool:
    """Whether every path that `narrow` matches is matched by `wide`."""
    for index, segment in enumerate(wide):
        if segment.part is Part.REST:
            return index == len(wide) - 1 and len(narrow) > index
        if index >= len(narrow) or not _covers(segment, narrow[index]):
            return False
    return len(wide) == len(narrow)


def _covers(wide: Segment, narrow: Segment) -> bool:
    match wide.part:
        case Part.ANY:
            return narrow.part in (Part.ANY, Part.SOME) or (narrow.part is Part.LITERAL and bool(narrow.text))
        case Part.SOME:
            is_number = wide.text == "int" and narrow.part is Part.LITERAL and narrow.text.isdigit()
            return wide == narrow or is_number
        case _:
            return wide == narrow


def has_parameter(path: tuple[Segment, ...]) -> bool:
    """Whether a path matches more than one text."""
    return any(segment.part is not Part.LITERAL for segment in path)


def static_length(path: tuple[Segment, ...]) -> int:
    """How many segments stand before the first parameter."""
    return next((index for index, segment in enumerate(path) if segment.part is not Part.LITERAL), len(path))
