"""The forks of a scope say which values stand on which way."""

import ast

import pytest

from execution_lint.extract.opened import OpenedFile
from execution_lint.facts.scopes import Fork, ForkKind, Scope
from execution_lint.facts.values import Text


def scope_of(source: str) -> Scope:
    facts = OpenedFile(source, whole=False).facts(0)
    assert facts is not None
    return facts.scopes[1]


def marks(scope: Scope, fork: Fork) -> list[tuple[set[str], bool]]:
    """The texts that stand on each way, and whether it ends."""
    texts = {ref: value.value for ref, value in enumerate(scope.values) if isinstance(value, Text)}
    return [({text for ref, text in texts.items() if way.first <= ref < way.end}, way.ends) for way in fork.ways]


def indented(source: str) -> str:
    text = "def f(a, b):\n" + "".join(f"    {line}\n" for line in source.splitlines())
    ast.parse(text)
    return text


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("if a:\n    g('1')\nelse:\n    return '2'", ForkKind.TEST, [({"1"}, False), ({"2"}, True)]),
        ("if a:\n    raise g('1')\ng('2')", ForkKind.TEST, [({"1"}, True), (set(), False)]),
        ("return g('1') if a else g('2')", ForkKind.TEST, [({"1"}, False), ({"2"}, False)]),
        ("a and g('1')", ForkKind.TEST, [({"1"}, False), (set(), False)]),
        ("a or g('1')", ForkKind.TEST, [(set(), False), ({"1"}, False)]),
        ("while a:\n    g('1')\ng('2')", ForkKind.TEST, [({"1"}, False), (set(), False)]),
        ("for x in a:\n    g('1')\ng('2')", ForkKind.ROUNDS, [({"1"}, False)]),
        (
            "try:\n    return g('1')\nexcept b:\n    g('2')\nexcept:\n    raise g('3')\nelse:\n    g('4')",
            ForkKind.ATTEMPT,
            [({"1"}, True), (set(), True), (set(), False), ({"2"}, False), ({"3"}, True)],
        ),
        (
            "try:\n    g('1')\nexcept b:\n    g('2')\nelse:\n    return g('3')\nfinally:\n    g('4')",
            ForkKind.ATTEMPT,
            [({"1"}, False), ({"3"}, True), (set(), False), ({"2"}, False)],
        ),
        (
            "with suppress(b):\n    return g('1')\ng('2')",
            ForkKind.ATTEMPT,
            [({"1"}, True), (set(), False), (set(), False), (set(), False)],
        ),
        (
            "with anyio.move_on_after(3):\n    return g('1')\nraise g('2')",
            ForkKind.ATTEMPT,
            [({"1"}, True), (set(), False), (set(), False), (set(), False)],
        ),
    ],
)
def test_ways(source: str, kind: ForkKind, expected: list[tuple[set[str], bool]]) -> None:
    scope = scope_of(indented(source))
    (fork,) = scope.forks
    assert fork.kind is kind
    assert marks(scope, fork) == expected


def test_elif_lies_on_the_way_where_the_test_before_does_not_hold() -> None:
    scope = scope_of(indented("if a:\n    return '1'\nelif b:\n    return '2'\nelse:\n    return '3'"))
    inner, outer = scope.forks
    assert marks(scope, outer) == [({"1"}, True), ({"2", "3"}, True)]
    assert marks(scope, inner) == [({"2"}, True), ({"3"}, True)]


def test_what_handlers_catch_and_the_joins_that_only_they_see() -> None:
    scope = scope_of(indented("x = 'before'\ntry:\n    x = g()\nexcept b:\n    pass\nuse(x)"))
    (fork,) = scope.forks
    joins = fork.ways[2]
    assert [(type(scope.values[ref]).__name__) for ref in fork.caught] == ["Parameter"]
    assert [type(scope.values[ref]).__name__ for ref in range(joins.first, joins.end)] == ["Choice"]
