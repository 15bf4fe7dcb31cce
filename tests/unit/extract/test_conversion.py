"""The libcst conversion gives what `ast.parse` gives, positions included."""

import ast
import sys
import textwrap
import warnings
from pathlib import Path

import libcst
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from execution_lint.extract.conversion import convert, parse_with_libcst
from execution_lint.extract.conversion.nesting import BRACKET_LIMIT

TRICKY_TEXTS = {
    "empty": "",
    "blank lines": "\n\n",
    "comment only": "# comment",
    "comment at the end": "x\n  # comment",
    "no newline at the end": "x",
    "continuation before the end": "x\\\n\n",
    "form feeds": "\f\nx\n\fy\ndef f():\n\f    pass\n\f\ny",
    "carriage returns": "x = 1\r\ny = '''a\r\nb'''\rz\\\r\n = 2\r\n",
}


def snippets(file_name: str) -> dict[str, str]:
    """The sections of a file beside this one, by their titles."""
    text = Path(__file__).with_name(file_name).read_text(encoding="utf-8")
    sections = [section.partition("\n") for section in text.split("=== ")[1:]]
    return {title: body for title, _, body in sections}


ALL_STATEMENTS = snippets("conversion_statements.txt")
STATEMENTS = {title: text for title, text in ALL_STATEMENTS.items() if not title.startswith("since")}
LATER_STATEMENTS = {title: text for title, text in ALL_STATEMENTS.items() if title.startswith("since")}
EXPRESSIONS = snippets("conversion_expressions.txt")


