"""What holds a status, form by form: the programs of `fixtures/projects/status_subjects`, written without a look at the
cases of the rules."""

import re
from collections import Counter
from pathlib import Path

from execution_lint import scan

PROJECT = Path(__file__).parents[1] / "fixtures" / "projects" / "status_subjects"
_MARK = re.compile(r"#\s*(expect|missed):\s*(EXL30[12](?:, EXL30[12])*)$")


def marked(kind: str) -> Counter[tuple[str, int, str]]:
    """The findings that the programs speak of, by file, line and code."""
    found: Counter[tuple[str, int, str]] = Counter()
    for path in PROJECT.glob("*.py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            mark = _MARK.search(line)
            for code in mark[2].split(", ") if mark is not None and mark[1] == kind else ():
                found[path.name, number, code] += 1
    return found


def test_the_programs_are_judged_as_they_say() -> None:
    report = scan(str(PROJECT), cache=False)
    found = Counter(
        (finding.place.path, finding.place.span.start_line, finding.code)
        for project in report.projects
        for finding in project.findings
        if finding.code in ("EXL301", "EXL302")
    )
    assert sorted((found - marked("expect")).elements()) == [], "too much, or no longer missed"
    assert sorted((marked("expect") - found).elements()) == [], "missing"


def test_few_are_missed() -> None:
    assert marked("missed").total() <= 0.1 * marked("expect").total()
