"""What a literal is compared with or goes to, and what the types of the project say of it."""

from collections.abc import Iterator
from typing import TypeGuard

import msgspec

from execution_lint.facts.scopes import Assignment, ParameterFact, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import NONE, Attribute, Call, Free, Item, Parameter, Ref, Text
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.rows import Rows
from execution_lint.project.spelling import last_name, root_of, spelled
from execution_lint.project.standard_names import COLUMNS, ITERABLES, MAPPINGS, REPLACERS, TABLES
from execution_lint.project.starts import starts_of
from execution_lint.project.status_origins import Origins
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    TextThing,
    Thing,
    Things,
    UnknownThing,
    ValueKey,
)
from execution_lint.project.vocabularies import Vocabularies

Column = tuple[ValueKey, str]
"""A table, by what makes it, and the name of a column."""


class StatusSubject(msgspec.Struct, frozen=True):
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
    origins: tuple[Related, ...] = ()
    """Where the type comes from, the nearest fact first."""
    ref: Ref = NONE
    """The value itself, where it is one of the scope."""
    column: Column | None = None
    """The column of a table of the project that it is."""

    @property
    def is_listed(self) -> bool:
        """Whether its type lists the words that it may be: `Literal["success", "error"]` is a vocabulary of its own."""
        return any(isinstance(thing, TextThing) and thing.is_listed for thing in self.things)


