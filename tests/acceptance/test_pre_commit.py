"""The hook in the real pre-commit, on a git repository of its own: what is staged is judged, by the whole project."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
THREE_BUGS = ROOT / "fixtures" / "projects" / "three_bugs"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("git") is None, reason="pre-commit works on git repositories"),
]

CONFIGURATION = """\
repos:
  - repo: {hooks}
    rev: {revision}
    hooks:
      - id: execution-lint
        args: [--force-exclude, --output-format, concise]
        verbose: true
"""


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "init.defaultBranch=main")
    ran = subprocess.run(["git", *settings, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository that ships the hook, and its revision."""
    folder = tmp_path_factory.mktemp("hooks") / "execution-lint"
    shutil.copytree(ROOT / "execution_lint", folder / "execution_lint", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    git(folder, "init")
    git(folder, "add", "--all")
    git(folder, "commit", "-m", "All")
    return folder, git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment that it installs the hook into."""
    return tmp_path_factory.mktemp("home")


class Repository:
    """A user's repository, with the hook in its configuration."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self._home = home

    def stage(self, **texts: str) -> None:
        """Write files, named by their path with `__` for `/`, and stage them."""
        for name, text in texts.items():
            path = self.folder / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            git(self.folder, "add", str(path))

    def text(self, path: str) -> str:
        return (self.folder / path).read_text()

    def hook(self, *arguments: str) -> tuple[int, str]:
        """Exit code and output of pre-commit."""
        ran = subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--color", "never", *arguments],
            cwd=self.folder,
            env={
                **{
                    key: value
                    for key, value in os.environ.items()
                    if not key.startswith("GIT_") and key != "PYTHONPATH"
                },
                "PRE_COMMIT_HOME": str(self._home),
            },
            capture_output=True,
            text=True,
            timeout=300,
        )
        return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def repository(tmp_path: Path, hooks: tuple[Path, str], home: Path) -> Repository:
    """The three bugs, committed before anybody had the hook; nothing is staged."""
    folder = tmp_path / "service"
    shutil.copytree(THREE_BUGS, folder, ignore=shutil.ignore_patterns("__pycache__", ".execution-lint-cache"))
    (folder / ".pre-commit-config.yaml").write_text(CONFIGURATION.format(hooks=hooks[0], revision=hooks[1]))
    git(folder, "init")
    git(folder, "add", "--all")
    git(folder, "commit", "-m", "Three bugs")
    return Repository(folder, home)


def findings(out: str) -> list[str]:
    return sorted(line for line in out.splitlines() if ": EXL" in line)


def scan(folder: Path, *arguments: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-m", "execution_lint", "scan", "--output-format", "concise", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return findings(ran.stdout)


def test_all_files_give_what_scan_gives(repository: Repository) -> None:
    code, out = repository.hook("--all-files")
    assert code == 1
    assert findings(out) == scan(repository.folder)
    assert {line.split()[1] for line in findings(out)} >= {"EXL101", "EXL102", "EXL201", "EXL302"}
    # The cache that the run leaves is nothing to commit.
    assert git(repository.folder, "status", "--porcelain") == ""


def test_a_staged_file_without_a_part_in_any_finding_passes(repository: Repository) -> None:
    repository.stage(analysis__words="GREETING = 'hello'\n")
    code, out = repository.hook()
    assert (code, findings(out)) == (0, [])
    assert "Passed" in out


def test_a_staged_bug_stops_the_commit(repository: Repository) -> None:
    repository.stage(
        analysis__late="from analysis.models import Job\n\n\ndef late(job: Job):\n    job.status = 'done'\n"
    )
    code, out = repository.hook()
    assert code == 1
    assert [line.split()[:2] for line in findings(out)] == [[f"analysis{os.sep}late.py:5:18:", "EXL301"]]


def test_the_enum_is_part_of_a_finding_elsewhere(repository: Repository) -> None:
    """A commit that takes a member away is told of the code that still spells its value."""
    models = repository.text("analysis/models.py")
    repository.stage(analysis__models=models + "\n# The statuses are final.\n")
    code, out = repository.hook()
    assert code == 1
    assert {line.split(":")[0] for line in findings(out)} == {str(Path("analysis", "routes.py"))}
    assert {line.split()[1] for line in findings(out)} == {"EXL302", "EXL304"}


def test_what_is_not_staged_does_not_count(repository: Repository) -> None:
    repository.stage(analysis__late="def late():\n    return None\n")
    unstaged = "from analysis.models import Job\n\n\ndef late(job: Job):\n    job.status = 'done'\n"
    (repository.folder / "analysis" / "late.py").write_text(unstaged)
    code, out = repository.hook()
    assert (code, findings(out)) == (0, [])
    assert repository.text("analysis/late.py") == unstaged


def test_what_is_staged_counts_although_it_is_mended_since(repository: Repository) -> None:
    repository.stage(
        analysis__late="from analysis.models import Job\n\n\ndef late(job: Job):\n    job.status = 'done'\n"
    )
    (repository.folder / "analysis" / "late.py").write_text("def late():\n    return None\n")
    code, out = repository.hook()
    assert code == 1
    assert [line.split()[1] for line in findings(out)] == ["EXL301"]
    assert repository.text("analysis/late.py") == "def late():\n    return None\n"


def test_an_excluded_file_is_passed_over_although_it_is_staged(repository: Repository) -> None:
    settings = repository.folder / "execution-lint.toml"
    settings.write_text('extend-exclude = ["legacy/"]\n' + settings.read_text())
    git(repository.folder, "add", "execution-lint.toml")
    repository.stage(
        legacy__late="import asyncio\n\n\ndef run(work):\n    asyncio.new_event_loop().run_until_complete(work())\n"
    )
    assert scan(repository.folder, "legacy/late.py")
    code, out = repository.hook()
    assert (code, findings(out)) == (0, [])


def test_what_cannot_be_checked_stops_the_commit(repository: Repository) -> None:
    repository.stage(analysis__broken="def (:\n")
    code, out = repository.hook()
    assert code == 1
    assert "- exit code: 2" in out
    assert [line.split()[1] for line in findings(out)] == ["EXL001"]

    (repository.folder / "execution-lint.toml").write_text("selekt = []\n")
    git(repository.folder, "add", "execution-lint.toml")
    code, out = repository.hook()
    assert code == 1
    assert "- exit code: 2" in out
    assert "execution-lint.toml:1: selekt" in out
    assert "Traceback" not in out


def test_many_files_are_one_run(repository: Repository) -> None:
    repository.stage(**{f"analysis__module_{number}": "x = 1\n" for number in range(60)})
    code, out = repository.hook()
    assert code == 0
    assert out.count("No findings.") == 1
