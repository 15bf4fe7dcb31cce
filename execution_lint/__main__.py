"""The command. What is asked most often and needs nothing is answered here, before anything else is imported."""

import gc
import os
import sys

from execution_lint import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class Interrupted(KeyboardInterrupt):
    """Ctrl-C. Once a plain KeyboardInterrupt has passed through `exec`, as in an import, CPython sets the exit code."""


def _interrupt(*_: object) -> None:
    raise Interrupted


def main() -> int:
    """Carry out the process's command line; its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"execution-lint {__version__}")
        return 0
    try:
        from execution_lint.cli import repeat

        code = repeat(sys.argv[1:])
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    if code is not None:
        return code
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        from execution_lint.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def command() -> "NoReturn":
    """The process: carry out the command line and end, without looking for garbage, or taking apart what was made."""
    gc.disable()
    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        # What cannot be written, or is closed, is for Python to speak of.
        sys.exit(code)
    if sys.getprofile() is not None or sys.gettrace() is not None:
        sys.exit(code)
    os._exit(code)


if __name__ == "__main__":
    command()
