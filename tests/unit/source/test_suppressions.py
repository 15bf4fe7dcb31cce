"""Which comments waive findings, and which of them cannot be understood."""

import datetime
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_lint.source.suppressions import Suppression, may_name_us, needles, suppressions


def only(text: str) -> Suppression:
    (found,) = suppressions(text)
    return found


@pytest.mark.parametrize(
    ("comment", "codes", "reason"),
    [
        ("# noqa", (), ""),
        ("#noqa", (), ""),
        ("# NoQA", (), ""),
        ("# NOQA this is why", (), "this is why"),
        ("# noqa: EXL301", ("EXL301",), ""),
        ("# noqa:EXL301,E501", ("EXL301",), ""),
        ("# noqa: E501 EXL301 , EXL2", ("EXL301", "EXL2"), ""),
        ("# noqa : exl301", ("EXL301",), ""),
        ("# nOqA:  EXL301, EXL301,EXL2", ("EXL301", "EXL2"), ""),
        ("# noqa: EXL301 - the wire wants a string", ("EXL301",), "the wire wants a string"),
        ("# noqa: EXL301 see #123", ("EXL301",), "see #123"),
        ("# noqa: EXL301 a reason  # type: ignore[x]", ("EXL301",), "a reason"),
        ("# type: ignore # noqa: EXL301", ("EXL301",), ""),
        ("# noqa: not-a-code", (), "not-a-code"),
    ],
)
def test_noqa(comment: str, codes: tuple[str, ...], reason: str) -> None:
    found = only(f"x = 1  {comment}\n")
    assert (found.kind, found.mistake, found.until) == ("noqa", "", None)
    assert found.names_us == bool(codes)
    assert found.own_line is False
    assert found.next_code_line == 0
    assert (found.codes, found.reason) == (codes, reason)


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: E501",
        "# noqa: E501,W291 reason",
        "# noqable",
        "# noqa-file",
        "# no qa",
        "# flake8: noqa: E501",
        "# execution-lint cannot see this",
        "# execution-lint: the linter that reads this",
        "# an execution-lint: ignore[EXL301] in prose",
        "# isort: skip",
    ],
)
@pytest.mark.parametrize("line", ["x = 1  {}\n", "{}\n"])
def test_what_is_none_of_ours(comment: str, line: str) -> None:
    assert suppressions(line.format(comment)) == ()


@pytest.mark.parametrize(
    ("comment", "codes", "reason"),
    [
        ("# execution-lint: ignore[EXL301] the wire wants a string", ("EXL301",), "the wire wants a string"),
        ("#execution-lint:ignore[EXL301,EXL2]reason", ("EXL301", "EXL2"), "reason"),
        ("# execution-lint: ignore [ exl301 EXL2 , EXL ]: reason.", ("EXL301", "EXL2", "EXL"), "reason."),
        ("# execution-lint: IGNORE[EXL301]", ("EXL301",), ""),
        ("# execution-lint: ignore", (), ""),
        ("# execution-lint: ignore because (of it)", (), "because (of it)"),
        ("# pragma: no cover  # execution-lint: ignore[EXL1] known", ("EXL1",), "known"),
        ("# execution-lint: ignore[EXL301] see #12  # pylint: disable=x", ("EXL301",), "see #12"),
    ],
)
def test_ignore(comment: str, codes: tuple[str, ...], reason: str) -> None:
    found = only(f"x = 1  {comment}\n")
    assert (found.kind, found.codes, found.reason, found.mistake) == ("ignore", codes, reason, "")
    assert found.names_us


