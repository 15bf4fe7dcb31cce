"""Whether a text may weigh something by its name: compare it, look something up by it, give it a string.

Most of what is named in a program is only handed on: given to a call, returned, put under a key, printed. What stands
around a name there is one of few things, which are listed here; whatever else does may weigh it.
"""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from keyword import kwlist

from execution_lint.source.lexer import is_formatted, split

_WORD = re.compile(r"\w+")
_WORDS_APART = bytes(byte if chr(byte).isalnum() or byte == ord("_") else ord(" ") for byte in range(256))
_SPEAKERS = ("getattr", "setattr", "__setattr__", "attrgetter", "methodcaller", "cast")
"""What makes a name of a string, or is no more than what it is given."""
_PREFIX = re.compile(r"(?<!\w)[A-Za-z]{1,2}\Z")
_FIELDS = re.compile(r"\{[^{}]*\}")
_WEIGHING_FIELD = re.compile(r"[=!]=|\[\s*[A-Za-z_]|\([^()]*[\"']|\b(?:in|is|or|if)\b|\.\s*get\b")
_TEXT = '""'
"""A string that is none of the names."""
_FIELD = "0"
"""A string that is made of others."""

_BLANK = re.compile(r"\s*")
_BRACKET = re.compile(r"[()\[\]{}]")
_LINK = re.compile(r"\s*\.\s*(\w+)|[ \t\f]*[(\[]")
"""How an expression goes on: by an attribute, a call, an index."""
_OPENED = re.compile(r"[ \t\f]*\(")
_SAME = frozenset({"value", "_value_", "lower", "upper", "strip", "casefold"})
"""Attributes that are called like what they are taken from."""
_CONTAINED = frozenset({"in_", "not_in", "notin_"})
_GOT = re.compile(r"\.\s*(?:get|pop)\s*\(\Z")
_DEFAULT = re.compile(r"(?:,\s*(?:None|True|False|-?[0-9][\w.]*|\{\s*\}|\[\s*\])\s*)?,?\s*\)")

_ASKING = frozenset({"str", "get", "pop"}) | _CONTAINED
"""What is called with what is looked up, or asked for it, and what only makes a string of it."""
_KEYWORDS = frozenset(kwlist)
_DEFINED = re.compile(r"(?<!\w)def\s+\Z")
_RETURN = re.compile(r"\breturn\b")
_ASKED_BEFORE = re.compile(r"(?<!\w)(?:if|elif|while|not|and|in)\Z")
_HANDED_BEFORE = re.compile(
    r"(?<!\w)(?:return|yield|await|not|if|elif|while|in|import|from|del|assert|for|lambda|with|async|raise|class|as)\Z"
)
"""What stands before something that is handed on, or asked whether it is there at all."""
_HANDED_BEHIND = re.compile(
    r"[,)\]}:;]|\Z|(?:as|for|async|import)\b|is\s+(?:not\s+)?None\b|[-+*/%|&^@]|[<>]|[=!]=\s*[0-9]"
)
_SETS_BEHIND = re.compile(r"(?:[-+*/%|&^@]|//|\*\*|<<|>>)?=(?!=)")
_CLOSES = re.compile(r"[,)]|for\b|[-+*/%]|[<>]|is\b|[=!]=")
_CALLEE = re.compile(r"(\w+|[)\]])[ \t\f]*\(\Z")
_INDEXED = re.compile(r"[\w)\]\"]\s*\[\Z")
_COMPARES = re.compile(
    r"[=!]=(?!\s*[0-9])|\bcase\b|\bnot\s+in\b|\bis\b(?!\s+(?:not\s+)?None\b)|[\w)\]]\[|\.\s*get\b|\bin_\b"
)
_IN = re.compile(r"\bin\b")
_FOR = re.compile(r"\bfor\b")
_UNPACKS = re.compile(r"^[^\n=]*,[^\n=]*=\s*[(\[]", re.MULTILINE)
_LONGEST_BEFORE = 60
_STOP = re.compile(r"[()\[\]{},\n]")
_CHAIN = re.compile(r"\s*(?:await\s+)?([A-Za-z_]\w*)")
_ENDS = re.compile(r"[,)\]}:;]|\Z|for\b")
_PLAIN = re.compile(r"\s*(?:None|True|False|-?[0-9][\w.]*|\[\s*\]|\{\s*\})\s*(?:[,)}\]\n;]|\Z)")


def may_weigh(text: str, names: str) -> bool:
    """Whether something of one of `names` (with blanks between them) may be compared in a text, looked up by or given a
    string, or what is called so be called with one: rather yes too often than no once."""
    if not text.isascii():
        return True
    wanted = _wanted(names)
    parts = split(text) if not any(speaker in text for speaker in _SPEAKERS) else None
    code = _code(parts, wanted) if parts is not None else None
    if code is None:
        return True
    present = wanted.intersection(code.encode().translate(_WORDS_APART).decode().split())
    weighing = _Weighing(code)
    return any(weighing.at(start, start + len(name)) for name in sorted(present) for start in _standing(code, name))


