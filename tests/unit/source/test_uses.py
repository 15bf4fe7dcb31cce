"""Words that count only where they may have a use: the file, the region and the definition tell them alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_lint.extract.opened import OpenedFile
from execution_lint.source.regions import Needles, Use
from execution_lint.source.words import WordIndex, may_hold

NEEDLES = {
    Use.METHOD: Needles(methods=frozenset({"mount"})),
    Use.CALL: Needles(calls=frozenset({"mount"})),
    Use.KEYWORD: Needles(keywords=frozenset({"mount"})),
    Use.IMPORT: Needles(imports=frozenset({"mount"})),
    Use.ATTRIBUTE: Needles(attributes=frozenset({"mount"})),
    Use.TARGET: Needles(targets=frozenset({"mount"})),
}
LINES = {
    "app.mount('/x', inner)": {Use.METHOD, Use.CALL, Use.ATTRIBUTE},
    "app . mount ('/x', inner)": {Use.METHOD, Use.CALL, Use.ATTRIBUTE},
    "(app.mount)('/x', inner)": {Use.METHOD, Use.CALL, Use.ATTRIBUTE, Use.TARGET},
    "app.mount \\\n    ('/x', inner)": {Use.METHOD, Use.CALL, Use.KEYWORD, Use.ATTRIBUTE, Use.TARGET},
    "(app\n    .mount('/x', inner))": {Use.METHOD, Use.CALL, Use.ATTRIBUTE},
    "(app.\n    mount('/x', inner))": {Use.METHOD, Use.CALL, Use.ATTRIBUTE},
    "mount('/x', inner)": {Use.METHOD, Use.CALL, Use.ATTRIBUTE},
    "x = mount('/x', inner)": {Use.CALL},
    "app(mount=table)": {Use.KEYWORD},
    "app(\n    mount = table,\n)": {Use.KEYWORD, Use.TARGET},
    "app(mount\\\n    =table)": {Use.CALL, Use.KEYWORD},
    "import mount": {Use.IMPORT},
    "import os, mount.inner as inner": {Use.IMPORT},
    "import os, \\\n    mount": {Use.IMPORT, Use.ATTRIBUTE, Use.TARGET},
    "from mount.inner import Outer": {Use.IMPORT},
    "try: import mount\nexcept ImportError: pass": {Use.IMPORT},
    "mount": {Use.ATTRIBUTE, Use.TARGET},
    "'mount'": {Use.ATTRIBUTE},
    "x = app.mount": {Use.ATTRIBUTE, Use.TARGET},
    'getattr(app, "mount")': {Use.ATTRIBUTE},
    "app.\\\n    mount = 1": {Use.ATTRIBUTE, Use.KEYWORD, Use.IMPORT, Use.TARGET},
    "(app.\n    mount == 1)": {Use.ATTRIBUTE, Use.KEYWORD},
    "app.mount = 1": {Use.ATTRIBUTE, Use.KEYWORD, Use.TARGET},
    "app.mount: int = 1": {Use.ATTRIBUTE, Use.TARGET},
    "app.mount += 1": {Use.ATTRIBUTE, Use.TARGET},
    "app.mount <<= 1": {Use.ATTRIBUTE, Use.TARGET},
    "app.mount, x = 1, 2": {Use.ATTRIBUTE, Use.TARGET},
    "for app.mount in x: pass": {Use.ATTRIBUTE, Use.TARGET},
    "with x as app.mount: pass": {Use.ATTRIBUTE, Use.TARGET},
    "app.mount == 1": {Use.ATTRIBUTE, Use.KEYWORD},
    "app.mount <= 1": {Use.ATTRIBUTE},
    "def mount(app): pass": {Use.CALL},
    "app.mounting('/x', inner)": set(),
    "app.remount('/x', inner)": set(),
    "app.mount2('/x', inner)": set(),
    "print(mount)": set(),
    "app(mount, table)": set(),
}

NAME_NEEDLES = {
    Use.NAME: Needles(names=frozenset({"mount"})),
    Use.STRING: Needles(strings=frozenset({"mount"})),
}
NAME_LINES: dict[str, set[Use]] = {
    "mount": {Use.NAME, Use.STRING},
    "x = app.mount": {Use.NAME},
    "x = app . mount": {Use.NAME},
    "if not mount and y in mount: pass": {Use.NAME},
    "x = 1if mount else 0": {Use.NAME},
    "for mount in x: pass": {Use.NAME},
    "match mount:\n    case 1: pass": {Use.NAME},
    "x = 'mount'": {Use.NAME, Use.STRING},
    'x = r"mount"': {Use.NAME, Use.STRING},
    'x = """mount"""': {Use.NAME, Use.STRING},
    "x = '\\\nmount\\\n'": {Use.NAME, Use.STRING},
    "x = f'{mount} is {mount!r}'": {Use.NAME},
    "x = ' mount '": {Use.NAME},
    "x = 'the mount of it'": set(),
    "x = 'mount it'": set(),
    "x = 'never mount'": set(),
    "# never mount": set(),
    "x: mount = 1": {Use.NAME},
    "x: 'mount | None' = 1": {Use.NAME},
    "x: dict[str, app.mount] = 1": {Use.NAME},
    "x: dict[\n    str, app.mount\n] = 1": {Use.NAME},
    "x: dict[\n    mount.inner, str\n] = 1": {Use.NAME},
    "x: \\\n  mount": {Use.NAME},
    "def f(x: int, y: mount): pass": {Use.NAME},
    "def f(\n    x: mount\n): pass": {Use.NAME},
    "x: mount() = 1": {Use.NAME},
    "import mount": {Use.NAME},
    "x = mounting": set(),
}
"""What the names of variables, the words of vocabularies and the names of types can be among."""
FIELDS = {
    "mount: int = 1": True,
    "first_mount: int": True,
    "FirstMount: int": True,
    "class A: mount: int": True,
    "(mount) : int = 1": True,
    "mount \\\n  : int = 1": True,
    "first_ｍount: int = 1": True,
    "eİ = mount; mount: int = 1": True,
    "def f(mount: int): pass": True,
    "mount = 1": False,
    "mounts: int = 1": False,
    "x: mount = 1": False,
    "{'mount': 1}": False,
    "x = 1; mount: int = 1": True,
    "lambda: (mount := 1)": True,
    "x = 'a mount: it'": False,
    "if mount: pass": False,
    "# the mount:": False,
}
"""Where a name that ends in `mount` is annotated, as far as its line tells."""
DEFINING_NEEDLES = {
    Use.IMPORTED: Needles(imported=frozenset({"mount"})),
    Use.STARRED: Needles(starred=frozenset({"mount"})),
    Use.BASE: Needles(bases=frozenset({"mount"})),
    Use.DEFINITION: Needles(definitions=frozenset({"mount"})),
}
DEFINING_LINES: dict[str, set[Use]] = {
    "import mount": {Use.IMPORTED},
    "import os, app.mount as inner": {Use.IMPORTED},
    "from app import other, mount as inner": {Use.IMPORTED},
    "from app import (other, mount)": {Use.IMPORTED},
    "from app import (\n    other, mount\n)": {Use.IMPORTED, Use.BASE},
    "from app import (\n    mount as inner,\n)": {Use.IMPORTED},
    "from app import (\n    mount  # the outer\n)": {Use.IMPORTED, Use.BASE},
    "from app import \\\n    mount": {Use.IMPORTED, Use.BASE, Use.DEFINITION},
    "import app. \\\n    mount": {Use.IMPORTED, Use.BASE, Use.DEFINITION},
    "try: import mount\nexcept ImportError: pass": {Use.IMPORTED},
    "from app.mount import inner": set(),
    "from mount import inner": set(),
    "'an import, or a mount, or both.'": {Use.IMPORTED, Use.BASE},
    "'a mount, or both.'": {Use.BASE},
    "x = mount": {Use.BASE},
    "x = mount()": set(),
    "x = y[mount]": {Use.BASE},
    "mount()": set(),
    "mount: int": set(),
    "'the mount of it'": set(),
    "return_(\n    y, mount)": {Use.IMPORTED, Use.BASE},
    "class A(mount): pass": {Use.BASE},
    "class A(app.mount[int], metaclass=B): pass": {Use.BASE},
    "class A(\n    B, app.mount,\n): pass": {Use.BASE},
    "class A(\n    mount[int],\n): pass": {Use.BASE},
    "class A(\n    mount\n    if x else y\n): pass": {Use.IMPORTED, Use.BASE},
    "class \\\n    A(mount): pass": {Use.BASE},
    "class mount(A): pass": set(),
    "import mount as x, y": {Use.IMPORTED},
    "import json; mount()": set(),
    "import json; mount.dumps()": {Use.IMPORTED},
    "def mount(a): pass": {Use.DEFINITION},
    "class A:\n    async def  mount (a): pass": {Use.DEFINITION},
    "def \\\n mount(a): pass": {Use.DEFINITION},
    "def f(mount): pass": set(),
    "undef(mount)": {Use.BASE},
    "mount * 2": {Use.STARRED},
    "x = mount*2": {Use.STARRED},
    "x = mount \\\n    * 2": {Use.STARRED, Use.BASE},
    "from mount import *": set(),
    "assert mount, y": set(),
}
"""What a name is where something is bound to it, or extended."""
MOUNTS = Needles(fields=frozenset({"mount"}))
TYPED = {
    "mount: Job = 1": True,
    "mount: jobs.Job | None = None": True,
    "mount: 'Job'": True,
    "mount: list[\n    Job\n]": True,
    "mount: (\n    Job | None\n) = None": True,
    "mount: list[  # not ]\n    Job\n]": True,
    "mount: dict[Literal[']'],\n    Job\n]": True,
    'mount: dict[Literal["\\"]"],\n    Job\n]': True,
    "mount: \\\n    Job": True,
    "mount: Jöb": False,
    "mount \\\n    : Job": True,
    "mount: Ｊob": True,
    "ｍount: Job": True,
    "mount: int = Job()": True,
    "mount: int = make(\n    Job\n)": False,
    "mount: Jobs": False,
    "mount: int\nother: Job": False,
    "other: Job": False,
    "mount: list[\n    int\n]": False,
    "mount = Job": False,
}
"""Where such a name may be annotated with a `Job`."""
JOBS = Needles(fields=frozenset({"mount"}), types=frozenset({"Job"}))
EVERY = {**NEEDLES, **NAME_NEEDLES, **DEFINING_NEEDLES}


def paths(text: str, needles: Needles) -> tuple[bool, bool, bool]:
    """Whether the file may hold one, whether its region does, and whether it does by definition."""
    index = WordIndex()
    data = text.encode()
    index.add("module.py", data)
    opened = OpenedFile(text)
    return (
        "module.py" in index.holding(needles),
        bool(opened.candidates(needles)),
        any(needles.are_beside(region.lines(opened.lines)) for region in opened.regions)
        and any(needles.stand_in(region.lines(opened.lines)) for region in opened.regions),
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


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("use", DEFINING_NEEDLES)
@pytest.mark.parametrize("text", DEFINING_LINES)
def test_what_binds_a_name_is_told_from_its_line(text: str, use: Use, ending: str) -> None:
    assert paths(text.replace("\n", ending) + ending, DEFINING_NEEDLES[use]) == ((use in DEFINING_LINES[text]),) * 3


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", FIELDS)
def test_a_field_is_told_from_its_line(text: str, ending: str) -> None:
    assert paths(text.replace("\n", ending) + ending, MOUNTS) == (FIELDS[text],) * 3


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", TYPED)
def test_the_type_of_a_field_is_told_from_its_line(text: str, ending: str) -> None:
    assert paths(text.replace("\n", ending) + ending, JOBS) == (TYPED[text],) * 3


@given(
    st.lists(
        st.sampled_from(
            ["mount", "Job", "Jöb", ":", "(", ")", "[", "]", "#", "'", '"', "=", " ", "\\\n", "\n", "ｍount", "Ｊob"]
        ),
        max_size=12,
    ).map("".join)
)
def test_whatever_type_is_written_all_agree(text: str) -> None:
    """The file may be one too many, as each region is looked at too."""
    in_file, in_region, defined = paths(text, JOBS)
    assert in_region == defined
    assert in_file >= in_region


@given(
    st.lists(
        st.sampled_from(["mount", "re", "Mount", "mounts", ":", ")", " ", "\\\n", "\n", "é", "İ", "ｍount", "\f", "="]),
        max_size=12,
    ).map("".join)
)
def test_whatever_is_annotated_all_agree(text: str) -> None:
    """The file may be one too many, as each region is looked at too."""
    in_file, in_region, defined = paths(text, MOUNTS)
    assert in_region == defined
    assert in_file >= in_region


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
                "class",
                "def",
                "as",
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


def test_a_word_that_must_stand_beside_is_looked_for_in_the_whole_file() -> None:
    needles = Needles(frozenset({"run"}), beside=frozenset({"asyncio", "uvloop"}))
    away, own = "def main():\n    run()\n", "run(asyncio)\n"
    assert paths(f"import asyncio\n{away}", needles) == (True, True, True)
    assert paths(f"import ａsyncio\n{away}", needles) == (True, True, True)
    assert paths(own, needles) == (True, True, True)
    assert paths(away, needles) == (False, False, False)
    assert paths("import asyncio\n", needles) == (False, False, False)
    assert not may_hold(away.encode(), needles)
    assert may_hold(own.encode(), needles)


def test_a_word_that_must_stand_within_is_looked_for_in_the_region() -> None:
    needles = Needles(frozenset({"run"}), within=frozenset({"asyncio", "uvloop"}))
    away, own = "def main():\n    run()\n", "def own():\n    run(\n        asyncio)\n"
    assert paths(own, needles) == (True, True, True)
    assert paths(own.replace("a", "ａ"), needles) == (True, True, True)
    assert paths(f"import asyncio\n{away}", needles) == (True, False, False)
    assert paths(away, needles) == (False, False, False)
    assert OpenedFile(f"{away}{own}").candidates(needles) == (1,)
    assert not may_hold(away.encode(), needles)
    assert may_hold(own.encode(), needles)


def test_what_belongs_to_a_method_is_not_within_its_class() -> None:
    text = "class Job:\n    run = 1\n\n    def main(self):\n        asyncio\n"
    needles = Needles(frozenset({"run"}), within=frozenset({"asyncio"}))
    assert paths(text, needles) == (True, False, False)


def test_needles_that_count_anywhere_count_anywhere_together_with_others() -> None:
    one, other, free = (Needles(frozenset({"a"}), beside=frozenset(beside)) for beside in ("b", "c", ""))
    assert (one | other).beside == frozenset("bc")
    assert (one | free).beside == frozenset()
    for kind in ("within", "types"):
        a, b = (Needles(frozenset({"a"}), **{kind: frozenset(words)}) for words in ("b", "c"))
        assert getattr(a | b, kind) == frozenset("bc")
        assert getattr(a | free, kind) == getattr(free | a, kind) == frozenset()
        assert getattr(a.without(frozenset("b")), kind) == frozenset()
    assert one.without(frozenset("a")).beside == frozenset("b")
    assert one.without(frozenset("b")).beside == frozenset()


def test_all_words_of_two_needles_are_those_of_their_union() -> None:
    both = Needles(frozenset({"a"}), frozenset({"b"})) | Needles(methods=frozenset({"c"}), keywords=frozenset({"d"}))
    assert both.all_words == frozenset("abcd")
    assert both.without(frozenset("ac")).all_words == frozenset("bd")
