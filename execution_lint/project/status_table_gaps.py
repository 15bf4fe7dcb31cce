"""Tables keyed by the members of a vocabulary that lack some, and are looked up without a default."""

from collections.abc import Iterator

from execution_lint.facts.scopes import ForkKind, Scope, ScopeKind
from execution_lint.facts.values import NONE, Item, Mapping, Ref
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place, Span
from execution_lint.project.enum_kinds import Enums
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import last_name, mentioned, spelled
from execution_lint.project.status_branches import is_most
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.status_narrowing import Members, StatusNarrowing, canonical, path_of
from execution_lint.project.status_tables import is_filled, names_of, wrapped_in
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    UnknownThing,
    ValueKey,
)
from execution_lint.project.vocabulary_subjects import BranchForm, StatusBranch
from execution_lint.source.regions import Needles

_CATCHES = frozenset({"KeyError", "LookupError", "Exception", "BaseException"})


class StatusTableGaps:
    """Finds the tables of a project that leave members out."""

    def __init__(self, inference: Inference, carriers: Carriers, enums: Enums, narrowing: StatusNarrowing) -> None:
        self._inference = inference
        self._carriers = carriers
        self._enums = enums
        self._narrowing = narrowing

    def within(self, frame: Frame, scope: Scope) -> Iterator[StatusBranch]:
        """The tables of a scope that leave members out."""
        for ref, value in enumerate(scope.values):
            if isinstance(value, Mapping) and len(value.entries) > 1:
                keys = [key for key, _ in value.entries]
                if NONE not in keys and mentioned(scope, keys[0]) & self._carriers.names:
                    yield from self._gap(frame, scope, ref, keys)

    def _gap(self, frame: Frame, scope: Scope, ref: Ref, keys: list[Ref]) -> Iterator[StatusBranch]:
        first = self._inference.things(At(frame, keys[0]))
        if len(first) != 1 or not isinstance(first[0], (MemberThing, MemberValueThing)):
            return
        cls = first[0].of
        vocabulary = self._enums.vocabulary(cls)
        if vocabulary is None:
            return
        named: set[str] = set()
        for key in keys:
            members = self._narrowing.named(frame, key, cls)
            if members is None or len(members) != 1:
                return
            named |= members
        missing = self._narrowing.everything(cls) - named - self._enums.forbidden(cls)
        if not is_most(frozenset(named), missing) or is_filled(self._inference, At(frame, ref)):
            return
        use = next(self._uses(frame, scope, ref, cls, frozenset(named)), None)
        if use is None:
            return
        place, confidence, left = use
        names = canonical(vocabulary)
        related = [
            Related(f"`{vocabulary.name}.{name}` is not in it", member)
            for name, _, member in vocabulary.members
            if name in missing & left
        ]
        yield StatusBranch(
            place=Place(frame.path, self._span(scope, ref)),
            scope=scope.qualname,
            form=BranchForm.TABLE,
            subject=next(iter(sorted(names_of(scope, ref))), ""),
            vocabulary=vocabulary,
            named=tuple(name for name in names if name in named),
            missing=tuple(name for name in names if name in missing & left),
            consequence="the lookup raises KeyError for it",
            confidence=confidence,
            evidence=(Related("it is looked up without a default here", place), *related[:4]),
        )

    def _span(self, scope: Scope, ref: Ref) -> Span:
        """The table's name where it gets one, else the table."""
        wrapping = wrapped_in(scope, ref)
        return next(
            (assignment.span for assignment in scope.assignments if assignment.value in wrapping), scope.spans[ref]
        )

    def _uses(
        self, frame: Frame, scope: Scope, ref: Ref, cls: ClassThing, named: Members
    ) -> Iterator[tuple[Place, Confidence, Members]]:
        """Lookups that a missing member can reach, the surest first: where, how sure, and which members can come."""
        wrapping = wrapped_in(scope, ref)
        keys = {ValueKey(frame.path, frame.region, frame.scope, wrapper) for wrapper in wrapping}
        found = []
        for user, inner in self._users(frame, scope, ref):
            for at, value in enumerate(inner.values):
                if not isinstance(value, Item) or not self._is_table(user, inner, value.base, keys):
                    continue
                left = self._left(user, inner, at, value, cls, named)
                if left is not None:
                    found.append((Place(user.path, inner.spans[at]), *left))
        yield from sorted(found, key=lambda use: -use[1].rank)

    def _users(self, frame: Frame, scope: Scope, ref: Ref) -> Iterator[tuple[Frame, Scope]]:
        """The scopes that may look the table up."""
        names = names_of(scope, ref)
        if scope.kind in (ScopeKind.FUNCTION, ScopeKind.LAMBDA):
            facts = self._inference.module(frame.path).facts(frame.region)
            for index, inner in enumerate(facts.scopes if facts is not None else ()):
                yield Frame(frame.path, frame.region, index), inner
            return
        if not names:
            yield frame, scope
            return
        for path, regions in self._inference.modules.library.candidates(Needles(names)):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index, inner in enumerate(facts.scopes if facts is not None else ()):
                    yield Frame(path, region, index), inner

    def _is_table(self, frame: Frame, scope: Scope, base: Ref, keys: set[ValueKey]) -> bool:
        if At(frame, base).key in keys:
            return True
        return any(
            isinstance(thing, InstanceThing) and thing.origin in keys
            for thing in self._inference.things(At(frame, base))
        ) or any(site.key in keys for site in self._sites(frame, scope, base))

    def _sites(self, frame: Frame, scope: Scope, base: Ref) -> tuple[At, ...]:
        name = last_name(scope, base)
        return self._inference.sites(frame, name) if name and spelled(scope, base) == name else ()

    def _left(
        self, frame: Frame, scope: Scope, at: Ref, item: Item, cls: ClassThing, named: Members
    ) -> tuple[Confidence, Members] | None:
        """Which members can come to a lookup without being caught, and how sure that is; None where none can."""
        things = self._enums.held(At(frame, item.index))
        enums = self._enums.is_member_of(things)
        if any(isinstance(thing, (MemberThing, MemberValueThing)) and thing.name for thing in things):
            return None
        is_open = all(
            isinstance(thing, UnknownThing)
            or (isinstance(thing, MemberValueThing) and thing.of == cls)
            or (
                isinstance(thing, InstanceThing)
                and isinstance(thing.of, ExternalThing)
                and thing.of.name == "builtins.str"
            )
            for thing in things
        )
        if enums != (cls,) and not is_open:
            return None
        left = self._narrowing.possible(frame, scope, path_of(scope, item.index), at, cls)
        if left <= named or self._is_caught(scope, at) or self._is_guarded(scope, item):
            return None
        return (Confidence.PROVEN if enums == (cls,) else Confidence.LIKELY), left

    def _is_caught(self, scope: Scope, at: Ref) -> bool:
        return any(
            fork.kind is ForkKind.ATTEMPT
            and fork.ways[0].first <= at < fork.ways[0].end
            and any(kind == NONE or mentioned(scope, kind) & _CATCHES for kind in fork.caught)
            for fork in scope.forks
        )

    def _is_guarded(self, scope: Scope, item: Item) -> bool:
        """Whether the function asks what is in the table before it looks."""
        name = last_name(scope, item.base)
        return any(
            comparison.operator in ("in", "not in") and name and last_name(scope, comparison.right) == name
            for comparison in scope.comparisons
        )
