"""Compare the lexical outline with `ast` on every Python file under a folder, and time it.

    python benchmarks/outline_truth.py DIR

Compared are first line, last line, kind and name of each top-level statement group, and of each statement group in the
body of each top-level class (and of the classes in it). Exits with 1 on any difference.
"""

import argparse
import ast
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

from execution_lint.source.outline import Statement, members, outline

sys.setrecursionlimit(20_000)

Row = tuple[int, int, str, str]


def name_of(node: ast.stmt) -> str:
    match node:
        case ast.Assign(targets=[ast.Name(id=name) as target]) | ast.AnnAssign(target=ast.Name(id=name) as target):
            return name if target.col_offset == node.col_offset else ""
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name
        case _ if type(node).__name__ == "TypeAlias":
            return node.name.id
    return ""


def kind_of(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return "function"
        case ast.ClassDef():
            return "class"
        case ast.Import() | ast.ImportFrom():
            return "import"
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return "assignment"
        case ast.Expr() | ast.Pass() | ast.Raise() | ast.Assert() | ast.Delete() | ast.Global() | ast.Nonlocal():
            return "other"
        case ast.Return() | ast.Break() | ast.Continue():
            return "other"
    return "assignment" if type(node).__name__ == "TypeAlias" else "compound"


def truth(body: list[ast.stmt], lines: list[bytes]) -> list[tuple[Row, ast.stmt]]:
    rows: list[tuple[Row, ast.stmt]] = []
    for node in body:
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
        last = node.end_lineno or 0
        while lines[last - 1].rstrip(b"\r\n").endswith(b"\\") and last < len(lines):
            last += 1
        if rows and rows[-1][0][1] >= first:
            (start, _, kind, _), leader = rows[-1]
            rows[-1] = ((start, last, "import" if kind == "import" else "other", ""), leader)
        else:
            rows.append(((first, last, kind_of(node), name_of(node)), node))
    return rows


def rows_of(text: str, statements: tuple[Statement, ...]) -> list[Row]:
    return [
        (
            each.line,
            each.line + text[each.start : each.end].count("\n") - text[: each.end].endswith("\n"),
            each.kind,
            each.name,
        )
        for each in statements
    ]


def compare_classes(
    text: str, statements: tuple[Statement, ...], nodes: list[ast.stmt], lines: list[bytes], tally: Counter
) -> list[str]:
    differences = []
    for statement, node in zip(statements, nodes, strict=True):
        if not isinstance(node, ast.ClassDef):
            continue
        inner = members(text, statement)
        if inner is None:
            tally["classes beyond lexical means"] += 1
            continue
        expected = truth(node.body, lines)
        found = rows_of(text, inner)
        tally["class-level groups"] += len(expected)
        if found != [row for row, _ in expected]:
            differences.append(f"class {node.name}: {sorted(set(found) ^ {row for row, _ in expected})[:4]}")
        else:
            differences += compare_classes(text, inner, [child for _, child in expected], lines, tally)
    return differences


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--speed-only", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    tally: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    differences: list[str] = []
    for path in sorted(arguments.folder.rglob("*.py")):
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except (UnicodeDecodeError, OSError):
            tally["not UTF-8"] += 1
            continue
        started = time.perf_counter()
        found = outline(text)
        seconds["outline"] += time.perf_counter() - started
        tally["files"] += 1
        tally["characters"] += len(text)
        if arguments.speed_only:
            if found is not None:
                started = time.perf_counter()
                for statement in found.statements:
                    if statement.kind == "class":
                        members(text, statement)
                seconds["members"] += time.perf_counter() - started
            continue
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            tally["unparsable"] += 1
            continue
        if found is None:
            tally["files beyond lexical means"] += 1
            print("beyond:", path)
            continue
        lines = text.encode().split(b"\n")
        expected = truth(tree.body, lines)
        rows = rows_of(text, found.statements)
        tally["top-level groups"] += len(expected)
        if rows != [row for row, _ in expected]:
            differences.append(f"{path}: {sorted(set(rows) ^ {row for row, _ in expected})[:4]}")
        else:
            nodes = [node for _, node in expected]
            differences += [f"{path}: {each}" for each in compare_classes(text, found.statements, nodes, lines, tally)]
    for difference in differences[:30]:
        print(difference)
    for what, number in sorted(tally.items()):
        print(f"{what}: {number:,}")
    for what, duration in seconds.items():
        print(f"{what}: {duration:.2f} s, {tally['characters'] / 1e6 / duration:.0f} million characters a second")
    print(f"differences: {len(differences)}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
