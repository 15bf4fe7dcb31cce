"""Where vocabularies can govern: the modules that name one, and elsewhere the names of what carries one."""

from collections.abc import Iterable, Iterator
from functools import cached_property

import msgspec

from execution_lint.facts.scopes import Assignment, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import NONE, Item, Operation, Parameter
from execution_lint.project.aliases import closure
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import mentioned
from execution_lint.project.status_leads import StatusLeads
from execution_lint.project.status_mentions import StatusMentions
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    Frame,
    is_plain,
)
from execution_lint.project.vocabularies import Vocabularies
from execution_lint.source.regions import Needles


class Known(msgspec.Struct, frozen=True):
    """What a scan goes by: the names that carriers have found, and the files that name a vocabulary."""

    asks_everything: bool
    """Whether anything in those files can be governed, whatever it is called."""

    names: frozenset[str]
    words: frozenset[str]
    fields: frozenset[str]
    takers: frozenset[str]
    naming: frozenset[str]

    def is_asked(self, frame: Frame, name: str) -> bool:
        """Whether something called `name` can be governed: outside the modules that name a vocabulary only what
        carries one."""
        return (self.asks_everything and frame.path in self.naming) or name in self.words


class Carriers:
    """The names of vocabularies and of what carries them, and the regions of the project in which they stand."""

    scan = "statuses"
    """The name of the scan for where they are spoken of."""
    _asks_everything = True

    def __init__(self, inference: Inference, vocabularies: Vocabularies, fields: frozenset[str] = frozenset()) -> None:
        """`fields` are the names of those that the contract says to be governed."""
        self._inference = inference
        self._vocabularies = vocabularies
        self._fields = fields

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the vocabularies, whatever they are called. None is a subclass's: they have members, and nothing
        can extend an enum that has."""
        own = frozenset(vocabulary.name.rpartition(".")[2] for vocabulary in self._vocabularies.all.values())
        return closure(self._inference, own, is_extended=lambda _: False)

    @cached_property
    def naming(self) -> dict[str, tuple[int, ...]]:
        """The regions, by file, that name a vocabulary."""
        found = self._inference.modules.library.candidates(Needles(self.names))
        return {path: regions for path, regions in found if self._inference.modules.at(path) is not None}

    @cached_property
    def candidates(self) -> dict[str, set[int]]:
        """What a module that names a vocabulary can say of one; elsewhere the regions that name what carries one, and
        not only a variable that is called so."""
        self.announce()
        values = frozenset(value for fact in self._vocabularies.all.values() for _, value, _ in fact.members)
        leads = StatusLeads(self._inference, self.naming, self.names, self.words | self._fields, values, self.scan)
        found = leads.regions()
        for path, regions in self._inference.modules.library.candidates(Needles(names=self.words)):
            if path in found:
                found[path].update(regions)
            elif speaking := self._mentions.speaking(path, self._weighing(path, regions)):
                found[path] = speaking
        return found

    def announce(self) -> None:
        """Say what the scan for statuses goes by."""
        known = Known(self._asks_everything, self.names, self.words, self.fields, self.takers, frozenset(self.naming))
        self._inference.modules.library.announce(self.scan, msgspec.msgpack.encode(known, order="deterministic"))

    def _weighing(self, path: str, regions: Iterable[int]) -> Iterator[int]:
        """Of some regions of a module that names no vocabulary those that may weigh what carries one. Where all of a
        module is imported, more may be governed than what is called so."""
        module = self._inference.modules.at(path)
        words = " ".join(sorted(self.words))
        if module is not None:
            for region in regions:
                if module.star_imports() or module.may_weigh(region, words) or self._mentions.hands_on(module, region):
                    yield region

    @cached_property
    def _mentions(self) -> StatusMentions:
        defined = {scope.name for _, scope, _ in self._naming_scopes if scope.kind is not ScopeKind.MODULE}
        owners = {owner for _, _, owner in self._naming_scopes}
        called = self.words & (defined | owners | self.takers)
        leads = (self.said | self.takers) - self.words
        return StatusMentions(self._inference.modules, self.names, self.words, called, leads)

    @cached_property
    def words(self) -> frozenset[str]:
        """The names of what carries a vocabulary: fields, functions and classes whose declaration names one."""
        return frozenset(
            name for frame, scope, owner in self._naming_scopes for name in self._carried(frame, scope, owner)
        )

    @cached_property
    def said(self) -> frozenset[str]:
        """The names of the vocabularies, and those by which a module or a class goes on to speak of one: of another
        type that is made of it, of a member, of what holds members."""
        return self.names | frozenset(
            name
            for _, scope, _ in self._naming_scopes
            if scope.kind is not ScopeKind.FUNCTION
            for name, ref in scope.bindings
            if mentioned(scope, ref) & self.names
        )

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of what carries a vocabulary, and those of the fields whose type is made of one under a name of its
        own: `Row.status: MaybeStatus`."""
        made = frozenset(
            name
            for _, scope, _ in self._naming_scopes
            if scope.kind is ScopeKind.MODULE
            for name, ref in scope.bindings
            if isinstance(scope.values[ref], (Item, Operation)) and mentioned(scope, ref) & self.names
        )
        made -= self.names
        found = self._inference.modules.library.candidates(Needles(made)) if made else ()
        return self.words | frozenset(
            assignment.name
            for path, regions in found
            for region in regions
            for facts in (self._inference.module(path).followed(region),)
            for scope in (facts.scopes if facts is not None else ())
            if scope.kind is ScopeKind.CLASS
            for assignment in scope.assignments
            if mentioned(scope, assignment.annotation) & made
        )

    @cached_property
    def takers(self) -> frozenset[str]:
        """By which names a call can be given a member: those of functions and classes that declare to take one, and
        the attributes that hold them."""
        said = self.said
        found = {"__init__", "__class__"}
        for _, scope, owner in self._naming_scopes:
            taken = (
                [assignment.annotation for assignment in scope.assignments]
                + [assignment.value for assignment in scope.assignments]
                if scope.kind is ScopeKind.CLASS
                else [ref for parameter in scope.parameters for ref in (parameter.annotation, parameter.default)]
            )
            if any(mentioned(scope, ref) & said for ref in taken):
                found.update((scope.name, owner) if scope.name == "__init__" else (scope.name,))
        held = {
            assignment.name
            for _, scope, _ in self._naming_scopes
            for assignment in scope.assignments
            if (scope.kind is ScopeKind.CLASS or assignment.kind is TargetKind.ATTRIBUTE)
            and not found.isdisjoint(mentioned(scope, assignment.value))
        }
        return frozenset(found | held)

    @cached_property
    def _naming_scopes(self) -> tuple[tuple[Frame, Scope, str], ...]:
        """The scopes that name a vocabulary, each with the class that its region is a method of."""
        return tuple(
            (Frame(path, region, index), scope, module.regions[region].owner if index else "")
            for path, regions in self.naming.items()
            for module in (self._inference.module(path),)
            for region in regions
            if (facts := module.followed(region)) is not None
            for index, scope in enumerate(facts.scopes)
        )

    def is_asked(self, frame: Frame, name: str) -> bool:
        """Whether something called `name` can be governed: outside the modules that name a vocabulary only what
        carries one."""
        return frame.path in self.naming or name in self.words

    def _carried(self, frame: Frame, scope: Scope, owner: str) -> Iterator[str]:
        """The names of fields, functions and classes whose type names a vocabulary."""
        for assignment in scope.assignments:
            is_field = scope.kind is ScopeKind.CLASS or assignment.kind is TargetKind.ATTRIBUTE
            if is_field and self._is_given(frame, scope, assignment):
                yield assignment.name
                if scope.kind is ScopeKind.CLASS:
                    yield scope.name
        if scope.kind is ScopeKind.FUNCTION:
            typed = {
                parameter.name
                for parameter in scope.parameters
                if (mentioned(scope, parameter.annotation) | mentioned(scope, parameter.default)) & self.names
            }
            for assignment in scope.assignments:
                value = scope.values[assignment.value] if assignment.value != NONE else None
                if assignment.kind is TargetKind.ATTRIBUTE and isinstance(value, Parameter) and value.name in typed:
                    yield assignment.name
            if typed:
                yield owner if scope.name == "__init__" and owner else scope.name
            if mentioned(scope, scope.returns) & self.names:
                yield scope.name

    def _is_given(self, frame: Frame, scope: Scope, assignment: Assignment) -> bool:
        """Whether a vocabulary is named by a field's type or by what it is given, which is no plain value made with one
        on the way: `job.key = digest(of(JobStatus.DONE))`."""
        if mentioned(scope, assignment.annotation) & self.names:
            return True
        if not mentioned(scope, assignment.value) & self.names:
            return False
        return scope.kind is ScopeKind.CLASS or not is_plain(self._inference.things(At(frame, assignment.value)))

    def is_vocabulary_body(self, frame: Frame) -> bool:
        """Whether the code belongs to a vocabulary itself, its lookup of legacy words included."""
        facts = self._inference.module(frame.path).followed(frame.region)
        assert facts is not None
        index = frame.scope
        while index != NONE:
            definition = Definition(frame.path, frame.region, index)
            if facts.scopes[index].kind is ScopeKind.CLASS and self._inference.is_enum(ClassThing(definition)):
                return True
            if facts.scopes[index].kind is ScopeKind.FUNCTION:
                owner = self._inference.owner(Definition(frame.path, frame.region, index))
                if owner is not None and self._inference.is_enum(owner):
                    return True
            index = facts.scopes[index].parent
        return False
