"""What README.md and the guides say is true: commands run, links lead somewhere, options and codes exist."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from linter_process import ROOT, lint

from execution_lint.config.loading import load
from execution_lint.rules import all_rules

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
COMMANDS = re.findall(r"^```sh\n(.*?)\n```$", README, re.DOTALL | re.MULTILINE)
LATER = {"EXL102", "EXL105", "EXL107", "EXL108"}
"""Codes that the guides speak of although no rule bears them yet."""


def page(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_one_command_for_the_job_and_one_for_the_tests() -> None:
    assert [command.rpartition(" && ")[2] for command in COMMANDS] == [
        "execution-lint scan fixtures/projects/three_bugs",
        "nox -s tests",
    ]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the command is for a POSIX shell")
def test_the_first_command_runs_a_scan_on_a_clean_checkout(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("execution_lint", "fixtures/projects/three_bugs", "pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(ROOT / name, clone / name)
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "FORCE_COLOR")}
    # The Python of this run, of which `python3` need not be the name.
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / "bin" / "python3").chmod(0o755)
    environment["PATH"] = os.pathsep.join([str(tmp_path / "bin"), environment["PATH"]])
    ran = subprocess.run(
        ["sh", "-c", COMMANDS[0]], cwd=clone, env=environment, capture_output=True, text=True, timeout=600
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    for code in ("EXL101", "EXL102", "EXL201", "EXL302"):
        assert f"\n{code}[" in f"\n{ran.stdout}"


def test_the_second_command_is_what_runs_here() -> None:
    """The script of CI runs it, and nox has the session."""
    assert COMMANDS[1].partition("activate && ")[2] in (ROOT / ".ci" / "run").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert re.search(r"^def tests\(session", (ROOT / "noxfile.py").read_text(), re.MULTILINE)


def test_the_finding_shown_is_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (shown,) = re.findall(r"^```text\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert shown in lint("scan", "fixtures/projects/three_bugs", "--no-cache").out


@pytest.mark.parametrize("path", PAGES, ids=page)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = target.partition("#")
        if not name.startswith(("http://", "https://")):
            led = (path.parent / name) if name else path
            assert led.exists(), target
            headings = re.findall(r"^#+ (.*)$", led.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
            assert not anchor or anchor in {heading.lower().replace(" ", "-") for heading in headings}, target


@pytest.mark.parametrize("path", [path for path in PAGES if path.name != "runtime.md"], ids=page)
def test_options_and_codes_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ours = {"--update-golden", "--disable-noqa", "--version"}
    for program in (ROOT / "benchmarks").glob("*.py"):
        ours.update(re.findall(r"\"(--[a-z][a-z-]+)\"", program.read_text(encoding="utf-8")))
    flake8 = {f"--execution-lint-{name}" for name in ("min-confidence", "baseline", "no-cache")}
    help_texts = "".join(lint(command, "--help").out for command in ("scan", "rule", "routes"))
    helped = set(re.findall(r"--[a-z][a-z-]+", help_texts))
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= helped | ours | flake8
    assert set(re.findall(r"\bEXL\d{3}\b", text)) <= {rule.code for rule in all_rules()} | LATER


@pytest.mark.parametrize("path", PAGES, ids=page)
def test_files_that_are_named_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:execution_lint|fixtures|tests|docs|benchmarks|runtime)/[\w./]*)`", text):
        assert (ROOT / name).exists(), name


def test_the_contract_in_the_readme_is_one(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "\n".join(re.findall(r"^```toml\n(.*?)^```$", README, re.DOTALL | re.MULTILINE))
    )
    config = load(tmp_path, (), False)
    assert [envelope.name for envelope in config.envelopes] == ["execution"]
    assert [vocabulary.fields for vocabulary in config.vocabularies] == [("status", "job_status")]


def test_the_program_in_the_guide_runs(tmp_path: Path) -> None:
    (program,) = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "docs" / "hosts.md").read_text(), re.DOTALL | re.MULTILINE
    )
    project = ROOT / "fixtures" / "projects" / "three_bugs"
    ran = subprocess.run(
        [sys.executable, "-c", program.replace('"app"', repr(str(project)))],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert "analysis/services/execution.py 19 EXL101 " in ran.stdout