def dumped(tree: ast.Module) -> str:
    """The tree as text, without what the conversion is known to do otherwise."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FormattedValue):
            continue
        if isinstance(node.format_spec, ast.JoinedStr):
            node.format_spec.values = [
                part for part in node.format_spec.values if not (isinstance(part, ast.Constant) and part.value == "")
            ]
    return ast.dump(tree, include_attributes=True, indent=1)


def expected(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dumped(ast.parse(text))


@pytest.mark.parametrize("text", [*TRICKY_TEXTS.values(), *STATEMENTS.values()], ids=[*TRICKY_TEXTS, *STATEMENTS])
def test_a_statement_is_what_ast_parses(text: str) -> None:
    assert dumped(parse_with_libcst(text)) == expected(text)


@pytest.mark.parametrize("text", EXPRESSIONS.values(), ids=EXPRESSIONS)
@pytest.mark.parametrize(
    "frame",
    ["{}", "x = {}\n", "if a:\n    b = {}  # comment", "f(\n  ({})\n)", "'é'; ({}\n)", "@f(({}))\ndef g(): 0"],
    ids=["statement", "assigned", "in a block", "argument", "after another", "decorator"],
)
def test_an_expression_is_what_ast_parses(text: str, frame: str) -> None:
    source = frame.format(text.removesuffix("\n"))
    assert dumped(parse_with_libcst(source)) == expected(source)


@pytest.mark.parametrize("text", STATEMENTS.values(), ids=STATEMENTS)
def test_a_statement_within_a_function_is_what_ast_parses(text: str) -> None:
    source = "async def f():\n" + textwrap.indent(text, "\t") + "\n\t\n\tpass\n"
    assert dumped(parse_with_libcst(source)) == expected(source)


@pytest.mark.parametrize("title", LATER_STATEMENTS)
def test_syntax_of_a_later_python_is_read_on_every_python(title: str) -> None:
    text = LATER_STATEMENTS[title]
    major, minor = title.removeprefix("since ").partition(":")[0].split(".")
    found = parse_with_libcst(text)

    if sys.version_info >= (int(major), int(minor)):
        assert dumped(found) == expected(text)
    else:
        with pytest.raises(SyntaxError):
            ast.parse(text)
        assert found.body[-1].end_lineno == len(text.splitlines())


def test_what_ast_has_no_class_for_becomes_the_nearest_older_node() -> None:
    alias, guarded = parse_with_libcst("type A = int\ntry: a\nexcept* B: c\n").body

    assert isinstance(alias, ast.Assign) == (sys.version_info < (3, 12))
    assert type(guarded).__name__ == ("Try" if sys.version_info < (3, 11) else "TryStar")


@pytest.mark.skipif(not hasattr(libcst, "TemplatedString"), reason="this libcst knows no template strings")
def test_a_template_string_becomes_a_formatted_string() -> None:
    # Python 3.12.1 adds an empty text to the format.
    assert dumped(parse_with_libcst("x = t'a{b!r:>{c}}'")) == expected("x = f'a{b!r:>{c}}'")


@pytest.mark.skipif(not hasattr(libcst, "StarredDictComp"), reason="this libcst knows no unpacking in comprehensions")
def test_an_unpacking_comprehension_has_the_mapping_as_key() -> None:
    assert ast.dump(parse_with_libcst("x = {**a for a in b}")) == ast.dump(ast.parse("x = {a: None for a in b}"))


@pytest.mark.skipif(not hasattr(libcst, "LazyImport"), reason="this libcst knows no lazy imports")
def test_a_lazy_import_becomes_an_import() -> None:
    found = parse_with_libcst("lazy import a.b as c\nlazy from . import d\n")
    assert ast.dump(found) == ast.dump(ast.parse("import a.b as c\nfrom . import d\n"))


def test_a_module_parsed_elsewhere_is_converted() -> None:
    text = "\n\nx = '''a\n'''\n\ndef f(é): return f'{é}'\n"
    assert dumped(convert(libcst.parse_module(text))) == expected(text)

    text = text.replace("\n", "\r\n")
    assert dumped(convert(libcst.parse_module(text))) == expected(text)


@pytest.mark.parametrize(
    ("text", "line", "offset"),
    [
        ("x = 1\n\nprint 'a'\n", 3, 9),
        ("x\ndef f():\ny\n", 3, 1),
        ("x\ny = $\n", 2, 5),
        ("x\n\0", 2, 1),
        ("\ufeffx", 1, 1),
        ("x = '\ud800'", 1, 6),
        ("x\r\ny = (]", 2, 6),
        ("x\n" + "(" * (BRACKET_LIMIT + 9) + ")" * (BRACKET_LIMIT + 9), 2, BRACKET_LIMIT + 1),
    ],
)
def test_refused_text_raises_syntax_error_with_its_place(text: str, line: int, offset: int) -> None:
    with pytest.raises(SyntaxError) as caught:
        parse_with_libcst(text)
    assert (caught.value.lineno, caught.value.offset) == (line, offset)
    assert caught.value.msg


@pytest.mark.parametrize("text", [r"'\x4'", r"'\N{no such name}'", "b'é'", "'a' b'b'", "f'a' b'b'", "1" * 5000])
def test_a_literal_without_value_raises_syntax_error(text: str) -> None:
    if text.isdigit() and not hasattr(sys, "set_int_max_str_digits"):
        pytest.skip("this Python has no limit")
    with pytest.raises(SyntaxError) as caught:
        parse_with_libcst(f"x\n{text}\n")
    assert caught.value.lineno is not None


@pytest.mark.parametrize("link", ["-", "lambda: ", "not ", "a and "])
def test_a_chain_too_long_for_libcst_raises_recursion_error(link: str) -> None:
    with pytest.raises(RecursionError):
        parse_with_libcst(link * 50_000 + "1")


def test_brackets_in_strings_and_comments_do_not_nest() -> None:
    text = "x = [\n" + '  \'((((\', """[[\n[[""",  # {{{{\n' * 200 + "]\n"
    assert dumped(parse_with_libcst(text)) == expected(text)


@pytest.mark.parametrize(
    "text",
    ["x" + " + a" * 1500, "a" + ".b(c)[d]" * 300, "a or " * 1500 + "b", "if a: b\n" + "elif a: b\n" * 600],
    ids=["sum", "fluent calls", "alternatives", "elif"],
)
def test_what_nests_to_the_left_or_goes_on_costs_no_recursion(text: str) -> None:
    assert len(list(ast.walk(parse_with_libcst(text)))) > 900


# A small grammar. Sources are built from pieces, so that shrinking gives readable texts.

NAMES = st.sampled_from(["a", "b1", "é", "ﬁ", "match", "type", "_"])
BLANKS = st.sampled_from(["", " ", "\t", "\n", " # c(\n", "\\\n", "\f"])
ATOMS = st.one_of(
    NAMES,
    st.sampled_from(["1", "1.5e3", "0x_f", "2j", "'a'", '"é"', "'''\n'''", "r'\\n'", "b'a'", "u'a'", "..."]),
    st.sampled_from(
        ["True", "None", "'a' 'b'", "'\\n' f'{a}'", "f'{a!r:>{b}}'", "f'{a=}'", "f'{{{a}}}'", "[]", "{}", "()"]
    ),
)
BINARY = st.sampled_from(["+", "-", "**", "//", "@", " and ", " or ", " in ", " not in ", " is not ", "<", "==", "!="])


def parenthesized(blank: str, inner: str, other: str) -> str:
    return f"({blank}{inner}{other})"


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions made of expressions; every part stands in parentheses, so that each combination is valid."""
    part = st.builds(parenthesized, BLANKS, inner, BLANKS)
    operand = st.one_of(ATOMS, part)
    return st.one_of(
        st.builds("{} {} {}".format, operand, BINARY, operand),
        st.builds("{}if {}else {}".format, part, part, operand),
        st.builds("{}({}, *{}, b={}, **{})".format, part, operand, operand, operand, operand),
        st.builds("{}.{} .{}".format, part, NAMES, NAMES),
        st.builds("{}[{}:{}, {},]".format, part, operand, operand, operand),
        st.builds("{}[{}]".format, part, operand),
        st.builds("[{}, *{},]".format, operand, operand),
        st.builds("{{{}: {}, **{}}}".format, operand, operand, operand),
        st.builds("({},)".format, operand),
        st.builds("({}, {})".format, operand, operand),
        st.builds("f({} for a in {} if {})".format, operand, operand, operand),
        st.builds("{{{}: {} for a, b in {}}}".format, operand, operand, operand),
        st.builds("lambda a, *b, c={}: {}".format, operand, operand),
        st.builds("not {}".format, operand),
        st.builds("-{}".format, operand),
        st.builds("(a := {})".format, operand),
        st.builds("({}\n  'x'\n  f'{{{}}}')".format, st.sampled_from(["'y'", "f'{a}'"]), NAMES),
    )


EXPRESSION = st.recursive(ATOMS, nested, max_leaves=6).filter(lambda text: not text.startswith(("\n", " ", "\t")))
SIMPLE = st.one_of(
    st.builds("({})".format, EXPRESSION),
    st.builds("a = b.c, *d = ({})".format, EXPRESSION),
    st.builds("a: ({}) = ({})".format, EXPRESSION, EXPRESSION),
    st.builds("a[({})] += ({})".format, EXPRESSION, EXPRESSION),
    st.builds("del a, ({})[b]".format, EXPRESSION),
    st.builds("assert ({}), ({})".format, EXPRESSION, EXPRESSION),
    st.builds("raise ({}) from ({})".format, EXPRESSION, EXPRESSION),
    st.sampled_from(["pass", "import a.b as c", "from . a import (b, c as d)", "global x, y", "x; y;"]),
)


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Compound statements around others."""
    body = st.lists(inner, min_size=1, max_size=3).map(lambda texts: indented("\n".join(texts)))
    return st.one_of(
        st.builds("if ({}):\n{}\nelif ({}):\n{}\nelse:\n{}".format, EXPRESSION, body, EXPRESSION, body, body),
        st.builds("for a, *b in ({}):\n{}\nelse:\n{}".format, EXPRESSION, body, body),
        st.builds("while ({}):\n{}".format, EXPRESSION, body),
        st.builds("with ({}) as a, b:\n{}".format, EXPRESSION, body),
        st.builds("try:\n{}\nexcept ({}) as e:\n{}\nfinally:\n{}".format, body, EXPRESSION, body, body),
        st.builds("@({})\nasync def f(a, /, b: ({}), *, c=(d)):\n{}".format, EXPRESSION, EXPRESSION, body),
        st.builds("class A(({}), b=c):\n{}".format, EXPRESSION, body),
        st.builds(
            "match ({}):\n  case [1, *_] | {{'b': 1}} | D(e=(2)) if ({}):\n{}".format, EXPRESSION, EXPRESSION, body
        ),
    )


def indented(text: str) -> str:
    """The text one step in. Blank lines and the insides of strings may move: each text stays valid."""
    return textwrap.indent(text, "    ")


MODULE = st.lists(st.recursive(SIMPLE, blocks, max_leaves=4), max_size=4).map("\n\n".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(MODULE, st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_module_is_what_ast_parses(text: str, newline: str) -> None:
    source = text.replace("\n", newline)
    try:
        tree = expected(source)
        libcst.parse_module(source)
    except (SyntaxError, libcst.ParserSyntaxError):
        assume(False)
    assert dumped(parse_with_libcst(source)) == tree
