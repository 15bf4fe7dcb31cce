"""argv in, exit code out; the only place that prints."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["repeat", "run"]


def repeat(arguments: "Sequence[str]") -> int | None:
    """Give the answer that the same command line had before, if it must be the same; its exit code, else None."""
    from execution_lint.cli.replay import replayed

    known = replayed(arguments)
    if known is None:
        return None
    from execution_lint.cli.terminal import answer, complain
    from execution_lint.errors import UsageError

    try:
        answer(known.out)
    except UsageError as error:
        complain([f"error: {error}"])
        return 2
    complain(known.err.splitlines())
    return known.code


def run(arguments: "Sequence[str]") -> int:
    """Carry out the command line `arguments` (without the program's name); its exit code.

    KeyboardInterrupt is the caller's; SystemExit is raised for `--help` and for a command line that is none.
    """
    # Imported here, so that an answer that is known is given before anything of this is read.
    from execution_lint.cli.command_line import InventoryCommand, RuleCommand, ScanCommand, parse
    from execution_lint.cli.exit_code import ExitCode
    from execution_lint.cli.terminal import complain
    from execution_lint.errors import ExecutionLintError

    command = parse(arguments)
    try:
        match command:
            case ScanCommand():
                from execution_lint.cli.scan import scan

                return scan(command, arguments)
            case RuleCommand():
                from execution_lint.cli.rule import rule

                return rule(command)
            case InventoryCommand():
                from execution_lint.cli.inventory import inventory

                return inventory(command)
    except ExecutionLintError as error:
        complain(f"error: {line}" for line in str(error).splitlines())
        return ExitCode.TROUBLE
    except Exception as error:
        # Python's own exit code for a crash is 1, which says "findings".
        if not isinstance(command, RuleCommand) and command.invocation.debug:
            import traceback

            complain(traceback.format_exc().splitlines())
        what = " ".join(f"{type(error).__name__}: {error}".split())
        complain([f"error: execution-lint itself failed, nothing is known of the rest: {what} (`--debug` shows where)"])
        return ExitCode.TROUBLE
