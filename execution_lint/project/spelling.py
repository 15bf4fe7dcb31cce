"""How people would write an expression."""

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Awaited,
    Call,
    Changed,
    Choice,
    Declared,
    Element,
    Free,
    Imported,
    Item,
    Narrowed,
    Nested,
    Operation,
    Parameter,
    Ref,
    Sequence,
    Text,
    Value,
)


def spelled(scope: Scope, ref: Ref, depth: int = 12) -> str:
    """The expression as far as it is made of names; `…` stands for the rest."""
    if ref == NONE or depth == 0:
        return "…"
    bound = next((name for name, value in scope.bindings if value == ref), None)
    if bound is not None:
        return bound
    match scope.values[ref]:
        case Free(name=name) | Parameter(name=name):
            return name
        case Attribute(base=base, name=name):
            return f"{spelled(scope, base, depth - 1)}.{name}"
        case Call(function=function):
            return f"{spelled(scope, function, depth - 1)}()"
        case Item(base=base, index=index):
            key = scope.values[index]
            return f"{spelled(scope, base, depth - 1)}[{repr(key.value) if isinstance(key, Text) else '…'}]"
        case Choice(alternatives=alternatives):
            return spelled(scope, alternatives[0], depth - 1)
        case Changed(base=base) | Awaited(base=base) | Narrowed(base=base) | Declared(value=base):
            return spelled(scope, base, depth - 1)
        case Element(base=base):
            return f"{spelled(scope, base, depth - 1)}[…]"
        case Imported(module=module, name=name):
            return name or module
        case _:
            return "…"


def last_name(scope: Scope, ref: Ref) -> str:
    """The last name of an expression: `status` of `job.status`, of `row["status"]`, of `get_status()`, of `status`;
    empty where there is none."""
    return _last_name(scope, ref, 12, {}) if ref != NONE else ""


def _last_name(scope: Scope, ref: Ref, depth: int, nameless: dict[Ref, int]) -> str:
    """The same within `depth` steps. `nameless` holds the choices that gave no name, with the steps they had: ways that
    part and join again are not tried once more."""
    if ref == NONE or depth == 0:
        return ""
    match scope.values[ref]:
        case Free(name=name) | Parameter(name=name) | Attribute(name=name):
            if name in ("value", "_value_", "lower", "upper", "strip", "casefold"):
                base = getattr(scope.values[ref], "base", NONE)
                return _last_name(scope, base, depth - 1, nameless) or name
            return name
        case Item(index=index):
            key = scope.values[index]
            return key.value if isinstance(key, Text) else ""
        case Call(function=function, arguments=arguments):
            name = _last_name(scope, function, depth - 1, nameless)
            if name in ("get", "pop", "getattr"):
                texts = [scope.values[argument.value] for argument in arguments[: 2 if name == "getattr" else 1]]
                return next((text.value for text in texts if isinstance(text, Text)), name)
            if name in ("str", "cast") and arguments:
                return _last_name(scope, arguments[-1].value, depth - 1, nameless)
            return name
        case Choice(alternatives=alternatives):
            if nameless.get(ref, 0) >= depth:
                return ""
            for alternative in alternatives:
                name = _last_name(scope, alternative, depth - 1, nameless)
                if name:
                    return name
            nameless[ref] = depth
            return ""
        case Changed(base=base) | Awaited(base=base) | Narrowed(base=base) | Declared(value=base):
            return _last_name(scope, base, depth - 1, nameless)
        case Imported(module=module, name=name):
            return name or module.rpartition(".")[2]
        case _:
            return ""


def mentioned(scope: Scope, ref: Ref) -> frozenset[str]:
    """The names that stand in an expression, those of called functions and their arguments included."""
    if ref == NONE:
        return frozenset()
    names: set[str] = set()
    values = scope.values
    seen = {ref}
    level = [ref]
    for _ in range(_MENTION_STEPS):
        following: list[Ref] = []
        for at in level:
            _mention(scope, at, values[at], names, following)
        level = [part for part in dict.fromkeys(following) if part != NONE and part not in seen]
        if not level:
            break
        seen.update(level)
    return frozenset(names)


_MENTION_STEPS = 10
"""From an expression to its parts, and on to theirs."""


def _mention(scope: Scope, ref: Ref, value: Value, names: set[str], parts: list[Ref]) -> None:
    """Put down the names that a value itself says, and of which parts it is made."""
    match value:
        case Free(name=name):
            names.add(name)
        case Attribute(base=base, name=name):
            names.add(name)
            parts.append(base)
        case Item(base=base, index=index):
            parts += (base, index)
        case Call(function=function, arguments=arguments):
            callee = scope.values[function]
            if isinstance(callee, Free) and callee.name == "getattr" and len(arguments) > 1:
                name_of = scope.values[arguments[1].value]
                if isinstance(name_of, Text):
                    names.add(name_of.value)
                    parts.append(arguments[0].value)
                    return
            parts.append(function)
            parts.extend(argument.value for argument in arguments)
        case Sequence(elements=elements) | Operation(operands=elements) | Choice(alternatives=elements):
            parts.extend(elements)
        case Nested():
            names.update(name for name, bound in scope.bindings if bound == ref)
        case Declared(value=held):
            parts.append(held)
        case Text():
            pass
        case _:
            parts.append(getattr(value, "base", NONE))


def root_of(scope: Scope, ref: Ref) -> Ref:
    """The value without the tests and declarations around it."""
    while ref != NONE:
        match scope.values[ref]:
            case Narrowed(base=base) | Declared(value=base):
                ref = base
            case _:
                return ref
    return ref
