"""The reference of all options in Markdown, out of the schema: its keys, kinds, defaults and attribute docstrings."""

import ast
import inspect
from collections.abc import Iterator

import msgspec

from execution_lint.config import schema
from execution_lint.config.kinds import Key, List, Table, keys_of
from execution_lint.config.settings import spelled


def reference() -> str:
    """All keys: a heading of level 3 and a table for `[tool.execution-lint]`, and the same for each table below it."""
    return "\n".join(_section("", schema.Options, "[tool.execution-lint]", _documents())).strip() + "\n"


def _section(
    above: str, struct: type[msgspec.Struct], heading: str, documents: dict[tuple[str, str], str]
) -> Iterator[str]:
    yield f"### `{heading}`"
    yield ""
    yield documents[struct.__name__, ""]
    yield ""
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for key in keys_of(struct).values():
        cells = (f"`{key.name}`", key.kind.expected, _default(key), documents[struct.__name__, key.attribute])
        yield f"| {' | '.join(cells)} |"
    yield ""
    for key in keys_of(struct).values():
        table = key.kind.entry if isinstance(key.kind, List) else key.kind
        if isinstance(table, Table):
            path = f"{above}{key.name}"
            heading = f"[[tool.execution-lint.{path}]]" if table is not key.kind else f"[tool.execution-lint.{path}]"
            yield from _section(f"{path}.", table.struct, heading, documents)


def _default(key: Key) -> str:
    if key.is_required:
        return "(required)"
    if key.default in (None, "") or isinstance(key.kind, Table):
        return ""
    return f"`{spelled(key, key.default)}`"


def _documents() -> dict[tuple[str, str], str]:
    """The docstrings of the schema on one line each: by class and attribute, the class's own by an empty attribute."""
    documents = {}
    for struct in ast.parse(inspect.getsource(schema)).body:
        if isinstance(struct, ast.ClassDef):
            documents[struct.name, ""] = _one_line(ast.get_docstring(struct) or "")
            for field, below in zip(struct.body, struct.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                    documents[struct.name, ast.unparse(field.target)] = _one_line(ast.literal_eval(below.value))
    return documents


def _one_line(text: str) -> str:
    return " ".join(text.split())
