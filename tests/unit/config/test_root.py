from pathlib import Path

import pytest

from execution_lint.config.root import Roots, root_of


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "service" / "app" / "api").mkdir(parents=True)
    (tmp_path / "service" / "app" / "api" / "jobs.py").write_text("")
    return tmp_path


def test_the_nearest_configuration_beats_a_nearer_mark(tree: Path) -> None:
    (tree / "execution-lint.toml").write_text("")
    (tree / "service" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert root_of(tree / "service" / "app" / "api" / "jobs.py") == tree.as_posix()
    (tree / "service" / "pyproject.toml").write_text("[tool.execution-lint]\n")
    assert root_of(tree / "service" / "app" / "api" / "jobs.py") == (tree / "service").as_posix()


@pytest.mark.parametrize("marker", ["pyproject.toml", "setup.cfg", "setup.py", ".git"])
def test_without_a_configuration_the_nearest_mark_counts(tree: Path, marker: str) -> None:
    (tree / "setup.py").write_text("")
    (tree / "service" / marker).write_text("")
    assert root_of(tree / "service" / "app") == (tree / "service").as_posix()
    assert root_of(tree) == tree.as_posix()


def test_one_look_serves_all_paths_of_a_tree(tree: Path) -> None:
    (tree / "setup.cfg").write_text("")
    (tree / "service" / "app" / "execution-lint.toml").write_text("")
    roots = Roots()
    assert roots.of(tree / "service" / "app" / "api" / "jobs.py") == (tree / "service" / "app").as_posix()
    assert roots.of(tree / "service" / "app") == (tree / "service" / "app").as_posix()
    assert roots.of(tree / "service") == tree.as_posix()
    assert roots.of(str(tree / "service" / "missing.py")) == tree.as_posix()


def test_a_path_without_any_project_is_its_own_root(monkeypatch: pytest.MonkeyPatch, tree: Path) -> None:
    monkeypatch.setattr("execution_lint.config.root.MARKERS", ("no-such-marker",))
    assert root_of(tree / "service" / "app" / "api" / "jobs.py") == (tree / "service" / "app" / "api").as_posix()
    assert root_of(tree / "service") == (tree / "service").as_posix()
