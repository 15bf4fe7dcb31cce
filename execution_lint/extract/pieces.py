"""The regions of a parsed file with their statements: what an outline finds lexically, by the tree."""

import ast

from execution_lint.source.regions import BLANKS, Region, RegionKind


def pieces(tree: ast.Module, lines: list[str]) -> list[tuple[Region, list[ast.stmt]]]:
    """The regions of a parsed file, in the order of its text, each with its statements; `lines` are the file's."""
    groups: list[list[ast.stmt]] = []
    for statement in tree.body:
        if groups and first_line(statement, lines) <= (groups[-1][-1].end_lineno or 0):
            groups[-1].append(statement)
        else:
            groups.append([statement])
    found: list[tuple[Region, list[ast.stmt]]] = []
    for group in groups:
        statement = group[0]
        first, last = first_line(statement, lines), group[-1].end_lineno or 0
        kind, name = _kind_of(group)
        if not isinstance(statement, ast.ClassDef):
            found.append((Region(kind, name, "", first, last, _decorated_until(statement)), group))
            continue
        methods = [part for part in statement.body if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))]
        excluded = tuple((first_line(method, lines), method.end_lineno or 0) for method in methods)
        rest = [part for part in statement.body if part not in methods]
        statement.body = rest
        found.append((Region(kind, name, "", first, last, _decorated_until(statement), excluded), group))
        for method, (method_first, method_last) in zip(methods, excluded, strict=True):
            region = Region(
                RegionKind.METHOD, method.name, statement.name, method_first, method_last, _decorated_until(method)
            )
            found.append((region, [method]))
    return found


# Read by name, for 3.10 lacks it.
_COMPOUND: tuple[type[ast.stmt], ...] = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match),
    getattr(ast, "TryStar", ast.Try),
)


def first_line(statement: ast.stmt, lines: list[str]) -> int:
    """The line that a statement begins on, which is that of its first `@` where it is decorated."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    if not decorators:
        return statement.lineno
    line = decorators[0].lineno
    # Brackets may open on lines before the decorator's expression.
    while line > 1 and not lines[line - 1].lstrip(BLANKS).startswith("@"):
        line -= 1
    return line


def _decorated_until(statement: ast.stmt) -> int:
    return statement.lineno - 1


def _kind_of(group: list[ast.stmt]) -> tuple[RegionKind, str]:
    match group:
        case [ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name)]:
            return RegionKind.FUNCTION, name
        case [ast.ClassDef(name=name), *_]:
            return RegionKind.CLASS, name
        case [ast.Import() | ast.ImportFrom(), *_]:
            return RegionKind.IMPORT, ""
        case [ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name))]:
            return RegionKind.ASSIGNMENT, name
        case [statement] if isinstance(alias := getattr(statement, "name", None), ast.Name):
            return RegionKind.ASSIGNMENT, alias.id
        case [statement] if isinstance(statement, _COMPOUND):
            return RegionKind.COMPOUND, ""
        case _:
            return RegionKind.OTHER, ""
