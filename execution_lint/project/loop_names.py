"""The names by which loops are made and known, and which callables make one."""

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
    InstanceThing,
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
_TYPES = CLASSES | {"BaseEventLoop", "AbstractEventLoop", "BaseSelectorEventLoop"}
_GIVING = frozenset({"new_event_loop()", "get_event_loop()", "get_running_loop()"})


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


def is_loop(thing: Thing) -> bool:
    """Whether something outside the project is a loop, or a class of loops."""
    match thing:
        case InstanceThing(of=ExternalThing(name=name)):
            last = name.rpartition(".")[2]
            return name.partition(".")[0] in _PACKAGES and (last in _GIVING or last in _TYPES)
        case ExternalThing(name=name, receiver=None):
            return name.partition(".")[0] in _PACKAGES and name.rpartition(".")[2] in _TYPES
        case _:
            return False


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