@pytest.mark.parametrize(
    ("written", "until", "reason"),
    [
        ("until 2027-01-01", datetime.date(2027, 1, 1), ""),
        ("the plugin is rewritten until 2027-01-31.", datetime.date(2027, 1, 31), "the plugin is rewritten"),
        ("legacy (until 2027-01-31)", datetime.date(2027, 1, 31), "legacy"),
        ("until 2027-01-31: legacy", None, ""),
        ("until 2027-01-31, legacy", datetime.date(2027, 1, 31), "legacy"),
        ("until the plugin is rewritten", None, "until the plugin is rewritten"),
        ("runs until 2027 comes", None, ""),
        ("until 2027-02-30", None, ""),
        ("until 20270131", None, ""),
        ("until 2027-W01-1", None, ""),
        ("until 31.12.2027", None, ""),
    ],
)
def test_until(written: str, until: datetime.date | None, reason: str) -> None:
    for comment in (f"# execution-lint: ignore[EXL301] {written}", f"# noqa: EXL301 {written}"):
        found = only(f"x = 1  {comment}\n")
        assert found.until == until
        if until is None and reason == "":
            assert "is no date; write it as `until 2027-01-31`" in found.mistake
        else:
            assert (found.reason, found.mistake) == (reason, "")


def test_a_date_in_a_bare_noqa_is_not_ours_to_judge() -> None:
    assert only("x  # noqa until 2027-99-99\n").mistake == ""


@pytest.mark.parametrize(
    ("comment", "mistake"),
    [
        ("# execution-lint: ignore[]", "no code stands in the brackets; write `ignore[EXL301]`"),
        ("# execution-lint: ignore[ , ] x", "no code stands in the brackets"),
        ("# execution-lint: ignore-file[]", "no code stands in the brackets; write `ignore-file[EXL301]`"),
        ("# execution-lint: ignore[EXL301", "the bracket is not closed"),
        ("# execution-lint: ignore[EXL301 # noqa: E501", "the bracket is not closed"),
        ("# execution-lint: ignore[E501]", "`E501` is no code of this linter; they look like `EXL301`"),
        ("# execution-lint: ignore[EXL301, hand-made-event-loop]", "`HAND-MADE-EVENT-LOOP` is no code"),
        ("# execution-lint: ignore[EXL3011]", "`EXL3011` is no code"),
        ("# execution-lint: ignored[EXL301]", "`ignored` is unknown; write `ignore[CODE]`"),
        ("# execution-lint: disable", "`disable` is unknown"),
        ("# execution-lint: noqa", "`noqa` is unknown"),
        ("# execution-lint:", "`` is unknown"),
        ("# execution-lint: whatever[EXL301]", "`whatever` is unknown"),
        ("# noqa: EXL30111", "`EXL30111` is no code"),
    ],
)
def test_mistakes(comment: str, mistake: str) -> None:
    found = only(f"x = 1  {comment}\n")
    assert mistake in found.mistake
    assert found.names_us


def test_known_codes_survive_an_unknown_one() -> None:
    assert only("x  # execution-lint: ignore[EXL301, E501]\n").codes == ("EXL301",)


@pytest.mark.parametrize(
    ("comment", "codes", "names_us"),
    [
        ("# flake8: noqa", (), False),
        ("# FLAKE8: NOQA", (), False),
        ("# flake8=noqa", (), False),
        ("# ruff: noqa", (), False),
        ("# ruff: noqa: EXL301, E501", ("EXL301",), True),
        ("# flake8: noqa: EXL3 why", ("EXL3",), True),
        ("# execution-lint: ignore-file[EXL3] why", ("EXL3",), True),
        ("# execution-lint: ignore-file", (), True),
    ],
)
def test_file_wide(comment: str, codes: tuple[str, ...], names_us: bool) -> None:
    found = only(f'"""Doc."""\n{comment}\nx = 1\n')
    assert (found.kind, found.codes, found.names_us, found.mistake) == ("ignore-file", codes, names_us, "")
    assert found.reason == ("why" if "why" in comment else "")


def test_flake8_reads_its_file_wide_comment_on_a_line_of_its_own_only() -> None:
    assert suppressions("x = 1  # flake8: noqa\n") == ()
    assert only("x = 1\n" * 50 + "    # flake8: noqa: EXL301\n").line == 51


