"""Answers a command line that was answered before, where nothing has changed since.

Imports next to nothing: all that a run without changes costs is the start of Python and a look at every file.
"""

import os
import sys
import time

from execution_lint.store import answers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from execution_lint.store.answers import Answer, Watched

VALUED = frozenset(
    {"--select", "--extend-select", "--ignore", "--min-confidence", "--baseline", "--output-format", "--config"}
    | {"--jobs"}
)
"""The options of a scan that take a value and leave an answer repeatable."""

BARE = frozenset({"--statistics", "--exit-zero", "-q", "--quiet", "--isolated", "--force-exclude"})
"""Those without a value."""


def replayed(arguments: "Sequence[str]") -> "Answer | None":
    """What this command line came to before, if it is known and still true."""
    paths = named_paths(arguments)
    if paths is None:
        return None
    try:
        key = _key(arguments)
        folder = os.path.realpath(paths[0])
        while True:
            answer = answers.load(folder, key, _change_nothing)
            if answer is not None:
                return answer
            parent = os.path.dirname(folder)
            if parent == folder:
                return None
            folder = parent
    except (OSError, ValueError):
        return None


def _change_nothing(contents: dict[str, bytes], precedents: dict[str, str]) -> bool:
    # Imported here, for where nothing was edited nothing of this is needed.
    from execution_lint.engine.edits import change_nothing

    return change_nothing(contents, precedents)


def remember(
    arguments: "Sequence[str]", answer: "Answer", roots: "Sequence[str]", watched: "Callable[[], Watched | None]"
) -> None:
    """Keep what a command line came to, in the root that is looked into first when it is given again."""
    paths = named_paths(arguments)
    if paths is None:
        return
    real = os.path.realpath(paths[0])
    above = [root for root in roots if real == root or real.startswith(os.path.join(root, ""))]
    if not above or not os.path.isdir(os.path.join(max(above, key=len), answers.FOLDER)):
        return
    found = watched()
    if found is not None:
        answers.save(max(above, key=len), _key(arguments), answer, found)


def named_paths(arguments: "Sequence[str]") -> "tuple[str, ...] | None":
    """The paths that a scan was given, where it is one whose answer can be given again; None for all else."""
    if not arguments or arguments[0] != "scan":
        return None
    paths = []
    at = 1
    while at < len(arguments):
        argument = arguments[at]
        name, has_value, _ = argument.partition("=")
        if name in VALUED:
            at += 1 if has_value else 2
        elif argument in BARE:
            at += 1
        elif argument.startswith("-"):
            return None
        else:
            paths.append(argument)
            at += 1
    return tuple(paths) or (".",)


def _key(arguments: "Sequence[str]") -> str:
    """All that decides an answer besides what is on the disk."""
    streams = [
        (stream.isatty(), stream.encoding) if stream is not None else None for stream in (sys.stdout, sys.stderr)
    ]
    surroundings = [os.environ.get(name) for name in ("NO_COLOR", "FORCE_COLOR", "TERM")]
    today = time.strftime("%Y-%m-%d")
    return repr((tuple(arguments), os.getcwd(), sys.version, sys.platform, streams, surroundings, today))
