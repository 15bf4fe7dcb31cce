"""What a command line is understood as."""

import io
import sys

import pytest

from execution_lint.cli.command_line import Format, RuleCommand, ScanCommand, Show, parse
from execution_lint.engine.invocation import Invocation
from execution_lint.model.confidence import Confidence


class Input(io.TextIOWrapper):
    """Standard input that holds bytes."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))


def invocation(*arguments: str) -> Invocation:
    command = parse(["scan", *arguments])
    assert isinstance(command, ScanCommand)
    return command.invocation


def test_a_bare_scan_is_the_default_invocation() -> None:
    assert parse(["scan"]) == ScanCommand(Invocation())


def test_every_option_arrives() -> None:
    command = parse(
        [
            *("scan", "src", "tests", "--select", "EXL1, EXL201", "--select=EXL3", "--extend-select", "EXL203"),
            *("--ignore", "EXL105,EXL106", "--min-confidence", "possible", "--force-exclude", "--no-locate"),
            *(
                "--no-cache",
                "--jobs",
                "3",
                "--baseline",
                "known.json",
                "--debug",
                "--isolated",
                "--config",
                "a.b = 'c=d'",
            ),
            *("--output-format", "json", "--output-file", "out.json", "--write-baseline", "new.json"),
            *("--statistics", "--exit-zero", "--quiet", "--show-files"),
        ]
    )
    assert command == ScanCommand(
        Invocation(
            paths=("src", "tests"),
            isolated=True,
            overrides=("a.b = 'c=d'",),
            select=("EXL1", "EXL201", "EXL3"),
            extend_select=("EXL203",),
            ignore=("EXL105", "EXL106"),
            min_confidence=Confidence.POSSIBLE,
            force_exclude=True,
            locate=False,
            cache=False,
            jobs=3,
            baseline="known.json",
            debug=True,
        ),
        show=Show.FILES,
        output_format=Format.JSON,
        output_file="out.json",
        write_baseline="new.json",
        statistics=True,
        exit_zero=True,
        quiet=True,
    )


def test_no_selection_is_not_an_empty_one() -> None:
    assert invocation().select is None
    assert invocation("--ignore", "EXL1").select is None


def test_two_scans_do_not_share_their_codes() -> None:
    assert invocation("--ignore", "EXL1").ignore == ("EXL1",)
    assert invocation("--ignore", "EXL2").ignore == ("EXL2",)


@pytest.mark.parametrize("paths", [[], ["-"]])
def test_standard_input_stands_for_the_named_file(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Input(b"x = '\xff'\r\n"))
    asked = invocation("--stdin-filename", "app/routes.py", *paths)
    assert asked.stdin == ("app/routes.py", b"x = '\xff'\r\n")
    assert asked.paths == ("app/routes.py",)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scan", "-"], "`-` needs --stdin-filename"),
        (["scan", "-", "a.py", "--stdin-filename", "b.py"], "no other path can be given"),
        (["scan", "a.py", "--stdin-filename", "b.py"], "no other path can be given"),
        (["scan", "--jobs", "0"], "'0' is no number of processes"),
        (["scan", "--jobs", "many"], "'many' is no number of processes"),
        (["scan", "--select", " , "], "no code given"),
        (["scan", "--config", "key"], "'key' is not KEY=VALUE"),
        (["scan", "--config", "=value"], "'=value' is not KEY=VALUE"),
        (["scan", "--min-confidence", "sure"], "'sure' is none of proven, likely, possible"),
        (["scan", "--output-format", "sarif"], "invalid choice: 'sarif'"),
        (["scan", "--show-files", "--show-settings"], "not allowed with"),
        (["scan", "--no-c"], "unrecognized arguments: --no-c"),
        (["check"], "invalid choice: 'check'"),
        ([], "no command; `execution-lint scan` checks the working directory"),
        (["rule"], "give the code of one rule, or --all"),
        (["rule", "EXL101", "--all"], "give the code of one rule, or --all"),
    ],
)
def test_what_is_no_command_line_is_said_and_is_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(arguments)
    assert caught.value.code == 2
    written = capsys.readouterr()
    assert said in written.err
    assert written.out == ""


def test_rules_are_asked_by_code_or_all_at_once() -> None:
    assert parse(["rule", "EXL101"]) == RuleCommand("EXL101")
    assert parse(["rule", "--all"]) == RuleCommand(None)
