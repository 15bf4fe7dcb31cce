import pytest

from execution_lint.config.mistakes import mistake, nearest


def test_a_mistake_leaves_out_what_is_not_known() -> None:
    assert mistake("a.toml", 3, "select", "is odd", "EXL") == "a.toml:3: select: is odd; did you mean EXL?"
    assert mistake("a.toml", 0, "", "is odd") == "a.toml: is odd"


def test_a_mistake_is_one_line_of_bearable_length() -> None:
    line = mistake("a.toml", 1, "x\ny\x1b[31m\u2028", "z" * 10_000)
    assert line.isprintable()
    assert len(line) < 600


@pytest.mark.parametrize(
    ("word", "candidates", "meant"),
    [
        ("selct", ["select", "ignore"], "select"),
        ("MIN_CONFIDENCE", ["min-confidence", "src"], "min-confidence"),
        ("jobstatus", ["JobStatus", "JobState"], "JobStatus"),
        ("zzz", ["select", "ignore"], None),
        ("x", [], None),
        ("s" * 100_000, ["select"], None),
    ],
)
def test_the_nearest_name(word: str, candidates: list[str], meant: str | None) -> None:
    assert nearest(word, candidates) == meant
