"""Which calls may leave what they give unawaited, told from the text: rather one too many than one too few."""

import builtins
import keyword
import re
from array import array
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

# No pattern begins with a `\b` or a class of characters: those that begin with letters are found ten times as fast.
_DEFINES_COROUTINE = re.compile(r"async[ \t\f\\\r\n]+def\b")
_COROUTINE = re.compile(rb"async[ \t\f\\\r\n]+def[ \t\f\\\r\n]+([\w\x80-\xff]+)")
_FUNCTION = re.compile(rb"def[ \t\f\\\r\n]+([\w\x80-\xff]+)")
_RENAMED = re.compile(rb" as[ \t]+([\w\x80-\xff]+)")
_IMPORT = re.compile(rb"\bimport\Z")
_PARTIAL = re.compile(rb"partial\([ \t\r\n]*(?:[\w\x80-\xff]+\.)*([\w\x80-\xff]+)")
_ASSIGNED = re.compile(rb"([\w\x80-\xff]+)[ \t]*=[ \t]*(?:[\w\x80-\xff]+\.)*\Z")
_STEP = re.compile(r"""\"\"\"|'''|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'|#[^\r\n]*|[()\[\]{}"']""")
_QUOTES = "\"'`"
"""What stands right before a name in prose or in a string alone."""
# A line that begins with `@` is a decorator's.
_FOLLOWED = re.compile(r"[ \t]*@|\s*(?:[.\[(+\-*/%|&^<>!]|==|(?:and|or|in|not|is)\b)")

_NEXT_ARGUMENT = re.compile(r"[ \t\f]*[,)]")
_DEFINITION = re.compile(r"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n)[ \t\f]*(?:def|class|async)\b")
_LAMBDA = re.compile(r"\blambda(?:[ \t]*|[ \t]+[\w*][\w*, \t]*)\Z")

_ENCLOSED = re.compile(rf"{_FOLLOWED.pattern}|\s*(?:\)|#|\\)")

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")

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

_NAME_BYTES = _WORD_BYTES.replace(b"(", b" ")
_BLANK_BYTES = frozenset(byte for byte, kept in enumerate(_NAME_BYTES) if kept == 0x20)
"""The bytes that belong to no name."""

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

_NEAR = 120
"""Characters in which a name and what binds it stand."""

_REACH = 2_000
"""Characters before and behind a call in which its surroundings are looked for."""


class _Calls:
    """The calls in a file of some names, in the order of the text; words before other brackets count too."""

    def __init__(self, data: bytes, wanted: dict[bytes, bytes]) -> None:
        """`wanted` are the names, each by itself: one object does for all its calls."""
        pieces = data.translate(_WORD_BYTES).split(b"(")
        del pieces[-1]
        # What follows the last blank, except where that stands right before the bracket.
        called = [piece[piece.rfind(b" ") + 1 :] or piece.rstrip().rpartition(b" ")[2] for piece in pieces]
        self.names: list[bytes] = []
        """What is called, one by one."""
        self.brackets = array("I")
        """Where their brackets stand in the bytes."""
        if not wanted.keys().isdisjoint(called):
            at = list(accumulate(map(len, pieces)))
            for number, name in enumerate(called):
                if name in wanted:
                    self.names.append(wanted[name])
                    self.brackets.append(at[number] + number)

    def places(self, data: bytes, names: Container[bytes]) -> Iterator[tuple[int, int]]:
        """Where one of the names stands right before a bracket, and where the bracket ends, in characters."""
        is_ascii = data.isascii()
        done = at = 0
        for name, bracket in zip(self.names, self.brackets, strict=True):
            if name in names and data[bracket - 1] not in _BLANK_BYTES:
                start = bracket - len(name)
                at = start if is_ascii else at + len(data[done:start].decode("utf-8", "surrogatepass"))
                done = start
                yield at, at + 1 + (len(name) if is_ascii else len(name.decode("utf-8", "surrogatepass")))


