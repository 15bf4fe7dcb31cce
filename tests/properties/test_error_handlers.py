"""Exception handlers are found by every word that registers one, on the fast path as on the slow one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from both_paths import differences, fast, slow

from execution_lint.engine.library import FileLibrary
from execution_lint.project.error_handlers import WORDS
from execution_lint.source.regions import Needles

CONTRACT = """\
[[envelope]]
routes = ["* /jobs"]
require = ["job_id"]
errors = { require = ["error"] }
"""
SERVICE = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/jobs")
async def jobs():
    return {"job_id": 1}
"""
ANSWER = """\
from fastapi.responses import JSONResponse


def answer(*given):
    return JSONResponse({"detail": "failed"}, 500)
"""
HANDLER = 'def shaped(*given):\n    return JSONResponse({"detail": "failed"}, 500)\n'
FORMS = {
    "exception_handler": f"@app.exception_handler(ValueError)\n{HANDLER}",
    "errorhandler": f"@app.errorhandler(ValueError)\n{HANDLER}",
    "app_errorhandler": f"@app.app_errorhandler(ValueError)\n{HANDLER}",
    "add_exception_handler": "app.add_exception_handler(ValueError, answer)\n",
    "register_error_handler": "app.register_error_handler(ValueError, answer)\n",
    "exception_handlers": "other = FastAPI(exception_handlers={ValueError: answer})\n",
}


@pytest.fixture(params=sorted(WORDS))
def form(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """A word, and a project that registers a handler by it."""
    word = str(request.param)
    imports = (
        "from answers import answer\nfrom fastapi import FastAPI\nfrom fastapi.responses import JSONResponse\n"
        "from service import app\n\n"
    )
    (tmp_path / "execution-lint.toml").write_text(CONTRACT, encoding="utf-8")
    (tmp_path / "service.py").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "answers.py").write_text(ANSWER, encoding="utf-8")
    (tmp_path / "errors.py").write_text(imports + "\n" + FORMS[word], encoding="utf-8")
    return word, tmp_path


def test_both_paths_see_the_handler(form: tuple[str, Path]) -> None:
    _, project = form
    quick = fast(project)
    assert differences(quick, slow(project)) == []
    assert [finding.code for finding in quick.projects[0].findings] == ["EXL207"]


def test_without_its_word_the_fast_path_misses_it(form: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    word, project = form
    complete = FileLibrary.candidates

    def without(library: FileLibrary, wanted: Needles) -> Iterator[tuple[str, tuple[int, ...]]]:
        return complete(library, wanted.without(frozenset({word})))

    monkeypatch.setattr(FileLibrary, "candidates", without)
    assert fast(project).projects[0].findings == ()
