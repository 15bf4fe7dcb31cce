"""
The id in a governed answer is made up for the answer and goes nowhere else, so that nobody can poll it.

## Why it matters

The envelope looks complete, and every test of its keys passes. The client that asks for the job by that id gets a 404,
for nothing was ever stored under it.

## Instead

Answer with the id of the job that was stored: the one that the store or the queue gave, or one that is made first,
handed to it and then answered.

## Options

`envelope.id`: the key that identifies the job. `envelope.routes`, `envelope.modules` and `envelope.handlers` say which
routes are governed. Without any envelope in the contract the key is `job_id`.

## Known limits

An id that is only logged counts as going nowhere. What a function from outside is handed counts as stored. The finding
is *likely*: middleware may read the answer.
"""

from collections.abc import Iterator

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import InventedIdentifier
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL210",
    name="invented-identifier",
    message="{route} makes up its `{key}` with `{maker}`, and nothing else gets to know it",
    since="0.1.0",
    options=("envelope.id", "envelope.routes", "envelope.modules", "envelope.handlers"),
)


@RULE.on(InventedIdentifier)
def check(identifier: InventedIdentifier, project: Project) -> Iterator[Finding]:
    """An identifier that is answered and stored nowhere."""
    exit = identifier.exit
    assert exit.governance is not None
    yield RULE.finding(
        identifier.place,
        scope=identifier.scope,
        confidence=Confidence.weakest(Confidence.LIKELY, exit.confidence, exit.governance.confidence),
        related=identifier.related,
        help="answer with the id under which the job is stored",
        route=exit.routes[0].spelled if exit.routes else exit.handler,
        key=identifier.key,
        maker=identifier.maker,
    )
