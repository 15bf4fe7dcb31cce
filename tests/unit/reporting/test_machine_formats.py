"""The renderings that programs read: concise, json, github."""

import json

import msgspec

from execution_lint.model.place import Place, Span
from execution_lint.model.report import ProjectReport, Report
from execution_lint.reporting import concise, github, json_format


def with_path(report: Report, path: str, message: str) -> Report:
    """`report` with its first finding alone, elsewhere and in other words."""
    finding = report.projects[0].findings[0]
    finding = msgspec.structs.replace(finding, place=Place(path, Span(1, 2, 3, 4)), message=message)
    return Report((ProjectReport("/srv/service", (finding,)),))


def test_concise_is_a_line_a_finding(report: Report) -> None:
    assert concise.render(report, "/srv/service") == (
        'app/routes.py:5:45: EXL302 `"success"` is no value of `JobStatus`\n'
        "app/routes.py:7:12: EXL201 the answer of `cancel` lacks `job_id`, `status`\n"
    )


def test_concise_of_nothing_is_nothing() -> None:
    assert concise.render(Report(), "/srv") == ""


def test_concise_keeps_a_finding_on_its_line(report: Report) -> None:
    text = concise.render(with_path(report, "a\nb.py", "one\r\ntwo"), "/srv/service")
    assert text == "a b.py:1:2: EXL302 one  two\n"


def test_json_has_the_keys_that_users_of_ruff_know(report: Report) -> None:
    first, second = json.loads(json_format.render(report))
    assert first == {
        "code": "EXL302",
        "message": '`"success"` is no value of `JobStatus`',
        "filename": "/srv/service/app/routes.py",
        "location": {"row": 5, "column": 45},
        "end_location": {"row": 5, "column": 54},
        "fix": None,
        "url": None,
        "rule": "unknown-status-string",
        "confidence": "proven",
        "related": [
            {
                "message": "the vocabulary",
                "filename": "/srv/service/app/models.py",
                "location": {"row": 1, "column": 7},
            }
        ],
        "fingerprint": "a" * 64,
        "entries": [],
    }
    assert list(second) == list(first)
    assert second["end_location"] == {"row": 10, "column": 6}
    assert second["related"] == []


def test_json_of_nothing_is_an_empty_array() -> None:
    assert json_format.render(Report((ProjectReport("/p"),))) == "[]\n"


def test_json_names_the_page_where_the_pages_are_published(report: Report) -> None:
    first, _ = json.loads(json_format.render(report, "https://example.org/rules/"))
    assert first["url"] == "https://example.org/rules/exl302_unknown_status_string"


def test_json_is_ascii_and_keeps_names_that_are_not_utf_8(report: Report) -> None:
    text = json_format.render(with_path(report, "caf\udce9.py", "終わり"))
    assert text.isascii()
    (finding,) = json.loads(text)
    assert finding["filename"] == "/srv/service/caf\udce9.py"
    assert finding["message"] == "終わり"


def test_github_annotates_the_span(report: Report) -> None:
    assert github.render(report, "/srv/service").splitlines()[1] == (
        "::error file=app/routes.py,line=7,col=12,endLine=10,endColumn=6,title=execution-lint (EXL201)"
        "::app/routes.py:7:12: EXL201 the answer of `cancel` lacks `job_id`, `status`"
    )


def test_github_escapes_what_would_end_a_command(report: Report) -> None:
    text = github.render(with_path(report, "a,b:c%.py", "100%\n::warning::x"), "/srv/service")
    assert text == (
        "::error file=a%2Cb%3Ac%25.py,line=1,col=2,endLine=3,endColumn=4,title=execution-lint (EXL302)"
        "::a,b:c%25.py:1:2: EXL302 100%25 ::warning::x\n"
    )
