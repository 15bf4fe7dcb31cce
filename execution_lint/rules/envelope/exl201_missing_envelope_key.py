"""
An exit of a route answers with an object that lacks a key of the agreed envelope.

## Why it matters

A client polls by `job_id` and decides by `status`. A route that leaves one out on one of its ways works in every test
that takes the
others, and breaks the client that meets it.

## Instead

Let every exit build the envelope in one place: a model with the required fields, or one function that takes the job
and returns them.

## Options

`envelope.require`: the keys that every answer of the governed routes has. `envelope.routes`, `envelope.modules`,
`envelope.handlers` and
`envelope.exempt` say which routes those are, `envelope.name` what findings call it; `envelope.wrappers` names
decorators, response classes and route classes that supply the
envelope, so that the handler need not. Without any envelope in the contract the built-in one (`plugin`, `job_id`,
`status`) applies to
exits that give signals of an execution's answer: two signals or more are *likely*, one is *possible*.

## Known limits

Error answers (a status of 400 or more) are not judged here. Where a wire model decides what is sent, the handler's
own dict is not
judged. Middleware that rewrites answers is not seen: name its route class or exempt the routes.
"""

from collections.abc import Iterator

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import RouteExit
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL201",
    name="missing-envelope-key",
    message="{route} answers without {missing} of the `{envelope}` envelope",
    since="0.1.0",
    options=(
        "envelope.routes",
        "envelope.modules",
        "envelope.handlers",
        "envelope.require",
        "envelope.wrappers",
        "envelope.exempt",
        "envelope.name",
    ),
)


@RULE.on(RouteExit)
def check(exit: RouteExit, project: Project) -> Iterator[Finding]:
    """An exit whose keys are known and lack a required one."""
    governance = exit.governance
    if governance is None or exit.has_model:
        return
    lacking = [
        tuple(key for key in governance.envelope.require if answer.lacks(key))
        for answer in exit.answers
        if not answer.is_error
    ]
    missing = max(lacking, key=len, default=())
    if missing:
        yield RULE.finding(
            exit.place,
            scope=exit.scope,
            confidence=Confidence.weakest(exit.sureness, governance.confidence),
            related=(*exit.related, *governance.related),
            help=_help(exit, missing),
            route=exit.routes[0].spelled if exit.routes else exit.handler,
            missing=", ".join(f"`{key}`" for key in missing),
            envelope=governance.envelope.name,
        )


def _help(exit: RouteExit, missing: tuple[str, ...]) -> str:
    assert exit.governance is not None
    keys = ", ".join(f"`{key}`" for key in missing)
    if exit.governance.is_built_in:
        return f"add {keys}; it counts as an execution's answer because {' and '.join(exit.governance.reasons)}"
    return f"add {keys}, or exempt the route in the contract"