@pytest.mark.parametrize(
    ("text", "is_mistaken"),
    [
        ("{}\n", False),
        ("x = 1\n" * 19 + "{}\n", False),
        ("x = 1\n" * 20 + "{}\n", True),
        ("# c\n" * 40 + "{}", False),
        ('r"""Doc.' + "\n" * 40 + '"""\n\n# c\n{}\nimport os\n', False),
        ('"""Doc.' + "\n" * 40 + '"""\nimport os\n{}\n', True),
        ("x = 1  {}\n", False),
    ],
)
def test_ignore_file_stands_near_the_top(text: str, is_mistaken: bool) -> None:
    found = only(text.format("# execution-lint: ignore-file[EXL3] why"))
    assert ("must stand in the first 20 lines or before the first statement" in found.mistake) == is_mistaken


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places(end: str) -> None:
    lines = (
        "é = '''",
        "# noqa",
        "'''  # noqa: EXL301 ☃  # execution-lint: ignore[EXL302] why  ",
        "    # execution-lint: ignore[EXL201] why",
        "",
        "    # more",
        "f(",
        "  # execution-lint: ignore[EXL101] why",
        "  a)",
        "# execution-lint: ignore[EXL102] why",
    )
    found = suppressions(end.join(lines))
    assert [(each.line, each.codes[0], each.own_line, each.next_code_line) for each in found] == [
        (3, "EXL301", False, 0),
        (3, "EXL302", False, 0),
        (4, "EXL201", True, 7),
        (8, "EXL101", True, 9),
        (10, "EXL102", True, 0),
    ]
    for each in found:
        assert lines[each.line - 1][each.column - 1 : each.end_column - 1] == each.text
    assert found[1].text == "# execution-lint: ignore[EXL302] why"


def test_only_comments_count() -> None:
    text = 'a = \'# noqa\'\nb = """\n# execution-lint: ignore[EXL301]\n"""\nc = f\'{x}# noqa: EXL301\'\n'
    assert suppressions(text) == ()
    assert only('d = f"{x["#"]}"  # noqa: EXL301\n').column == 18


@pytest.mark.parametrize(
    "text", ["x = 'a\n# noqa\n", '"""', "(((  # noqa\n", "\0# noqa", "# noqa", "\r# noqa", "if x  # noqa"]
)
def test_broken_text_never_raises(text: str) -> None:
    assert all(each.text == "# noqa" for each in suppressions(text))


@given(st.text(alphabet="noqaNOQAexecution-lint: ignore[]EXL301,#'\"\n\r (until2-", max_size=80))
def test_any_text(text: str) -> None:
    found = suppressions(text)
    data = text.encode()
    if found:
        assert any(needle in data for needle in needles)
    if any(each.names_us for each in found):
        assert may_name_us(data)
    for each in found:
        assert each.text.startswith("#")
        assert each.column < each.end_column


PIECES = [
    "# ",
    "noqa",
    "NOQA",
    "nOQa",
    ": ",
    "EXL301",
    "exl2",
    ", ",
    "execution-lint",
    "ignore",
    "-file",
    "[",
    "]",
    "x\n",
    "'",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_the_needles_stand_in_every_file_with_a_suppression(text: str) -> None:
    found = suppressions(text)
    assert not found or any(needle in text.encode() for needle in needles)
    assert not any(each.names_us for each in found) or may_name_us(text.encode())


@given(st.lists(st.sampled_from([*PIECES, "# flake8: ", "E501", " why ", "# type: ", "\n", '"'])).map("".join))
def test_the_quick_look_at_lines_loses_no_comment(text: str) -> None:
    # A line with the linter's name makes it look at every comment.
    assert suppressions(text) == suppressions(f"{text}\n# execution-lint: see above")


@pytest.mark.parametrize(
    "text",
    [
        "# noqa" + " " * 500_000,
        "# noqa " * 50_000,
        "# noqa\n" * 50_000,
        "# execution-lint: ignore[" + "EXL301," * 50_000,
        "# execution-lint: ignore[EXL301] " + "until 2 " * 50_000,
        "# noqa: " + "E501 " * 100_000,
        "# noqa" + " #" * 200_000,
        "# noqa" + "#\t" * 200_000 + " " * 200_000,
        "#" * 500_000 + "noqa",
        "# noqa: " + "A" * 500_000,
    ],
    ids=range(10),
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    started = time.process_time()
    suppressions(text)
    assert time.process_time() - started < 30


def test_a_suppression_survives_the_cache() -> None:
    found = only("x  # noqa: EXL301 why until 2027-01-01\n")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Suppression) == found
