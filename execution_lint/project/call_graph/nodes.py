"""The parts of the call graph: functions that execute, and the places that make them execute."""

from enum import Enum

import msgspec

from execution_lint.facts.scopes import ScopeKind
from execution_lint.facts.values import NONE, Ref
from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.things import ClassThing, Definition, Frame, Thing


class Node(msgspec.Struct, frozen=True):
    """A function whose body executes; `receiver` is the class that its object must have, where that is known."""

    definition: Definition
    receiver: ClassThing | None = None


class Manner(Enum):
    """How the code at a place makes a function execute."""

    AT_ONCE = "at once"
    """On the same thread, before the place is passed."""
    ON_THE_LOOP = "on the loop"
    """The running loop calls it later."""


class Use(msgspec.Struct, frozen=True):
    """A place that makes a function execute."""

    frame: Frame
    """The scope in which the place stands."""
    ref: Ref
    place: Place
    manner: Manner
    confidence: Confidence
    verb: str
    """What the place does to the function: `calls`, `reads`, `enters`."""
    receiver: Thing | None = None
    """The object that a method is taken from."""
    is_own: bool = False
    """The object is the `self` of the method in which the place stands."""
    hops: tuple[tuple[str, Place], ...] = ()
    """Further places on the way, from the use to the function."""


def executor(inference: Inference, frame: Frame, ref: Ref) -> Definition | None:
    """The function in whose body a value is computed; None where that is the import of the module."""
    facts = inference.module(frame.path).facts(frame.region)
    assert facts is not None
    index = frame.scope
    if ref != NONE and ref <= _head(inference, frame):
        index = facts.scopes[index].parent
    while index != NONE and facts.scopes[index].kind not in (ScopeKind.FUNCTION, ScopeKind.LAMBDA):
        index = facts.scopes[index].parent
    return Definition(frame.path, frame.region, index) if index != NONE else None


def _head(inference: Inference, frame: Frame) -> Ref:
    """The last value of a definition's head, which is computed where the definition stands."""
    scope = inference.scope(frame)
    return max(
        (
            *scope.decorators,
            scope.returns,
            *(parameter.annotation for parameter in scope.parameters),
            *(parameter.default for parameter in scope.parameters),
            *(base.value for base in scope.bases),
        ),
        default=NONE,
    )
