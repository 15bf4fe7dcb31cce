"""Which vocabulary governs a literal: by its type, by what stands beside it, by flow, by the contract, by habit."""

from collections.abc import Iterable, Iterator

import msgspec

from execution_lint.config.schema import Config, Vocabulary
from execution_lint.facts.scopes import Scope, TargetKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Ref,
)
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place, Span
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import root_of, spelled
from execution_lint.project.status_callees import StatusCallees
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.status_literals import StatusLiteral, texts_of
from execution_lint.project.status_meetings import elements_of, meetings
from execution_lint.project.status_names import is_status_name
from execution_lint.project.status_subjects import Column, StatusSubjects
from execution_lint.project.subjects import StatusPlace
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    ExternalThing,
    Frame,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    TextThing,
    Things,
    UnknownThing,
)
from execution_lint.project.vocabularies import Vocabularies

EVIDENCE = "evidence"
"""The name of the scan for what meets a member."""

_BARE = {StatusPlace.COMPARISON, StatusPlace.CONTAINMENT, StatusPlace.CASE, StatusPlace.ASSIGNMENT}
"""Where the subject may be a plain variable, whose name says nothing outside its function."""

_READS = {StatusPlace.COMPARISON, StatusPlace.CONTAINMENT, StatusPlace.CASE}


class _Meeting(msgspec.Struct, frozen=True):
    """A member of a vocabulary meets a name: `job.status == JobStatus.DONE`."""

    vocabulary: Definition
    where: StatusPlace
    name: str
    spelled: str
    place: Place
    scope: Definition
    column: Column | None


class _MayMeet(msgspec.Struct, frozen=True):
    """Something with a name meets an attribute of something: a member, it may be."""

    frame: Frame
    spelled: str
    element: Ref
    where: StatusPlace
    holder: Ref


class _Destination(msgspec.Struct, frozen=True):
    """Where a value meets what may be a vocabulary."""

    things: Things
    place: Place
    message: str
    is_read: bool = False
    """It is compared there: whatever it is may come so far."""


