"""Every vocabulary of the project, with what the code says of it."""

from collections.abc import Iterator

import msgspec

from execution_lint.model.inventory import Entry
from execution_lint.model.place import Place
from execution_lint.project.project import Project
from execution_lint.project.subjects import AnsweredStatus, StatusUse, VocabularyFact
from execution_lint.project.things import Definition
from execution_lint.project.vocabulary_subjects import TwinForm, VocabularyTwin
from execution_lint.project.vocabulary_uses import VocabularyUses


class MemberEntry(msgspec.Struct, frozen=True):
    """A member, and whether the code knows it."""

    name: str
    value: str
    place: Place
    uses: tuple[Place, ...]
    """Where it is named."""
    known_by: str
    """`name`; where no value of the code is the member, `text` if a function speaks of the enum and the member, `value`
    if its value is written as a string; empty where none is."""


class FieldEntry(msgspec.Struct, frozen=True):
    """A field that holds a member."""

    name: str
    """`module:Class.field`."""
    place: Place


class WordEntry(msgspec.Struct, frozen=True):
    """A string that stands where a member belongs."""

    word: str
    member: str
    """The member that has this value, or, by the contract, that a legacy word means; empty where there is none."""
    subject: str
    """What it is compared with or goes to."""
    place: Place
    confidence: str


class OverlapEntry(msgspec.Struct, frozen=True):
    """Another enum that says the same, or nearly."""

    name: str
    place: Place
    extra: tuple[str, ...]
    """Its words that the vocabulary has not."""
    lacking: tuple[str, ...]
    """The vocabulary's words that it has not."""
    confidence: str


class VocabularyEntry(Entry, frozen=True):
    """An enum whose values are statuses."""

    enum: str
    """`module:qualname`."""
    is_declared: bool
    """The contract names it."""
    contract_fields: tuple[str, ...]
    """The names of fields that the contract says it governs."""
    members: tuple[MemberEntry, ...]
    fields: tuple[FieldEntry, ...]
    literals: tuple[WordEntry, ...]
    unknown_words: tuple[WordEntry, ...]
    overlaps: tuple[OverlapEntry, ...]

    @property
    def governed(self) -> tuple[Place, ...]:
        """Every place that it governs: where a member is named, and where a string stands in for one."""
        named = (place for member in self.members for place in member.uses)
        return tuple(sorted({*named, *(word.place for word in (*self.literals, *self.unknown_words))}))

    @property
    def never_used(self) -> tuple[str, ...]:
        """The members of which the code says nothing."""
        return tuple(member.name for member in self.members if not member.known_by)


def vocabularies(project: Project) -> Iterator[VocabularyEntry]:
    """The vocabularies of a project."""
    found = project.vocabularies.all
    if not found:
        return
    uses = VocabularyUses(project.inference, project.vocabularies, project.governance.carriers)
    named = {(use.vocabulary, use.member) for use in uses.members}
    unnamed = {
        value
        for definition, fact in found.items()
        for name, value, _ in fact.members
        if (definition, name) not in named
    }
    written = uses.written(unnamed)
    words = list(_words(project))
    twins = [twin for twin in project.subjects(VocabularyTwin) if twin.form is TwinForm.ENUM]
    contract = {entry.enum.spelled: entry.fields for entry in project.config.vocabularies}
    for definition, fact in found.items():
        own = sorted(
            {word for vocabulary, word in words if vocabulary == fact.place},
            key=lambda word: (word.place, word.word),
        )
        values = frozenset(value for _, value, _ in fact.members)
        yield VocabularyEntry(
            place=fact.place,
            enum=fact.dotted,
            is_declared=fact.dotted in contract,
            contract_fields=contract.get(fact.dotted, ()),
            members=tuple(_member(member, definition, uses, written) for member in fact.members),
            fields=tuple(
                FieldEntry(name=field.name, place=field.place)
                for field in sorted(uses.fields, key=lambda field: (field.name, field.place))
                if field.vocabulary == definition
            ),
            literals=tuple(word for word in own if word.word in values),
            unknown_words=tuple(word for word in own if word.word not in values),
            overlaps=tuple(_overlaps(fact, found, twins)),
        )


def _member(
    member: tuple[str, str, Place], definition: Definition, uses: VocabularyUses, written: frozenset[str]
) -> MemberEntry:
    name, value, place = member
    places = tuple(sorted(use.place for use in uses.members if (use.vocabulary, use.member) == (definition, name)))
    if places:
        known_by = "name"
    elif uses.is_mentioned(definition, name):
        known_by = "text"
    else:
        known_by = "value" if value in written else ""
    return MemberEntry(name=name, value=value, place=place, uses=places, known_by=known_by)


def _words(project: Project) -> Iterator[tuple[Place, WordEntry]]:
    """The strings in governed places, each with the place of the vocabulary that governs it."""
    for use in project.subjects(StatusUse):
        yield use.vocabulary.place, _word(use.vocabulary, use.literal, use.subject, use.place, use.confidence.value)
    for answered in project.subjects(AnsweredStatus):
        if answered.literal is not None:
            vocabulary, subject = answered.vocabulary, repr(answered.key)
            yield (
                vocabulary.place,
                _word(vocabulary, answered.literal, subject, answered.place, answered.confidence.value),
            )


def _word(vocabulary: VocabularyFact, word: str, subject: str, place: Place, confidence: str) -> WordEntry:
    member = vocabulary.member_of(word) or dict(vocabulary.aliases).get(word, "")
    return WordEntry(word=word, member=member, subject=subject, place=place, confidence=confidence)


def _overlaps(
    fact: VocabularyFact, found: dict[Definition, VocabularyFact], twins: list[VocabularyTwin]
) -> Iterator[OverlapEntry]:
    """The other enum of each pair, seen from this one."""
    dotted = {other.place: other.dotted for other in found.values()}
    for twin in twins:
        confidence = twin.confidence.value
        if twin.vocabulary.place == fact.place:
            name = dotted.get(twin.place, twin.name)
            yield OverlapEntry(
                name=name, place=twin.place, extra=twin.extra, lacking=twin.lacking, confidence=confidence
            )
        elif twin.place == fact.place:
            other = twin.vocabulary
            yield OverlapEntry(
                name=other.dotted, place=other.place, extra=twin.lacking, lacking=twin.extra, confidence=confidence
            )
