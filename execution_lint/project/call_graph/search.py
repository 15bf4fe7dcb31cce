"""Where a name can mean the one thing that is looked for: told from the text, before anything is parsed."""

from collections.abc import Iterable, Iterator
from enum import Enum

import msgspec

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


class Alias(msgspec.Struct, frozen=True):
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
        self._holding: dict[Needles, tuple[tuple[str, tuple[int, ...]], ...]] = {}
        self._rare: dict[str, bool] = {}

    def _held(self, needles: Needles) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """The regions in whose text a needle stands, by file."""
        if needles not in self._holding:
            self._holding[needles] = tuple(self._inference.modules.library.candidates(needles))
        return self._holding[needles]

    def regions(self, alias: Alias) -> Iterator[tuple[str, int]]:
        """The regions in which the name may be meant."""
        match alias.reach:
            case Reach.REGION:
                yield alias.path, alias.region
            case Reach.ATTRIBUTE:
                for path, regions in self._with_family(alias):
                    for region in regions:
                        yield path, region
            case Reach.MODULE:
                for path, regions in self._held(Needles(frozenset({alias.name}))):
                    for region in regions if path == alias.path else self._importing(alias, path, regions):
                        yield path, region

    def _with_family(self, alias: Alias) -> Iterator[tuple[str, Iterable[int]]]:
        """The regions that hold the name of an attribute: those of every file that names a class which may have it;
        where the name is rare, all. The one that binds it may speak of it as a plain name."""
        found: dict[str, Iterable[int]] = {}
        if self._is_rare(alias.name):
            found.update(self._held(Needles(attributes=frozenset({alias.name}))))
        elif alias.families:
            found.update(self._held(Needles(attributes=frozenset({alias.name}), beside=alias.families)))
        own = found.get(alias.path)
        if own is None:
            module = self._inference.module(alias.path)
            own = module.holding(alias.name)
        found[alias.path] = sorted({*own, alias.region})
        yield from sorted(found.items())

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
        named = module.holding(stem) if stem else frozenset()
        imports = [region for region in named if module.regions[region].kind in IMPORTING]
        if imports and (module.star_imports() or any(module.mentions(region, "as") for region in imports)):
            return regions
        return [region for region in regions if region in named]

    def _is_rare(self, name: str) -> bool:
        if name not in self._rare:
            found = 0
            for path, regions in self._held(Needles(frozenset({name}))):
                module = self._inference.modules.at(path)
                for region in regions if module is not None else ():
                    if module is not None and module.regions[region].name == name:
                        found += module.regions[region].kind in (RegionKind.METHOD, RegionKind.FUNCTION)
            self._rare[name] = found <= RARE
        return self._rare[name]
