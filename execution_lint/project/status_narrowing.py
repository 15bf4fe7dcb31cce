"""Which members a status can still be at a place, by the tests on the way there."""

from collections.abc import Iterator

from execution_lint.facts.scopes import Arm, Branch, BranchKind, ForkKind, Scope
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Changed,
    Choice,
    Free,
    Item,
    Operation,
    Parameter,
    Ref,
    Sequence,
    Text,
)
from execution_lint.model.place import Span
from execution_lint.project.enum_kinds import Enums
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import root_of
from execution_lint.project.subjects import VocabularyFact
from execution_lint.project.things import At, ClassThing, Frame, InstanceThing, MemberThing, MemberValueThing, TextThing

Members = frozenset[str]

Path = tuple[str, ...]
"""What an expression reads: a name, a parameter or a value of the scope, and attributes and keys of it."""

_EQUAL = frozenset({"==", "is", "in"})
_UNEQUAL = frozenset({"!=", "is not", "not in"})
_GATHERING = frozenset({"frozenset", "set", "tuple", "list"})


def canonical(vocabulary: VocabularyFact) -> dict[str, str]:
    """The first member of its value, for each member."""
    firsts: dict[str, str] = {}
    for name, value, _ in vocabulary.members:
        firsts.setdefault(value, name)
    return {name: firsts[value] for name, value, _ in vocabulary.members}


class StatusNarrowing:
    """Reads tests as sets of members."""

    def __init__(self, inference: Inference, enums: Enums) -> None:
        self._inference = inference
        self._enums = enums

    def everything(self, cls: ClassThing) -> Members:
        """Every member of a vocabulary, aliases once."""
        vocabulary = self._enums.vocabulary(cls)
        return frozenset(canonical(vocabulary).values()) if vocabulary is not None else frozenset()

    def named(self, frame: Frame, ref: Ref, cls: ClassThing) -> Members | None:
        """The members that an expression names: one, or those of a tuple or set; None where that is not known."""
        vocabulary = self._enums.vocabulary(cls)
        if vocabulary is None:
            return None
        elements = tuple(self._elements(At(frame, ref)))
        found: set[str] = set()
        names = canonical(vocabulary)
        for element in elements:
            things = self._inference.things(element)
            for thing in things:
                name = ""
                if isinstance(thing, (MemberThing, MemberValueThing)) and thing.of == cls:
                    name = thing.name
                elif isinstance(thing, TextThing):
                    name = vocabulary.member_of(thing.value) or ""
                if name not in names:
                    return None
                found.add(names[name])
            if not things:
                return None
        return frozenset(found) if elements else None

    def _elements(self, at: At, depth: int = 4) -> Iterator[At]:
        """The elements of a display, of a set made of one, or of a constant that holds one; else the value itself."""
        scope = self._inference.scope(at.frame)
        ref = root_of(scope, at.ref)
        value = scope.values[ref]
        if isinstance(value, Sequence):
            for element in value.elements:
                yield At(at.frame, element)
            return
        if isinstance(value, Call) and len(value.arguments) == 1 and depth:
            function = scope.values[value.function]
            if isinstance(function, Free) and function.name in _GATHERING:
                yield from self._elements(At(at.frame, value.arguments[0].value), depth - 1)
                return
        for thing in self._inference.things(at) if depth else ():
            origin = thing.origin if isinstance(thing, InstanceThing) else None
            if origin is not None and (origin.path, origin.region, origin.scope, origin.ref) != (
                at.frame.path,
                at.frame.region,
                at.frame.scope,
                ref,
            ):
                yield from self._elements(At(Frame(origin.path, origin.region, origin.scope), origin.ref), depth - 1)
                return
        yield at

    def possible(
        self, frame: Frame, scope: Scope, subject: Path, at: Ref, cls: ClassThing, since: Ref = NONE
    ) -> Members:
        """The members that `subject` can be where the value `at` is made, by the tests behind the value `since`."""
        left = self.everything(cls)
        for fork in scope.forks:
            if fork.kind is not ForkKind.TEST or fork.test <= since or fork.test == NONE:
                continue
            if since != NONE and any(ref <= since for ref in _reads(scope, fork.test, subject)):
                continue
            holds, fails = fork.ways
            if holds.first <= at < holds.end:
                left &= self.where(frame, scope, fork.test, subject, cls, holds=True)
            elif fails.first <= at < fails.end:
                left &= self.where(frame, scope, fork.test, subject, cls, holds=False)
            elif at >= fails.end and holds.ends != fails.ends and is_reached(scope, fork.test, at):
                left &= self.where(frame, scope, fork.test, subject, cls, holds=fails.ends)
        for branch in scope.branches:
            tests = _reads(scope, branch.arms[0].test, subject) if branch.kind is BranchKind.ASSERT else ()
            reads = tuple(tests) or (root_of(scope, branch.subject),)
            if since == NONE or all(ref > since for ref in reads):
                left &= self._by_branch(frame, scope, branch, subject, scope.spans[at], cls)
        return left

    def _by_branch(
        self, frame: Frame, scope: Scope, branch: Branch, subject: Path, place: Span, cls: ClassThing
    ) -> Members:
        """What a `match` or an `assert` leaves at a place."""
        everything = self.everything(cls)
        if branch.kind is BranchKind.ASSERT:
            if branch.rest is None or not branch.rest.contains(place):
                return everything
            return self.where(frame, scope, branch.arms[0].test, subject, cls, holds=True)
        if branch.kind is not BranchKind.MATCH or path_of(scope, branch.subject) != subject:
            return everything
        left = everything
        after: set[str] = set()
        for arm in branch.arms:
            taken = self._taken(frame, arm, cls)
            if arm.body.contains(place):
                return left if taken is None else left & taken
            if not arm.ends:
                after |= left if taken is None else left & taken
            if taken is not None and arm.is_plain:
                left -= taken
        if branch.rest is None or not branch.rest.contains(place):
            return everything
        return frozenset(after) if branch.has_default else left | after

    def _taken(self, frame: Frame, arm: Arm, cls: ClassThing) -> Members | None:
        parts = [self.named(frame, case, cls) for case in arm.cases]
        if not parts or None in parts:
            return None
        return frozenset().union(*(part for part in parts if part is not None))

    def where(
        self, frame: Frame, scope: Scope, test: Ref, subject: Path, cls: ClassThing, *, holds: bool, depth: int = 8
    ) -> Members:
        """The members for which a test may hold, or may not."""
        everything = self.everything(cls)
        if test == NONE or depth == 0:
            return everything
        match scope.values[root_of(scope, test)]:
            case Operation(operator="not", operands=(operand,)):
                return self.where(frame, scope, operand, subject, cls, holds=not holds, depth=depth - 1)
            case Choice(kind="and" | "or" as kind, alternatives=parts):
                found = [self.where(frame, scope, part, subject, cls, holds=holds, depth=depth - 1) for part in parts]
                is_all = (kind == "and") == holds
                return frozenset.intersection(*found) if is_all else frozenset.union(*found)
            case Operation(operator="&" | "|" as operator, operands=parts):
                found = [self.where(frame, scope, part, subject, cls, holds=holds, depth=depth - 1) for part in parts]
                is_all = (operator == "&") == holds
                return frozenset.intersection(*found) if is_all else frozenset.union(*found)
            case Call(function=function, arguments=(argument,)) if (
                isinstance(asked := scope.values[function], Attribute)
                and asked.name == "in_"
                and path_of(scope, asked.base) == subject
            ):
                named = self.named(frame, argument.value, cls)
                return everything if named is None else named if holds else everything - named
            case Operation(operator=operator, operands=(left, right)) if operator in _EQUAL | _UNEQUAL:
                other = right if path_of(scope, left) == subject else NONE
                if other == NONE and operator in ("==", "!=", "is", "is not") and path_of(scope, right) == subject:
                    other = left
                named = self.named(frame, other, cls) if other != NONE else None
                if named is None:
                    return everything
                return named if (operator in _EQUAL) == holds else everything - named
            case _:
                return everything


