"""Who reads the streams, and what they can show: run in processes with real pipes, terminals and full devices."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

posix = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and special files of POSIX")

PAINT = "import sys; from execution_lint.cli.terminal import paint_for; print(paint_for(sys.stdout).__name__)"
ANSWER = "from execution_lint.cli.terminal import answer; answer('finding\\n' * 100_000)"


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without what decides on colours, and with `variables`."""
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "TERM")}
    return {**kept, "TERM": "xterm", **variables}


def on_terminal(program: str, **variables: str) -> str:
    """What `program` writes to a terminal."""
    import pty

    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=environment(**variables),
    ) as process:
        os.close(follower)
        written = b""
        while True:
            try:
                chunk = os.read(leader, 65536)
            except OSError:
                chunk = b""
            if not chunk:
                break
            written += chunk
        process.wait(timeout=300)
    os.close(leader)
    return written.decode()


def in_pipe(program: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment(**variables)
    )


def test_a_pipe_gets_no_colours_unless_they_are_forced() -> None:
    assert in_pipe(PAINT).stdout == "plain\n"
    assert in_pipe(PAINT, FORCE_COLOR="").stdout == "plain\n"
    assert in_pipe(PAINT, FORCE_COLOR="1").stdout == "ansi\n"
    assert in_pipe(PAINT, FORCE_COLOR="1", NO_COLOR="1").stdout == "plain\n"


@posix
def test_a_terminal_gets_colours_unless_they_are_refused() -> None:
    assert on_terminal(PAINT) == "ansi\r\n"
    assert on_terminal(PAINT, NO_COLOR="") == "ansi\r\n"
    assert on_terminal(PAINT, NO_COLOR="1") == "plain\r\n"
    assert on_terminal(PAINT, TERM="dumb") == "plain\r\n"


@posix
def test_a_reader_that_goes_away_is_no_trouble() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ANSWER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"finding\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=300) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full device of Linux")
def test_a_full_device_is_said_once() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys\nfrom execution_lint.cli.terminal import answer\n"
                "from execution_lint.errors import UsageError\n"
                "try:\n    answer('x\\n')\nexcept UsageError as error:\n    sys.exit(str(error))",
            ],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.stderr == b"standard output cannot be written: No space left on device\n"
    assert done.returncode == 1


@posix
def test_closed_streams_are_no_crash() -> None:
    complain = "import sys; sys.stderr = None; from execution_lint.cli.terminal import complain; complain(['x'])"
    assert in_pipe(complain).returncode == 0
    answer = (
        "import sys; sys.stdout = None\nfrom execution_lint.cli.terminal import answer\n"
        "try:\n    answer('x')\nexcept Exception as error:\n    sys.exit(str(error))"
    )
    assert in_pipe(answer).stderr == "standard output is closed; `--output-file` writes to a file\n"


def test_what_the_encoding_lacks_is_escaped() -> None:
    program = "from execution_lint.cli.terminal import answer; answer('caf\\udce9 \\u7d42\\n')"
    assert in_pipe(program, PYTHONIOENCODING="ascii").stdout == "caf\\udce9 \\u7d42\n"


BAR = """
import sys, time
from execution_lint.cli import progress_bar
progress_bar.PATIENCE = {patience}
with progress_bar.progress() as shown:
    if shown is None:
        sys.exit("no bar")
    for number in range(1, 4):
        time.sleep(0.15)
        shown.step(number, 3, "reading [files]")
print("rich" in sys.modules)
"""


@posix
def test_a_bar_appears_on_a_terminal_when_the_run_takes_long() -> None:
    written = on_terminal(BAR.replace("{patience}", "0.1"))
    assert "reading [files]" in written
    assert "3/3" in written
    assert written.endswith("True\r\n")


@posix
def test_a_quick_run_shows_no_bar_and_does_not_import_rich() -> None:
    assert on_terminal(BAR.replace("{patience}", "60.0")) == "False\r\n"


def test_a_pipe_gets_no_bar() -> None:
    assert in_pipe(BAR.replace("{patience}", "0.0")).stderr == "no bar\n"
