"""
An entry of the contract matches nothing: no route, no handler, no loop, no such name.

## Why it matters

A contract that governs nothing is kept by everybody. A path that was renamed, a prefix that moved into the router, a
typo in a module: the entry stays in the file, the routes are no longer checked, and the run is green.

## Instead

Write what the project has, or take the entry out. The nearest route or name is in the help.

## Options

`envelope.routes`, `envelope.modules` and `envelope.handlers` must each match a route of the project, and an envelope
must govern one that no earlier envelope governs. Each of `event-loop.owners` must make a loop. `boundary.call` must
name something where its package is the project's own, `boundary.only-in` a module.

## Known limits

Where the project imports a web framework whose routes are not read, what is said of routes is only *possible*. A route
of which only the end is known counts as matched where it may be meant. Entries of the command line are not judged, and
`envelope.exempt` is not either.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import IdleEntry
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL211",
    name="idle-contract",
    message="{entry} {what}",
    since="0.1.0",
    is_about_contract=True,
    options=(
        "envelope.routes",
        "envelope.modules",
        "envelope.handlers",
        "event-loop.owners",
        "boundary.call",
        "boundary.only-in",
    ),
)


@RULE.on(IdleEntry)
def check(entry: IdleEntry, project: Project) -> Iterator[Finding]:
    """An entry that is held against nothing."""
    yield RULE.finding(
        entry.place,
        scope=entry.scope,
        confidence=entry.confidence,
        help=f"did you mean `{entry.nearest}`?" if entry.nearest else "take it out, or write what the project has",
        entry=entry.entry,
        what=entry.what,
    )
