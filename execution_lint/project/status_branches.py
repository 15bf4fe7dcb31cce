"""Matches and chains over a status that name most members, lack some and have no default."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.scopes import Arm, Branch, BranchKind, ExitKind, Scope, Stretch, TargetKind
from execution_lint.facts.values import NONE, Choice, Operation, Ref
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place, Span
from execution_lint.project.enum_kinds import Enums
from execution_lint.project.spelling import last_name, mentioned, root_of, spelled
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.status_narrowing import Members, Path, StatusNarrowing, canonical, path_of
from execution_lint.project.status_subjects import StatusSubjects
from execution_lint.project.things import At, ClassThing, Frame, MemberThing, MemberValueThing, Things
from execution_lint.project.vocabulary_subjects import BranchForm, StatusBranch

LEAST_NAMED = 2
"""A branch that names fewer members asks for those, and speaks of no others."""


def is_most(named: Members, missing: Members) -> bool:
    """Whether so many members are named that the others look forgotten: more than are missing, and two at least."""
    return len(named) >= LEAST_NAMED and len(named) > len(missing) > 0


def is_nearly_all(named: Members, missing: Members) -> bool:
    """Whether one member in three at most is missing."""
    return 2 * len(missing) <= len(named)


class _Chain(msgspec.Struct):
    """Branches that follow one another and ask the same."""

    subject: Ref
    path: Path
    first: Ref
    """The first test, or the first value of a `match`: a value that is made where the chain begins."""
    head: Span
    named: set[str] = msgspec.field(default_factory=set)
    count: int = 0
    """Arms that name members."""
    is_left: bool = True
    """Every arm returns, raises or leaves the loop."""
    decides: bool = True
    """Every arm leaves, or sets the same: what the missing members would lack. Where the arms only do things, doing
    nothing may be meant."""


class StatusBranches:
    """Finds the branches of a project that leave members out."""

    def __init__(self, carriers: Carriers, enums: Enums, narrowing: StatusNarrowing, subjects: StatusSubjects) -> None:
        self._carriers = carriers
        self._enums = enums
        self._narrowing = narrowing
        self._subjects = subjects

    def within(self, frame: Frame, scope: Scope) -> Iterator[StatusBranch]:
        """The branches of a scope that leave members out."""
        passed: set[tuple[int, int]] = set()
        for branch in sorted(scope.branches, key=lambda found: found.start):
            if branch.start in passed or not self._is_asked(frame, scope, branch):
                continue
            if branch.kind is BranchKind.MATCH:
                yield from self._matched(frame, scope, branch)
            elif branch.kind is BranchKind.IF:
                yield from self._chained(frame, scope, branch, passed)

    def _is_asked(self, frame: Frame, scope: Scope, branch: Branch) -> bool:
        first = branch.arms[0]
        asked = first.test if branch.subject == NONE else branch.subject
        names = mentioned(scope, asked).union(*(mentioned(scope, case) for case in first.cases))
        return bool(names & self._carriers.names) or any(self._carriers.is_asked(frame, name) for name in names)

    def _vocabulary(self, frame: Frame, subject: Ref, members: tuple[Ref, ...]) -> tuple[ClassThing, Confidence] | None:
        """The vocabulary that a branch is about: by the type of its subject, else by the members that it names."""
        by_type = self._of(self._enums.held(At(frame, subject)))
        if len(by_type) == 1 and self._enums.vocabulary(by_type[0]) is not None:
            return by_type[0], Confidence.PROVEN
        by_members = {cls for ref in members for cls in self._of(self._enums.held(At(frame, ref)))}
        if len(by_members) == 1 and not by_type:
            cls = by_members.pop()
            return (cls, Confidence.LIKELY) if self._enums.vocabulary(cls) is not None else None
        return None

    def _of(self, things: Things) -> tuple[ClassThing, ...]:
        """The enums that something is a member of, or a member's value."""
        enums = self._enums.is_member_of(things)
        if enums or not things:
            return enums
        values = [thing.of for thing in things if isinstance(thing, MemberValueThing)]
        return tuple(dict.fromkeys(values)) if len(values) == len(things) else ()

    def _matched(self, frame: Frame, scope: Scope, branch: Branch) -> Iterator[StatusBranch]:
        """A `match`; what follows one whose cases all return is its default."""
        cases = tuple(case for arm in branch.arms for case in arm.cases)
        is_left = all(arm.ends for arm in branch.arms)
        if branch.has_default or any(not arm.cases for arm in branch.arms) or (is_left and branch.is_followed):
            return
        found = self._vocabulary(frame, branch.subject, cases)
        if found is None:
            return
        cls, confidence = found
        named: set[str] = set()
        for case in cases:
            members = self._narrowing.named(frame, case, cls)
            if members is None:
                return
            named |= members
        chain = _Chain(
            branch.subject, path_of(scope, branch.subject), cases[0], branch.head, named, len(branch.arms), is_left
        )
        yield from self._left_out(frame, scope, chain, cls, confidence, BranchForm.MATCH)

    def _chained(
        self, frame: Frame, scope: Scope, branch: Branch, passed: set[tuple[int, int]]
    ) -> Iterator[StatusBranch]:
        """An `if` with its `elif`s, and the chains that follow where each arm leaves."""
        subject = self._subject(frame, scope, branch.arms[0])
        if subject == NONE:
            return
        following = {other.start: other for other in scope.branches if other.kind is BranchKind.IF}
        found: tuple[ClassThing, Confidence] | None = None
        chain = _Chain(subject, path_of(scope, subject), branch.arms[0].test, branch.head)
        arms: list[Arm] = []
        link: Branch | None = branch
        while link is not None:
            if found is None:
                found = self._vocabulary(frame, subject, tuple(self._sides(scope, link.arms[0].test)))
                if found is None:
                    return
            if link.has_default or not self._joins(frame, scope, chain, link, found[0]):
                return
            arms.extend(link.arms)
            if link is not branch:
                passed.add(link.start)
            if not chain.is_left:
                if link.rest is not None and (link is not branch or any(arm.ends for arm in link.arms)):
                    return
                break
            following_link = (
                following.get((link.rest.start_line, link.rest.start_column)) if link.rest is not None else None
            )
            if following_link is None and link.is_followed:
                return
            if (
                following_link is not None
                and path_of(scope, self._subject(frame, scope, following_link.arms[0])) != chain.path
            ):
                return
            link = following_link
        chain.decides = chain.is_left or _sets_the_same(scope, arms)
        if found is not None and chain.count > 1 and not _keeps_defaults(scope, branch, arms):
            yield from self._left_out(frame, scope, chain, found[0], found[1], BranchForm.CHAIN)

    def _joins(self, frame: Frame, scope: Scope, chain: _Chain, link: Branch, cls: ClassThing) -> bool:
        """Add what a branch of the chain names; false where an arm asks something else."""
        everything = self._narrowing.everything(cls)
        for arm in link.arms:
            named = self._narrowing.where(frame, scope, arm.test, chain.path, cls, holds=True)
            if named == everything or not self._is_about(scope, arm.test, chain.path):
                return False
            chain.named |= named
            chain.count += 1
            chain.is_left = chain.is_left and arm.ends
        return True

    def _is_about(self, scope: Scope, test: Ref, subject: Path) -> bool:
        """Whether a test names members of the subject, rather than what it is not."""
        match scope.values[root_of(scope, test)]:
            case Operation(operator="==" | "is" | "in", operands=(left, right)):
                return subject in (path_of(scope, left), path_of(scope, right))
            case Choice(kind="or", alternatives=parts):
                return all(self._is_about(scope, part, subject) for part in parts)
            case Choice(kind="and", alternatives=parts):
                return any(self._is_about(scope, part, subject) for part in parts)
            case _:
                return False

    def _sides(self, scope: Scope, test: Ref) -> Iterator[Ref]:
        match scope.values[root_of(scope, test)]:
            case Operation(operator="==" | "is" | "in", operands=(left, right)):
                yield left
                yield right
            case Choice(kind="and" | "or", alternatives=parts):
                for part in parts:
                    yield from self._sides(scope, part)
            case _:
                return

    def _subject(self, frame: Frame, scope: Scope, arm: Arm) -> Ref:
        """What the test of an arm is about: the side that is no member."""
        for side in self._sides(scope, arm.test) if arm.test != NONE else ():
            things = self._enums.held(At(frame, side))
            is_member = bool(things) and all(
                isinstance(thing, (MemberThing, MemberValueThing)) and bool(thing.name) for thing in things
            )
            if not is_member and last_name(scope, side):
                return side
        return NONE

    def _left_out(
        self, frame: Frame, scope: Scope, chain: _Chain, cls: ClassThing, confidence: Confidence, form: BranchForm
    ) -> Iterator[StatusBranch]:
        vocabulary = self._enums.vocabulary(cls)
        assert vocabulary is not None
        names = canonical(vocabulary)
        forbidden = self._enums.forbidden(cls)
        possible = self._narrowing.possible(frame, scope, chain.path, chain.first, cls)
        missing = possible - chain.named - forbidden
        named = frozenset(chain.named) | (self._narrowing.everything(cls) - possible)
        if not is_most(named, missing):
            return
        falls = any(exit.kind is ExitKind.FALL for exit in scope.exits)
        answers = any(exit.kind is ExitKind.RETURN and exit.value != NONE for exit in scope.exits)
        is_silent_return = chain.is_left and falls and answers
        if form is BranchForm.CHAIN and (not is_nearly_all(named, missing) or not is_silent_return):
            is_sure = is_nearly_all(named, missing) and chain.decides
            confidence = Confidence.LIKELY if is_sure else Confidence.POSSIBLE
        origins = self._subjects.expression(frame, scope, chain.subject).origins
        related = [
            Related(f"`{vocabulary.name}.{name}` is not handled", place)
            for name, _, place in vocabulary.members
            if name in missing
        ]
        yield StatusBranch(
            place=Place(frame.path, chain.head),
            scope=scope.qualname,
            form=form,
            subject=spelled(scope, chain.subject),
            vocabulary=vocabulary,
            named=tuple(name for name in names if name in named),
            missing=tuple(name for name in names if name in missing),
            consequence="the function falls off its end" if is_silent_return else "",
            confidence=confidence,
            evidence=(*origins, *related[:4]),
        )


