"""What is passed over without asking what an exit answers could not have mattered."""

from pathlib import Path

from generated_handlers import application
from hypothesis import HealthCheck, given, settings

from execution_lint.config.schema import Config
from execution_lint.engine.library import FileLibrary
from execution_lint.project.project import Project
from execution_lint.rules.envelope.exl205_dropped_answer_key import check


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(source=application())
def test_what_an_exit_answers_with_it_may_answer_with(tmp_path: Path, source: str) -> None:
    (tmp_path / "app.py").write_text(source, encoding="utf-8")
    project = Project(
        FileLibrary(tmp_path, ("app.py",), 1_000_000, locate=True, replaced={}), Config(root=str(tmp_path))
    )
    for exit in project.routes.exits:
        for key in {key for answer in exit.answered.answers for key in answer.keys | answer.optional}:
            assert exit.may_answer_with(key), (exit.handler.name, exit.fact, key)
        told = exit.governed(None, exit.handler.routes)
        if not exit.may_be_narrowed:
            assert not list(check(told, project)), (exit.handler.name, exit.fact)
