"""What is known of the rules without importing them: that alone costs more than to judge an edit."""

import ast
import os
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_BEGINNING = "\nRULE = Rule("
_END = "\n)\n"
_SUBSCRIPTION = re.compile(r"^@RULE\.on\((\w+)\)$", re.MULTILINE)


class DeclaredRule(NamedTuple):
    """A rule as its module declares it; the fields mean what those of `Rule` mean."""

    code: str
    options: tuple[str, ...] = ()
    by_full_code_only: bool = False
    is_about_contract: bool = False
    subjects: tuple[str, ...] = ()
    """What the kinds are called that its checks are asked about, in the order of the checks."""
    module: str = ""
    """Dotted name."""


@cache
def declared_rules() -> tuple[DeclaredRule, ...]:
    """Every rule of the package, sorted by code."""
    return tuple(sorted(_declared(os.path.dirname(os.path.abspath(__file__)), __package__ or "")))


def _declared(folder: str, package: str) -> Iterator[DeclaredRule]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _declared(entry.path, f"{package}.{entry.name}")
            elif entry.name.endswith(".py"):
                with open(entry.path, encoding="utf-8") as file:
                    text = file.read()
                begin = text.find(_BEGINNING)
                if begin >= 0:
                    end = text.index(_END, begin) + len(_END)
                    subjects = tuple(_SUBSCRIPTION.findall(text, end))
                    module = f"{package}.{entry.name[: -len('.py')]}"
                    yield _read(text[begin + 1 : end])._replace(subjects=subjects, module=module)


def _read(statement: str) -> DeclaredRule:
    (assignment,) = ast.parse(statement).body
    assert isinstance(assignment, ast.Assign)
    assert isinstance(assignment.value, ast.Call)
    given = {keyword.arg: keyword.value for keyword in assignment.value.keywords}
    fields = {name: ast.literal_eval(given[name]) for name in DeclaredRule._fields if name in given}
    return DeclaredRule(**fields)
