"""What a literal is compared with or goes to, and what the types of the project say of it."""

from dataclasses import dataclass

from execution_lint.facts.scopes import Assignment, ParameterFact, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import NONE, Attribute, Call, Free, Ref, Text
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import last_name, spelled
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    Thing,
    Things,
    UnknownThing,
)
from execution_lint.project.vocabularies import Vocabularies


@dataclass(frozen=True, slots=True)
class StatusSubject:
    """What the literal is compared with or goes to."""

    spelled: str
    name: str
    """The last name: `status`."""
    things: Things
    """What its type says, as far as it is resolved."""
    foreign: bool
    """It belongs to something outside the project."""
    peers: tuple[Ref, ...] = ()
    """What else it is compared with in the same place."""
    origin: Related | None = None
    """Where the type comes from."""
    ref: Ref = NONE
    """The value itself, where it is one of the scope."""


class StatusSubjects:
    """Describes the places that a status can go to: expressions, targets of assignments, parameters and fields."""

    def __init__(self, inference: Inference, vocabularies: Vocabularies) -> None:
        self._inference = inference
        self._vocabularies = vocabularies

    def expression(self, frame: Frame, scope: Scope, ref: Ref, peers: tuple[Ref, ...] = ()) -> StatusSubject:
        """A value that a literal is compared with, beside `peers`."""
        value = scope.values[ref]
        name = last_name(scope, ref)
        things = self._inference.things(At(frame, ref)) if not isinstance(value, Text) else ()
        return StatusSubject(
            spelled(scope, ref), name, things, self._is_foreign(frame, value), peers, self._origin(frame, value), ref
        )

    def _is_foreign(self, frame: Frame, value: object) -> bool:
        """Whether the value is part of something from outside the project."""
        base = getattr(value, "base", NONE)
        if base == NONE:
            return False
        scope = self._inference.scope(frame)
        if (
            isinstance(scope.values[base], Attribute)
            and isinstance(value, Attribute)
            and value.name in ("value", "name")
        ):
            return self._is_foreign(frame, scope.values[base])
        things = self._inference.things(At(frame, base))
        return bool(things) and all(
            isinstance(thing, (InstanceThing, ExternalThing))
            and isinstance(getattr(thing, "of", thing), ExternalThing)
            and not str(getattr(getattr(thing, "of", thing), "name", "")).startswith(
                ("builtins.dict", "typing.Dict", "typing.Mapping")
            )
            for thing in things
        )

    def _origin(self, frame: Frame, value: object) -> Related | None:
        """Where the field is declared that gives an attribute its type."""
        if not isinstance(value, Attribute):
            return None
        if value.name == "value":
            return self._origin(frame, self._inference.scope(frame).values[value.base])
        for thing in self._inference.things(At(frame, value.base)):
            if isinstance(thing, InstanceThing) and isinstance(thing.of, ClassThing):
                found = self._inference.field(thing.of, value.name)
                if found is not None:
                    cls = self._inference.scope(thing.of.definition).qualname
                    return Related(f"`{cls}.{value.name}` is declared here", Place(found[0].path, found[1].span))
        return None

    def target(self, frame: Frame, scope: Scope, assignment: Assignment) -> StatusSubject:
        """What an assignment gives its value to."""
        match assignment.kind:
            case TargetKind.ATTRIBUTE:
                things: list[Thing] = []
                for thing in self._inference.things(At(frame, assignment.base)):
                    things.extend(self.declared(thing, assignment.name))
                foreign = self.is_foreign_owner(frame, assignment.base)
                return StatusSubject(
                    f"{spelled(scope, assignment.base)}.{assignment.name}", assignment.name, tuple(things), foreign,
                    (), self._field_origin(frame, assignment.base, assignment.name),
                )  # fmt: skip
            case TargetKind.ITEM:
                key = scope.values[assignment.key]
                name = key.value if isinstance(key, Text) else ""
                return StatusSubject(
                    f"{spelled(scope, assignment.base)}[{name!r}]",
                    name,
                    (),
                    self.is_foreign_owner(frame, assignment.base),
                )
            case _:
                types = self._inference.types(At(frame, assignment.annotation)) if assignment.annotation != NONE else ()
                return StatusSubject(
                    assignment.name, assignment.name if scope.kind is not ScopeKind.MODULE else "", types, False
                )

    def is_foreign_owner(self, frame: Frame, base: Ref) -> bool:
        """Whether an object is one from outside the project, and no plain dict."""
        things = self._inference.things(At(frame, base))
        return bool(things) and all(
            isinstance(thing, InstanceThing)
            and isinstance(thing.of, ExternalThing)
            and not thing.of.name.startswith(("builtins.dict", "typing."))
            for thing in things
        )

    def _field_origin(self, frame: Frame, base: Ref, name: str) -> Related | None:
        for thing in self._inference.things(At(frame, base)):
            if isinstance(thing, InstanceThing) and isinstance(thing.of, ClassThing):
                found = self._inference.field(thing.of, name)
                if found is not None:
                    cls = self._inference.scope(thing.of.definition).qualname
                    return Related(f"`{cls}.{name}` is declared here", Place(found[0].path, found[1].span))
        return None

    def declared(self, owner: Thing, name: str) -> Things:
        """What the class of an object says of its field, not what is assigned to it."""
        if not isinstance(owner, InstanceThing) or not isinstance(owner.of, ClassThing):
            return ()
        found = self._inference.field(owner.of, name)
        if found is None:
            assigned = tuple(self._inference.self_assignments(owner.of, name))
            annotated = [(frame, assignment) for frame, assignment in assigned if assignment.annotation != NONE]
            if annotated:
                return self._inference.types(At(annotated[0][0], annotated[0][1].annotation))
            if not assigned:
                return tuple(
                    thing
                    for thing in self._inference.attribute(owner, name)
                    if self._vocabularies.of_thing(thing) is not None
                )
            return tuple(
                thing
                for frame, assignment in assigned
                if assignment.value != NONE
                for thing in self._inference.things(At(frame, assignment.value))
            )
        frame, assignment = found
        if assignment.annotation != NONE:
            return self._inference.types(At(frame, assignment.annotation))
        if assignment.value == NONE:
            return ()
        column = self._inference.column(At(frame, assignment.value))
        return (column,) if column is not None else self._inference.things(At(frame, assignment.value))

    def argument_things(
        self, frame: Frame, ref: Ref, things: Things, name: str, value: Ref
    ) -> tuple[Things, str, Related | None]:
        """What the parameter that an argument goes to may hold, its name, and where it is declared."""
        for thing in things:
            if isinstance(thing, ClassThing):
                if thing.definition in self._vocabularies.all:
                    return (), "", None
                initialiser = next(
                    (
                        found
                        for found in self._inference.attribute(InstanceThing(thing), "__init__")
                        if isinstance(found, FunctionThing)
                    ),
                    None,
                )
                if initialiser is None:
                    field = name or self._positional_field(thing, frame, ref, value)
                    if field:
                        return self.declared(InstanceThing(thing), field), field, self._class_origin(thing, field)
                    return (), "", None
                thing = initialiser
            if isinstance(thing, FunctionThing):
                parameter = self._parameter_for(thing, frame, ref, name, value)
                if parameter is not None and parameter.annotation == NONE and parameter.default != NONE:
                    callee = Frame(thing.definition.path, thing.definition.region, thing.definition.scope)
                    for default in self._inference.things(At(callee, parameter.default)):
                        if isinstance(default, (MemberThing, MemberValueThing)):
                            origin = Related(
                                f"parameter `{parameter.name}` starts as a member here",
                                Place(callee.path, parameter.span),
                            )
                            return (default, UnknownThing("an argument of any kind")), parameter.name, origin
                if parameter is not None and parameter.annotation != NONE:
                    callee = Frame(thing.definition.path, thing.definition.region, thing.definition.scope)
                    origin = Related(
                        f"parameter `{parameter.name}` of `{self._inference.scope(callee).qualname}` is declared here",
                        Place(callee.path, parameter.span),
                    )
                    return self._inference.types(At(callee, parameter.annotation)), parameter.name, origin
        model = self._queried(frame, self._inference.scope(frame).values[ref]) if name else None
        if model is not None and self._inference.field(model, name) is not None:
            return self.declared(InstanceThing(model), name), name, self._class_origin(model, name)
        return (), name, None

    def _positional_field(self, cls: ClassThing, frame: Frame, ref: Ref, value: Ref) -> str:
        """The field that a positional argument of a class without `__init__` goes to."""
        call = self._inference.scope(frame).values[ref]
        if not isinstance(call, Call):
            return ""
        positional = [argument.value for argument in call.arguments if argument.name == ""]
        if value not in positional or any(argument.name == "*" for argument in call.arguments):
            return ""
        fields = self._inference.constructor_fields(cls)
        position = positional.index(value)
        return fields[position] if position < len(fields) else ""

    def _queried(self, frame: Frame, call: object) -> ClassThing | None:
        """The model that a query is about: `update(Job).values(...)`, `session.query(Job).filter_by(...)`,
        `Job.objects.filter(...)`."""
        scope = self._inference.scope(frame)
        value = call
        for _ in range(16):
            if isinstance(value, Call):
                for argument in value.arguments:
                    if argument.name == "" and isinstance(scope.values[argument.value], (Free, Attribute)):
                        for thing in self._inference.things(At(frame, argument.value)):
                            if isinstance(thing, ClassThing):
                                return thing
                value = scope.values[value.function]
            elif isinstance(value, Attribute):
                for thing in (
                    self._inference.things(At(frame, value.base)) if isinstance(scope.values[value.base], Free) else ()
                ):
                    if isinstance(thing, ClassThing):
                        return thing
                value = scope.values[value.base]
            else:
                return None
        return None

    def _class_origin(self, cls: ClassThing, name: str) -> Related | None:
        found = self._inference.field(cls, name)
        if found is None:
            return None
        return Related(
            f"`{self._inference.scope(cls.definition).qualname}.{name}` is declared here",
            Place(found[0].path, found[1].span),
        )

    def _parameter_for(
        self, function: FunctionThing, frame: Frame, ref: Ref, name: str, value: Ref
    ) -> ParameterFact | None:
        scope = self._inference.scope(function.definition)
        bound = self._inference.arguments(function, At(frame, ref))
        for parameter in scope.parameters:
            if name == parameter.name:
                return parameter
            given = bound.get(parameter.name, ())
            if not name and any(at.frame is frame and at.ref == value for at in given):
                return parameter
        return None

    def parameter(self, frame: Frame, parameter: ParameterFact) -> StatusSubject:
        """A parameter of the function itself."""
        types = self._inference.types(At(frame, parameter.annotation)) if parameter.annotation != NONE else ()
        return StatusSubject(parameter.name, parameter.name, types, False)
