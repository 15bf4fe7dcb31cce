"""What an inventory lists: entries of one kind, project by project."""

import msgspec

from execution_lint.model.place import Place


class Entry(msgspec.Struct, frozen=True):
    """Something that an inventory lists. Each kind of inventory has its own, with what there is to say of it."""

    place: Place
    """Where it is, relative to the project's root."""


class ProjectInventory(msgspec.Struct, frozen=True):
    """What one project has of the kind."""

    root: str
    """Absolute POSIX path of the root."""
    entries: tuple[Entry, ...] = ()
    """Sorted by place."""
    left_out: int = 0
    """Entries in tests, which are not listed unless their file is named."""
    troubles: tuple[str, ...] = ()
    """Files that could not be looked at, a line each."""
    notes: tuple[str, ...] = ()


class Inventory(msgspec.Struct, frozen=True):
    """The outcome: one part a project root."""

    projects: tuple[ProjectInventory, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be found or opened."""

    @property
    def is_troubled(self) -> bool:
        """Whether anything could not be looked at."""
        return bool(self.notes) or any(project.troubles for project in self.projects)
