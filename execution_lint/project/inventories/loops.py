"""Every event loop that the project makes."""

from collections.abc import Iterator

from execution_lint.model.inventory import Entry
from execution_lint.project.project import Project
from execution_lint.project.subjects import LoopCall


class LoopEntry(Entry, frozen=True):
    """A loop, with how long it lives and whose it is."""

    call: str
    """The dotted name of what makes it."""
    scope: str
    """`module:qualname` of the definition that makes it."""
    life: str
    where: str
    """What it is stored in or handed to; empty where that says nothing."""
    is_closed: bool
    owner: str
    """The owner of the contract that covers it; empty where none does."""


def loops(project: Project) -> Iterator[LoopEntry]:
    """The loops of a project, in the order of files and lines."""
    for call in project.subjects(LoopCall):
        yield LoopEntry(
            place=call.place,
            call=call.spelled,
            scope=call.qualname,
            life=call.life.value,
            where=call.where,
            is_closed=call.is_closed,
            owner=call.declared_by,
        )
