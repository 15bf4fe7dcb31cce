"""Whether a name stands in a text where it may mean what it names, told without parsing."""

import re
from functools import lru_cache

from execution_lint.source.lexer import is_formatted, split

_DEFINES = re.compile(r"(?<![\w.])(?:def|class)[ \t]+\Z")
_IMPORTED_FROM = re.compile(r"[\n;:][ \t\f]*from(?:[ \t]+|[ \t]*\.[. \t]*)[\w.]*\Z")
_BY_TEXT = ("getattr", "globals", "locals", "vars", "__dict__", "methodcaller", "attrgetter")
"""What makes the text of a string a name."""
_LONGEST_HEAD = 200


def may_use(text: str, name: str, *, in_strings: bool = False) -> bool:
    """Whether `name` stands in the code of a text otherwise than as the name of a definition or of the module that is
    imported from: rather yes too often than no once.

    The fields of an f-string are code. Other strings count with `in_strings`, as for annotations, and beside what makes
    names of strings, such as `getattr`.
    """
    if name not in text:
        return not text.isascii()
    if not text.isascii():
        return True
    parts = split(text)
    if parts is None:
        return True
    word = _word(name)
    for number, part in enumerate(parts):
        if name not in part:
            continue
        if number % 2 == 0:
            code = part if number else f"\n{part}"
            if any(_is_use(code, found.start()) for found in word.finditer(code)):
                return True
        elif (
            part[0] in "\"'"
            and word.search(part) is not None
            and (in_strings or is_formatted(parts[number - 1]) or any(maker in text for maker in _BY_TEXT))
        ):
            return True
    return False


def may_rename(text: str, name: str) -> bool:
    """Whether an `as` stands behind a name in a text: rather yes too often than no once."""
    return not text.isascii() or (name in text and _renamed(name).search(text) is not None)


@lru_cache(maxsize=1_000)
def _renamed(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(name)}[\s\\]+as\b")


@lru_cache(maxsize=1_000)
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(name)}\b")


def _is_use(code: str, at: int) -> bool:
    head = code[max(0, at - _LONGEST_HEAD) : at]
    return _DEFINES.search(head) is None and _IMPORTED_FROM.search(head) is None