class StatusEvidence:
    """Weighs what speaks for a vocabulary, the strongest reason first."""

    def __init__(
        self,
        inference: Inference,
        vocabularies: Vocabularies,
        config: Config,
        carriers: Carriers,
        subjects: StatusSubjects,
        callees: StatusCallees,
    ) -> None:
        self._inference = inference
        self._vocabularies = vocabularies
        self._config = config
        self._carriers = carriers
        self._subjects = subjects
        self._callees = callees
        self._spoken: dict[str, tuple[Definition, ...]] = {}
        self._may_meet: dict[str, dict[str, list[_MayMeet]]] = {}
        self._met: dict[tuple[str, str], tuple[_Meeting, ...]] = {}
        self._flowing: dict[tuple[Definition, Ref], dict[Definition, list[_Destination]]] = {}

    def governing(self, literal: StatusLiteral, text: str) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        """The vocabulary that governs the literal, how sure that is, and what shows it; None where none does."""
        if TextThing(text, is_listed=True) in literal.subject.things:
            return None
        return (
            self._by_type(literal)
            or self._by_peers(self._inference.followed(literal.frame), literal)
            or self._by_flow(literal, text)
            or self._by_contract(literal)
            or self._by_evidence(literal, text)
            or self._by_name(literal, text)
        )

    def _by_type(self, literal: StatusLiteral) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        things = [thing for thing in literal.subject.things if not isinstance(thing, ConstantThing)]
        found = {definition for thing in things if (definition := self._vocabularies.of_thing(thing)) is not None}
        if len(found) != 1:
            return None
        others = [
            thing for thing in things if self._vocabularies.of_thing(thing) is None and not isinstance(thing, TextThing)
        ]
        confidence = Confidence.LIKELY if others else Confidence.PROVEN
        definition = found.pop()
        return definition, confidence, literal.subject.origins

    def _by_peers(
        self, scope: Scope, literal: StatusLiteral
    ) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        """Members of a vocabulary stand beside the literal."""
        for peer in literal.subject.peers:
            for thing in self._inference.things(At(literal.frame, peer)):
                definition = self._vocabularies.of_thing(thing)
                if definition is not None and isinstance(thing, (MemberThing, MemberValueThing)):
                    related = Related(
                        f"`{literal.subject.spelled}` is compared with `{spelled(scope, peer)}` here",
                        Place(literal.frame.path, scope.spans[peer]),
                    )
                    return definition, Confidence.LIKELY, (related,)
        return None

    def _by_flow(self, literal: StatusLiteral, text: str) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        """The same value comes from or goes to a governed place in the same function. A word that no vocabulary knows
        may be one that never gets there: what stands for no status, or is asked about before the others are looked
        up."""
        if literal.subject.ref == NONE or literal.subject.foreign or literal.subject.is_listed:
            return None
        found = self._flow(literal.frame, literal.subject.ref)
        chosen = next((one for one in found if self._vocabularies.all[one].member_of(text) is not None), None)
        confidence = Confidence.LIKELY
        if chosen is None:
            chosen = next(iter(found), None)
            span = self._inference.followed(literal.frame).spans[literal.ref]
            is_sure = (
                len(found) == 1
                and literal.where is not StatusPlace.DEFAULT
                and any(
                    destination.is_read or _begins(destination.place.span) < _begins(span)
                    for destinations in found.values()
                    for destination in destinations
                )
            )
            confidence = Confidence.LIKELY if is_sure else Confidence.POSSIBLE
        if chosen is None:
            return None
        first = found[chosen][0]
        related = Related(first.message.format(name=self._vocabularies.all[chosen].name), first.place)
        return chosen, confidence, (related,)

    def flows(self, frame: Frame, ref: Ref) -> bool:
        """Whether a value meets a vocabulary in its function."""
        return bool(self._flow(frame, ref))

    def _flow(self, frame: Frame, ref: Ref) -> dict[Definition, list[_Destination]]:
        """Where a value meets each vocabulary: compared with a member, looked up in the enum, given where one is
        declared."""
        wanted = root_of(self._inference.followed(frame), ref)
        key = (frame.definition, wanted)
        if key in self._flowing:
            return self._flowing[key]
        found = self._flowing[key] = {}
        for destination in self._destinations(frame, wanted):
            definitions = {
                definition
                for thing in destination.things
                if (definition := self._vocabularies.of_thing(thing)) is not None
            }
            if len(definitions) == 1:
                found.setdefault(definitions.pop(), []).append(destination)
        return found

    def _destinations(self, frame: Frame, wanted: Ref) -> Iterator[_Destination]:
        scope = self._inference.scope(frame)
        for comparison in scope.comparisons:
            for side, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                for element in elements_of(scope, other) if root_of(scope, side) == wanted else ():
                    yield _Destination(
                        self._member_things(frame, scope, element),
                        Place(frame.path, comparison.span),
                        "it is compared with a `{name}` here",
                        is_read=True,
                    )
        for assignment in scope.assignments:
            if assignment.kind is TargetKind.ATTRIBUTE and root_of(scope, assignment.value) == wanted:
                things = self._subjects.target(frame, scope, assignment).things
                yield _Destination(things, Place(frame.path, assignment.span), "it is assigned to a `{name}` here")
        for ref, value in enumerate(scope.values):
            for argument in value.arguments if isinstance(value, Call) else ():
                if root_of(scope, argument.value) != wanted or not isinstance(value, Call):
                    continue
                if not self._callees.may_be_given(frame, scope, value, argument.name):
                    continue
                things = self._inference.things(At(frame, value.function))
                enums = tuple(
                    InstanceThing(thing)
                    for thing in things
                    if isinstance(thing, ClassThing) and thing.definition in self._vocabularies.all
                )
                taken = enums or self._subjects.argument_things(frame, ref, things, argument.name, argument.value)[0]
                message = "it is given where a `{name}` is expected here"
                yield _Destination(taken, Place(frame.path, scope.spans[ref]), message)

    def _is_open(self, literal: StatusLiteral) -> bool:
        """Whether conventions may speak: the type says nothing against it."""
        if literal.subject.foreign:
            return False
        return not literal.subject.is_listed and all(
            isinstance(thing, (UnknownThing, ConstantThing, TextThing))
            or (
                isinstance(thing, InstanceThing)
                and isinstance(thing.of, ExternalThing)
                and thing.of.name == "builtins.str"
            )
            for thing in literal.subject.things
        )

    def _by_contract(self, literal: StatusLiteral) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        if not self._is_open(literal):
            return None
        for definition, vocabulary in self._vocabularies.all.items():
            for entry in self._config.vocabularies:
                if entry.enum.spelled != vocabulary.dotted or literal.subject.name not in entry.fields:
                    continue
                if definition in self._vocabularies_in(literal.frame.path):
                    return definition, Confidence.LIKELY, self._declaration(entry, literal.subject.name)
        return None

    def _declaration(self, entry: Vocabulary, field: str) -> tuple[Related, ...]:
        """Where the contract says that the vocabulary governs the field."""
        lines = [
            line.line
            for line in self._config.lines
            if line.key == "vocabulary.fields" and line.entry == field and line.line >= entry.line
        ]
        if self._config.file is None or not lines:
            return ()
        place = Place(self._config.file, Span(min(lines), 1, min(lines), 1))
        return (Related(f"the contract says that `{field}` holds a `{entry.enum.qualname}`", place),)

    def _by_evidence(
        self, literal: StatusLiteral, text: str
    ) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        """The same name meets the vocabulary elsewhere in the module."""
        if not literal.subject.name or not self._is_open(literal):
            return None
        best: tuple[Definition, Confidence, tuple[Related, ...]] | None = None
        same = self._met_by(literal.frame.path, literal.subject.name)
        for evidence in same:
            if literal.subject.column is not None and evidence.column != literal.subject.column:
                continue
            is_member = self._vocabularies.all[evidence.vocabulary].member_of(text) is not None
            is_here = evidence.scope == literal.frame.definition
            is_field = ("." in evidence.spelled or "[" in evidence.spelled) and literal.where is not StatusPlace.DEFAULT
            is_same = evidence.spelled == literal.subject.spelled and (is_here or is_field)
            is_same_kind = evidence.where is literal.where or {evidence.where, literal.where} <= _READS
            is_column = evidence.column is not None and evidence.column == literal.subject.column
            is_supported = (
                is_same
                or is_column
                or (is_member and is_same_kind and (is_here or evidence.where not in _BARE or is_field))
            )
            is_sure = is_supported and is_status_name(evidence.name) and literal.where is not StatusPlace.QUERY
            if is_sure and not is_member and not is_field:
                is_sure = self._is_one_thing(literal, same)
            confidence = Confidence.LIKELY if is_sure else Confidence.POSSIBLE
            if not is_member and not is_sure:
                continue
            related = Related(
                f"`{evidence.spelled}` holds a `{self._vocabularies.all[evidence.vocabulary].name}` here",
                evidence.place,
            )
            found = (evidence.vocabulary, confidence, (related,))
            if best is None or confidence.rank > best[1].rank:
                best = found
        return best

    def _is_one_thing(self, literal: StatusLiteral, same: tuple[_Meeting, ...]) -> bool:
        """Whether a plain variable that meets a vocabulary holds nothing else besides: it meets no other one, and what
        is assigned to it comes to where it does."""
        here = {
            evidence.vocabulary
            for evidence in same
            if evidence.spelled == literal.subject.spelled and evidence.scope == literal.frame.definition
        }
        if len(here) > 1:
            return False
        if literal.where is not StatusPlace.ASSIGNMENT:
            return True
        scope = self._inference.followed(literal.frame)
        return any(
            literal.ref in texts_of(scope, side)
            for _, _, other, _, side in meetings(scope)
            if side != NONE
            and any(self._member_things(literal.frame, scope, element) for element in elements_of(scope, other))
        )

    def _by_name(self, literal: StatusLiteral, text: str) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        if not is_status_name(literal.subject.name) or not self._is_open(literal) or literal.subject.column is not None:
            return None
        holding = [
            definition
            for definition in self._vocabularies_in(literal.frame.path)
            if self._vocabularies.all[definition].member_of(text) is not None
        ]
        return (holding[0], Confidence.POSSIBLE, ()) if len(holding) == 1 else None

    def _vocabularies_in(self, path: str) -> tuple[Definition, ...]:
        """The vocabularies that a module defines or imports."""
        if path not in self._spoken:
            held: dict[Definition, None] = {}
            for name in sorted(self._carriers.names):
                for site in self._inference.module_sites(path, name):
                    for thing in self._inference.things(site):
                        if isinstance(thing, ClassThing) and thing.definition in self._vocabularies.all:
                            held[thing.definition] = None
            self._spoken[path] = tuple(held)
        return self._spoken[path]

    def speaks(self, frame: Frame, name: str) -> bool:
        """Whether in a module that names a vocabulary a name may stand for a status by itself."""
        return (
            is_status_name(name)
            or any(name in entry.fields for entry in self._config.vocabularies)
            or bool(self._met_by(frame.path, name))
        )

    def _met_by(self, path: str, name: str) -> tuple[_Meeting, ...]:
        """Where in a module something called `name` meets a member."""
        key = (path, name)
        if key not in self._met:
            self._met[key] = tuple(self._meetings_of(name, self._may_meet_in(path).get(name, ())))
        return self._met[key]

    def _may_meet_in(self, path: str) -> dict[str, list[_MayMeet]]:
        """By name, what meets an attribute of something in the regions of a module that name a vocabulary."""
        if path not in self._may_meet:
            self._inference.modules.library.announce(EVIDENCE, b"all")
            module = self._inference.module(path)
            found: dict[str, list[_MayMeet]] = {}
            for region in self._carriers.naming.get(path, ()):
                facts = module.scanned(region, EVIDENCE)
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    frame = Frame(path, region, index)
                    for name, written, right, where, holder in meetings(scope):
                        for element in elements_of(scope, right) if name else ():
                            if _may_be_member(scope, element):
                                may_meet = _MayMeet(frame, written, element, where, holder)
                                found.setdefault(name, []).append(may_meet)
            self._may_meet[path] = found
        return self._may_meet[path]

    def _meetings_of(self, name: str, all_may_meet: Iterable[_MayMeet]) -> Iterator[_Meeting]:
        for may_meet in all_may_meet:
            frame = may_meet.frame
            scope = self._inference.followed(frame)
            for thing in self._member_things(frame, scope, may_meet.element):
                definition = self._vocabularies.of_thing(thing)
                if definition is not None:
                    yield _Meeting(
                        definition,
                        may_meet.where,
                        name,
                        may_meet.spelled,
                        Place(frame.path, scope.spans[may_meet.element]),
                        frame.definition,
                        self._subjects.column(frame, may_meet.holder, name),
                    )

    def _member_things(self, frame: Frame, scope: Scope, ref: Ref) -> Things:
        if not _may_be_member(scope, ref):
            return ()
        return tuple(
            thing
            for thing in self._inference.things(At(frame, ref))
            if isinstance(thing, (MemberThing, MemberValueThing))
        )


def meets_nothing(scope: Scope) -> bool:
    """Whether nothing that has a name meets in a scope what may be a member."""
    return not any(
        _may_be_member(scope, element)
        for name, _, right, _, _ in meetings(scope)
        if name
        for element in elements_of(scope, right)
    )


def _may_be_member(scope: Scope, ref: Ref) -> bool:
    return isinstance(scope.values[ref], Attribute)


def _begins(span: Span) -> tuple[int, int]:
    return span.start_line, span.start_column