@lru_cache(maxsize=8)
def _wanted(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _standing(code: str, name: str) -> Iterator[int]:
    """Where a name stands as a word."""
    size = len(code)
    at = code.find(name)
    while at >= 0:
        end = at + len(name)
        if not ((at and _is_of_word(code[at - 1])) or (end < size and _is_of_word(code[end]))):
            yield at
        at = code.find(name, end)


def _is_of_word(character: str) -> bool:
    return character == "_" or character.isalnum()


def _code(parts: list[str], wanted: frozenset[str]) -> str | None:
    """The text without its comments and joined lines, strings that are names in quotes, all others empty; None where a
    string that is made of others may weigh something."""
    pieces: list[str] = []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            pieces.append(part)
        elif part[0] == "\\":
            pieces.append(" ")
        elif part[0] != "#":
            before = pieces[-1]
            if is_formatted(before):
                if not wanted.isdisjoint(_WORD.findall(part)) and (
                    part.count("{") != len(_FIELDS.findall(part))
                    or any(_WEIGHING_FIELD.search(field) for field in _FIELDS.findall(part))
                ):
                    return None
                token = _FIELD
            else:
                name = part.strip("\"'")
                token = f'"{name}"' if name in wanted else _TEXT
            prefix = _PREFIX.search(before[-3:])
            if prefix is not None:
                pieces[-1] = before[: -len(prefix[0])]
            pieces.append(token)
    return "".join(pieces)


class _Weighing:
    """Looks at what stands around a name."""

    def __init__(self, code: str) -> None:
        self._code = code

    def at(self, start: int, end: int) -> bool:
        """Whether what the name between two offsets stands for may be weighed."""
        code = self._code
        if code[start - 1 : start] == '"':
            return self._is_key_weighed(start - 1, end + 1)
        if _DEFINED.search(code, max(0, start - 20), start) is not None:
            return any(self._is_given_text(found.end()) for found in _RETURN.finditer(code))
        opened = _OPENED.match(code, end)
        if opened is not None and self._gives_text(opened.end(), self._closing(opened.end())):
            return True
        return self._is_weighed(self._begin(start), end)

    def _is_key_weighed(self, start: int, end: int) -> bool:
        """The same of what has a name for its key."""
        code = self._code
        behind = _BLANK.match(code, end)
        assert behind is not None
        at = behind.end()
        at_key = start
        while at_key and code[at_key - 1].isspace():
            at_key -= 1
        before = code[max(0, at_key - _LONGEST_BEFORE) : at_key]
        if before.endswith("[") and code.startswith("]", at):
            return self._is_weighed(self._begin(code.rindex("[", 0, start), is_index=True), at + 1)
        got = _GOT.search(before)
        if got is not None:
            default = _DEFAULT.match(code, at)
            if default is None:
                return True
            return self._is_weighed(self._begin(code.rindex(".", 0, start) + 1), default.end())
        return code.startswith(":", at) and self._is_given_text(at + 1)

    def _is_weighed(self, start: int, end: int) -> bool:
        """Whether the expression may be weighed that begins at `start`, and of which a part ends at `end`."""
        code = self._code
        while (link := _LINK.match(code, end)) is not None:
            name = link[1]
            if name in _CONTAINED:
                return True
            if name is not None and name not in _SAME:
                return False
            end = link.end() if name is not None else self._closing(link.end())
        at, before = self._behind(end), self._before(start)
        sets = _SETS_BEHIND.match(code, at)
        if sets is not None:
            return self._is_given_text(sets.end())
        if code.startswith(":", at):
            if not before or before[-1] in "(,{*" or before.endswith("lambda"):
                return self._is_given_text(at + 1)
            if _ASKED_BEFORE.search(before) is not None:
                return False
        if before.endswith("for") and code.startswith("in", at):
            return False
        return _HANDED_BEHIND.match(code, at) is None or self._is_taken(start, before, at)

    def _is_taken(self, start: int, before: str, behind: int) -> bool:
        """Whether what stands before an expression that nothing behind it weighs does so."""
        if before.endswith("await"):
            before = before[: -len("await")].rstrip()
        if not before or before[-1] in "{*:@;+-/%|&^" or before.endswith("->"):
            return False
        if before[-1] == ",":
            return (self._depth(start) == 0 or self._unpacks) and self._compares
        if before[-1] == "(":
            callee = _CALLEE.search(before)
            if callee is None or callee[1] in _KEYWORDS:
                return True
            return callee[1] in _ASKING or _CLOSES.match(self._code, behind) is None
        if before[-1] == "[":
            return _INDEXED.search(before) is not None
        if before[-1] == "=" and before[-2:-1] not in "=!<>:":
            return self._depth(start) == 0 and self._compares
        return before[-1] not in "<>" and _HANDED_BEFORE.search(before) is None

    @cached_property
    def _compares(self) -> bool:
        """Whether anything is compared or looked up in the text: a local name may stand for what is."""
        code = self._code
        return _COMPARES.search(code) is not None or len(_IN.findall(code)) > len(_FOR.findall(code))

    @cached_property
    def _unpacks(self) -> bool:
        """Whether several names may be given the parts of a display in brackets."""
        return _UNPACKS.search(self._code) is not None

    def _before(self, start: int) -> str:
        """The end of what stands before an offset in the same statement; nothing where the statement begins there."""
        code, at = self._code, start
        while at and code[at - 1] in " \t\f":
            at -= 1
        if not at or (code[at - 1] == "\n" and self._depth(start) == 0):
            return ""
        while at and code[at - 1].isspace():
            at -= 1
        return code[max(0, at - _LONGEST_BEFORE) : at]

    def _behind(self, end: int) -> int:
        """Where the next begins behind an offset in the same statement; the end of all where the statement ends."""
        code = self._code
        at = end
        while at < len(code) and code[at] in " \t\f":
            at += 1
        if code.startswith("\n", at):
            if self._depth(end) == 0:
                return len(code)
            while at < len(code) and code[at].isspace():
                at += 1
        return at

    def _depth(self, offset: int) -> int:
        """How many brackets are open at an offset."""
        count = self._code.count
        return sum(count(bracket, 0, offset) for bracket in "([{") - sum(count(bracket, 0, offset) for bracket in ")]}")

    def _begin(self, start: int, *, is_index: bool = False) -> int:
        """Where the expression begins whose last attribute, or last index, begins at an offset."""
        code = self._code
        while True:
            at = start
            if not is_index:
                while at and code[at - 1].isspace():
                    at -= 1
                if not at or code[at - 1] != ".":
                    return start
                at -= 1
            while at and code[at - 1].isspace():
                at -= 1
            # The name, call or index that is before it.
            is_index = at > 0 and code[at - 1] in ")]"
            if is_index:
                start = self._opening(at - 1)
                is_index = start > 0 and (
                    code[start - 1] in ")]" or code[start - 1].isalnum() or code[start - 1] == "_"
                )
                if not is_index:
                    return start
                continue
            start = at
            while start and (code[start - 1].isalnum() or code[start - 1] in '_"'):
                start -= 1
            if start == at:
                return at

    def _opening(self, at: int) -> int:
        """Where the bracket opens that closes at an offset."""
        depth = 0
        for position in range(at, -1, -1):
            character = self._code[position]
            if character in ")]}":
                depth += 1
            elif character in "([{":
                depth -= 1
                if depth == 0:
                    return position
        return 0

    def _closing(self, start: int) -> int:
        """Where the bracket has closed that opens before an offset."""
        depth = 1
        for found in _BRACKET.finditer(self._code, start):
            depth += 1 if found[0] in "([{" else -1
            if depth == 0:
                return found.end()
        return len(self._code)

    def _is_given_text(self, start: int) -> bool:
        """Whether the value that begins at an offset may be a string."""
        code = self._code
        if _PLAIN.match(code, start) is not None:
            return False
        chain = _CHAIN.match(code, start)
        if chain is not None and chain[1] not in _KEYWORDS:
            end, is_name = chain.end(), True
            while (link := _LINK.match(code, end)) is not None:
                end, is_name = link.end() if link[1] is not None else self._closing(link.end()), False
            if _ENDS.match(code, self._behind(end)) is not None:
                return is_name and self._is_local(chain[1])
        depth = 0
        end = len(code)
        for found in _STOP.finditer(code, start):
            if found[0] in "([{":
                depth += 1
            elif found[0] in ")]}":
                depth -= 1
            if depth < 0 or (
                depth == 0 and (found[0] == "," or (found[0] == "\n" and self._depth(found.start()) == 0))
            ):
                end = found.start()
                break
        return self._gives_text(start, end)

    def _gives_text(self, start: int, end: int) -> bool:
        """Whether a string, or a local name that may be one, stands in a stretch."""
        stretch = self._code[start:end]
        return '"' in stretch or any(self._is_local(name) for name in dict.fromkeys(_WORD.findall(stretch)))

    def _is_local(self, name: str) -> bool:
        """Whether a name is assigned to."""
        assigned = re.compile(rf"(?<![\w.]){re.escape(name)}[ \t\f]*(?:(:=)|(?:[,:][^=\n]*)?=(?!=))")
        return any(found[1] or self._depth(found.start()) == 0 for found in assigned.finditer(self._code))
