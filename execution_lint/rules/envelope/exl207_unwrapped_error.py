"""
An error leaves a governed route in another shape than the contract asks of errors.

## Why it matters

Clients read one place to learn what went wrong. An error in the framework's own shape (`{"detail": ...}`, an HTML page,
plain text) sends them to their fallback, and the message that was written for them is never shown.

## Instead

Raise an exception of the project and shape all of them in one registered handler. Register Starlette's
`HTTPException`, not FastAPI's subclass: an unknown path and a wrong method raise Starlette's.

## Options

`envelope.errors`: the keys that every error answer has. `envelope.routes`, `envelope.modules` and `envelope.handlers`
say which routes are governed.

## Known limits

`raise` statements are seen in the handler (*proven*) and a few calls deep in what it calls (*likely*: the caller may
catch them). A handler that is registered for an exception counts for every application of the project. FastAPI's own
answer to a request that is not valid (422) is not judged.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import ErrorAnswer
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL207",
    name="unwrapped-error",
    message="{who} {what}, not in the shape of errors of the `{envelope}` envelope",
    since="0.1.0",
    options=("envelope.errors", "envelope.routes", "envelope.modules", "envelope.handlers"),
)


@RULE.on(ErrorAnswer)
def check(error: ErrorAnswer, project: Project) -> Iterator[Finding]:
    """An error without the keys of an error."""
    exit = error.exit
    assert exit.governance is not None
    keys = ", ".join(f"`{key}`" for key in error.require)
    yield RULE.finding(
        error.place,
        scope=error.scope,
        confidence=error.confidence,
        related=error.related,
        help=f"answer errors with {keys}, in one registered exception handler",
        who=error.who,
        what=error.what,
        envelope=exit.governance.envelope.name,
    )
