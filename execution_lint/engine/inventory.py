"""Takes an inventory: the same plan, files and project as a scan, and no rule."""

from collections.abc import Callable, Iterable

from execution_lint.config.glob import matches_any_path
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.library import FileLibrary
from execution_lint.engine.plan import Plan, Planner
from execution_lint.engine.process import ready
from execution_lint.model.inventory import Entry, Inventory, ProjectInventory
from execution_lint.project.project import Project
from execution_lint.source.reading import MAXIMUM_SIZE

Lister = Callable[[Project], Iterable[Entry]]
"""What lists the entries of one kind."""


def take(invocation: Invocation, lister: Lister) -> Inventory:
    """The inventory of every project of the paths. Raises `ExecutionLintError` where it cannot be taken at all.

    A file that is named shows its own entries alone; the whole project is looked at all the same.
    """
    with ready():
        found, plans = Planner(invocation).plans()
        return Inventory(
            projects=tuple(_of_project(invocation, plan, lister) for plan in plans),
            notes=tuple(problem.message for problem in found.problems),
        )


def _of_project(invocation: Invocation, plan: Plan, lister: Lister) -> ProjectInventory:
    library = FileLibrary(
        plan.found.root,
        tuple(file.path for file in plan.found.files),
        MAXIMUM_SIZE,
        locate=invocation.locate,
        replaced={},
    )
    project = Project(library, plan.config)
    named = plan.found.named
    asked = [entry for entry in lister(project) if named is None or entry.place.path in named]
    shown = [
        entry
        for entry in asked
        if entry.place.path in plan.found.explicit or not matches_any_path(plan.config.test_paths, entry.place.path)
    ]
    return ProjectInventory(
        root=plan.found.root.as_posix(),
        entries=tuple(sorted(shown, key=lambda entry: entry.place)),
        left_out=len(asked) - len(shown),
        troubles=tuple(
            f"{path}:{max(1, trouble.line)}: {trouble.reason}" for path, trouble in sorted(library.troubles.items())
        ),
        notes=(*plan.config.notes, *project.notes),
    )
