"""How a mistake in the configuration is said: one line with the place, the key, what is wrong and the nearest name."""

from collections.abc import Iterable

OVERRIDE = "--config"
"""Stands for the file of what an override on the command line says."""


class WrongValue(ValueError):
    """A value that cannot be used: `what` is wrong, and the `nearest` value that could be, if one is near."""

    def __init__(self, what: str, nearest: str | None = None) -> None:
        self.what = what
        self.nearest = nearest
        super().__init__(what)


def mistake(file: str, line: int, key: str, what: str, nearest: str | None = None) -> str:
    """One mistake in one line: `file:line: key: what; did you mean nearest?`.

    A `line` of 0 and an empty `key` are left out, so is the question where nothing is near.
    """
    place = f"{file}:{line}" if line else file
    subject = f"{key}: {what}" if key else what
    question = f"; did you mean {nearest}?" if nearest else ""
    return f"{place}: {_printable(subject + question)}"


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was most likely meant to be, None where none is near."""
    from difflib import get_close_matches  # only a mistake pays for it

    names = tuple(dict.fromkeys(candidates))
    folded = {name.casefold().replace("_", "-"): name for name in reversed(names)}
    close = get_close_matches(word.casefold().replace("_", "-")[:200], folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


_LONGEST = 500


def _printable(text: str) -> str:
    """The text on one line of bearable length, whatever it quotes."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
