"""The real command, in processes of its own, on small trees."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import execution_lint

LOOP = """\
import asyncio


async def work():
    return 1


def analyze():
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work())
    finally:
        loop.close()
"""


def command(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    return subprocess.Popen(
        [sys.executable, "-m", "execution_lint", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**environment, **variables},
        start_new_session=True,
    )


def run(*arguments: str, given: str = "", **variables: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    process = command(*arguments, **variables)
    out, err = process.communicate(given, timeout=300)
    return process.returncode, out, err


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a project with one hand-made loop in `app/service.py`."""
    monkeypatch.setenv("PYTHONPATH", str(Path(execution_lint.__file__).parents[1]))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "service"\n')
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "service.py").write_text(LOOP)
    (tmp_path / "app" / "clean.py").write_text("x = 1\n")
    return tmp_path


def test_a_finding_is_1_and_stands_alone_on_standard_output(service: Path) -> None:
    code, out, err = run("scan", "--output-format", "concise")
    assert code == 1
    assert re.fullmatch(rf"app{re.escape(os.sep)}service\.py:9:12: EXL101 .+\n", out)
    assert "1 finding in 1 file" in err
    assert re.search(r"^Files: \d+ found, \d+ read, \d+ parsed, 0 skipped\.$", err, re.MULTILINE)


def test_a_clean_tree_is_0_and_says_so(service: Path) -> None:
    code, out, err = run("scan", "app/clean.py")
    assert (code, out) == (0, "")
    assert "No findings." in err


