"""Where a name can mean the one thing that is looked for: told from the text, before anything is parsed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from execution_lint.project.inference import Inference
from execution_lint.source.regions import Needles, RegionKind

RARE = 3
"""Definitions of one name in a project up to which a method may be meant wherever its name stands."""


IMPORTING = frozenset({RegionKind.IMPORT, RegionKind.COMPOUND, RegionKind.OTHER})
"""The kinds of regions in which a module imports names at its top level."""


class Reach(Enum):
    """From where a name is seen."""

    MODULE = "module"
    """Where the module that binds it can be imported."""
    ATTRIBUTE = "attribute"
    """Where an object that has it can be."""
    REGION = "region"
    """In the function that binds it."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A name by which something is known."""

    path: str
    region: int
    name: str
    reach: Reach
    families: frozenset[str] = frozenset()
    """For an attribute: the names of the classes that may have it."""


class Search:
    """Finds the regions in which a name may stand for what its alias stands for."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._holding: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {}
        self._files: dict[str, dict[str, tuple[int, ...]]] = {}
        self._rare: dict[str, bool] = {}

    def holding(self, word: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """The regions in whose text a word stands, by file."""
        if word not in self._holding:
            library = self._inference.modules.library
            self._holding[word] = tuple(library.candidates(Needles(frozenset({word}))))
        return self._holding[word]

    def regions(self, alias: Alias) -> Iterator[tuple[str, int]]:
        """The regions in which the name may be meant."""
        if alias.reach is Reach.REGION:
            yield alias.path, alias.region
            return
        for path, regions in self.holding(alias.name):
            if path == alias.path:
                seen: Iterable[int] = regions
            elif alias.reach is Reach.ATTRIBUTE:
                seen = regions if self._has_family(alias, path) else ()
            else:
                seen = self._importing(alias, path, regions)
            for region in seen:
                yield path, region

    def _has_family(self, alias: Alias, path: str) -> bool:
        return self._is_rare(alias.name) or any(path in self._by_file(name) for name in alias.families)

    def _importing(self, alias: Alias, path: str, regions: tuple[int, ...]) -> Iterable[int]:
        """The regions of another file that can see what a module binds: by an import of the name, by one of the
        module under another name, or beside the name of the module."""
        module = self._inference.modules.at(path)
        if module is None:
            return ()
        if any(module.regions[region].kind in IMPORTING for region in regions):
            return regions
        folder, _, file = alias.path.rpartition("/")
        stem = file.removesuffix(".py")
        if stem == "__init__":
            stem = folder.rpartition("/")[2] or self._inference.modules.library.package.rpartition(".")[2]
        named = self._by_file(stem).get(path, ()) if stem else ()
        imports = [region for region in named if module.regions[region].kind in IMPORTING]
        if imports and (module.star_imports() or any(module.mentions(region, "as") for region in imports)):
            return regions
        return [region for region in regions if region in named]

    def _by_file(self, word: str) -> dict[str, tuple[int, ...]]:
        if word not in self._files:
            self._files[word] = dict(self.holding(word)) if word else {}
        return self._files[word]

    def _is_rare(self, name: str) -> bool:
        if name not in self._rare:
            found = 0
            for path, regions in self.holding(name):
                module = self._inference.modules.at(path)
                for region in regions if module is not None else ():
                    if module is not None and module.regions[region].name == name:
                        found += module.regions[region].kind in (RegionKind.METHOD, RegionKind.FUNCTION)
            self._rare[name] = found <= RARE
        return self._rare[name]
