"""The plugin in the real flake8, in processes of its own: it reports what `scan` reports."""

import os
import subprocess
import sys
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import execution_lint

ROOT = Path(execution_lint.__file__).parents[1]
THREE_BUGS = ROOT / "fixtures" / "projects" / "three_bugs"

pytestmark = [
    pytest.mark.skipif(
        not any(point.value.startswith("execution_lint.") for point in entry_points(group="flake8.extension")),
        reason="flake8 finds plugins that are installed: pip install -e '.[flake8]'",
    ),
]

START = """\
import multiprocessing, sys
if sys.argv[1] != "default":
    multiprocessing.set_start_method(sys.argv[1])
from flake8.main.cli import main
sys.exit(main(sys.argv[2:]))
"""

COUNT_RUNS = """\
import os
from execution_lint.engine import run as engine

run = engine.run

def counted(invocation, progress=None):
    with open(os.environ["RUNS"], "a") as file:
        file.write(f"{os.getpid()}\\n")
    return run(invocation, progress)

engine.run = counted
"""

NO_SPACE = """\
import errno
import tempfile

def mkstemp(**names):
    raise OSError(errno.ENOSPC, "no space left on device")

tempfile.mkstemp = mkstemp
"""

METHODS = ["default"] if sys.platform == "win32" else ["fork", "spawn", "forkserver"]

MODELS = """\
from enum import Enum


class JobStatus(str, Enum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


class Job:
    status: JobStatus
    job_id: str
"""

ROUTES = """\
from fastapi import APIRouter

from app.models import Job, JobStatus
from app.services import find, is_over

router = APIRouter()


@router.get("/v1/jobs/{job_id}")
async def get_job(job_id: str):
    job = find(job_id)
    if job.status == "finished":
        return {"plugin": "x", "result": 1}
    return {"plugin": "x", "job_id": job_id, "status": job.status}


@router.get("/v1/waived/{job_id}")
async def get_waived(job_id: str):
    job = find(job_id)
    if job.status == "done":  # noqa: EXL301
        return {"plugin": "x", "result": 1}  # execution-lint: ignore[EXL201] the client reads no more
    if (
        job.status == "running"
        and job.job_id
    ):  # noqa: EXL3
        return None
    return {"plugin": "x", "job_id": job_id, "status": job.status}  # noqa: EXL302
"""

SERVICES = """\
import asyncio

from app.models import Job, JobStatus


def find(job_id: str) -> Job:
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(load(job_id))
    finally:
        loop.close()


async def load(job_id: str) -> Job:
    job = Job()
    job.status = "queued"
    return job


def is_over(job: Job) -> bool:
    return job.status in ("done", JobStatus.RUNNING)
"""

CONFIGURATION = """\
[[envelope]]
name = "jobs"
routes = ["* /v1/**"]
require = ["plugin", "job_id", "status"]

[[vocabulary]]
enum = "app.models:JobStatus"
fields = ["status"]
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a project of several files, some of whose findings are waived."""
    files = {
        "execution-lint.toml": CONFIGURATION,
        "app/__init__.py": "",
        "app/models.py": MODELS,
        "app/routes.py": ROUTES,
        "app/services.py": SERVICES,
        "app/broken.py": "import asyncio\nasyncio.new_event_loop(\n",
        "tests/test_jobs.py": "from app.models import Job\n\n\ndef test(job: Job):\n    assert job.status == 'done'\n",
    }
    for name, text in files.items():
        path = tmp_path / "service" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path / "service")
    return tmp_path / "service"


