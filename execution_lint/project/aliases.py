"""By which other names a project knows something: the closure that makes searching by name sound."""

from collections.abc import Callable, Iterator

from execution_lint.facts.scopes import Scope, ScopeKind, TargetKind
from execution_lint.facts.values import NONE, Attribute, Call, Choice, Free, Imported, Ref
from execution_lint.project.inference import Inference
from execution_lint.source.regions import Needles

ALIASES = "aliases"
"""The name of the scan for other names, whatever they are names of."""

MAXIMUM_ROUNDS = 6
"""Renamings of renamings that are followed."""


def closure(
    inference: Inference, names: frozenset[str], is_extended: Callable[[Scope], bool] = lambda _: True
) -> frozenset[str]:
    """`names` and every other name that an import, an assignment or a subclass binds to what one of them stands for.

    `is_extended` tells of a subclass whether it can have subclasses of its own; where not, its name is left out.
    """
    found = set(names)
    searched: set[str] = set()
    for _ in range(MAXIMUM_ROUNDS):
        fresh = frozenset(found - searched)
        if not fresh:
            break
        searched |= fresh
        inference.modules.library.announce(ALIASES, b"all")
        for path, regions in inference.modules.library.candidates(Needles(fresh)):
            module = inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.scanned(region, ALIASES) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    is_enclosing = facts is not None and any(inner.parent == index for inner in facts.scopes)
                    found.update(_bound(scope, fresh, is_extended, is_enclosing=is_enclosing))
    return frozenset(found)


def binds_no_alias(scope: Scope) -> bool:
    """Whether a scope gives no other name to anything that it speaks of."""
    names = frozenset(
        value.module.partition(".")[0] if isinstance(value, Imported) and not value.name else value.name
        for value in scope.values
        if isinstance(value, (Free, Attribute, Imported))
    )
    return not any(True for _ in _bound(scope, names, lambda _: True, is_enclosing=True))


def _bound(
    scope: Scope, names: frozenset[str], is_extended: Callable[[Scope], bool], *, is_enclosing: bool
) -> Iterator[str]:
    for name, ref in scope.bindings:
        value = scope.values[ref]
        if isinstance(value, Imported):
            if {value.name, value.module.partition(".")[0] if not value.name else ""} & names:
                yield name
        elif (is_enclosing or scope.kind is not ScopeKind.FUNCTION) and _refers(scope, ref, names):
            yield name
    for parameter in scope.parameters:
        if _refers(scope, parameter.default, names):
            yield parameter.name
    for assignment in scope.assignments:
        if assignment.kind in (TargetKind.ATTRIBUTE, TargetKind.GLOBAL) and _refers(scope, assignment.value, names):
            yield assignment.name
    if (
        scope.kind is ScopeKind.CLASS
        and is_extended(scope)
        and any(_refers(scope, base.value, names) for base in scope.bases)
    ):
        yield scope.name


def _refers(scope: Scope, ref: Ref, names: frozenset[str], depth: int = 4) -> bool:
    """Whether a value is one of the named things itself, not what it gives when called; `partial` of it counts."""
    if ref == NONE or depth == 0:
        return False
    match scope.values[ref]:
        case Free(name=name) | Attribute(name=name):
            return name in names
        case Imported(name=name, module=module):
            return (name or module.partition(".")[0]) in names
        case Choice(alternatives=alternatives):
            return any(_refers(scope, alternative, names, depth - 1) for alternative in alternatives)
        case Call(function=function, arguments=arguments) if arguments:
            wrapper = scope.values[function]
            called = wrapper.name if isinstance(wrapper, (Free, Attribute)) else ""
            return called in ("partial", "staticmethod") and _refers(scope, arguments[0].value, names, depth - 1)
        case _:
            return False
