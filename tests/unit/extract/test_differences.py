"""What may be added to a function, taken from it or be another, and what changes more than that."""

import msgspec
import pytest

from execution_lint.extract.differences import NUMBERS, difference
from execution_lint.extract.opened import OpenedFile
from execution_lint.facts import values
from execution_lint.facts.values import Call, Unknown

BEFORE = """\
def start(self, names, loop=None):
    x = names.of()
    table = {"a": x}
    for name in names:
        loop.call(name, after=1)
        if name == "done":
            kind = 1
            loop.stop()
    def inner():
        return x
    return {"a": names}
"""


def part(old: str, new: str) -> "list[values.Value] | None":
    """What differs, without what the rest of the function says."""
    assert old in BEFORE
    before, after = OpenedFile(BEFORE).facts(0), OpenedFile(BEFORE.replace(old, new, 1)).facts(0)
    found, turned = difference(before, after), difference(after, before)
    assert (found is None) == (turned is None)
    if found is None or turned is None:
        return None
    assert list(turned.parts) == list(reversed(found.parts))
    assert turned.points == {now: point for point, now in found.points.items()}
    return [value for scope in found.parts for value in scope.values if value != Unknown("")]


@pytest.mark.parametrize(
    "statement",
    [
        "value = 17",
        "value = len(str(17))",
        "print('here')",
        "logger.debug('%s', names)",
        "logger.debug('%s', self.kind)",
        "total = sum(part for part in range(3))",
        "await_it(fetch(1), key={'a': [1, 2]})",
        "value = given[1].kind",
        "print(names, loop.kind)",
    ],
)
@pytest.mark.parametrize("before", ["    x = names", "        loop.call", "        if name", "    return {"])
def test_what_is_added_is_found(statement: str, before: str) -> None:
    indent = before[: len(before) - len(before.lstrip())]
    found = part(before, f"{indent}{statement}\n{before}")
    assert found
    assert not any(
        isinstance(value, Call) and value.arguments and value.arguments[0].name == "after" for value in found
    )


@pytest.mark.parametrize(
    "statement",
    [
        "x = 17",
        "names = 17",
        "inner = 17",
        "loop.kind = 3",
        "names['a'] = 3",
        "value = x",
        "print(inner)",
        "print(table)",
        "print(table.kind)",
        "value: int = 3",
        "value = names == 'done'",
        "value = lambda: 3",
        "value = names or loop",
        "value = yielded = yield",
        "import value",
        "global value",
        "return",
        "if names:\n        raise ValueError",
        "for value in range(3): print(value)",
        "with names: print(1)",
        "del value",
        "raise ValueError",
        "class value: pass",
    ],
)
def test_what_is_more_than_an_addition(statement: str) -> None:
    assert part("    return {", f"    {statement}\n    return {{") is None


def test_what_is_kept_may_be_spoken_of() -> None:
    for statement in ("print(x)", "print(x.kind)", "value = len(x)"):
        assert part("    return {", f"    {statement}\n    return {{") is not None


def test_a_name_that_a_function_takes_from_around_it_is_used_there() -> None:
    assert part("        return x", "        print(name)\n        return x") is None
    assert part("        return x", "        print(other)\n        return x") is not None


def test_what_is_set_in_a_branch_may_be_what_the_branch_is_for() -> None:
    assert part("            loop.stop", "            value = 2\n            loop.stop") is None
    assert part("            loop.stop", "            print(2)\n            loop.stop") is not None


def test_a_branch_begins_where_it_began() -> None:
    assert part("            kind = 1", "            print(2)\n            kind = 1") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"done"', '"gone"'),
        ("loop=None", "loop"),
        ("def inner", "def other"),
        ("kind = 1", "sort = 1"),
        ("return {", "return [] or {"),
        ("names.of()", "names.at()"),
    ],
)
def test_what_was_said_must_be_said_still(old: str, new: str) -> None:
    assert part(old, new) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("after=1", "after=2"),
        ("after=1", "before=1"),
        ("loop.call(name, after=1)", "loop.call(name)"),
        ("loop.call(name, after=1)", "print(name)"),
        ("        loop.call(name, after=1)\n", ""),
        ("        loop.call(name, after=1)\n", "        loop.call(name)\n        print(loop.kind, 'a')\n"),
    ],
)
def test_a_statement_of_which_nothing_is_made_may_be_another(old: str, new: str) -> None:
    assert part(old, new)


def test_what_is_said_twice_can_be_added_once_more() -> None:
    assert (
        part("        loop.call(name, after=1)", "        loop.call(name)\n        loop.call(name, after=1)")
        is not None
    )


def test_every_point_is_found_behind_the_addition() -> None:
    before, after = OpenedFile(BEFORE), OpenedFile(BEFORE.replace("    x =", "    print(1)\n    x ="))
    found = difference(before.facts(0), after.facts(0))
    assert found is not None
    assert found.points[2, 9] == (3, 9)
    assert found.points[1, 5] == (1, 5)


def test_every_number_in_a_value_is_a_reference_or_known_as_none() -> None:
    kinds = [kind for kind in vars(values).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
    numbers = {
        (kind.__name__, field.name) for kind in kinds for field in msgspec.structs.fields(kind) if field.type is int
    }
    references = {
        ("Argument", "value"), ("Attribute", "base"), ("Call", "function"), ("Item", "base"), ("Item", "index"),
        ("Spread", "base"), ("Comprehension", "element"), ("Comprehension", "key"), ("Awaited", "base"),
        ("Changed", "base"), ("Changed", "key"), ("Changed", "value"), ("Element", "base"), ("Entered", "base"),
        ("Caught", "base"), ("After", "flow"), ("After", "call"), ("Declared", "annotation"), ("Declared", "value"),
        ("Narrowed", "base"), ("Narrowed", "kind"), ("Assigned", "base"), ("Assigned", "value"),
    }  # fmt: skip
    assert numbers - references == {(kind.__name__, name) for kind, name in NUMBERS}
