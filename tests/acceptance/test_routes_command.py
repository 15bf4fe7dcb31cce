"""`execution-lint routes` as people and programs read it, and the commands of its guide."""

import json
import re
import shlex
from pathlib import Path

import pytest
from linter_process import ROOT, lint

GUIDE = (ROOT / "docs" / "routes.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE) for line in block.splitlines()
]
SERVICE = """
from fastapi import APIRouter, FastAPI, HTTPException

app = FastAPI()
router = APIRouter(prefix="/jobs")


@router.get("/{job_id}")
@router.head("/{job_id}")
def job(job_id: str, wanted: bool):
    if not wanted:
        raise HTTPException(404)
    return {"job_id": job_id, "status": "done"} if wanted else [job_id]


@app.post("/run")
def run(body: dict):
    return {"plugin": "x", **body}


app.include_router(router, prefix="/v1")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "execution-lint.toml").write_text(
        '[[envelope]]\nname = "job"\nroutes = ["GET /v1/**"]\nrequire = ["job_id"]\n'
    )
    (tmp_path / "service.py").write_text(SERVICE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_guide_runs(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    name, *arguments = shlex.split(command)
    ran = lint(*arguments)
    assert (name, ran.code) == ("execution-lint", 0)


def test_json_is_what_the_guide_says(project: Path) -> None:
    job, run = json.loads(lint("routes", "--output-format", "json").out)
    exits = job.pop("exits")
    assert job == {
        "methods": ["GET", "HEAD"],
        "path": "/v1/jobs/{job_id}",
        "path_complete": True,
        "handler": "service:job",
        "filename": str(project / "service.py"),
        "line": 10,
        "framework": "fastapi",
        "contract": "job",
    }
    assert [(exit["line"], exit["kind"], exit["keys"]) for exit in exits if exit["kind"] != "raise"] == [
        (13, "object", ["job_id", "status"]),
        (13, "bare", []),
    ]
    assert {key for exit in exits for key in exit} == {
        "line",
        "kind",
        "keys",
        "may_have_more_keys",
        "optional_keys",
        "via",
        "reason",
    }
    assert (run["path"], run["contract"]) == ("/run", None)
    assert [(exit["keys"], exit["may_have_more_keys"]) for exit in run["exits"]] == [(["plugin"], True)]


def test_a_handler_of_several_paths_has_the_contract_of_each(project: Path) -> None:
    (project / "service.py").write_text(SERVICE.replace('@app.post("/run")', '@app.post("/run")\n@app.get("/v1/run")'))
    found = json.loads(lint("routes", "--output-format", "json").out)
    assert [(entry["path"], entry["contract"], len(entry["exits"])) for entry in found[1:]] == [
        ("/run", None, 1),
        ("/v1/run", "job", 1),
    ]


def test_unproven_shows_what_is_not_decided(project: Path) -> None:
    entries = json.loads(lint("routes", "--unproven", "--output-format", "json").out)
    assert [entry["handler"] for entry in entries] == ["service:run"]


def test_a_table_shows_a_line_an_answer(project: Path) -> None:
    head, *rows = lint("routes").out.splitlines()
    assert head.split() == ["method", "path", "handler", "place", "framework", "contract", "exit", "answer"]
    assert rows[0].split()[:6] == ["GET,HEAD", "/v1/jobs/{job_id}", "service:job", "service.py:10", "fastapi", "job"]
    assert rows[-1].split()[-2:] == ["{plugin,", "…}"] or "{plugin, …}" in rows[-1]


def test_a_framework_that_is_not_read_is_said_to_be_so(project: Path) -> None:
    (project / "other.py").write_text("import tornado.web\n")
    ran = lint("routes")
    assert ran.code == 0
    assert "routes of Tornado are not read" in ran.err
