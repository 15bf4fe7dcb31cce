"""Which names in a text something may be given to: rather one too many than one too few.

Names are looked for by stems, words of which one stands in each of them. Told from code in which strings and comments
are blanked; a quick look at the bytes comes first.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

_BEGINNING = ";:("
"""What may stand before the first name of a statement, besides the beginning of a line."""

_BLANKS = " \t\f"
_COLON = re.compile(r"[\s)]*:")
_GIVEN = re.compile(r"[\s)]*((?:[-+*/%&|^@]|<<|>>|//|\*\*)?=(?!=)|[:,)\]]|in\b)")
_COMMON = 3
_WORD_BYTES = bytes(byte for byte in range(256) if byte >= 0x80 or chr(byte).isalnum() or byte == ord("_"))
_GIVEN_BEHIND = re.compile(rb"[\w\x80-\xff]*[\s)\\]*(?:[-+*/%&|^@<>]{0,2}=(?!=)|[:,\]]|in\b|(?<=\)))")
_COLON_BEHIND = re.compile(rb"[\w\x80-\xff]*[\s)\\]*:")
_STRING = re.compile(r"""[\s(]*[rRuUfFtT]{0,2}["']""")
_COLUMN = re.compile(r"\w*(?:Column|column|CharField|TextField)\b")
_CALL = re.compile(r"[ \t]*([A-Za-z_]\w*)\(")
_END = re.compile(r"[ \t]*(?:\n|\Z)")
_BRACKET = re.compile(r"[()\[\]{}]")
_BRACKET_OR_END = re.compile(r"[()\[\]{}\n]")
_GOES_ON = re.compile(r"\s*[)\]}.,=]")
_OBJECT = re.compile(r"[ \t(]*[\w.\[\]()]*\s*|.*;.*")
_FAR = 500
"""Characters of a line that are looked at before a name."""
_BINDING = re.compile(r"\b(?:for|with|as)\b")
_IMPORTED_WHOLE = re.compile(r"import[ \t(]*\*")


class Spots:
    """Where names with some stems stand in a text so that something may be given to them, as far as bytes tell."""

    def __init__(self, data: bytes, stems: tuple[str, ...]) -> None:
        """The text is looked at in small letters."""
        lowered = data.lower()
        self.is_annotated = self.is_given = False
        for pattern in finders(stems):
            for found in pattern.finditer(lowered):
                far = max(0, found.start() - _FAR)
                line = lowered[lowered.rfind(b"\n", far, found.start()) + 1 or far : found.start()]
                before = line.rstrip(_WORD_BYTES).rstrip()[-1:]
                if not before or before in b".(;:":
                    if before != b"." and _COLON_BEHIND.match(lowered, found.end()) is not None:
                        self.is_annotated = self.is_given = True
                        return
                    self.is_given = self.is_given or _GIVEN_BEHIND.match(lowered, found.end()) is not None


@cache
def finders(words: "Iterable[str]") -> tuple[re.Pattern[bytes], ...]:
    """Patterns that find any of the words: few, and each with a beginning in plain letters, which is found fast."""
    begun: dict[str, list[str]] = {}
    for word in sorted(words):
        begun.setdefault(word[:_COMMON], []).append(re.escape(word[_COMMON:]))
    return tuple(
        re.compile(f"{re.escape(begin)}(?:{'|'.join(rests)})".encode("utf-8", "surrogatepass"))
        for begin, rests in begun.items()
    )


def is_annotated(code: str, ends: frozenset[str]) -> bool:
    """Whether a name that ends so, in capital or small letters, has an annotation in code."""
    lowered = code.lower()
    if len(lowered) != len(code):
        return True
    endings = tuple(ends)
    return any(
        lowered[start:end].endswith(endings)
        and _COLON.match(code, end) is not None
        and _before(code, start) in ("", "\n", *_BEGINNING)
        for start, end in _words(lowered, stems_of(ends))
    )


def is_given_string(code: str, names: frozenset[str]) -> bool:
    """Whether a field that is called so may be given a string in code: in the body of a class, or as an attribute."""
    return any(
        code[start:end] in names
        and (given := _GIVEN.match(code, end)) is not None
        and _may_hold_string(code, start, given)
        for start, end in _words(code, stems_of(names))
    )


@cache
def stems_of(ends: frozenset[str]) -> tuple[str, ...]:
    """The shortest of them: one stands in every word that ends so."""
    return tuple(end for end in sorted(ends) if not any(end != other and other in end for other in ends))


def _words(text: str, stems: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where the words with a stem begin and end."""
    for stem in stems:
        at = text.find(stem)
        while at >= 0:
            start, end = at, at + len(stem)
            while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
                start -= 1
            while end < len(text) and (text[end].isalnum() or text[end] == "_"):
                end += 1
            yield start, end
            at = text.find(stem, end)


def _before(code: str, at: int) -> str:
    """The last character before `at` that is no blank; empty where there is none."""
    while at and code[at - 1] in _BLANKS:
        at -= 1
    return code[at - 1] if at else ""


def _may_hold_string(code: str, start: int, given: re.Match[str]) -> bool:
    """Whether the field at `start` may be given a string: not where it is asked for, nor where it is given an object
    of a class of the file, nor, in the body of a class, what is neither a string nor a column."""
    line = code[code.rfind("\n", max(0, start - _FAR - 1), start) + 1 or max(0, start - _FAR - 1) : start]
    if len(line) > _FAR:
        return True
    dot = start
    while dot and code[dot - 1].isspace():
        dot -= 1
    is_attribute = dot > 0 and code[dot - 1] == "."
    if not is_attribute and _before(code, start) not in ("", "\n", *_BEGINNING):
        return False
    owner = line.rstrip().removesuffix(".")
    match given[1]:
        case "=" if is_attribute:
            made = _CALL.match(code, given.end())
            return made is None or not _is_made_whole(code, made.end()) or not _is_class(code, made[1])
        case "=":
            return _STRING.match(code, given.end()) is not None or _COLUMN.search(code) is not None
        case ":":
            return not is_attribute or _OBJECT.fullmatch(owner) is not None or _BINDING.search(line) is not None
        case "in":
            return is_attribute and (not owner.strip() or _BINDING.search(line) is not None)
        case "," | ")" | "]":
            return "=" in code[given.end() : _statement_end(code, given.end())] or (
                is_attribute and (_BINDING.search(line) is not None or _OBJECT.fullmatch(owner) is not None)
            )
        case _:
            return True


def _statement_end(code: str, at: int) -> int:
    """The end of the line with the last bracket that is open at `at`, or of its own; later rather than earlier."""
    depth = 0
    for found in _BRACKET_OR_END.finditer(code, at):
        if found[0] in "([{":
            depth += 1
        elif found[0] != "\n":
            depth -= 1
        elif depth <= 0 and not _GOES_ON.match(code, found.end()):
            return found.start()
    return len(code)


def _is_class(code: str, name: str) -> bool:
    """Whether a name is one class of the file and nothing else: undecorated, and only called or asked for parts."""
    if "\n@" in code or _IMPORTED_WHOLE.search(code) is not None:
        return False
    defined = len(re.findall(rf"\nclass[ \t]+{name}[ \t]*[:(]", code))
    bare = len(re.findall(rf"\nclass[ \t]+{name}[ \t]*:", code))
    mentions = len(re.findall(rf"(?<!\w){name}(?!\w)", code))
    plain = len(re.findall(rf"(?<!\w){name}[ \t]*[(.]", code))
    return defined == 1 and plain + bare == mentions


def _is_made_whole(code: str, at: int) -> bool:
    """Whether the statement ends with the bracket that is open at `at`."""
    depth = 1
    for bracket in _BRACKET.finditer(code, at):
        depth += 1 if bracket[0] in "([{" else -1
        if not depth:
            return _END.match(code, bracket.end()) is not None
    return False
