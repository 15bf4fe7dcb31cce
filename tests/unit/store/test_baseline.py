"""The baseline: what is written is read, and a file that is none is explained."""

import json
from pathlib import Path

import pytest

from execution_lint.errors import BaselineError
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding
from execution_lint.model.place import Place, Span
from execution_lint.model.report import ProjectReport, Reason, Report, SetAside
from execution_lint.store import baseline


def finding(letter: str, path: str = "app/a.py", code: str = "EXL301") -> Finding:
    place = Place(path, Span(1, 1, 1, 5))
    proven = Confidence.PROVEN
    return Finding(code, "raw-status-string", f"message {letter}", place, proven, "f", fingerprint=letter * 64)


def report(root: Path, *findings: Finding) -> Report:
    return Report((ProjectReport(root.as_posix(), findings),))


def test_a_baseline_is_a_line_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    count = baseline.write(str(path), report(tmp_path, finding("b"), finding("a"), finding("c", "A.py")))
    assert count == 3
    rows = [
        f'{{"fingerprint": "{letter * 64}", "code": "EXL301", "root": ".", "path": "{file}", "scope": "f", '
        f'"message": "message {letter}"}}'
        for letter, file in (("c", "A.py"), ("a", "app/a.py"), ("b", "app/a.py"))
    ]
    listed = ",\n    ".join(rows)
    assert path.read_text() == f'{{\n  "version": 1,\n  "findings": [\n    {listed}\n  ]\n}}\n'


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = str(tmp_path / "known.json")
    baseline.write(path, report(tmp_path, finding("a"), finding("b")))
    known = baseline.read(path)
    assert known.fingerprints == {"a" * 64, "b" * 64}
    assert [(entry.code, entry.path, entry.scope, entry.message, entry.line) for entry in known.entries] == [
        ("EXL301", "app/a.py", "f", "message a", 4),
        ("EXL301", "app/a.py", "f", "message b", 5),
    ]


def test_a_baseline_of_nothing_is_a_baseline(tmp_path: Path) -> None:
    path = str(tmp_path / "known.json")
    assert baseline.write(path, Report()) == 0
    assert baseline.read(path).entries == ()


def test_the_order_of_the_findings_does_not_change_the_file(tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    baseline.write(str(one), report(tmp_path, finding("a"), finding("b")))
    baseline.write(str(other), report(tmp_path, finding("b"), finding("a")))
    assert one.read_bytes() == other.read_bytes()


def test_what_the_old_baseline_held_is_kept_and_what_a_suppression_held_is_not(tmp_path: Path) -> None:
    path = str(tmp_path / "known.json")
    held = (SetAside(finding("b"), Reason.BASELINE, path), SetAside(finding("c"), Reason.SUPPRESSION, "a.py:1"))
    project = ProjectReport(tmp_path.as_posix(), (finding("a"), finding("d", code=baseline.STALE)), held)
    assert baseline.write(path, Report((project,))) == 2
    assert baseline.read(path).fingerprints == {"a" * 64, "b" * 64}


def test_a_report_whose_baseline_was_written_holds_nothing(tmp_path: Path) -> None:
    held = baseline.hold(report(tmp_path, finding("a")), "known.json")
    assert not held.has_findings
    assert held.projects[0].set_aside == (SetAside(finding("a"), Reason.BASELINE, "known.json"),)


def test_entries_of_several_projects_are_told_apart(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "deep" / "other"
    both = Report((*report(one, finding("a")).projects, *report(other, finding("b")).projects))
    path = tmp_path / "deep" / "known.json"
    path.parent.mkdir()
    baseline.write(str(path), both)
    known = baseline.read(str(path))
    assert [entry.root for entry in known.entries] == ["../one", "other"]
    assert [known.root_of(entry) for entry in known.entries] == [str(one), str(other)]
    assert [entry.root for entry in known.stale(str(one), [])] == ["../one"]
    assert list(known.stale(str(one), ["a" * 64])) == []
    assert list(known.stale(str(tmp_path), [])) == []


def test_a_baseline_laid_out_by_another_tool_keeps_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    baseline.write(str(path), report(tmp_path, finding("a"), finding("b")))
    path.write_text("\ufeff" + json.dumps(json.loads(path.read_text()), indent=1, sort_keys=True), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    for entry in baseline.read(str(path)).entries:
        assert entry.fingerprint in lines[entry.line - 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1:1: the baseline is not JSON: Expecting value"),
        ('{\n  "version": 1,\n<<<<<<< ours\n', ":3:1: the baseline is not JSON"),
        ("[" * 100_000, ":1: the baseline is not JSON"),
        ("[]", ":1: this JSON is no baseline, it has no `version`"),
        ('{\n "version": 2}', ":2: the baseline has version 2, this program reads 1"),
        ('{"version": 1}', ":1: `findings` of the baseline must be an array"),
        ('{"version": 1, "findings": [7]}', ": entry 1 of the baseline is no object"),
        ('{"version": 1, "findings": [{"fingerprint": "ab"}]}', ": entry 1 of the baseline has no fingerprint of 64"),
        (
            '{"version": 1, "findings": [\n{"fingerprint": "' + "a" * 64 + '", "path": 3}]}',
            ":2: `path` of entry 1 of the baseline must be a string",
        ),
    ],
)
def test_a_file_that_is_no_baseline_is_explained(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)
    with pytest.raises(BaselineError) as caught:
        baseline.read(str(path))
    assert str(caught.value).startswith(f"{path}{said}")
    assert str(caught.value).endswith(f"repair it or write it again with `--write-baseline {path}`")
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_explained(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BaselineError, match="the baseline is not JSON"):
        baseline.read(str(path))


def test_a_missing_baseline_is_explained(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match=r"there is no baseline; write one with `--write-baseline .*none\.json`"):
        baseline.read(str(tmp_path / "none.json"))


def test_a_folder_is_no_baseline(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="cannot be read"):
        baseline.read(str(tmp_path))


def test_a_baseline_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="the baseline cannot be written: No such file or directory"):
        baseline.write(str(tmp_path / "none" / "known.json"), Report())
