"""Tables: the dict displays behind a name, and whether something is added to them later."""

from collections.abc import Iterator

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import NONE, Attribute, Call, Declared, Free, Mapping, Ref
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import last_name
from execution_lint.project.things import At, ExternalThing

_READ_ONLY = frozenset({"MappingProxyType", "dict", "frozendict"})
_FILLING = frozenset({"update", "setdefault", "pop", "clear"})


def displays_of(inference: Inference, table: At) -> Iterator[At]:
    """The dict displays behind a name, read-only wrappers around them left out; none where one is not known."""
    value = inference.value(table)
    if isinstance(value, Mapping):
        yield table
        return
    if isinstance(value, Call):
        if len(value.arguments) == 1 and any(
            isinstance(thing, ExternalThing) and thing.name in ("types.MappingProxyType", "builtins.dict")
            for thing in inference.things(At(table.frame, value.function))
        ):
            yield from displays_of(inference, At(table.frame, value.arguments[0].value))
        return
    if isinstance(value, Declared):
        yield from displays_of(inference, At(table.frame, value.value))
    elif isinstance(value, Free):
        found = [list(displays_of(inference, site)) for site in inference.sites(table.frame, value.name)]
        if found and all(found):
            yield from (display for part in found for display in part)


def wrapped_in(scope: Scope, ref: Ref) -> frozenset[Ref]:
    """A display and what wraps it: a read-only view or a copy of it, the declaration that it stands in."""
    wrapping = {ref}
    for index, value in enumerate(scope.values):
        inside = (
            (argument.value for argument in value.arguments)
            if isinstance(value, Call) and last_name(scope, value.function) in _READ_ONLY
            else (value.value,)
            if isinstance(value, Declared)
            else ()
        )
        if not wrapping.isdisjoint(inside):
            wrapping.add(index)
    return frozenset(wrapping)


def names_of(scope: Scope, ref: Ref) -> frozenset[str]:
    """The names that a value is bound to in its scope, through what wraps it."""
    wrapping = wrapped_in(scope, ref)
    return frozenset(name for name, bound in scope.bindings if bound in wrapping)


def is_filled(inference: Inference, display: At) -> bool:
    """Whether code of the module adds to the table, or takes from it, after it is made."""
    names = names_of(inference.scope(display.frame), display.ref)
    module = inference.module(display.frame.path)
    for region in module.holding_any(names):
        facts = module.facts(region)
        if any(_fills(scope, names) for scope in (facts.scopes if facts is not None else ())):
            return True
    return False


def _fills(scope: Scope, names: frozenset[str]) -> bool:
    return any(
        assignment.key != NONE and last_name(scope, assignment.base) in names for assignment in scope.assignments
    ) or any(
        isinstance(value, Attribute) and value.name in _FILLING and last_name(scope, value.base) in names
        for value in scope.values
    )
