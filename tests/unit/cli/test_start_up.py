"""What the process imports before it has something to do."""

import subprocess
import sys

import execution_lint

HEAVY = "{'argparse', 'libcst', 'msgspec', 'rich', 'typing', 're', 'pathlib', 'dataclasses'}"


def imported_by(program: str) -> str:
    """The heavy modules that `program` leaves imported, on its last line."""
    program = f"import sys\nbefore = set(sys.modules)\n{program}\nprint(sorted({HEAVY} & set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def test_the_version_costs_nothing() -> None:
    assert imported_by("from execution_lint.__main__ import main\nsys.argv[1:] = ['--version']\nmain()") == "[]"


def test_importing_the_package_costs_nothing() -> None:
    assert imported_by("import execution_lint") == "[]"


def test_the_version_is_said() -> None:
    for option in ("--version", "-V"):
        done = subprocess.run(
            [sys.executable, "-m", "execution_lint", option], capture_output=True, text=True, check=True
        )
        assert done.stdout == f"execution-lint {execution_lint.__version__}\n"


def test_the_public_names_are_these() -> None:
    assert execution_lint.__all__ == ["__version__", "scan"]
    assert all(hasattr(execution_lint, name) for name in execution_lint.__all__)
