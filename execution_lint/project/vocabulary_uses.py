"""Where the members of vocabularies are named, which words of theirs are written down, and what holds them."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import msgspec

from execution_lint.facts.scopes import Scope, ScopeKind, TargetKind
from execution_lint.facts.values import NONE, Attribute, Item, Ref, Text
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import last_name, mentioned
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.status_subjects import StatusSubjects
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    Frame,
    InstanceThing,
    MemberThing,
    Things,
    UnknownThing,
)
from execution_lint.project.vocabularies import Vocabularies
from execution_lint.source.regions import Needles

_PART = re.compile(r"\w+")


class MemberUse(msgspec.Struct, frozen=True):
    """A member that the code names: `JobStatus.DONE`, `JobStatus["DONE"]`."""

    vocabulary: Definition
    member: str
    place: Place
    region: int
    """Of the file, where it stands."""


class GovernedField(msgspec.Struct, frozen=True):
    """A field, column or attribute that holds a member."""

    vocabulary: Definition
    name: str
    """`module:Class.field`."""
    place: Place


class VocabularyUses:
    """Looks through the regions that name a vocabulary."""

    def __init__(self, inference: Inference, vocabularies: Vocabularies, carriers: Carriers) -> None:
        self._inference = inference
        self._vocabularies = vocabularies
        self._carriers = carriers
        self._subjects = StatusSubjects(inference, vocabularies)

    @cached_property
    def members(self) -> tuple[MemberUse, ...]:
        """Every place where a member is named."""
        if not self._vocabularies.all:
            return ()
        names = frozenset(name for fact in self._vocabularies.all.values() for name, _, _ in fact.members)
        return tuple(dict.fromkeys(use for frame, scope in self._scopes() for use in self._named(frame, scope, names)))

    @cached_property
    def fields(self) -> tuple[GovernedField, ...]:
        """Every field of a class of the project whose declaration says that it holds a member."""
        if not self._vocabularies.all:
            return ()
        return tuple(dict.fromkeys(field for frame, scope in self._scopes() for field in self._held(frame, scope)))

    def written(self, words: Iterable[str]) -> frozenset[str]:
        """Those of the words that are strings of the code, outside of the enums themselves."""
        wanted = frozenset(words)
        needles = frozenset(max(_PART.findall(word), key=len, default="") for word in wanted) - {""}
        found: set[str] = set()
        for path, regions in self._inference.modules.library.candidates(Needles(needles)) if needles else ():
            for frame, scope in self._within(path, regions):
                texts = {value.value for value in scope.values if isinstance(value, Text)} & wanted
                if not texts <= found and not self._carriers.is_vocabulary_body(frame):
                    found |= texts
        return frozenset(found)

    def is_mentioned(self, vocabulary: Definition, member: str) -> bool:
        """Whether the text of a region, outside of the enum, speaks of both the vocabulary and the member: code that is
        never reached and annotations in quotes have no values."""
        others = {fact.name.rpartition(".")[2] for fact in self._vocabularies.all.values()}
        own = self._vocabularies.all[vocabulary].name.rpartition(".")[2]
        names = (self._carriers.names - others) | {own}
        of_namesakes = {
            (use.place.path, use.region)
            for use in self.members
            if use.member == member and self._vocabularies.all[use.vocabulary].name.rpartition(".")[2] == own
        }
        for path, regions in self._carriers.naming.items():
            module = self._inference.module(path)
            if any(
                (path, region) != (vocabulary.path, vocabulary.region)
                and (path, region) not in of_namesakes
                and module.mentions(region, member)
                and any(module.mentions(region, name) and self._may_mean(path, name, vocabulary) for name in names)
                for region in regions
            ):
                return True
        return False

    def _may_mean(self, path: str, name: str, vocabulary: Definition) -> bool:
        """Whether a module may mean the vocabulary by a name: not where it is the name of another class there."""
        things = [thing for site in self._inference.module_sites(path, name) for thing in self._inference.things(site)]
        classes = {thing.definition for thing in things if isinstance(thing, ClassThing)}
        return vocabulary in classes or len(classes) < len(things) or not things

    def _scopes(self) -> Iterator[tuple[Frame, Scope]]:
        """The scopes of the regions that name a vocabulary, and of the methods of its enum."""
        own: dict[str, set[str]] = {}
        for definition, fact in self._vocabularies.all.items():
            own.setdefault(definition.path, set()).add(fact.name.rpartition(".")[2])
        for path, naming in sorted(self._carriers.naming.items()):
            regions = set(naming)
            if path in own:
                module = self._inference.module(path)
                regions.update(method for owner in own[path] for method in module.methods_of(owner))
            yield from self._within(path, sorted(regions))

    def _within(self, path: str, regions: Iterable[int]) -> Iterator[tuple[Frame, Scope]]:
        module = self._inference.modules.at(path)
        for region in regions if module is not None else ():
            facts = module.facts(region) if module is not None else None
            for index, scope in enumerate(facts.scopes if facts is not None else ()):
                yield Frame(path, region, index), scope

    def _named(self, frame: Frame, scope: Scope, names: frozenset[str]) -> Iterator[MemberUse]:
        for ref, value in enumerate(scope.values):
            name = ""
            if isinstance(value, Attribute):
                name = value.name
            elif isinstance(value, Item):
                key = scope.values[value.index]
                name = key.value if isinstance(key, Text) else ""
            if name in names and isinstance(value, (Attribute, Item)):
                place = Place(frame.path, scope.spans[ref])
                for definition in self._meant(frame, scope, ref, value.base, name):
                    yield MemberUse(definition, name, place, frame.region)

    def _meant(self, frame: Frame, scope: Scope, ref: Ref, base: Ref, name: str) -> tuple[Definition, ...]:
        """The vocabularies whose member it is. What is not resolved counts for those that are called so: it is worse to
        say of a member in use that nobody names it."""
        things = self._inference.things(At(frame, ref))
        found = {
            thing.of.definition
            for thing in things
            if isinstance(thing, MemberThing) and thing.name == name and thing.of.definition in self._vocabularies.all
        }
        found.update(
            thing.definition
            for thing in self._inference.things(At(frame, base))
            if isinstance(thing, ClassThing)
            and thing.definition in self._vocabularies.all
            and any(name == member for member, _, _ in self._vocabularies.all[thing.definition].members)
        )
        if not found and all(isinstance(thing, UnknownThing) for thing in things):
            called = last_name(scope, base)
            found.update(
                definition
                for definition, fact in self._vocabularies.all.items()
                if fact.name.rpartition(".")[2] == called and any(name == member for member, _, _ in fact.members)
            )
        return tuple(sorted(found, key=lambda definition: self._vocabularies.all[definition].dotted))

    def _held(self, frame: Frame, scope: Scope) -> Iterator[GovernedField]:
        if self._carriers.is_vocabulary_body(frame):
            return
        owner = self._owner(frame, scope)
        if owner is None:
            return
        for assignment in scope.assignments:
            if scope.kind is ScopeKind.CLASS:
                is_field = assignment.kind is TargetKind.NAME
            else:
                is_field = (
                    assignment.kind is TargetKind.ATTRIBUTE
                    and self._is_self(scope, assignment.base)
                    and self._inference.field(owner, assignment.name) is None
                )
            said = mentioned(scope, assignment.annotation) | mentioned(scope, assignment.value)
            if is_field and (said & self._carriers.names or scope.kind is not ScopeKind.CLASS):
                things = self._subjects.declared(InstanceThing(owner), assignment.name)
                for definition in self._held_in(things):
                    name = f"{self._inference.qualname(owner.definition)}.{assignment.name}"
                    yield GovernedField(definition, name, Place(frame.path, assignment.span))

    def _owner(self, frame: Frame, scope: Scope) -> ClassThing | None:
        """The class whose fields the scope may declare."""
        definition = Definition(frame.path, frame.region, frame.scope)
        if scope.kind is ScopeKind.CLASS:
            return ClassThing(definition)
        return self._inference.owner(definition) if scope.kind is ScopeKind.FUNCTION else None

    def _is_self(self, scope: Scope, base: Ref) -> bool:
        return base != NONE and bool(scope.parameters) and last_name(scope, base) == scope.parameters[0].name

    def _held_in(self, things: Things) -> tuple[Definition, ...]:
        found = (self._vocabularies.of_thing(thing) for thing in things)
        return tuple(dict.fromkeys(definition for definition in found if definition is not None))
