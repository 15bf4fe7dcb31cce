"""The exits that rules are told of are those of all exits that one can speak of, and say the same."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from generated_handlers import application
from hypothesis import HealthCheck, given, settings

from execution_lint.engine.inventory import take
from execution_lint.engine.invocation import Invocation
from execution_lint.model.inventory import Entry
from execution_lint.project.project import Project
from execution_lint.project.subjects import AnswerKind, RoutedHandler, RouteExit

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROJECTS = sorted(path for path in (FIXTURES / "projects").iterdir() if path.is_dir())
CASES = sorted(path for path in FIXTURES.glob("rules/exl2*/*") if path.is_dir())
CONTRACT = '[[envelope]]\nname = "all"\nmodules = ["*"]\nrequire = ["a", "b"]\n'


def told(folder: Path) -> tuple[RouteExit, ...]:
    """The exits that rules are told of, by a project that is asked for nothing else."""
    found: list[RouteExit] = []

    def asked(project: Project) -> Iterator[Entry]:
        found.extend(project.subjects(RouteExit))
        return iter(())

    take(Invocation(paths=(str(folder),)), asked)
    return tuple(found)


def every(folder: Path) -> tuple[RouteExit, ...]:
    """All exits, by a project that is asked for nothing else."""
    found: list[RouteExit] = []

    def asked(project: Project) -> Iterator[Entry]:
        found.extend(exit for handler in project.subjects(RoutedHandler) for exit in handler.exits)
        return iter(())

    take(Invocation(paths=(str(folder),)), asked)
    return tuple(found)


def may_be_spoken_of(exit: RouteExit) -> bool:
    """Whether an envelope governs what it answers, or a model with fields narrows it."""
    is_raise = any(answer.kind is AnswerKind.RAISE for answer in exit.returned)
    return not is_raise and (exit.governance is not None or (exit.wire is not None and bool(exit.wire.fields)))


def agree(folder: Path) -> int:
    """Holds the two against each other; gives how many exits rules are told of."""
    some, all_of_them = told(folder), every(folder)
    assert [exit for exit in all_of_them if exit in some] == list(some)
    assert [exit for exit in all_of_them if may_be_spoken_of(exit) and exit not in some] == []
    return len(some)


@pytest.mark.parametrize("folder", [*PROJECTS, *CASES], ids=lambda path: path.name)
def test_rules_are_told_of_every_exit_that_they_can_speak_of(folder: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(folder, project)
    agree(project)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(application())
def test_the_same_of_made_up_handlers(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("handlers")
    (folder / "service.py").write_text(text)
    (folder / "execution-lint.toml").write_text(CONTRACT)
    assert agree(folder)
    (folder / "execution-lint.toml").write_text("")
    agree(folder)
