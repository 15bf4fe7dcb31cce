"""
The wire model that a governed route declares lacks a key of the envelope, renames it or leaves it out.

## Why it matters

FastAPI sends what the model says, not what the handler returns: an envelope that was built with care is filtered on
its way out, on every exit at once. Tests of the handler's function do not see it.

## Instead

Let the model declare each required key under its own name: no alias for it, no `exclude`, no `response_model_exclude`.
A narrower model for one route inherits from the envelope.

## Options

`envelope.require`: the keys that the model must send. `envelope.routes`, `envelope.modules`, `envelope.handlers` and
`envelope.exempt` say which routes are governed, and `envelope.name` what findings call it. Where the contract names
`envelope.wrappers`, what they wrap is not judged. Without any envelope in the contract the built-in one applies where
the model's keys are those of an execution's answer; that is *possible*, unless the handler returns the very keys that
the model keeps back.

## Known limits

A model whose serializer or alias generator is the project's own function is not judged. A finding about a field names
one of the routes that send it, and counts the others.
"""

from collections.abc import Iterator

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding, Related
from execution_lint.project.project import Project
from execution_lint.project.subjects import AnswerModel
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL204",
    name="wrong-answer-model",
    message="{route} sends no {missing} of the `{envelope}` envelope: {because}",
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


@RULE.on(AnswerModel)
def check(model: AnswerModel, project: Project) -> Iterator[Finding]:
    """A declaration that keeps a required key from being sent."""
    exit, governance = model.exit, model.exit.governance
    assert governance is not None
    assert exit.wire is not None
    keys = ", ".join(f"`{key}`" for key in model.missing)
    declared = () if exit.wire.place == model.place else (Related(f"`{exit.wire.spelled}`", exit.wire.place),)
    help = f"let the model send {keys}"
    if model.others:
        help += f"; {model.others} further handler{'s' if model.others > 1 else ''} sent through it lack the same"
    if governance.is_built_in:
        help += f"; it counts as an execution's answer because {' and '.join(governance.reasons)}"
    yield RULE.finding(
        model.place,
        scope=model.scope,
        confidence=Confidence.weakest(exit.confidence, governance.confidence, _confidence(model)),
        related=(*declared, *model.related),
        help=help,
        route=exit.routes[0].spelled if exit.routes else exit.handler,
        missing=keys,
        envelope=governance.envelope.name,
        because=model.because,
    )


def _confidence(model: AnswerModel) -> Confidence:
    """A declared model is a contract of its own: the built-in envelope outweighs it only where the handler returns the
    very keys that the model keeps back."""
    assert model.exit.governance is not None
    if not model.exit.governance.is_built_in:
        return Confidence.PROVEN
    returned = frozenset().union(*(answer.keys for answer in model.exit.returned))
    return Confidence.LIKELY if returned.issuperset(model.missing) else Confidence.POSSIBLE
