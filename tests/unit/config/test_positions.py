import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from execution_lint.config.positions import Path, key_lines
from execution_lint.config.toml import TomlError, parse

_DOCUMENT = '''\
# [tool.execution-lint] in a comment
description = """
[tool.execution-lint]
select = ["not here"] \\""" nor here"""  # """
other = \'\'\'
[[tool.execution-lint.envelope]]\'\'\'

[tool.execution-lint]
select = ["EXL",  # one
  "EXL1"]
event-loop.owners = [
  # nobody

  "app:run", "app:go",
]
"min-confidence" = "li]ke}ly#"  # a comment
per-file-ignores = { "a=b" = ["EXL1"], 'c.d' = [] }

  [[ tool . execution-lint.envelope ]]
  name = "a"
  status = { key = "status", vocabulary = """x
y""" }
  require = ["id"]
[tool.execution-lint.envelope.errors]
require = [
]

[[tool.execution-lint.envelope]]
name = "b"

[tool.other]
select = 1979-05-27 07:32:00
'''


def test_every_key_and_entry_has_its_line() -> None:
    assert key_lines(_DOCUMENT, ("tool", "execution-lint")) == {
        (): 8,
        ("select",): 9,
        ("select", 0): 9,
        ("select", 1): 10,
        ("event-loop",): 11,
        ("event-loop", "owners"): 11,
        ("event-loop", "owners", 0): 14,
        ("event-loop", "owners", 1): 14,
        ("min-confidence",): 16,
        ("per-file-ignores",): 17,
        ("per-file-ignores", "a=b"): 17,
        ("per-file-ignores", "a=b", 0): 17,
        ("per-file-ignores", "c.d"): 17,
        ("envelope",): 19,
        ("envelope", 0): 19,
        ("envelope", 0, "name"): 20,
        ("envelope", 0, "status"): 21,
        ("envelope", 0, "status", "key"): 21,
        ("envelope", 0, "status", "vocabulary"): 21,
        ("envelope", 0, "require"): 23,
        ("envelope", 0, "require", 0): 23,
        ("envelope", 0, "errors"): 24,
        ("envelope", 0, "errors", "require"): 25,
        ("envelope", 1): 28,
        ("envelope", 1, "name"): 29,
    }


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_endings_make_no_difference(ending: str) -> None:
    text = 'a = """x\ny"""\nb = 1\n'.replace("\n", ending)
    assert key_lines(text) == {("a",): 1, ("b",): 3}


def test_keys_are_compared_unquoted() -> None:
    text = '"tool".\'execution-lint\'."sel\\u0065ct" = 1\n["execution\\u002dlint"]\nx = 2'
    assert key_lines(text)["tool", "execution-lint", "select"] == 1
    assert key_lines(text)["execution-lint", "x"] == 3


_NAMES = st.sampled_from(["a", "b-c", '"d.e"', "'f = [g'", "h", '"\\u0069#"', "1"])
_KEYS = st.lists(_NAMES, min_size=1, max_size=3).map(" . ".join) | _NAMES
_GAPS = st.sampled_from(["", " ", "\n", "\n  # [x] = \"'\n", "\t"])
_SCALARS = st.sampled_from(
    [
        "1",
        "-1.5e3",
        "true",
        "1979-05-27 07:32:00",
        '"MARK \\" ] } # = \\\\"',
        "'MARK \" ] } # = \\'",
        '"""MARK\n[x]\n\\"""\n""k = 1"""""',
        "'''MARK\n[x]\nk = 1\\''''",
        '""',
        "''",
        '""""""',
        "''''''",
        '"""\\\\"""',
    ]
)


def _lists(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    separator = st.tuples(_GAPS, _GAPS).map(lambda gaps: f"{gaps[0]},{gaps[1]}")
    return st.builds(
        lambda entries, join, start, end, comma: f"[{start}{join.join(entries)}{comma if entries else ''}{end}]",
        st.lists(values, max_size=4),
        separator,
        _GAPS,
        _GAPS,
        st.sampled_from(["", ","]),
    )


def _inline_tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.dictionaries(_NAMES, values, max_size=3).map(
        lambda table: "{ " + ", ".join(f"{name} = {value}" for name, value in table.items()) + " }"
    )


_VALUES = st.recursive(_SCALARS, lambda inner: _lists(inner) | _inline_tables(inner), max_leaves=8)
_STATEMENTS = st.one_of(
    st.tuples(_KEYS, _VALUES).map(" = ".join),
    _KEYS.map(lambda key: f"[ {key} ]  # ]"),
    _KEYS.map(lambda key: f"[[{key}]]"),
    st.sampled_from(["", "# [a]", "  "]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_STATEMENTS, max_size=12))
def test_the_paths_are_those_of_a_parser(statements: list[str]) -> None:
    document: dict[str, object] = {}
    kept: list[str] = []
    for statement in statements:
        try:
            document = parse("\n".join([*kept, statement]))
            kept.append(statement)
        except TomlError:
            continue
    assume(document)
    marked, count = "\n".join(kept), 0
    while "MARK" in marked:
        count += 1
        marked = marked.replace("MARK", f"mark{count}.", 1)
    lines = key_lines(marked)
    text_lines = marked.split("\n")
    paths = dict(_paths(parse(marked), ()))
    assert lines.keys() == paths.keys()
    for path, value in paths.items():
        if isinstance(value, str) and value.startswith("mark"):
            assert value.split()[0] in text_lines[lines[path] - 1]


def _paths(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, (*path, name))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))


@pytest.mark.parametrize("text", ["a = [1, 2", 'a = """x', "a", "[a", "a = { b = 1", "= 1", "a b = 1"])
def test_what_is_no_toml_ends(text: str) -> None:
    with contextlib.suppress(ValueError):
        key_lines(text)


def test_depth_is_no_matter() -> None:
    depth = 2_000
    lines = key_lines("a = " + "[" * depth + "\n1" + "]" * depth)
    assert max(len(path) for path in lines) == depth + 1
    innermost: Path = ("a", *[0] * depth)
    assert lines[innermost] == 2
