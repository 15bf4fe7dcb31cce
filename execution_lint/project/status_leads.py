"""Where in the modules that name a vocabulary a status can be spoken of: by which names its members go on from there.

A status has a type, or a name that says so, or stands beside a member. What gives it a type is declared somewhere: a
field, a function, a variable of the module, an attribute, whatever else that is called. These names are followed from
one declaration to the next; a region in which none of them stands says nothing of a status. Where nothing but its name
speaks for it, only what a member's value is written beside is told: there the value stands as well, or in a table of
the module.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from keyword import iskeyword

from execution_lint.facts.scopes import ExitKind, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import NONE, Attribute, Choice, Declared, Narrowed, Ref, Text
from execution_lint.project.inference import Inference
from execution_lint.project.modules import Module
from execution_lint.project.spelling import last_name, mentioned
from execution_lint.project.status_meetings import elements_of, meetings
from execution_lint.project.status_names import ENDINGS, is_status_name
from execution_lint.project.subjects import StatusPlace
from execution_lint.project.things import At, Frame, MemberThing, MemberValueThing, is_plain
from execution_lint.source.regions import ENDING, Needles, RegionKind

MAXIMUM_ROUNDS = 6
"""Names of names that are followed."""

_ENDINGS = frozenset(f"{ENDING}{ending}" for ending in ENDINGS)
_PART = re.compile(r"\w+")
_EVERYWHERE = frozenset({"self", "cls", "super", "dict", "list", "set", "tuple", "str"})
"""Names that are said everywhere, and of whatever an object or a container may be."""
_DEFINITIONS = (RegionKind.FUNCTION, RegionKind.METHOD, RegionKind.CLASS, RegionKind.IMPORT)
_KEPT = (StatusPlace.ENTRY, StatusPlace.ASSIGNMENT)
"""How a member meets a name under which it is found again."""
_LASTING = (ScopeKind.MODULE, ScopeKind.CLASS)


class StatusLeads:
    """Follows the names, starting from those of the vocabularies and of what is declared to carry one."""

    def __init__(
        self,
        inference: Inference,
        naming: Mapping[str, Iterable[int]],
        names: frozenset[str],
        carriers: frozenset[str],
        values: frozenset[str],
        scan: str,
    ) -> None:
        """`naming` are the regions, by file, that name a vocabulary; `names` are those of the vocabularies, `values`
        those of their members, and `carriers` the names of what is said to hold one. `scan` is the name of the scan
        that this is part of."""
        self._inference = inference
        self._scan = scan
        self._naming = {path: frozenset(regions) for path, regions in naming.items()}
        self._names = names
        self._values = values
        self._known = set(names | carriers)
        self._going_on: dict[str, set[str]] = {}
        """By each name, those that may stand for the same."""
        self._meeting: set[str] = set()
        """The names that say no status and meet a member, and under which nothing keeps it: a member's value is told by
        them."""
        self._found = {path: set(regions) for path, regions in self._naming.items()}

    def regions(self) -> dict[str, set[int]]:
        """The regions of these modules in which a status can be spoken of."""
        for path, regions in self._found.items():
            self._follow(path, regions)
        searched: set[str] = set()
        wanted = frozenset(self._closed())
        for _ in range(MAXIMUM_ROUNDS):
            for path, regions in self._found.items():
                fresh = frozenset().union(*map(self._inference.module(path).holding, wanted)) - regions
                regions |= fresh
                self._follow(path, fresh)
            searched |= wanted
            wanted = frozenset(self._closed() - searched)
            if not wanted:
                break
        for path, beside in self._with_value():
            module = self._inference.module(path)
            called = frozenset().union(*map(module.holding, _ENDINGS | self._meeting - {""}))
            self._found[path] |= called & _beside_values(module, beside)
        return self._found

    def _with_value(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The regions, by file that names a vocabulary, in which a member's value is written."""
        words = frozenset(value for value in self._values if _PART.fullmatch(value))
        parts = frozenset(max(_PART.findall(value), key=len, default="") for value in self._values - words) - {""}
        if words | parts:
            needles = Needles(parts, strings=words, beside=self._names)
            yield from (
                found for found in self._inference.modules.library.candidates(needles) if found[0] in self._found
            )

    def _closed(self) -> set[str]:
        """The names that are known, with all that they go on as."""
        self._known.discard("")
        fresh = set(self._known)
        while fresh:
            fresh = set().union(*(self._going_on.get(name, ()) for name in fresh)) - self._known - {""}
            self._known |= fresh
        return self._known

    def _follow(self, path: str, regions: Iterable[int]) -> None:
        module = self._inference.module(path)
        for region in regions:
            facts = module.scanned(region, self._scan)
            is_naming = region in self._naming[path]
            for index, scope in enumerate(facts.scopes if facts is not None else ()):
                frame = Frame(path, region, index)
                for name, where in self._beside_members(frame, scope) if is_naming else ():
                    if where in _KEPT or is_status_name(name):
                        self._known.add(_as_word(name))
                    else:
                        self._meeting.add(_as_word(name))
                for bound, ref in _bound(scope):
                    name = _as_word(bound)
                    if is_naming and name not in self._known and self._is_given(frame, scope, ref):
                        self._known.add(name)
                    for source in _sources(scope, ref):
                        self._going_on.setdefault(source, set()).add(name)

    def _is_given(self, frame: Frame, scope: Scope, ref: Ref) -> bool:
        """Whether a vocabulary is named by a value, which is no plain one that is made with it on the way."""
        return bool(mentioned(scope, ref) & self._names) and not is_plain(self._inference.things(At(frame, ref)))

    def _beside_members(self, frame: Frame, scope: Scope) -> Iterator[tuple[str, StatusPlace]]:
        """The names of what meets a member, and how it does: another literal that meets the name is judged by that.
        What only names a vocabulary on its way is asked what it is: `make(JobStatus.DONE).owner` is no member."""
        for name, where, element in _beside(scope, self._names):
            if any(
                isinstance(thing, (MemberThing, MemberValueThing))
                for thing in self._inference.things(At(frame, element))
            ):
                yield name, where


