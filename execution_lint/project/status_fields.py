"""Fields of the project that hold a status as a plain string, with no enum that says which there are."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from execution_lint.config.glob import matches_any_path
from execution_lint.config.schema import Config
from execution_lint.facts.scopes import Assignment, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import NONE, Call, Text
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.modules import is_standard
from execution_lint.project.spelling import mentioned
from execution_lint.project.status_field_uses import Declared, StatusFieldUses
from execution_lint.project.status_literals import defaults_of
from execution_lint.project.status_names import FIELDS
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    ExternalThing,
    Frame,
    InstanceThing,
    TextThing,
    Things,
    UnknownThing,
)
from execution_lint.project.vocabularies import Vocabularies
from execution_lint.project.vocabulary_subjects import StatusField
from execution_lint.source.regions import Needles, RegionKind

_COLUMNS = frozenset({"Column", "mapped_column", "CharField", "TextField"})
_NO_STRINGS = frozenset({"Enum", "Integer", "SmallInteger", "Boolean", "JSON", "choices"})
_HEALTH = re.compile(r"health|liveness|readiness|heartbeat", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][\w-]*(?: [a-z][\w-]*)?")
"""What a status can look like; a sentence or a number is none."""
_HEALTHY = frozenset(
    {"ok", "healthy", "unhealthy", "alive", "up", "down", "degraded", "ready", "pass", "warn", "error"}
)


class StatusFields:
    """Finds the fields by their declarations, then the literals that go to them, then judges each."""

    def __init__(
        self, inference: Inference, vocabularies: Vocabularies, config: Config, undecided: Counter[tuple[str, str]]
    ) -> None:
        self._inference = inference
        self._vocabularies = vocabularies
        self._config = config
        self._undecided = undecided

    def __iter__(self) -> Iterator[StatusField]:
        declared = self._declared
        if declared:
            own = {found.frame.path for found in declared.values()}
            apart = (*self._config.test_paths, *self._config.frozen_paths)
            StatusFieldUses(self._inference, declared, self._undecided).gather(
                {
                    path: regions
                    for path, regions in self._candidates.items()
                    if path in own or not matches_any_path(apart, path)
                }
            )
        for found in declared.values():
            judged = self._judged(found)
            if judged is not None:
                yield judged

    @cached_property
    def _candidates(self) -> dict[str, tuple[int, ...]]:
        found = self._inference.modules.library.candidates(Needles(FIELDS))
        return {path: regions for path, regions in found if self._inference.modules.at(path) is not None}

    @cached_property
    def _declared(self) -> dict[tuple[Definition, str], Declared]:
        found: dict[tuple[Definition, str], Declared] = {}
        for path, regions in self._candidates.items():
            module = self._inference.module(path)
            for region in regions:
                kind, name = module.regions[region].kind, module.regions[region].name
                if kind in (RegionKind.CLASS, RegionKind.COMPOUND):
                    facts = module.facts(region)
                    for index, scope in enumerate(facts.scopes if facts is not None else ()):
                        if scope.kind is ScopeKind.CLASS:
                            self._in_body(Frame(path, region, index), scope, found)
                elif kind is RegionKind.METHOD and name == "__init__":
                    facts = module.facts(region)
                    if facts is not None and len(facts.scopes) > 1:
                        self._in_initialiser(Frame(path, region, 1), facts.scopes[1], found)
        return found

    def _in_body(self, frame: Frame, scope: Scope, found: "dict[tuple[Definition, str], Declared]") -> None:
        """The fields that the body of a class declares."""
        for assignment in scope.assignments:
            if assignment.kind is not TargetKind.NAME or assignment.name not in FIELDS:
                continue
            is_plain = assignment.annotation == NONE and isinstance(scope.values[assignment.value], Text)
            if not self._is_string_field(frame, scope, assignment) or self._is_apart(
                ClassThing(frame.definition), is_plain
            ):
                continue
            declared = Declared(frame, assignment, f"{scope.qualname}.{assignment.name}")
            for ref in defaults_of(scope, assignment) if assignment.value != NONE else ():
                text = scope.values[ref]
                assert isinstance(text, Text)
                declared.stored.append((text.value, Place(frame.path, scope.spans[ref])))
            found.setdefault((frame.definition, assignment.name), declared)

    def _in_initialiser(self, frame: Frame, scope: Scope, found: "dict[tuple[Definition, str], Declared]") -> None:
        """The fields that `__init__` declares: `self.status = "new"`."""
        owner = self._inference.owner(frame.definition)
        if owner is None:
            return
        for assignment in scope.assignments:
            key = (owner.definition, assignment.name)
            if assignment.kind is not TargetKind.ATTRIBUTE or assignment.name not in FIELDS or key in found:
                continue
            if all(own is not assignment for _, own in self._inference.self_assignments(owner, assignment.name)):
                continue
            if self._inference.field(owner, assignment.name) is not None:
                continue
            if self._is_apart(owner, assignment.annotation == NONE):
                continue
            if self._is_string_value(frame, assignment):
                qualname = self._inference.scope(owner.definition).qualname
                found[key] = Declared(frame, assignment, f"{qualname}.{assignment.name}")

    def _is_string_field(self, frame: Frame, scope: Scope, assignment: Assignment) -> bool:
        if assignment.annotation != NONE:
            return _is_string_type(self._inference.types(At(frame, assignment.annotation)))
        value = scope.values[assignment.value] if assignment.value != NONE else None
        if isinstance(value, Call):
            said = mentioned(scope, assignment.value)
            names = said | {argument.name for argument in value.arguments}
            return bool(said & _COLUMNS) and not names & _NO_STRINGS
        return isinstance(value, Text)

    def _is_string_value(self, frame: Frame, assignment: Assignment) -> bool:
        if assignment.annotation != NONE:
            return _is_string_type(self._inference.types(At(frame, assignment.annotation)))
        return _are_strings(self._inference.things(At(frame, assignment.value)))

    def _is_apart(self, cls: ClassThing, is_plain: bool) -> bool:
        """Whether the class is an enum, answers health checks, or inherits from what may declare the field itself; that
        matters to a field with a value and no type (`is_plain`)."""
        scope = self._inference.scope(cls.definition)
        return (
            self._inference.is_enum(cls)
            or bool(_HEALTH.search(scope.qualname))
            or any(
                isinstance(base, UnknownThing)
                or (isinstance(base, ExternalThing) and is_plain and not is_standard(base.name))
                for base in self._inference.ancestry(cls)
            )
        )

    def _judged(self, found: Declared) -> StatusField | None:
        stored = [(word, place) for word, place in found.stored if _WORD.fullmatch(word)]
        compared = [(word, place) for word, place in found.compared if _WORD.fullmatch(word)]
        places: dict[Place, tuple[str, str]] = {}
        for how, uses in (("stored", stored), ("compared", compared)):
            for word, place in uses:
                places.setdefault(place, (word, how))
        words = tuple(dict.fromkeys(word for word, _ in (*stored, *compared)))
        if len(words) < 2 or found.is_governed or {word.lower() for word in words} <= _HEALTHY:
            return None
        if any(found.assignment.name in entry.fields for entry in self._config.vocabularies) or self._has_enum(words):
            return None
        return StatusField(
            place=Place(found.frame.path, found.assignment.span),
            scope=self._inference.scope(found.frame).qualname,
            spelled=found.spelled,
            words=words,
            is_stored=bool(stored),
            is_compared=bool(compared),
            uses=tuple(Related(f'"{word}" is {how} here', place) for place, (word, how) in sorted(places.items())),
            confidence=Confidence.LIKELY if stored and compared else Confidence.POSSIBLE,
        )

    def _has_enum(self, words: tuple[str, ...]) -> bool:
        """Whether an enum of the project says two of the words, and half of them: its rules speak of the literals."""
        said = {word.lower() for word in words}
        for vocabulary in self._vocabularies.all.values():
            common = said & {value.lower() for _, value, _ in vocabulary.members}
            if len(common) > 1 and 2 * len(common) >= len(said):
                return True
        return False


def _is_string_type(types: Things) -> bool:
    """Whether a type is a plain string, or None: not one of some words."""
    return _are_strings(types) and not any(isinstance(thing, TextThing) for thing in types)


def _are_strings(things: Things) -> bool:
    """Whether something holds a string that no type narrows, or None."""
    kinds = [
        thing
        for thing in things
        if not (isinstance(thing, ConstantThing) and thing.kind == "None") and not isinstance(thing, UnknownThing)
    ]
    return bool(kinds) and all(
        isinstance(thing, TextThing)
        or (
            isinstance(thing, InstanceThing) and isinstance(thing.of, ExternalThing) and thing.of.name == "builtins.str"
        )
        for thing in kinds
    )
