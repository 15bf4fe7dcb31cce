"""`docs/runtime.md` is true: its commands run as they stand there and give what they are said to give."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from runtime_harness import ServiceProcess

from runtime.problem_answers import PROBLEM_CODES
from runtime.settings import parse_settings
from runtime.store import METADATA

PAGE = (Path(__file__).parent.parent.parent / "docs" / "runtime.md").read_text("utf-8")
EXAMPLES = re.findall(r"```sh\n((?:JOB=.*?)?curl.*?|JOB=.*?)```\n(?:```json\n(.*?)\n```)?", PAGE, re.DOTALL)

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the commands of the page need curl")


def assert_says(shown: Any, said: Any, place: str) -> None:
    """What the page shows is part of what the service says; "..." stands for anything."""
    if shown == "...":
        return
    if isinstance(shown, dict):
        for key, value in shown.items():
            assert key in said, f"{place}: {key} is missing in {said}"
            assert_says(value, said[key], f"{place}.{key}")
    elif isinstance(shown, list) and shown != ["..."]:
        assert len(shown) == len(said), f"{place}: {said}"
        for number, (part, actual) in enumerate(zip(shown, said, strict=True)):
            assert_says(part, actual, f"{place}[{number}]")
    elif not isinstance(shown, list):
        assert said == shown, place


def test_the_commands_of_the_page_give_what_it_shows(tmp_path: Path) -> None:
    with ServiceProcess(tmp_path) as process:
        process.environment["PYTHONPATH"] = process.environment["PYTHONPATH"].split(os.pathsep)[0]
        process.start()
        job = ""
        for command, shown in EXAMPLES:
            script = f'{command.strip()}\necho; echo "JOB IS $JOB"'
            ran = subprocess.run(
                ["sh", "-ec", script.replace("curl ", "curl -sS ").replace("python -c", f"{sys.executable} -c")],
                env={**os.environ, "RUNTIME": str(process.client.base_url).rstrip("/"), "JOB": job},
                capture_output=True,
                text=True,
                timeout=300,
                check=True,
            )
            answer, _, job = ran.stdout.rpartition("JOB IS ")
            job = job.strip()
            if shown:
                assert_says(json.loads(shown), json.loads(answer), command)


def test_the_page_has_a_command_for_every_operation(process: ServiceProcess) -> None:
    paths = process.client.get("/openapi.json").json()["paths"]
    commands = [command for command, _ in EXAMPLES]

    def is_shown(method: str, path: str) -> bool:
        wanted = re.compile(r"\$RUNTIME" + re.escape(path).replace(r"\{job_id\}", r"\$JOB") + r"(?=[\s?\"]|$)")
        kinds = {
            "get": lambda c: "-d" not in c and "-X" not in c,
            "post": lambda c: "-d" in c,
            "delete": lambda c: "-X DELETE" in c,
        }
        return any(wanted.search(command) and kinds[method](command) for command in commands)

    missing = {(method, path) for path in paths for method in paths[path] if not is_shown(method, path)}
    assert missing == {("get", "/v1/analyze-execution/health")}


def test_the_page_names_every_option_with_its_default() -> None:
    rows = re.findall(r"^\| `--(.*?)` \| `(.*?)` \| (\S+)", PAGE, re.MULTILINE)
    assert len(rows) == 9
    defaults = parse_settings([], {})
    for option, variable, default in rows:
        if default != "none":
            assert parse_settings([f"--{option}", default], {}) == defaults
            assert parse_settings([], {variable: default}) == defaults


def test_the_page_names_every_problem() -> None:
    rows = dict(re.findall(r"^\| (\d+) \| (`.*?`) \|", PAGE, re.MULTILINE))
    own_types = {"execution_failed"}
    for problem, code in PROBLEM_CODES.items():
        assert problem.type in own_types or re.search(rf"^\| {code.value} \|.*`{problem.type}`", PAGE, re.MULTILINE)
    assert set(rows) >= {str(code.value) for code in PROBLEM_CODES.values()}


def test_the_page_names_every_key_of_the_envelope() -> None:
    columns = {column.name for column in METADATA.tables["jobs"].columns} - {"sequence", "args"}
    assert all(f"`{column}`" in PAGE for column in columns)


def test_the_script_of_the_page_runs(process: ServiceProcess) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    ran = subprocess.run(
        [sys.executable, "-c", f"{script}\nprint(execution.result['words'])"],
        env=process.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert ran.stdout == "6\n"
