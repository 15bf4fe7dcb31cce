"""Which calls may leave what they give unawaited, told from the text: rather one too many than one too few."""

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

# No pattern begins with a `\b` or a class of characters: those that begin with letters are found ten times as fast.
_COROUTINE = re.compile(rb"async[ \t\f\\\r\n]+def[ \t\f\\\r\n]+([\w\x80-\xff]+)")
_FUNCTION = re.compile(rb"def[ \t\f\\\r\n]+([\w\x80-\xff]+)")
_RENAMED = re.compile(rb" as[ \t]+([\w\x80-\xff]+)")
_IMPORTED = re.compile(rb"(?:\bimport[ \t]|[,(\r\n])[ \t\r\n]*([\w\x80-\xff]+)[ \t]*\Z")
_PARTIAL = re.compile(rb"partial\([ \t\r\n]*(?:[\w\x80-\xff]+\.)*([\w\x80-\xff]+)")
_ASSIGNED = re.compile(rb"([\w\x80-\xff]+)[ \t]*=[ \t]*(?:[\w\x80-\xff]+\.)*\Z")
_STEP = re.compile(r"""\"\"\"|'''|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'|#[^\r\n]*|[()\[\]{}"']""")
_QUOTES = "\"'`"
"""What stands right before a name in prose or in a string alone."""
# A line that begins with `@` is a decorator's.
_FOLLOWED = re.compile(r"[ \t]*@|\s*(?:[.\[(+\-*/%|&^<>!]|==|(?:and|or|in|not|is)\b)")

_ENCLOSED = re.compile(rf"{_FOLLOWED.pattern}|\s*(?:\)|#|\\)")

_HANDED_ON = frozenset({"await", "yield", "from"})
"""Words after which the value goes to somebody else."""

_DEFINING = frozenset({"def", "class"})

_KEYWORDS = frozenset((*keyword.kwlist, *keyword.softkwlist))

CONSUMERS = frozenset(
    {"str", "repr", "len", "bool", "int", "float", "list", "tuple", "set", "dict", "sorted", "sum", "any", "all"}
    | {"min", "max", "enumerate", "iter", "next", "reversed", "dumps", "format", "print"}
)
"""Last names of functions that use a value as if it were a result."""

_WORD_BYTES = bytes(
    byte if byte >= 0x80 or byte == 0x28 or chr(byte).isalnum() or byte == ord("_") else 0x20 for byte in range(256)
)

_BUILT_IN = frozenset(
    name.encode()
    for kind in (str, bytes, dict, list, set, tuple, object, builtins)
    for name in dir(kind)
    if not name.startswith("__")
)
"""Names of the built-in functions and of methods of the built-in types."""

_GATHERING = frozenset({b"gather"})
"""Functions of the standard library whose results are awaited as those of coroutine functions are."""

MAXIMUM_CALLS = 60
"""Calls of a name that other functions bear too beyond which they are looked at in the files of the coroutine functions
alone."""

_FEW = 4
"""Names up to which a text is searched for each; beyond, looking at all of its calls costs less."""

_NEAR = 120
"""Characters in which a name and what binds it stand."""

_REACH = 2_000
"""Characters before and behind a call in which its surroundings are looked for."""


def _called(data: bytes) -> Iterator[bytes]:
    """The last name of everything that is called, and words before other brackets."""
    pieces = data.translate(_WORD_BYTES).split(b"(")
    del pieces[-1]
    for piece in pieces:
        yield piece.rstrip().rpartition(b" ")[2]


