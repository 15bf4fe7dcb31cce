"""The second look at findings: what was looked at while there was time is not looked at again."""

from pathlib import Path

import pytest

from execution_lint.engine.confirm import begin, disagreements
from execution_lint.engine.library import FileLibrary
from execution_lint.extract import opened
from execution_lint.extract.parsers import parse_thoroughly
from execution_lint.model.finding import Finding
from execution_lint.model.place import Place, Span
from execution_lint.rules.linter import exl001_unparsed_file

TEXT = "def first():\n    return 1\n\n\ndef second():\n    return 2\n\n\ndef third():\n    return 3\n"


@pytest.fixture
def library(tmp_path: Path) -> FileLibrary:
    (tmp_path / "module.py").write_text(TEXT)
    return FileLibrary(tmp_path, ("module.py",), 1 << 20, locate=True, replaced={})


def finding(line: int) -> Finding:
    return exl001_unparsed_file.RULE.finding(
        Place("module.py", Span(line, 1, line, 2)), scope="", help="", reason="for a test"
    )


def test_what_was_looked_at_in_time_is_not_looked_at_again(
    library: FileLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def parse(text: str) -> object:
        looked.append(text.split("(", maxsplit=1)[0])
        return parse_thoroughly(text)

    monkeypatch.setattr(opened, "parse_thoroughly", parse)
    findings = [finding(1), finding(5), finding(9)]
    times = iter((True, True, False))
    begin(findings, library, lambda: next(times))
    assert looked == ["def first", "def second"]
    assert list(disagreements(findings, library)) == []
    assert looked == ["def first", "def second", "def third"]


def test_a_disagreement_is_told_whether_it_was_seen_before(
    library: FileLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "parse_thoroughly", lambda text: parse_thoroughly(text.replace("return 2", "return 3")))
    begin([finding(5)], library, lambda: True)
    assert list(disagreements([finding(1), finding(5)], library)) == [
        "module.py:5: the two parsers disagree on this code; please report it"
    ]
