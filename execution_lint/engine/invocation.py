"""What one run is asked to do."""

import msgspec

from execution_lint.model.confidence import Confidence


class Invocation(msgspec.Struct, frozen=True):
    """A command line, understood: plain values, no decision made yet."""

    paths: tuple[str, ...] = (".",)
    """Files and folders to scan, as given."""
    isolated: bool = False
    """Ignore every configuration file."""
    overrides: tuple[str, ...] = ()
    """`KEY=VALUE` pairs that beat the configuration file, the value in TOML."""
    select: tuple[str, ...] | None = None
    """Codes or prefixes that replace the configured selection; None leaves it."""
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_confidence: Confidence | None = None
    force_exclude: bool = False
    """Excludes hold also for files that are named."""
    locate: bool = True
    """False: parse every file whole; slow, and equal by contract."""
    cache: bool = True
    jobs: int | None = None
    """Processes; None chooses by the size of the work."""
    baseline: str | None = None
    """File of known findings to set aside."""
    stdin: tuple[str, bytes] | None = None
    """Path that the text of standard input stands for, and its bytes: they replace the file's."""
    debug: bool = False
    """Show the traceback of a rule that raised."""
