"""Who calls a function by its name: what its parameters are given, all over the project."""

from collections.abc import Iterator

from execution_lint.facts.values import Attribute, Call, Free, Parameter
from execution_lint.project.aliases import closure
from execution_lint.project.inference import Inference
from execution_lint.project.things import At, ClassThing, Definition, Frame, FunctionThing, InstanceThing
from execution_lint.source.regions import Needles

MAXIMUM_CALLS = 12
"""Calls of a function that are told apart; where there are more, what it is given is not known."""
MAXIMUM_REGIONS = 60
"""Regions in which its name may stand, beyond which they are not searched."""


class Callers:
    """Finds the calls of a function whose parameters decide an answer: it costs a search, so it is asked last."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._frames: dict[Definition, tuple[Frame, ...]] = {}

    def given(self, site: At) -> tuple[At, ...]:
        """What a parameter stands for in every call of its function; empty where that is not known."""
        value = self._inference.value(site)
        if not isinstance(value, Parameter):
            return ()
        if site.frame.arguments is not None:
            return site.frame.arguments.get(value.name, ())
        found: list[At] = []
        for frame in self.frames(site.frame.definition):
            assert frame.arguments is not None
            given = frame.arguments.get(value.name)
            if given is None:
                return ()
            found.extend(given)
        return tuple(found)

    def frames(self, definition: Definition) -> tuple[Frame, ...]:
        """The function as each of its calls looks at it; empty where the calls are not known."""
        if definition not in self._frames:
            self._frames[definition] = ()
            found = tuple(self._find(definition))
            self._frames[definition] = found if len(found) <= MAXIMUM_CALLS else ()
        return self._frames[definition]

    def _find(self, definition: Definition) -> Iterator[Frame]:
        inference = self._inference
        name = inference.scope(definition).name
        owner = inference.owner(definition)
        is_constructor = name == "__init__" and owner is not None
        if is_constructor and owner is not None:
            name = inference.scope(owner.definition).name
        if not name.isidentifier():
            return
        regions = [
            (path, region)
            for path, found in inference.modules.library.candidates(Needles(frozenset({name})))
            for region in found
        ]
        if not regions or len(regions) > MAXIMUM_REGIONS:
            return
        names = closure(inference, frozenset({name}))
        if is_constructor:
            names |= {"__init__"}
        for path, region in regions:
            module = inference.modules.at(path)
            facts = module.facts(region) if module is not None else None
            for index, scope in enumerate(facts.scopes if facts is not None else ()):
                frame = Frame(path, region, index)
                for ref, value in enumerate(scope.values):
                    if isinstance(value, Call):
                        callee = scope.values[value.function]
                        if isinstance(callee, (Attribute, Free)) and callee.name in names:
                            yield from self._of_call(definition, At(frame, ref), value)

    def _of_call(self, definition: Definition, at: At, call: Call) -> Iterator[Frame]:
        for thing in self._inference.things(At(at.frame, call.function)):
            match thing:
                case FunctionThing(definition=found) if found == definition:
                    function = thing
                case ClassThing() if definition in self._constructors(thing):
                    function = FunctionThing(definition, InstanceThing(thing, (), at.key))
                case _:
                    continue
            yield Frame(
                definition.path,
                definition.region,
                definition.scope,
                self._inference.arguments(function, at),
                calls=1,
                receiver=function.receiver if isinstance(function.receiver, InstanceThing) else None,
            )

    def _constructors(self, cls: ClassThing) -> Iterator[Definition]:
        for thing in self._inference.attribute(cls, "__init__"):
            if isinstance(thing, FunctionThing):
                yield thing.definition
