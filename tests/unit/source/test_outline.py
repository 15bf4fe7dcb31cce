"""The lexical outline against `ast`, and what it declines to judge."""

import ast
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execution_lint.source.outline import Statement, header_end, members, outline


def statements(text: str) -> tuple[Statement, ...]:
    found = outline(text)
    assert found is not None
    return found.statements


def shown(text: str, found: tuple[Statement, ...]) -> list[tuple[str, str, int, str]]:
    return [(each.kind, each.name, each.line, text[each.start : each.end]) for each in found]


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("def f(): ...\n", "function", "f"),
        ("async def f(): ...\n", "function", "f"),
        ("async  \\\n def f(): ...\n", "function", "f"),
        ("@a\n# b\n\n@c(\n)\ndef f(): ...\n", "function", "f"),
        ("class A: x = 1; y = 2\n", "class", "A"),
        ("@a\nclass A(B,\n  C): pass\n", "class", "A"),
        ("import os, sys\n", "import", ""),
        ("import os; x = 1\n", "import", ""),
        ("from . import (\na,\nb)\n", "import", ""),
        ("from.a import b\n", "import", ""),
        ("x = 1\n", "assignment", "x"),
        ("x = 1;\n", "assignment", "x"),
        ("x=f(a=1)\n", "assignment", "x"),
        ("x = lambda a=1: a\n", "assignment", "x"),
        ("x = y == z\n", "assignment", "x"),
        ("x = y <= z\n", "assignment", "x"),
        ("x: int\n", "assignment", "x"),
        ("x: int = 1\n", "assignment", "x"),
        ('x:"T"=5\n', "assignment", "x"),
        ("x = y = 1\n", "assignment", ""),
        ("x = (\n y) = 1\n", "assignment", ""),
        ("x = f(a=1)[2] = 1\n", "assignment", ""),
        ("x, y = 1, 2\n", "assignment", ""),
        ("*x, y = z\n", "assignment", ""),
        ("(x, y) = 1, 2\n", "assignment", ""),
        ("x.y = 1\n", "assignment", ""),
        ("x['='] = 1\n", "assignment", ""),
        ("x += 1\n", "assignment", ""),
        ("x <<= 1\n", "assignment", ""),
        ("x **= f(a=1)\n", "assignment", ""),
        ("x.y: int = 1\n", "assignment", ""),
        ("x = 1; y = 2\n", "other", ""),
        ("x == 1\n", "other", ""),
        ("x != 1\n", "other", ""),
        ("f(a=1)\n", "other", ""),
        ("f(a=1).b(c=2)\n", "other", ""),
        ("lambda x=1: x\n", "other", ""),
        ("f(a) if b else lambda x=1: x\n", "other", ""),
        ('"""x = 1"""\n', "other", ""),
        ("...\n", "other", ""),
        ("del x\n", "other", ""),
        ("assert x == 1, y\n", "other", ""),
        ("await x(a=1)\n", "other", ""),
        ("if a:\n  b = 1\nelif c: d\nelse:\n  e\n", "compound", ""),
        ("if a: b; c\n", "compound", ""),
        ("if'a': b\n", "compound", ""),
        ("try:\n  a\nexcept* B:\n  c\nelse: d\nfinally:\n  e\n", "compound", ""),
        ("try: a\nexcept(B): c\nexcept: d\n", "compound", ""),
        ("while a: b\nelse: c\n", "compound", ""),
        ("for a in b:\n  c = 1\nelse:\n  d\n", "compound", ""),
        ("with a as b, c: d = 1\n", "compound", ""),
        ("with (\na as b,\nc\n): d = 1\n", "compound", ""),
        ("async with a: b = 1\n", "compound", ""),
        ("async for a in b: c = 1\n", "compound", ""),
        ("match x:\n  case 1: pass\n  case _:\n    y = 1\n", "compound", ""),
        ("match(x):\n\n  # a\n  case[1]: pass\n", "compound", ""),
        ("match (\nx,\n):\n  case {'a': 1}: pass\n", "compound", ""),
        ("match -x:\n  case 1: pass\n", "compound", ""),
        ("match [a][0], b:  # c\n  case 1: d; e\n", "compound", ""),
        ("match *a, b:\n  case 1: d\n", "compound", ""),
        ("match x := f(a=1):\n  case 1: d\n", "compound", ""),
        ("match == 1\n", "other", ""),
        ("match(x)\n", "other", ""),
        ("match.group(x=1)\n", "other", ""),
        ("match, x = y\n", "assignment", ""),
        ("match[x] = 1\n", "assignment", ""),
        ("match = 1\n", "assignment", "match"),
        ("match: int = {\n'a':\ncase\n}\n", "assignment", "match"),
        ("match = {a:\n  case}\n", "assignment", "match"),
        ("match(x)[{a:\n  case}]\n", "other", ""),
        ("case = 1\n", "assignment", "case"),
        ("type = 1\n", "assignment", "type"),
        ("type: str\n", "assignment", "type"),
        ("type(x)\n", "other", ""),
        ("type in [1]\n", "other", ""),
        ("type is x\n", "other", ""),
        ("print\n", "other", ""),
        ("else_ = 1\n", "assignment", "else_"),
        ("finally_: int\n", "assignment", "finally_"),
        ("définir = 1\n", "assignment", "définir"),
        ("ﬁ = 1\n", "assignment", "fi"),
        ("עִב = 1\n", "assignment", "עִב"),
        ("_ = 1\n", "assignment", "_"),
    ],
)
def test_one_statement(text: str, kind: str, name: str) -> None:
    for source in (text, text.rstrip("\n"), text.replace("\n", "\r\n"), f"# a\n\n{text}\n# b\n\n"):
        (statement,) = statements(source)
        assert (statement.kind, statement.name) == (kind, name)
        assert (
            source[statement.start : statement.end].strip()
            == text.replace("\n", "\r\n" if "\r" in source else "\n").rstrip()
        )
    as_member = "class A:\n" + "".join(f"\t{line}" for line in text.splitlines(keepends=True))
    (inner,) = members(as_member, statements(as_member)[0]) or ()
    assert (inner.kind, inner.name, inner.indent, inner.line) == (kind, name, "\t", 2)


