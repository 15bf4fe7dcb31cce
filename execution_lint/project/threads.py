"""Which functions run in a thread of their own."""

from collections.abc import Iterator
from functools import cached_property

from execution_lint.facts.scopes import Scope, TargetKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Nested,
    Ref,
)
from execution_lint.project.inference import Inference
from execution_lint.project.loop_names import callee_name
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    Thing,
)
from execution_lint.source.regions import Needles, RegionKind

STARTERS = frozenset({"submit", "run_in_executor", "to_thread", "apply_async", "start_new_thread"})
_STARTING = STARTERS | {"Thread"}
_RUNNING = frozenset({"run_forever", "run_until_complete"})


class Threads:
    """Answers what is handed to a thread, in the region or the class around it and in the whole project."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    @cached_property
    def _thread_bodies(self) -> frozenset[Definition]:
        """The functions of the project that a thread is started with."""
        found: set[Definition] = set()
        for path, regions in self._inference.modules.library.candidates(Needles(frozenset({"Thread"}))):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    for value in scope.values:
                        if isinstance(value, Call) and callee_name(scope, value.function) == "Thread":
                            for argument in value.arguments:
                                if argument.name in ("target", ""):
                                    things = self._inference.things(At(Frame(path, region, index), argument.value))
                                    found.update(
                                        thing.definition for thing in things if isinstance(thing, FunctionThing)
                                    )
        return frozenset(found)

    def is_thread_target(self, function: Frame) -> bool:
        """Whether the function is handed to a thread in the region or the class around it."""
        scope = self._inference.scope(function)
        if (scope.name == "run" and self._is_thread(function)) or function.definition in self._thread_bodies:
            return True
        for frame in self._neighbours(function, _STARTING):
            other = self._inference.scope(frame)
            for value in other.values:
                if isinstance(value, Call) and self._starts_thread(other, value):
                    for argument in value.arguments:
                        if callee_name(other, argument.value) == scope.name or self._is_nested(
                            frame, other, argument.value, function
                        ):
                            return True
        return False

    def _is_thread(self, function: Frame) -> bool:
        """Whether the function is a method of a thread class."""
        owner = self._inference.owner(function.definition)
        return owner is not None and any(
            isinstance(base, ExternalThing) and base.name == "threading.Thread"
            for base in self._inference.ancestry(owner)
        )

    def _is_nested(self, frame: Frame, scope: Scope, ref: Ref, function: Frame) -> bool:
        value = scope.values[ref]
        return isinstance(value, Nested) and (frame.path, frame.region, value.scope) == (
            function.path,
            function.region,
            function.scope,
        )

    def _starts_thread(self, scope: Scope, call: Call) -> bool:
        return callee_name(scope, call.function) in _STARTING

    def is_run_by_thread(self, function: Frame, attributes: list[str]) -> bool:
        """Whether a thread of the same class runs the loop that these attributes hold."""
        for frame in self._neighbours(function, _RUNNING):
            scope = self._inference.scope(frame)
            runs = any(
                isinstance(value, Attribute) and value.name in _RUNNING and callee_name(scope, value.base) in attributes
                for value in scope.values
            )
            if runs and (
                self._is_thread(frame)
                or self.is_thread_target(frame)
                or any(isinstance(value, Call) and self._starts_thread(scope, value) for value in scope.values)
            ):
                return True
        return False

    def keeps_a_thread(self, thing: Thing, call: At, given: Ref) -> bool:
        """Whether a class of the project keeps the loop that it is made with, and runs it in a thread."""
        if not isinstance(thing, ClassThing):
            return False
        for method in self._inference.attribute(InstanceThing(thing), "__init__"):
            if isinstance(method, FunctionThing):
                bound = self._inference.arguments(method, call)
                names = {name for name, values in bound.items() if any(at.ref == given for at in values)}
                scope = self._inference.scope(method.definition)
                kept = [
                    assignment.name
                    for assignment in scope.assignments
                    if assignment.kind is TargetKind.ATTRIBUTE
                    and assignment.value != NONE
                    and getattr(scope.values[assignment.value], "name", "") in names
                ]
                definition = method.definition
                if kept and self.is_run_by_thread(Frame(definition.path, definition.region, definition.scope), kept):
                    return True
        return False

    def _neighbours(self, function: Frame, words: frozenset[str]) -> Iterator[Frame]:
        """The scopes of the same region, of the methods of the same class, or of the functions of the same module
        that start threads: of those, the ones in whose text one of the words stands."""
        module = self._inference.module(function.path)
        near = {function.region, *module.holding_any(_STARTING)}
        own = module.regions[function.region]
        if own.kind is RegionKind.METHOD:
            near.update(module.methods_of(own.owner))
        for index in sorted(near.intersection(module.holding_any(words))):
            facts = module.facts(index)
            for scope in range(len(facts.scopes) if facts is not None else 0):
                yield Frame(function.path, index, scope)
