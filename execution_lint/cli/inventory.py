"""The commands that list what a project has: one kind of inventory each."""

import os
from typing import Any

from execution_lint.cli.command_line import InventoryCommand, InventoryKind
from execution_lint.cli.exit_code import ExitCode
from execution_lint.cli.terminal import answer, complain
from execution_lint.engine.inventory import Lister, take
from execution_lint.reporting.inventories.rendering import Format, Layout, render, summary


def inventory(command: InventoryCommand) -> ExitCode:
    """Carry out `command`. Raises ExecutionLintError where it cannot be carried out at all."""
    lister, layout, noun = _kind(command)
    taken = take(command.invocation, lister)
    answer(render(taken, layout, Format(command.output_format), os.getcwd()))
    complain(summary(taken, noun))
    return ExitCode.TROUBLE if taken.is_troubled else ExitCode.CLEAN


def _kind(command: InventoryCommand) -> tuple[Lister, "Layout[Any]", str]:
    """What lists the entries of a kind, what is shown of them, and what one is called."""
    match command.kind:
        case InventoryKind.LOOPS:
            from execution_lint.project.inventories.loops import loops
            from execution_lint.reporting.inventories.loops import LoopLayout

            return loops, LoopLayout(), "event loop site"
        case InventoryKind.ROUTES:
            from execution_lint.project.inventories.routes import routes, unproven_routes
            from execution_lint.reporting.inventories.routes import RouteLayout

            return (unproven_routes if command.unproven else routes), RouteLayout(), "route"
        case InventoryKind.VOCABULARIES:
            from execution_lint.project.inventories.vocabularies import vocabularies
            from execution_lint.reporting.inventories.vocabularies import VocabularyLayout

            return vocabularies, VocabularyLayout(), "vocabulary"
