"""Every case of `fixtures/rules` gives what its name and its marks say."""

from pathlib import Path

import pytest
from rule_harness import FIXTURES, Mark, RuleCase, cases, differences, found, mistakes, rendered, scan

CASES = tuple(cases())
GOOD = tuple(case for case in CASES if case.verdict == "good")
OTHERS = tuple(case for case in CASES if case.verdict != "good" and case.code != "EXL002")
EXAMPLES = tuple(case for case in CASES if case.name == "bad")


def identity(case: RuleCase) -> str:
    return f"{case.code}-{case.name}"


@pytest.mark.parametrize("case", CASES, ids=identity)
def test_case(case: RuleCase, tmp_path: Path) -> None:
    assert mistakes(case, scan(case, tmp_path)) == []


@pytest.mark.parametrize("case", CASES, ids=identity)
def test_the_slow_path_gives_the_same_report(case: RuleCase, tmp_path: Path) -> None:
    fast, slow = scan(case, tmp_path), scan(case, tmp_path, locate=False)
    assert (slow.findings, slow.set_aside) == (fast.findings, fast.set_aside)


@pytest.mark.parametrize("case", GOOD, ids=identity)
def test_no_rule_says_anything_of_what_is_good(case: RuleCase, tmp_path: Path) -> None:
    assert differences(case.marks("expect"), found(scan(case, tmp_path, every_rule=True))) == []


@pytest.mark.parametrize("case", OTHERS, ids=identity)
def test_no_rule_crashes(case: RuleCase, tmp_path: Path) -> None:
    report = scan(case, tmp_path, every_rule=True)
    assert [mark for mark in found(report) if mark.code == "EXL002"] == []
    assert report.troubled is any(mark.code == "EXL001" for mark in found(report))


@pytest.mark.parametrize("case", EXAMPLES, ids=identity)
def test_rendering(case: RuleCase, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    golden = FIXTURES / case.folder / "output.txt"
    text = rendered(scan(case, tmp_path))
    if pytestconfig.getoption("--update-golden"):
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")


def test_one_finding_too_many_fails() -> None:
    expected = [Mark("a.py", 3, "EXL101")]
    once = Mark("a.py", 3, "EXL101", "proven")
    assert differences(expected, [once]) == []
    assert differences(expected, [once, once]) == ["too much a.py:3 EXL101 proven"]
    assert differences(expected, []) == ["missing  a.py:3 EXL101"]


def test_a_mark_may_name_the_confidence() -> None:
    either = [Mark("a.py", 3, "EXL302", "possible"), Mark("a.py", 3, "EXL302")]
    findings = [Mark("a.py", 3, "EXL302", "possible"), Mark("a.py", 3, "EXL302", "proven")]
    assert differences(either, findings) == []
    assert differences(either[:1], findings[1:]) == ["missing  a.py:3 EXL302 possible", "too much a.py:3 EXL302 proven"]


def written(folder: Path, name: str, source: str) -> RuleCase:
    path = folder / f"{name}.py"
    path.write_text(source)
    return RuleCase("exl101_hand_made_event_loop", name, path)


LOOP = "import asyncio\n\n\ndef work(task):\n    return asyncio.new_event_loop().run_until_complete(task)"


@pytest.mark.parametrize(
    ("name", "mark", "wrong"),
    [
        ("bad", "  # expect: EXL101", []),
        (
            "bad",
            "  # expect: EXL101 possible",
            ["missing  bad.py:5 EXL101 possible", "too much bad.py:5 EXL101 proven"],
        ),
        ("bad", "", ["too much bad.py:5 EXL101 proven", "no line is marked with EXL101"]),
        ("good", "", ["too much good.py:5 EXL101 proven"]),
        ("good", "  # expect: EXL101", ["a good case marks nothing: good.py:5 EXL101"]),
        (
            "missed",
            "  # missed: EXL101",
            ["too much missed.py:5 EXL101 proven", "the rule sees it now, the case is bad: missed.py:5 EXL101"],
        ),
    ],
)
def test_a_case_that_is_wrong_fails(name: str, mark: str, wrong: list[str], tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "project").mkdir()
    case = written(tmp_path / "cases", name, LOOP + mark + "\n")
    assert mistakes(case, scan(case, tmp_path / "project")) == wrong
