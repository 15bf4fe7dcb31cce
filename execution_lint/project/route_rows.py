"""Tables of a project's own, which a loop registers row by row: `for path, handler in ROUTES: app.add_route(...)`."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.values import NONE, Attribute, Call, Constant, Element, Free, Item, Mapping, Ref, Sequence
from execution_lint.project.inference import Inference
from execution_lint.project.things import At, ValueKey

MAXIMUM_ROWS = 200
"""Rows of one table, beyond which the rest is left out."""


class Row(msgspec.Struct, frozen=True):
    """A row of a table, as a loop over it looks at it."""

    cells: dict[ValueKey, At]
    """What stands in the row for each value of the loop's body that is taken from it."""

    def at(self, at: At) -> At:
        """A value of the loop's body, for this row."""
        return self.cells.get(at.key, at)


NO_ROW = Row({})
"""Stands for a call that is in no loop over a table."""


def rows(inference: Inference, at: At, call: Call) -> tuple[Row, ...]:
    """The rows of the table that a loop around a call goes through and takes the call's arguments from; one without
    cells where there is no such table."""
    values = inference.scope(at.frame).values
    cells: dict[Ref, int] = {}
    loops: set[Ref] = set()
    for ref in _parts(values, call):
        value = values[ref]
        match value:
            case Element(base=one, position=position) if position >= 0:
                pass
            case Item(base=one, index=index) if isinstance(number := values[index], Constant) and number.text.isdigit():
                position = int(number.text)
            case _:
                continue
        loop = values[one]
        if isinstance(loop, Element) and loop.position == NONE:
            cells[ref] = position
            loops.add(loop.base)
    if len(loops) != 1:
        return (NO_ROW,)
    found = []
    for row in _rows(inference, At(at.frame, loops.pop())):
        if any(position >= len(row) for position in cells.values()):
            return (NO_ROW,)
        found.append(Row({At(at.frame, ref).key: row[position] for ref, position in cells.items()}))
    return tuple(found[:MAXIMUM_ROWS]) or (NO_ROW,)


def _parts(values: tuple[object, ...], call: Call) -> set[Ref]:
    """The values that the arguments of a call are made of."""
    waiting, found = [argument.value for argument in call.arguments], set[Ref]()
    while waiting:
        ref = waiting.pop()
        if ref == NONE or ref in found:
            continue
        found.add(ref)
        value = values[ref]
        for name in ("parts", "operands", "elements"):
            waiting.extend(getattr(value, name, ()))
    return found


def _rows(inference: Inference, table: At, depth: int = 4) -> Iterator[tuple[At, ...]]:
    value = inference.value(table)
    match value:
        case Sequence(elements=elements):
            for ref in elements:
                row = inference.value(At(table.frame, ref))
                if isinstance(row, Sequence):
                    yield tuple(At(table.frame, cell) for cell in row.elements)
        case Call(function=function) if depth:
            method = inference.value(At(table.frame, function))
            if isinstance(method, Attribute) and method.name == "items":
                yield from _entries(inference, At(table.frame, method.base), depth)
        case Free(name=name) if depth:
            sites = inference.sites(table.frame, name)
            if len(sites) == 1:
                yield from _rows(inference, sites[0], depth - 1)
        case _:
            return


def _entries(inference: Inference, mapping: At, depth: int) -> Iterator[tuple[At, ...]]:
    match inference.value(mapping):
        case Mapping(entries=entries):
            for key, held in entries:
                if key != NONE:
                    yield At(mapping.frame, key), At(mapping.frame, held)
        case Free(name=name) if depth:
            sites = inference.sites(mapping.frame, name)
            if len(sites) == 1:
                yield from _entries(inference, sites[0], depth - 1)
        case _:
            return