def _keeps_defaults(scope: Scope, branch: Branch, arms: list[Arm]) -> bool:
    """Whether all arms only give other values to names that have one: the chain's default stands before it. In a loop
    that has to be in the same round, for else the value is that of the round before."""
    start = _start(branch.head)
    since = (0, 0)
    if branch.is_repeated:
        ways = [way for fork in scope.forks for way in fork.ways if _holds(way, branch)]
        since = max((_begin(scope, way) for way in ways), default=start)
    given = {
        assignment.name
        for assignment in scope.assignments
        if assignment.kind is TargetKind.NAME and assignment.value != NONE and since <= _start(assignment.span) < start
    }
    inside = [[found for found in scope.assignments if arm.body.contains(found.span)] for arm in arms]
    return all(found and not arm.ends for found, arm in zip(inside, arms, strict=True)) and all(
        assignment.kind is TargetKind.NAME and assignment.name in given for found in inside for assignment in found
    )


def _sets_the_same(scope: Scope, arms: list[Arm]) -> bool:
    """Whether some name or attribute is set in every arm that does not leave."""
    inside = [
        {
            assignment.name
            for assignment in scope.assignments
            if assignment.kind is not TargetKind.ITEM and arm.body.contains(assignment.span)
        }
        for arm in arms
        if not arm.ends
    ]
    return not inside or bool(frozenset.intersection(*map(frozenset, inside)))


def _holds(way: Stretch, branch: Branch) -> bool:
    return way.first <= branch.arms[0].test < way.end


def _begin(scope: Scope, way: Stretch) -> tuple[int, int]:
    """Where the text of a way begins: with a value, or with what one is given to; a join stands for values from
    elsewhere."""
    made = [scope.spans[ref] for ref in range(way.first, way.end) if not isinstance(scope.values[ref], Choice)]
    given = [assignment.span for assignment in scope.assignments if way.first <= assignment.value < way.end]
    return min(map(_start, (*made, *given)), default=(0, 0))


def _start(span: Span) -> tuple[int, int]:
    return span.start_line, span.start_column
