"""The rendering for people."""

import subprocess
import sys
from collections.abc import Callable, Sequence

import msgspec
import pytest

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding, Related
from execution_lint.model.place import Place, Span
from execution_lint.model.report import ProjectReport, Report
from execution_lint.reporting import full
from execution_lint.reporting.colour import ansi

Lines = Callable[[str], Sequence[str]]


def rendered(lines: Sequence[str], *span: int) -> list[str]:
    """The frame of `span` in a file of `lines`: the rows between the place and the confidence."""
    finding = Finding("EXL301", "raw-status-string", "m", Place("a.py", Span(*span)), Confidence.PROVEN)
    text = full.render(Report((ProjectReport("/p", (finding,)),)), lambda path: lines, "/p")
    return text.splitlines()[3:-2]


def test_a_report_reads_like_this(report: Report, lines: Lines) -> None:
    assert full.render(report, lines, "/srv/service") == (
        """\
EXL302[unknown-status-string] `"success"` is no value of `JobStatus`
 --> app/routes.py:5:45
  |
4 | async def cancel(job):
5 |     if job.status in (JobStatus.DONE.value, "success"):
  |                                             ^^^^^^^^^
6 |         raise Conflict()
7 |     return {
  |
 ::: app/models.py:1:7
1 | class JobStatus(str, Enum):
  |       --------- the vocabulary
  |
  = confidence: proven
  = help: write `JobStatus.DONE`

EXL201[missing-envelope-key] the answer of `cancel` lacks `job_id`, `status`
  --> app/routes.py:7:12
   |
 5 |       if job.status in (JobStatus.DONE.value, "success"):
 6 |           raise Conflict()
 7 |       return {
   |  ____________^
 8 | |         "plugin": job.plugin,
 9 | |         "result": job.result,
10 | |     }
   | |_____^
   |
   = confidence: likely
"""
    )


def test_a_report_without_findings_is_empty(lines: Lines) -> None:
    assert full.render(Report((ProjectReport("/p"),)), lines, "/p") == ""


def test_colours_change_nothing_but_the_colours(report: Report, lines: Lines) -> None:
    coloured = full.render(report, lines, "/srv/service", ansi)
    assert "\x1b[1;31mEXL302[unknown-status-string]\x1b[0m" in coloured
    for sequence in ("\x1b[1;31m", "\x1b[1;34m", "\x1b[1;36m", "\x1b[34m", "\x1b[1m", "\x1b[0m"):
        coloured = coloured.replace(sequence, "")
    assert coloured == full.render(report, lines, "/srv/service")


def test_paths_are_relative_to_the_working_directory(report: Report, lines: Lines) -> None:
    assert " --> routes.py:5:45" in full.render(report, lines, "/srv/service/app")
    assert " --> ../service/app/routes.py:5:45" in full.render(report, lines, "/srv/other")


@pytest.mark.parametrize(
    "trouble", [FileNotFoundError(), PermissionError(), UnicodeDecodeError("utf-8", b"", 0, 1, "")]
)
def test_a_file_that_vanished_costs_its_frame_not_the_finding(report: Report, trouble: Exception) -> None:
    def vanished(path: str) -> Sequence[str]:
        raise trouble

    assert full.render(report, vanished, "/srv/service").startswith(
        """\
EXL302[unknown-status-string] `"success"` is no value of `JobStatus`
 --> app/routes.py:5:45
  |
  |
 ::: app/models.py:1:7
  | the vocabulary
  |
  = source: cannot be shown, the file has changed or is gone
  = confidence: proven
  = help: write `JobStatus.DONE`
"""
    )


def test_a_file_that_shrank_costs_its_frame_not_the_finding(report: Report) -> None:
    text = full.render(report, lambda path: ["short"], "/srv/service")
    assert text.count("cannot be shown") == 2
    assert "1 | short\n  | " in text


def test_a_file_is_read_once_for_its_findings(report: Report, lines: Lines) -> None:
    asked: list[str] = []

    def counting(path: str) -> Sequence[str]:
        asked.append(path)
        return lines(path)

    full.render(report, counting, "/srv/service")
    assert sorted(asked) == ["/srv/service/app/models.py", "/srv/service/app/routes.py"]


def test_a_tab_is_four_cells_wide() -> None:
    assert rendered(["\tx\t= loop()"], 1, 6, 1, 10) == ["1 |     x   = loop()", "  |           ^^^^"]


def test_a_wide_character_is_two_cells_and_a_combining_one_none() -> None:
    assert rendered(["x = '終わり', loop"], 1, 5, 1, 10) == ["1 | x = '終わり', loop", "  |     ^^^^^^^^"]
    assert rendered(["e\u0301 = loop"], 1, 6, 1, 10) == ["1 | e\u0301 = loop", "  |     ^^^^"]


