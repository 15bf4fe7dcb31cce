"""Code against strings, comments and joined lines: what CPython's tokenizer says, on every Python that runs us."""

import io
import sys
import time
import tokenize

import pytest

from execution_lint.source.lexer import blank, comments, split, string_end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 'a'  # b\ny\n", 'x = """     \ny\n'),
        ('x = ""\n', 'x = ""\n'),
        ("f'''a\n'b'\n'''+1", 'f""""""""""""+1'),
        ('"""a\\"""b"""c', '"' * 12 + "c"),
        ("r'\\'' x", 'r"""" x'),
        ("a + \\\n  b", "a +     b"),
        ("a + \\\r\n  b", "a +      b"),
        ("'a\\\nb' c", '"""""" c'),
        ("'a\\\r\nb' c", '""""""" c'),
        ("# it's\nx", "      \nx"),
        ("# a \\\nx", "     \nx"),
        ("'# no' # yes", '""""""      '),
    ],
)
def test_blank_replaces_strings_comments_and_joined_lines(text: str, expected: str) -> None:
    assert blank(text) == expected
    assert len(expected) == len(text)


@pytest.mark.parametrize(
    "formatted",
    [
        'f"{d["#"]}"',
        "f'{d['a']}'",
        'f"{x!r:>{w}}"',
        'f"}}{d["a"]:{y}}}"',
        'f"{\'}\' + d["a"]}"',
        'rf"\\{x["a"]}"',
        'Rb"{"',
        'f"\\N{QUOTATION MARK}{x["}"]}"',
        'f"{f"{f"{1}"}"}"',
        'f"{{"',
        'f"{{}}{x}"',
        'f"{x:{{1}}}"',
        'f"{x:%H:%M}"',
        'f"{(lambda y: y)("a")}"',
        'f"""{\n  x["a"]  # a " and a }\n}"""',
        'f"{\n  x  # }\n}"',
        'f"{x:{y["z"]}}"',
        'f"{d[f"{k}"]}{"{"}"',
    ],
)
def test_formatted_strings_are_one_token(formatted: str) -> None:
    parts = split(f"a = {formatted} + b  # c\n")
    prefix = formatted[: len(formatted) - len(formatted.lstrip("rRfFbB"))]
    assert parts is not None
    assert parts[0] == f"a = {prefix}"
    assert parts[1] == formatted[len(prefix) :]
    assert parts[3] == "# c"


@pytest.mark.parametrize(
    "text",
    [
        "x = 'a\ny = 1\n",
        '"""abc',
        '"""abc\\"""',
        "'",
        "'\\",
        '"""\\',
        "'''a''",
        'f"{x',
        'f"{x["a]}"',
        'f"\n"',
        'f"{x:\n}"',
        'f"{x:"}',
        'f"\\N{',
        'f"{#}"',
        "f'{\"a}'",
        'f"""{x:"""}',
        'f"{f"{',
    ],
)
def test_an_open_string_is_told_and_blanked_without_raising(text: str) -> None:
    assert split(text) is None
    assert len(blank(text)) == len(text)
    assert [offset for offset, _ in comments(text)] == [offset for offset, _ in comments(text) if text[offset] == "#"]


@pytest.mark.parametrize("text", ['if"{": pass', "x = y if'{'else z", "def\"{\" f'{x}'", 'xf"{"', '"{"f"{x}"'])
def test_a_word_that_ends_like_a_prefix_is_no_prefix(text: str) -> None:
    assert split(text) is not None


def test_nesting_beyond_reason_ends_without_recursion_error() -> None:
    assert split('f"{' * 5000 + "1" + '}"' * 5000) is None
    assert split('x = f"{y' + ":{y" * 5000 + "}" * 5000 + '"\n') is None


@pytest.mark.parametrize(
    "text",
    [
        '"""' + '\\"""' * 200_000,
        '"' + '\\"' * 400_000,
        "'" * 1 + "\\'" * 400_000 + "\n",
        "\"'" * 400_000,
        'f"{' * 300_000,
        'f"{x["a' * 100_000,
        "f'{x}'\n" * 100_000 + 'f"{d["a"]}',
        "\\" * 800_000,
        '"""' * 266_666,
        "'''\"\"\"" * 133_333,
    ],
    ids=range(10),
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    started = time.process_time()
    split(text)
    blank(text)
    assert time.process_time() - started < 30


def test_string_end_reads_the_prefix_before_the_quote() -> None:
    text = 'x = f"{d["a"]}" + "b"'
    assert string_end(text, 5) == text.index(" + ")
    assert string_end(text, text.index('"b"')) == len(text)
    assert string_end("'a", 0) == -1


def test_comments_have_their_offsets() -> None:
    text = "#!x\r\na = '#'  # b\r\n# c"
    found = list(comments(text))
    assert [comment.rstrip("\r") for _, comment in found] == ["#!x", "# b", "# c"]
    assert all(text.startswith(comment, offset) for offset, comment in found)


TOKENIZED = r'''#!/usr/bin/env python
"""Doc "quoted" # no."""
import os  # it's
a = 'b' "c" r'\\' b"\"" rb"""x"""  # d
if x: y = {'k': "#"}  # "e"
z = 1 + \
    2  # f \
def f(a="(", b=')'):  # g'
    """doc"""
    return f"{a!r}" f'{b:>{c}}'  # h {
'''


def test_comments_agree_with_tokenize() -> None:
    tokens = tokenize.generate_tokens(io.StringIO(TOKENIZED).readline)
    expected = [token.string for token in tokens if token.type == tokenize.COMMENT]
    assert [comment for _, comment in comments(TOKENIZED)] == expected


@pytest.mark.skipif(sys.version_info < (3, 12), reason="tokenize reads PEP 701 from 3.12 on")
@pytest.mark.parametrize("quote", ['"', "'", '"""', "'''"])
def test_comments_agree_with_tokenize_about_nested_quotes(quote: str) -> None:
    text = f"x = f{quote}{{d[{quote}#{quote}]}}{quote}  # a\ny = 1  # b\n"
    if len(quote) == 3:
        text = text.replace(f"[{quote}#{quote}]", "['#' \"#\"  # in\n]")
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    expected = [token.string for token in tokens if token.type == tokenize.COMMENT]
    found = [comment for _, comment in comments(text)]
    assert found == [comment for comment in expected if comment != "# in"]
