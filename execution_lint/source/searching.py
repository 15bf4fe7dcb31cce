"""Which regions of a text hold what is looked for, found from where it stands."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

from execution_lint.source.assigning import may_bind
from execution_lint.source.regions import (
    Needles,
    Region,
    RegionKind,
    Use,
    ending_in,
    is_annotated,
    stands_as,
    words_in,
)
from execution_lint.source.text import split_lines
from execution_lint.source.uses import PLACES
from execution_lint.source.words import has_decorator

STAR = "*"
"""What an import that may bind any name is asked for by."""

_IS_WORD = bytes(byte >= 0x80 or chr(byte).isalnum() or byte == ord("_") for byte in range(256))
"""Which bytes belong to a word. Of lines that are not ASCII the words are known, so theirs need not be told exactly."""
_WORDS_APART = bytes(byte if _IS_WORD[byte] else ord(" ") for byte in range(256))

_ALONE: dict[int, frozenset[int]] = {}


class RegionSearch:
    """Tells the regions of one text by words that stand in them.

    It goes from one place to the next, and from a region that holds what is looked for to the one that follows.
    """

    def __init__(self, data: bytes, regions: tuple[Region, ...], starts: Sequence[int]) -> None:
        """`data` is the text in UTF-8, `starts` are the offsets of its lines."""
        self._data = data
        self._regions = regions
        self._starts = starts
        self._held: dict[str, frozenset[int]] = {}

    def holding(self, word: str) -> frozenset[int]:
        """The regions in whose text a word stands."""
        found = self._held.get(word)
        if found is None:
            standing = set(self._respelled.get(word, ()))
            if word.isascii():
                self._add_holding(word.encode(), standing)
                standing.discard(-1)
            found = frozenset(standing)
            if len(found) == 1:
                # So are most, and one object does for all that are equal.
                found = _ALONE.setdefault(next(iter(found)), found)
            self._held[word] = found
        return found

    def ending_in(self, ending: str, words: Iterable[str] | None = None) -> frozenset[int]:
        """The regions in whose text a word ends so, in capital or small letters; `words` are those of the text that do,
        in lines of ASCII, if that is known."""
        endings = frozenset({ending})
        found = {index for word in ending_in(endings, self._respelled) for index in self._respelled[word]}
        for word in self._words_ending(endings) if words is None else words:
            found |= self.holding(word)
        return frozenset(found)

    def candidates(self, needles: Needles, words: frozenset[str] | None = None) -> tuple[int, ...]:
        """The regions in whose text one of the needles stands.

        `words` are those of the needles' that can stand in the text, if that is known.
        """
        if needles.beside and not any(self.holding(word) for word in _among(needles.beside, words)):
            return ()
        found: set[int] = set()
        for word in _among(needles.words, words):
            found |= self.holding(word)
        if self._respelled:
            for word in needles.all_words - needles.decorators:
                found.update(self._respelled.get(word, ()))
            for word in ending_in(needles.fields, self._respelled) if needles.fields else ():
                found.update(self._respelled[word])
        for use, used in needles.uses:
            for word in _among(used, words):
                self._add_used(use, word, found)
        if needles.fields:
            for word in self._words_ending(needles.fields) if words is None else ending_in(needles.fields, words):
                self._add_annotated(word, needles.types, found)
        found.discard(-1)
        if needles.decorators:
            holding = {index for word in _among(needles.decorators, words) for index in self.holding(word)}
            found.update(index for index in holding - found if self._is_decorated(index, needles.decorators))
        for narrowing in (needles.within, needles.types):
            if narrowing and found:
                found = self._holding_one(found, _among(narrowing, words))
        return tuple(sorted(found))

    def binding(self, name: str) -> tuple[int, ...]:
        """The regions that may bind a name and do not show which: imports and compound statements in whose text it
        stands, not only in the path of a module that is imported from, and what an outline does not know and may bind
        some name. `*` stands for all that an import brings."""
        text, ends, owners = self._binding_text
        found = {*self._others, *self._binding_respelled.get(name, ())}
        wanted = name.encode("utf-8", "surrogatepass")
        at = text.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            if name != STAR and (_IS_WORD[text[at - 1]] or _IS_WORD[text[end]]):
                at = text.find(wanted, end)
            else:
                stretch = bisect_right(ends, at)
                found.add(owners[stretch])
                at = text.find(wanted, ends[stretch])
        return tuple(sorted(found))

    def regions_at(self, offsets: Collection[int]) -> list[int | None]:
        """The region that holds each of these offsets of the text, counted in characters."""
        in_bytes = {offset: offset for offset in offsets}
        if not self._is_ascii:
            text = self._data.decode("utf-8", "surrogatepass")
            done = size = 0
            for offset in sorted(in_bytes):
                size += len(text[done:offset].encode("utf-8", "surrogatepass"))
                done = offset
                in_bytes[offset] = size
        found = [self._owner_at(in_bytes[offset]) for offset in offsets]
        return [None if index < 0 else index for index in found]

    def region_at(self, line: int) -> int | None:
        """The region that a line (from 1) belongs to."""
        index = self._owner_at(self._starts[line - 1]) if 0 < line <= len(self._starts) else -1
        return None if index < 0 else index

    def stretch(self, first: int, last: int) -> bytes:
        """The text from one line (from 1) to another, their ends included; nothing where it begins behind that."""
        starts = self._starts
        if first > last:
            return b""
        return self._data[starts[first - 1] : starts[last] if last < len(starts) else len(self._data)]

    def lines_of(self, region: Region) -> list[str]:
        """The lines of a region without their ends, those of other regions left blank."""
        lines = split_lines(self.stretch(region.first_line, region.last_line).decode("utf-8", "surrogatepass"))
        del lines[region.last_line - region.first_line + 1 :]
        for first, last in region.excluded:
            lines[first - region.first_line : last + 1 - region.first_line] = [""] * (last - first + 1)
        return lines

    def _is_decorated(self, index: int, words: frozenset[str]) -> bool:
        """Whether one of the words stands in a decorator in a region."""
        region = self._regions[index]
        if not region.excluded:
            text = self.stretch(region.first_line, region.last_line)
            if text.isascii() and not has_decorator(text, words):
                return False
        return Needles(decorators=words).stand_in(self.lines_of(region))

    def _holding_one(self, indices: set[int], words: frozenset[str]) -> set[int]:
        """Those of some regions in whose text one of the words stands: of many words, their own are looked through."""
        wanted = {word.encode() for word in words if word.isascii()}
        respelled = {index for word in words for index in self._respelled.get(word, ())}
        return {index for index in indices if index in respelled or not wanted.isdisjoint(self._words_of(index))}

    def _words_of(self, index: int) -> Iterator[bytes]:
        """The words of a region, as lines of ASCII spell them."""
        region = self._regions[index]
        line = region.first_line
        for first, last in (*region.excluded, (region.last_line + 1, 0)):
            yield from self.stretch(line, first - 1).translate(_WORDS_APART).split()
            line = last + 1

    def _owner_at(self, offset: int) -> int:
        ends, owners = self._stretches
        stretch = bisect_right(ends, offset)
        return owners[stretch] if stretch < len(owners) else -1

    def _add_holding(self, word: bytes, found: set[int]) -> None:
        """Add the owners of the stretches in which a word stands."""
        ends, owners = self._stretches
        data = self._data
        size, length = len(data), len(word)
        at = data.find(word)
        while at >= 0:
            end = at + length
            if (at and _IS_WORD[data[at - 1]]) or (end < size and _IS_WORD[data[end]]):
                at = data.find(word, end)
            else:
                stretch = bisect_right(ends, at)
                found.add(owners[stretch])
                at = data.find(word, ends[stretch])

    def _add_used(self, use: Use, word: str, found: set[int]) -> None:
        """Add the regions in which a word may have a use, as far as lines of ASCII tell."""
        if not word.isascii():
            return
        ends, owners = self._stretches
        data, starts = self._data, self._starts
        place, wanted = PLACES[use], word.encode()
        at = data.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            if not place.is_at(data, at, end):
                at = data.find(wanted, end)
                continue
            stretch = bisect_right(ends, at)
            index, goes_on_at = owners[stretch], ends[stretch]
            if index >= 0 and index not in found:
                begin = ends[stretch - 1] if stretch else 0
                number = bisect_right(starts, at)
                start = starts[number - 1]
                end = starts[number] if number < len(starts) else len(data)
                line = data[start:end]
                if line.isascii() and stands_as(
                    use, line.decode().rstrip("\r\n"), word, goes_on=begin < start and self._goes_on(start)
                ):
                    found.add(index)
                else:
                    goes_on_at = end
            at = data.find(wanted, goes_on_at)

    def _add_annotated(self, word: str, types: frozenset[str], found: set[int]) -> None:
        """Add the regions in which a word may be the name of a variable with such an annotation, as far as lines of
        ASCII tell."""
        for index, line in self._lines_with(word, found):
            if is_annotated(line, word, types):
                found.add(index)

    def _lines_with(self, word: str, found: set[int]) -> Iterator[tuple[int, str]]:
        """The lines of ASCII on which a word stands, in regions that are not `found`, each with its region."""
        if not word.isascii():
            return
        ends, owners = self._stretches
        data, starts = self._data, self._starts
        wanted = word.encode()
        size, length = len(data), len(wanted)
        at = data.find(wanted)
        while at >= 0:
            end = at + length
            if (at and _IS_WORD[data[at - 1]]) or (end < size and _IS_WORD[data[end]]):
                at = data.find(wanted, end)
                continue
            stretch = bisect_right(ends, at)
            index = owners[stretch]
            if index < 0 or index in found:
                at = data.find(wanted, ends[stretch])
                continue
            number = bisect_right(starts, at)
            end = starts[number] if number < len(starts) else size
            line = data[starts[number - 1] : end]
            if line.isascii():
                yield index, line.decode().rstrip("\r\n")
            at = data.find(wanted, end)

    def _goes_on(self, start: int) -> bool:
        """Whether the line before the one that begins at an offset ends in a backslash."""
        return self._data[max(start - 3, 0) : start].rstrip(b"\r\n").endswith(b"\\")

    def _words_ending(self, endings: frozenset[str]) -> frozenset[str]:
        """The words of ASCII that end so, in capital or small letters."""
        data = self._data
        small = data.lower()
        found: set[bytes] = set()
        for ending in (ending.encode() for ending in endings if ending.isascii()):
            at = small.find(ending)
            while at >= 0:
                end = at + len(ending)
                if end == len(data) or not _IS_WORD[data[end]]:
                    start = at
                    while start and _IS_WORD[data[start - 1]]:
                        start -= 1
                    found.add(data[start:end])
                at = small.find(ending, end)
        return frozenset(word.decode() for word in found if word.isascii())

    @cached_property
    def _is_ascii(self) -> bool:
        return self._data.isascii()

    @cached_property
    def _stretches(self) -> "tuple[array[int], array[int]]":
        """Where the stretches of text end that belong to one region each, and the regions; -1 for none."""
        starts, size = self._starts, len(self._data)
        stretches: list[tuple[int, int, int]] = []
        for index, region in enumerate(self._regions):
            line = region.first_line
            for first, last in region.excluded:
                if line < first:
                    stretches.append((line, first, index))
                line = last + 1
            if line <= region.last_line:
                stretches.append((line, region.last_line + 1, index))
        stretches.sort()
        ends, owners = array("I"), array("l")
        done = 1
        for line, until, index in stretches:
            if line > done:
                ends.append(starts[line - 1])
                owners.append(-1)
            ends.append(starts[until - 1] if until <= len(starts) else size)
            owners.append(index)
            done = until
        if not ends or ends[-1] < size:
            ends.append(size)
            owners.append(-1)
        return ends, owners

    @cached_property
    def _respelled(self) -> dict[str, tuple[int, ...]]:
        """The names that Python reads on lines that are not ASCII, each with the regions that hold it so."""
        if self._is_ascii:
            return {}
        found: dict[str, set[int]] = {}
        data, starts = self._data, self._starts
        for match in _UNUSUAL.finditer(data):
            owner = self._owner_at(match.start())
            if owner >= 0:
                line = data[starts[bisect_right(starts, match.start()) - 1] : match.end()]
                for word in words_in(line.decode("utf-8", "surrogatepass")):
                    found.setdefault(word, set()).add(owner)
        return {word: tuple(sorted(owners)) for word, owners in found.items()}

    @cached_property
    def _others(self) -> tuple[int, ...]:
        """The statements that an outline does not know and that may bind a name."""
        return tuple(
            index
            for index, region in enumerate(self._regions)
            if region.kind is RegionKind.OTHER and may_bind(self.stretch(region.first_line, region.last_line))
        )

    @cached_property
    def _nameless(self) -> tuple[int, ...]:
        """The imports, and the statements whose names are not known."""
        known = (RegionKind.METHOD, RegionKind.OTHER)
        return tuple(
            index for index, region in enumerate(self._regions) if not region.name and region.kind not in known
        )

    @cached_property
    def _binding_text(self) -> "tuple[bytes, array[int], array[int]]":
        """The text of these, less the paths that something is imported from, one after the other, where each ends in
        it, and the regions."""
        parts, ends, owners = [b"\n"], array("I"), array("l")
        size = 1
        for index in self._nameless:
            region = self._regions[index]
            text = self.stretch(region.first_line, region.last_line)
            path = _IMPORTED_FROM.match(text) if region.kind is RegionKind.IMPORT else None
            if path is not None:
                text = text[path.end() :]
            parts += (text, b"\n")
            size += len(text) + 1
            ends.append(size)
            owners.append(index)
        return b"".join(parts), ends, owners

    @cached_property
    def _binding_respelled(self) -> dict[str, frozenset[int]]:
        """The words of those that are not ASCII."""
        if self._is_ascii:
            return {}
        found: dict[str, set[int]] = {}
        for index in self._nameless:
            region = self._regions[index]
            text = self.stretch(region.first_line, region.last_line)
            for word in words_in(text.decode("utf-8", "surrogatepass")) if not text.isascii() else ():
                found.setdefault(word, set()).add(index)
        return {word: frozenset(indices) for word, indices in found.items()}


class ThoroughSearch(RegionSearch):
    """The same by its definition, line by line: slow, and equal by contract."""

    def holding(self, word: str) -> frozenset[int]:
        """The regions in whose text a word stands."""
        needles = Needles(frozenset({word}))
        return frozenset(index for index, lines in enumerate(self._lines) if needles.stand_in(lines))

    def ending_in(self, ending: str, words: Iterable[str] | None = None) -> frozenset[int]:
        """The regions in whose text a word ends so, in capital or small letters."""
        del words
        endings = frozenset({ending})
        return frozenset(
            index
            for index, lines in enumerate(self._lines)
            if any(ending_in(endings, words_in(line)) for line in lines)
        )

    def candidates(self, needles: Needles, words: frozenset[str] | None = None) -> tuple[int, ...]:
        """The regions in whose text one of the needles stands."""
        del words
        if not any(needles.are_beside(lines) for lines in self._lines):
            return ()
        return tuple(index for index, lines in enumerate(self._lines) if needles.stand_in(lines))

    @cached_property
    def _lines(self) -> tuple[list[str], ...]:
        return tuple(self.lines_of(region) for region in self._regions)


_UNUSUAL = re.compile(rb"[\x80-\xff][^\r\n]*")
"""The rest of a line that is not ASCII."""
_IMPORTED_FROM = re.compile(rb"from[ \t.][ \t.\w]*?\bimport\b")
"""The path of a module that something is imported from, which binds nothing."""


def _among(wanted: frozenset[str], words: frozenset[str] | None) -> frozenset[str]:
    return wanted if words is None else wanted & words
