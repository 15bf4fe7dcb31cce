"""How the rules of this family speak of a literal and its place."""

import json
from collections.abc import Sequence

from execution_lint.project.subjects import StatusPlace, StatusUse
from execution_lint.project.vocabulary_subjects import ListedWord

_PLACES = {
    StatusPlace.COMPARISON: "compared with {subject}",
    StatusPlace.CONTAINMENT: "among what {subject} is tested for",
    StatusPlace.CASE: "a case of {subject}",
    StatusPlace.ASSIGNMENT: "assigned to {subject}",
    StatusPlace.ARGUMENT: "given as {subject}",
    StatusPlace.DEFAULT: "the default of {subject}",
    StatusPlace.ENTRY: "in a dict under {subject}",
    StatusPlace.RETURN: "where a status is returned by {subject}",
    StatusPlace.ELEMENT: "among the elements of {subject}",
    StatusPlace.KEY: "a key of a table for {subject}",
    StatusPlace.QUERY: "in SQL text for {subject}",
}


def quoted(literal: str) -> str:
    """The literal in double quotes, on one line."""
    return json.dumps(literal, ensure_ascii=False)


def place_of(use: StatusUse | ListedWord) -> str:
    """Where the literal stands: ``compared with `job.status` ``."""
    return _PLACES[use.where].format(subject=f"`{use.subject}`")


def listed(words: Sequence[str], limit: int = 8) -> str:
    """Words in double quotes, the first few of them."""
    return ", ".join(quoted(word) for word in words[:limit]) + (", …" if len(words) > limit else "")


def members(vocabulary: str, names: Sequence[str], limit: int = 4) -> str:
    """Members in backquotes, the first few of them: `` `JobStatus.DONE` and `JobStatus.ERROR` ``."""
    spelled = [f"`{vocabulary}.{name}`" for name in names[:limit]]
    if len(names) > limit:
        return f"{', '.join(spelled)} and {len(names) - limit} more"
    return " and ".join([", ".join(spelled[:-1]), spelled[-1]] if len(spelled) > 1 else spelled)