def _pairs(data: bytes, behind: re.Pattern[bytes], before: re.Pattern[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """A name that stands before a place, and one that stands behind it."""
    for found in behind.finditer(data):
        first = before.search(data[max(0, found.start() - _NEAR) : found.start()])
        if first is not None:
            yield first[1], found[1]


def dangling(text: str, names: frozenset[str]) -> Iterator[int]:
    """Where in the text one of `names` is called, unless the value is plainly awaited, returned or handed on.

    The bracket follows the name at once, as formatters and people write it: in prose, it does not.
    """
    return (at for at, _ in places(text, names))


def places(text: str, names: frozenset[str]) -> Iterator[tuple[int, bool]]:
    """The same, and whether the value is returned as it is: dangling then only if a coroutine function says that it
    gives something else."""
    for at, end in _calls(text, names):
        if not _is_comment(text, at) and _may_dangle(text, at, end):
            yield at, _is_returned(text, at, end)


def _calls(text: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where one of the names stands before a bracket, and where the bracket ends."""
    if len(names) > _FEW and text.isascii():
        wanted = frozenset(name.encode() for name in names)
        end = 0
        for piece in text.encode().translate(_WORD_BYTES).split(b"(")[:-1]:
            end += len(piece) + 1
            called = piece[piece.rfind(b" ") + 1 :]
            if called in wanted:
                yield end - 1 - len(called), end
        return
    for name in names:
        at = text.find(f"{name}(")
        while at >= 0:
            end = at + len(name) + 1
            if not (at and _is_word(text[at - 1])):
                yield at, end
            at = text.find(f"{name}(", end)


def _is_comment(text: str, at: int) -> bool:
    begin = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    return text[begin:at].lstrip().startswith("#")


def _may_dangle(text: str, start: int, end: int) -> bool:
    at = _before(text, start)
    if at >= 0 and text[at] == ".":
        begin = _chain_start(text, at - 1)
        if begin is None:
            return True
        start = begin
        at = _before(text, begin)
    if at < 0:
        return True
    character = text[at]
    if character in _QUOTES and at == start - 1:
        return False
    if character in ",[":
        return _is_used(text, end)
    if character == "(":
        word = _word_ending(text, _before(text, at))
        if word in _KEYWORDS or word in CONSUMERS:
            return True
        return _is_used(text, end, alone=not word)
    if _is_word(character) and not _is_line_start(text, at, start):
        word = _word_ending(text, at)
        if word == "with" and _word_ending(text, _before(text, at - 3)) == "async":
            return _is_used(text, end)
        return word not in _DEFINING and (word not in _HANDED_ON or _is_used(text, end))
    return True


def _is_returned(text: str, start: int, end: int) -> bool:
    """Whether a call is all that a `return` on the same line gives."""
    at = _before(text, start)
    if at >= 0 and text[at] == ".":
        begin = _chain_start(text, at - 1)
        if begin is None:
            return False
        start, at = begin, _before(text, begin)
    is_behind = at >= 0 and _word_ending(text, at) == "return" and not _is_line_start(text, at, start)
    return is_behind and not _is_used(text, end)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_line_start(text: str, at: int, start: int) -> bool:
    return any(character in "\r\n" for character in text[at + 1 : start]) and "\\" not in text[at + 1 : start]


def _before(text: str, at: int) -> int:
    """The last character before `at` that is no blank; -1 where there is none."""
    at -= 1
    while at >= 0 and text[at] in " \t\r\n\f\\":
        at -= 1
    return at


def _word_ending(text: str, at: int) -> str:
    """The word whose last character stands at `at`; empty where there is none."""
    begin = at
    while begin >= 0 and (text[begin].isalnum() or text[begin] == "_"):
        begin -= 1
    return text[begin + 1 : at + 1]


def _chain_start(text: str, at: int) -> int | None:
    """Where an expression begins that ends at `at`, before a dot; None where that is not plain."""
    stop = max(0, at - _REACH)
    begin = None
    while at >= stop:
        at = _before(text, at + 1)
        if at >= 0 and text[at] in ")]":
            depth = 0
            while at >= stop:
                character = text[at]
                if character in "\"'#":
                    return None
                depth += (character in ")]}") - (character in "([{")
                at -= 1
                if not depth:
                    break
            begin = at + 1
            at = _before(text, begin) if begin else -1
        if at >= 0 and _is_word(text[at]):
            word = _word_ending(text, at)
            if begin is None or (text[at + 1 : begin].strip(" \t") == "" and word not in _KEYWORDS):
                begin = at - len(word) + 1
        if begin is None:
            return None
        at = _before(text, begin)
        if at < 0 or text[at] != ".":
            return begin
        at -= 1
        if at >= 0 and text[at].isdigit():
            return None
        begin = None
    return None


def _is_used(text: str, end: int, *, alone: bool = False) -> bool:
    """Whether what the call gives is used on the spot; also where its closing bracket cannot be found.

    `alone` says that being all that stands in brackets counts.
    """
    depth = 1
    for step in _STEP.finditer(text, end, end + _REACH):
        found = step.group()
        if found in ("(", "[", "{"):
            depth += 1
        elif found in (")", "]", "}"):
            depth -= 1
            if not depth:
                return (_ENCLOSED if alone else _FOLLOWED).match(text, step.end()) is not None
        elif found in ('"""', "'''", '"', "'") or (found[0] == "#" and ('"' in found or "'" in found)):
            # A string that is not told for certain, or what may be one within a comment.
            return True
    return True


class CoroutineNames:
    """The names by which a project calls its coroutine functions, as far as it is worth looking at their calls.

    A name that nothing else in the project bears is looked at wherever it is called. One that other functions bear too,
    or a method of a built-in type, is so if it is called in few places; else in the files that define such a coroutine
    function alone.
    """

    def __init__(self) -> None:
        self._coroutines: dict[str, frozenset[bytes]] = {}
        self._functions: Counter[bytes] = Counter()
        self._calls: Counter[bytes] = Counter()
        self._called: dict[str, frozenset[bytes]] = {}
        self._renamed: list[tuple[bytes, bytes]] = []
        self._shared: dict[bytes, bytes] = {}

    def add(self, path: str, data: bytes) -> None:
        """Take in a file, its text in UTF-8; all must be taken in before the first question."""
        self._functions.update(_FUNCTION.findall(data))
        calls = Counter(_called(data))
        self._calls.update(calls)
        # One object a name, however many files call it.
        self._called[path] = frozenset(self._shared.setdefault(name, name) for name in calls)
        if b"async" in data:
            defined = _COROUTINE.findall(data)
            if defined:
                self._coroutines[path] = frozenset(defined)
                self._functions.subtract(defined)
        if b" as " in data:
            self._renamed.extend(_pairs(data, _RENAMED, _IMPORTED))
        if b"partial" in data:
            self._renamed.extend((old, new) for new, old in _pairs(data, _PARTIAL, _ASSIGNED))

    @cached_property
    def _names(self) -> frozenset[bytes]:
        return frozenset(name for defined in self._coroutines.values() for name in defined)

    @cached_property
    def _everywhere(self) -> frozenset[bytes]:
        renamed = frozenset(new for old, new in self._renamed if old in self._names)
        return frozenset(
            name
            for name in self._names | renamed
            if self._calls[name] <= MAXIMUM_CALLS
            or (self._functions[name] <= 0 and name not in _BUILT_IN and name not in renamed)
        )

    @cached_property
    def _looked_at(self) -> dict[str, frozenset[bytes]]:
        """By file, the names whose calls in it are looked at, where there are some; all others are forgotten."""
        everywhere = self._everywhere | _GATHERING
        found = {}
        while self._called:
            path, called = self._called.popitem()
            names = called & everywhere
            if path in self._coroutines:
                names |= called & self._coroutines[path]
            if names:
                found[path] = names
        return found

    def of_file(self, path: str) -> frozenset[str]:
        """The names whose calls in a file are looked at."""
        return frozenset(name.decode("utf-8", "replace") for name in self._looked_at.get(path, ()))

    @cached_property
    def weighed(self) -> frozenset[bytes]:
        """The names that are counted for what is looked at: no others decide anything."""
        return self._names | frozenset(new for _, new in self._renamed)

    def passed_over(self) -> Iterator[tuple[str, int]]:
        """Names that are looked at in some files alone, with the number of their calls anywhere."""
        for name in sorted(self._names - self._everywhere):
            yield name.decode("utf-8", "replace"), self._calls[name]


def share(data: bytes, weighed: frozenset[bytes]) -> bytes:
    """All that a file, its text in UTF-8, contributes to the names of a project, as far as `weighed` names go: files of
    equal shares can stand for each other."""
    return repr(
        (
            sorted(_COROUTINE.findall(data)),
            sorted(_pairs(data, _RENAMED, _IMPORTED)),
            sorted(_pairs(data, _PARTIAL, _ASSIGNED)),
            sorted(Counter(name for name in _called(data) if name in weighed).items()),
            sorted(Counter(name for name in _FUNCTION.findall(data) if name in weighed).items()),
        )
    ).encode()
