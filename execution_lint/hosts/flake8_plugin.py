"""
The plugin of flake8: the process that flake8 starts in runs the engine once, and every worker looks its files up.

Reported is what `execution-lint scan` reports on the same paths, but for files that cannot be parsed, of which flake8
speaks itself, and stale entries of a baseline, for which it has no place.
"""

import argparse
import atexit
import logging
import multiprocessing
import os
import tempfile
import tokenize
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from typing import ClassVar, Protocol

import msgspec

from execution_lint import __version__
from execution_lint.engine import run as engine
from execution_lint.engine.invocation import Invocation
from execution_lint.errors import ExecutionLintError
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding
from execution_lint.model.report import Report

HANDED_OVER = "EXECUTION_LINT_FLAKE8"
"""Names, in the environment of workers that are started anew, the file that holds what was found."""

_CODES = "EXL"

# flake8 shows what is logged below its own name with `-v`.
_LOG = logging.getLogger("flake8.execution_lint")


class Row(msgspec.Struct, frozen=True, array_like=True):
    """A finding as flake8 takes it."""

    line: int
    """1-based."""
    column: int
    """0-based: flake8 adds 1."""
    text: str
    """Begins with the code."""


class Outcome(msgspec.Struct, frozen=True):
    """What the run in the first process came to."""

    process: int
    """Its identifier: a worker takes this from its parent alone."""
    rows: dict[str, tuple[Row, ...]]
    """By file, as `_key` spells it."""
    failure: str = ""
    """Why nothing could be found out."""


class OptionManager(Protocol):
    """The part of flake8's manager of options that is used here."""

    def add_option(self, *names: str, **arguments: object) -> None:
        """Declare an option."""
        ...