@pytest.mark.parametrize("text", ["type X = int\n", "type X[T: (int, str)] = list[T]\n", "type X[T]=\\\n int\n"])
def test_type_alias_binds_its_name_on_every_python(text: str) -> None:
    (statement,) = statements(text)
    assert (statement.kind, statement.name) == ("assignment", "X")


def test_statements_hold_the_code_and_leave_comments_between_them() -> None:
    text = (
        '"""Doc."""\n# a\nimport os  # b\n\n# c\n@d  # e\nclass A:\n    x = """\nnot = code\n"""\n    # f\n'
        "# g\ny = (\n1\n)\n"
    )
    assert shown(text, statements(text)) == [
        ("other", "", 1, '"""Doc."""\n'),
        ("import", "", 3, "import os  # b\n"),
        ("class", "A", 6, '@d  # e\nclass A:\n    x = """\nnot = code\n"""\n'),
        ("assignment", "y", 13, "y = (\n1\n)\n"),
    ]
    decorated = statements(text)[2]
    assert text[decorated.start : decorated.decorated] == "@d  # e\n"
    assert text[decorated.start : header_end(text, decorated)] == "@d  # e\nclass A:"


def test_members_of_nested_classes() -> None:
    text = (
        "import a\n"
        "class A(Base, metaclass=m[\n'x:'\n]):  # no: x\n"
        "    # b\n"
        "    '''Doc.'''\n"
        "    x: int = 1; y = 2\n"
        "    @property\n"
        "    # c\n"
        "    async def f(self):\n"
        "        pass\n"
        "\n"
        "    class B: z = 1\n"
        "    class C:\n"
        "          q = (\n"
        "1,\n"
        "    )\n"
        "    if x: pass\n"
        "    else:\n"
        "        pass\n"
        "    # end\n"
        "b = 1\n"
    )
    outer = statements(text)[1]
    found = members(text, outer)
    assert found is not None
    assert shown(text, found) == [
        ("other", "", 6, "'''Doc.'''\n"),
        ("other", "", 7, "x: int = 1; y = 2\n"),
        ("function", "f", 8, "@property\n    # c\n    async def f(self):\n        pass\n"),
        ("class", "B", 13, "class B: z = 1\n"),
        ("class", "C", 14, "class C:\n          q = (\n1,\n    )\n"),
        ("compound", "", 18, "if x: pass\n    else:\n        pass\n"),
    ]
    assert text[found[2].decorated :].startswith("async def")
    assert {each.indent for each in found} == {"    "}
    assert shown(text, members(text, found[3]) or ()) == [("assignment", "z", 13, "z = 1\n")]
    (deepest,) = members(text, found[4]) or ()
    assert (deepest.name, deepest.line, deepest.indent) == ("q", 15, " " * 10)
    assert text[outer.start : header_end(text, outer)].endswith("'x:'\n]):")


