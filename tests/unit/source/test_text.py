"""Decoding and line starts as CPython has them."""

import ast
import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_lint.source.text import Undecodable, decode, line_starts


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"x = 1\n", "x = 1\n"),
        (b"a\r\nb\rc\x0cd\x0b\n", "a\r\nb\rc\x0cd\x0b\n"),
        ("é = '☃'".encode(), "é = '☃'"),
        (codecs.BOM_UTF8 + b"x", "x"),
        (codecs.BOM_UTF8 + b"# coding: UTF_8\nx", "# coding: UTF_8\nx"),
        (codecs.BOM_UTF8 + b"# coding: utf8\nx", "# coding: utf8\nx"),
        (codecs.BOM_UTF8, ""),
        (b"# -*- coding: latin-1 -*-\n\xe9", "# -*- coding: latin-1 -*-\né"),
        (b"# vim: set fileencoding=cp1252 :\n\x80", "# vim: set fileencoding=cp1252 :\n€"),
        (b"#!python\n#coding:latin-1\n\xe9", "#!python\n#coding:latin-1\né"),
        (b"\n \t\f# coding=latin-1\n\xe9", "\n \t\f# coding=latin-1\né"),
        (b"#\r\n# coding: latin-1\r\n\xe9", "#\r\n# coding: latin-1\r\né"),
        (b"#\r# coding: latin-1\r\xe9", "#\r# coding: latin-1\ré"),
        (b"# coding: utf-8-unix\n\xc3\xa9", "# coding: utf-8-unix\né"),
        (b"# coding: iso-latin-1-unix\n\xe9", "# coding: iso-latin-1-unix\né"),
        (b"# coding: gbk\n\xc4\xe3", "# coding: gbk\n你"),
        (b"x = 1\n# coding: latin-1\n\xc3\xa9", "x = 1\n# coding: latin-1\né"),
        (b"\n\n# coding: latin-1\n\xc3\xa9", "\n\n# coding: latin-1\né"),
        (b"'coding: latin-1'\n\xc3\xa9", "'coding: latin-1'\né"),
        (b'"""\n# coding: latin-1\n\xc3\xa9"""', '"""\n# coding: latin-1\né"""'),
    ],
)
def test_decoded_as_python_does(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (b"a\nb\n\xe9", 3, "byte 0xe9 on line 3 is not UTF-8; save the file as UTF-8 or declare its encoding"),
        (b"a\r\nb\rc\xff", 3, "byte 0xff on line 3"),
        (b"# coding: utf-8\n\xe9", 2, "is not UTF-8; save the file as UTF-8"),
        (b"# coding: ascii\n\n'\xc3\xa9'", 3, "byte 0xc3 on line 3 is not the declared ascii; correct the declaration"),
        (b"# coding: utf-99\n", 1, "declares the unknown encoding utf-99 on line 1; declare one that Python knows"),
        (b"#\n# coding: nope", 2, "unknown encoding nope on line 2"),
        (b"# coding: rot13\nx", 1, "unknown encoding rot13"),
        (b"# coding: undefined\nx", 1, "cannot be read in the declared undefined"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", 1, "behind a UTF-8 byte order mark; remove one of them"),
        ("x".encode("utf-16"), 1, "is UTF-16, which Python cannot run; save the file as UTF-8"),
        (codecs.BOM_UTF32_LE + b"x\0\0\0", 1, "is UTF-32"),
        (b"a\nb\0c", 2, "holds a NUL byte on line 2: it is damaged or no text; mend or exclude it"),
        (b"# coding: utf-7\n+2AA-", 1, "utf-7"),
        (b"\xed\xa0\x80", 1, "byte 0xed"),
    ],
)
def test_undecodable_says_what_where_and_the_remedy(data: bytes, line: int, said: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(data)
    assert said in caught.value.reason
    assert ";" in caught.value.reason
    assert caught.value.line == line
    assert str(caught.value) == caught.value.reason


HEADS = (
    "",
    "#!x\n",
    "\n",
    "x\n",
    "\f\n",
    "# coding: ascii\n",
    "# coding: latin-1\n",
    "#coding=cp1252\n",
    "# coding: zz\n",
)


@given(
    st.sampled_from(HEADS),
    st.sampled_from(HEADS),
    st.sampled_from([b"'a'", b"'\xe9'", b"'\xc3\xa9'", b"'\x80'"]),
    st.booleans(),
)
def test_agrees_with_the_compiler_about_which_bytes_are_a_string(
    first: str, second: str, value: bytes, mark: bool
) -> None:
    data = (codecs.BOM_UTF8 if mark else b"") + f"{first}{second}".encode() + b"y = " + value + b"\n"
    try:
        expected = ast.literal_eval(ast.parse(data).body[-1].value)  # type: ignore[attr-defined]
    except SyntaxError:
        with pytest.raises(Undecodable):
            decode(data)
    else:
        assert repr(expected) in repr(decode(data)[-8:])


@given(st.binary(max_size=80))
def test_any_bytes_are_decoded_or_undecodable(data: bytes) -> None:
    for head in (
        b"",
        b"# coding: utf-7\n",
        b"# coding: unicode_escape\n",
        b"# coding: punycode\n",
        b"# coding: idna\n",
    ):
        with contextlib.suppress(Undecodable):
            assert decode(head + data).isprintable() in (True, False)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("", (0,)),
        ("a", (0,)),
        ("a\n", (0, 2)),
        ("a\nb", (0, 2)),
        ("a\r\nb", (0, 3)),
        ("a\rb", (0, 2)),
        ("\r\r\n\n", (0, 1, 3, 4)),
        ("\n\r", (0, 1, 2)),
        ("a\fb\vc\x1cd\x85e\u2028f\u2029g\n", (0, 14)),
    ],
)
def test_line_starts(text: str, starts: tuple[int, ...]) -> None:
    assert line_starts(text) == starts


@given(st.lists(st.sampled_from(["x = 1", "", "# \f\v\u2028", "'''a", "b'''", "(", ")"])), st.sampled_from("\n\r"))
def test_line_starts_are_those_of_ast(lines: list[str], end: str) -> None:
    text = "x\n" + end.join(lines) + end + "last = 1"
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    last = tree.body[-1]
    starts = line_starts(text)
    if isinstance(last, ast.Assign) and text[starts[-1] :] == "last = 1" and last.col_offset == 0:
        assert last.lineno == len(starts)
