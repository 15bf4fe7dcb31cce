"""The linter and the execution of the same program agree, run by run."""

import asyncio
import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest
from battery import Case, cases
from nested_execution import executed

from execution_lint import scan

CASES = cases()
FRAMEWORKS = (
    "fastapi",
    "httpx",
    "starlette",
    "anyio",
    "asgiref",
    "uvicorn",
    "uvloop",
    "litestar",
    "sanic",
    "aiohttp",
    "nest_asyncio",
)


def _lacking(case: Case) -> str:
    text = "\n".join(source for _, source in case.files)
    for name in re.findall(r"\basyncio\.(\w+)", text):
        if not hasattr(asyncio, name):
            return f"asyncio.{name}"
    words = set(text.replace(".", " ").split())
    return next((name for name in FRAMEWORKS if name in words and importlib.util.find_spec(name) is None), "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, tmp_path: Path) -> None:
    lacking = _lacking(case)
    if lacking:
        pytest.skip(f"{lacking} is not installed")
    case.write(tmp_path)
    truth = executed(tmp_path, case.mode)
    assert bool(truth.nested) is (case.verdict != "harmless"), truth
    if case.verdict == "harmless":
        assert truth.failure == ""
    report = scan(tmp_path, select=("EXL102", "EXL108"), cache=False)
    found = [
        (finding.code, finding.place.path, finding.place.span.start_line)
        for project in report.projects
        for finding in project.findings
    ]
    assert sorted(found) == sorted((case.code, name, line) for name, line in truth.nested)


def test_the_battery_is_large_enough() -> None:
    verdicts = Counter(case.verdict for case in CASES)
    assert len(CASES) >= 80
    assert verdicts["harmless"] >= 30


def test_no_two_programs_are_the_same() -> None:
    shapes: dict[str, str] = {}
    for case in CASES:
        assert shapes.setdefault(case.shape(), case.name) == case.name
