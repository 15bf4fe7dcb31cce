"""Where the type of a status comes from, in words: `job` is a `Job`, `Job.status` is `JobStatus`."""

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import NONE, Attribute, Parameter, Ref
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import root_of, spelled
from execution_lint.project.starts import starts_of
from execution_lint.project.things import At, ClassThing, Frame, FunctionThing, InstanceThing, Things
from execution_lint.project.vocabularies import Vocabularies

_VALUES = frozenset({"value", "_value_", "name"})


class Origins:
    """Names the facts behind a type, the nearest first."""

    def __init__(self, inference: Inference, vocabularies: Vocabularies) -> None:
        self._inference = inference
        self._vocabularies = vocabularies

    def expression(self, frame: Frame, ref: Ref) -> tuple[Related, ...]:
        """Behind a value of the scope."""
        scope = self._inference.followed(frame)
        value = scope.values[root_of(scope, ref)] if ref != NONE else None
        match value:
            case Attribute(base=base, name=name) if name in _VALUES:
                return self.expression(frame, base)
            case Attribute(base=base, name=name):
                return self.attribute(frame, base, name)
            case Parameter(name=name):
                return self._parameter(frame, scope, name)
            case _:
                return ()

    def attribute(self, frame: Frame, base: Ref, name: str) -> tuple[Related, ...]:
        """Behind an attribute of a value of the scope."""
        for thing in self._inference.things(At(frame, base)):
            if isinstance(thing, InstanceThing) and isinstance(thing.of, ClassThing):
                field = self.field(thing.of, name)
                if field:
                    return (*self._owner(frame, base, thing.of), *field)
        return ()

    def field(self, cls: ClassThing, name: str) -> tuple[Related, ...]:
        """Behind a field of a class: where it is declared, set from a parameter or assigned."""
        found = self._inference.field(cls, name)
        if found is None:
            assigned = next(iter(self._inference.self_assignments(cls, name)), None)
            if assigned is None:
                return self._property(cls, name)
            found = assigned
        frame, assignment = found
        kind = self._kind(
            self._inference.types(At(frame, assignment.annotation))
            if assignment.annotation != NONE
            else self._inference.things(At(frame, assignment.value))
            if assignment.value != NONE
            else ()
        )
        owner = self._inference.followed(cls.definition).qualname
        start = "" if kind else self._kind(self._starts(frame, assignment.value))
        text = (
            f"`{owner}.{name}` is `{kind}`"
            if kind
            else f"`{owner}.{name}` starts as a `{start}`"
            if start
            else f"`{owner}.{name}` is declared here"
        )
        return (Related(text, Place(frame.path, assignment.span)),)

    def _starts(self, frame: Frame, ref: Ref) -> Things:
        """What the declaration of a field starts it with."""
        scope = self._inference.followed(frame)
        return tuple(thing for start in starts_of(scope, ref) for thing in self._inference.things(At(frame, start)))

    def _property(self, cls: ClassThing, name: str) -> tuple[Related, ...]:
        function = self._inference.property_of(InstanceThing(cls), name)
        if function is None:
            return ()
        scope = self._inference.followed(function.definition)
        kind = self._kind(self._inference.types(At(_frame(function), scope.returns)) if scope.returns != NONE else ())
        text = f"`{scope.qualname}` gives `{kind}`" if kind else f"`{scope.qualname}` is defined here"
        return (Related(text, Place(function.definition.path, scope.head)),)

    def _owner(self, frame: Frame, ref: Ref, cls: ClassThing) -> tuple[Related, ...]:
        """Where the object got its class; nothing of `self`, which the reader sees."""
        scope = self._inference.followed(frame)
        root = root_of(scope, ref)
        value = scope.values[root]
        text = f"`{spelled(scope, ref)}` is `{self._inference.followed(cls.definition).qualname}`"
        match value:
            case Parameter(name=name):
                parameter = next((found for found in scope.parameters if found.name == name), None)
                if parameter is None or parameter.annotation == NONE:
                    return ()
                return (Related(text, Place(frame.path, parameter.span)),)
            case Attribute(base=base, name=name):
                for thing in self._inference.things(At(frame, base)):
                    if isinstance(thing, InstanceThing) and isinstance(thing.of, ClassThing):
                        field = self.field(thing.of, name)
                        if field:
                            return (Related(text, field[0].place),)
                return ()
            case _:
                return (Related(text, Place(frame.path, scope.spans[root])),) if "…" not in text else ()

    def _parameter(self, frame: Frame, scope: Scope, name: str) -> tuple[Related, ...]:
        parameter = next((found for found in scope.parameters if found.name == name), None)
        if parameter is None or parameter.annotation == NONE:
            return ()
        kind = self._kind(self._inference.types(At(frame, parameter.annotation)))
        return (Related(f"`{name}` is `{kind}`", Place(frame.path, parameter.span)),) if kind else ()

    def _kind(self, things: Things) -> str:
        for thing in things:
            definition = self._vocabularies.of_thing(thing)
            if definition is not None:
                return self._vocabularies.all[definition].name
        return ""


def _frame(function: FunctionThing) -> Frame:
    definition = function.definition
    return Frame(definition.path, definition.region, definition.scope)
