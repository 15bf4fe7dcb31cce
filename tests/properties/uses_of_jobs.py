"""A package `app` with one module for each use of the others: which uses are reported, and what is read for that."""

from pathlib import Path

import pytest

from execution_lint.engine.invocation import Invocation
from execution_lint.engine.run import run
from execution_lint.extract.opened import OpenedFile
from execution_lint.facts.scopes import RegionFacts
from execution_lint.model.confidence import Confidence


def write(folder: Path, modules: dict[str, str], uses: dict[str, str]) -> Path:
    """The folder, with the package in it."""
    package = folder / "app"
    package.mkdir()
    (folder / "pyproject.toml").write_text("")
    texts = {"__init__": "", **modules, **{f"use_{name}": text for name, text in uses.items()}}
    for name, text in texts.items():
        (package / f"{name}.py").write_text(text)
    return folder


def reported(folder: Path, code: str = "EXL301", *, locate: bool = True) -> set[str]:
    """The names of the uses in which a rule finds something, surely or possibly."""
    invocation = Invocation(
        paths=(str(folder),),
        select=(code,),
        min_confidence=Confidence.POSSIBLE,
        jobs=1,
        cache=False,
        locate=locate,
    )
    (project,) = run(invocation).projects
    return {finding.place.path.removeprefix("app/use_").removesuffix(".py") for finding in project.findings}


def names_read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the regions that are read from here on."""
    read: set[str] = set()
    complete = OpenedFile.facts

    def facts(opened: OpenedFile, index: int) -> RegionFacts:
        read.add(opened.regions[index].name)
        return complete(opened, index)

    monkeypatch.setattr(OpenedFile, "facts", facts)
    return read
