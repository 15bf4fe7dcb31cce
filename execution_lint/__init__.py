"""Static governance of services that run jobs."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from execution_lint.model.confidence import Confidence
    from execution_lint.model.report import Report

__version__ = "0.1.0"

__all__ = ["__version__", "scan"]


def scan(
    *paths: "str | os.PathLike[str]",
    select: "Iterable[str] | None" = None,
    extend_select: "Iterable[str]" = (),
    ignore: "Iterable[str]" = (),
    min_confidence: "Confidence | str | None" = None,
    baseline: "str | os.PathLike[str] | None" = None,
    config: "Iterable[str]" = (),
    isolated: bool = False,
    force_exclude: bool = False,
    cache: bool = True,
    jobs: int | None = None,
) -> "Report":
    """What the command `execution-lint scan` finds in `paths` (default: the working directory), as plain data.

    The parameters mean what the options of that command mean; `config` holds `KEY=VALUE` pairs. Raises
    `execution_lint.errors.ExecutionLintError` where the configuration, the baseline or a path cannot be used, and
    ValueError for an unknown confidence. Trouble with one file or one rule is in the report.
    """
    # Imported here, so that `--version` and a plugin's host pay nothing for a scan that they do not run.
    import os

    from execution_lint.engine import run as engine
    from execution_lint.engine.invocation import Invocation
    from execution_lint.model.confidence import Confidence

    return engine.run(
        Invocation(
            paths=tuple(os.fspath(path) for path in paths) or (".",),
            isolated=isolated,
            overrides=tuple(config),
            select=None if select is None else tuple(select),
            extend_select=tuple(extend_select),
            ignore=tuple(ignore),
            min_confidence=None if min_confidence is None else Confidence(min_confidence),
            force_exclude=force_exclude,
            cache=cache,
            jobs=jobs,
            baseline=None if baseline is None else os.fspath(baseline),
        )
    )
