"""Changes of a status along an edge that the contract's transitions lack."""

from collections.abc import Iterator

import msgspec

from execution_lint.config.schema import Config, Vocabulary
from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import NONE, Attribute, Call, Ref, Text
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place, Span
from execution_lint.project.enum_kinds import Enums
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import root_of
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.status_changes import is_left_alone, last_change, may_reach
from execution_lint.project.status_names import is_status_name
from execution_lint.project.status_narrowing import Members, Path, StatusNarrowing, canonical, is_reached, path_of
from execution_lint.project.status_steps import StatusSteps, Step
from execution_lint.project.subjects import VocabularyFact
from execution_lint.project.things import At, ClassThing, Frame, MemberThing, MemberValueThing
from execution_lint.project.vocabularies import Vocabularies
from execution_lint.project.vocabulary_subjects import StatusMove


class _Known(msgspec.Struct, frozen=True):
    """Where something stands before a step."""

    states: Members
    evidence: tuple[Related, ...]
    is_certain: bool = True
    """Nothing that the analysis does not see into runs before the step."""


class StatusMoves:
    """Finds the moves of a project that its contract forbids."""

    def __init__(
        self,
        inference: Inference,
        vocabularies: Vocabularies,
        config: Config,
        carriers: Carriers,
        enums: Enums,
        narrowing: StatusNarrowing,
    ) -> None:
        self._inference = inference
        self._config = config
        self._carriers = carriers
        self._enums = enums
        self._narrowing = narrowing
        self._entries: dict[ClassThing, Vocabulary] = {}
        for definition in vocabularies.all:
            cls = ClassThing(definition)
            entry = enums.entry(cls)
            if entry is not None and entry.transitions:
                self._entries[cls] = entry
        fields = {name for entry in self._entries.values() for name in entry.fields}
        fields |= {word for word in carriers.words if is_status_name(word)} if self._entries else set()
        self._steps = StatusSteps(inference, frozenset(fields | {"status", "state"}), carriers.names)

    @property
    def is_idle(self) -> bool:
        """Whether the contract declares no transitions."""
        return not self._entries

    def within(self, frame: Frame, scope: Scope) -> Iterator[StatusMove]:
        """The forbidden moves of a scope."""
        steps = tuple(self._steps.within(frame, scope))
        for step in steps:
            for cls, entry in self._entries.items():
                targets = self._narrowing.named(frame, step.target, cls)
                if targets is None or len(targets) != 1 or not self._is_governed(frame, scope, step, cls, entry):
                    continue
                known = self._before(frame, scope, step, steps, cls)
                if known is not None:
                    yield from self._judged(frame, scope, step, cls, entry, next(iter(targets)), known)
                break

    def _is_governed(self, frame: Frame, scope: Scope, step: Step, cls: ClassThing, entry: Vocabulary) -> bool:
        """Whether the target is a member for certain, or a word that goes to a field of the vocabulary."""
        value = scope.values[root_of(scope, step.target)]
        if not isinstance(value, Text):
            return any(
                isinstance(thing, (MemberThing, MemberValueThing)) and thing.of == cls
                for thing in self._inference.things(At(frame, step.target))
            )
        return step.field in entry.fields and bool(self._carriers.naming.get(frame.path))

    def _before(
        self, frame: Frame, scope: Scope, step: Step, steps: tuple[Step, ...], cls: ClassThing
    ) -> _Known | None:
        """The states that something can be in before a step; None where they are not known."""
        everything = self._narrowing.everything(cls)
        if step.source != NONE:
            states = self._narrowing.named(frame, step.source, cls)
            return _Known(states, ()) if states else None
        if not step.path:
            return self._by_query(frame, scope, step, cls)
        earlier = [
            other
            for other in steps
            if other.at < step.at and other.path == step.path and may_reach(scope, other.at, step.at)
        ]
        last = earlier[-1] if earlier else None
        states, since = everything, last_change(scope, step.path, step.at)
        evidence: tuple[Related, ...] = ()
        is_told = False
        if last is not None and last.at >= since:
            since = last.at
            named = self._narrowing.named(frame, last.target, cls)
            if is_reached(scope, last.at, step.at) and last.is_only and named is not None:
                states, is_told = named, last.callee is None
                place = Place(frame.path, scope.spans[last.at])
                evidence = (Related(f"it was moved to `{'`, `'.join(sorted(states))}` here", place),)
        before = states
        states &= self._narrowing.possible(frame, scope, step.path, step.at, cls, since)
        if not states or states == everything:
            return None
        if not evidence or states != before:
            read = next((ref for ref in range(since + 1, step.at) if path_of(scope, ref) == step.path), since)
            since, is_told = (since, is_told) if evidence else (read, True)
        return _Known(states, evidence, is_told and is_left_alone(scope, since, step.at))

    def _by_query(self, frame: Frame, scope: Scope, step: Step, cls: ClassThing) -> _Known | None:
        """The states that the query of an update asks for."""
        everything = self._narrowing.everything(cls)
        states = everything
        evidence: list[Related] = []
        for condition in step.filters:
            for path in _asked(scope, condition, step.field):
                if not any(table and path[: len(table)] == table for table in step.tables):
                    continue
                states &= self._narrowing.where(frame, scope, condition, path, cls, holds=True)
                if states != everything:
                    evidence.append(Related("the update is of those rows", Place(frame.path, scope.spans[condition])))
        for value in step.keyed:
            named = self._narrowing.named(frame, value, cls)
            states &= named if named is not None else everything
        return _Known(states, tuple(evidence[:1])) if states and states != everything else None

    def _judged(
        self,
        frame: Frame,
        scope: Scope,
        step: Step,
        cls: ClassThing,
        entry: Vocabulary,
        target: str,
        known: _Known,
    ) -> Iterator[StatusMove]:
        vocabulary = self._enums.vocabulary(cls)
        assert vocabulary is not None
        names = canonical(vocabulary)
        following = {
            names.get(transition.source, transition.source): frozenset(
                names.get(member.name, member.name) for member in transition.targets
            )
            for transition in entry.transitions
        }
        sources = known.states - {target}
        forbidden = [source for source in names if source in sources and target not in following.get(source, ())]
        if not forbidden:
            return
        is_listed = all(source in following for source in forbidden)
        confidence = Confidence.PROVEN if is_listed and known.is_certain else Confidence.LIKELY
        if len(forbidden) < len(sources):
            if 2 * len(known.states) > len(set(names.values())):
                return
            confidence = Confidence.LIKELY
        is_written_here = scope.spans[step.at].contains(scope.spans[step.target])
        yield StatusMove(
            place=Place(frame.path, scope.spans[step.target] if is_written_here else scope.spans[step.at]),
            scope=scope.qualname,
            subject=_written(step.path) or step.field,
            vocabulary=vocabulary,
            sources=tuple(forbidden),
            target=target,
            allowed=tuple(sorted(following.get(forbidden[0], ()))),
            is_listed=is_listed,
            confidence=confidence,
            evidence=(*known.evidence, *self._contract(entry, vocabulary, forbidden[0], names)),
        )

    def _contract(
        self, entry: Vocabulary, vocabulary: VocabularyFact, source: str, names: dict[str, str]
    ) -> Iterator[Related]:
        line = next(
            (found.line for found in entry.transitions if names.get(found.source) == source and found.line), entry.line
        )
        if self._config.file and line:
            place = Place(self._config.file, Span(line, 1, line, 1))
            yield Related(f"the contract says what follows `{vocabulary.name}.{source}`", place)
        yield Related(f"`{vocabulary.name}` is defined here", vocabulary.place)


def _asked(scope: Scope, condition: Ref, field: str, depth: int = 6) -> Iterator[Path]:
    """The columns called like the field in a condition."""
    value = scope.values[root_of(scope, condition)]
    if depth == 0:
        return
    if isinstance(value, Attribute):
        if value.name == field:
            yield path_of(scope, condition)
        elif value.name in ("in_", "value"):
            yield from _asked(scope, value.base, field, depth - 1)
        return
    parts: tuple[Ref, ...] = getattr(value, "operands", ()) or getattr(value, "alternatives", ())
    if isinstance(value, Call):
        parts = (value.function,)
    for part in parts:
        yield from _asked(scope, part, field, depth - 1)


def _written(path: Path) -> str:
    if not path:
        return ""
    first = path[0].partition(" ")[2] or "…"
    return first + "".join(part if part.startswith("[") else f".{part}" for part in path[1:])
