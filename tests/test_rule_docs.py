"""The rules' pages in `docs/rules` are what their docstrings and cases say now."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from execution_lint.rules import all_rules

GENERATOR = Path(__file__).parents[1] / "docs" / "generate.py"


@pytest.fixture
def generator() -> ModuleType:
    specification = importlib.util.spec_from_file_location("docs_generate", GENERATOR)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_every_page_is_fresh(generator: ModuleType) -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in generator.PAGES.glob("*")}
    assert written == generator.pages(all_rules())


def test_what_is_not_fresh_is_told_and_then_written(
    generator: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = tmp_path / "rules"
    pages.mkdir()
    (pages / "exl999_gone.md").write_text("A rule that is no more.\n")
    monkeypatch.setattr(generator, "PAGES", pages)
    assert generator.main(["--check"]) == 1
    assert "stale: docs/rules/exl999_gone.md\n" in capsys.readouterr().out
    assert [path.name for path in pages.iterdir()] == ["exl999_gone.md"]
    assert generator.main([]) == 0
    assert "updated: docs/rules/README.md\n" in capsys.readouterr().out
    assert {path.name: path.read_text() for path in pages.iterdir()} == generator.pages(all_rules())
    assert generator.main(["--check"]) == 0
    assert capsys.readouterr().out == ""
