"""
A loop that is run while an application's modules are imported fails under the server, which imports them in its own.

## Why it matters

`uvicorn app.main:app` imports the application inside the loop that it runs. An `asyncio.run(...)` at the top level of
a module that the application imports then raises `RuntimeError: asyncio.run() cannot be called from a running event
loop`, while `python -c "import app.main"`, the tests and servers that import first do not show it.

## Instead

Do the work when the application starts, in its `lifespan`, and await it; or keep it in a function that the program
calls below `if __name__ == "__main__":`.

## Known limits

A module that serves an application itself when it is run as a program (`uvicorn.run(app)` at its top level) is
reported at `possible`: whether somebody else imports it cannot be told. Imports inside functions are not followed.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.run_subjects import ImportTimeRun
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL108",
    name="import-time-event-loop-run",
    message="`{runner}` runs when {what} imported, which the server of `{application}` does in its running loop",
    since="0.1.0",
)


@RULE.on(ImportTimeRun)
def check(run: ImportTimeRun, project: Project) -> Iterator[Finding]:
    """A run that the import of an application executes."""
    yield RULE.finding(
        run.place,
        scope=run.scope,
        confidence=run.confidence,
        related=(*run.related, *run.steps),
        help='do it in the application\'s `lifespan` and await it, or below `if __name__ == "__main__":`',
        runner=run.runner,
        what="the module is" if not run.steps else f"`{run.steps[0].place.path}` is",
        application=run.application,
    )
