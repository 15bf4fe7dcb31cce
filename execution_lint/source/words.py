"""Which words stand in which files, told from their bytes."""

import re
import unicodedata
from array import array
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from execution_lint.source.regions import Needles, Use, ending_in, is_annotated, stands_as, stands_for_ending, words_in
from execution_lint.source.text import Undecodable, declared_encoding, decode
from execution_lint.source.uses import PLACES

_MANY_WORDS = 8
"""From so many words on that were searched for, gathering the words of all files costs less: they will be more."""

_SMALL_NUMBERS = 1 << 16

_WORD_BYTES = bytes(
    byte if byte < 0x80 and (chr(byte).isalnum() or byte == ord("_")) else ord(" ") for byte in range(256)
)
_NO_WORDS: frozenset[str] = frozenset()
_ASCII_BYTES = bytes(range(0x80))
_UNPLAIN = re.compile(rb"[\x80-\xff]")
_PLAIN_ENCODINGS = frozenset({"", "utf-8", "ascii"})
# The look behind keeps a long run of letters from being tried at each of them.
_NAME = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z0-9_]*[^\x00-\x7f][^\x00-/:-@\[-^`{-\x7f]*")
_AFTER_PLAIN = re.compile(rb"[ \t\f)]*(?:[:\\\r\n]|\Z)")
"""What follows the name of a variable with an annotation."""
_DEFINITION = re.compile(rb"[\r\n][ \t\f]*(?:def|class|async)\b")


class WordIndex:
    """Tells which files a needle can stand in: rather one file too many than one too few."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}
        self._respelled: dict[str, frozenset[str]] = {}
        self._hidden: list[str] = []
        self._unplain_by_path: dict[str, bytes] = {}
        self._paths: list[str] = []
        self._gathered: dict[bytes, int | array[int]] | None = None
        """By word, the numbers of its files; most words stand in one file alone."""
        self._searched = 0
        self._ending: dict[frozenset[str], dict[str, frozenset[str] | None]] = {}
        self._paths_by_word: dict[str, frozenset[str]] = {}

    def add(self, path: str, data: bytes) -> None:
        """Take in a file; all must be taken in before the first search."""
        self._files[path] = data
        names = respelled(data)
        if names is None:
            self._hidden.append(path)
        elif names:
            self._respelled[path] = names

    def holding(self, needles: Needles) -> dict[str, frozenset[str] | None]:
        """The files in which one of the needles can stand, each with those of its words that can, whatever they are
        for; None for any."""
        beside = [self._with_word(words) for words in (needles.beside, needles.within, needles.types) if words]
        asked = self._asked(needles, beside)
        ending = self._with_end(needles.fields) if needles.fields else {}
        decorating = self._with_word(needles.decorators) if needles.decorators else {}
        found: dict[str, frozenset[str] | None] = dict.fromkeys(self._hidden)
        for path, names in self._respelled.items():
            if path in asked:
                wanted = needles.all_words
                if not wanted.isdisjoint(names) or (needles.fields and ending_in(needles.fields, names)):
                    found[path] = None
        known = [*beside, ending, decorating]
        uses = needles.uses
        for path, present in self._with_word(needles.words.union(*(used for _, used in uses))).items():
            if path in asked and path not in found:
                data = self._files[path]
                words = needles.all_words if present is None else present
                is_held = not needles.words.isdisjoint(words)
                if is_held or any(_may_stand_as(use, data, self._unplain(path), used & words) for use, used in uses):
                    found[path] = _joined(present, path, known)
        for path, ends in ending.items():
            if path in asked and path not in found:
                data, types = self._files[path], needles.types
                if any(_is_annotated_in(data, word, types) for word in ends or ()):
                    found[path] = _joined(ends, path, known)
        for path, standing in decorating.items():
            if path in asked and path not in found and has_decorator(self._files[path], needles.decorators):
                found[path] = _joined(standing, path, known)
        # What stands beside may be spelled otherwise.
        found.update((path, None) for path in self._respelled if path in found)
        return found

    def _asked(self, needles: Needles, beside: list[dict[str, frozenset[str] | None]]) -> Collection[str]:
        """The files in which what must stand beside can stand."""
        kept: set[str] | None = None
        narrowing = (words for words in (needles.beside, needles.within, needles.types) if words)
        for words, standing in zip(narrowing, beside, strict=True):
            spelled = (path for path, names in self._respelled.items() if not words.isdisjoint(names))
            near = {*standing, *spelled, *self._hidden}
            kept = near if kept is None else kept & near
        return self._files if kept is None else kept

    def can_hold(self, path: str, word: str) -> bool:
        """Whether a word can stand in a file, as far as that is known without a search."""
        if self._gathered is None or path in self._respelled or not word.isascii() or stands_for_ending(word):
            return True
        paths = self._paths_by_word.get(word)
        if paths is None:
            paths = self._paths_by_word[word] = frozenset((*self._with_gathered(word.encode()), *self._hidden))
        return path in paths

    def _unplain(self, path: str) -> bytes:
        """The lines of a file that are not ASCII."""
        found = self._unplain_by_path.get(path)
        if found is None:
            data = self._files[path]
            found = self._unplain_by_path[path] = b"" if data.isascii() else b"\n".join(_unplain_lines(data))
        return found

    def _with_word(self, words: frozenset[str]) -> dict[str, frozenset[str] | None]:
        encoded = [word.encode("utf-8", "surrogatepass") for word in words]
        found: dict[str, frozenset[str] | None] = {
            path: None for word in encoded if not word.isascii() for path, data in self._files.items() if word in data
        }
        plain = [word for word in encoded if word.isascii()]
        self._searched += len(plain)
        if self._gathered is None and self._searched < _MANY_WORDS:
            found.update((path, None) for path, data in self._files.items() if any(word in data for word in plain))
            return found
        self.gather()
        standing: dict[str, list[str]] = {}
        for word in plain:
            spelled = word.decode()
            for path in self._with_gathered(word):
                standing.setdefault(path, []).append(spelled)
        for path, present in standing.items():
            found.setdefault(path, frozenset(present))
        return found

    def _with_gathered(self, word: bytes) -> Sequence[str]:
        """The files in which a word of ASCII stands, once they are gathered."""
        held = self._gathered.get(word) if self._gathered is not None else None
        if held is None:
            return ()
        paths = self._paths
        return (paths[held],) if isinstance(held, int) else [paths[number] for number in held]

    def _with_end(self, endings: frozenset[str]) -> dict[str, frozenset[str] | None]:
        """The words that end so, by file."""
        known = self._ending.get(endings)
        if known is None:
            standing: dict[str, list[str]] = {}
            ends = tuple(ending.encode() for ending in endings)
            for word in self.gather():
                if word.lower().endswith(ends):
                    for path in self._with_gathered(word):
                        standing.setdefault(path, []).append(word.decode())
            known = self._ending[endings] = {path: frozenset(words) for path, words in standing.items()}
        return known

    def gather(self) -> Collection[bytes]:
        """The words of all files, of ASCII letters alone; from here on a word that a file lacks is known."""
        if self._gathered is None:
            self._paths = list(self._files)
            gathered: dict[bytes, int | array[int]] = {}
            small = "H" if len(self._paths) <= _SMALL_NUMBERS else "L"
            for number, data in enumerate(self._files.values()):
                for word in set(data.translate(_WORD_BYTES).split()):
                    before = gathered.setdefault(word, number)
                    if before is number:
                        continue
                    if isinstance(before, int):
                        gathered[word] = array(small, (before, number))
                    else:
                        before.append(number)
            self._gathered = gathered
        return self._gathered


def _joined(
    words: frozenset[str] | None, path: str, known: list[dict[str, frozenset[str] | None]]
) -> frozenset[str] | None:
    """The words together with those that are known of a file besides; None where those of one kind are not."""
    for standing in known:
        more = standing.get(path, _NO_WORDS)
        if words is None or more is None:
            return None
        if more:
            words |= more
    return words


def may_hold(data: bytes, needles: Needles) -> bool:
    """Whether a needle can stand in bytes of which nothing is known."""
    present = set(data.translate(_WORD_BYTES).split())

    def holds_one(words: frozenset[str]) -> bool:
        encoded = {word.encode("utf-8", "surrogatepass") for word in words}
        return any(word in present if word.isascii() else word in data for word in encoded)

    near = (words for words in (needles.beside, needles.within, needles.types) if words)
    return holds_one(needles.all_words) and all(map(holds_one, near))


def has_decorator(data: bytes, words: frozenset[str]) -> bool:
    """Whether one of the words stands between a line that begins with `@` and the definition that follows it."""
    pattern = _any_of(words)
    ends = b"\n\r" if b"\r" in data else b"\n"
    at = data.find(b"@")
    while at >= 0:
        line = max(data.rfind(ends[index : index + 1], 0, at) for index in range(len(ends))) + 1
        if data[line:at].strip(b" \t\f\xef\xbb\xbf"):
            at = data.find(b"@", at + 1)
            continue
        definition = _DEFINITION.search(data, at)
        end = definition.start() if definition is not None else len(data)
        if pattern.search(data, at, end) is not None:
            return True
        at = data.find(b"@", end)
    return False


@cache
def _any_of(words: frozenset[str]) -> re.Pattern[bytes]:
    """Any of the words, as far as bytes tell where one begins and ends."""
    spelled = sorted(re.escape(word.encode("utf-8", "surrogatepass")) for word in words)
    return re.compile(rb"(?<![A-Za-z0-9_])(?:%s)(?![A-Za-z0-9_])" % b"|".join(spelled))


def _may_stand_as(use: Use, data: bytes, unplain: bytes, words: frozenset[str]) -> bool:
    """Whether one of the words may have a use on one of the lines; `unplain` are those that are not ASCII."""
    # A line that is not ASCII is not looked at closely.
    if any(word.encode("utf-8", "surrogatepass") in unplain for word in words):
        return True
    place = PLACES[use]
    for word in words:
        if not word.isascii():
            continue
        wanted = word.encode()
        at = data.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            if not place.is_at(data, at, end):
                at = data.find(wanted, end)
                continue
            # The line is looked at as a whole, so that one of many words is not looked at for each.
            start, end = _line_start(data, at), _line_end(data, at)
            line = data[start:end].decode("utf-8", "replace")
            if stands_as(use, line, word, goes_on=data[max(start - 3, 0) : start].rstrip(b"\r\n").endswith(b"\\")):
                return True
            at = data.find(wanted, end)
    return False


def _unplain_lines(data: bytes) -> Iterator[bytes]:
    """The lines that are not ASCII."""
    found = _UNPLAIN.search(data)
    while found is not None:
        end = _line_end(data, found.start())
        yield data[_line_start(data, found.start()) : end]
        found = _UNPLAIN.search(data, end)


def _is_annotated_in(data: bytes, word: str, types: frozenset[str]) -> bool:
    """Whether a word may be the name of a variable with such an annotation on one of the lines."""
    wanted = word.encode()
    is_plain = data.isascii()
    at = data.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if is_plain and _AFTER_PLAIN.match(data, end) is None:
            at = data.find(wanted, end)
            continue
        end = _line_end(data, at)
        if is_annotated(data[_line_start(data, at) : end].decode("utf-8", "replace"), word, types):
            return True
        at = data.find(wanted, end)
    return False


def _line_start(data: bytes, at: int) -> int:
    start = data.rfind(b"\n", 0, at) + 1
    return max(start, data.rfind(b"\r", start, at) + 1)


def _line_end(data: bytes, at: int) -> int:
    end = data.find(b"\n", at)
    if end < 0:
        end = len(data)
    carriage_return = data.find(b"\r", at, end)
    return end if carriage_return < 0 else carriage_return


def respelled(data: bytes) -> frozenset[str] | None:
    """The names in a file that Python reads otherwise than its bytes spell them (NFKC).

    None where the encoding may hide any name.
    """
    if declared_encoding(data) not in _PLAIN_ENCODINGS:
        return None
    if data.isascii():
        return frozenset()
    characters = set(data.translate(None, _ASCII_BYTES).decode("utf-8", "replace"))
    if not any(_may_respell(character) for character in characters):
        return frozenset()
    try:
        text = decode(data)
    except Undecodable:
        return frozenset()
    written = {word for word in _NAME.findall(text) if not unicodedata.is_normalized("NFKC", word)}
    return frozenset(name for word in written for name in words_in(word))


def _may_respell(character: str) -> bool:
    """Whether a name with this character can be another name by NFKC."""
    if unicodedata.category(character)[0] == "M" or "\u1100" <= character <= "\u11ff":
        return True
    normal = unicodedata.normalize("NFKC", character)
    return normal != character and any(f"_{part}".isidentifier() for part in normal)
