"""Small programs that are executed: where Python says "was never awaited", and nowhere else, the linter says EXL107.

A program is a file in `cases/`: a sentence, then its modules, each behind a line `--- name.py`; `main` is what runs.
The first word of its name is the verdict that executing it must confirm; `missed` is one the linter is known to miss.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from execution_lint import scan

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
DRIVER = "import asyncio, gc, main; asyncio.run(main.main()); gc.collect()"
NEWER = {"harmless_taskgroup": (3, 11)}
"""The Python from which on a program runs at all."""


def written(case: Path, folder: Path) -> Path:
    """The folder, with the program laid out in it."""
    _, *parts = ("\n" + case.read_text("utf-8")).split("\n--- ")
    for part in parts:
        name, _, text = part.partition("\n")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.rstrip("\n") + "\n", "utf-8")
    (folder / "execution-lint.toml").write_text("")
    return folder


def named(case: Path) -> object:
    needs = NEWER.get(case.stem, (3, 10))
    return pytest.param(
        case, id=case.stem, marks=pytest.mark.skipif(sys.version_info < needs, reason=f"needs Python {needs}")
    )


def test_at_least_half_of_thirty_are_harmless() -> None:
    harmless = [case for case in CASES if case.stem.startswith("harmless_")]
    assert len(CASES) >= 30
    assert len(harmless) >= 15


@pytest.mark.parametrize("case", [named(case) for case in CASES])
def test_execution_and_linter_agree(case: Path, tmp_path: Path) -> None:
    folder = written(case, tmp_path)
    ran = subprocess.run(
        [sys.executable, "-W", "always", "-c", DRIVER], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    verdict = case.stem.partition("_")[0]
    assert ("was never awaited" in ran.stderr) is (verdict in ("unawaited", "missed")), ran.stderr
    report = scan(folder, select=["EXL107"], cache=False, jobs=1)
    found = [finding for project in report.projects for finding in project.findings]
    assert len(found) == (verdict == "unawaited"), found
