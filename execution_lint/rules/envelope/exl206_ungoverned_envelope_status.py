"""
The value under the status key of a governed answer is not from the vocabulary that the contract ties the key to.

## Why it matters

Clients decide by that one key. A word of the handler's own, right today or wrong already, is outside the enum: no
rename reaches it, no client knows it, no exhaustive match covers it.

## Instead

Send the member: `JobStatus.DONE`, or the status of the job itself. A model whose field is typed with the enum makes
every other value an error.

## Options

`envelope.status`: the key and the enum that governs it. `envelope.routes`, `envelope.modules` and `envelope.handlers`
say which routes are governed. The place is this rule's alone, whatever is selected: EXL301 and EXL302 are silent there.

## Known limits

A value that comes from outside what can be followed (a row, a client library) is not judged.
"""

from collections.abc import Iterator
from difflib import get_close_matches

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import AnsweredStatus
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL206",
    name="ungoverned-envelope-status",
    message="{route} answers {what} under `{key}`, which `{vocabulary}` governs",
    since="0.1.0",
    options=("envelope.status", "envelope.routes", "envelope.modules", "envelope.handlers"),
)


@RULE.on(AnsweredStatus)
def check(answered: AnsweredStatus, project: Project) -> Iterator[Finding]:
    """A status that is not a member."""
    exit = answered.exit
    yield RULE.finding(
        answered.place,
        scope=answered.scope,
        confidence=answered.confidence,
        related=answered.related,
        help=_help(answered),
        route=exit.routes[0].spelled if exit.routes else exit.handler,
        what=answered.what,
        key=answered.key,
        vocabulary=answered.vocabulary.name,
    )


def _help(answered: AnsweredStatus) -> str:
    vocabulary = answered.vocabulary
    if answered.member is not None:
        return f"`{vocabulary.name}.{answered.member}` has this value: answer with the member"
    meant = dict(vocabulary.aliases).get(answered.literal or "")
    if meant is not None:
        return f'the contract says that "{answered.literal}" means `{vocabulary.name}.{meant}`'
    by_word = {value.lower(): name for name, value, _ in vocabulary.members}
    close = get_close_matches((answered.literal or "").lower(), by_word, n=1, cutoff=0.75)
    if close:
        return f"did you mean `{vocabulary.name}.{by_word[close[0]]}`?"
    values = ", ".join(f'"{value}"' for _, value, _ in vocabulary.members[:8])
    return f"`{vocabulary.name}` knows {values}{', …' if len(vocabulary.members) > 8 else ''}"