def path_of(scope: Scope, ref: Ref, depth: int = 12) -> Path:
    """What an expression reads, alike wherever it reads the same; a member's value stands for the member. Empty where
    there is nothing to read."""
    ref = root_of(scope, ref)
    if ref == NONE or depth == 0:
        return ()
    match scope.values[ref]:
        case Attribute(base=base, name="value" | "_value_") | Changed(base=base):
            return path_of(scope, base, depth - 1)
        case Attribute(base=base, name=name):
            return (*path_of(scope, base, depth - 1), name)
        case Item(base=base, index=index) if isinstance(key := scope.values[index], Text):
            return (*path_of(scope, base, depth - 1), f"[{key.value}]")
        case Free(name=name):
            return (f"free {name}",)
        case Parameter(name=name):
            return (f"parameter {name}",)
        case _:
            return (str(ref),)


def _reads(scope: Scope, test: Ref, subject: Path, depth: int = 8) -> Iterator[Ref]:
    """Where the values that a test compares were read from the subject: before the test, where a name keeps them."""
    if test == NONE or depth == 0:
        return
    value = scope.values[root_of(scope, test)]
    parts: tuple[Ref, ...] = getattr(value, "operands", ()) or getattr(value, "alternatives", ())
    for part in parts:
        if path_of(scope, part) == subject:
            yield _first_read(scope, root_of(scope, part))
        else:
            yield from _reads(scope, part, subject, depth - 1)


def _first_read(scope: Scope, ref: Ref) -> Ref:
    """Where the status itself was read, of a member's value."""
    value = scope.values[ref]
    if isinstance(value, Attribute) and value.name in ("value", "_value_"):
        return _first_read(scope, root_of(scope, value.base))
    return ref


def is_reached(scope: Scope, earlier: Ref, later: Ref) -> bool:
    """Whether the code of `later` is only reached through that of `earlier`: every way that holds the one holds the
    other."""
    before, after = scope.spans[earlier], scope.spans[later]
    return all(
        way.first <= later < way.end for fork in scope.forks for way in fork.ways if way.first <= earlier < way.end
    ) and all(
        arm.body.contains(after)
        for branch in scope.branches
        for arm in (branch.arms if branch.kind is BranchKind.MATCH else ())
        if arm.body.contains(before)
    )
