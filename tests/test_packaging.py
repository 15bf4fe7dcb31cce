"""What is built is what users need: a wheel with the package alone, an archive with everything that the tests need."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


def run(*command: str, cwd: Path) -> str:
    """What a command prints. The test fails with all that it said if the command does."""
    ran = subprocess.run(
        command,
        cwd=cwd,
        # What is tested is what was installed.
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert ran.returncode in (0, 1), f"{command}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the archive of the sources, and the wheel that was built from that archive."""
    folder = tmp_path_factory.mktemp("dist")
    # Without isolation: the build needs hatchling alone, which the tests have.
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with the wheel."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    (wheel,) = built.glob("*.whl")
    run(sys.executable, "-m", "venv", str(folder), cwd=built)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    run(str(programs / "python"), "-m", "pip", "install", "--quiet", str(wheel), cwd=built)
    return programs


def test_the_wheel_holds_the_package_alone(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    top = {name.split("/")[0] for name in names}
    assert top == {"execution_lint", "execution_lint-0.1.0.dist-info"}
    assert "execution_lint/py.typed" in names
    source = {path.relative_to(ROOT).as_posix() for path in (ROOT / "execution_lint").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == source
    assert "execution_lint-0.1.0.dist-info/licenses/LICENSE" in names


def test_the_archive_of_the_sources_holds_what_the_tests_need(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = (
        "runtime/app.py",
        "runtime/pyproject.toml",
        "fixtures/projects/three_bugs/analysis/routes.py",
        "fixtures/rules/exl101_hand_made_event_loop/bad.py",
        "tests/test_packaging.py",
        "docs/generate.py",
        "noxfile.py",
        ".pre-commit-hooks.yaml",
        "LICENSE",
    )
    assert [name for name in needed if name not in names] == []
    assert not [name for name in names if "__pycache__" in name or name.endswith((".sqlite3", ".pyc"))]


def test_the_wheel_runs_in_a_fresh_environment(installed: Path, tmp_path: Path) -> None:
    command = str(installed / "execution-lint")
    assert run(command, "--version", cwd=tmp_path) == "execution-lint 0.1.0\n"
    out = run(command, "scan", str(ROOT / "fixtures/projects/three_bugs"), "--output-format", "concise", cwd=tmp_path)
    assert {line.split()[1] for line in out.splitlines()} >= {"EXL101", "EXL201", "EXL302"}
    assert run(command, "rule", "EXL101", cwd=tmp_path).startswith("# EXL101: ")


def test_the_package_offers_what_it_says(installed: Path, tmp_path: Path) -> None:
    program = (
        "from execution_lint import *\n"
        "import execution_lint, sys\n"
        "assert execution_lint.__all__ == ['__version__', 'scan'], execution_lint.__all__\n"
        f"report = scan({str(ROOT / 'fixtures' / 'projects' / 'three_bugs')!r}, cache=False)\n"
        "print(*sorted({finding.code for project in report.projects for finding in project.findings}))\n"
        "print('flake8' in sys.modules, 'rich' in sys.modules)\n"
    )
    out = run(str(installed / "python"), "-c", program, cwd=tmp_path)
    assert {"EXL101", "EXL201", "EXL302"} <= set(out.splitlines()[0].split())
    assert out.splitlines()[1] == "False False"


def test_users_can_check_the_types_of_what_they_call(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(
        "from execution_lint import scan\n"
        "codes: list[str] = [finding.code for project in scan('x').projects for finding in project.findings]\n"
        "wrong: int = scan('x')\n"
    )
    arguments = ("--strict", "--python-executable", str(installed / "python"), "--cache-dir", str(tmp_path), "use.py")
    out = run(sys.executable, "-m", "mypy", *arguments, cwd=tmp_path)
    assert [line.split(":")[1] for line in out.splitlines() if ": error:" in line] == ["3"]
