"""Every real package below EXECUTION_LINT_CORPUS is reported on alike by locating and by parsing every file whole."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CORPUS = os.environ.get("EXECUTION_LINT_CORPUS", "")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "PYTHONWARNINGS")}
OPTIONS = ("--no-cache", "--isolated", "--min-confidence", "possible", "--output-format", "json")


def packages() -> list[Path]:
    """The folders of the corpus that hold Python, the smallest first."""
    folders = [path for path in Path(CORPUS).iterdir() if path.is_dir()] if CORPUS else []
    sizes = {folder: sum(path.stat().st_size for path in folder.rglob("*.py") if path.is_file()) for folder in folders}
    return sorted((folder for folder in folders if sizes[folder]), key=lambda folder: sizes[folder])


def scanned(package: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    """How the command ends, and what it reports."""
    command = [sys.executable, "-m", "execution_lint", "scan", str(package), *OPTIONS, *options]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=ENVIRONMENT, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.skipif(not CORPUS, reason="EXECUTION_LINT_CORPUS names no folder of unpacked packages")
@pytest.mark.parametrize("package", packages(), ids=lambda package: package.name)
def test_a_package_is_reported_alike_on_both_paths(package: Path) -> None:
    assert scanned(package) == scanned(package, "--no-locate")
