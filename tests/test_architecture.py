"""The imports point down, as `pyproject.toml` declares it, and modules are named for what they do."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import execution_lint

ROOT = Path(__file__).parents[1]
PACKAGE = Path(execution_lint.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))

LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


def test_the_imports_point_down() -> None:
    linted = lint_imports(ROOT)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "1 kept, 0 broken" in linted.stdout


def test_an_import_that_points_up_breaks_the_contract(tmp_path: Path) -> None:
    """What the contract is worth: a model that imports the engine fails it."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for module in MODULES:
        copy = tmp_path / "execution_lint" / module
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((PACKAGE / module).read_bytes())
    with (tmp_path / "execution_lint" / "model" / "place.py").open("a", encoding="utf-8") as file:
        file.write("\nfrom execution_lint.engine import run\n")
    linted = lint_imports(tmp_path)
    assert linted.returncode == 1
    assert "execution_lint.model is not allowed to import execution_lint.engine" in linted.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.as_posix())
def test_a_module_is_named_for_what_it_does(module: Path) -> None:
    unsaid = {"utils", "util", "helpers", "helper", "common", "core", "manager", "managers", "misc", "base"}
    assert unsaid.isdisjoint((*module.parent.parts, module.stem))


def test_no_two_test_modules_share_a_name() -> None:
    """They are no packages, so that pytest imports them by their names alone."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
