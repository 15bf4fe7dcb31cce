"""
An exit of a governed route answers with something that cannot be decided.

## Why it matters

Silence about such an exit is worth nothing: it may keep the envelope or break it. A team that wants every exit proven
selects this rule and writes the answers so that they can be read.

## Instead

Declare what the handler sends: a return annotation or a `response_model` with the keys of the envelope. Or return a
dict that is made in the project, or an object of a declared model.

## Options

`envelope.require`: the keys that an exit must be known to have. `envelope.routes`, `envelope.modules`,
`envelope.handlers` and `envelope.exempt` say which routes are governed, `envelope.name` what findings call it, and
`envelope.wrappers` names what supplies the envelope. The rule runs only where its full code is selected:
`extend-select = ["EXL203"]`.

## Known limits

What the message says stopped the search is the first reason met, not always the only one.
"""

from collections.abc import Iterator

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import Answer, AnswerKind, RouteExit
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL203",
    name="unverifiable-route-return",
    message="{route} cannot be shown to keep the `{envelope}` envelope: {reason}",
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
    by_full_code_only=True,
)


@RULE.on(RouteExit)
def check(exit: RouteExit, project: Project) -> Iterator[Finding]:
    """An exit that is neither known to keep the envelope nor known to break it."""
    governance = exit.governance
    if governance is None:
        return
    required = frozenset(governance.envelope.require)
    undecided = next((answer for answer in exit.answers if not answer.is_error and _is_open(answer, required)), None)
    if undecided is not None:
        yield RULE.finding(
            exit.place,
            scope=exit.scope,
            confidence=Confidence.weakest(exit.confidence, governance.confidence),
            related=(*exit.related, *governance.related),
            help="declare the answer: a return annotation or `response_model` with the keys of the envelope",
            route=exit.routes[0].spelled if exit.routes else exit.handler,
            envelope=governance.envelope.name,
            reason=_reason(undecided, required),
        )


def _is_open(answer: Answer, required: frozenset[str]) -> bool:
    match answer.kind:
        case AnswerKind.UNKNOWN:
            return True
        case AnswerKind.OBJECT:
            return any(key not in answer.keys and not answer.lacks(key) for key in required)
        case _:
            return False


def _reason(answer: Answer, required: frozenset[str]) -> str:
    left_out = sorted(answer.optional & required)
    if answer.kind is AnswerKind.OBJECT and left_out:
        return f"{', '.join(f'`{key}`' for key in left_out)} may be left out"
    return answer.reason or "it may have other keys than those that are seen"
