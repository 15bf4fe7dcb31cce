"""How a place is written for people and for machines."""

import os.path
from contextlib import suppress

from execution_lint.model.place import Place
from execution_lint.reporting.cells import one_line


def absolute(root: str, place: Place) -> str:
    """The absolute path of the file that `place` lies in, with the separators of this platform."""
    return os.path.normpath(os.path.join(root, place.path))


def displayed(root: str, place: Place, working_directory: str) -> str:
    """The path of `place` relative to `working_directory` (absolute), on one line; absolute on another drive."""
    path = absolute(root, place)
    with suppress(ValueError):
        path = os.path.relpath(path, working_directory)
    return one_line(path)


def position(root: str, place: Place, working_directory: str) -> str:
    """`path:line:column` of where `place` starts."""
    return f"{displayed(root, place, working_directory)}:{place.span.start_line}:{place.span.start_column}"
