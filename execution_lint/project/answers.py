"""The arithmetic of answers: what dicts make of each other, and what several answers have in common."""

from collections.abc import Iterable, Iterator
from itertools import combinations, count, product

import msgspec

from execution_lint.project.subjects import Answer, AnswerKind

MAXIMUM_ANSWERS = 8
"""Answers that one exit may give; of more the most similar ones are joined."""

MAXIMUM_COMPARED = 64
"""Answers beyond which they are joined without looking for the most similar ones."""

EMPTY = Answer(AnswerKind.OBJECT)


def unknown(reason: str) -> Answer:
    """An answer that is not known."""
    return Answer(AnswerKind.UNKNOWN, reason=reason)


def an_object(
    keys: Iterable[str],
    optional: Iterable[str] = (),
    *,
    is_open: bool = False,
    reason: str = "",
    is_error: bool = False,
) -> Answer:
    """An object with keys that are there for certain, and others that may be."""
    certain = frozenset(keys)
    return Answer(AnswerKind.OBJECT, certain, is_open, reason, is_error, frozenset(optional) - certain)


def opened(answer: Answer, reason: str = "") -> Answer:
    """The answer with more keys to come."""
    return msgspec.structs.replace(answer, is_open=True, reason=reason or answer.reason or "it may have more keys")


def with_one_of(answer: Answer, names: Iterable[str]) -> Answer:
    """The object after one of the keys is set."""
    given = frozenset(names)
    if len(given) == 1:
        return msgspec.structs.replace(answer, keys=answer.keys | given, optional=answer.optional - given)
    return msgspec.structs.replace(answer, optional=answer.optional | (given - answer.keys))


def without_one_of(answer: Answer, names: Iterable[str] | None) -> Answer:
    """The object after one of the keys is removed; any that it has, where they are None."""
    removed = answer.keys | answer.optional if names is None else frozenset(names)
    if names is not None and len(removed) == 1:
        return msgspec.structs.replace(answer, keys=answer.keys - removed, optional=answer.optional - removed)
    return msgspec.structs.replace(
        answer, keys=answer.keys - removed, optional=answer.optional | (answer.keys & removed)
    )


def crossed(lefts: tuple[Answer, ...], rights: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Every dict of the left updated with every one of the right; null is none, whatever is updated with it raises."""
    found: dict[Answer, None] = {}
    given = tuple(right for right in rights if not is_null(right))
    for left, right in product(lefts, given or (EMPTY,)):
        match right.kind:
            case AnswerKind.OBJECT:
                both = an_object(
                    left.keys | right.keys,
                    left.optional | right.optional,
                    is_open=left.is_open or right.is_open,
                    reason=left.reason or right.reason,
                )
                found[both] = None
            case _:
                found[opened(left, right.reason)] = None
    return merged(found)


def is_null(answer: Answer) -> bool:
    """Whether the answer is null."""
    return answer.kind is AnswerKind.BARE and answer.reason == "null"


def is_false(answer: Answer) -> bool:
    """Whether a test takes the answer for false: null, or a dict without keys."""
    return is_null(answer) or answer == EMPTY


def joined(answers: Iterable[Answer]) -> Answer:
    """One object for several: the keys that all have are certain, the others may be there."""
    objects = tuple(answers)
    return an_object(
        frozenset.intersection(*(answer.keys for answer in objects)),
        frozenset().union(*(answer.keys | answer.optional for answer in objects)),
        is_open=any(answer.is_open for answer in objects),
        reason=next((answer.reason for answer in objects if answer.is_open), ""),
        is_error=all(answer.is_error for answer in objects),
    )


def settled(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """The answers with one object in the place of several."""
    objects = [answer for answer in answers if answer.kind is AnswerKind.OBJECT]
    others = tuple(answer for answer in answers if answer.kind is not AnswerKind.OBJECT)
    return (joined(objects), *others) if objects else others


def widened(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """What the answers have in common, with more keys to come."""
    return tuple(
        opened(answer, "it is changed in a loop") if answer.kind is AnswerKind.OBJECT else answer
        for answer in settled(answers)
    )


def told_once(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The answers of an exit with one in the place of all that are not known, and one object in the place of those that
    may have keys that are not known: they tell no more than what they have in common. The first reason stands for the
    others."""
    found = tuple(dict.fromkeys(answers))
    for is_error in (False, True):
        of_status = [answer for answer in found if answer.is_error is is_error]
        unknowns = [answer for answer in of_status if answer.kind is AnswerKind.UNKNOWN]
        vague = [answer for answer in of_status if answer.kind is AnswerKind.OBJECT and answer.is_open]
        spare = {*unknowns[1:], *(vague if len(vague) > 1 else ())}
        if spare:
            found = tuple(answer for answer in found if answer not in spare)
            found = (*found, joined(vague)) if len(vague) > 1 else found
    return found


def merged(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The answers without repetition; of too many objects the most similar ones become one."""
    found = tuple(answers)
    if len(found) > 1:
        found = tuple(dict.fromkeys(found))
    if len(found) <= MAXIMUM_ANSWERS:
        return found
    others = tuple(answer for answer in found if answer.kind is not AnswerKind.OBJECT)
    objects: list[Answer] = []
    for answers_alike in _alike(found):
        objects += _fewer(answers_alike)
    return (*objects, *others[:MAXIMUM_ANSWERS])


def _alike(answers: Iterable[Answer]) -> Iterator[tuple[Answer, ...]]:
    """The objects, apart where one is an error or has more keys and the other is or has not."""
    groups: dict[tuple[bool, bool], list[Answer]] = {}
    for answer in answers:
        if answer.kind is AnswerKind.OBJECT:
            groups.setdefault((answer.is_error, answer.is_open), []).append(answer)
    return (tuple(group) for group in groups.values())


def _fewer(objects: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """The objects, the most similar ones joined until they are few."""
    if len(objects) > MAXIMUM_COMPARED:
        return (joined(objects),)
    kept: list[tuple[int, Answer]] = []
    known: dict[tuple[int, int], int] = {}

    def difference(pair: tuple[tuple[int, Answer], tuple[int, Answer]]) -> int:
        (left, one), (right, other) = pair
        found = known.get((left, right))
        if found is None:
            found = known[left, right] = _difference(one, other)
        return found

    numbers = count()
    for answer in objects:
        kept.append((next(numbers), answer))
        if len(kept) > MAXIMUM_ANSWERS:
            (_, left), (_, right) = min(combinations(kept, 2), key=difference)
            both = joined((left, right))
            kept = [numbered for numbered in kept if not _is_within(numbered[1], both)]
            kept.append((next(numbers), both))
    return tuple(answer for _, answer in kept)


def _is_within(answer: Answer, other: Answer) -> bool:
    """Whether every object that the answer stands for is one that the other stands for; both are open, or neither."""
    return other.keys <= answer.keys and answer.keys | answer.optional <= other.keys | other.optional


def _difference(left: Answer, right: Answer) -> int:
    """How many keys one object is known to have or may have and the other is not."""
    return len(left.keys ^ right.keys) + len(left.optional ^ right.optional)
