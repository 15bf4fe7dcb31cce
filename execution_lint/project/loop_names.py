"""The names by which loops are made, and which callables make one."""

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import (
    Attribute,
    Call,
    Changed,
    Choice,
    Free,
    Parameter,
    Ref,
)
from execution_lint.project.things import (
    ExternalThing,
    PartialThing,
    Thing,
)

WORDS = frozenset(
    {
        "new_event_loop",
        "SelectorEventLoop",
        "ProactorEventLoop",
        "EventLoop",
        "Loop",
        "BaseEventLoop",
        "uvloop",
        "winloop",
    }
)
"""The names by which loops are made; one of them stands in the text wherever an alias of it is bound."""

_PACKAGES = frozenset({"asyncio", "uvloop", "winloop"})
CLASSES = frozenset({"SelectorEventLoop", "ProactorEventLoop", "EventLoop", "Loop"})


def makes_a_loop(thing: Thing) -> str:
    """The dotted name of what makes a loop when it is called; empty for anything else."""
    match thing:
        case ExternalThing(name=name):
            package, _, rest = name.partition(".")
            last = rest.rpartition(".")[2]
            if package in _PACKAGES and (last == "new_event_loop" or last in CLASSES):
                return name
            return ""
        case PartialThing(function=function):
            return makes_a_loop(function)
        case _:
            return ""


def callee_name(scope: Scope, ref: Ref) -> str:
    """The last name of a callee, through what makes it by a call or a choice."""
    for _ in range(8):
        match scope.values[ref]:
            case Free(name=name) | Attribute(name=name) | Parameter(name=name):
                return name
            case Changed(base=base):
                ref = base
            case Choice(alternatives=alternatives):
                ref = alternatives[-1]
            case Call(function=function):
                ref = function
            case value:
                return getattr(value, "name", "") or getattr(value, "module", "")
    return ""
