"""
The words of a status vocabulary are said a second time: in a `Literal`, in a constant, in another enum.

## Why it matters

Two lists of the same statuses agree on the day they are written. Then one of them grows: the filter refuses what the
service stores, the constant misses the new state, the second enum raises for a value of the first. A list that says
*nearly* the same has usually drifted already (`"canceled"` beside `"cancelled"`).

## Instead

Name the enum: annotate with `JobStatus` in place of `Literal[...]`, and make the tuple from it,
`tuple(status.value for status in JobStatus)`. Where two enums must stay apart, for the wire and for the store, let one
table convert, and let a test say that it has every member.

## Options

`vocabulary.enum`: the enums whose values are statuses, besides those found by name. A declared one is the original of
its twins, wherever they are.

## Known limits

A vocabulary of fewer than three words has no twins. *Nearly* means that one word is added, or one is spelled
otherwise, or that words differ in their case, and three words at least are common; a part of a vocabulary, such as its
final states, is no twin. An enum that has the vocabulary's name and the names of its members is one whatever its
values. How sure it is follows from what ties the two together: the module imports the vocabulary or defines it
(*proven* where the words are the same), it is declared, or it says the same in the same package (*likely*); the same
words elsewhere are only *possible*, for they may be another service's, and so are those of two enums that are not of
one thing.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.vocabulary_subjects import TwinForm, VocabularyTwin
from execution_lint.rules.rule import Rule
from execution_lint.rules.status.phrasing import listed

RULE = Rule(
    code="EXL307",
    name="duplicated-vocabulary",
    message="{twin} {repeats} `{vocabulary}`{difference}",
    since="0.1.0",
    options=("vocabulary.enum",),
)


@RULE.on(VocabularyTwin)
def check(twin: VocabularyTwin, project: Project) -> Iterator[Finding]:
    """Something that says a vocabulary's words again."""
    is_exact = not (twin.extra or twin.lacking or twin.is_respelled)
    yield RULE.finding(
        twin.place,
        scope=twin.scope,
        confidence=twin.confidence,
        related=twin.evidence,
        help=_help(twin),
        twin=_spoken(twin),
        repeats="repeats" if is_exact else "says nearly the same as",
        vocabulary=twin.vocabulary.dotted if twin.form is TwinForm.ENUM else twin.vocabulary.name,
        difference=_difference(twin),
    )


def _spoken(twin: VocabularyTwin) -> str:
    match twin.form:
        case TwinForm.LITERAL:
            return f"the `Literal` of `{twin.name}`" if twin.name else "this `Literal`"
        case TwinForm.CONSTANT:
            return f"`{twin.name}`" if twin.name else "this list of choices"
        case TwinForm.ENUM:
            return f"the enum `{twin.name}`"


def _difference(twin: VocabularyTwin) -> str:
    parts = []
    if twin.lacking and twin.extra:
        parts.append(f"{listed(twin.extra, 4)} instead of {listed(twin.lacking, 4)}")
    elif twin.extra:
        parts.append(f"it adds {listed(twin.extra, 4)}")
    elif twin.lacking:
        parts.append(f"it lacks {listed(twin.lacking, 4)}")
    if twin.is_respelled:
        parts.append("words differ in their case")
    return f": {', and '.join(parts)}" if parts else ""


def _help(twin: VocabularyTwin) -> str:
    name = twin.vocabulary.name
    match twin.form:
        case TwinForm.LITERAL:
            return f"annotate with `{name}`"
        case TwinForm.CONSTANT:
            return f"make it from the enum: `tuple(member.value for member in {name})`"
        case TwinForm.ENUM:
            return f"use `{name}`, or convert by one table that has every member of both"
