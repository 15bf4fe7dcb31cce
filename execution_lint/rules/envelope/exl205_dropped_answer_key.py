"""
A handler returns a key that its wire model filters away, or lacks one that the model requires.

## Why it matters

FastAPI validates what a handler returns against the declared model and sends the model's fields alone. A key that
the model does not know never reaches the client, without a word; a key that it requires and does not get is a 500.
Both look right in the handler.

## Instead

Declare the key in the model, or stop returning it. Build the model itself (`return Job(...)`) and the type checker
sees the difference.

## Known limits

A key that comes from elsewhere (a helper, a spread, another model) may be filtered on purpose, which is what
`response_model` is made for: that is *possible*. Objects of another class are not judged for that reason, and neither
are unions of models nor models with keys that are not known.
"""

from collections.abc import Iterator

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding, Related
from execution_lint.project.project import Project
from execution_lint.project.subjects import AnswerKind, RouteExit, WireModel
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL205",
    name="dropped-answer-key",
    message="{route} returns {what}: `{model}` {fate}",
    since="0.1.0",
)


@RULE.on(RouteExit)
def check(exit: RouteExit, project: Project) -> Iterator[Finding]:
    """A returned dict whose keys are not those of the model."""
    wire = exit.wire
    if wire is None or not wire.fields or exit.returns_object:
        return
    objects = [answer for answer in exit.returned if answer.kind is AnswerKind.OBJECT]
    reads = frozenset().union(*(field.reads for field in wire.fields))
    dropped = frozenset().union(*(answer.keys for answer in objects)) - reads if not wire.allows_more else frozenset()
    required = [field for field in wire.fields if field.is_required and field.reads]
    lacks = [{field.name for field in required if all(map(answer.lacks, field.reads))} for answer in objects]
    lacking = set[str]().union(*lacks)
    if lacking:
        # What a function elsewhere gives in several ways may be told apart by what it is called with.
        always = set.intersection(*lacks)
        is_told_apart = bool(exit.related) and not always
        lacking = always or lacking
        yield _finding(
            exit,
            wire,
            f"a dict without {_listed(lacking)}",
            "requires it, so that the answer is a 500",
            Confidence.POSSIBLE if is_told_apart else Confidence.PROVEN,
        )
    elif dropped:
        is_written_here = dropped <= exit.written
        yield _finding(
            exit,
            wire,
            _listed(dropped),
            "filters it away" if len(dropped) == 1 else "filters them away",
            Confidence.PROVEN if is_written_here else Confidence.POSSIBLE,
        )


def _finding(
    exit: RouteExit, wire: WireModel, what: str, fate: str, confidence: Confidence = Confidence.PROVEN
) -> Finding:
    return RULE.finding(
        exit.place,
        scope=exit.scope,
        confidence=Confidence.weakest(exit.sureness, confidence),
        related=(Related("what is sent is declared here", wire.place), *exit.related),
        help="let the model and what the handler returns have the same keys",
        route=exit.routes[0].spelled if exit.routes else exit.handler,
        what=what,
        model=wire.spelled,
        fate=fate,
    )


def _listed(keys: frozenset[str] | set[str]) -> str:
    return ", ".join(f"`{key}`" for key in sorted(keys))
