"""What a class is: its bases, decorators and fields, and whether it is an enum."""

from collections.abc import Iterator

from execution_lint.facts.scopes import Assignment, TargetKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Free,
    Item,
    Nested,
    Text,
)
from execution_lint.project.modules import Modules
from execution_lint.project.questions import SETTLED, Questions
from execution_lint.project.scoping import Scoping
from execution_lint.project.standard_names import PROPERTIES, TABLES, TYPED_DICTS, is_enum_base
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
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

MAXIMUM_STEPS = 400
"""Bases of bases that are looked at: a class can share one in more ways than anyone can walk."""


class Classes(Scoping):
    """Answers what is known of a class by its definition."""

    def __init__(self, modules: Modules) -> None:
        super().__init__(modules)
        self._ancestries: dict[ClassThing, tuple[ClassThing | ExternalThing | UnknownThing, ...]] = {}
        self._variables: dict[ClassThing, tuple[str, ...]] = {}
        self._questions = Questions()

    def bases(self, thing: ClassThing) -> Things:
        """The direct bases of a class."""
        frame = Frame(thing.definition.path, thing.definition.region, thing.definition.scope)
        found: list[Thing] = []
        for argument in self.followed(frame).bases:
            if argument.name == "":
                found.extend(self._base(At(frame, argument.value)))
        return tuple(found)

    def _base(self, at: At) -> Things:
        value = self.value(at)
        return self._base(At(at.frame, value.base)) if isinstance(value, Item) else self.things(at)

    def ancestry(self, thing: ClassThing) -> tuple[ClassThing | ExternalThing | UnknownThing, ...]:
        """The class and what it inherits from, nearest first; an unknown base stands where it is not known."""
        if thing in self._ancestries:
            return self._ancestries[thing]
        # A base that several classes share comes behind all of them.
        found: dict[ClassThing | ExternalThing | UnknownThing, None] = {}
        waiting: list[tuple[Thing, tuple[ClassThing, ...]]] = [(thing, ())]
        outer, self._questions.lowest = self._questions.lowest, SETTLED
        steps = 0
        while waiting and steps < MAXIMUM_STEPS:
            steps += 1
            current, heirs = waiting.pop(0)
            if isinstance(current, ClassThing):
                if current not in heirs:
                    found.pop(current, None)
                    found[current] = None
                    waiting = [*((base, (*heirs, current)) for base in self.bases(current)), *waiting]
            elif isinstance(current, (ExternalThing, UnknownThing)):
                found.pop(current, None)
                found[current] = None
        if self._questions.lowest == SETTLED:
            self._ancestries[thing] = tuple(found)
        self._questions.lowest = min(self._questions.lowest, outer)
        return tuple(found)

    def is_enum(self, thing: ClassThing) -> bool:
        """Whether a class is an enum."""
        return any(isinstance(base, ExternalThing) and is_enum_base(base.name) for base in self.ancestry(thing))

    def is_text_enum(self, thing: ClassThing) -> bool:
        """Whether `str(member)` gives the member's value."""
        return any(
            isinstance(base, ExternalThing)
            and base.name.rpartition(".")[2] in ("StrEnum", "TextChoices", "LowercaseStrEnum", "UppercaseStrEnum")
            for base in self.ancestry(thing)
        )

    def is_typed_dict(self, cls: ClassThing) -> bool:
        """Whether instances of the class are plain dicts."""
        return any(isinstance(base, ExternalThing) and base.name in TYPED_DICTS for base in self.ancestry(cls))

    def decorators(self, definition: Definition) -> Iterator[ExternalThing]:
        """The decorators from outside the project, by name."""
        frame = Frame(definition.path, definition.region, definition.scope)
        for decorator in self.followed(definition).decorators:
            value = self.followed(definition).values[decorator]
            at = At(frame, value.function if isinstance(value, Call) else decorator)
            for thing in self.things(at):
                if isinstance(thing, ExternalThing):
                    yield thing

    def _has_decorator(self, definition: Definition, names: frozenset[str]) -> bool:
        return bool(self.followed(definition).decorators) and any(
            decorator.name in names for decorator in self.decorators(definition)
        )

    def is_static(self, definition: Definition) -> bool:
        """Whether a method takes no receiver."""
        return self._has_decorator(definition, frozenset({"builtins.staticmethod"}))

    def is_class_method(self, definition: Definition) -> bool:
        """Whether a method takes its class."""
        return self.followed(definition).name in (
            "__new__",
            "__init_subclass__",
            "__class_getitem__",
        ) or self._has_decorator(definition, frozenset({"builtins.classmethod"}))

    def _is_setter(self, definition: Definition) -> bool:
        scope = self.followed(definition)
        decorators = (scope.values[decorator] for decorator in scope.decorators)
        return any(
            isinstance(decorator, Attribute) and decorator.name in ("setter", "deleter") for decorator in decorators
        )

    def property_of(self, receiver: InstanceThing, name: str) -> FunctionThing | None:
        """The function behind a property of an object; None where the attribute is none."""
        assert isinstance(receiver.of, ClassThing)
        for base in self.ancestry(receiver.of):
            for site in self.class_sites(base, name) if isinstance(base, ClassThing) else ():
                for thing in self.things(site):
                    if isinstance(thing, FunctionThing) and self._has_decorator(thing.definition, PROPERTIES):
                        return FunctionThing(thing.definition, receiver)
        return None

    def field(self, cls: ClassThing, name: str) -> tuple[Frame, Assignment] | None:
        """The assignment or annotation of `name` in the body of the class or the nearest base that has one."""
        for base in self.ancestry(cls):
            if isinstance(base, ClassThing):
                frame = Frame(base.definition.path, base.definition.region, base.definition.scope)
                for assignment in self.followed(frame).assignments:
                    if assignment.kind is TargetKind.NAME and assignment.name == name:
                        return frame, assignment
        return None

    def _annotated_field(self, cls: ClassThing, name: str) -> At | None:
        frame = Frame(cls.definition.path, cls.definition.region, cls.definition.scope)
        for assignment in self.followed(frame).assignments:
            if assignment.kind is TargetKind.NAME and assignment.name == name and assignment.annotation != NONE:
                return At(frame, assignment.annotation)
        return None

    def constructor_fields(self, cls: ClassThing) -> tuple[str, ...]:
        """The fields, in order, that a dataclass-like class takes as positional arguments; empty for other classes."""
        ancestry = self.ancestry(cls)
        is_made = any(
            isinstance(base, ExternalThing) and base.name.rpartition(".")[2] in ("NamedTuple", "Struct")
            for base in ancestry
        ) or any(
            decorator.name.rpartition(".")[2] in ("dataclass", "define", "frozen", "mutable", "attrs", "s")
            for base in ancestry
            if isinstance(base, ClassThing)
            for decorator in self.decorators(base.definition)
        )
        found: dict[str, None] = {}
        for base in reversed(ancestry) if is_made else ():
            if isinstance(base, ClassThing):
                for assignment in self.followed(base.definition).assignments:
                    if assignment.kind is TargetKind.NAME and assignment.annotation != NONE:
                        found[assignment.name] = None
        return tuple(found)

    def table_column(self, table: InstanceThing, name: str) -> Thing | None:
        """What the column `name` of a `Table("jobs", metadata, Column("status", ...))` holds; None where the table is
        not one of the project or shows no such column."""
        if table.origin is None or not isinstance(table.of, ExternalThing) or table.of.name not in TABLES:
            return None
        frame = Frame(table.origin.path, table.origin.region, table.origin.scope)
        call = self.value(At(frame, table.origin.ref))
        for argument in call.arguments if isinstance(call, Call) else ():
            column = self.value(At(frame, argument.value))
            first = column.arguments[0] if isinstance(column, Call) and column.arguments else None
            if first is not None and self.value(At(frame, first.value)) == Text(name):
                return self.column(At(frame, argument.value)) or UnknownThing(f"the column `{name}` of a table")
        return None

    def column(self, at: At) -> InstanceThing | MemberValueThing | None:
        """What the definition of a column says of an enum: that the column holds its members, as
        `Column(Enum(JobStatus))` and `CharField(choices=JobStatus.choices)` do, or that it starts as a member's
        value."""
        call = self.value(at)
        if not isinstance(call, Call):
            return None
        scope = self.followed(at.frame)
        for argument in call.arguments:
            inner = scope.values[argument.value]
            nested = (part.value for part in inner.arguments) if isinstance(inner, Call) else ()
            for candidate in (argument.value, *nested):
                part = scope.values[candidate]
                if isinstance(part, Attribute) and part.name in ("choices", "values"):
                    candidate = part.base
                if not isinstance(scope.values[candidate], (Free, Attribute, Nested)):
                    continue
                for thing in self.things(At(at.frame, candidate)):
                    match thing:
                        case ClassThing() if self.is_enum(thing):
                            return InstanceThing(thing)
                        case MemberThing(of=cls):
                            return InstanceThing(cls)
                        case MemberValueThing(of=cls):
                            return MemberValueThing(cls)
                        case _:
                            continue
        return None