def test_members_do_not_depend_on_which_text_was_outlined_last() -> None:
    first, second = "class A:\n  x = 1\n", "class LongerName:\n    y = 1\n    z = 2\n"
    a, b = statements(first)[0], statements(second)[0]
    outline("pass\n")
    outline("x\n")
    assert [each.name for each in members(first, a) or ()] == ["x"]
    assert [each.name for each in members(second, b) or ()] == ["y", "z"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(a: int = 1, b=lambda: 2) -> {1: 2}:\n  x: int\n", "def f(a: int = 1, b=lambda: 2) -> {1: 2}:"),
        ("def f() -> lambda: 1: pass\n", "def f() -> lambda: 1:"),
        ("class A[T: int](B):  # a: b\n  pass\n", "class A[T: int](B):"),
        ("def f(  # a:\n  x='):'):\n  pass\n", "def f(  # a:\n  x='):'):"),
    ],
)
def test_header_ends_behind_its_colon(text: str, expected: str) -> None:
    assert text[: header_end(text, statements(text)[0])] == expected


@pytest.mark.parametrize(
    "text",
    [
        "x = 'a\n",
        '"""a\n',
        "x = (\n",
        "x = 1)\ny = (2\n",
        "x)\n",
        "a\rb\n",
        "a\r\nb\rc\r\n",
        "\fx = 1\n",
        "a\n \f x\n",
        "  x = 1\n",
        "\\\nx = 1\n",
        "a\n\\\nx = 1\n",
        "if a:\n    \\\n  b\n",
        '\ufeff"',
    ],
)
def test_what_is_beyond_lexical_means_is_declined(text: str) -> None:
    assert outline(text) is None


def test_a_form_feed_where_no_code_follows_is_harmless() -> None:
    text = "a = 1\n\f\nb = 1\f\n\f# c\n\f"
    assert [each.name for each in statements(text)] == ["a", "b"]


def test_a_tab_after_a_space_in_an_indent_is_declined_in_classes() -> None:
    text = "class A:\n\t \tx = 1\n \t\ty = 2\n"
    assert [type(node).__name__ for node in ast.parse(text).body[0].body] == ["Assign", "Assign"]  # type: ignore[attr-defined]
    assert members(text, statements(text)[0]) is None


@pytest.mark.parametrize("text", ["class A:\n", "class A:\nx = 1\n", "class A", "class A:  # b", "class A\n  x\n"])
def test_a_class_without_body_has_no_members(text: str) -> None:
    assert members(text, statements(text)[0]) is None


@pytest.mark.parametrize("text", ["", "\n", "# a", "\n\n  # a\n\t\n", "\\\n"])
def test_no_code_is_no_statement(text: str) -> None:
    found = outline(text)
    assert found is None or found.statements == ()


def test_a_joined_blank_line_belongs_to_the_statement() -> None:
    text = "x = 1 \\\n\ny = 2\n"
    assert shown(text, statements(text)) == [("assignment", "x", 1, "x = 1 \\\n\n"), ("assignment", "y", 3, "y = 2\n")]


