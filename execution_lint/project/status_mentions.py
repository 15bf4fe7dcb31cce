"""In which regions of a module that names no vocabulary the name of a carrier says something of a status."""

from collections.abc import Iterable

from execution_lint.project.bound_names import BoundNames
from execution_lint.project.modules import Module, Modules
from execution_lint.source.regions import RegionKind

_DEFINITIONS = frozenset({RegionKind.FUNCTION, RegionKind.CLASS})
_EVERYWHERE = frozenset({"__init__", "__class__"})


class StatusMentions:
    """Leaves out the regions in which such a name is a variable, which comes from elsewhere: it has no type, and goes
    nowhere where one is declared."""

    def __init__(
        self,
        modules: Modules,
        names: frozenset[str],
        words: frozenset[str],
        called: frozenset[str],
        leads: frozenset[str],
    ) -> None:
        """`names` are those of the vocabularies, `words` those of what carries one, and `called` of these the functions
        and classes; `leads` are the others by which a member may be spoken of or taken."""
        self._modules = modules
        self._names = names
        self._words = words
        self._called = called
        self._leads = leads - _EVERYWHERE
        self._bound = BoundNames(modules)

    def speaking(self, path: str, regions: Iterable[int]) -> set[int]:
        """Those of some regions of a module, in each of which one of the words stands."""
        module = self._modules.at(path)
        if module is None:
            return set()
        asked = {region for region in regions if module.regions[region].kind is not RegionKind.IMPORT}
        standing = {word: held for word in self._words if (held := module.holding(word) & asked)}
        found = {region for word, held in standing.items() for region in held if self._says(module, region, word)}
        if found == asked:
            return found
        if self._is_led(module):
            return asked
        for word, held in standing.items():
            silent = held - found
            if not silent:
                continue
            kinds = self._kinds(module, word)
            if not kinds <= _DEFINITIONS:
                found |= silent
            elif kinds != {RegionKind.CLASS}:
                # A variable may come to where a member is taken.
                found.update(*(silent & module.holding(lead) for lead in self._leads))
        return found

    def hands_on(self, module: Module, region: int) -> bool:
        """Whether a function or a class that carries one may get another name in a region."""
        return any(module.may_hand_on(region, word) for word in self._called)

    def _says(self, module: Module, region: int, word: str) -> bool:
        return module.may_carry(region, word) or (word in self._called and module.may_hand_on(region, word))

    def _is_led(self, module: Module) -> bool:
        """Whether a vocabulary, or what takes a member, comes to a module under a name that is not known here."""
        if module.star_imports() and any(self._bound.regions(module.path, name) != () for name in self._names):
            return True
        return any(
            module.may_rename(region, word)
            for word in self._words | self._leads
            for region in module.holding(word)
            if module.regions[region].kind is RegionKind.IMPORT
        )

    def _kinds(self, module: Module, word: str) -> frozenset[RegionKind]:
        """What defines what a module has under a name, as far as the project does; something else where that is not
        told."""
        regions = self._bound.regions(module.path, word)
        if regions is None:
            return frozenset({RegionKind.OTHER})
        return frozenset(defining.regions[region].kind for defining, region in regions)
