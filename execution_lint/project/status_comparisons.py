"""Comparisons of members with what they are never equal to: strings, where the enum is none, and other enums."""

import json
from collections.abc import Iterator
from functools import cached_property

from execution_lint.facts.scopes import Comparison, Scope
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Constant,
    Free,
    Item,
    Mapping,
    Ref,
    Sequence,
    Spread,
    Text,
)
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place, Span
from execution_lint.project.enum_kinds import EnumKind, Enums
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import last_name, mentioned, root_of, spelled
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.status_subjects import StatusSubjects
from execution_lint.project.status_tables import displays_of, is_filled
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    TextThing,
    Things,
)
from execution_lint.project.vocabulary_subjects import Opponent, StatusComparison

_COMPARES = frozenset({"==", "!=", "is", "is not", "in", "not in", "case"})
_NEGATED = frozenset({"!=", "is not", "not in"})
_IDENTITY = frozenset({"is", "is not"})
_CONVERTING = ("use_enum_values", "UseEnumValues")
"""Settings of models that keep a member's value in its place."""


class StatusComparisons:
    """Finds the comparisons of a project that are decided before it runs."""

    def __init__(self, inference: Inference, carriers: Carriers, enums: Enums, subjects: StatusSubjects) -> None:
        self._inference = inference
        self._carriers = carriers
        self._enums = enums
        self._subjects = subjects

    def within(self, frame: Frame, scope: Scope) -> Iterator[StatusComparison]:
        """The comparisons and table lookups of a scope that are decided."""
        for comparison in scope.comparisons:
            if comparison.operator in _COMPARES and (
                self._is_asked(frame, scope, comparison.left) or self._is_asked(frame, scope, comparison.right)
            ):
                found = self._compared(frame, scope, comparison)
                if found is not None:
                    yield found
        for ref, value in enumerate(scope.values):
            table, index = _lookup(scope, value)
            if table != NONE and self._is_asked(frame, scope, index):
                yield from self._looked_up(frame, scope, ref, table, index)

    def _is_asked(self, frame: Frame, scope: Scope, ref: Ref) -> bool:
        """Whether a side can be a member, as far as its names tell."""
        if ref == NONE or isinstance(scope.values[ref], Text):
            return False
        return self._carriers.is_asked(frame, last_name(scope, ref)) or bool(
            mentioned(scope, ref) & self._carriers.names
        )

    def _compared(self, frame: Frame, scope: Scope, comparison: Comparison) -> StatusComparison | None:
        is_contained = comparison.operator in ("in", "not in")
        right = scope.values[root_of(scope, comparison.right)]
        if is_contained:
            if not isinstance(right, Sequence) or not right.elements:
                return None
            elements = right.elements
            if any(isinstance(scope.values[element], Spread) for element in elements):
                return None
        else:
            elements = (comparison.right,)
        if not self._may_differ(scope, comparison, elements):
            return None
        sides = ((comparison.left, elements), (elements[0], (comparison.left,)))
        for member, others in sides if len(elements) == 1 else sides[:1]:
            enums = self._members(frame, scope, member)
            if not enums:
                continue
            opponent = self._opponent(frame, scope, enums, others, is_identity=comparison.operator in _IDENTITY)
            if opponent is not None:
                return self._subject(
                    frame, scope, comparison.span, member, others, enums, opponent,
                    is_always=comparison.operator in _NEGATED, is_lookup=False,
                )  # fmt: skip
        if is_contained and len(elements) > 1 and _are_strings(self._enums.held(At(frame, comparison.left))):
            return self._among_members(frame, scope, comparison, elements)
        return None

    def _may_differ(self, scope: Scope, comparison: Comparison, elements: tuple[Ref, ...]) -> bool:
        """Whether the sides can be a member and what it is never equal to, as far as they tell without their types:
        nothing is said of None and of numbers, and a string may be equal to a member that is one."""
        sides = [scope.values[root_of(scope, ref)] for ref in (comparison.left, *elements)]
        if any(isinstance(side, Constant) for side in sides):
            return False
        is_plain = comparison.operator in _IDENTITY or self._has_plain_enums
        return is_plain or not (isinstance(sides[0], Text) or all(isinstance(side, Text) for side in sides[1:]))

    @cached_property
    def _has_plain_enums(self) -> bool:
        """Whether there is a vocabulary whose members are no strings."""
        return any(
            self._enums.answers(ClassThing(definition)).kind is not EnumKind.STRING
            for definition in self._enums.vocabularies
        )

    def _among_members(
        self, frame: Frame, scope: Scope, comparison: Comparison, elements: tuple[Ref, ...]
    ) -> StatusComparison | None:
        """A string among members that are none."""
        found = [self._members(frame, scope, element) for element in elements]
        enums = tuple(dict.fromkeys(enum for part in found for enum in part))
        is_plain = all(found) and all(self._enums.answers(enum).kind is not EnumKind.STRING for enum in enums)
        if not is_plain or not self._is_governed(enums, None):
            return None
        return self._subject(
            frame, scope, comparison.span, elements[0], (comparison.left,), enums, (Opponent.STRING, None),
            is_always=comparison.operator in _NEGATED, is_lookup=False,
        )  # fmt: skip

    def _members(self, frame: Frame, scope: Scope, ref: Ref) -> tuple[ClassThing, ...]:
        """The enums that a side is a member of for certain, and is not only said to be."""
        value = scope.values[root_of(scope, ref)]
        if isinstance(value, Text):
            return ()
        things = self._enums.held(At(frame, ref))
        enums = self._enums.is_member_of(things)
        if not enums or any(self._enums.answers(enum).is_equal_otherwise for enum in enums):
            return ()
        if isinstance(value, Attribute) and not all(isinstance(thing, MemberThing) for thing in things):
            for owner in self._enums.held(At(frame, value.base)):
                if isinstance(owner, ClassThing) and not self._inference.is_enum(owner):
                    # A column of a model, compared to make a query.
                    return ()
                if isinstance(owner, InstanceThing) and self._keeps_values(owner, value.name):
                    return ()
        return enums

    def _keeps_values(self, owner: InstanceThing, name: str) -> bool:
        """Whether objects of the class keep a member's value where its field says the enum."""
        if not isinstance(owner.of, ClassThing):
            return owner.of.name.startswith("sqlalchemy")
        for base in self._inference.ancestry(owner.of):
            if isinstance(base, ClassThing):
                module = self._inference.module(base.definition.path)
                if any(module.mentions(base.definition.region, word) for word in _CONVERTING):
                    return True
        field = self._inference.field(owner.of, name)
        if field is not None and field[1].annotation == NONE and field[1].value != NONE:
            scope = self._inference.scope(field[0])
            made = scope.values[field[1].value]
            return isinstance(made, Call) and last_name(scope, made.function).endswith("Field")
        return False

    def _opponent(
        self, frame: Frame, scope: Scope, enums: tuple[ClassThing, ...], others: tuple[Ref, ...], *, is_identity: bool
    ) -> tuple[Opponent, ClassThing | None] | None:
        """What all the others are that the member is never equal to."""
        kinds: set[Opponent] = set()
        other_enum: ClassThing | None = None
        for ref in others:
            things = self._enums.held(At(frame, ref))
            if not things:
                return None
            if _are_strings(things):
                if any(self._enums.answers(enum).kind is EnumKind.STRING for enum in enums) and not is_identity:
                    return None
                kinds.add(Opponent.STRING)
                continue
            found = self._members(frame, scope, ref)
            if not found or not all(self._differ(one, other, is_identity) for one in enums for other in found):
                return None
            kinds.add(Opponent.OTHER_ENUM)
            other_enum = found[0]
        if len(kinds) != 1 or not self._is_governed(enums, other_enum):
            return None
        return kinds.pop(), other_enum

    def _is_governed(self, enums: tuple[ClassThing, ...], other: ClassThing | None) -> bool:
        return any(self._enums.vocabulary(enum) is not None for enum in (*enums, *((other,) if other else ())))

    def _differ(self, one: ClassThing, other: ClassThing, is_identity: bool) -> bool:
        """Whether no member of the one is equal to a member of the other."""
        if one in self._inference.ancestry(other) or other in self._inference.ancestry(one):
            return False
        first, second = self._enums.answers(one), self._enums.answers(other)
        if is_identity or first.kind is not second.kind or first.kind is EnumKind.PLAIN:
            return True
        if first.kind is EnumKind.NUMBER or not first.values or not second.values:
            return False
        return not set(first.values) & set(second.values)

    def _looked_up(self, frame: Frame, scope: Scope, ref: Ref, table: Ref, index: Ref) -> Iterator[StatusComparison]:
        """A table whose keys are all strings, asked for a plain member, or the other way round."""
        displays = list(displays_of(self._inference, At(frame, table)))
        if len(displays) != 1:
            return
        display = displays[0]
        mapping = self._inference.value(display)
        assert isinstance(mapping, Mapping)
        keys = [key for key, _ in mapping.entries]
        if not keys or NONE in keys or is_filled(self._inference, display):
            return
        enums = self._members(frame, scope, index)
        if enums and all(self._enums.answers(enum).kind is EnumKind.PLAIN for enum in enums):
            things = [self._inference.things(At(display.frame, key)) for key in keys]
            if all(_are_strings(part) for part in things) and self._is_governed(enums, None):
                yield self._subject(
                    frame, scope, scope.spans[ref], index, (table,), enums, (Opponent.STRING, None),
                    is_always=False, is_lookup=True,
                )  # fmt: skip

    def _subject(
        self,
        frame: Frame,
        scope: Scope,
        span: Span,
        member: Ref,
        others: tuple[Ref, ...],
        enums: tuple[ClassThing, ...],
        opponent: tuple[Opponent, ClassThing | None],
        *,
        is_always: bool,
        is_lookup: bool,
    ) -> StatusComparison:
        kind, other = opponent
        evidence = list(self._subjects.expression(frame, scope, member).origins)
        for enum in (*enums, *((other,) if other is not None else ())):
            head = self._inference.scope(enum.definition)
            what = {EnumKind.PLAIN: "no string", EnumKind.STRING: "a string", EnumKind.NUMBER: "a number"}
            evidence.append(
                Related(
                    f"`{head.qualname}` is defined here; its members are {what[self._enums.answers(enum).kind]}",
                    Place(enum.definition.path, head.head),
                )
            )
        return StatusComparison(
            place=Place(frame.path, span),
            scope=scope.qualname,
            member=spelled(scope, member),
            other=", ".join(_written(scope, ref) for ref in others[:4]) + (", …" if len(others) > 4 else ""),
            enum=self._inference.scope(enums[0].definition).qualname,
            opponent=kind,
            opponent_enum=self._inference.scope(other.definition).qualname if other is not None else "",
            is_always=is_always,
            is_lookup=is_lookup,
            confidence=Confidence.PROVEN,
            evidence=tuple(evidence),
        )


def _lookup(scope: Scope, value: object) -> tuple[Ref, Ref]:
    """The table and the key of `table[key]` and `table.get(key)`."""
    if isinstance(value, Item):
        table, index = value.base, value.index
    elif isinstance(value, Call) and value.arguments and isinstance(scope.values[value.function], Attribute):
        function = scope.values[value.function]
        assert isinstance(function, Attribute)
        if function.name != "get" or value.arguments[0].name:
            return NONE, NONE
        table, index = function.base, value.arguments[0].value
    else:
        return NONE, NONE
    is_table = isinstance(scope.values[root_of(scope, table)], (Free, Mapping, Call))
    return (table, index) if is_table else (NONE, NONE)


def _are_strings(things: Things) -> bool:
    return all(
        isinstance(thing, (TextThing, MemberValueThing))
        or (
            isinstance(thing, InstanceThing) and isinstance(thing.of, ExternalThing) and thing.of.name == "builtins.str"
        )
        for thing in things
    ) and bool(things)


def _written(scope: Scope, ref: Ref) -> str:
    value = scope.values[root_of(scope, ref)]
    return json.dumps(value.value, ensure_ascii=False) if isinstance(value, Text) else spelled(scope, ref)
