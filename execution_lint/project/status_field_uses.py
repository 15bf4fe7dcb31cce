"""What is stored in the status fields of a project, and what they are compared with."""

from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from execution_lint.facts.scopes import Assignment, Scope, TargetKind
from execution_lint.facts.values import NONE, Attribute, Call, Item, Parameter, Ref, Sequence, Text
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import root_of
from execution_lint.project.status_literals import texts_of
from execution_lint.project.status_meetings import CONTAINMENT, EQUALITY
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    Frame,
    FunctionThing,
    InstanceThing,
    MemberThing,
    MemberValueThing,
)

MAXIMUM_REGIONS = 6000
"""Regions that are searched for what a project does with its status fields."""

_CASES = frozenset({"lower", "upper", "strip", "casefold"})


class Declared(msgspec.Struct):
    """A field that may turn out to be one, with what is found out about it."""

    frame: Frame
    assignment: Assignment
    spelled: str
    stored: list[tuple[str, Place]] = msgspec.field(default_factory=list)
    compared: list[tuple[str, Place]] = msgspec.field(default_factory=list)
    is_governed: bool = False
    """A member of an enum is stored in it or compared with it."""


class StatusFieldUses:
    """Gathers the literals that go to some fields, where the receiver's type says whose field it is."""

    def __init__(
        self,
        inference: Inference,
        declared: Mapping[tuple[Definition, str], Declared],
        undecided: Counter[tuple[str, str]],
    ) -> None:
        self._inference = inference
        self._declared = declared
        self._names = frozenset(name for _, name in declared)
        self._undecided = undecided

    def gather(self, candidates: Mapping[str, tuple[int, ...]]) -> None:
        """Search the regions that name a status."""
        left = MAXIMUM_REGIONS
        for path, regions in candidates.items():
            module = self._inference.module(path)
            for region in regions:
                if not any(module.mentions(region, name) for name in self._names):
                    continue
                if left == 0:
                    self._undecided["status field", "the names of such fields stand in too many places"] += 1
                    continue
                left -= 1
                facts = module.facts(region)
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    self._within(Frame(path, region, index), scope)

    def _within(self, frame: Frame, scope: Scope) -> None:
        for comparison in scope.comparisons:
            if comparison.operator in EQUALITY:
                self._compared(frame, scope, comparison.left, comparison.right)
                self._compared(frame, scope, comparison.right, comparison.left)
            elif comparison.operator in CONTAINMENT:
                display = scope.values[root_of(scope, comparison.right)]
                for element in display.elements if isinstance(display, Sequence) else ():
                    self._compared(frame, scope, comparison.left, element)
        for assignment in scope.assignments:
            name = assignment.name
            if assignment.kind is TargetKind.ITEM:
                key = scope.values[assignment.key] if assignment.key != NONE else None
                name = key.value if isinstance(key, Text) else ""
            if assignment.kind in (TargetKind.ATTRIBUTE, TargetKind.ITEM) and name in self._names:
                is_item = assignment.kind is TargetKind.ITEM
                for found in self._owners(frame, assignment.base, name, is_item):
                    self._store(frame, scope, found, assignment.value)
        for value in scope.values:
            if isinstance(value, Call) and any(argument.name in self._names for argument in value.arguments):
                self._made(frame, scope, value)

    def _compared(self, frame: Frame, scope: Scope, side: Ref, other: Ref) -> None:
        """A field beside what it is compared with."""
        asked = self._asked(scope, side)
        if asked is None:
            return
        texts = texts_of(scope, other)
        is_followed = not texts and not isinstance(scope.values[root_of(scope, other)], Item)
        for found in self._owners(frame, *asked):
            for ref in texts:
                found.compared.append((_word(scope, ref), Place(frame.path, scope.spans[ref])))
            if is_followed and self._is_member(frame, other):
                found.is_governed = True

    def _asked(self, scope: Scope, ref: Ref, depth: int = 4) -> tuple[Ref, str, bool] | None:
        """The receiver and the name of a field that is read."""
        ref = root_of(scope, ref)
        if ref == NONE or depth == 0:
            return None
        match scope.values[ref]:
            case Attribute(base=base, name=name) if name in self._names:
                return base, name, False
            case Item(base=base, index=index):
                key = scope.values[index]
                return (base, key.value, True) if isinstance(key, Text) and key.value in self._names else None
            case Call(function=function, arguments=()):
                method = scope.values[function]
                is_case = isinstance(method, Attribute) and method.name in _CASES
                return self._asked(scope, method.base, depth - 1) if isinstance(method, Attribute) and is_case else None
            case _:
                return None

    def _store(self, frame: Frame, scope: Scope, found: Declared, ref: Ref) -> None:
        """A value that is given to a field; a parameter of `__init__` with the literal that it starts as."""
        if ref == NONE:
            return
        value = scope.values[root_of(scope, ref)]
        if isinstance(value, Parameter) and scope.name == "__init__":
            ref = next((each.default for each in scope.parameters if each.name == value.name), NONE)
        for text in texts_of(scope, ref) if ref != NONE else ():
            found.stored.append((_word(scope, text), Place(frame.path, scope.spans[text])))
        if ref != NONE and self._is_member(frame, ref):
            found.is_governed = True

    def _made(self, frame: Frame, scope: Scope, call: Call) -> None:
        """A keyword of the call that makes an object, or copies one with changes."""
        for thing in self._inference.things(At(frame, call.function)):
            if not isinstance(thing, ClassThing):
                continue
            for argument in call.arguments:
                found = self._of_class(thing, argument.name) if argument.name in self._names else None
                if found is not None and self._takes(thing, argument.name):
                    self._store(frame, scope, found, argument.value)

    def _takes(self, cls: ClassThing, name: str) -> bool:
        """Whether the keyword of a class goes to the field of that name."""
        for thing in self._inference.attribute(InstanceThing(cls), "__init__"):
            if isinstance(thing, FunctionThing):
                owner = self._inference.owner(thing.definition)
                for frame, assignment in self._inference.self_assignments(owner or cls, name):
                    value = self._inference.scope(frame).values[assignment.value] if assignment.value != NONE else None
                    if isinstance(value, Parameter) and value.name == name:
                        return True
                return False
        return True

    def _owners(self, frame: Frame, base: Ref, name: str, is_item: bool) -> Iterator[Declared]:
        """The fields that `base.name` may be."""
        for thing in self._inference.things(At(frame, base)):
            cls = thing.of if isinstance(thing, InstanceThing) else thing
            if isinstance(cls, ClassThing) and (not is_item or self._inference.is_typed_dict(cls)):
                found = self._of_class(cls, name)
                if found is not None:
                    yield found

    def _of_class(self, cls: ClassThing, name: str) -> Declared | None:
        """The field as the class or its nearest base declares it; None where a class between has its own way."""
        for base in self._inference.ancestry(cls):
            if isinstance(base, ClassThing):
                found = self._declared.get((base.definition, name))
                if found is not None:
                    return found
                own = self._inference.scope(base.definition).assignments
                if any(assignment.name == name for assignment in own) or self._inference.class_sites(base, name):
                    return None
        return None

    def _is_member(self, frame: Frame, ref: Ref) -> bool:
        return any(
            isinstance(thing, (MemberThing, MemberValueThing)) for thing in self._inference.things(At(frame, ref))
        )


def _word(scope: Scope, ref: Ref) -> str:
    text = scope.values[ref]
    assert isinstance(text, Text)
    return text.value
