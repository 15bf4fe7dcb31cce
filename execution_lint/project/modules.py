"""Which file a module name means, and what a module binds."""

import sys
from collections.abc import Iterable, Iterator
from functools import cached_property

from execution_lint.facts.scopes import RegionFacts, Scope, TargetKind
from execution_lint.facts.values import NONE, Imported, Ref
from execution_lint.project.library import Library, Source
from execution_lint.source.regions import RegionKind, Regions
from execution_lint.source.searching import STAR

_INIT = "__init__.py"


class Module:
    """A file as a module: which region binds which name."""

    def __init__(self, path: str, name: str, import_root: str, source: Source) -> None:
        self.path = path
        self.name = name
        """Dotted name from its import root."""
        self.import_root = import_root
        self._source = source
        self._methods: dict[int, tuple[int, ...]] = {}
        self._global_by_name: dict[str, tuple[tuple[int, int, Ref], ...]] = {}
        self._globals: dict[int, dict[str, list[tuple[int, int, Ref]]]] = {}
        self._bound_by_name: dict[str, tuple[tuple[int, Ref], ...]] = {}

    @property
    def regions(self) -> Regions:
        """The regions of the file. To go through all of them makes the answer rest on all, also on those to come."""
        return self._source.regions

    @property
    def package(self) -> str:
        """Dotted name of the package that relative imports start from."""
        return self.name if self.path.endswith(_INIT) else self.name.rpartition(".")[0]

    def facts(self, region: int) -> RegionFacts | None:
        """What a region says; None where it cannot be parsed."""
        return self._source.facts(region)

    def followed(self, region: int) -> RegionFacts | None:
        """The same for whoever follows values from one to the next and looks for names, and goes through nothing."""
        return self._source.followed(region)

    def scanned(self, region: int, scan: str) -> RegionFacts | None:
        """The same for a scan that was announced."""
        return self._source.scanned(region, scan)

    def mentions(self, region: int, word: str) -> bool:
        """Whether a word stands in the text of a region."""
        return region in self._source.mentioning(word)

    def may_use(self, region: int, name: str, *, in_strings: bool = False) -> bool:
        """Whether a name may mean in a region what it names: rather yes too often than no once."""
        return self._source.may_use(region, name, in_strings=in_strings)

    def may_assign(self, region: int, name: str) -> bool:
        """Whether a region may assign to the attribute `name` of something."""
        return self.mentions(region, name) and self._source.may_assign(region, name)

    def called_on(self, region: int, names: frozenset[str]) -> frozenset[str] | None:
        """The names of the module before the first dot of what a region calls by `names`, as far as what these calls
        give may be left unawaited; None where that is not all that it calls so."""
        return self._source.called_on(region, names)

    def may_carry(self, region: int, name: str) -> bool:
        """Whether a name may be more in a region than a variable that is told there: rather yes too often than no
        once."""
        return self.mentions(region, name) and self._source.may_carry(region, name)

    def may_hand_on(self, region: int, name: str) -> bool:
        """Whether what a name stands for may get another name in a region: rather yes too often than no once."""
        return self.mentions(region, name) and self._source.may_hand_on(region, name)

    def may_rename(self, region: int, name: str) -> bool:
        """Whether an import in a region may bring a name under another one: rather yes too often than no once."""
        return self._source.may_rename(region, name)

    def may_weigh(self, region: int, names: str) -> bool:
        """Whether something of one of `names` may be compared in a region, looked up by, or given a string."""
        return self._source.may_weigh(region, names)

    def holding(self, word: str) -> frozenset[int]:
        """The regions in whose text a word stands; of `*status`, those with a word that ends so."""
        return self._source.mentioning(word)

    def holding_any(self, words: Iterable[str]) -> tuple[int, ...]:
        """The regions in whose text one of the words stands."""
        return tuple(sorted({index for word in words for index in self._source.mentioning(word)}))

    def importing(self) -> tuple[int, ...]:
        """The regions at module level that may import something, functions and classes aside."""
        return self._importing(("import",))

    def _importing(self, words: tuple[str, ...]) -> tuple[int, ...]:
        """Those in whose text one of the words stands; a statement that shows what it binds imports nothing."""
        found = {index for word in words for index in self.mentioning(word)}
        return tuple(sorted(index for index in found if not self.regions[index].name))

    def scope(self, region: int, scope: int) -> Scope:
        """A scope of a region that was parsed before."""
        facts = self._source.facts(region)
        assert facts is not None
        return facts.scopes[scope]

    def _defined(self, name: str) -> tuple[int, ...]:
        """The regions at module level that show without being parsed that they define a name."""
        found = self._source.named(name)
        return tuple(index for index in found if self.regions[index].kind is not RegionKind.METHOD) if found else ()

    def _bound(self, name: str) -> tuple[tuple[int, Ref], ...]:
        """What imports, compound and other statements bind `name` to; of `*`, what is imported whole."""
        if name not in self._bound_by_name:
            regions = self._source.binding(name)
            if name == STAR and regions:
                # A text without the word imports nothing; a docstring or a product may hold a star.
                importing = self._source.mentioning("import")
                regions = tuple(region for region in regions if region in importing)
            self._bound_by_name[name] = tuple(self._bound_in(regions, name))
        return self._bound_by_name[name]

    def _bound_in(self, regions: tuple[int, ...], name: str) -> Iterator[tuple[int, Ref]]:
        for index in regions:
            facts = self.followed(index)
            for bound, value in facts.scopes[0].bindings if facts is not None else ():
                if bound == name:
                    yield index, value

    def bindings(self, name: str) -> tuple[tuple[int, Ref], ...]:
        """The regions that bind `name` at module level, with the value in the region's first scope."""
        found = list(self._bound(name))
        for index in self._defined(name):
            facts = self.followed(index)
            if facts is not None:
                found.extend((index, value) for bound, value in facts.scopes[0].bindings if bound == name)
        return self._final(sorted(found)) if len(found) > 1 else tuple(found)

    def mentioning(self, word: str) -> tuple[int, ...]:
        """The regions at module level, definitions aside, in whose text a word stands."""
        definitions = (RegionKind.FUNCTION, RegionKind.METHOD, RegionKind.CLASS)
        return tuple(
            index for index in sorted(self._source.mentioning(word)) if self.regions[index].kind not in definitions
        )

    @cached_property
    def _with_globals(self) -> frozenset[int]:
        """The functions that may bind names of the module."""
        functions = (RegionKind.FUNCTION, RegionKind.METHOD)
        return frozenset(index for index in self._source.mentioning("global") if self.regions[index].kind in functions)

    @cached_property
    def _declaring(self) -> tuple[dict[str, list[int]], frozenset[int]]:
        """Of these, by name, those that declare it to be the module's; and those of which that is not told."""
        found: dict[str, list[int]] = {}
        untold = []
        for index in sorted(self._with_globals):
            names = self._source.declared_outer(index)
            for name in names or ():
                found.setdefault(name, []).append(index)
            if names is None:
                untold.append(index)
        return found, frozenset(untold)

    def origins(self, name: str) -> Iterator[int | Imported]:
        """What may bind `name` at module level, read no further than that: the regions that define it or may do so,
        and of imports what they bring."""
        for index in self._source.binding(name):
            if self.regions[index].kind is RegionKind.IMPORT:
                facts = self.followed(index)
                for bound, value in facts.scopes[0].bindings if facts is not None else ():
                    imported = facts.scopes[0].values[value] if bound == name and facts is not None else None
                    if isinstance(imported, Imported):
                        yield imported
            elif self.mentions(index, name):
                yield index
        yield from self._defined(name)

    def may_bind_globally(self, name: str) -> bool:
        """Whether a function may bind the `name` of the module by a `global` statement."""
        return bool(self._with_globals) and bool(self._declaring_regions(name))

    def _declaring_regions(self, name: str) -> set[int]:
        """The functions that declare a name to be the module's, or may do so."""
        declaring, untold = self._declaring
        regions = set(declaring.get(name, ()))
        if untold:
            doubtful = untold & self._source.mentioning(name)
            regions.update(index for index in doubtful if self._source.may_declare_outer(index, name))
        return regions

    def global_bindings(self, name: str) -> tuple[tuple[int, int, Ref], ...]:
        """Region, scope and value of what functions bind to the `name` of the module by a `global` statement."""
        if name not in self._global_by_name:
            self._global_by_name[name] = tuple(
                binding
                for index in sorted(self._declaring_regions(name))
                for binding in self._globals_in(index).get(name, ())
            )
        return self._global_by_name[name]

    def _globals_in(self, region: int) -> dict[str, list[tuple[int, int, Ref]]]:
        """What a function binds to names of the module, by name."""
        if region not in self._globals:
            found: dict[str, list[tuple[int, int, Ref]]] = {}
            facts = self.followed(region)
            for number, scope in enumerate(facts.scopes if facts is not None else ()):
                for assignment in scope.assignments:
                    if assignment.kind is TargetKind.GLOBAL and assignment.value != NONE:
                        found.setdefault(assignment.name, []).append((region, number, assignment.value))
            self._globals[region] = found
        return self._globals[region]

    def _final(self, found: list[tuple[int, Ref]]) -> tuple[tuple[int, Ref], ...]:
        """The bindings that count when functions are called: a definition at the top level replaces what came before
        it."""
        for position in range(len(found) - 1, 0, -1):
            if self.regions[found[position][0]].kind in (RegionKind.FUNCTION, RegionKind.CLASS):
                return tuple(found[position:])
        return tuple(found)

    def star_imports(self) -> tuple[Imported, ...]:
        """The modules from which everything is imported."""
        found = []
        for index, value in self._bound(STAR):
            facts = self.followed(index)
            imported = facts.scopes[0].values[value] if facts is not None else None
            if isinstance(imported, Imported):
                found.append(imported)
        return tuple(found)

    def imports(self, *words: str) -> tuple[tuple[str, Imported], ...]:
        """Every name that an import at module level binds; where `words` are given, by imports that mention one."""
        found = []
        for index in self._importing(words or ("import",)):
            facts = self.followed(index)
            scope = facts.scopes[0] if facts is not None else None
            for name, value in scope.bindings if scope is not None else ():
                imported = scope.values[value] if scope is not None else None
                if isinstance(imported, Imported):
                    found.append((name, imported))
        return tuple(found)

    def class_region(self, name: str) -> int | None:
        """The region of the class `name` at module level; the last one where there are several."""
        for index in reversed(self._defined(name)):
            if self.regions[index].kind is RegionKind.CLASS:
                return index
        return None

    def methods(self, class_region: int) -> tuple[int, ...]:
        """The regions of the methods of a class."""
        if class_region not in self._methods:
            owned = self._source.owned(self.regions[class_region].name)
            self._methods[class_region] = tuple(
                index for index in owned if self._source.class_of(index) == class_region
            )
        return self._methods[class_region]

    def methods_named(self, class_region: int, name: str) -> tuple[int, ...]:
        """The regions of the methods of a class that bear a name."""
        return tuple(index for index in self._source.named(name) if self._is_method_of(index, class_region))

    def methods_mentioning(self, class_region: int, word: str) -> tuple[int, ...]:
        """The regions of the methods of a class in whose text a word stands."""
        found = sorted(self._source.mentioning(word))
        return tuple(index for index in found if self._is_method_of(index, class_region))

    def methods_of(self, owner: str) -> tuple[int, ...]:
        """The regions of the methods of the classes of a name."""
        return self._source.owned(owner)

    def _is_method_of(self, index: int, class_region: int) -> bool:
        return index != class_region and self._source.class_of(index) == class_region


