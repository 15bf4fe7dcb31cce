"""
A field holds a status as a plain string: words are stored in it and compared with it, and no enum says which there are.

## Why it matters

The list of the statuses exists nowhere. Each place spells the words from memory, so that a typo, a `"canceled"` beside
a `"cancelled"` or a status that nobody handles is found in production, if at all. No tool can help: for a type checker
the field is any string.

## Instead

Define `class JobStatus(str, Enum)` with the words that the finding lists, annotate the field with it, and store and
compare members. An enum that is a `str` goes to JSON and to a column as the word that it was.

## Options

`vocabulary.fields`: a field that the contract names is governed, and never reported here.

## Known limits

The field is declared in a class of the project, as `str` or with a literal to start from, in the body or in
`__init__`, and called `status`, `state`, `phase`, `stage` or `outcome`, or such a word behind a usual one
(`job_status`, `run_state`). A literal counts where the type of the object is known. Two words at least are needed.
*Likely* where words are both stored and compared, *possible* where only one is seen: it may mirror what another
service sends. Silent where an enum of the project says the same words, or a member of one goes to the field, and for
the words of health checks. Keys of a plain dict, positional arguments and queries of an ORM are not followed.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding, Related
from execution_lint.project.project import Project
from execution_lint.project.vocabulary_subjects import StatusField
from execution_lint.rules.rule import Rule
from execution_lint.rules.status.phrasing import listed

RULE = Rule(
    code="EXL303",
    name="ungoverned-status",
    message="`{field}` holds a status as a plain string, {how} {words}, and no enum says which there are",
    since="0.1.0",
    options=("vocabulary.fields",),
)

_SHOWN = 12


@RULE.on(StatusField)
def check(field: StatusField, project: Project) -> Iterator[Finding]:
    """A status field that is a plain string."""
    how = "stored and compared as" if field.is_stored and field.is_compared else None
    related = field.uses[:_SHOWN]
    if len(field.uses) > _SHOWN:
        last = related[-1]
        more = len(field.uses) - _SHOWN
        related = (*related[:-1], Related(f"{last.message}; {more} more places are like these", last.place))
    yield RULE.finding(
        field.place,
        scope=field.scope,
        confidence=field.confidence,
        related=related,
        help="define an enum of these words, annotate the field with it, and use its members",
        field=field.spelled,
        how=how or ("stored as" if field.is_stored else "compared with"),
        words=listed(field.words),
    )
