"""What the process imports before it has something to do."""

import subprocess
import sys
from pathlib import Path

import execution_lint

HEAVY = (
    "{'argparse', 'libcst', 'msgspec', 'rich', 'flake8', 'typing', 're', 'pathlib', 'dataclasses', 'enum', 'tomllib',"
    " 'hashlib', 'signal', 'datetime', 'ast', 'execution_lint.engine', 'execution_lint.cli.command_line'}"
)


def imported_by(program: str) -> str:
    """The heavy modules that `program` leaves imported, on its last line."""
    program = f"import sys\nbefore = set(sys.modules)\n{program}\nprint(sorted({HEAVY} & set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def test_the_version_costs_nothing() -> None:
    assert imported_by("from execution_lint.__main__ import main\nsys.argv[1:] = ['--version']\nmain()") == "[]"


def test_importing_the_package_costs_nothing() -> None:
    assert imported_by("import execution_lint") == "[]"


def test_a_scan_of_what_did_not_change_imports_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import asyncio\n\nloop = asyncio.new_event_loop()\n")
    scan = f"import os\nos.chdir({str(tmp_path)!r})\nfrom execution_lint.__main__ import main\n"
    scan += "sys.argv[1:] = ['scan', '--output-format', 'concise']\nmain()"
    assert imported_by(scan) != "[]"
    subprocess.run([sys.executable, "-c", "import time; time.sleep(2.2)"], check=True)
    # What had changed shortly before is looked at once more, and from then on known by its signature.
    imported_by(scan)
    assert imported_by(scan) == "[]"


def test_the_version_is_said() -> None:
    for option in ("--version", "-V"):
        done = subprocess.run(
            [sys.executable, "-m", "execution_lint", option], capture_output=True, text=True, check=True
        )
        assert done.stdout == f"execution-lint {execution_lint.__version__}\n"


def test_the_public_names_are_these() -> None:
    assert execution_lint.__all__ == ["__version__", "scan"]
    assert all(hasattr(execution_lint, name) for name in execution_lint.__all__)
