"""Standard output and standard error: who reads them, and what they can show."""

import os
import sys

from execution_lint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from execution_lint.reporting.colour import Paint


def answer(text: str) -> None:
    """Write `text` to standard output. A reader that went away (`| head`) is no trouble; a full disk is UsageError."""
    if not text:
        return
    if sys.stdout is None:
        raise UsageError("standard output is closed; `--output-file` writes to a file")
    _show_what_cannot_be_encoded(sys.stdout)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        raise UsageError(f"standard output cannot be written: {error.strerror or error}") from error


def complain(lines: "Iterable[str]") -> None:
    """Write `lines` to standard error, if anybody reads it."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write("".join(line + "\n" for line in lines))
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def is_terminal(stream: "TextIO | None") -> bool:
    """Whether a person looks at `stream`, on something that can move its cursor."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def paint_for(stream: "TextIO | None") -> "Paint":
    """Colours where a terminal reads `stream`; NO_COLOR and FORCE_COLOR, if set and not empty, decide first."""
    # Imported here, so that a text that is painted already can be written without it.
    from execution_lint.reporting.colour import ansi, plain

    if os.environ.get("NO_COLOR"):
        return plain
    if os.environ.get("FORCE_COLOR"):
        return ansi
    if not is_terminal(stream):
        return plain
    if sys.platform == "win32":
        # Older consoles read escape sequences only after this.
        os.system("")
    return ansi


def _show_what_cannot_be_encoded(stream: "TextIO") -> None:
    """Let names that are not UTF-8, and signs that the terminal's encoding lacks, come out escaped."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _silence(stream: "TextIO") -> None:
    """Nobody reads on: without this, the interpreter complains of it when it flushes at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
