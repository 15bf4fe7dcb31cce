"""Starting the service: options, environment, and what is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.settings import Settings, parse_settings


def test_without_options_the_service_is_local_and_asks_no_key() -> None:
    assert parse_settings([], {}) == Settings()
    assert Settings().host == "127.0.0.1"
    assert Settings().api_keys == ()


@pytest.mark.parametrize(
    ("option", "variable", "text", "attribute", "value"),
    [
        ("--host", "RUNTIME_HOST", "127.0.0.2", "host", "127.0.0.2"),
        ("--port", "RUNTIME_PORT", "9000", "port", 9000),
        ("--database", "RUNTIME_DATABASE", "sqlite:///x", "database", "sqlite:///x"),
        ("--api-key", "RUNTIME_API_KEY", "k", "api_keys", ("k",)),
        ("--workers", "RUNTIME_WORKERS", "7", "workers", 7),
        ("--plugin-timeout", "RUNTIME_PLUGIN_TIMEOUT", "1.5", "plugin_timeout_seconds", 1.5),
        ("--drain", "RUNTIME_DRAIN", "3", "drain_seconds", 3.0),
        ("--queue-limit", "RUNTIME_QUEUE_LIMIT", "9", "queue_limit", 9),
        ("--body-limit", "RUNTIME_BODY_LIMIT", "99", "body_limit_bytes", 99),
    ],
)
def test_each_setting_comes_by_option_or_by_variable(
    option: str, variable: str, text: str, attribute: str, value: object
) -> None:
    assert getattr(parse_settings([option, text], {}), attribute) == value
    assert getattr(parse_settings([], {variable: text}), attribute) == value


def test_an_option_beats_its_variable() -> None:
    assert parse_settings(["--port", "1", "--api-key", "a"], {"RUNTIME_PORT": "2", "RUNTIME_API_KEY": "b"}) == Settings(
        port=1, api_keys=("a",)
    )


def test_several_keys_are_accepted() -> None:
    assert parse_settings(["--api-key", "a", "--api-key", "b"], {}).api_keys == ("a", "b")
    assert parse_settings([], {"RUNTIME_API_KEY": "a,b"}).api_keys == ("a", "b")


def test_keys_are_not_shown() -> None:
    assert "hidden" not in repr(Settings(api_keys=("hidden",)))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_a_public_address_needs_a_key(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        parse_settings(["--host", host], {})
    assert refusal.value.code == 2
    assert "--api-key" in capsys.readouterr().err
    assert parse_settings(["--host", host, "--api-key", "k"], {}).api_keys == ("k",)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_key(host: str) -> None:
    assert parse_settings(["--host", host], {}).host == host


def test_an_empty_key_is_no_key() -> None:
    with pytest.raises(SystemExit):
        parse_settings(["--host", "0.0.0.0", "--api-key", ""], {})


@pytest.mark.parametrize(
    "options",
    [["--port", "70000"], ["--port", "x"], ["--workers", "0"], ["--drain", "-1"], ["--drain", "nan"], ["--nope", "1"]],
)
def test_an_unsound_setting_is_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        parse_settings(options, {})
    assert refusal.value.code == 2
    assert options[0] in capsys.readouterr().err


def run_module(*arguments: str, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    root = os.environ.get("RUNTIME_UNDER_TEST", str(Path(__file__).parent.parent.parent))
    environment = {**os.environ, "PYTHONPATH": root}
    command = [sys.executable, *python, "-m", "runtime", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_help_names_every_option() -> None:
    shown = run_module("--help")
    assert shown.returncode == 0
    options = ("--host", "--port", "--database", "--api-key", "--workers", "--plugin-timeout", "--drain")
    assert all(option in shown.stdout for option in options)


@pytest.mark.parametrize(
    ("database", "reason"),
    [
        ("nonsense", "not a database URL"),
        ("bogus://x", "not a database URL"),
        ("mysql://x/y", "driver is not installed"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_clear_line(database: str, reason: str) -> None:
    refused = run_module("--database", database)
    assert refused.returncode == 2
    assert reason in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_without_its_dependencies_the_runtime_says_what_to_install(tmp_path: Path) -> None:
    # -S leaves site-packages out, as in an environment that has the linter alone.
    refused = run_module("--port", "0", python=("-S",))
    assert refused.returncode == 2
    assert refused.stderr.strip() == (
        "the runtime needs uvicorn: install it with `pip install 'execution-lint[runtime]'`"
    )


def test_the_facade_without_dependencies_says_what_to_install() -> None:
    root = os.environ.get("RUNTIME_UNDER_TEST", str(Path(__file__).parent.parent.parent))
    refused = subprocess.run(
        [sys.executable, "-S", "-c", "import runtime.blocking"],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "pip install 'execution-lint[runtime]'" in refused.stderr.splitlines()[-1]
