"""What the declaration of a field starts it with."""

from collections.abc import Iterator

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import NONE, Call, Ref
from execution_lint.project.spelling import last_name


def starts_of(scope: Scope, ref: Ref) -> Iterator[Ref]:
    """What a field starts with: its value, or what `field(default=...)`, `Column(server_default=...)` and the like are
    given."""
    value = scope.values[ref] if ref != NONE else None
    if not isinstance(value, Call):
        if value is not None:
            yield ref
        return
    is_field = last_name(scope, value.function) == "Field"
    for position, argument in enumerate(value.arguments):
        if argument.name in ("default", "server_default") or (is_field and argument.name == "" and position == 0):
            yield argument.value
