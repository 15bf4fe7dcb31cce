"""
A job is moved from one status to another along an edge that the contract's transitions lack.

## Why it matters

The contract says which status may follow which. A job that is queued again after it was done runs twice; one that goes
from queued to error without having run has no record of why. The code that does it is legal Python, and the types
agree.

## Instead

Move along an edge of the contract, or change the contract, where the move is right and the contract is not. A move that
only some states allow asks for those first: `update(...).where(status == source)`, or an early return.

## Options

`vocabulary.transitions`: for each state those that may follow it. A state that it does not list is taken for a final
one, and a move from there is *likely* a mistake. `vocabulary.fields` and `vocabulary.enum` say where statuses are.

## Known limits

Only moves whose from-state is known are judged: by a comparison, a case, an assertion or an early return on the way, by
the conditions of the same update, by a move just before, or because the function that moves is told. Where the states
that are left allow the move in part, it is reported, as *likely*, if they are at most half of all. So is a move with
calls or an `await` between it and what tells the state: other code may have moved the job meanwhile. A call that is
given the job, or that is a method of it or of what holds it, ends what is known. A function counts as one that moves
if every call of it that returns does so. A status that is set to itself is not moved.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.vocabulary_subjects import StatusMove
from execution_lint.rules.rule import Rule
from execution_lint.rules.status.phrasing import members

RULE = Rule(
    code="EXL308",
    name="forbidden-transition",
    message="`{subject}` moves from {sources} to `{target}`, which the contract does not allow",
    since="0.1.0",
    options=("vocabulary.transitions", "vocabulary.enum", "vocabulary.fields"),
)


@RULE.on(StatusMove)
def check(move: StatusMove, project: Project) -> Iterator[Finding]:
    """A move along an edge that the contract lacks."""
    name = move.vocabulary.name
    if move.allowed:
        following = f"`{name}.{move.sources[0]}` may be followed by {members(name, move.allowed)}"
    elif move.is_listed:
        following = f"`{name}.{move.sources[0]}` is final"
    else:
        following = f"the contract's transitions list nothing for `{name}.{move.sources[0]}`, so that it is final"
    yield RULE.finding(
        move.place,
        scope=move.scope,
        confidence=move.confidence,
        related=move.evidence,
        help=following,
        subject=move.subject,
        sources=members(name, move.sources),
        target=f"{name}.{move.target}",
    )
