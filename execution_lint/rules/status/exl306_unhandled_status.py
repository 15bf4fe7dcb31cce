"""
Code tells the statuses apart one by one, names most of them, leaves some out, and has no default.

## Why it matters

Whoever wrote the `match`, the chain or the table went through the members; one was forgotten, or was added to the enum
later. A job in that status falls through in silence: the function returns None, a variable keeps its old value, or the
lookup raises KeyError. No test fails until a job gets there.

## Instead

Handle the missing member, also where that means to do nothing and say so (`case JobStatus.QUEUED: pass`). Or add a
default: `case _:`, `else:`, `.get(status, default)`. `case _: assert_never(status)` makes a type checker ask again
when the enum grows.

## Options

`vocabulary.enum`: the enums whose values are statuses, besides those found by name. `vocabulary.forbidden`: members
that code may not use need no case.

## Known limits

*Most* is more than half, and two at least. Members that an earlier test on the way rules out count as handled, and so
does what follows a `match` or a chain whose arms all return, also outside of the block that it ends. A chain whose
arms only give other values to names that have one before it has that for its default. A chain of `if`s that leaves
more than a third out, or whose arms only do things instead of leaving or setting the same, is only *possible*, for it
may well be meant. A table counts where something looks it up by subscript, outside a `try` that catches KeyError and
without asking what is in it.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.vocabulary_subjects import BranchForm, StatusBranch
from execution_lint.rules.rule import Rule
from execution_lint.rules.status.phrasing import members

RULE = Rule(
    code="EXL306",
    name="unhandled-status",
    message="{branch}, has no default, and leaves out {missing}{consequence}",
    since="0.1.0",
    options=("vocabulary.enum", "vocabulary.forbidden"),
)

_SPOKEN = {
    BranchForm.MATCH: ("the match over{subject}", "add a case for {missing}, or `case _:`"),
    BranchForm.CHAIN: ("the chain over{subject}", "add a branch for {missing}, or an `else`"),
    BranchForm.TABLE: ("the table{subject}", "add {missing}, or look up by `.get` with a default"),
}


@RULE.on(StatusBranch)
def check(branch: StatusBranch, project: Project) -> Iterator[Finding]:
    """A branch without a default that leaves members out."""
    vocabulary = branch.vocabulary.name
    share = f"{len(branch.named)} of the {len(branch.named) + len(branch.missing)} members of `{vocabulary}`"
    missing = members(vocabulary, branch.missing)
    what, instead = _SPOKEN[branch.form]
    subject = f" `{branch.subject}`" if branch.subject else ""
    yield RULE.finding(
        branch.place,
        scope=branch.scope,
        confidence=branch.confidence,
        related=branch.evidence,
        help=instead.format(missing=missing),
        branch=f"{what.format(subject=subject)} names {share}",
        missing=missing,
        consequence=f": {branch.consequence}" if branch.consequence else "",
    )
