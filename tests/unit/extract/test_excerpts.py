"""What is cut out of a text before libcst reads again what a finding rests on."""

import ast

import pytest

from execution_lint.extract import opened as opened_files
from execution_lint.extract.excerpts import excerpt
from execution_lint.extract.opened import OpenedFile

TEXT = """\
if available:
    import json

    @cached
    def first():
        return 1

    class Second:
        x = 1
        def third(self):
            return 2
    y = '''
    def no_function(): ...
    '''
    try:
        async def fourth(): return 3  # why
    except (
        ImportError,
    ):
        def fifth(): return 4
    else:
        z = 1
    match y:
        case 1:
            def sixth():
                return 5
else:
    def seventh():
        return 6
"""
DEFINITIONS = {"first": 4, "Second": 8, "fourth": 16, "fifth": 20, "sixth": 25, "seventh": 28}
"""The names with their first lines."""


@pytest.mark.parametrize("name", DEFINITIONS)
def test_the_definition_that_holds_a_line_stays_and_the_others_go(name: str) -> None:
    part = excerpt(TEXT, ast.parse(TEXT), [DEFINITIONS[name]])
    defined = {
        node.name: node.lineno
        for node in ast.walk(ast.parse(part))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    assert set(defined) - {"third"} == {name}
    assert len(part.splitlines()) == len(TEXT.splitlines())
    lines = TEXT.splitlines()
    assert all(part.splitlines()[line - 1] == lines[line - 1] for line in (1, 2, 12, 13, 14, 22, DEFINITIONS[name]))


def test_a_text_without_other_definitions_stays_as_it_is() -> None:
    text = "if a:\r\n    def b(): return 1\r\n"
    assert excerpt(text, ast.parse(text), [2]) is text


@pytest.mark.parametrize(("line", "is_confirmed"), [(7, False), (1, False), (11, True), (3, True)])
def test_what_is_read_again_is_the_definition_that_holds_the_line(
    monkeypatch: pytest.MonkeyPatch, line: int, is_confirmed: bool
) -> None:
    text = "import a\n\nif a:\n    def b():\n        return a.c()\n    def d():\n        return wrong\n    e = 1\n\n"
    text += "def f():\n    return a.g()\n"
    if line == 1:
        text = text.replace("e = 1", "e = wrong")
        line = 8
    opened = OpenedFile(text)
    monkeypatch.setattr(opened_files, "parse_thoroughly", lambda text: ast.parse(text.replace("wrong", "right")))
    index = opened.region_at(line)
    assert index is not None
    opened.facts(index)
    assert opened.is_confirmed(index, [line]) == is_confirmed
