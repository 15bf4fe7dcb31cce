"""What is known of the rules without importing them: that alone costs more than to judge an edit."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_BEGINNING = "\nRULE = Rule("
_END = "\n)\n"


class DeclaredRule(NamedTuple):
    """A rule as its module declares it; the fields mean what those of `Rule` mean."""

    code: str
    options: tuple[str, ...] = ()
    by_full_code_only: bool = False
    is_about_contract: bool = False


@cache
def declared_rules() -> tuple[DeclaredRule, ...]:
    """Every rule of the package, sorted by code."""
    return tuple(sorted(_declared(os.path.dirname(os.path.abspath(__file__)))))


def _declared(folder: str) -> Iterator[DeclaredRule]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _declared(entry.path)
            elif entry.name.endswith(".py"):
                with open(entry.path, encoding="utf-8") as file:
                    text = file.read()
                begin = text.find(_BEGINNING)
                if begin >= 0:
                    yield _read(text[begin + 1 : text.index(_END, begin) + len(_END)])


def _read(statement: str) -> DeclaredRule:
    (assignment,) = ast.parse(statement).body
    assert isinstance(assignment, ast.Assign)
    assert isinstance(assignment.value, ast.Call)
    given = {keyword.arg: keyword.value for keyword in assignment.value.keywords}
    fields = {name: ast.literal_eval(given[name]) for name in DeclaredRule._fields if name in given}
    return DeclaredRule(**fields)
