"""An inventory as a table for people, as JSON for programs, or as Markdown for documents."""

import json
from collections.abc import Iterator
from enum import Enum
from typing import Protocol, TypeVar

from execution_lint.model.inventory import Entry, Inventory
from execution_lint.reporting.cells import one_line


class Format(Enum):
    """How an inventory is written."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


EntryT = TypeVar("EntryT", bound=Entry, contravariant=True)


class Layout(Protocol[EntryT]):
    """What is shown of the entries of one kind."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The heads of the table."""

    def rows(self, entry: EntryT, root: str, working_directory: str) -> Iterator[tuple[str, ...]]:
        """The lines of the table for an entry, a cell a column."""

    def record(self, entry: EntryT, root: str) -> dict[str, object]:
        """The JSON object of an entry: `filename` absolute, `line` 1-based."""


def render(inventory: Inventory, layout: Layout[Entry], format: Format, working_directory: str) -> str:
    """The entries of all projects; each line ended."""
    if format is Format.JSON:
        records = [layout.record(entry, project.root) for project in inventory.projects for entry in project.entries]
        return json.dumps(records, indent=2) + "\n"
    rows = [
        tuple(one_line(cell) for cell in row)
        for project in inventory.projects
        for entry in project.entries
        for row in layout.rows(entry, project.root, working_directory)
    ]
    return _markdown(layout.columns, rows) if format is Format.MARKDOWN else _table(layout.columns, rows)


def summary(inventory: Inventory, noun: str) -> tuple[str, ...]:
    """Lines for standard error: what could not be looked at, and how many entries there are."""
    notes = [*inventory.notes, *(note for project in inventory.projects for note in project.notes)]
    count = sum(len(project.entries) for project in inventory.projects)
    left_out = sum(project.left_out for project in inventory.projects)
    lines = [f"note: {one_line(note)}" for note in dict.fromkeys(notes)]
    lines += [f"not read: {one_line(trouble)}" for project in inventory.projects for trouble in project.troubles]
    plural = f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"
    lines.append(f"{count} {noun if count == 1 else plural}{f'; {left_out} in tests left out' if left_out else ''}.")
    return tuple(lines)


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    widths = [max(len(row[index]) for row in (columns, *rows)) for index in range(len(columns))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (columns, *rows))
    return "".join(line.rstrip() + "\n" for line in lines)


def _markdown(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    rule = tuple("---" for _ in columns)
    cells = ((cell.replace("|", "\\|") for cell in row) for row in (columns, rule, *rows))
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)