def flake8(*arguments: str, method: str = "default", given: str = "", **variables: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of flake8, with our codes alone."""
    ran = subprocess.run(
        [sys.executable, "-c", START, method, "--isolated", "--select", "EXL", *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **variables},
        timeout=300,
    )
    return ran.returncode, ran.stdout, ran.stderr


def scan(*arguments: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-m", "execution_lint", "scan", *arguments, "--output-format", "concise", "--no-cache"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    return sorted(line for line in ran.stdout.splitlines() if " EXL001 " not in line)


def lines(out: str) -> list[str]:
    return sorted(line.removeprefix(f".{os.sep}") for line in out.splitlines())


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("method", METHODS)
def test_three_bugs_are_reported_as_by_scan(method: str, jobs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(THREE_BUGS)
    code, out, err = flake8("-j", jobs, "--execution-lint-no-cache", ".", method=method)
    assert (code, err) == (1, "")
    assert lines(out) == scan(".")
    assert {line.split()[1] for line in lines(out)} >= {"EXL101", "EXL102", "EXL201", "EXL302"}


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("method", METHODS)
def test_a_project_of_several_files_is_reported_as_by_scan(service: Path, method: str, jobs: str) -> None:
    code, out, err = flake8("-j", jobs, "app", "tests", method=method)
    assert (code, err) == (1, "")
    found = lines(out)
    assert found == scan("app", "tests")
    assert {line.split(":")[0] for line in found} == {
        os.path.join("app", "routes.py"),
        os.path.join("app", "services.py"),
    }
    assert len(found) >= 4


@pytest.mark.parametrize("confidence", ["possible", "proven"])
@pytest.mark.parametrize(
    "paths",
    [["app/routes.py", "app/services.py"], ["app/services.py", "tests/test_jobs.py"], ["tests"], []],
    ids=lambda paths: "+".join(paths) or "none",
)
def test_the_same_paths_and_threshold_give_the_same_findings(service: Path, paths: list[str], confidence: str) -> None:
    _, out, err = flake8("--execution-lint-min-confidence", confidence, *paths)
    assert err == ""
    here = [line for line in lines(out) if not line.endswith("]")]
    given = [os.path.normpath(path) for path in paths]
    expected = [
        line for line in scan("--min-confidence", confidence, *paths) if not given or line.startswith(tuple(given))
    ]
    assert here == expected


def test_a_finding_elsewhere_is_reported_where_the_file_given_has_its_part(service: Path) -> None:
    _, out, _ = flake8("app/models.py")
    elsewhere = [line.split(": ", 1)[1] for line in scan("app/models.py")]
    assert elsewhere
    assert {line.split(":")[0] for line in lines(out)} == {os.path.join("app", "models.py")}
    for message in elsewhere:
        assert any(message in line and "[app" in line for line in lines(out)), message


def test_a_file_that_flake8_cannot_parse_is_its_own_affair(service: Path) -> None:
    code, out, _ = flake8("--extend-select", "E9", "app/broken.py")
    assert code == 1
    assert [line.split()[1] for line in lines(out)] == ["E999"]


@pytest.mark.parametrize("method", METHODS)
def test_workers_do_not_run_the_engine_again_and_leave_nothing(service: Path, method: str, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(COUNT_RUNS)
    variables = {
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(ROOT)]),
        "RUNS": str(tmp_path / "runs"),
    }
    # Not in the folder of the test: the names of sockets must not be long.
    with tempfile.TemporaryDirectory() as temporary:
        code, out, err = flake8("-j", "2", ".", method=method, TMPDIR=temporary, **variables)
        assert (code, err) == (1, "")
        assert [path for path in os.listdir(temporary) if "execution-lint" in path] == []
    assert lines(out) == scan(".")
    assert len((tmp_path / "runs").read_text().splitlines()) == 1


def test_workers_find_out_for_themselves_where_nothing_can_be_left(service: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(NO_SPACE)
    path = os.pathsep.join([str(tmp_path / "site"), str(ROOT)])
    code, out, err = flake8("-j", "2", ".", method="spawn", PYTHONPATH=path)
    assert (code, err) == (1, "")
    assert lines(out) == scan(".")


def test_standard_input_stands_for_its_file(service: Path) -> None:
    code, out, err = flake8("--stdin-display-name", "app/services.py", "-", given="x = 1\n")
    assert (code, err) == (0, "")
    assert not [line for line in lines(out) if line.startswith("app/services.py")]
    code, out, err = flake8("--stdin-display-name", "app/models.py", "-", given=MODELS + "\n\n" + SERVICES)
    assert (code, err) == (1, "")
    line = SERVICES.splitlines().index("    loop = asyncio.new_event_loop()") + len(MODELS.splitlines()) + 3
    assert any(found.startswith(f"app/models.py:{line}:12: EXL101 ") for found in lines(out)), out


@pytest.mark.parametrize("declared", ["utf-8", "latin-1"])
def test_standard_input_is_read_in_its_encoding(service: Path, declared: str) -> None:
    source = f"# coding: {declared}\nimport asyncio\n\n\nasync def work():\n    return 1\n\n\ndef run():\n"
    source += '    "é"; loop = asyncio.new_event_loop(); loop.run_until_complete(work()); loop.close()\n'
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "flake8",
            "--isolated",
            "--select",
            "EXL",
            "--stdin-display-name",
            "app/services.py",
            "-",
        ],
        input=source.encode(declared),
        capture_output=True,
        timeout=300,
    )
    assert ran.stdout.decode().startswith("app/services.py:10:17: EXL101 "), ran


def test_a_baseline_holds_back_what_it_knows(service: Path) -> None:
    scan("--write-baseline", "known.json")
    assert flake8("--execution-lint-baseline", "known.json") == (0, "", "")
    (service / "setup.cfg").write_text("[flake8]\nexecution-lint-baseline = known.json\nselect = EXL\n")
    ran = subprocess.run([sys.executable, "-m", "flake8"], capture_output=True, text=True, timeout=300)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("method", METHODS)
def test_a_mistake_in_the_configuration_is_said_without_a_traceback(service: Path, method: str, jobs: str) -> None:
    (service / "execution-lint.toml").write_text('selekt = ["EXL"]\nmin-confidence = "sure"\n')
    code, out, err = flake8("-j", jobs, "app", method=method)
    assert code == 1
    assert err == ""
    said = [line for line in out.splitlines() if line.startswith("execution-lint: ")]
    assert [line.partition(": ")[2].split(":")[:2] for line in said] == [
        ["execution-lint.toml", "1"],
        ["execution-lint.toml", "2"],
    ]
    assert "Traceback" not in out


def test_a_baseline_that_is_none_is_said_without_a_traceback(service: Path) -> None:
    code, out, err = flake8("--execution-lint-baseline", "none.json")
    assert (code, err) == (1, "")
    assert "none.json: there is no baseline" in out
    assert "Traceback" not in out


def test_the_engine_does_not_run_where_flake8_would_not_report_us(service: Path) -> None:
    (service / "execution-lint.toml").write_text("broken\n")
    ran = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select", "E9", "app/models.py"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
