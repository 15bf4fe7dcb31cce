"""
A string literal stands where a member of the status vocabulary belongs.

## Why it matters

The literal agrees with the enum today. When a member is renamed or its value changes, the enum's own uses follow and
the literal does
not: the comparison is silently never true again, and no type checker says so, for both sides are strings.

## Instead

Write the member: `JobStatus.DONE` where the other side is an enum (a `str` mix-in compares equal to its value),
`JobStatus.DONE.value`
where a plain string must go on the wire.

## Options

`vocabulary.enum`: the enums whose values are statuses, besides those found by name (`...Status`, `...State`,
`...Phase`, `...Stage`, `...Outcome`, or an enum that types such a field). `vocabulary.fields`: names that hold a status
in modules that import the enum.

## Known limits

What governs a place follows from types first: an annotation, a field of a resolved model, a parameter of a resolved
call. A field that is typed as a string and starts with a member's value, and a field of a row whose class only the
query tells (`session.get(Job, id)`, `select(Job)`, `Job.objects`), are *likely*. Where nothing
is annotated, the same name must meet the enum elsewhere in the module (*likely*), or be a status-like name in a
module that imports one
vocabulary only (*possible*).
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import StatusUse
from execution_lint.rules.rule import Rule
from execution_lint.rules.status.phrasing import place_of, quoted

RULE = Rule(
    code="EXL301",
    name="raw-status-string",
    message="{literal} is `{member}` ({where})",
    since="0.1.0",
    options=("vocabulary.enum", "vocabulary.fields"),
)


@RULE.on(StatusUse)
def check(use: StatusUse, project: Project) -> Iterator[Finding]:
    """A literal equal to a member's value."""
    member = use.vocabulary.member_of(use.literal)
    if member is None:
        return
    spelled = f"{use.vocabulary.name}.{member}"
    yield RULE.finding(
        use.place,
        scope=use.scope,
        confidence=use.confidence,
        related=use.evidence,
        help=f"write `{spelled}{'.value' if use.takes_value else ''}`",
        literal=quoted(use.literal),
        member=spelled,
        where=place_of(use),
    )
