"""Whether a text asks something for what it carries by a name, or only has a variable that is called so; told without
parsing.

A variable is what is assigned to it, which stands somewhere else: in the same text, where it is an attribute, a call or
the like and so counts itself, or in the annotation of a parameter, or in the module. The name alone says nothing.
"""

import re
from functools import lru_cache
from unicodedata import is_normalized

from execution_lint.source.lexer import is_formatted, split

_DEFINED = re.compile(r"(?<![\w.])(def|class)[ \t]+\Z")
_SCOPE = re.compile(r"(?<![\w.])(?:def|lambda)\b")
_IS_DEFINITION = re.compile(r"\s*(?:@|(?:async[ \t]+)?def\b)")
_FIRST = re.compile(r"(?:\A|[\n;(,*\0]|(?<!\w)lambda)[\s*]*\Z")
"""What stands before the name of a parameter, or of a variable with an annotation."""
_HANDED = re.compile(r"(?:(?<![=!<>])=|(?<!\w)(?:else|or|and))[\s(]*\Z")
"""What stands before a function that gets another name."""
_IMPORTED = re.compile(r"(?<![\w.])import[\s(][\w\s,.(]*\Z")
_TYPING = re.compile(r"(?:[\[|]\s*|(?:->|[\w)\]][ \t]*:)[ \t(]*(?:\(\s*)?)\Z")
"""What stands before the name of a type."""
_RETURNS = re.compile(r"->")
_ENTRY = re.compile(r'""\s*:')
_BY_KEY = re.compile(r"(?<!\w)(?:values|update|filter|filter_by|insert|model_copy|case)(?!\w)")
"""What takes a dict for an object, a row or a subject."""
_LITERAL = re.compile(r'(?<!\w)Literal\s*\[[\s,"]*\]')
_PLAIN = frozenset(
    {"None", "Any", "object", "str", "bytes", "int", "float", "complex", "bool", "type", "typing", "Literal"}
    | {"dict", "list", "set", "frozenset", "tuple", "Dict", "List", "Set", "FrozenSet", "Tuple", "Type"}
    | {"Optional", "Union", "Sequence", "Mapping", "Iterable", "Iterator"}
)
"""What an annotation may name that everybody knows."""
_NAMES = re.compile(r"\w+")
_MARK = re.compile(r"[()\[\]{}=,:\n]")
_FAR = 300
"""Characters beside a name that are looked at."""


def may_carry(text: str, name: str) -> bool:
    """Whether `name` may be in a text more than a variable that is told there: an attribute, an argument, what is
    called, a key, what an annotation says something of, what another function of the text has: rather yes too often
    than no once."""
    pieces = _pieces(text)
    if pieces is None:
        return True
    code, strings, keys, formatted = pieces
    if name in strings or (name in keys and _BY_KEY.search(code) is not None):
        return True
    word = _word(name)
    if any(_is_part(fields, found) for fields in formatted for found in word.finditer(fields)):
        return True
    places = tuple(word.finditer(code))
    if places and len(_SCOPE.findall(code)) > (_IS_DEFINITION.match(code) is not None):
        return True
    return any(_counts(code, found) for found in places)


def may_hand_on(text: str, name: str) -> bool:
    """Whether what `name` stands for may get another name in a text: rather yes too often than no once."""
    pieces = _pieces(text)
    if pieces is None:
        return True
    return any(_is_handed_on(pieces[0], found) for found in _word(name).finditer(pieces[0]))


def _is_handed_on(code: str, found: re.Match[str]) -> bool:
    """Whether a name in code stands behind what gives it another one, not to be called or asked for a part."""
    head = code[max(0, found.start() - _FAR) : found.start()]
    if _IMPORTED.search(head) is not None:
        return True
    return code[found.end() :].lstrip()[:1] not in ("(", ".", "[") and _HANDED.search(head) is not None


@lru_cache(maxsize=8)
def _pieces(text: str) -> tuple[str, frozenset[str], frozenset[str], tuple[str, ...]] | None:
    """The code of a text, with a mark in the place of a string; the strings that are no keys; those that may be; those
    that hold code. None where it cannot be told."""
    parts = split(text)
    if parts is None:
        return None
    strings: list[str] = []
    keys: list[str] = []
    formatted: list[str] = []
    for number in range(1, len(parts), 2):
        token = parts[number]
        if token[0] not in "\"'":
            parts[number] = " "
            continue
        parts[number] = '""'
        if is_formatted(parts[number - 1]):
            formatted.append(token)
            continue
        held = token.strip(token[0])
        (keys if parts[number + 1].lstrip()[:1] == ":" else strings).append(held)
    code = "".join(parts)
    # A name that is spelled otherwise is found only as Python reads it.
    is_spelled = all(piece.isascii() or is_normalized("NFKC", piece) for piece in (code, *formatted))
    return (code, frozenset(strings), frozenset(keys), tuple(formatted)) if is_spelled else None


@lru_cache(maxsize=1_000)
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def _is_part(fields: str, found: re.Match[str]) -> bool:
    """Whether a name in an f-string is an attribute, a key, or what is called or given."""
    return fields[: found.start()].rstrip()[-1:] in (".", "'", '"') or fields[found.end() :].lstrip()[:1] in ("(", "=")


def _counts(code: str, found: re.Match[str]) -> bool:
    """Whether a name at a place in code is more than a variable."""
    head = code[max(0, found.start() - _FAR) : found.start()]
    before = head.rstrip()
    behind = code[found.end() : found.end() + _FAR].lstrip()
    if before.endswith(".") or (_TYPING.search(head) is not None and _ENTRY.search(code) is not None):
        return True
    if behind.startswith("("):
        defined = _DEFINED.search(head)
        if defined is None:
            return True
        returned = _RETURNS.search(code, found.end()) if defined[1] == "def" else None
        return returned is not None and not _is_plain(code, returned.end())
    if behind.startswith("=") and not behind.startswith("=="):
        return before[-1:] in ("(", ",")
    if behind.startswith(":") and _FIRST.search(head) is not None:
        return not _is_plain(code, code.index(":", found.end()) + 1)
    return _IMPORTED.search(head) is not None


def _is_plain(code: str, start: int) -> bool:
    """Whether the annotation that begins here names nothing but what everybody knows, or lists words."""
    depth = 0
    for mark in _MARK.finditer(code, start, start + _FAR):
        if mark[0] in "([{":
            depth += 1
        elif mark[0] in ")]}" and depth:
            depth -= 1
        elif not depth:
            annotation = _LITERAL.sub("", code[start : mark.start()])
            return '"' not in annotation and _PLAIN.issuperset(_NAMES.findall(annotation))
    return False