@pytest.mark.parametrize(
    "text",
    [
        "x\n" * 300_000,
        "(" * 500_000,
        "(\n" * 250_000,
        "@\n" * 250_000,
        "x = " * 100_000,
        "class A:\n" * 50_000,
        ";" * 500_000,
        "match x" + " " * 300_000 + "\n",
        "match x:\n" + "\n" * 300_000,
        "match x:\n" * 2 + (":\n " * 100_000),
        "x" * 1_000_000,
        "\n" + " " * 1_000_000 + "x",
    ],
    ids=range(12),
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    started = time.process_time()
    found = outline(text)
    if found is not None:
        for statement in found.statements[:10]:
            members(text, statement)
            header_end(text, statement)
    assert time.process_time() - started < 30


@given(st.text(alphabet="ab=:;,@()[]{}\"'#\\ \n\t\r\f!fr.1é", max_size=60))
@settings(max_examples=500, deadline=None)
def test_text_that_is_not_python_never_raises(text: str) -> None:
    found = outline(text)
    if found is not None:
        for statement in found.statements:
            members(text, statement)
            header_end(text, statement)


NAMES = ("a", "match", "type", "case", "definir", "iffy", "else_", "status")
EXPRESSIONS = (
    "1",
    "'def x(): #'",
    '"""\nclass Z:\n    x = 1\n"""',
    "(\na\n)",
    "[\n# (\n'[']",
    "{'a': lambda x=1: x}",
    "a(b=1)",
    "f'{a!r:>{b}}'",
    "a == \\\n  b",
    "lambda x=1: x",
    "b'\\''",
    "a if b else c",
    "(yield_\n\nif a else b)",
)
names = st.sampled_from(NAMES)
expressions = st.sampled_from(EXPRESSIONS)
simple = st.one_of(
    st.just("pass"),
    st.just("import os, sys"),
    st.just("from a import (b,\nc)"),
    st.builds("{} = {}".format, names, expressions),
    st.builds("{}: int = {}".format, names, expressions),
    st.builds("{}: {}".format, names, names),
    st.builds("{} = {} = {}".format, names, names, expressions),
    st.builds("{}.{} = {}".format, names, names, expressions),
    st.builds("{}, {} = {}".format, names, names, expressions),
    st.builds("{} += {}".format, names, expressions),
    st.builds("({})".format, expressions),
    st.builds("{}({})".format, names, expressions),
)
lines = st.one_of(
    simple,
    st.builds("{}; {}".format, simple, simple),
    st.builds("{};".format, simple),
    st.builds("{}  # a 'b (".format, simple),
)


def indented(block: str) -> str:
    """`block` one step deeper, but for the lines within strings and brackets."""
    nodes = tuple(ast.walk(ast.parse(block)))
    starts = {node.lineno for node in nodes if isinstance(node, ast.stmt | ast.excepthandler)}
    starts |= {
        decorator.lineno
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for decorator in node.decorator_list
    }
    return "\n".join(
        "    " + line if number in starts or line.lstrip().startswith(("else:", "finally:", "case ")) else line
        for number, line in enumerate(block.split("\n"), 1)
    )


def bodies(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    block = st.lists(inner, min_size=1, max_size=3).map("\n".join).map(indented)
    return st.one_of(
        st.builds("def {}(x: int = 1):\n{}".format, names, block),
        st.builds("@{}\n# c\n\n@{}(x=[\n1])\nasync def {}():\n{}".format, names, names, names, block),
        st.builds("class {}(a,\nb):  # x: y\n{}".format, names, block),
        st.builds("@a\nclass {}:\n\n    # (\n{}".format, names, block),
        st.builds("class {}: {}".format, names, simple),
        st.builds("if a:\n{}\n# d\nelse:\n{}".format, block, block),
        st.builds("try: pass\nexcept (A,\nB): pass\nfinally:\n{}".format, block),
        st.builds("with a as b, c:\n{}".format, block),
        st.builds("async def f():\n    async with a: pass\n\n# e\n".format),
        st.just("match a, (b\n):\n    case 1: pass\n    case {'a': 2}:\n        x = 1"),
        st.just("match (a):\n    # c\n    case [1]: pass"),
    )


blocks = st.recursive(lines, bodies, max_leaves=6)
modules = st.lists(st.one_of(blocks, st.sampled_from(["", "# (", "# '''", "    # x"])), max_size=6).map("\n".join)


def name_of(node: ast.stmt) -> str:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name
        case _:
            return ""


def kind_of(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return "function"
        case ast.ClassDef():
            return "class"
        case ast.Import() | ast.ImportFrom():
            return "import"
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return "assignment"
        case ast.Expr() | ast.Pass():
            return "other"
        case _:
            return "compound"


def truth(body: list[ast.stmt]) -> list[tuple[tuple[int, int, str, str], ast.stmt]]:
    rows: list[tuple[tuple[int, int, str, str], ast.stmt]] = []
    for node in body:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        last = node.end_lineno or 0
        if rows and rows[-1][0][1] >= first:
            (start, _, kind, _), leader = rows[-1]
            rows[-1] = ((start, last, "import" if kind == "import" else "other", ""), leader)
        else:
            rows.append(((first, last, kind_of(node), name_of(node)), node))
    return rows


def assert_equal_to_ast(text: str, found: tuple[Statement, ...] | None, body: list[ast.stmt]) -> None:
    assert found is not None
    expected = truth(body)
    ends = [each.line + text[each.start : each.end].rstrip("\r\n").count("\n") for each in found]
    assert [(each.line, end, each.kind, each.name) for each, end in zip(found, ends, strict=True)] == [
        row for row, _ in expected
    ]
    for statement, (_, node) in zip(found, expected, strict=True):
        if isinstance(node, ast.ClassDef):
            assert_equal_to_ast(text, members(text, statement), node.body)


@given(modules)
@settings(max_examples=400, deadline=None)
def test_outline_equals_ast_on_generated_modules(text: str) -> None:
    tree = ast.parse(text)
    for source in (text, text + "\n", text.replace("\n", "\r\n")):
        assert_equal_to_ast(source, statements(source), tree.body)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="ast reads PEP 701 from 3.12 on")
def test_outline_equals_ast_on_nested_quotes() -> None:
    text = 'a = f"{d["#"]}"\nclass B:\n    c = f"{\nx["\'"]  # "\n}"\n    e = f"{"{"}"\nf = 1\n'
    assert_equal_to_ast(text, statements(text), ast.parse(text).body)