class Modules:
    """The modules of a project by path and by dotted name."""

    def __init__(self, library: Library, source_roots: tuple[str, ...]) -> None:
        """`source_roots` are folders, relative to the root, that imports start from besides those that the layout
        shows."""
        self.library = library
        self._paths = frozenset(library.paths)
        self._folders = _folders(library.paths)
        self._source_roots = tuple(root.strip("/") for root in source_roots)
        self._opened: dict[str, Module | None] = {}
        self._found: dict[tuple[str, str], str | None] = {}

    def at(self, path: str) -> Module | None:
        """The module of a file; None where it cannot be read."""
        if path not in self._opened:
            source = self.library.open(path)
            root, name = self.identify(path)
            self._opened[path] = Module(path, name, root, source) if source is not None else None
        return self._opened[path]

    def identify(self, path: str) -> tuple[str, str]:
        """The import root of a file and its dotted module name from there."""
        folder, _, file = path.rpartition("/")
        parts = [] if file == _INIT else [file.removesuffix(".py")]
        while folder not in self._source_roots and f"{folder}/{_INIT}".lstrip("/") in self._paths:
            parent, _, last = folder.rpartition("/")
            if not last:
                break
            parts.insert(0, last)
            folder = parent
        if not folder and self.library.package:
            parts.insert(0, self.library.package)
        return folder, ".".join(parts)

    def named(self, name: str) -> tuple[str, ...]:
        """The files whose dotted module name, from their import root, is `name`."""
        last = name.rpartition(".")[2]
        ends = (f"{last}.py", f"{last}/{_INIT}")
        return tuple(path for path in self.library.paths if path.endswith(ends) and self.identify(path)[1] == name)

    def find(self, name: str, importer: Module) -> str | None:
        """The path that the dotted `name` means in `importer`: a file, or a folder without `__init__.py` (ending in
        `/`); None outside the project."""
        key = (name, importer.import_root)
        if key not in self._found:
            self._found[key] = self._find(name, importer)
        return self._found[key]

    def _find(self, name: str, importer: Module) -> str | None:
        if not name:
            return None
        package = self.library.package
        if package and f"{name}.".startswith(f"{package}."):
            return self._under("", name[len(package) + 1 :]) if name != package else _INIT
        near = _upwards(importer.import_root)
        for root in (*near, *self._source_roots, "src"):
            path = self._under(root, name)
            if path is not None and (root == importer.import_root or not is_standard(name)):
                return path
        if is_standard(name):
            return None
        elsewhere = {self._under(root, name) for root in self._roots_with(name)}
        elsewhere |= set(self._in_namespace(name)) if not elsewhere else set()
        return elsewhere.pop() if len(elsewhere) == 1 else None

    def _roots_with(self, name: str) -> Iterator[str]:
        """The import roots below which a dotted name is that of a file."""
        below = name.replace(".", "/")
        for path in self._by_module.get(below.rpartition("/")[2], ()):
            base = path.removesuffix(f"/{_INIT}").removesuffix(".py")
            above = base.removesuffix(below)
            if len(above) < len(base) and (not above or above.endswith("/")) and above[:-1] in self._import_roots:
                yield above[:-1]

    def _in_namespace(self, name: str) -> Iterator[str]:
        """The files of a dotted name whose first package has no `__init__.py`, in whatever folder it stands."""
        below = name.replace(".", "/")
        if "/" not in below:
            return
        top = below.partition("/")[0]
        for path in self._by_module.get(below.rpartition("/")[2], ()):
            base = path.removesuffix(f"/{_INIT}").removesuffix(".py").removesuffix(below)
            if (not base or base.endswith("/")) and len(base) + len(below) <= len(path):
                marks = (f"{base}{_INIT}", f"{base}{top}/{_INIT}")
                if path in (f"{base}{below}.py", f"{base}{below}/{_INIT}") and self._paths.isdisjoint(marks):
                    yield path

    @cached_property
    def _by_module(self) -> dict[str, list[str]]:
        """The files by the last part of their dotted name."""
        found: dict[str, list[str]] = {}
        for path in self.library.paths:
            folder, _, file = path.rpartition("/")
            found.setdefault(folder.rpartition("/")[2] if file == _INIT else file.removesuffix(".py"), []).append(path)
        return found

    @cached_property
    def _import_roots(self) -> frozenset[str]:
        return frozenset(self.identify(path)[0] for path in self.library.paths)

    def _under(self, root: str, name: str) -> str | None:
        base = f"{root}/{name.replace('.', '/')}".lstrip("/")
        for path in (f"{base}/{_INIT}", f"{base}.py"):
            if path in self._paths:
                return path
        return base + "/" if base in self._folders else None

    def relative(self, imported: Imported, importer: Module) -> str:
        """The absolute dotted name of the module that an import names."""
        if not imported.level:
            return imported.module
        package = importer.package.split(".") if importer.package else []
        kept = package[: len(package) - imported.level + 1]
        return ".".join([*kept, *([imported.module] if imported.module else [])])


def _folders(paths: tuple[str, ...]) -> frozenset[str]:
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(found)


def _upwards(folder: str) -> tuple[str, ...]:
    found = [folder]
    while folder:
        folder = folder.rpartition("/")[0]
        found.append(folder)
    return tuple(found)


def is_standard(name: str) -> bool:
    """Whether a dotted name is one of Python itself."""
    return name.partition(".")[0] in sys.stdlib_module_names