def test_line_ends_are_not_part_of_a_line() -> None:
    assert rendered(["a\r\n", "b = loop\r\n", "c\r\n"], 2, 5, 2, 9) == [
        "1 | a",
        "2 | b = loop",
        "  |     ^^^^",
        "3 | c",
    ]


def test_a_long_line_is_cut_around_its_span() -> None:
    source, mark = rendered(["a" * 5000 + "LOOP" + "b" * 5000], 1, 5001, 1, 5005)
    assert len(source) < 130
    assert source.startswith("1 | …aaa")
    assert source.endswith("bbb…")
    assert source[mark.index("^") : mark.rindex("^") + 1] == "LOOP"


def test_a_span_longer_than_the_room_is_cut() -> None:
    source, mark = rendered(["x = f(" + "1, " * 2000 + ")"], 1, 5, 1, 6008)
    assert len(source) < 130
    assert len(mark) < 130
    assert mark.index("^") == source.index("f(")


def test_a_long_line_of_wide_characters_is_cut() -> None:
    source, mark = rendered(["終" * 300], 1, 150, 1, 151)
    assert mark.endswith(" ^^")
    assert len(source) < 70


def test_control_characters_are_shown_and_not_obeyed() -> None:
    assert rendered(["x = '\x1b[2J\u202e' # \x0c"], 1, 5, 1, 11) == ["1 | x = '␛[2J\ufffd' # ␌", "  |     ^^^^^^"]


def test_a_message_stays_on_its_line(report: Report, lines: Lines) -> None:
    finding = msgspec.structs.replace(report.projects[0].findings[0], message="a\nb\x1b[0m\tc\ud800")
    text = full.render(Report((ProjectReport("/srv/service", (finding,)),)), lines, "/srv/service")
    assert text.splitlines()[0] == "EXL302[unknown-status-string] a b␛[0m c\ufffd"
    text.encode()


def test_a_block_that_starts_its_line_has_its_corner_there() -> None:
    assert rendered(["    f(", "        1,", "    )"], 1, 5, 3, 6) == [
        "1 | /     f(",
        "2 | |         1,",
        "3 | |     )",
        "  | |_____^",
    ]


def test_a_tall_block_is_shortened() -> None:
    assert rendered(["{", *(f"  {number}," for number in range(2, 20)), "}"], 1, 1, 20, 2) == [
        " 1 | / {",
        " 2 | |   2,",
        " 3 | |   3,",
        " 4 | |   4,",
        " 5 | |   5,",
        " 6 | |   6,",
        "...| |",
        "19 | |   19,",
        "20 | | }",
        "   | |_^",
    ]


def test_an_end_at_the_start_of_a_line_is_the_end_of_the_line_before() -> None:
    assert rendered(["loop", "next"], 1, 1, 2, 1) == ["1 | loop", "  | ^^^^", "2 | next"]


@pytest.mark.parametrize("span", [(1, 1, 1, 1), (1, 9, 1, 12), (1, 1, 5, 3), (2, 1, 2, 1)])
def test_a_span_outside_the_text_is_moved_into_it(span: tuple[int, int, int, int]) -> None:
    assert "^" in rendered(["ab", ""], *span)[1] + rendered(["ab", ""], *span)[-1]


def test_an_empty_file_has_one_empty_line() -> None:
    assert rendered([], 1, 1, 1, 1) == ["1 |", "  | ^"]


def test_empty_lines_at_the_edge_of_the_context_are_left_out() -> None:
    assert rendered(["", "", "loop", "", "x"], 3, 1, 3, 5) == ["3 | loop", "  | ^^^^", "4 |", "5 | x"]
    assert rendered(["y", "", "loop", "", ""], 3, 1, 3, 5) == ["1 | y", "2 |", "3 | loop", "  | ^^^^"]


def test_the_hops_of_a_chain_are_shown_in_their_order() -> None:
    hops = tuple(Related(f"hop {line}", Place("a.py", Span(line, 1, line, 3))) for line in (12, 3, 100))
    finding = Finding("EXL102", "r", "m", Place("a.py", Span(1, 1, 1, 3)), Confidence.PROVEN, related=hops)
    text = full.render(Report((ProjectReport("/p", (finding,)),)), lambda path: ["ab"] * 120, "/p")
    assert [row for row in text.splitlines() if "hop" in row] == [f"    | -- hop {line}" for line in (12, 3, 100)]
    assert "100 | ab" in text
    assert "  1 | ab" in text


def test_a_related_block_shows_its_first_line() -> None:
    related = (Related("the enum", Place("a.py", Span(1, 1, 3, 2))),)
    finding = Finding("EXL302", "r", "m", Place("a.py", Span(3, 1, 3, 2)), Confidence.PROVEN, related=related)
    text = full.render(Report((ProjectReport("/p", (finding,)),)), lambda path: ["class A:", "  B", "C"], "/p")
    assert "1 | class A:\n  | -------- the enum\n  |\n" in text


def test_plain_text_needs_no_rich() -> None:
    program = "import sys; import execution_lint.reporting.full; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
