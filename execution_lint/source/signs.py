"""What a text must hold for a kind of subject to exist at all, told from its bytes: rather a sign too many than one
too few.

Looked for before anything that knows of a kind is imported: a project without a sign of it costs no more than this.
"""

import re
from functools import cache, cached_property
from typing import NamedTuple

from execution_lint.source.given_names import Spots, finders, is_annotated, is_given_string, stems_of
from execution_lint.source.lexer import fill, split
from execution_lint.source.text import Undecodable, decode
from execution_lint.source.words import has_decorator, respelled

_IMPORT = b"import"
_BACKSLASH = 0x5C
_WORD_BYTES = bytes(
    byte if byte >= 0x80 or chr(byte).isalnum() or byte == ord("_") else ord(" ") for byte in range(256)
)
# `import_module("name")` and its like import what a string says, if they are called by their own names.
_NOT_CALLED = re.compile(rb"(?:import_module|__import__)\b(?![ \t\f\\\r\n]*\()")
_RENAMED = re.compile(rb"import_module[ \t\f]+as\b")
_COROUTINE = re.compile(rb"async[ \t\f\\\r\n]+def\b")
_CLASS = re.compile(rb"class[ \t\f\\\r\n]+([\w\x80-\xff]+)[ \t\f\\\r\n]*[(\[]")


class Sign(NamedTuple):
    """Marks of a text; it is a sign of a kind of subject if one of them stands in it."""

    imports: frozenset[str] = frozenset()
    """Words of which one stands in an import."""
    words: frozenset[str] = frozenset()
    """Words, or parts of words, that stand anywhere."""
    decorators: frozenset[str] = frozenset()
    """Words in a decorator."""
    coroutines: bool = False
    """A coroutine function is defined."""
    classes: frozenset[str] = frozenset()
    """How the name of a class with bases ends, in small letters."""
    annotated: frozenset[str] = frozenset()
    """How a name with an annotation ends, in small letters."""
    fields: frozenset[str] = frozenset()
    """The name, in small letters, of a field that may hold a string: declared in a class, or given to an object."""


class FileSigns:
    """Tells which signs stand in one file."""

    def __init__(self, data: bytes) -> None:
        self._respelled = respelled(data)
        self._data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
        self._known_spots: dict[tuple[str, ...], Spots] = {}

    def hold(self, sign: Sign) -> bool:
        """Whether a mark of the sign may stand in the file."""
        if self._respelled is None or any(_may_mark(sign, name) for name in self._respelled):
            return True
        data = self._data
        if sign.imports and (self.imported is None or not _encoded(sign.imports).isdisjoint(self.imported)):
            return True
        for pattern in finders(sign.words):
            if pattern.search(data) is not None:
                return True
        return (
            (bool(sign.decorators) and has_decorator(data, sign.decorators))
            or (sign.coroutines and b"async" in data and _COROUTINE.search(data) is not None)
            or (bool(sign.classes) and self._has_class(tuple(end.encode() for end in sign.classes)))
            or (bool(sign.annotated) and self._has_annotation(sign.annotated))
            or (bool(sign.fields) and self._has_field(sign.fields))
        )

    @cached_property
    def imported(self) -> frozenset[bytes] | None:
        """The words of all imports; None where something may be imported by another name."""
        data = self._data
        if b"import_module" in data or b"__import__" in data:
            if _RENAMED.search(data) is not None or any(
                not _is_plain_import(data, found.start()) for found in _NOT_CALLED.finditer(data)
            ):
                return None
            return frozenset(data.translate(_WORD_BYTES).split())
        lines: list[bytes] = []
        at = data.find(_IMPORT)
        while at >= 0:
            begin = data.rfind(b"\n", 0, at) + 1
            while begin > 1 and data[begin - 2] == _BACKSLASH:
                begin = data.rfind(b"\n", 0, begin - 1) + 1
            end = data.find(b"\n", at)
            while end > 0 and data[end - 1] == _BACKSLASH:
                end = data.find(b"\n", end + 1)
            if end < 0:
                end = len(data)
            lines.append(data[begin:end])
            at = data.find(_IMPORT, end)
        return frozenset(b" ".join(lines).translate(_WORD_BYTES).split())

    def _has_class(self, ends: tuple[bytes, ...]) -> bool:
        return any(name.lower().endswith(ends) for name in _CLASS.findall(self._data))

    def _has_annotation(self, ends: frozenset[str]) -> bool:
        return self._spots(stems_of(ends)).is_annotated and (self._code is None or is_annotated(self._code, ends))

    def _has_field(self, names: frozenset[str]) -> bool:
        return self._spots(stems_of(names)).is_given and (self._code is None or is_given_string(self._code, names))

    def _spots(self, stems: tuple[str, ...]) -> Spots:
        if stems not in self._known_spots:
            self._known_spots[stems] = Spots(self._data, stems)
        return self._known_spots[stems]

    @cached_property
    def _code(self) -> str | None:
        """The text, strings and comments blanked; None where it cannot be told from them."""
        try:
            parts = split(decode(self._data))
        except Undecodable:
            return None
        return None if parts is None else "".join(fill(parts))


@cache
def _encoded(words: frozenset[str]) -> frozenset[bytes]:
    return frozenset(word.encode() for word in words)


def _is_plain_import(data: bytes, at: int) -> bool:
    """Whether an import that goes on at `at` begins on the same line."""
    return _IMPORT in data[data.rfind(b"\n", 0, at) + 1 : at].split()


def _may_mark(sign: Sign, name: str) -> bool:
    """Whether a name that is spelled in other letters may be a mark of the sign."""
    return (
        name in sign.imports | sign.decorators | sign.fields
        or any(word in name for word in sign.words)
        or name.lower().endswith(tuple(sign.classes | sign.annotated))
    )
