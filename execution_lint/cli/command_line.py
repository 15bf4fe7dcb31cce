"""The command line: what can be asked, and what was asked."""

import argparse
import sys
from collections.abc import Sequence
from enum import Enum

import msgspec

from execution_lint import __version__
from execution_lint.engine.invocation import Invocation
from execution_lint.model.confidence import Confidence


class Format(Enum):
    """How the findings are written."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"


class Show(Enum):
    """What a scan is asked for."""

    FINDINGS = "findings"
    SETTINGS = "settings"
    FILES = "files"


class ScanCommand(msgspec.Struct, frozen=True):
    """`execution-lint scan`."""

    invocation: Invocation
    show: Show = Show.FINDINGS
    output_format: Format = Format.FULL
    output_file: str | None = None
    """None is standard output."""
    write_baseline: str | None = None
    statistics: bool = False
    exit_zero: bool = False
    quiet: bool = False


class RuleCommand(msgspec.Struct, frozen=True):
    """`execution-lint rule`."""

    name: str | None
    """Code or name of the rule to explain; None explains them all."""


class InventoryKind(Enum):
    """What can be listed; the value is the command."""

    LOOPS = "loops"
    ROUTES = "routes"
    VOCABULARIES = "vocabularies"


_LISTED = {
    InventoryKind.LOOPS: "every event loop with its life and owner",
    InventoryKind.ROUTES: "every route with what each exit of its handler answers",
    InventoryKind.VOCABULARIES: "every vocabulary with its members, fields and places, and the words beside them",
}


class InventoryCommand(msgspec.Struct, frozen=True):
    """`execution-lint loops` and its like."""

    kind: InventoryKind
    invocation: Invocation
    output_format: str = "table"
    unproven: bool = False
    """Only the routes of which something is not decided."""


Command = ScanCommand | RuleCommand | InventoryCommand


def parse(arguments: Sequence[str]) -> Command:
    """The command in `arguments`. Raises SystemExit: 0 after `--help`, 2 after saying what is wrong."""
    parser, scan, rule = _parsers()
    if not arguments:
        parser.print_help(sys.stderr)
        parser.exit(2, "\nerror: no command; `execution-lint scan` checks the working directory\n")
    asked = parser.parse_args(arguments)
    if asked.command == "rule":
        return _rule_command(asked, rule)
    if asked.command == "scan":
        return _scan_command(asked, scan)
    return _inventory_command(asked)


def _rule_command(asked: argparse.Namespace, parser: argparse.ArgumentParser) -> RuleCommand:
    if (asked.name is None) is not asked.all:
        parser.error("give the code of one rule, or --all")
    return RuleCommand(asked.name)


def _inventory_command(asked: argparse.Namespace) -> InventoryCommand:
    return InventoryCommand(
        kind=InventoryKind(asked.command),
        invocation=Invocation(
            paths=tuple(asked.paths) or (".",),
            isolated=asked.isolated,
            overrides=tuple(asked.config),
            force_exclude=asked.force_exclude,
            locate=not asked.no_locate,
            debug=asked.debug,
        ),
        output_format=asked.output_format,
        unproven=getattr(asked, "unproven", False),
    )


def _scan_command(asked: argparse.Namespace, parser: argparse.ArgumentParser) -> ScanCommand:
    stdin = _stdin(asked, parser)
    return ScanCommand(
        invocation=Invocation(
            paths=(stdin[0],) if stdin else tuple(asked.paths) or (".",),
            isolated=asked.isolated,
            overrides=tuple(asked.config),
            select=None if asked.select is None else tuple(asked.select),
            extend_select=tuple(asked.extend_select),
            ignore=tuple(asked.ignore),
            min_confidence=asked.min_confidence,
            force_exclude=asked.force_exclude,
            locate=not asked.no_locate,
            cache=not asked.no_cache,
            jobs=asked.jobs,
            baseline=asked.baseline,
            stdin=stdin,
            debug=asked.debug,
        ),
        show=asked.show,
        output_format=Format(asked.output_format),
        output_file=asked.output_file,
        write_baseline=asked.write_baseline,
        statistics=asked.statistics,
        exit_zero=asked.exit_zero,
        quiet=asked.quiet,
    )


def _stdin(asked: argparse.Namespace, parser: argparse.ArgumentParser) -> tuple[str, bytes] | None:
    """The path that standard input stands for, and its bytes; None where nothing is read from it."""
    if "-" not in asked.paths and asked.stdin_filename is None:
        return None
    if asked.paths not in ([], ["-"]):
        parser.error("`-` and --stdin-filename stand for one file; no other path can be given")
    if asked.stdin_filename is None:
        parser.error("`-` needs --stdin-filename: the path decides which project and configuration apply")
    if sys.stdin is None:
        parser.error("standard input is closed")
    return asked.stdin_filename, sys.stdin.buffer.read()


def _parsers() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser, argparse.ArgumentParser]:
    """The parser of the whole command line, that of `scan`, and that of `rule`."""
    parser = argparse.ArgumentParser(
        prog="execution-lint",
        description="Prove three promises of a service that runs jobs: loops, envelopes, statuses.",
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=f"execution-lint {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    scan = commands.add_parser(
        "scan",
        help="check files and folders",
        description="Check files and folders against the rules and the project's contract.",
        epilog="Exit codes: 0 nothing is reported; 1 findings; 2 something could not be done or checked; "
        "130 interrupted. Findings go to standard output, the summary to standard error.",
        allow_abbrev=False,
    )
    _add_scan(scan)
    rule = commands.add_parser(
        "rule",
        help="explain a rule",
        description="Explain a rule: what it forbids, why, what to write instead, and what it does not see.",
        allow_abbrev=False,
    )
    rule.add_argument("name", nargs="?", metavar="CODE", help="code or name of the rule")
    rule.add_argument("--all", action="store_true", help="explain every rule")
    for kind, meaning in _LISTED.items():
        listed = commands.add_parser(kind.value, help=f"list {meaning}", allow_abbrev=False)
        _add_inventory(listed, meaning)
        if kind is InventoryKind.ROUTES:
            listed.add_argument(
                "--unproven", action="store_true", help="only routes whose path, methods or answers are not all decided"
            )
    return parser, scan, rule


def _add_inventory(parser: argparse.ArgumentParser, meaning: str) -> None:
    parser.description = f"List {meaning}, whether or not a rule has anything to say of it."
    parser.epilog = "Exit codes: 0 listed; 2 something could not be read."
    _add_paths(parser)
    parser.add_argument(
        "--output-format", choices=["table", "json", "markdown"], default="table", help="default: %(default)s"
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback where the linter itself fails")
    _add_files(parser.add_argument_group("configuration and files"))
    speed = parser.add_argument_group("how the work is done (never what is listed)")
    speed.add_argument("--no-locate", action="store_true", help="parse every file whole; slow")


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: the working directory)")


def _add_files(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--isolated", action="store_true", help="ignore every configuration file")
    group.add_argument(
        "--config",
        type=_override,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="set a key of the configuration, the value in TOML; repeatable",
    )
    group.add_argument("--force-exclude", action="store_true", help="excludes hold also for files that are named")


def _add_scan(parser: argparse.ArgumentParser) -> None:
    _add_paths(parser)

    rules = parser.add_argument_group("which findings")
    for option, default, meaning in (
        ("--select", None, "codes or prefixes, comma separated; replaces the configured ones"),
        ("--extend-select", [], "codes or prefixes in addition"),
        ("--ignore", [], "codes or prefixes not to report"),
    ):
        rules.add_argument(option, type=_codes, action="extend", default=default, metavar="CODES", help=meaning)
    rules.add_argument(
        "--min-confidence",
        type=_confidence,
        metavar="{proven,likely,possible}",
        help="how sure a finding must be to be reported",
    )
    rules.add_argument("--baseline", metavar="FILE", help="set the findings in FILE aside; report its stale entries")
    rules.add_argument(
        "--write-baseline", metavar="FILE", help="write all findings to FILE, report none of them and exit 0"
    )

    output = parser.add_argument_group("output")
    output.add_argument(
        "--output-format", choices=[item.value for item in Format], default="full", help="default: %(default)s"
    )
    output.add_argument("--output-file", metavar="FILE", help="write the findings to FILE")
    output.add_argument("--statistics", action="store_true", help="count findings, and what could not be decided")
    output.add_argument("--exit-zero", action="store_true", help="exit 0 in spite of findings")
    output.add_argument("-q", "--quiet", action="store_true", help="no progress; a summary only of trouble")
    output.add_argument("--debug", action="store_true", help="show the traceback where the linter itself fails")
    show = output.add_mutually_exclusive_group()
    for option, shown, meaning in (
        ("--show-settings", Show.SETTINGS, "print the settings in force, and exit"),
        ("--show-files", Show.FILES, "print the files to check, and exit"),
    ):
        show.add_argument(option, action="store_const", dest="show", const=shown, default=Show.FINDINGS, help=meaning)

    files = parser.add_argument_group("configuration and files")
    _add_files(files)
    files.add_argument(
        "--stdin-filename", metavar="FILE", help="read one file from standard input, in the place of FILE"
    )

    speed = parser.add_argument_group("how the work is done (never what is found)")
    speed.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")
    speed.add_argument("--no-locate", action="store_true", help="parse every file whole; slow")
    speed.add_argument("--jobs", type=_jobs, metavar="N", help="processes (default: by the size of the work)")


def _codes(text: str) -> list[str]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if not codes:
        raise argparse.ArgumentTypeError("no code given")
    return codes


def _confidence(text: str) -> Confidence:
    try:
        return Confidence(text)
    except ValueError:
        known = ", ".join(item.value for item in Confidence)
        raise argparse.ArgumentTypeError(f"{text!r} is none of {known}") from None


def _override(text: str) -> str:
    key, equals, _ = text.partition("=")
    if not equals or not key.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return text


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")
    return int(text)
