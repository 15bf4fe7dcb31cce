"""Which names a piece of code binds."""

import ast
from collections.abc import Iterable

_DEFINITIONS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})
_COMPREHENSION_NODES = frozenset({ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp})

# An absent part, such as the key of `**mapping` in a dict, is None.
LEAVES: frozenset[type[object]] = frozenset(
    {ast.Constant, ast.Load, ast.Store, ast.Del, ast.Pass, ast.Break, ast.Continue, ast.alias, type(None)}
)


class Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each class of nodes, but for some."""

    def __init__(self, without: frozenset[str]) -> None:
        super().__init__()
        self._without = without

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        without = self._without - {"value"} if kind is ast.Starred else self._without
        self[kind] = fields = tuple(field for field in kind._fields if field not in without)
        return fields


_INERT = frozenset(
    {"ctx", "op", "ops", "attr", "id", "arg", "asname", "module", "level", "kind", "type_comment", "type_params"}
    | {"kwd_attrs", "names"}
)
_VALUES = frozenset(
    {"value", "test", "iter", "exc", "cause", "msg", "annotation", "context_expr", "subject", "guard", "type", "slice"}
    | {"decorator_list"}
)
ALL_FIELDS = Fields(_INERT)
BINDING_FIELDS = Fields(_INERT | _VALUES)
"""Without `:=` and `yield` in the text, what is only read binds nothing."""

_NAMING: dict[type[ast.AST], str] = {
    ast.ExceptHandler: "name",
    ast.MatchAs: "name",
    ast.MatchStar: "name",
    ast.MatchMapping: "rest",
}


def names_bound(statements: Iterable[ast.AST], fields: Fields) -> tuple[set[str], frozenset[str], bool]:
    """The names that a function body binds, those it declares global or nonlocal, and whether it yields."""
    bound: set[str] = set()
    outer: set[str] = set()
    yields = False
    stack: list[ast.AST] = list(statements)
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]  # the exact type was compared above
                bound.add(node.id)  # type: ignore[attr-defined]  # as above
            continue
        if kind in LEAVES or kind is ast.Lambda:
            continue
        if kind in _DEFINITIONS:
            assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            bound.add(node.name)
            if fields is ALL_FIELDS:
                stack.extend(node.decorator_list)
            continue
        if kind in _COMPREHENSION_NODES:
            assert isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))
            inner, inner_yields = _comprehension_names(node, fields)
            bound.update(inner)
            yields = yields or inner_yields
            continue
        if kind is ast.Import or kind is ast.ImportFrom:
            assert isinstance(node, (ast.Import, ast.ImportFrom))
            bound.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
            continue
        if kind is ast.Global or kind is ast.Nonlocal:
            assert isinstance(node, (ast.Global, ast.Nonlocal))
            outer.update(node.names)
            continue
        if kind is ast.Yield or kind is ast.YieldFrom:
            yields = True
        elif kind in _NAMING:
            name = getattr(node, _NAMING[kind])
            if name is not None:
                bound.add(name)
        for field in fields[kind]:
            child = getattr(node, field, None)
            if type(child) is list:
                stack.extend(child)
            elif isinstance(child, ast.AST):
                stack.append(child)
    return bound, frozenset(outer), yields


def _comprehension_names(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, fields: Fields
) -> tuple[set[str], bool]:
    """What a comprehension binds around itself (by `:=`), and whether it yields."""
    targets = {
        part.id for generator in node.generators for part in ast.walk(generator.target) if isinstance(part, ast.Name)
    }
    results: list[ast.AST] = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    inner, _, inner_yields = names_bound(results, fields)
    outside, _, outside_yields = names_bound(
        [part for generator in node.generators for part in (generator.iter, *generator.ifs)], fields
    )
    return (inner - targets) | outside, inner_yields or outside_yields
