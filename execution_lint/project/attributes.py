"""What an attribute of a module, a class or an object may be."""

from abc import abstractmethod
from collections.abc import Iterator

from execution_lint.facts.scopes import TargetKind
from execution_lint.facts.values import (
    NONE,
    Nested,
)
from execution_lint.project.standard_names import (
    COLUMNS,
    MODEL_METHODS,
    PROPERTIES,
    TYPED_DICTS,
)
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    ModuleThing,
    TextThing,
    Thing,
    UnknownThing,
    declared,
)
from execution_lint.project.type_arguments import TypeArguments


class Attributes(TypeArguments):
    """Answers what `thing.name` stands for, inherited, annotated and assigned attributes included."""

    @abstractmethod
    def returned(
        self, function: FunctionThing, arguments: "dict[str, tuple[At, ...]]", calls: int = 1
    ) -> Iterator[Thing]:
        """What a function gives: by its annotation, else by its exits. A coroutine function gives a coroutine."""

    def attribute(self, thing: Thing, name: str) -> Iterator[Thing]:
        """What `thing.name` may be."""
        match thing:
            case ModuleThing():
                yield from self._module_attribute(thing, name, "")
            case ExternalThing(name=columns, receiver=InstanceThing() as table) if columns in COLUMNS:
                column = self.table_column(table, name)
                yield column if column is not None else ExternalThing(f"{columns}.{name}", table)
            case ExternalThing():
                yield ExternalThing(f"{thing.name}.{name}", thing.receiver)
            case ClassThing():
                yield from self._class_attribute(thing, name)
            case InstanceThing(of=ClassThing() as cls):
                yield from self._instance_attribute(thing, cls, name)
            case InstanceThing(of=ExternalThing() as external):
                yield ExternalThing(f"{external.name}.{name}", thing)
            case MemberThing() if name in ("value", "_value_"):
                yield MemberValueThing(thing.of, thing.name)
            case MemberThing():
                yield from self._instance_attribute(thing, thing.of, name)
            case UnknownThing():
                yield thing
            case TextThing() | MemberValueThing():
                yield ExternalThing(f"builtins.str.{name}", thing)
            case _:
                yield UnknownThing(f"attribute `{name}`")

    def _class_attribute(self, cls: ClassThing, name: str) -> Iterator[Thing]:
        is_enum = self.is_enum(cls)
        for base in self.ancestry(cls):
            match base:
                case ClassThing():
                    sites = self.class_sites(base, name)
                    field = None if is_enum else self._annotated_field(base, name)
                    if field is not None:
                        yield from self.attribute_of(cls, base, self.types(field))
                        return
                    if not sites:
                        continue
                    for site in sites:
                        if is_enum and not isinstance(self.value(site), Nested):
                            yield MemberThing(cls, name)
                            continue
                        column = self.column(site)
                        if column is not None:
                            yield column
                            continue
                        for thing in self.things(site):
                            yield FunctionThing(thing.definition, cls) if isinstance(thing, FunctionThing) else thing
                    if not is_enum:
                        yield from self._assigned_attribute(base, name)
                    return
                case ExternalThing():
                    yield ExternalThing(f"{base.name}.{name}", cls)
                    return
                case UnknownThing():
                    yield UnknownThing(f"`{name}` may come from a base that is not known ({base.reason})")
                    return
        yield UnknownThing(f"`{self.followed(cls.definition).name}` has no attribute `{name}` that can be seen")

    def _instance_attribute(self, receiver: Thing, cls: ClassThing, name: str) -> Iterator[Thing]:
        if name in ("value", "_value_") and self.is_enum(cls):
            yield MemberValueThing(cls)
            return
        for base in self.ancestry(cls):
            match base:
                case ClassThing():
                    found = tuple(self._own_attribute(receiver, base, name))
                    if found:
                        yield from self.attribute_of(receiver, base, found)
                        return
                case (
                    ExternalThing(name="builtins.object")
                    | ExternalThing(name="abc.ABC")
                    | ExternalThing(name="typing.Generic")
                ):
                    continue
                case ExternalThing():
                    if base.name.rpartition(".")[2] == "BaseModel" and name in MODEL_METHODS:
                        yield ExternalThing(f"{base.name}.{name}", receiver)
                        return
                    if base.name.rpartition(".")[2] in (
                        "BaseModel",
                        "Protocol",
                        "Generic",
                        "DeclarativeBase",
                        "Struct",
                    ):
                        continue
                    if base.name in TYPED_DICTS:
                        yield ExternalThing(f"typing.TypedDict.{name}", receiver)
                        return
                    yield ExternalThing(f"{base.name}.{name}", receiver)
                    return
                case UnknownThing():
                    yield UnknownThing(f"`{name}` may come from a base that is not known ({base.reason})")
                    return
        yield UnknownThing(f"`{self.followed(cls.definition).name}` has no attribute `{name}` that can be seen")

    def _own_attribute(self, receiver: Thing, cls: ClassThing, name: str) -> Iterator[Thing]:
        frame = Frame(cls.definition.path, cls.definition.region, cls.definition.scope)
        annotated = [
            assignment.annotation
            for assignment in self.followed(frame).assignments
            if assignment.kind is TargetKind.NAME and assignment.name == name and assignment.annotation != NONE
        ]
        if annotated:
            yield from self.types(At(frame, annotated[-1]))
            return
        for site in self.class_sites(cls, name):
            column = self.column(site)
            if column is not None:
                yield column
                continue
            for thing in self.things(site):
                if isinstance(thing, FunctionThing):
                    bound = FunctionThing(thing.definition, receiver)
                    if self._is_setter(thing.definition):
                        continue
                    if self._has_decorator(thing.definition, PROPERTIES):
                        yield from self.returned(bound, {})
                    else:
                        yield bound
                else:
                    yield thing
        yield from self._assigned_attribute(cls, name)

    def _assigned_attribute(self, cls: ClassThing, name: str) -> Iterator[Thing]:
        assigned = tuple(self.self_assignments(cls, name))
        for frame, assignment in assigned:
            if assignment.annotation != NONE:
                types = self.types(At(frame, assignment.annotation))
                value = self.things(At(frame, assignment.value)) if assignment.value != NONE else ()
                yield from declared(types, value)
                return
        for frame, assignment in assigned:
            if assignment.value != NONE:
                yield from self.things(At(frame, assignment.value))
