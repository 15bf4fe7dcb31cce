"""An opened file as the project sees it."""

from execution_lint.engine.troubles import Trouble, put
from execution_lint.extract.opened import OpenedFile, Unparsable
from execution_lint.facts.scopes import RegionFacts
from execution_lint.source.regions import Regions
from execution_lint.source.words import WordIndex


class FileSource:
    """An opened file as the project sees it: trouble with a region is noted, and the region is silent."""

    def __init__(self, path: str, opened: OpenedFile, words: WordIndex, troubles: dict[str, Trouble]) -> None:
        self._path = path
        self._opened = opened
        self._words = words
        self._troubles = troubles

    @property
    def regions(self) -> Regions:
        """Its regions, in the order of the text."""
        return self._opened.listed

    def named(self, name: str) -> tuple[int, ...]:
        """The regions that show without being parsed that they define a name, methods among them."""
        return self._opened.named(name)

    def owned(self, owner: str) -> tuple[int, ...]:
        """The methods of the classes of a name."""
        return self._opened.owned(owner)

    def class_of(self, index: int) -> int:
        """The region of the class that a method belongs to."""
        return self._opened.classes[index]

    def mentioning(self, word: str) -> frozenset[int]:
        """The regions in whose text a word stands."""
        found = self._opened.mentions.get(word)
        if found is None:
            found = self._opened.mentioning(word, can_stand=self._words.can_hold(self._path, word))
        return found

    def may_use(self, index: int, name: str, *, in_strings: bool) -> bool:
        """Whether a name may mean in a region what it names."""
        return self._opened.may_use(index, name, in_strings=in_strings)

    def may_assign(self, index: int, name: str) -> bool:
        """Whether a region may assign to the attribute `name` of something."""
        return self._opened.may_assign(index, name)

    def may_declare_outer(self, index: int, name: str) -> bool:
        """Whether a region may declare `name` to be a name of the module."""
        return self._opened.may_declare_outer(index, name)

    def declared_outer(self, index: int) -> frozenset[str] | None:
        """The names that a region may declare to be the module's; None where that cannot be told."""
        return self._opened.declared_outer(index)

    def called_on(self, index: int, names: frozenset[str]) -> frozenset[str] | None:
        """The names on which a region calls `names` by calls that may dangle; None where that is not all."""
        return self._opened.called_on(index, names)

    def may_carry(self, index: int, name: str) -> bool:
        """Whether a name may be more in a region than a variable."""
        return self._opened.may_carry(index, name)

    def may_hand_on(self, index: int, name: str) -> bool:
        """Whether what a name stands for may get another name in a region."""
        return self._opened.may_hand_on(index, name)

    def may_rename(self, index: int, name: str) -> bool:
        """Whether an import in a region may bring a name under another one."""
        return self._opened.may_rename(index, name)

    def may_weigh(self, index: int, names: str) -> bool:
        """Whether something of one of `names` may be compared in a region, looked up by, or given a string."""
        return self._opened.may_weigh(index, names)

    def binding(self, name: str) -> tuple[int, ...]:
        """The regions that may bind a name and do not show which they bind."""
        return self._opened.binding(name)

    def facts(self, index: int) -> RegionFacts | None:
        """What a region says; None where it cannot be parsed."""
        self._opened.whole.add(index)
        return self.followed(index)

    def scanned(self, index: int, scan: str) -> RegionFacts | None:
        """The same for a scan."""
        self._opened.scanned.setdefault(scan, set()).add(index)
        return self.followed(index)

    def followed(self, index: int) -> RegionFacts | None:
        """The same for whoever follows values."""
        try:
            return self._opened.facts(index)
        except Unparsable as trouble:
            put(self._troubles, self._path, Trouble(trouble.line, trouble.reason))
            return None