def _renamed(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """A name that is imported, and the one that it is imported as."""
    for found in _RENAMED.finditer(data):
        head = data[max(0, found.start() - _NEAR) : found.start()].rstrip(b" \t")
        name = head.translate(_NAME_BYTES).rpartition(b" ")[2]
        gap = head[: len(head) - len(name)]
        before = gap.rstrip(b" \t\r\n")
        gap = gap[len(before) :]
        if name and (
            before.endswith((b",", b"("))
            or b"\n" in gap
            or b"\r" in gap
            or (gap and _IMPORT.search(before[-8:]) is not None)
        ):
            yield name, found[1]


def _partials(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The name of a function, and the one that a partial of it is bound to."""
    for found in _PARTIAL.finditer(data):
        first = _ASSIGNED.search(data[max(0, found.start() - _NEAR) : found.start()])
        if first is not None:
            yield found[1], first[1]


class DanglingCall(NamedTuple):
    """A call that may leave what it gives unawaited."""

    at: int
    """Where its last name stands in the text."""
    is_returned: bool
    """Whether its value is returned as it is: dangling then only if a coroutine function says that it gives something
    else."""
    callee: str
    """What is called, where that is a name or names with dots between them; empty for anything else."""


def dangling(text: str, names: frozenset[str]) -> Iterator[int]:
    """Where in the text one of `names` is called, unless the value is plainly awaited, returned or handed on.

    The bracket follows the name at once, as formatters and people write it: in prose, it does not.
    """
    return (call.at for call in places(text, names))


def places(text: str, names: frozenset[str], calls: Iterable[tuple[int, int]] | None = None) -> Iterator[DanglingCall]:
    """These calls. `calls` are where the names stand before a bracket, and where it ends, if that is known."""
    for at, end in _calls(text, names) if calls is None else calls:
        if _may_dangle(text, at, end) and not _is_comment(text, at):
            yield DanglingCall(at, _is_returned(text, at, end), _callee(text, at, end))


def _callee(text: str, at: int, end: int) -> str:
    begin = _chain_start(text, at - 2) if text[at - 1 : at] == "." else at
    callee = text[begin : end - 1] if begin is not None else ""
    return callee if _DOTTED.fullmatch(callee) is not None else ""


def called_on(text: str, names: frozenset[str]) -> frozenset[str] | None:
    """The names before the first dot of all that the calls of `names` in a text call, as far as these may dangle.

    None where something else is called, or what gathers awaitables, or where one of those names may be bound there, for
    it stands without a dot behind it.
    """
    found = set()
    for call in places(text, names):
        base, dot, name = call.callee.partition(".")
        if not dot or name.rpartition(".")[2].encode() in _GATHERING:
            return None
        found.add(base)
    return frozenset(found) if found and not may_bind_one(text, found) else None


def may_bind_one(text: str, names: Collection[str]) -> bool:
    """Whether a text may bind one of some names: where it stands without a dot behind it."""
    return not text.isascii() or any(_undotted(name).search(text) is not None for name in names)


@lru_cache(maxsize=1_000)
def _undotted(name: str) -> re.Pattern[str]:
    return re.compile(rf"{name}(?![\w.])(?<!\w{name})")


def may_promise(text: str) -> bool:
    """Whether a text may hold a coroutine function that says what it gives."""
    found = _DEFINES_COROUTINE.search(text)
    return found is not None and text.find("->", found.end()) >= 0


def _calls(text: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where one of the names stands before a bracket, and where the bracket ends."""
    data = text.encode("utf-8", "surrogatepass")
    wanted = {name: name for name in (name.encode("utf-8", "surrogatepass") for name in names)}
    return _Calls(data, wanted).places(data, wanted)


def _is_comment(text: str, at: int) -> bool:
    return text[_line_start(text, at) : at].lstrip().startswith("#")


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


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
    if character == "=" and _ending(text, end, _NEXT_ARGUMENT) and _is_keyword(text, at):
        return False
    if character == ":" and _LAMBDA.search(text, max(0, at - _NEAR), at) is not None:
        return _is_used(text, end)
    if character == "@" and not text[_line_start(text, at) : at].strip():
        return not _ending(text, end, _DEFINITION)
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


def _is_keyword(text: str, at: int) -> bool:
    """Whether a `=` is one of a keyword argument or of a default: it may also be that of an element of a tuple, whose
    value is kept as well."""
    name = _word_ending(text, _before(text, at))
    before = _before(text, _before(text, at) - len(name) + 1)
    return bool(name) and before >= 0 and text[before] in ",("


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
    closed = _closed(text, end)
    return closed is None or (_ENCLOSED if alone else _FOLLOWED).match(text, closed) is not None


def _ending(text: str, end: int, behind: re.Pattern[str]) -> bool:
    """Whether something follows a call for certain."""
    closed = _closed(text, end)
    return closed is not None and behind.match(text, closed) is not None


def _closed(text: str, end: int) -> int | None:
    """Where the bracket closes that has been opened before; None where that cannot be told for certain."""
    depth = 1
    for step in _STEP.finditer(text, end, end + _REACH):
        found = step.group()
        if found in ("(", "[", "{"):
            depth += 1
        elif found in (")", "]", "}"):
            depth -= 1
            if not depth:
                return step.end()
        elif found in ('"""', "'''", '"', "'") or (found[0] == "#" and ('"' in found or "'" in found)):
            # A string that is not told for certain, or what may be one within a comment.
            return None
    return None


class CoroutineNames:
    """The names by which a project calls its coroutine functions, as far as it is worth looking at their calls.

    A name that nothing else in the project bears is looked at wherever it is called. One that other functions bear too,
    or a method of a built-in type, is so if it is called in few places; else in the files that define such a coroutine
    function alone.
    """

    def __init__(self) -> None:
        self._coroutines: dict[str, frozenset[bytes]] = {}
        self._functions: Counter[bytes] = Counter()
        self._files: dict[str, bytes] = {}
        self._renamed: list[tuple[bytes, bytes]] = []

    def add(self, path: str, data: bytes) -> None:
        """Take in a file, its text in UTF-8; all must be taken in before the first question."""
        self._files[path] = data
        self._functions.update(_FUNCTION.findall(data))
        if b"async" in data:
            defined = _COROUTINE.findall(data)
            if defined:
                self._coroutines[path] = frozenset(defined)
                self._functions.subtract(defined)
        if b" as " in data:
            self._renamed.extend(_renamed(data))
        if b"partial" in data:
            self._renamed.extend(_partials(data))

    @cached_property
    def _names(self) -> frozenset[bytes]:
        return frozenset(name for defined in self._coroutines.values() for name in defined)

    @cached_property
    def _called(self) -> dict[str, _Calls]:
        """By file, its calls of names that may be looked at, where there are some."""
        renamed = frozenset(new for old, new in self._renamed if old in self._names)
        wanted = {name: name for name in self._names | renamed | _GATHERING}
        found = ((path, _Calls(data, wanted)) for path, data in self._files.items())
        return {path: calls for path, calls in found if calls.names}

    @cached_property
    def _counts(self) -> Counter[bytes]:
        """How often names that may be looked at are called."""
        found: Counter[bytes] = Counter()
        for calls in self._called.values():
            found.update(calls.names)
        return found

    @cached_property
    def _everywhere(self) -> frozenset[bytes]:
        renamed = frozenset(new for old, new in self._renamed if old in self._names)
        return frozenset(
            name
            for name in self._names | renamed
            if self._counts[name] <= MAXIMUM_CALLS
            or (self._functions[name] <= 0 and name not in _BUILT_IN and name not in renamed)
        )

    def _looked_at(self, path: str) -> frozenset[bytes]:
        calls = self._called.get(path)
        if calls is None:
            return frozenset()
        return frozenset(
            name
            for name in frozenset(calls.names)
            if name in self._everywhere or name in _GATHERING or name in self._coroutines.get(path, ())
        )

    def of_file(self, path: str) -> frozenset[str]:
        """The names whose calls in a file are looked at."""
        return frozenset(name.decode("utf-8", "replace") for name in self._looked_at(path))

    def places(self, path: str, text: str) -> Iterator[tuple[int, int]] | None:
        """Where one of them stands right before a bracket, and where that ends; None where the file was taken in with
        another text."""
        data = self._files[path]
        if text.encode("utf-8", "surrogatepass") != data:
            return None
        calls = self._called.get(path)
        return iter(()) if calls is None else calls.places(data, self._looked_at(path))

    @cached_property
    def weighed(self) -> frozenset[bytes]:
        """The names that are counted for what is looked at: no others decide anything."""
        return self._names | frozenset(new for _, new in self._renamed)

    def passed_over(self) -> Iterator[tuple[str, int]]:
        """Names that are looked at in some files alone, with the number of their calls anywhere."""
        for name in sorted(self._names - self._everywhere):
            yield name.decode("utf-8", "replace"), self._counts[name]


def share(data: bytes, weighed: frozenset[bytes]) -> bytes:
    """All that a file, its text in UTF-8, contributes to the names of a project, as far as `weighed` names go: files of
    equal shares can stand for each other."""
    return repr(
        (
            sorted(_COROUTINE.findall(data)),
            sorted(_renamed(data)),
            sorted(_partials(data)),
            sorted(Counter(_Calls(data, {name: name for name in weighed}).names).items()),
            sorted(Counter(name for name in _FUNCTION.findall(data) if name in weighed).items()),
        )
    ).encode()
