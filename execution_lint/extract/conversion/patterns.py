"""Converts the patterns of `match` from libcst to the nodes of `ast`, each placed where `ast.parse` places it."""

import ast
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from execution_lint.extract.conversion.expressions import Expressions
from execution_lint.extract.conversion.positions import Start


class Patterns(Expressions):
    """Walks patterns; each method consumes the tokens of its node and returns the node of `ast`."""

    __slots__ = ()

    def pattern(self, node: cst.MatchPattern) -> ast.pattern:
        """Convert any pattern."""
        paren = self.start()
        if isinstance(node, (cst.MatchValue, cst.MatchSingleton)):
            # Their parentheses are those of the expression.
            return _PATTERNS[type(node)](self, node, paren)
        for _ in node.lpar:
            paren = self.start()
            self.at += 1
        result = _PATTERNS[type(node)](self, node, self.start())
        for position, _ in enumerate(node.rpar):
            self.token(1)
            if position == 0 and type(node) is cst.MatchTuple:
                self.place(result, paren)
        return result

    def _value(self, node: cst.MatchValue, _: Start) -> ast.pattern:
        value = self.expression(node.value)
        return ast.copy_location(ast.MatchValue(value), value)

    def _singleton(self, node: cst.MatchSingleton, _: Start) -> ast.pattern:
        constant = self.expression(node.value)
        value = constant.value if isinstance(constant, ast.Constant) else None
        return ast.copy_location(ast.MatchSingleton(value if isinstance(value, bool) else None), constant)

    def _sequence(self, nodes: Sequence[cst.MatchSequenceElement | cst.MatchStar]) -> list[ast.pattern]:
        found: list[ast.pattern] = []
        for node in nodes:
            if isinstance(node, cst.MatchStar):
                found.append(self._star(node))
            else:
                found.append(self.pattern(node.value))
            self.comma(node.comma)
        return found

    def _star(self, node: cst.MatchStar) -> ast.pattern:
        start = self.start()
        self.at += 1
        if node.name is None:
            self.token(1)
            return self.place(ast.MatchStar(None), start)
        return self.place(ast.MatchStar(self.identifier(node.name)), start)

    def _list_pattern(self, node: cst.MatchList, start: Start) -> ast.pattern:
        is_bracketed = node.lbracket is not None
        if is_bracketed:
            self.at += 1
        patterns = self._sequence(node.patterns)
        if is_bracketed:
            self.token(1)
        return self.place(ast.MatchSequence(patterns), start)

    def _tuple_pattern(self, node: cst.MatchTuple, start: Start) -> ast.pattern:
        return self.place(ast.MatchSequence(self._sequence(node.patterns)), start)

    def _mapping(self, node: cst.MatchMapping, start: Start) -> ast.pattern:
        self.at += 1
        keys: list[ast.expr] = []
        patterns: list[ast.pattern] = []
        for element in node.elements:
            keys.append(self.expression(element.key))
            self.token(1)
            patterns.append(self.pattern(element.pattern))
            self.comma(element.comma)
        rest = None
        if node.rest is not None:
            self.token(2)
            rest = self.identifier(node.rest)
            self.comma(node.trailing_comma)
        self.token(1)
        return self.place(ast.MatchMapping(keys, patterns, rest), start)

    def _class(self, node: cst.MatchClass, start: Start) -> ast.pattern:
        cls = self.expression(node.cls)
        self.token(1)
        patterns = self._sequence(node.patterns)
        names: list[str] = []
        keyword_patterns: list[ast.pattern] = []
        for element in node.kwds:
            names.append(self.identifier(element.key))
            self.token(1)
            keyword_patterns.append(self.pattern(element.pattern))
            self.comma(element.comma)
        self.token(1)
        return self.place(ast.MatchClass(cls, patterns, names, keyword_patterns), start)

    def _as(self, node: cst.MatchAs, start: Start) -> ast.pattern:
        pattern = None
        if node.pattern is not None:
            pattern = self.pattern(node.pattern)
            self.token(2)
        if node.name is None:
            self.token(1)
            return self.place(ast.MatchAs(pattern, None), start)
        return self.place(ast.MatchAs(pattern, self.identifier(node.name)), start)

    def _or(self, node: cst.MatchOr, start: Start) -> ast.pattern:
        patterns: list[ast.pattern] = []
        for element in node.patterns:
            patterns.append(self.pattern(element.pattern))
            if isinstance(element.separator, cst.BitOr):
                self.token(1)
        return self.place(ast.MatchOr(patterns), start)


_PATTERNS: dict[type[cst.CSTNode], Callable[[Patterns, Any, Start], ast.pattern]] = {
    cst.MatchValue: Patterns._value,
    cst.MatchSingleton: Patterns._singleton,
    cst.MatchList: Patterns._list_pattern,
    cst.MatchTuple: Patterns._tuple_pattern,
    cst.MatchMapping: Patterns._mapping,
    cst.MatchClass: Patterns._class,
    cst.MatchAs: Patterns._as,
    cst.MatchOr: Patterns._or,
}
