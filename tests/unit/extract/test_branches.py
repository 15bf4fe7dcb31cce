"""Branches: which tests are kept, what each arm says, and what follows."""

from textwrap import dedent

import pytest

from execution_lint.extract.opened import OpenedFile
from execution_lint.facts.scopes import Branch, BranchKind, Scope
from execution_lint.facts.values import Attribute


def scope_of(body: str) -> Scope:
    text = "def f(job, n):\n" + "".join(f"    {line}\n" for line in dedent(body).strip().splitlines())
    facts = OpenedFile(text, whole=False).facts(0)
    return facts.scopes[1]


def branches(body: str) -> tuple[Branch, ...]:
    return scope_of(body).branches


@pytest.mark.parametrize(
    "test",
    ["job.status == A", "not job.status is A", "n and job.status in (A, B)", "job.status == 'a'", "n or job == A"],
)
def test_a_comparison_is_kept(test: str) -> None:
    assert [branch.kind for branch in branches(f"if {test}: pass")] == [BranchKind.IF]


@pytest.mark.parametrize("test", ["n", "n == 1", "n is None", "n.is_over()", "n < job.status", "A < n < B"])
def test_a_test_that_tells_of_no_value_is_left_out(test: str) -> None:
    assert branches(f"if {test}: pass") == ()


def test_a_chain_is_one_branch_with_its_else_and_what_follows() -> None:
    (branch,) = branches(
        """
        if job.status == A:
            return 1
        elif n:
            n = 2
        else:
            n = 3
        n = 4
        return n
        """
    )
    assert [arm.ends for arm in branch.arms] == [True, False, False]
    assert [arm.body.start_line for arm in branch.arms] == [3, 5, 7]
    assert branch.has_default
    assert branch.rest is not None
    assert (branch.rest.start_line, branch.rest.end_line) == (8, 9)


def test_what_follows_an_inner_branch_ends_with_its_block() -> None:
    inner, outer = branches(
        """
        if job.status == A:
            for x in n:
                if job.status == B:
                    continue
                x()
        n()
        """
    )
    assert inner.is_repeated
    assert inner.arms[0].ends
    assert inner.rest is not None
    assert (inner.rest.start_line, inner.rest.end_line) == (6, 6)
    assert not outer.is_repeated
    assert outer.rest is not None
    assert outer.rest.start_line == 7


def test_a_match_keeps_the_values_of_its_cases() -> None:
    scope = scope_of(
        """
        match job.status:
            case S.A | S.B:
                return 1
            case S.C if n:
                pass
            case {"x": S.D}:
                pass
            case other:
                pass
        """
    )
    (branch,) = scope.branches
    subject = scope.values[branch.subject]
    assert isinstance(subject, Attribute)
    assert subject.name == "status"
    names = [[getattr(scope.values[case], "name", None) for case in arm.cases] for arm in branch.arms]
    assert names == [["A", "B"], ["C"], [], []]
    assert [arm.is_plain for arm in branch.arms] == [True, False, False, False]
    assert branch.has_default
    assert branch.rest is None


def test_a_loop_and_an_assertion_are_branches_too() -> None:
    found = branches("while job.status == A:\n    n()\nassert job.status is B, n\nn()")
    assert [branch.kind for branch in found] == [BranchKind.WHILE, BranchKind.ASSERT]
    assert found[1].rest is not None
    assert found[1].rest.start_line == 5


def test_what_follows_in_a_try_block_is_its_own() -> None:
    (branch,) = branches("try:\n    if job.status == A:\n        return\n    n()\nexcept E:\n    pass\nn()")
    assert branch.rest is not None
    assert (branch.rest.start_line, branch.rest.end_line) == (5, 5)


def test_what_follows_may_stand_in_a_block_around_it() -> None:
    inside = "    if x:\n        if job.status == A:\n            return\n"
    for text, is_followed in (
        (f"if y:\n{inside}n()", True),
        (f"if y:\n{inside}else:\n    n()", False),
        (f"if y:\n{inside}    n()", True),
        (f"with y:\n{inside}n()", True),
        (f"try:\n{inside}except E:\n    n()\nn()", True),
        (f"try:\n{inside}except E:\n    n()", False),
        (f"try:\n{inside}except E:\n    n()\nelse:\n    n()", True),
        (f"for y in z:\n{inside}n()", False),
        (f"for y in z:\n{inside}    n()", True),
    ):
        assert [found.is_followed for found in branches(text)] == [is_followed], text
