"""Whether a text may bind an attribute or a name of the module, told without parsing."""

import re
from functools import lru_cache
from keyword import kwlist

from execution_lint.source.lexer import split

_ASSIGNED = r"(?:[-+*/%&|^@]|<<|>>|//|\*\*)?=(?!=)"
_FOLLOWED = re.compile(rf"\s*(?:{_ASSIGNED}|(?P<one_of>[,)\]])|(?P<declared>:)|in\b)")
"""What follows what is assigned to; it is one of several or stands in brackets, or is declared, where that is so."""
_FOLLOWED_AS_WRITTEN = re.compile(rf"\s*(?:{_ASSIGNED}|[,)\]:#\\]|in\b)")
"""The same where a comment or the end of a joined line may come first."""
_MORE_THAN_A_TARGET = re.compile(r"\w\s+\w")
_BOUND = re.compile(r"\bas[\s(]+\w*\Z")
_BRACKETS = re.compile(r"[()\[\]{}]")
_WORD_BEFORE = re.compile(r"(\w+)\s*\Z")
# What begins with letters is found ten times as fast as what begins with a `\b`.
_OUTER = re.compile(r"(?:global(?<!\wglobal)|nonlocal(?<!\wnonlocal))\b([^\n;]*)")
_NO_CALLS = frozenset(kwlist) - {"None", "True", "False"}
_BINDING = (b"=", b":", b";", b"import", b"del")
"""One of these stands in each statement that binds or frees a name."""
_FAR = 4_000
"""Characters before a target in which its bracket is looked for."""


def may_assign(text: str, name: str) -> bool:
    """Whether the attribute `name` of something may be assigned to in the code of a text: rather yes too often than no
    once. What a call is given is no target."""
    if text.isascii() and not _may_be_target(text, name):
        return False
    code = _code(text)
    if code is None:
        return name in text or not text.isascii()
    if not code.isascii():
        return True
    return any(_is_target(code, found) for found in _attribute(name).finditer(code))


def may_bind(text: bytes) -> bool:
    """Whether a statement may bind a name that is no assignment to one name, no import, definition or block: rather yes
    too often than no once. A string alone, as a docstring is one, does not."""
    if not any(sign in text for sign in _BINDING):
        return False
    statement = text.strip().lstrip(b"rRuUbB")
    for quotes in (b'"""', b"'''", b'"', b"'"):
        if statement.startswith(quotes) and len(statement) >= 2 * len(quotes) and statement.endswith(quotes):
            held = statement[len(quotes) : -len(quotes)]
            is_one = quotes not in held and b"\\" + quotes[:1] not in held and not held.endswith((b"\\", quotes[:1]))
            return not is_one or (len(quotes) == 1 and (b"\n" in held or b"\r" in held))
    return True


def may_declare_outer(text: str, name: str) -> bool:
    """Whether a `global` or `nonlocal` statement in the code of a text may hold `name`: rather yes too often than no
    once."""
    declared = declared_outer(text)
    return name in text or not text.isascii() if declared is None else name in declared


def declared_outer(text: str) -> frozenset[str] | None:
    """The names in the `global` and `nonlocal` statements in the code of a text, rather too many than too few; None
    where they cannot be told."""
    code = _code(text)
    if code is None:
        return None
    statements = _OUTER.findall(code)
    if not all(statement.isascii() for statement in statements):
        return None
    return frozenset(name for statement in statements for name in statement.replace(",", " ").split())


@lru_cache(maxsize=8)
def _code(text: str) -> str | None:
    """The code of a text, with a mark in the place of a string, and of a joined line a blank; None where it cannot be
    told."""
    parts = split(text)
    if parts is None:
        return None
    for number in range(1, len(parts), 2):
        parts[number] = '""' if parts[number][0] in "\"'" else " "
    return "".join(parts)


def _may_be_target(text: str, name: str) -> bool:
    """Whether a text of ASCII may hold an attribute that is a target, as it is written, with comments and joined lines.
    Most texts that hold the name are told by this without being cut apart."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        before = text[at - 1 : at]
        if (before == "." or before.isspace()) and _FOLLOWED_AS_WRITTEN.match(text, end) is not None:
            return True
        at = text.find(name, end)
    return False


@lru_cache(maxsize=1_000)
def _attribute(name: str) -> re.Pattern[str]:
    return re.compile(rf"[\w)]\s*\.\s*{re.escape(name)}\b")


def _is_target(code: str, found: re.Match[str]) -> bool:
    followed = _FOLLOWED.match(code, found.end())
    if followed is None:
        return False
    if followed["declared"]:
        before = code[max(code.rfind(mark, 0, found.start()) for mark in "\n;:") + 1 : found.start() + 1]
        return _MORE_THAN_A_TARGET.search(before) is None or _BOUND.search(before) is not None
    return not followed["one_of"] or not _is_argument(code, found.start())


def _is_argument(code: str, position: int) -> bool:
    """Whether the innermost bracket around a position is that of a call or a subscript."""
    depth = 0
    for bracket in reversed([*_BRACKETS.finditer(code, max(0, position - _FAR), position)]):
        if bracket[0] in ")]}":
            depth += 1
        elif depth:
            depth -= 1
        else:
            before = code[max(0, bracket.start() - 100) : bracket.start()].rstrip(" \t")
            word = _WORD_BEFORE.search(before)
            return word[1] not in _NO_CALLS if word is not None else before.endswith((")", "]"))
    return False
