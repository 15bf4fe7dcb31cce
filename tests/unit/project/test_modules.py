"""Which file a dotted name means."""

from pathlib import Path

import pytest

from execution_lint.engine.library import FileLibrary
from execution_lint.project.modules import Modules

PATHS = (
    "app/__init__.py",
    "app/jobs.py",
    "libs/store/store/__init__.py",
    "libs/store/store/rows.py",
    "libs/queue/jobqueue.py",
    "libs/queue/jobqueue/__init__.py",
    "one/shared.py",
    "other/shared.py",
    "tools/rows.py",
)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("app.jobs", "app/jobs.py"),
        ("store.rows", "libs/store/store/rows.py"),
        ("store", "libs/store/store/__init__.py"),
        ("rows", "tools/rows.py"),
        ("jobqueue", "libs/queue/jobqueue/__init__.py"),
        ("shared", None),
        ("ore.rows", None),
        ("queue", None),
        ("absent", None),
    ],
)
def test_a_name_means_the_one_file_that_an_import_root_has_of_it(tmp_path: Path, name: str, path: str | None) -> None:
    for file in PATHS:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("", encoding="utf-8")
    modules = Modules(FileLibrary(tmp_path, PATHS, 1_000, locate=True, replaced={}), ())
    importer = modules.at("app/jobs.py")
    assert importer is not None
    assert modules.find(name, importer) == path
