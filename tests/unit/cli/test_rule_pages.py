"""The cases of a rule are read from its fixture folder."""

from pathlib import Path

from execution_lint.cli.rule_cases import cases_of
from execution_lint.reporting.explanation import Case
from execution_lint.rules.rule import Rule

RULE = Rule(code="EXL101", name="hand-made-event-loop", message="m", since="0.1.0")


def test_cases_are_told_by_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "exl101_hand_made_event_loop"
    across = folder / "bad_across_modules"
    (across / "app").mkdir(parents=True)
    for path, text in {
        "bad.py": '"""A loop for\none call."""\n\nimport asyncio\n\nloop = 1  # expect: EXL101\n',
        "bad.fixed.py": '"""Not a case."""\n',
        "good.py": "x = 1\n",
        "good_old_syntax.py": "print 1\n",
        "missed_alias.py": '"""An alias."""\n',
        "output.txt": "",
        "conftest.py": "",
        "bad_across_modules/execution-lint.toml": "",
        "bad_across_modules/a.py": "x = 1\n",
        "bad_across_modules/app/b.py": '"""The caller\n\n   and the called."""\n',
    }.items():
        (folder / path).write_text(text)
    assert cases_of(RULE, tmp_path) == (
        Case("bad", "A loop for one call.", "import asyncio\n\nloop = 1  # expect: EXL101"),
        Case("bad_across_modules", "The caller and the called.", ""),
        Case("good", "", "x = 1"),
        Case("good_old_syntax", "", "print 1"),
        Case("missed_alias", "An alias.", ""),
    )


def test_without_fixtures_there_are_no_cases(tmp_path: Path) -> None:
    assert cases_of(RULE, tmp_path) == ()
    assert cases_of(RULE, None) == ()
