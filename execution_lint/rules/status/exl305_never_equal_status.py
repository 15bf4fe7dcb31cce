"""
A member of a plain `Enum` is compared with a string: the two are never equal.

## Why it matters

Only a member with `str` mixed in (`class JobStatus(str, Enum)`, `StrEnum`) is equal to its value. A member of a plain
`Enum` is equal to nothing but itself, so the branch behind the comparison is dead, or always taken, and no exception
says so.

## Instead

Compare members with members: `job.status == JobStatus.DONE`. Where the other side is a word from outside, convert it
first (`JobStatus(word)`), or compare `.value`.

## Options

`vocabulary.enum`: the enums whose values are statuses, besides those found by name.

## Known limits

Both sides must be known by their types. Silent where the enum defines `__eq__`, where a model keeps values in its
fields (`use_enum_values`), and on columns of a model class, whose comparison makes a query.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.vocabulary_subjects import Opponent, StatusComparison
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL305",
    name="never-equal-status",
    message="`{member}` is a member of `{enum}`, which is no string: {consequence}",
    since="0.1.0",
    options=("vocabulary.enum",),
)


@RULE.on(StatusComparison)
def check(comparison: StatusComparison, project: Project) -> Iterator[Finding]:
    """A plain member compared with a string, or looked up among strings."""
    if comparison.opponent is not Opponent.STRING:
        return
    if comparison.is_lookup:
        consequence = f"`{comparison.other}` has strings for keys, and never this one"
        help = f"make the members of `{comparison.enum}` the keys, or look up `{comparison.member}.value`"
    else:
        equal = "always unequal" if comparison.is_always else "never equal"
        consequence = f"it is {equal} to {_other(comparison.other)}"
        help = f"compare with a member of `{comparison.enum}`, or compare `{comparison.member}.value`"
    yield RULE.finding(
        comparison.place,
        scope=comparison.scope,
        confidence=comparison.confidence,
        related=comparison.evidence,
        help=help,
        member=comparison.member,
        enum=comparison.enum,
        consequence=consequence,
    )


def _other(other: str) -> str:
    return other if other.startswith('"') else f"`{other}`"
