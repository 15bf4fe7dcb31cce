"""The regions of a text, told without parsing."""

from execution_lint.source.outline import Statement, members, outline
from execution_lint.source.regions import Region, RegionKind


def located(text: str) -> tuple[Region, ...] | None:
    """The regions by the lexical outline; None where that is beyond lexical means."""
    found = outline(text)
    if found is None:
        return None
    regions: list[Region] = []
    for statement in found.statements:
        kind, name, start, _, line, _, decorated = statement
        last = _last_line(text, statement)
        until = line + text.count("\n", start, decorated) - 1
        if kind != "class":
            regions.append(Region(_KINDS[kind], name, "", line, last, until))
            continue
        parts = members(text, statement)
        if parts is None:
            return None
        methods = [part for part in parts if part.kind == "function"]
        excluded = tuple((method.line, _last_line(text, method)) for method in methods)
        regions.append(Region(RegionKind.CLASS, name, "", line, last, until, excluded))
        for method, (method_line, method_last) in zip(methods, excluded, strict=True):
            until = method_line + text.count("\n", method.start, method.decorated) - 1
            regions.append(Region(RegionKind.METHOD, method.name, name, method_line, method_last, until))
    return tuple(regions)


_KINDS = {kind.value: kind for kind in RegionKind}


def _last_line(text: str, statement: Statement) -> int:
    return statement.line + text.count("\n", statement.start, max(statement.start, statement.end - 1))
