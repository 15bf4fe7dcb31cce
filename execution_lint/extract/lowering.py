"""Lowers the statements of a region to scopes in single-assignment form."""

import ast

from execution_lint.extract.coordinates import Coordinates
from execution_lint.extract.flow import Region, TooDeep
from execution_lint.extract.statements import Statements
from execution_lint.facts.scopes import (
    RegionFacts,
    ScopeKind,
)
from execution_lint.facts.values import (
    NONE,
)

__all__ = ["TooDeep", "lower"]


def lower(statements: list[ast.stmt], coordinates: Coordinates, owner: str, text: str) -> RegionFacts:
    """The facts of a region of code at module level (`owner` empty) or in the body of the class `owner` (its name).

    `text` is what the statements were parsed from. Raises `TooDeep` for code that is nested beyond what is followed.
    """
    region = Region(coordinates, ":=" in text or "yield" in text)
    kind = ScopeKind.CLASS if owner else ScopeKind.MODULE
    fragment = Statements(region, kind, owner.rpartition(".")[2], owner, NONE)
    try:
        fragment.block(statements)
        fragment.close()
        return RegionFacts(scopes=tuple(scope.built() for scope in region.scopes))
    finally:
        # The scopes and what they share refer to each other, and nobody collects garbage during a run.
        region.scopes.clear()
