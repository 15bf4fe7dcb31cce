"""
A status is looked up by something that no member has, or compared with a member of another enum.

## Why it matters

`JobStatus(word.upper())` raises for every word when no value is in upper case, and `JobStatus["done"]` raises when
`done` is the value and `DONE` the name. The code reads as if it normalised its input; what it does is fail on all of
it, or, in a `try`, take the fallback every time. A member of one enum is never a member of another, however alike
their words are.

## Instead

Look a value up by `JobStatus(value)` and a name by `JobStatus[name]`, in the case that the enum has. Where several
spellings must be accepted, let `_missing_` of the enum translate them, in one place. Between two enums convert
explicitly, by a table or by value.

## Options

`vocabulary.enum`: the enums whose values are statuses, besides those found by name. `vocabulary.aliases`: legacy
spellings and the member that each means, so that the finding can name it.

## Known limits

An enum that defines `_missing_` may accept other words: the rule is silent there on lookups by value, unless
`_missing_` does no more than read a table whose keys are known. A custom `__new__`, a metaclass or a base that is not
known make it silent too. Members of two enums that are both strings are equal where their values are, so only those
without a common value are reported.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.vocabulary_subjects import Miss, Opponent, StatusComparison, StatusLookup
from execution_lint.rules.rule import Rule
from execution_lint.rules.status.phrasing import listed, quoted

RULE = Rule(
    code="EXL304",
    name="impossible-status-lookup",
    message="`{lookup}` {outcome}: {reason}",
    since="0.1.0",
    options=("vocabulary.enum", "vocabulary.aliases"),
)

_CASES = {
    "upper": "in upper case",
    "lower": "in lower case",
    "casefold": "in lower case",
    "title": "in title case",
    "capitalize": "capitalized",
}


@RULE.on(StatusLookup)
def check_lookup(lookup: StatusLookup, project: Project) -> Iterator[Finding]:
    """A lookup that finds no member, whatever it is asked."""
    is_default = lookup.outcome == "the default"
    yield RULE.finding(
        lookup.place,
        scope=lookup.scope,
        confidence=lookup.confidence,
        related=lookup.evidence,
        help=_help(lookup),
        lookup=lookup.spelled,
        outcome="always gives its default" if is_default else f"raises {lookup.outcome}",
        reason=_reason(lookup),
    )


@RULE.on(StatusComparison)
def check_comparison(comparison: StatusComparison, project: Project) -> Iterator[Finding]:
    """A member of one enum compared with a member of another."""
    if comparison.opponent is not Opponent.OTHER_ENUM:
        return
    yield RULE.finding(
        comparison.place,
        scope=comparison.scope,
        confidence=comparison.confidence,
        related=comparison.evidence,
        help=f"compare with a member of `{comparison.enum}`, or convert the one into the other",
        lookup=comparison.member,
        outcome=f"is {'always' if comparison.is_always else 'never'} {'un' if comparison.is_always else ''}equal to "
        f"`{comparison.other}`",
        reason=f"the one is a `{comparison.enum}`, the other a `{comparison.opponent_enum}`",
    )


def _reason(lookup: StatusLookup) -> str:
    name, kind = lookup.vocabulary.name, "name" if lookup.by_name else "value"
    match lookup.miss:
        case Miss.CASE:
            return f"no {kind} of `{name}` is {_CASES[lookup.word]}"
        case Miss.VALUE_AS_NAME:
            return f"{_word(lookup)} is a value of `{name}`, and a name belongs here"
        case Miss.NAME_AS_VALUE:
            return f"{_word(lookup)} is a name of `{name}`, and a value belongs here"
        case Miss.OTHER_ENUM:
            return f"it is given a member of `{lookup.word}`"
        case Miss.UNKNOWN:
            return f"no {kind} of `{name}` is {quoted(lookup.word)}"


def _word(lookup: StatusLookup) -> str:
    is_known = lookup.vocabulary.member_of(lookup.word) is not None or any(
        name == lookup.word for name, _, _ in lookup.vocabulary.members
    )
    return quoted(lookup.word) if is_known else f"`{lookup.word}`"


def _help(lookup: StatusLookup) -> str:
    vocabulary = lookup.vocabulary
    names = [name for name, _, _ in vocabulary.members]
    values = [value for _, value, _ in vocabulary.members]
    owned = names if lookup.by_name else values
    match lookup.miss:
        case Miss.CASE:
            method = next(
                (
                    method
                    for method, has_case in (("lower", str.islower), ("upper", str.isupper))
                    if all(has_case(word) for word in owned) and method != lookup.word
                ),
                "",
            )
            use = f"use `.{method}()`: " if method else ""
            return f"{use}the {'names' if lookup.by_name else 'values'} are {listed(owned)}"
        case Miss.VALUE_AS_NAME:
            member = vocabulary.member_of(lookup.word)
            if member is not None:
                return f"write `{vocabulary.name}.{member}`"
            return f"look a value up by `{vocabulary.name}({lookup.word})`"
        case Miss.NAME_AS_VALUE:
            if lookup.word in names:
                return f"write `{vocabulary.name}.{lookup.word}`"
            return f"look a name up by `{vocabulary.name}[{lookup.word}]`"
        case Miss.OTHER_ENUM:
            return f"give it the value: `{vocabulary.name}` knows {listed(values)}"
        case Miss.UNKNOWN:
            meant = dict(vocabulary.aliases).get(lookup.word)
            if meant is not None:
                return f'the contract says that "{lookup.word}" means `{vocabulary.name}.{meant}`'
            return f"`{vocabulary.name}` knows {listed(owned)}"
