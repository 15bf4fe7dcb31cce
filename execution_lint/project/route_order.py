"""Which of two registrations comes first, and whether both can be made in one run."""

from enum import Enum

from execution_lint.facts.scopes import Fork, ForkKind, ScopeKind
from execution_lint.facts.values import Nested
from execution_lint.project.inference import Inference
from execution_lint.project.things import Definition, ValueKey


class Order(Enum):
    """How two places of registration stand to each other."""

    BEFORE = "before"
    AFTER = "after"
    EXCLUSIVE = "exclusive"
    """Only one of them is reached."""
    UNKNOWN = "unknown"


class RouteOrder:
    """Compares places by the text of what runs them: a module from top to bottom, a function likewise."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def of(self, first: ValueKey, second: ValueKey) -> Order:
        """Whether `first` is executed before `second`, after it, or instead of it."""
        (one, one_ref), (other, other_ref) = self._container(first), self._container(second)
        if one.path != other.path:
            return Order.UNKNOWN
        if one == other:
            if any(_are_apart(fork, one_ref, other_ref) for fork in self._inference.scope(one).forks):
                return Order.EXCLUSIVE
            return Order.BEFORE if one_ref < other_ref else Order.AFTER if one_ref > other_ref else Order.UNKNOWN
        if one.scope == 0 and other.scope == 0:
            return Order.BEFORE if one.region < other.region else Order.AFTER
        return Order.UNKNOWN

    def is_conditional(self, site: ValueKey, beside: ValueKey) -> bool:
        """Whether a place is reached only on some ways, another beside it on more."""
        (one, one_ref), (other, other_ref) = self._container(site), self._container(beside)
        for fork in self._inference.scope(one).forks:
            is_on_a_way = fork.kind in (ForkKind.TEST, ForkKind.ATTEMPT) and _way(fork, one_ref) is not None
            if is_on_a_way and (one != other or _way(fork, other_ref) is None):
                return True
        return False

    def _container(self, site: ValueKey) -> tuple[Definition, int]:
        """The scope that executes a place, and where in it: a decorator is executed around the definition."""
        definition = Definition(site.path, site.region, site.scope)
        scope = self._inference.scope(definition)
        is_head = site.ref in scope.decorators or any(argument.value == site.ref for argument in scope.bases)
        if scope.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS) and is_head and scope.parent >= 0:
            outer = Definition(site.path, site.region, scope.parent)
            for ref, value in enumerate(self._inference.scope(outer).values):
                if isinstance(value, Nested) and value.scope == site.scope:
                    return outer, ref
            return outer, 0
        return definition, site.ref


def _way(fork: Fork, ref: int) -> int | None:
    """The way of a fork on which a value stands; None for neither."""
    return next((index for index, way in enumerate(fork.ways) if way.first <= ref < way.end), None)


def _are_apart(fork: Fork, one: int, other: int) -> bool:
    """Whether two values stand on ways of a fork of which only one is taken."""
    first, second = _way(fork, one), _way(fork, other)
    if first is None or second is None:
        # `if flag: ...; return` keeps what follows from being reached too.
        way, later = (first, other) if first is not None else (second, one)
        return way is not None and fork.ways[way].ends and later >= fork.ways[way].end
    if first == second:
        return False
    # The `else` of a `try` follows its body.
    return fork.kind is ForkKind.TEST or {first, second} != {0, 1}
