"""The command `scan`: run the engine, write what it reports."""

import os
import sys
from collections.abc import Sequence

from execution_lint.cli.command_line import Format, ScanCommand, Show
from execution_lint.cli.exit_code import ExitCode
from execution_lint.cli.progress_bar import progress
from execution_lint.cli.replay import remember
from execution_lint.cli.sources import Sources
from execution_lint.cli.terminal import answer, complain, paint_for
from execution_lint.engine import run as engine
from execution_lint.engine.watch import Watch
from execution_lint.errors import UsageError
from execution_lint.model.report import Report
from execution_lint.reporting import summary
from execution_lint.reporting.colour import Paint, plain
from execution_lint.store import baseline
from execution_lint.store.answers import Answer
from execution_lint.store.replacement import replace

_UNTIL_THE_END: list[Watch] = []
"""The last run, whose parts the process may end with."""


def scan(command: ScanCommand, arguments: Sequence[str]) -> ExitCode:
    """Carry out `command`, which was given as `arguments`. Raises ExecutionLintError where it cannot be carried out at
    all."""
    if command.show is Show.SETTINGS:
        answer(_ended(engine.settings(command.invocation)))
        return ExitCode.CLEAN
    if command.show is Show.FILES:
        answer("".join(path + "\n" for path in engine.files(command.invocation)))
        return ExitCode.CLEAN
    watch = Watch()
    _UNTIL_THE_END[:] = [watch]
    report = _run(command, watch)
    written = []
    if command.write_baseline is not None:
        count = baseline.write(command.write_baseline, report)
        report = baseline.hold(report, command.write_baseline)
        written.append(f"Wrote {count} {'entry' if count == 1 else 'entries'} to {command.write_baseline}.")
    out = _deliver(command, report)
    said = summary.statistics(report).splitlines() if command.statistics else []
    if not command.quiet or report.is_troubled:
        said += [*written, *summary.render(report).splitlines()]
    complain(said)
    code = _code(command, report)
    if watch.is_sound:
        others = tuple(path for path in (command.invocation.baseline,) if path is not None)
        remember(
            arguments,
            Answer(code, out, "".join(line + "\n" for line in said)),
            [str(plan.found.root) for plan in watch.plans],
            lambda: watch.watched(command.invocation.paths, others),
        )
    return code


def _code(command: ScanCommand, report: Report) -> ExitCode:
    if report.is_troubled:
        return ExitCode.TROUBLE
    return ExitCode.FINDINGS if report.has_findings and not command.exit_zero else ExitCode.CLEAN


def _run(command: ScanCommand, watch: Watch) -> Report:
    if command.quiet:
        return engine.run(command.invocation, watch=watch)
    with progress() as shown:
        return engine.run(command.invocation, shown, watch)


def _deliver(command: ScanCommand, report: Report) -> str:
    """Write the findings to where the command wants them, a file being replaced whole; what standard output was
    given."""
    if command.output_file in (None, "/dev/stdout"):
        text = _rendered(command, report, paint_for(sys.stdout))
        answer(text)
        return text
    text = _rendered(command, report, plain)
    try:
        replace(command.output_file, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"{command.output_file}: cannot be written: {error.strerror or error}") from error
    return ""


def _rendered(command: ScanCommand, report: Report, paint: Paint) -> str:
    working_directory = os.getcwd()
    match command.output_format:
        case Format.FULL:
            from execution_lint.reporting import full

            stdin = command.invocation.stdin
            sources = Sources(dict([stdin]) if stdin else {})
            return full.render(report, sources.lines, working_directory, paint)
        case Format.CONCISE:
            from execution_lint.reporting import concise

            return concise.render(report, working_directory)
        case Format.JSON:
            from execution_lint.reporting import json_format

            return json_format.render(report)
        case Format.GITHUB:
            from execution_lint.reporting import github

            return github.render(report, working_directory)


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
