"""Enums that are made by a call, read as the class that the call makes: `JobStatus = Enum("JobStatus", "QUEUED DONE")`.

Only where the name of the enum is that of the variable, as type checkers ask for too.
"""

import ast
from collections.abc import Iterator
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)

_KINDS = ("Enum", "StrEnum")


def made_enum(node: ast.Assign) -> ast.ClassDef | None:
    """The class that an assignment makes by calling an enum class; None where it makes none that can be read."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(
                func=(ast.Name() | ast.Attribute()) as base,
                args=[ast.Constant(value=str(called)), *rest],
                keywords=keywords,
            ),
        ) if called == name and (base.id if isinstance(base, ast.Name) else base.attr) in _KINDS:
            named = [keyword.value for keyword in keywords if keyword.arg == "names"]
            mixed = [keyword.value for keyword in keywords if keyword.arg == "type"]
            members = list(_members((rest or named)[0])) if len(rest) + len(named) == 1 else []
            if not members:
                return None
            body: list[ast.stmt] = [
                _at(at, ast.Assign([_at(at, ast.Name(member, ast.Store()))], value)) for member, value, at in members
            ]
            return _at(node, ast.ClassDef(name, [*mixed, base], [], body, []))
        case _:
            return None


def _members(names: ast.expr) -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """The members with their values, and where they stand."""
    match names:
        case ast.Constant(value=str(words)):
            for word in words.replace(",", " ").split():
                yield word, _automatic(names), names
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value, key
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            for element in elements:
                match element:
                    case ast.Constant(value=str(word)):
                        yield word, _automatic(element), element
                    case ast.Tuple(elts=[ast.Constant(value=str(word)) as key, value]):
                        yield word, value, key
                    case _:
                        pass
        case _:
            pass


def _automatic(node: ast.expr) -> ast.expr:
    return _at(node, ast.Call(_at(node, ast.Name("auto", ast.Load())), [], []))


def _at(place: ast.AST, node: Node) -> Node:
    return ast.copy_location(node, place)
