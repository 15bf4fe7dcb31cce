"""What imports bind, read from their text, is what is lowered from their tree; what is no plain import is left."""

import ast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from execution_lint.extract.coordinates import Coordinates, Lines
from execution_lint.extract.imports import read_imports
from execution_lint.extract.lowering import lower
from execution_lint.facts.scopes import RegionFacts
from execution_lint.source.text import byte_line_starts

PLAIN = (
    "import a\n",
    "import a.b.c",
    "import a.b.c as d  # why\n",
    "import a, b.c, d as e, f.g as h\n",
    "import\ta , b\tas  c ,d # é\n",
    "from a import b\n",
    "from a.b import *\n",
    "from . import a, b as c\n",
    "from ...a.b import c\n",
    "from .. import *  # noqa\n",
    "from a import (b)\n",
    "from a import(b, c as d,)\n",
    "from a import (\n    b,  # one, two\n    c as d,\n    # nothing: é\n    e\n)  # noqa\n",
    "from a import (  # noqa\n    b,\n\n\tc,\n  )",
    "from __future__ import annotations\n",
    "from a import match, type, case as _\n",
)

LEFT = (
    "import a; import b\n",
    "import a, \\\n    b\n",
    "from a import b; c = 1\n",
    "from a import (b as\n    c)\n",
    "from a import (b, # (twice)\n    c)\n",
    "from .a import b, é\n",
    "from.a import b\n",
    "from a import b\nx = 1\n",
    "from a \\\n    import b\n",
)

BROKEN = (
    "import if\n",
    "import a.in.b\n",
    "import a as None\n",
    "from a import b,\n",
    "from a import ()\n",
    "from a import (,)\n",
    "from a import (b,,)\n",
    "from a import (*)\n",
    "from a import b.c\n",
    "from a import else\n",
    "from a import b as is\n",
    "from class import b\n",
    "from  import b\n",
    "from a import (b c)\n",
    "import a as b.c\n",
    "import a b\n",
)

WORDS = [*("import", "from", "as", ".", "..", "*", "(", ")", ",", "a", "b.c", "é", "if"), *("\n", "#", ";", "\\", "\t")]


def lowered(text: str) -> RegionFacts | None:
    """The facts by the tree; None where there is none."""
    try:
        statements = ast.parse(text).body
    except SyntaxError:
        return None
    return lower(statements, coordinates(text), "", text)


def coordinates(text: str) -> Coordinates:
    """Those of a region that begins on the third line of its file."""
    data = b"\n\n" + text.encode()
    return Coordinates(Lines(data, byte_line_starts(data)), 2)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_imports_are_read(text: str) -> None:
    """The facts are those of the tree, places included."""
    found = read_imports(text, coordinates(text))
    assert found is not None
    assert found == lowered(text)


@pytest.mark.parametrize("text", LEFT)
def test_other_imports_are_left_to_the_parser(text: str) -> None:
    """None says so."""
    assert read_imports(text, coordinates(text)) is None
    assert lowered(text) is not None


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_import_is_left_to_the_parser(text: str) -> None:
    """Which says what is wrong."""
    assert read_imports(text, coordinates(text)) is None
    assert lowered(text) is None


@given(st.lists(st.sampled_from(WORDS), max_size=12))
@example(["from", "a", "import", "(", "b", ",", ")"])
def test_whatever_is_read_is_what_the_tree_says(words: list[str]) -> None:
    """From words in any order."""
    text = " ".join(words).lstrip() + "\n"
    found = read_imports(text, coordinates(text))
    assert found is None or found == lowered(text)


@given(st.sampled_from(PLAIN), st.data())
def test_a_letter_more_or_less_changes_both_readings_alike(text: str, data: st.DataObject) -> None:
    """Whatever is read of a changed import is what its tree says."""
    at = data.draw(st.integers(0, len(text)))
    until = data.draw(st.integers(at, min(len(text), at + 2)))
    changed = (
        text[:at]
        + data.draw(
            st.sampled_from(["", " ", "\n", "\t", "\f", "\v", "\u2028", ".", ",", "(", ")", "#", "*", "é", "1"])
        )
        + text[until:]
    )
    found = read_imports(changed, coordinates(changed))
    assert found is None or found == lowered(changed)
