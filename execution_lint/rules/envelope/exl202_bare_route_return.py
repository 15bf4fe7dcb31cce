"""
An exit of a route answers with a list, a scalar, null, or a value passed through that is no envelope.

## Why it matters

A bare value has no place for `job_id` and `status`, and none for an error. The client that reads `answer["status"]`
fails on it with a
type error instead of a message.

## Instead

Put the value under a key of the envelope: `{"plugin": ..., "job_id": ..., "status": ..., "result": value}`. A handler
that ends without
`return` answers `null`.

## Options

`envelope.routes`, `envelope.modules` and `envelope.handlers` say which routes an envelope governs, `envelope.exempt`
which of them it
does not; `envelope.require` names its keys, `envelope.name` is what findings call it, and `envelope.wrappers` names
what supplies it.

## Known limits

A collection is judged only where a contract governs its route: exempt it there if it has a form of its own.
"""

from collections.abc import Iterator

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import Answer, AnswerKind, RouteExit
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL202",
    name="bare-route-return",
    message="{route} answers with {what} instead of the `{envelope}` envelope",
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
    """An exit that answers with something that has no keys."""
    governance = exit.governance
    if governance is None or exit.has_model or not governance.envelope.require:
        return
    bare = next((answer for answer in exit.answers if answer.kind is AnswerKind.BARE and not answer.is_error), None)
    if bare is not None:
        yield RULE.finding(
            exit.place,
            scope=exit.scope,
            confidence=Confidence.weakest(exit.sureness, governance.confidence),
            related=(*exit.related, *governance.related),
            help=_help(exit),
            route=exit.routes[0].spelled if exit.routes else exit.handler,
            what=_what(bare),
            envelope=governance.envelope.name,
        )


def _what(answer: Answer) -> str:
    return answer.reason or "a bare value"


def _help(exit: RouteExit) -> str:
    assert exit.governance is not None
    keys = ", ".join(f"`{key}`" for key in exit.governance.envelope.require)
    if exit.governance.is_built_in:
        reasons = " and ".join(exit.governance.reasons)
        return f"answer with an object that has {keys}; it counts as an execution's answer because {reasons}"
    return f"answer with an object that has {keys}, or exempt the route in the contract"
