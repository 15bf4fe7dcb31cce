"""The arithmetic of answers: what dicts make of each other, and what several answers have in common."""

from collections.abc import Iterator
from itertools import product

from execution_lint.project.subjects import Answer, AnswerKind

MAXIMUM_ANSWERS = 8
"""Answers that one exit may give before they are merged into what they have in common."""

EMPTY = Answer(AnswerKind.OBJECT)


def unknown(reason: str) -> Answer:
    """An answer that is not known."""
    return Answer(AnswerKind.UNKNOWN, reason=reason)


def opened(answer: Answer, reason: str = "") -> Answer:
    """The answer with more keys to come."""
    return Answer(answer.kind, answer.keys, True, reason or answer.reason, answer.is_error)


def crossed(lefts: tuple[Answer, ...], rights: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Every dict of the left updated with every one of the right."""
    found: dict[Answer, None] = {}
    for left, right in product(lefts, rights):
        match right.kind:
            case AnswerKind.OBJECT:
                found[
                    Answer(
                        AnswerKind.OBJECT,
                        left.keys | right.keys,
                        left.is_open or right.is_open,
                        left.reason or right.reason,
                    )
                ] = None
            case AnswerKind.BARE if right.reason == "null":
                found[left] = None
            case _:
                found[Answer(AnswerKind.OBJECT, left.keys, True, right.reason)] = None
    return merged(iter(found))


def is_null(answer: Answer) -> bool:
    """Whether the answer is null."""
    return answer.kind is AnswerKind.BARE and answer.reason == "null"


def is_false(answer: Answer) -> bool:
    """Whether a test takes the answer for false: null, or a dict without keys."""
    return is_null(answer) or answer == EMPTY


def widened(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """What the answers have in common, with more keys to come."""
    objects = [answer for answer in answers if answer.kind is AnswerKind.OBJECT]
    others = tuple(answer for answer in answers if answer.kind is not AnswerKind.OBJECT)
    if not objects:
        return others
    common = frozenset.intersection(*(answer.keys for answer in objects))
    return (Answer(AnswerKind.OBJECT, common, True, "it is changed in a loop"), *others)


def merged(answers: Iterator[Answer]) -> tuple[Answer, ...]:
    """The answers without repetition; too many objects become one with what they have in common."""
    found = tuple(dict.fromkeys(answers))
    if len(found) <= MAXIMUM_ANSWERS:
        return found
    objects = [answer for answer in found if answer.kind is AnswerKind.OBJECT]
    others = [answer for answer in found if answer.kind is not AnswerKind.OBJECT]
    if not objects:
        return tuple(others[:MAXIMUM_ANSWERS])
    common = frozenset.intersection(*(answer.keys for answer in objects))
    return (Answer(AnswerKind.OBJECT, common, True, "too many variants to tell apart"), *others[:MAXIMUM_ANSWERS])
