"""The regions of a file in which what a coroutine function gives may be left unawaited."""

import re
from collections.abc import Iterable
from functools import lru_cache

from execution_lint.extract.opened import OpenedFile
from execution_lint.source.dangling import DanglingCall, may_bind_one, may_promise, places
from execution_lint.source.regions import RegionKind

_FUNCTION = re.compile(r"[ \t\f]*def\b")
_METHOD = re.compile(r"[ \t\f]*(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(\s*self[ \t]*[,)]")
_DEFINITION = re.compile(r"\b(?:def|class)[\s\\]+\Z")

_NEAR = 100
"""Characters before a name in which the word that makes it a definition is looked for."""


def unawaited_regions(opened: OpenedFile, names: frozenset[str]) -> tuple[int, ...]:
    """The regions in which a call of one of the names may dangle."""
    return tuple(regions_of(opened, places(opened.text, names)))


def regions_of(opened: OpenedFile, found: Iterable[DanglingCall]) -> dict[int, frozenset[str]]:
    """The regions that hold these calls, each with the names before the dots of what they call; with none where they
    call something else too, or may bind one of those names.

    A call whose value is returned breaks the promise of a coroutine function at most, so that a region without one is
    left out; so is one that calls functions alone of which the file shows that they are no coroutine functions.
    """
    calls: dict[int, list[DanglingCall]] = {}
    told = list(found)
    for call, index in zip(told, opened.regions_at([call.at for call in told]), strict=True):
        if index is not None:
            calls.setdefault(index, []).append(call)
    regions: dict[int, frozenset[str]] = {}
    for index in sorted(calls):
        text = opened.own_text(index)
        if _may_dangle(opened, index, text, calls[index]):
            regions[index] = _bases(text, calls[index])
    return regions


def _bases(text: str, calls: list[DanglingCall]) -> frozenset[str]:
    dotted = [call.callee.partition(".") for call in calls]
    bases = frozenset(base for base, _, _ in dotted)
    return bases if all(dot for _, dot, _ in dotted) and not may_bind_one(text, bases) else frozenset()


def _may_dangle(opened: OpenedFile, index: int, text: str, calls: list[DanglingCall]) -> bool:
    if all(call.is_returned for call in calls) and not may_promise(text):
        return False
    return not all(_is_plain(opened, index, text, callee) for callee in {call.callee for call in calls})


def _is_plain(opened: OpenedFile, index: int, text: str, callee: str) -> bool:
    """Whether the file shows that a callee is a function of its own that is no coroutine function: rather no too often
    than yes once."""
    base, _, name = callee.rpartition(".")
    if not name or not text.isascii() or opened.regions[index].kind not in (RegionKind.FUNCTION, RegionKind.METHOD):
        return False
    if base:
        return base == "self" and _has_plain_method(opened, index, text, name)
    return _is_called_alone(text, name) and _is_plain_function(opened, name)


def _has_plain_method(opened: OpenedFile, index: int, text: str, name: str) -> bool:
    """Whether `self` is an object of the class around a method, and its method `name` is a plain one of this class."""
    is_method = opened.regions[index].kind is RegionKind.METHOD and _METHOD.match(text) is not None
    # Nothing else within can be called so: no function has it as a parameter, and no statement binds it.
    if not is_method or text.count("def ") > 1 or text.count("self") != text.count("self.") + 1:
        return False
    cls = opened.classes[index]
    methods = [
        found
        for found, region in enumerate(opened.regions)
        if region.name == name and region.kind is RegionKind.METHOD and opened.classes[found] == cls
    ]
    is_alone = len(methods) == 1 and _word(name).search(opened.own_text(cls)) is None
    return is_alone and _is_plain_definition(opened, methods[0])


def _is_plain_function(opened: OpenedFile, name: str) -> bool:
    """Whether a name of the module is a plain function and nothing else."""
    functions = []
    for index, region in enumerate(opened.regions):
        if region.kind is RegionKind.FUNCTION and region.name == name:
            functions.append(index)
        elif region.kind not in (RegionKind.FUNCTION, RegionKind.METHOD) and (
            region.name == name or (not region.name and _word(name).search(opened.own_text(index)) is not None)
        ):
            return False
    return len(functions) == 1 and _is_plain_definition(opened, functions[0])


def _is_plain_definition(opened: OpenedFile, index: int) -> bool:
    """Whether a definition is no coroutine function, and has no decorators."""
    return _FUNCTION.match(opened.own_text(index)) is not None


def _is_called_alone(text: str, name: str) -> bool:
    """Whether a name is called wherever it stands in a text, unless behind a dot, so that nothing there binds it."""
    return all(
        text[found.start() - 1 : found.start()] == "."
        or (
            text[found.end() : found.end() + 1] == "("
            and _DEFINITION.search(text, max(0, found.start() - _NEAR), found.start()) is None
        )
        for found in _word(name).finditer(text)
    )


@lru_cache(maxsize=1_000)
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{name}\b")
