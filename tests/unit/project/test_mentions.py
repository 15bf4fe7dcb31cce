"""In which values of a scope a name stands."""

import pytest

from execution_lint.extract.opened import OpenedFile
from execution_lint.facts.scopes import ScopeKind
from execution_lint.facts.values import Call
from execution_lint.project.call_graph.mentions import mentioning


def is_called_by_name(body: str, *, through_results: bool = False) -> bool:
    """Whether the last call of a function stands for something of the name `run`."""
    scopes = OpenedFile(f"def f(p, rows):\n    {body}\n").facts(0).scopes
    scope = next(scope for scope in scopes if scope.kind is ScopeKind.FUNCTION)
    *_, call = (value for value in scope.values if isinstance(value, Call))
    return call.function in mentioning(scope, "run", through_results=through_results)


@pytest.mark.parametrize(
    "body",
    [
        "run()",
        "x.run()",
        "x = y.run\n    x()",
        "from a import run as x\n    x()",
        "getattr(p, 'run')()",
        "x = partial(run, 1)\n    x()",
        "x = [run, p]\n    x[0]()",
        "x = {'a': run}\n    x['a']()",
        "x = run if p else None\n    x()",
        "(p or run)()",
        "x: int = run\n    x()",
        "x = [run]\n    for y in x:\n        y()",
        "x = p\n    while p:\n        if rows:\n            x()\n        x = run",
        "y = x = p\n    while p:\n        if rows:\n            y()\n        y = x\n        x = run",
    ],
)
def test_a_name_stands_in_what_is_called(body: str) -> None:
    assert is_called_by_name(body)


@pytest.mark.parametrize("body", ["walk()", "p.walk()", "x = p\n    x(run)", "run\n    p()", "p(x=run)"])
def test_a_name_stands_elsewhere(body: str) -> None:
    assert not is_called_by_name(body)


def test_a_name_stands_in_what_a_call_of_it_gives_if_that_counts() -> None:
    assert not is_called_by_name("run()()")
    assert is_called_by_name("run()()", through_results=True)
