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


def last_name(scope: Scope, ref: Ref, depth: int = 12) -> str:
    """The last name of an expression: `status` of `job.status`, of `row["status"]`, of `get_status()`, of `status`;
    empty where there is none."""
    if ref == NONE or depth == 0:
        return ""
    match scope.values[ref]:
        case Free(name=name) | Parameter(name=name) | Attribute(name=name):
            if name in ("value", "_value_", "lower", "upper", "strip", "casefold"):
                base = getattr(scope.values[ref], "base", NONE)
                return last_name(scope, base, depth - 1) or name
            return name
        case Item(index=index):
            key = scope.values[index]
            return key.value if isinstance(key, Text) else ""
        case Call(function=function, arguments=arguments):
            name = last_name(scope, function, depth - 1)
            if name in ("get", "pop", "getattr"):
                texts = [scope.values[argument.value] for argument in arguments[: 2 if name == "getattr" else 1]]
                return next((text.value for text in texts if isinstance(text, Text)), name)
            if name in ("str", "cast") and arguments:
                return last_name(scope, arguments[-1].value, depth - 1)
            return name
        case Choice(alternatives=alternatives):
            return next(
                (name for alternative in alternatives if (name := last_name(scope, alternative, depth - 1))), ""
            )
        case Changed(base=base) | Awaited(base=base) | Narrowed(base=base) | Declared(value=base):
            return last_name(scope, base, depth - 1)
        case Imported(module=module, name=name):
            return name or module.rpartition(".")[2]
        case _:
            return ""


def mentioned(scope: Scope, ref: Ref, depth: int = 10) -> frozenset[str]:
    """The names that stand in an expression, those of called functions and their arguments included."""
    if ref == NONE or depth == 0:
        return frozenset()
    match scope.values[ref]:
        case Free(name=name):
            return frozenset((name,))
        case Attribute(base=base, name=name):
            return mentioned(scope, base, depth - 1) | {name}
        case Item(base=base, index=index):
            return mentioned(scope, base, depth - 1) | mentioned(scope, index, depth - 1)
        case Call(function=function, arguments=arguments):
            parts = (function, *(argument.value for argument in arguments))
            callee = scope.values[function]
            if isinstance(callee, Free) and callee.name == "getattr" and len(arguments) > 1:
                name_of = scope.values[arguments[1].value]
                if isinstance(name_of, Text):
                    return frozenset((name_of.value,)) | mentioned(scope, arguments[0].value, depth - 1)
            return frozenset().union(*(mentioned(scope, part, depth - 1) for part in parts))
        case Sequence(elements=parts) | Operation(operands=parts):
            return frozenset().union(*(mentioned(scope, part, depth - 1) for part in parts))
        case Text():
            return frozenset()
        case Nested():
            return frozenset(name for name, bound in scope.bindings if bound == ref)
        case value:
            alternatives = getattr(value, "alternatives", ())
            parts = (
                *alternatives,
                getattr(value, "base", NONE),
                getattr(value, "value", NONE) if isinstance(value, Declared) else NONE,
            )
            return frozenset().union(*(mentioned(scope, part, depth - 1) for part in parts if part != NONE))


def root_of(scope: Scope, ref: Ref) -> Ref:
    """The value without the tests and declarations around it."""
    while ref != NONE:
        match scope.values[ref]:
            case Narrowed(base=base) | Declared(value=base):
                ref = base
            case _:
                return ref
    return ref
