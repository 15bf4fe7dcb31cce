"""Values that depend on themselves get the answers that going round until nothing changes gives, with less looking."""

from hypothesis import given
from hypothesis import strategies as st

from execution_lint.project.answers import merged
from execution_lint.project.fixed_points import Answers, FixedPoints
from execution_lint.project.subjects import Answer, AnswerKind
from execution_lint.project.things import ValueKey

System = dict[int, tuple[frozenset[str], tuple[int, ...]]]
"""By value, what it gives itself and the values that it gives all of."""


def key(value: int) -> ValueKey:
    return ValueKey("module.py", 0, 0, value)


def bare(reasons: frozenset[str]) -> Answers:
    return tuple(Answer(AnswerKind.BARE, reason=reason) for reason in sorted(reasons))


class Looking:
    """A system of values, solved on demand; counts how often a value is looked at."""

    def __init__(self, system: System) -> None:
        self.points = FixedPoints()
        self.looks = 0
        self._system = system

    def answers(self, value: int) -> Answers:
        recalled = self.points.recalled(key(value))
        return recalled if recalled is not None else self.points.found(key(value), lambda: self._look(value))[0]

    def _look(self, value: int) -> Answers:
        self.looks += 1
        own, others = self._system[value]
        return merged((*bare(own), *(answer for other in others for answer in self.answers(other))))


def by_rounds(system: System) -> dict[int, frozenset[str]]:
    """The reasons of each value, by going round all of them."""
    found = {value: own for value, (own, _) in system.items()}
    while True:
        after = {value: own.union(*(found[other] for other in others), own) for value, (own, others) in system.items()}
        if after == found:
            return found
        found = after


def systems() -> st.SearchStrategy[System]:
    own = st.frozensets(st.sampled_from("abc"), max_size=2)
    others = st.lists(st.integers(0, 7), max_size=3).map(tuple)
    return st.lists(st.tuples(own, others), min_size=8, max_size=8).map(lambda values: dict(enumerate(values)))


@given(systems(), st.permutations(range(8)))
def test_every_value_gets_its_least_fixed_point_whatever_is_asked_first(system: System, order: list[int]) -> None:
    looking = Looking(system)
    expected = by_rounds(system)
    for value in order:
        assert frozenset(answer.reason for answer in looking.answers(value)) == expected[value]


@given(systems())
def test_what_is_settled_is_not_looked_at_again(system: System) -> None:
    looking = Looking(system)
    for value in system:
        looking.answers(value)
    looks = looking.looks
    for value in system:
        looking.answers(value)
    assert looking.looks == looks


def test_a_knot_costs_no_more_than_its_size_and_its_rounds() -> None:
    """Each value gives all of every other: there are as many ways through it as orders of its values."""
    size = 12
    system = {value: (frozenset("abc"[value % 3]), tuple(range(size))) for value in range(size)}
    looking = Looking(system)
    assert frozenset(answer.reason for answer in looking.answers(0)) == frozenset("abc")
    assert looking.looks <= 8 * size


def test_what_was_cut_short_holds_for_nobody() -> None:
    points = FixedPoints()

    def given_up() -> Answers:
        points.cut_short()
        return bare(frozenset("a"))

    found, holds = points.found(key(0), given_up)
    assert (found, holds) == (bare(frozenset("a")), False)
    assert points.recalled(key(0)) is None


def test_a_value_that_grows_without_end_is_widened() -> None:
    points = FixedPoints()
    grown = 0

    def growing() -> Answers:
        nonlocal grown
        grown += 1
        points.recalled(key(0))
        return (Answer(AnswerKind.OBJECT, frozenset(f"key_{number}" for number in range(grown))),)

    (found,), holds = points.found(key(0), growing)
    assert holds
    assert found.is_open
    assert grown < 20