class StatusSubjects:
    """Describes the places that a status can go to: expressions, targets of assignments, parameters and fields."""

    def __init__(self, inference: Inference, vocabularies: Vocabularies) -> None:
        self._inference = inference
        self._vocabularies = vocabularies
        self._origins = Origins(inference, vocabularies)
        self._rows = Rows(inference)

    def expression(self, frame: Frame, scope: Scope, ref: Ref, peers: tuple[Ref, ...] = ()) -> StatusSubject:
        """A value that a literal is compared with, beside `peers`."""
        value = scope.values[ref]
        name = last_name(scope, ref)
        things = self._inference.things(At(frame, ref)) if not isinstance(value, Text) else ()
        origins = self._origins.expression(frame, ref)
        start = self._start_of(frame, ref) if _is_text(things) else None
        if start is not None:
            things = (*things, MemberValueThing(start.of))
        elif not any(self._vocabularies.of_thing(thing) is not None for thing in things):
            field = scope.values[root_of(scope, ref)]
            if isinstance(field, Attribute) and field.name in ("value", "_value_"):
                field = scope.values[root_of(scope, field.base)]
            if isinstance(field, Attribute):
                held, origins = self._of_row(frame, field.base, field.name) or ((), origins)
                things = (*things, *held)
        return StatusSubject(
            spelled(scope, ref),
            name,
            things,
            self._is_foreign(frame, ref),
            peers,
            origins,
            ref,
            self.column(frame, ref, name),
        )

    def _of_row(self, frame: Frame, base: Ref, name: str) -> tuple[Things, tuple[Related, ...]] | None:
        """What a field of a row holds, where only the query tells the row's class, and where that is told."""
        row = self._rows.one(frame, base)
        held = self.declared(InstanceThing(row), name) if row is not None else ()
        if row is None or not held:
            return None
        scope = self._inference.followed(frame)
        of = Related(
            f"`{spelled(scope, base)}` is a row of `{self._inference.followed(row.definition).qualname}`",
            Place(frame.path, scope.spans[root_of(scope, base)]),
        )
        return (*held, UnknownThing("a row of a query")), (of, *self._origins.field(row, name))

    def _start_of(self, frame: Frame, ref: Ref) -> MemberThing | MemberValueThing | None:
        """The member whose value a field starts with that is typed as a string: it keeps the values of that enum."""
        scope = self._inference.followed(frame)
        value = scope.values[root_of(scope, ref)]
        if not isinstance(value, Attribute):
            return None
        for thing in self._inference.things(At(frame, value.base)):
            owner = thing.of if isinstance(thing, InstanceThing) else thing
            field = self._inference.field(owner, value.name) if isinstance(owner, ClassThing) else None
            start = self._start(*field) if field is not None else None
            if start is not None:
                return start
        return None

    def _start(self, frame: Frame, assignment: Assignment) -> MemberThing | MemberValueThing | None:
        """The member that the declaration of a field starts it with."""
        for ref in starts_of(self._inference.followed(frame), assignment.value):
            for thing in self._inference.things(At(frame, ref)):
                if isinstance(thing, (MemberThing, MemberValueThing)):
                    return thing
        return None

    def column(self, frame: Frame, ref: Ref, name: str) -> Column | None:
        """The column that `JOBS.c.status` is, or that an argument `name` of a call for a table sets."""
        scope = self._inference.followed(frame)
        value = scope.values[ref] if ref != NONE else None
        if isinstance(value, Call):
            table = self._queried(frame, value)
            owners: Things = (table,) if table is not None else ()
        else:
            columns = scope.values[value.base] if isinstance(value, (Attribute, Item)) else None
            if not isinstance(columns, Attribute) or columns.name not in ("c", "columns"):
                return None
            owners = self._inference.things(At(frame, columns.base))
        for owner in owners:
            if (
                isinstance(owner, InstanceThing)
                and owner.origin is not None
                and self._inference.table_column(owner, name) is not None
            ):
                return owner.origin, name
        return None

    def _is_foreign(self, frame: Frame, ref: Ref) -> bool:
        """Whether the value is part of something from outside the project."""
        value = self._inference.followed(frame).values[ref]
        base = getattr(value, "base", NONE)
        if base == NONE:
            return False
        scope = self._inference.followed(frame)
        if (
            isinstance(scope.values[base], Attribute)
            and isinstance(value, Attribute)
            and value.name in ("value", "name")
        ):
            return self._is_foreign(frame, base)
        things = self._inference.things(At(frame, base))
        if any(isinstance(thing, ExternalThing) and thing.name in COLUMNS for thing in things):
            return self.column(frame, ref, last_name(scope, ref)) is None
        return bool(things) and all(
            isinstance(thing, (InstanceThing, ExternalThing))
            and isinstance(getattr(thing, "of", thing), ExternalThing)
            and not str(getattr(getattr(thing, "of", thing), "name", "")).startswith(
                ("builtins.dict", "typing.Dict", "typing.Mapping")
            )
            for thing in things
        )

    def target(self, frame: Frame, scope: Scope, assignment: Assignment) -> StatusSubject:
        """What an assignment gives its value to."""
        match assignment.kind:
            case TargetKind.ATTRIBUTE:
                return self.attribute(frame, assignment.base, assignment.name)
            case TargetKind.ITEM:
                key = scope.values[assignment.key]
                name = key.value if isinstance(key, Text) else ""
                return StatusSubject(
                    f"{spelled(scope, assignment.base)}[{name!r}]",
                    name,
                    tuple(self._entry(frame, assignment.base, name)),
                    self.is_foreign_owner(frame, assignment.base),
                    (),
                    self._origins.attribute(frame, assignment.base, name) if name else (),
                )
            case _:
                types = self._inference.types(At(frame, assignment.annotation)) if assignment.annotation != NONE else ()
                return StatusSubject(
                    assignment.name, assignment.name if scope.kind is not ScopeKind.MODULE else "", types, False
                )

    def _entry(self, frame: Frame, base: Ref, name: str) -> Iterator[Thing]:
        """What an entry of a container takes that is set: by its `TypedDict`, or its type arguments."""
        for thing in self._inference.things(At(frame, base)):
            match thing:
                case InstanceThing(of=ClassThing() as cls) if name and self._inference.is_typed_dict(cls):
                    yield from self.declared(thing, name)
                case InstanceThing(of=ExternalThing(name=kind), parameters=parameters) if kind in MAPPINGS:
                    yield from parameters[1] if len(parameters) > 1 else ()
                case InstanceThing(of=ExternalThing(name=kind), parameters=parameters) if kind in ITERABLES:
                    yield from parameters[0] if parameters else ()
                case _:
                    continue

    def attribute(self, frame: Frame, base: Ref, name: str) -> StatusSubject:
        """An attribute that is set."""
        things = tuple(
            found for thing in self._inference.things(At(frame, base)) for found in self.declared(thing, name)
        )
        origins = self._origins.attribute(frame, base, name)
        if not things:
            things, origins = self._of_row(frame, base, name) or ((), origins)
        return StatusSubject(
            f"{spelled(self._inference.followed(frame), base)}.{name}",
            name,
            things,
            self.is_foreign_owner(frame, base),
            (),
            origins,
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
            types = self._inference.types(At(frame, assignment.annotation))
            start = self._start(frame, assignment) if _is_text(types) else None
            return (*types, MemberValueThing(start.of)) if start is not None else types
        if assignment.value == NONE:
            return ()
        column = self._inference.column(At(frame, assignment.value))
        return (column,) if column is not None else self._inference.things(At(frame, assignment.value))

    def argument_things(
        self, frame: Frame, ref: Ref, things: Things, name: str, value: Ref
    ) -> tuple[Things, str, tuple[Related, ...]]:
        """What the parameter that an argument goes to may hold, its name, and where it is declared."""
        for thing in things:
            replaced = self._replaced(thing, frame, ref) if name else None
            if replaced is not None and isinstance(replaced.of, ClassThing):
                return self.declared(replaced, name), name, self._origins.field(replaced.of, name)
            if isinstance(thing, ClassThing):
                if thing.definition in self._vocabularies.all:
                    return (), "", ()
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
                        return self.declared(InstanceThing(thing), field), field, self._origins.field(thing, field)
                    return (), "", ()
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
                            return (default, UnknownThing("an argument of any kind")), parameter.name, (origin,)
                if parameter is not None and parameter.annotation != NONE:
                    callee = Frame(thing.definition.path, thing.definition.region, thing.definition.scope)
                    taker = self._inference.followed(callee).qualname
                    origin = Related(
                        f"parameter `{parameter.name}` of `{taker}` is declared here",
                        Place(callee.path, parameter.span),
                    )
                    return self._inference.types(At(callee, parameter.annotation)), parameter.name, (origin,)
        owner = self._queried(frame, self._inference.followed(frame).values[ref]) if name else None
        if owner is not None:
            found = self.field_things(owner, name)
            origins = self._origins.field(owner.of, name) if isinstance(owner.of, ClassThing) else ()
            if found:
                return found, name, origins
        return (), name, ()

    def _replaced(self, function: Thing, frame: Frame, ref: Ref) -> InstanceThing | None:
        """What a call gives a changed copy of: `replace(job, status=...)`, `point._replace(status=...)`."""
        if not isinstance(function, ExternalThing):
            return None
        found: Things = ()
        if function.name in REPLACERS:
            call = self._inference.followed(frame).values[ref]
            given = (
                [argument.value for argument in call.arguments if argument.name == ""] if isinstance(call, Call) else []
            )
            found = self._inference.things(At(frame, given[0])) if given else ()
        elif function.name.endswith("._replace") and function.receiver is not None:
            found = (function.receiver,)
        return next(
            (thing for thing in found if isinstance(thing, InstanceThing) and isinstance(thing.of, ClassThing)), None
        )

    def _positional_field(self, cls: ClassThing, frame: Frame, ref: Ref, value: Ref) -> str:
        """The field that a positional argument of a class without `__init__` goes to."""
        call = self._inference.followed(frame).values[ref]
        if not isinstance(call, Call):
            return ""
        positional = [argument.value for argument in call.arguments if argument.name == ""]
        if value not in positional or any(argument.name == "*" for argument in call.arguments):
            return ""
        fields = self._inference.constructor_fields(cls)
        position = positional.index(value)
        return fields[position] if position < len(fields) else ""

    def queried(self, frame: Frame, ref: Ref) -> tuple[InstanceThing, ...]:
        """An object of the model, or the table, that the query at `ref` is about."""
        found = self._queried(frame, self._inference.followed(frame).values[ref])
        return (found,) if found is not None else ()

    def of_owners(self, owners: Things, name: str) -> StatusSubject:
        """A field, by what may have it."""
        held = [owner for owner in owners if isinstance(owner, InstanceThing)]
        things = tuple(thing for owner in held for thing in self.field_things(owner, name))
        origins = next((self._origins.field(owner.of, name) for owner in held if isinstance(owner.of, ClassThing)), ())
        column = next(
            (
                (owner.origin, name)
                for owner in held
                if owner.origin is not None and self._inference.table_column(owner, name) is not None
            ),
            None,
        )
        return StatusSubject(repr(name), name, things, False, (), origins if things else (), NONE, column)

    def field_things(self, owner: InstanceThing, name: str) -> Things:
        """What a field of a model, or a column of a table, holds."""
        if isinstance(owner.of, ClassThing):
            return self.declared(owner, name) if self._inference.field(owner.of, name) is not None else ()
        column = self._inference.table_column(owner, name)
        return (column,) if column is not None else ()

    def _queried(self, frame: Frame, call: object) -> InstanceThing | None:
        """An object of the model, or the table, that a query is about: `update(Job).values(...)`,
        `session.query(Job).filter_by(...)`, `Job.objects.filter(...)`, `insert(JOBS).values(...)`."""
        scope = self._inference.followed(frame)
        value = call
        for _ in range(16):
            if isinstance(value, Call):
                for argument in value.arguments:
                    if argument.name == "" and isinstance(scope.values[argument.value], (Free, Attribute)):
                        for thing in self._inference.things(At(frame, argument.value)):
                            if isinstance(thing, ClassThing):
                                return InstanceThing(thing)
                            if _is_table(thing):
                                return thing
                value = scope.values[value.function]
            elif isinstance(value, Attribute):
                for thing in (
                    self._inference.things(At(frame, value.base)) if isinstance(scope.values[value.base], Free) else ()
                ):
                    if isinstance(thing, ClassThing):
                        return InstanceThing(thing)
                    if _is_table(thing):
                        return thing
                value = scope.values[value.base]
            else:
                return None
        return None

    def _parameter_for(
        self, function: FunctionThing, frame: Frame, ref: Ref, name: str, value: Ref
    ) -> ParameterFact | None:
        scope = self._inference.followed(function.definition)
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
        values = self._inference.followed(frame).values
        read = next(
            (ref for ref, value in enumerate(values) if isinstance(value, Parameter) and value.name == parameter.name),
            NONE,
        )
        return StatusSubject(parameter.name, parameter.name, types, False, ref=read)


def _is_text(things: Things) -> bool:
    """Whether something is a string by its type, or nothing."""
    strings = [thing for thing in things if not isinstance(thing, ConstantThing)]
    return bool(strings) and all(
        isinstance(thing, InstanceThing) and isinstance(thing.of, ExternalThing) and thing.of.name == "builtins.str"
        for thing in strings
    )


def _is_table(thing: Thing) -> TypeGuard[InstanceThing]:
    return isinstance(thing, InstanceThing) and isinstance(thing.of, ExternalThing) and thing.of.name in TABLES
