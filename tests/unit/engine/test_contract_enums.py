"""What a contract names is looked for where no earlier run stands for it."""

from pathlib import Path

import pytest

from execution_lint.engine import plan
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.run import run
from execution_lint.errors import ConfigurationError

CONTRACT = '[[vocabulary]]\nenum = "jobs:JobStatus"\nfields = ["status"]\n'
ENUM = 'from enum import Enum\n\n\nclass JobStatus(Enum):\n    DONE = "done"\n\n\ndef name(job):\n    return job\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "execution-lint.toml").write_text(CONTRACT)
    (tmp_path / "jobs.py").write_text(ENUM)
    (tmp_path / "others.py").write_text("def other():\n    return 1\n")
    run(Invocation(paths=(str(tmp_path),)))
    return tmp_path


def test_an_edit_that_changes_no_answer_has_it_looked_for_by_nobody(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "_check_contract", lambda *_: pytest.fail("looked for"))
    (project / "others.py").write_text("def other():\n    return 2\n")
    run(Invocation(paths=(str(project),)))


@pytest.mark.parametrize("text", ["", ENUM.replace("class JobStatus", "class Status")])
def test_an_edit_that_takes_it_away_is_a_mistake(project: Path, text: str) -> None:
    (project / "jobs.py").write_text(text)
    with pytest.raises(ConfigurationError, match=r"there is no enum jobs:JobStatus"):
        run(Invocation(paths=(str(project),)))


def test_all_mistakes_are_said_at_once(project: Path) -> None:
    (project / "jobs.py").write_text("")
    with pytest.raises(ConfigurationError) as raised:
        run(Invocation(paths=(str(project),), select=("EXL999",)))
    assert len(raised.value.mistakes) == 2
