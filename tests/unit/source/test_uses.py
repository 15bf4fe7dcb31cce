"""Words that count only where they may have a use: the file, the region and the definition tell them alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_lint.extract.opened import OpenedFile
from execution_lint.source.regions import Needles, Use
from execution_lint.source.words import WordIndex

NEEDLES = {
    Use.METHOD: Needles(methods=frozenset({"mount"})),
    Use.CALL: Needles(calls=frozenset({"mount"})),
    Use.KEYWORD: Needles(keywords=frozenset({"mount"})),
    Use.IMPORT: Needles(imports=frozenset({"mount"})),
}
LINES = {
    "app.mount('/x', inner)": {Use.METHOD, Use.CALL},
    "app . mount ('/x', inner)": {Use.METHOD, Use.CALL},
    "(app.mount)('/x', inner)": {Use.METHOD, Use.CALL},
    "app.mount \\\n    ('/x', inner)": {Use.METHOD, Use.CALL, Use.KEYWORD},
    "(app\n    .mount('/x', inner))": {Use.METHOD, Use.CALL},
    "(app.\n    mount('/x', inner))": {Use.METHOD, Use.CALL},
    "mount('/x', inner)": {Use.METHOD, Use.CALL},
    "x = mount('/x', inner)": {Use.CALL},
    "app(mount=table)": {Use.KEYWORD},
    "app(\n    mount = table,\n)": {Use.KEYWORD},
    "app(mount\\\n    =table)": {Use.CALL, Use.KEYWORD},
    "import mount": {Use.IMPORT},
    "import os, mount.inner as inner": {Use.IMPORT},
    "import os, \\\n    mount": {Use.IMPORT},
    "from mount.inner import Outer": {Use.IMPORT},
    "try: import mount\nexcept ImportError: pass": {Use.IMPORT},
    "mount": set(),
    "'mount'": set(),
    "x = app.mount": set(),
    "app.mounting('/x', inner)": set(),
    "app.remount('/x', inner)": set(),
    "app.mount2('/x', inner)": set(),
    "print(mount)": set(),
    "app(mount, table)": set(),
}

NAME_NEEDLES = {
    Use.NAME: Needles(names=frozenset({"mount"})),
    Use.STRING: Needles(strings=frozenset({"mount"})),
    Use.TYPE: Needles(types=frozenset({"mount"})),
}
NAME_LINES = {
    "mount": {Use.NAME, Use.STRING, Use.TYPE},
    "x = app.mount": {Use.NAME},
    "x = app . mount": {Use.NAME},
    "if not mount and y in mount: pass": {Use.NAME},
    "x = 1if mount else 0": {Use.NAME},
    "for mount in x: pass": {Use.NAME},
    "match mount:\n    case 1: pass": {Use.NAME},
    "x = 'mount'": {Use.NAME, Use.STRING},
    'x = r"mount"': {Use.NAME, Use.STRING},
    'x = """mount"""': {Use.NAME, Use.STRING},
    "x = '\\\nmount\\\n'": {Use.NAME, Use.STRING, Use.TYPE},
    "x = f'{mount} is {mount!r}'": {Use.NAME},
    "x = ' mount '": {Use.NAME},
    "x = 'the mount of it'": set(),
    "x = 'mount it'": set(),
    "x = 'never mount'": set(),
    "# never mount": set(),
    "x: mount = 1": {Use.NAME, Use.TYPE},
    "x: 'mount | None' = 1": {Use.NAME, Use.TYPE},
    "x: dict[str, app.mount] = 1": {Use.NAME, Use.TYPE},
    "x: dict[\n    str, app.mount\n] = 1": {Use.NAME, Use.TYPE},
    "x: dict[\n    mount.inner, str\n] = 1": {Use.NAME, Use.TYPE},
    "x: \\\n  mount": {Use.NAME, Use.TYPE},
    "def f(x: int, y: mount): pass": {Use.NAME, Use.TYPE},
    "def f(\n    x: mount\n): pass": {Use.NAME, Use.TYPE},
    "x: mount() = 1": {Use.NAME},
    "import mount": {Use.NAME},
    "x = mounting": set(),
}
"""What the names of variables, the words of vocabularies and the names of types can be among."""
EVERY = {**NEEDLES, **NAME_NEEDLES}


def paths(text: str, needles: Needles) -> tuple[bool, bool, bool]:
    """Whether the file may hold one, whether its region does, and whether it does by definition."""
    index = WordIndex()
    data = text.encode()
    index.add("module.py", data)
    opened = OpenedFile(text)
    return (
        "module.py" in index.holding(needles),
        bool(opened.candidates(needles)),
        any(needles.stand_in(region.lines(opened.lines)) for region in opened.regions),
    )


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("use", NEEDLES)
@pytest.mark.parametrize("text", LINES)
def test_a_use_is_told_from_its_line(text: str, use: Use, ending: str) -> None:
    assert paths(text.replace("\n", ending) + ending, NEEDLES[use]) == ((use in LINES[text]),) * 3


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("use", NAME_NEEDLES)
@pytest.mark.parametrize("text", NAME_LINES)
def test_a_name_is_told_from_a_word_of_prose(text: str, use: Use, ending: str) -> None:
    assert paths(text.replace("\n", ending) + ending, NAME_NEEDLES[use]) == ((use in NAME_LINES[text]),) * 3


@pytest.mark.parametrize("use", list(Use))
def test_another_spelling_of_the_word_counts_wherever_it_stands(use: Use) -> None:
    assert paths("x = ｍount\n", EVERY[use]) == (True, True, True)


@given(
    st.lists(
        st.sampled_from(
            [
                "mount",
                ".",
                "(",
                ")",
                "=",
                " ",
                "\\\n",
                "\n",
                "#",
                "'",
                ":",
                "if",
                "import",
                "from",
                "x",
                "ｍount",
                "é",
                "\f",
                ",",
            ]
        ),
        max_size=12,
    ).map("".join),
    st.sampled_from(list(Use)),
)
def test_whatever_is_written_all_agree(text: str, use: Use) -> None:
    """The file may be one too many, as each region is looked at too."""
    in_file, in_region, defined = paths(text, EVERY[use])
    assert in_region == defined
    assert in_file >= in_region


def test_all_words_of_two_needles_are_those_of_their_union() -> None:
    both = Needles(frozenset({"a"}), frozenset({"b"})) | Needles(methods=frozenset({"c"}), keywords=frozenset({"d"}))
    assert both.all_words == frozenset("abcd")
    assert both.without(frozenset("ac")).all_words == frozenset("bd")