def test_paths_are_relative_to_the_working_directory(service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(service / "app")
    assert run("scan", "--output-format", "concise")[1].startswith("service.py:9:12: EXL101 ")


def test_the_full_format_shows_the_source(service: Path) -> None:
    _, out, _ = run("scan")
    assert "9 |     loop = asyncio.new_event_loop()\n" in out
    assert "\x1b" not in out
    assert "\x1b[" in run("scan", FORCE_COLOR="1")[1]


def test_json_is_json(service: Path) -> None:
    code, out, _ = run("scan", "--output-format", "json")
    (finding,) = json.loads(out)
    assert code == 1
    assert finding["code"] == "EXL101"
    assert Path(finding["filename"]) == service.resolve() / "app" / "service.py"
    assert finding["location"] == {"row": 9, "column": 12}
    assert re.fullmatch("[0-9a-f]{64}", finding["fingerprint"])
    assert run("scan", "app/clean.py", "--output-format", "json")[1] == "[]\n"


def test_github_is_a_workflow_command(service: Path) -> None:
    _, out, _ = run("scan", "--output-format", "github")
    assert out.startswith("::error file=app/service.py,line=9,col=12,")


def test_an_output_file_holds_what_standard_output_would(service: Path) -> None:
    _, expected, _ = run("scan", "--output-format", "json")
    code, out, _ = run("scan", "--output-format", "json", "--output-file", "out.json")
    assert (code, out) == (1, "")
    assert (service / "out.json").read_text() == expected


def test_what_is_selected_is_reported(service: Path) -> None:
    assert run("scan", "--select", "EXL2,EXL3")[0] == 0
    assert run("scan", "--ignore", "EXL1")[0] == 0
    assert run("scan", "--select", "EXL2", "--extend-select", "EXL101")[0] == 1
    assert run("scan", "--exit-zero")[0] == 0


def test_an_unknown_code_is_an_error(service: Path) -> None:
    code, out, err = run("scan", "--select", "EXL999")
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert "EXL999" in err
    assert "Traceback" not in err


def test_a_wrong_override_is_an_error(service: Path) -> None:
    code, _, err = run("scan", "--config", "min-confidenze='likely'")
    assert code == 2
    assert "min-confidence" in err


def test_a_missing_path_is_2_and_the_rest_is_checked(service: Path) -> None:
    code, out, err = run("scan", "app", "nowhere", "--output-format", "concise")
    assert code == 2
    assert "EXL101" in out
    assert "nowhere" in err
    assert "Traceback" not in err


def test_a_syntax_error_is_2_and_the_rest_is_checked(service: Path) -> None:
    (service / "app" / "broken.py").write_text("import asyncio\n\ndef (:\n    asyncio.new_event_loop()\n")
    code, out, _ = run("scan", "--output-format", "concise")
    assert code == 2
    assert "EXL001" in out
    assert "EXL101" in out
    assert run("scan", "--exit-zero")[0] == 2


def test_a_baseline_holds_back_what_it_knows_and_nothing_else(service: Path) -> None:
    source = service / "app" / "service.py"
    assert run("scan", "--write-baseline", "known.json")[:2] == (0, "")
    code, out, err = run("scan", "--baseline", "known.json")
    assert (code, out) == (0, "")
    assert "1 by the baseline" in err

    source.write_text("# moved\n\n" + LOOP)
    assert run("scan", "--baseline", "known.json")[0] == 0

    source.write_text(LOOP + LOOP.replace("analyze", "again").replace("work", "more"))
    code, out, _ = run("scan", "--baseline", "known.json", "--output-format", "concise")
    assert code == 1
    assert [line.split()[1] for line in out.splitlines()] == ["EXL101"]

    source.write_text("")
    code, out, _ = run("scan", "--baseline", "known.json", "--output-format", "concise")
    assert code == 1
    assert "EXL006" in out
    assert run("scan", "--baseline", "known.json", "--write-baseline", "known.json")[0] == 0
    assert run("scan", "--baseline", "known.json")[0] == 0


@pytest.mark.parametrize("content", [None, "{", '{"version": 99, "findings": []}'])
def test_a_baseline_that_is_none_is_one_line_and_2(service: Path, content: str | None) -> None:
    if content is not None:
        (service / "known.json").write_text(content)
    code, out, err = run("scan", "--baseline", "known.json")
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "--write-baseline known.json" in err


def test_standard_input_stands_for_its_file(service: Path) -> None:
    code, out, _ = run("scan", "--stdin-filename", "app/service.py", "-", given="x = 1\n")
    assert (code, out) == (0, "")
    code, out, _ = run("scan", "--stdin-filename", "app/clean.py", "-", "--output-format", "concise", given="\n" + LOOP)
    assert code == 1
    assert re.match(r"app.clean\.py:10:12: EXL101 ", out)


def test_files_and_settings_are_shown(service: Path) -> None:
    code, out, _ = run("scan", "--show-files")
    assert code == 0
    assert {Path(line).name for line in out.splitlines()} >= {"service.py", "clean.py"}
    code, out, _ = run("scan", "--show-settings", "--min-confidence", "possible")
    assert code == 0
    assert "possible" in out


def test_the_package_scans_without_a_process(service: Path) -> None:
    report = execution_lint.scan(service)
    assert [finding.code for project in report.projects for finding in project.findings] == ["EXL101"]
    assert not execution_lint.scan(service, select=["EXL3"]).has_findings


def test_a_rule_is_explained(service: Path) -> None:
    code, out, _ = run("rule", "EXL101")
    assert code == 0
    assert out.startswith("# EXL101: hand-made-event-loop\n")
    assert "## Why it matters" in out
    assert run("rule", "hand-made-event-loop")[1] == out
    code, every, _ = run("rule", "--all")
    assert code == 0
    assert out in every


def test_a_rule_that_does_not_exist_is_an_error(service: Path) -> None:
    code, out, err = run("rule", "EXL10l")
    assert (code, out) == (2, "")
    assert err == "error: there is no rule `EXL10l`; did you mean `EXL101`?\n"


def test_a_reader_that_goes_away_is_no_trouble(service: Path) -> None:
    (service / "app" / "service.py").write_text(
        "import asyncio\n" + "".join(f"def f{n}():\n    asyncio.new_event_loop()\n" for n in range(600))
    )
    with command("scan") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(timeout=300) == 1
    assert "Broken" not in err
    assert "findings in 1 file" in err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_an_interruption_is_130_while_standard_input_is_awaited(service: Path) -> None:
    process = command("scan", "--stdin-filename", "app/service.py", "-")
    assert process.stdin is not None
    # More than fits into any pipe: once it is written, most of it was read.
    process.stdin.write("\n" * 5_000_000)
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out, err) == (130, "", "interrupted\n")


NOTICED = """\
import os

done = os.open

def noticed(path, *rest, **named):
    if os.fspath(path).endswith({path!r}):
        os.close(done({mark!r}, os.O_CREAT | os.O_WRONLY))
    return done(path, *rest, **named)

os.open = noticed
"""
"""Code that runs when a process starts, so that it leaves a mark when it opens a file."""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interruption_leaves_nothing_half_written(
    service: Path, jobs: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for number in range(120):
        (service / "app" / f"m{number}.py").write_text(LOOP * 100)
    before = sorted(service.rglob("*"))
    (service / "out.json").write_text("before")
    site = tmp_path_factory.mktemp("site")
    (site / "sitecustomize.py").write_text(NOTICED.format(path="m20.py", mark=str(site / "mark")))
    process = command(
        *("scan", "--no-locate", "--no-cache", "--jobs", jobs, "--output-format", "json", "--output-file", "out.json"),
        PYTHONPATH=os.pathsep.join([str(site), os.environ["PYTHONPATH"]]),
    )
    while not (site / "mark").exists():
        assert process.poll() is None
        time.sleep(0.01)
    # As a terminal does it: every process of the group gets the signal.
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out, err) == (130, "", "interrupted\n")
    assert (service / "out.json").read_text() == "before"
    assert sorted(path for path in service.rglob("*") if path.name != "out.json") == before
