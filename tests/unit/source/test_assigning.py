"""Whether a text may bind an attribute or a name of the module, told from the text alone."""

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_lint.extract.opened import OpenedFile
from execution_lint.source import assigning
from execution_lint.source.assigning import declared_outer, may_assign, may_bind, may_declare_outer

TARGETS = [
    "self.x = 1",
    "self . x = 1",
    "self.\\\n    x = 1",
    "self.x \\\n    = 1",
    "self.x: int = 1",
    "self.x: int",
    "self.x += 1",
    "self.x <<= 1",
    "self.x **= 1",
    "self.x = self.y = 1",
    "self.x, self.y = 1, 2",
    "self.y, self.x = 1, 2",
    "(self.x) = 1",
    "(self.x): int = 1",
    "(self).x = 1",
    "(self.y, self.x) = 1, 2",
    "[self.y, self.x] = 1, 2",
    "(self.z, (self.y, self.x)) = 1, (2, 3)",
    "self.y, *self.x = 1, 2",
    "(\n    self.y,  # (call\n    self.x,\n) = 1, 2",
    "for self.x in y: pass",
    "for self.y, self.x in y: pass",
    "for (self.y, self.x) in y: pass",
    "if y: self.x: int = 1",
    "if y: self.x = 1",
    "y; self.x = 1",
    "with y as self.x: pass",
    "with y as (self.x): pass",
    "with y as (self.y, self.x): pass",
    "with y as self.y, z as self.x: pass",
    "async with y as self.x: pass",
    "z = [1 for self.x in y]",
    "print(y); self.x = 1",
    "y[self.x] = self.x = 1",
    "é = 1; self.y = 1",
]
NO_TARGETS = [
    "y = self.x",
    "self.x()",
    "self.x == 1",
    "self.x <= 1",
    "self.xx = 1",
    "self.x.y = 1",
    "self.x[1] = 1",
    "x = 1",
    "x: int = 1",
    "call(self.x)",
    "call(1, self.x, y=1)",
    "call(y=(1, 2), z=self.x)",
    "y[self.x] = 1",
    "call()(self.x, 1)",
    "call(x=1)",
    "if self.x: pass",
    "if y in self.x: pass",
    "for y in self.x: pass",
    "return self.x",
    "# self.x = 1",
    '"""self.x = 1"""',
    "y = 'self.x = 1'",
    "y = 'é', self.z",
]


def _parsed(text: str) -> str:
    ast.parse("async def f(self):\n" + textwrap.indent(f"{text}\n0", "    "))
    return text


@pytest.mark.parametrize("text", TARGETS)
def test_what_assigns_to_an_attribute_may_assign_to_it(text: str) -> None:
    assert may_assign(_parsed(text), "x")


@pytest.mark.parametrize("text", NO_TARGETS)
def test_what_reads_an_attribute_or_speaks_of_it_assigns_nothing(text: str) -> None:
    assert not may_assign(_parsed(text), "x")


@pytest.mark.parametrize("text", ["self.x = '", "y = 'é"])
def test_a_text_that_cannot_be_told_apart_may_assign_what_it_holds(text: str) -> None:
    assert may_assign(text, "x")


@pytest.mark.parametrize(
    "text",
    ["global x", "nonlocal x", "global  x,y", "global y , x", "global y, \\\n  x", "if y: global x; x = 1", "global é"],
)
def test_a_declared_name_may_be_the_modules(text: str) -> None:
    assert may_declare_outer(text, "x")


@pytest.mark.parametrize(
    "text", ["x = 1", "global y\nx = 1", "global y; x = 1", "# global x", "'global x'", "global_x", "global xx"]
)
def test_a_name_that_is_not_declared_is_the_functions_own(text: str) -> None:
    assert not may_declare_outer(text, "x")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("global x", {"x"}),
        ("global y , x; z = 1\nif x: nonlocal z", {"x", "y", "z"}),
        ("global y, \\\n  x", {"x", "y"}),
        ("# global x\ny = 'global x'", set()),
        ("global x # and y", {"x"}),
        ("global é", None),
        ("global x\ny = 'é", None),
    ],
)
def test_the_names_that_are_declared_are_told_together(text: str, names: set[str] | None) -> None:
    declared = declared_outer(text)
    assert declared is names if names is None else declared is not None and declared >= names
    assert declared is None or all(may_declare_outer(text, name) == (name in declared) for name in "xyz")


PIECES = ["self", ".", "x", "xx", "y", " ", "\n", "\\\n", "\\\r\n", "#", ";", ",", "=", "==", "+=", ":"]
PIECES += ["(", ")", "[", "]", "in", "as", '"', "'", "é"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@given(TEXTS)
def test_a_text_passed_over_unlexed_assigns_nothing_in_its_code(text: str) -> None:
    code = assigning._code(text)
    if text.isascii() and code is not None and not may_assign(text, "x"):
        assert not any(assigning._is_target(code, found) for found in assigning._attribute("x").finditer(code))


BINDING = [
    "a, b = 1, 2",
    "a = b = 1",
    "(a := 1)",
    "x((a := 1))",
    "'x'; import a",
    "import a; import b",
    "a: int; b: int",
    "'''x'''; a = 1",
    '"""x""" + (a := "y")',
    '"x" "y" + (a := "")',
    'f"{(a := 1)}"',
    '"x" + str(a := "y")',
    "'a' + f'{(a := 1)}'",
    r"'\\' + (a := 'x')",
    r"'''\\''' + (a := '''x''')",
    "for a in x: pass",
    "match x:\n    case a: pass",
]


@pytest.mark.parametrize("text", BINDING)
def test_a_statement_that_binds_a_name_is_told(text: str) -> None:
    assert may_bind(text.encode())
    compile(text, "", "exec")


@pytest.mark.parametrize("text", ["del a", "a.x = 1", "a[0]: int = 1"])
def test_what_looks_much_like_it_is_told_too(text: str) -> None:
    assert may_bind(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "app.include_router(router)",
        "...",
        "x.y[1]",
        '"""Say x = 1, and\n\nimport: what is."""\n',
        "'x: y'",
        r'r"""x = \d"""',
        "u'=:'",
        '"""say "x" = 1 now"""',
        "'''x = 'y' is '''",
        '""',
        '"""x=é"""',
    ],
)
def test_a_statement_that_binds_nothing(text: str) -> None:
    assert not may_bind(text.encode())
    assert not OpenedFile(f"{text}\n").facts(0).scopes[0].bindings


def test_a_docstring_is_not_read_for_what_binds_a_name() -> None:
    opened = OpenedFile('"""x = 1, and x: it is."""\n\nimport x\n\n(x := 1)\n\nx.y()\n')
    assert opened.binding("x") == (1, 2)
