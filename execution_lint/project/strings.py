"""Which strings and numbers an expression can be."""

import re
from http import HTTPStatus
from itertools import product

from execution_lint.facts.values import (
    NONE,
    Attribute,
    Choice,
    Constant,
    Declared,
    Formatted,
    Free,
    Operation,
    Sequence,
    Text,
)
from execution_lint.project.inference import Inference
from execution_lint.project.response_names import NO_BODY
from execution_lint.project.things import At, ConstantThing, ExternalThing, MemberValueThing, TextThing, Thing

MAXIMUM = 12
"""Strings that one expression may be, beyond which it is not known."""

_HTTP_CODE = re.compile(r"HTTP_(\d{3})_")
"""The names of Starlette's constants, by which others call them too."""


def strings(inference: Inference, at: At) -> tuple[str, ...] | None:
    """Every string that the value can be; None where that is not known. Constants, f-strings and sums of known parts
    are followed."""
    match inference.value(at):
        case Text(value=text):
            return (text,)
        case Formatted(parts=parts):
            return _joined([strings(inference, At(at.frame, part)) for part in parts])
        case Operation(operator="+", operands=operands):
            return _joined([strings(inference, At(at.frame, operand)) for operand in operands])
        case Free(name=name):
            sites = inference.sites(at.frame, name)
            if len(sites) == 1 and sites[0].key != at.key:
                return strings(inference, sites[0])
            return _of_things(inference, at)
        case Choice(kind="if" | "join", alternatives=alternatives):
            found: list[str] = []
            for alternative in alternatives:
                part = strings(inference, At(at.frame, alternative))
                if part is None:
                    return None
                found.extend(part)
            different = tuple(dict.fromkeys(found))
            return different if len(different) <= MAXIMUM else None
        case _:
            return _of_things(inference, at)


def _of_things(inference: Inference, at: At) -> tuple[str, ...] | None:
    found: list[str] = []
    for thing in inference.things(at):
        text = _text_of(inference, thing)
        if text is None:
            return None
        found.append(text)
    return tuple(dict.fromkeys(found)) or None


def _text_of(inference: Inference, thing: Thing) -> str | None:
    match thing:
        case TextThing(value=text):
            return text
        case MemberValueThing(of=cls, name=name) if name:
            field = inference.field(cls, name)
            if field is not None and field[1].value != NONE:
                value = inference.value(At(field[0], field[1].value))
                return value.value if isinstance(value, Text) else None
            return None
        case ConstantThing(kind="int", text=text):
            return text
        case _:
            return None


def _joined(parts: list[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    found = tuple(dict.fromkeys("".join(choice) for choice in product(*known)))
    return found if len(found) <= MAXIMUM else None


def known_end(inference: Inference, at: At) -> str:
    """The end of a string of which only the beginning is not known; empty where the end is not known either."""
    match inference.value(at):
        case Formatted(parts=parts) | Operation(operator="+", operands=parts):
            end = ""
            for part in reversed(parts):
                found = strings(inference, At(at.frame, part))
                if found is None or len(found) != 1:
                    return known_end(inference, At(at.frame, part)) + end
                end = found[0] + end
            return end
        case _:
            found = strings(inference, at)
            return found[0] if found is not None and len(found) == 1 else ""


def status_code(inference: Inference, at: At) -> int | None:
    """The HTTP status code that the value is; None where that is not known.

    Of several that it may be the first of an answer with a body stands for them.
    """
    value = inference.value(at)
    if isinstance(value, Constant):
        return int(value.text) if value.kind == "int" and value.text.isdigit() else None
    found = [_code_of(thing) for thing in inference.things(at)]
    codes = [code for code in found if code is not None]
    if found and len(codes) == len(found):
        return next((code for code in codes if code not in NO_BODY), codes[0])
    named = _HTTP_CODE.search(value.name) if isinstance(value, (Attribute, Free)) else None
    return int(named[1]) if named is not None else None


def _code_of(thing: Thing) -> int | None:
    match thing:
        case ConstantThing(kind="int", text=text) if text.isdigit():
            return int(text)
        case ExternalThing(name=name):
            code = _HTTP_CODE.search(name)
            if code is not None:
                return int(code[1])
            last = name.removesuffix(".value").rpartition(".")[2]
            return int(HTTPStatus[last]) if last in HTTPStatus.__members__ else None
        case _:
            return None


def listed(inference: Inference, at: At, depth: int = 2) -> tuple[str, ...] | None:
    """The strings of a list, tuple or set display, or of a tuple that a name stands for; None where one of them is not
    known."""
    value = inference.value(at)
    if isinstance(value, Declared):
        return listed(inference, At(at.frame, value.value), depth)
    if isinstance(value, Free) and depth:
        sites = inference.sites(at.frame, value.name)
        named = listed(inference, sites[0], depth - 1) if len(sites) == 1 else None
        return named if named is not None and _is_tuple(inference, sites[0]) else None
    if isinstance(value, Sequence):
        found: list[str] = []
        for element in value.elements:
            part = strings(inference, At(at.frame, element))
            if part is None:
                return None
            found.extend(part)
        return tuple(found)
    return None


def _is_tuple(inference: Inference, at: At) -> bool:
    value = inference.value(at)
    if isinstance(value, Declared):
        value = inference.value(At(at.frame, value.value))
    return isinstance(value, Sequence) and value.kind == "tuple"
