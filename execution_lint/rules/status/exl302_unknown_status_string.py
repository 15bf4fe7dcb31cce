"""
A string literal stands where a status belongs, and no member of the vocabulary has that value.

## Why it matters

A legacy spelling, a typo, a wrong case or another vocabulary's word is never equal to any status. The branch behind
it is dead, or the
row that it is written to is one that nobody recognises.

## Instead

Use the member that was meant. Where old clients or rows still speak an old word, translate it in one place, the
enum's `_missing_`, and
nowhere else.

## Options

`vocabulary.aliases`: legacy spellings and the member that each means, so that the finding can name it.
`vocabulary.enum` and
`vocabulary.fields` as for EXL301.

## Known limits

Of a `Literal[...]` it speaks where a field, a parameter or a return is called like a status, or the alias is; a call by
position only where the function is called so too. An empty string, `"unknown"`, `"all"` and the like are only
*possible*, and so is a word for which no place in the function wants a status: one that is asked about before the
others are looked up, or that a variable of two vocabularies takes besides. Words of health checks (`ok`, `healthy`)
count only where the type is proven.
"""

from collections.abc import Iterator
from difflib import get_close_matches

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import StatusUse
from execution_lint.project.vocabulary_subjects import ListedWord
from execution_lint.rules.rule import Rule
from execution_lint.rules.status.phrasing import listed, place_of, quoted

RULE = Rule(
    code="EXL302",
    name="unknown-status-string",
    message="{literal} is no value of `{vocabulary}` ({where})",
    since="0.1.0",
    options=("vocabulary.enum", "vocabulary.fields", "vocabulary.aliases"),
)


@RULE.on(StatusUse)
def check(use: StatusUse, project: Project) -> Iterator[Finding]:
    """A literal that is no member's value."""
    if use.vocabulary.member_of(use.literal) is not None:
        return
    yield RULE.finding(
        use.place,
        scope=use.scope,
        confidence=use.confidence,
        related=use.evidence,
        help=_help(use),
        literal=quoted(use.literal),
        vocabulary=use.vocabulary.name,
        where=place_of(use),
    )


@RULE.on(ListedWord)
def check_listed(word: ListedWord, project: Project) -> Iterator[Finding]:
    """A literal that a `Literal[...]` does not list."""
    close = get_close_matches(word.literal.lower(), {said.lower(): said for said in word.words}, n=1, cutoff=0.75)
    meant = next((said for said in word.words if close and said.lower() == close[0]), None)
    yield RULE.finding(
        word.place,
        scope=word.scope,
        confidence=word.confidence,
        related=word.evidence,
        help=f"did you mean {quoted(meant)}?" if meant is not None else f"its type lists {listed(word.words)}",
        literal=quoted(word.literal),
        vocabulary=f"Literal[{listed(word.words, 3)}]",
        where=place_of(word),
    )


def _help(use: StatusUse) -> str:
    vocabulary = use.vocabulary
    meant = dict(vocabulary.aliases).get(use.literal)
    if meant is not None:
        return f'the contract says that "{use.literal}" means `{vocabulary.name}.{meant}`'
    by_word = {value.lower(): name for name, value, _ in vocabulary.members} | {
        name.lower(): name for name, _, _ in vocabulary.members
    }
    close = get_close_matches(use.literal.lower(), by_word, n=1, cutoff=0.75)
    if close:
        return f"did you mean `{vocabulary.name}.{by_word[close[0]]}`?"
    values = ", ".join(f'"{value}"' for _, value, _ in vocabulary.members[:8])
    return f"`{vocabulary.name}` knows {values}{', …' if len(vocabulary.members) > 8 else ''}"