class ExecutionLintPlugin:
    """Made by flake8 once a file. The parameter `tree` tells it what kind of plugin this is; nothing reads the tree."""

    name = "execution-lint"
    version = __version__
    outcome: ClassVar[Outcome] = Outcome(0, {})

    def __init__(self, tree: object, filename: str) -> None:
        """Raises flake8's ExecutionError where the run in this process could not be carried out."""
        del tree
        if self.outcome.failure:
            raise _execution_error(self.outcome.failure)
        self._rows = self.outcome.rows.get(_key(filename), ())

    def run(self) -> Iterator[tuple[int, int, str, type["ExecutionLintPlugin"]]]:
        """The findings of the file: line, column, text, and the type that flake8 does not use."""
        for row in self._rows:
            yield row.line, row.column, row.text, type(self)

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        """Declare the options that beat the configuration of execution-lint."""
        manager.add_option(
            "--execution-lint-min-confidence",
            choices=[item.value for item in Confidence],
            parse_from_config=True,
            help="how sure a finding must be to be reported (default: as configured for execution-lint)",
        )
        manager.add_option(
            "--execution-lint-baseline",
            metavar="FILE",
            parse_from_config=True,
            normalize_paths=True,
            help="set the findings in FILE aside; `execution-lint scan --write-baseline FILE` writes it",
        )
        manager.add_option(
            "--execution-lint-no-cache",
            action="store_true",
            default=False,
            parse_from_config=True,
            help="neither read nor write the cache of execution-lint",
        )

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Find out everything, once. Raises flake8's ExecutionError for a mistake of the user's, with all its lines."""
        if not _is_wanted(options):
            cls.outcome = Outcome(os.getpid(), {})
            return
        parent = multiprocessing.parent_process()
        outcome = _taken_over(parent.pid) if parent is not None else None
        if outcome is None:
            outcome = _found(options)
        cls.outcome = outcome
        if parent is None:
            if outcome.failure:
                raise _execution_error(outcome.failure)
            if not _is_inherited():
                _hand_over(outcome)
        # A worker must not raise here: its pool would start another one for ever. It raises once it is given a file.


def _is_wanted(options: argparse.Namespace) -> bool:
    """Whether flake8 would report any code of ours."""
    if options.bug_report:
        return False
    chosen = [*(options.select or ()), *(options.extend_select or ())]
    return options.select is None or any(code.startswith(_CODES) or _CODES.startswith(code) for code in chosen)


def _found(options: argparse.Namespace) -> Outcome:
    """Run the engine over what flake8 was given."""
    try:
        invocation = _invocation(options)
        report = engine.run(invocation)
    except ExecutionLintError as error:
        return Outcome(os.getpid(), {}, str(error))
    except Exception as error:
        _LOG.debug("execution-lint failed", exc_info=True)
        what = " ".join(f"{type(error).__name__}: {error}".split())
        failure = f"itself failed, nothing is known of the files: {what} (`-vv` shows where)"
        return Outcome(os.getpid(), {}, failure)
    for note in (*report.notes, *(note for project in report.projects for note in project.notes)):
        _LOG.warning("%s", note)
    return Outcome(os.getpid(), _rows(report, invocation.paths))


def _invocation(options: argparse.Namespace) -> Invocation:
    paths = tuple(options.filenames) or (".",)
    stdin = None
    if "-" in paths:
        shown = options.stdin_display_name
        paths = tuple(shown if path == "-" else path for path in paths)
        stdin = (shown, _standard_input())
    chosen = options.execution_lint_min_confidence
    return Invocation(
        paths=paths,
        min_confidence=None if chosen is None else Confidence(chosen),
        baseline=options.execution_lint_baseline,
        cache=not options.execution_lint_no_cache,
        stdin=stdin,
    )


def _standard_input() -> bytes:
    """What flake8 reads, once for all, from standard input, encoded as its first lines say."""
    from flake8.utils import stdin_get_value

    text: str = stdin_get_value()
    data = text.encode("utf-8", "surrogatepass")
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        return text.encode(encoding)
    except (SyntaxError, LookupError, UnicodeError):
        return data


def _rows(report: Report, paths: Sequence[str]) -> dict[str, tuple[Row, ...]]:
    """The findings by the file that flake8 will be in when it reports them.

    That is the file of the finding. If flake8 was not given it, it is the file given that has a part in the finding,
    at the line that says which part.
    """
    given = tuple(map(_key, paths))
    rows: dict[str, list[Row]] = {}
    for project in report.projects:
        for finding in project.findings:
            places = (finding.place, *(related.place for related in finding.related))
            keys = [_key(os.path.join(project.root, place.path)) for place in places]
            part = next((number for number, key in enumerate(keys) if _is_among(key, given)), None)
            if part is not None:
                span = places[part].span
                where = "" if part == 0 else f" [{_shown(project.root, finding)}]"
                text = f"{finding.code} {' '.join(finding.message.split())}{where}"
                rows.setdefault(keys[part], []).append(Row(span.start_line, span.start_column - 1, text))
    return {key: tuple(found) for key, found in rows.items()}


def _is_among(key: str, given: Sequence[str]) -> bool:
    return any(key == path or key.startswith(path.rstrip(os.sep) + os.sep) for path in given)


def _shown(root: str, finding: Finding) -> str:
    path = os.path.normpath(os.path.join(root, finding.place.path))
    with suppress(ValueError):
        path = os.path.relpath(path)
    return f"{path}:{finding.place.span.start_line}:{finding.place.span.start_column}"


def _key(path: str) -> str:
    """A file or folder, whichever of its names was used."""
    return os.path.normcase(os.path.realpath(path))


def _is_inherited() -> bool:
    """Whether workers are copies of this process. Asking must not settle how they are started."""
    method = multiprocessing.get_start_method(allow_none=True) or multiprocessing.get_all_start_methods()[0]
    return method == "fork"


def _hand_over(outcome: Outcome) -> None:
    """Leave the outcome where workers look for it; where that fails they find out for themselves."""
    with suppress(OSError, UnicodeEncodeError):
        descriptor, path = tempfile.mkstemp(prefix="execution-lint-", suffix=".flake8")
        atexit.register(_remove, path, os.getpid())
        with open(descriptor, "wb") as file:
            file.write(msgspec.msgpack.encode(outcome))
        os.environ[HANDED_OVER] = path


def _remove(path: str, process: int) -> None:
    if os.getpid() == process:
        with suppress(OSError):
            os.unlink(path)


def _taken_over(parent: int | None) -> Outcome | None:
    """What the parent found; None where it left nothing."""
    try:
        with open(os.environ[HANDED_OVER], "rb") as file:
            outcome = msgspec.msgpack.decode(file.read(), type=Outcome)
    except (KeyError, OSError, msgspec.MsgspecError):
        return None
    return outcome if outcome.process == parent else None


def _execution_error(failure: str) -> Exception:
    from flake8.exceptions import ExecutionError

    error: Exception = ExecutionError("\n".join(f"execution-lint: {line}" for line in failure.splitlines()))
    return error
