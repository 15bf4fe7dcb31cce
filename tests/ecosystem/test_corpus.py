"""Every real package below EXECUTION_LINT_CORPUS is scanned to its end, by the command that users run."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CORPUS = os.environ.get("EXECUTION_LINT_CORPUS", "")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "PYTHONWARNINGS")}
LIMITS = ("recursion", "nested", "larger", "size")
KEYS = {"code", "rule", "message", "confidence", "filename", "location", "end_location", "related", "fix", "url"}
KEYS |= {"fingerprint"}


def packages() -> list[Path]:
    """The folders of the corpus that hold Python."""
    folders = sorted(path for path in Path(CORPUS).iterdir() if path.is_dir()) if CORPUS else []
    return [folder for folder in folders if next(folder.rglob("*.py"), None) is not None]


def scanned(package: Path) -> "subprocess.CompletedProcess[str]":
    """The run of `scan` over a package, its report in JSON."""
    command = [sys.executable, "-m", "execution_lint", "scan", str(package), "--no-cache", "--output-format", "json"]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=ENVIRONMENT, check=False)


def is_python(path: Path) -> bool:
    """Whether the running Python can compile a file."""
    try:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@pytest.mark.skipif(not CORPUS, reason="EXECUTION_LINT_CORPUS names no folder of unpacked packages")
@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("package", packages(), ids=lambda package: str(package.name))
def test_a_real_package_is_scanned_to_its_end(package: Path) -> None:
    outcome = scanned(package)
    assert "Traceback" not in outcome.stderr, outcome.stderr
    findings: list[dict[str, Any]] = json.loads(outcome.stdout)
    assert not [finding for finding in findings if set(finding) - {"entries"} != KEYS]
    codes = {finding["code"] for finding in findings}
    assert "EXL002" not in codes, [finding["message"] for finding in findings if finding["code"] == "EXL002"]
    unparsed = [finding for finding in findings if finding["code"] == "EXL001"]
    unexplained = [
        finding
        for finding in unparsed
        if is_python(Path(finding["filename"])) and not any(word in finding["message"] for word in LIMITS)
    ]
    assert not unexplained, [f"{finding['filename']}: {finding['message']}" for finding in unexplained]
    expected = 2 if unparsed else 1 if findings else 0
    assert outcome.returncode == expected, outcome.stderr
    assert outcome.stderr.strip(), "a run that says nothing of what it read"


@pytest.mark.skipif(not CORPUS, reason="EXECUTION_LINT_CORPUS names no folder of unpacked packages")
def test_the_corpus_holds_packages() -> None:
    assert packages(), f"no folder with Python below {CORPUS}"
