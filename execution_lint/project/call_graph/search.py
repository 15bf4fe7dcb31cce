"""Where a name can mean the one thing that is looked for: told from the text, before anything is parsed."""

from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cached_property
from itertools import islice

import msgspec

from execution_lint.project.inference import Inference
from execution_lint.project.modules import Module
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
                for path, regions in self._importing(alias):
                    for region in regions:
                        yield path, region

    def _with_family(self, alias: Alias) -> Iterator[tuple[str, Iterable[int]]]:
        """The regions that hold the name of an attribute: those of every file that names a class which may have it;
        where the name is rare, all. The one that binds it may speak of it as a plain name."""
        found: dict[str, Iterable[int]] = {}
        if self.is_rare(alias.name):
            found.update(self._held(Needles(attributes=frozenset({alias.name}))))
        elif alias.families:
            found.update(self._held(Needles(attributes=frozenset({alias.name}), beside=alias.families)))
        own = found.get(alias.path)
        if own is None:
            module = self._inference.module(alias.path)
            own = module.holding(alias.name)
        found[alias.path] = sorted({*own, alias.region})
        yield from sorted(found.items())

    def _importing(self, alias: Alias) -> Iterator[tuple[str, Iterable[int]]]:
        """The regions that can see what a module binds: its own, those of files that import the name or all of the
        module, and those in which the name stands behind a dot and the module beside it."""
        modules = self._inference.modules
        name = frozenset({alias.name})
        givers = self._giving(alias.path)
        stems = frozenset(map(self._stem, givers)) - {""}
        imports = dict(self._held(Needles(imported=name)))
        behind_a_dot = dict(self._held(Needles(attributes=name, beside=stems))) if stems else {}
        for path in sorted({*imports, *behind_a_dot, *givers}):
            module = modules.at(path)
            if module is None:
                continue
            importing = imports.get(path, ())
            if path in givers or any(module.regions[region].kind in IMPORTING for region in importing):
                yield path, sorted(module.holding(alias.name))
            else:
                yield path, self._beside(module, stems, {*importing, *behind_a_dot.get(path, ())})

    def _giving(self, path: str) -> frozenset[str]:
        """A module, and those that import all of it."""
        found = {path}
        waiting = [path]
        while waiting:
            for taker in self._takers.get(waiting.pop(), ()):
                if taker not in found:
                    found.add(taker)
                    waiting.append(taker)
        return frozenset(found)

    @cached_property
    def _takers(self) -> dict[str, list[str]]:
        """By module, those that import all of it."""
        modules = self._inference.modules
        found: dict[str, list[str]] = {}
        for path, _ in self._held(Needles(starred=frozenset({"import"}))):
            module = modules.at(path)
            for star in module.star_imports() if module is not None else ():
                given = modules.find(modules.relative(star, module), module) if module is not None else None
                if given is not None:
                    found.setdefault(given, []).append(path)
        return found

    def _stem(self, path: str) -> str:
        """The last part of the name of a module; empty for the root itself."""
        folder, _, file = path.rpartition("/")
        stem = file.removesuffix(".py")
        if stem == "__init__":
            return folder.rpartition("/")[2] or self._inference.modules.library.package.rpartition(".")[2]
        return stem

    def _beside(self, module: Module, stems: frozenset[str], regions: set[int]) -> Iterable[int]:
        """Those of the regions in which a module may be named too, or all where it is imported under another name."""
        named = {stem: module.holding(stem) for stem in stems}
        is_renamed = any(
            module.regions[region].kind in IMPORTING and module.may_rename(region, stem)
            for stem, holding in named.items()
            for region in sorted(holding)
        )
        return sorted(regions if is_renamed else regions.intersection(frozenset().union(*named.values())))

    def is_rare(self, name: str) -> bool:
        """Whether so few functions bear a name that it may be one of them wherever it stands as an attribute."""
        if name.startswith("__"):
            return False
        if name not in self._rare:
            self._rare[name] = len(list(islice(self._definitions(name), RARE + 1))) <= RARE
        return self._rare[name]

    def _definitions(self, name: str) -> Iterator[tuple[str, int]]:
        """The functions and methods of a name that are regions of their own."""
        modules = self._inference.modules
        for path, regions in modules.library.candidates(Needles(definitions=frozenset({name}))):
            module = modules.at(path)
            if module is not None:
                for region in regions:
                    found = module.regions[region]
                    if found.name == name and found.kind in (RegionKind.METHOD, RegionKind.FUNCTION):
                        yield path, region
