"""The one entry to every check; continuous integration, the hook and people use the same: `nox -s check tests`."""

import os
import re
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["check", "tests"]
nox.options.reuse_venv = "yes"

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
PYTHONS = nox.project.python_versions(PYPROJECT)
BENCHMARKS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))

# pyenv's `python3.10` answers only where that version is switched on; the one in the version's own folder always does.
_PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
_INTERPRETERS = [str(path) for version in PYTHONS for path in sorted(_PYENV.glob(f"{version}.*/bin"), reverse=True)]
os.environ["PATH"] = os.pathsep.join([*_INTERPRETERS, os.environ.get("PATH", os.defpath)])


def group(name: str) -> tuple[str, ...]:
    return nox.project.dependency_groups(PYPROJECT, name)


def install_for_tests(session: nox.Session) -> None:
    session.install("-e", ".[flake8,runtime]", *group("tests"), *group("runtime-tests"), *group("frameworks"))


@nox.session
def check(session: nox.Session) -> None:
    """Format, lint, types, import contract, generated pages, and execution-lint on itself and on the runtime."""
    session.install("-e", ".[flake8,runtime]", *group("dev"))
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("mypy")
    session.run("mypy", "--package", "runtime")
    # Test modules are no packages: each finds what lies beside it, as under pytest.
    settings = ("--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache" / "tests"))
    paths = {"MYPYPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    for folder in sorted({path.parent for path in (ROOT / "tests").rglob("*.py")}):
        with session.chdir(folder):
            session.run("mypy", *settings, *(path.name for path in sorted(folder.glob("*.py"))), env=paths)
    session.run("lint-imports", "--no-cache")
    session.run("python", "docs/generate.py", "--check")
    session.run("execution-lint", "scan", "execution_lint", "runtime")


@nox.session
def tests(session: nox.Session) -> None:
    """Every test, on the Python that runs nox."""
    install_for_tests(session)
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS)
def pythons(session: nox.Session) -> None:
    """Every test, on every Python that is supported."""
    install_for_tests(session)
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """The tests of the package with the oldest dependencies that `pyproject.toml` allows, on the oldest Python."""
    project = PYPROJECT["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["flake8"]]
    session.install("-e", ".[flake8]", *(oldest(requirement) for requirement in declared), *group("tests"))
    session.run("pytest", "--ignore=tests/runtime", "--ignore=tests/frameworks", *session.posargs)


def oldest(requirement: str) -> str:
    pinned, count = re.subn(r">=([\d.]+)", r"==\1", requirement, count=1)
    if not count:
        raise ValueError(f"{requirement}: no lower bound, so nothing says what the oldest version is")
    return pinned


@nox.session
def ecosystem(session: nox.Session) -> None:
    """Real packages: `nox -s ecosystem -- FOLDER`, or the folder in EXECUTION_LINT_CORPUS. Takes long."""
    corpus = session.posargs[0] if session.posargs else os.environ.get("EXECUTION_LINT_CORPUS", "")
    if not Path(corpus).is_dir() or not corpus:
        session.error(f"no folder of unpacked packages: {corpus or 'give one after `--`, or in EXECUTION_LINT_CORPUS'}")
    session.install("-e", ".", *group("tests"))
    environment = {"EXECUTION_LINT_CORPUS": str(Path(corpus).resolve())}
    session.run("pytest", "tests/ecosystem", *session.posargs[1:], env=environment)


@nox.session
def bench(session: nox.Session) -> None:
    """One of the programs in `benchmarks/`: `nox -s bench -- NAME ARGUMENTS`; else that with peers."""
    is_named = bool(session.posargs) and not session.posargs[0].startswith("-")
    name, *arguments = session.posargs if is_named else ["compare", *session.posargs]
    if name not in BENCHMARKS:
        session.error(f"there is no {name}; say which after `--`: {', '.join(BENCHMARKS)}")
    session.install("-e", ".[runtime]", *group("runtime-tests"))
    session.run("python", f"benchmarks/{name}.py", *arguments)


@nox.session
def postgres(session: nox.Session) -> None:
    """The runtime on PostgreSQL: RUNTIME_POSTGRES names a database that may be emptied; else a server is started."""
    install_for_tests(session)
    session.install("asyncpg")
    session.run("pytest", "-m", "postgres", "tests/runtime/test_runtime_postgres.py", *session.posargs)


if __name__ == "__main__":
    sys.exit("run `nox`")
