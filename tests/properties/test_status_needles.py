"""Every word by which repeated vocabularies (EXL307) and status fields without an enum (EXL303) are located finds some:
without it they are missed. With all of them, no more is found where every file is read whole."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from execution_lint.engine.invocation import Invocation
from execution_lint.engine.library import FileLibrary
from execution_lint.engine.run import run
from execution_lint.model.confidence import Confidence
from execution_lint.project.status_names import FIELDS
from execution_lint.source.regions import Needles

ENUM = """\
from enum import Enum


class {name}(str, Enum):
    A = "{0}"
    B = "{1}"
    C = "{2}"
    D = "{3}"
"""
VOCABULARIES = {
    "JobStatus": ("running", "queued", "done", "lost"),
    "RunStatus": ("inProgress", "notStarted", "over", "gone"),
    "StepStatus": ("kept for approval", "in review", "open", "shut"),
}
"""The first two words of each are those that are looked for, whole or by their longest part."""
SPELLINGS = {
    "JobStatus": ({"running", "RUNNING", "Running"}, {"queued", "QUEUED", "Queued"}),
    "RunStatus": (
        {"inProgress", "inprogress", "INPROGRESS", "Inprogress"},
        {"notStarted", "notstarted", "NOTSTARTED", "Notstarted"},
    ),
    "StepStatus": ({"approval", "APPROVAL", "Approval"}, {"review", "REVIEW", "Review"}),
}
SOUGHT = [
    (name, position, spelling)
    for name, words in SPELLINGS.items()
    for position, spellings in enumerate(words)
    for spelling in sorted(spellings)
]


def reported(folder: Path, code: str, *, locate: bool = True) -> set[str]:
    invocation = Invocation(
        paths=(str(folder),), select=(code,), min_confidence=Confidence.POSSIBLE, jobs=1, cache=False, locate=locate
    )
    (project,) = run(invocation).projects
    return {finding.place.path for finding in project.findings}


def lose(lost: frozenset[str], monkeypatch: pytest.MonkeyPatch, asked: set[str]) -> None:
    """Takes words from every question for candidates, and notes what the questions were."""
    complete = FileLibrary.candidates

    def candidates(library: FileLibrary, wanted: Needles) -> Iterator[tuple[str, tuple[int, ...]]]:
        given = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        asked.update(word for words in given.values() for word in words)
        return complete(library, msgspec.structs.replace(wanted, **{name: given[name] - lost for name in given}))

    monkeypatch.setattr(FileLibrary, "candidates", candidates)


def twin(name: str, position: int, spelling: str) -> str:
    """A constant that says all words but one of the two that are looked for, and one more."""
    words = VOCABULARIES[name]
    said = [words[position], *words[2:]]
    part = next(part for part in words[position].split() if part.lower() == spelling.lower())
    said[0] = said[0].replace(part, spelling)
    return f"STATES = {(*said, 'elsewhere')!r}\n"


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twins")
    (folder / "pyproject.toml").write_text("")
    for name, words in VOCABULARIES.items():
        (folder / f"{name.lower()}.py").write_text(ENUM.format(*words, name=name))
    for name, position, spelling in SOUGHT:
        (folder / f"twin_{spelling}.py").write_text(twin(name, position, spelling))
    return folder


def test_each_spelling_is_looked_for(twins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    everything = {f"twin_{spelling}.py" for _, _, spelling in SOUGHT}
    assert reported(twins, "EXL307", locate=False) == everything
    lose(frozenset(), monkeypatch, asked)
    assert reported(twins, "EXL307") == everything
    words = {word for vocabulary in VOCABULARIES.values() for word in vocabulary} | {
        spelling for *_, spelling in SOUGHT
    }
    assert asked & {case for word in words for case in (word, word.lower(), word.upper(), word.capitalize())} == {
        spelling for *_, spelling in SOUGHT
    }


@pytest.mark.parametrize("lost", [spelling for *_, spelling in SOUGHT])
def test_without_it_a_twin_is_missed(lost: str, twins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = {f"twin_{spelling}.py" for _, _, spelling in SOUGHT}
    lose(frozenset({lost}), monkeypatch, set())
    assert reported(twins, "EXL307") == everything - {f"twin_{lost}.py"}


FIELD = """\
class Thing:
    {name}: str = "new"


def move(thing: Thing) -> bool:
    thing.{name} = "done"
    return thing.{name} == "failed"
"""


@pytest.fixture(scope="module")
def fields(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fields")
    (folder / "pyproject.toml").write_text("")
    for name in FIELDS:
        (folder / f"of_{name}.py").write_text(FIELD.format(name=name))
    return folder


def test_each_name_of_a_field_is_looked_for(fields: Path) -> None:
    assert len(FIELDS) > 100
    everything = {f"of_{name}.py" for name in FIELDS}
    assert reported(fields, "EXL303") == reported(fields, "EXL303", locate=False) == everything


@pytest.mark.parametrize("half", [0, 1])
def test_without_it_a_field_is_missed(half: int, fields: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fields stand in files of their own, so that what is lost with many names is what is lost with each."""
    lost = frozenset(sorted(FIELDS)[half::2])
    lose(lost, monkeypatch, set())
    assert reported(fields, "EXL303") == {f"of_{name}.py" for name in FIELDS - lost}