def leads_nowhere(scope: Scope, names: frozenset[str]) -> bool:
    """Whether no name goes on from a scope, which nothing is called that outlasts it."""
    return not any(True for _ in _bound(scope)) and not any(True for _ in _beside(scope, names))


def _beside(scope: Scope, names: frozenset[str]) -> Iterator[tuple[str, StatusPlace, Ref]]:
    """The names of what meets an attribute of what bears one of `names`, each with how it does, and with that."""
    for name, _, right, where, _ in meetings(scope):
        for element in elements_of(scope, right) if name else ():
            if isinstance(scope.values[element], Attribute) and mentioned(scope, element) & names:
                yield name, where, element


def _beside_values(module: Module, regions: Iterable[int]) -> frozenset[int]:
    """Some regions, and those that may look something up in a table that one of them makes."""
    found = set(regions)
    for region in regions:
        kind, name = module.regions[region].kind, module.regions[region].name
        if kind in _DEFINITIONS and not module.mentions(region, "global"):
            continue
        if kind is not RegionKind.ASSIGNMENT or not name:
            return frozenset(range(len(module.regions)))
        found |= module.holding(name)
    return frozenset(found)


def _bound(scope: Scope) -> Iterator[tuple[str, Ref]]:
    """The names that outlast the scope, each with a value that it may stand for or give."""
    for assignment in scope.assignments:
        if assignment.value != NONE and (scope.kind in _LASTING or assignment.kind is not TargetKind.NAME):
            key = scope.values[assignment.key] if assignment.kind is TargetKind.ITEM else None
            name = key.value if isinstance(key, Text) else assignment.name or last_name(scope, assignment.base)
            yield name, assignment.value
    if scope.kind is ScopeKind.FUNCTION and scope.returns == NONE:
        for exit in scope.exits:
            if exit.kind is ExitKind.RETURN and exit.value != NONE:
                yield scope.name, exit.value
    if scope.kind is ScopeKind.CLASS:
        for base in scope.bases:
            yield scope.name, base.value
    if scope.kind in _LASTING:
        yield from scope.bindings


def _sources(scope: Scope, ref: Ref, depth: int = 6) -> Iterator[str]:
    """The names by which a value may be a status or what has one."""
    if ref == NONE or depth == 0:
        return
    match scope.values[ref]:
        case Choice(alternatives=alternatives):
            for alternative in alternatives:
                yield from _sources(scope, alternative, depth - 1)
        case Declared(value=base) | Narrowed(base=base):
            yield from _sources(scope, base, depth - 1)
        case _:
            yield _as_word(last_name(scope, ref))


def _as_word(name: str) -> str:
    """What stands in the text wherever the name does: of a key that is no word, its longest part."""
    return "" if iskeyword(name) or name in _EVERYWHERE else max(_PART.findall(name), key=len, default="")
