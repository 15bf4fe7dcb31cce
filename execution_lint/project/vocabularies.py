"""The enums whose values are statuses."""

from collections.abc import Callable, Container, Iterable, Iterator
from functools import cached_property

from execution_lint.config.schema import Config
from execution_lint.facts.scopes import Scope, ScopeKind, TargetKind
from execution_lint.facts.values import NONE, Attribute, Call, Constant, Free, Nested, Parameter, Ref, Sequence
from execution_lint.model.place import Place
from execution_lint.project.aliases import closure
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import mentioned
from execution_lint.project.standard_names import is_enum_base
from execution_lint.project.status_names import ENDINGS, is_status_name
from execution_lint.project.strings import strings
from execution_lint.project.subjects import VocabularyFact
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
)
from execution_lint.source.regions import Needles, RegionKind

WORDS = frozenset({"Enum", "StrEnum", "IntEnum", "ReprEnum", "TextChoices", "LowercaseStrEnum", "UppercaseStrEnum"})
"""The names of the classes that make enums; one of them stands in the text wherever an alias of it is bound."""


_NAMINGS: dict[str, Callable[[str], str]] = {"": str, "lower": str.lower, "upper": str.upper}
"""What a method makes of a member's name."""


class Vocabularies:
    """Finds the vocabularies of a project: by the contract, by the enum's name, or by a status field that it types."""

    def __init__(self, inference: Inference, config: Config) -> None:
        self._inference = inference
        self._config = config

    def of_thing(self, thing: Thing) -> Definition | None:
        """The vocabulary that an object is a member or a value of."""
        match thing:
            case InstanceThing(of=ClassThing(definition=definition)):
                return definition if definition in self.all else None
            case MemberThing(of=cls) | MemberValueThing(of=cls):
                return cls.definition if cls.definition in self.all else None
            case _:
                return None

    @cached_property
    def all(self) -> dict[Definition, VocabularyFact]:
        """Every vocabulary by the definition of its enum."""
        declared = {entry.enum.spelled: entry for entry in self._config.vocabularies}
        found: dict[Definition, VocabularyFact] = {}
        enums = list(self._enums())
        typing = self._typing_status_fields(frozenset(self._told_by_field(enums, declared)))
        for cls in enums:
            dotted = self._inference.qualname(cls.definition)
            entry = declared.get(dotted)
            scope = self._inference.scope(cls.definition)
            if entry is None and not is_status_name(scope.name) and scope.name not in typing:
                continue
            members = tuple(self._members(cls))
            if members:
                aliases = tuple((alias.spelling, alias.member) for alias in entry.aliases) if entry is not None else ()
                found[cls.definition] = VocabularyFact(
                    name=scope.qualname,
                    dotted=dotted,
                    place=Place(cls.definition.path, scope.head),
                    members=members,
                    has_missing=bool(self._inference.class_sites(cls, "_missing_")),
                    aliases=aliases,
                    is_string=self._is_string(cls),
                )
        return found

    def _enums(self) -> Iterator[ClassThing]:
        names = closure(self._inference, WORDS, _is_without_members)
        for path, regions in self._inference.modules.library.candidates(Needles(names)):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    if scope.kind is ScopeKind.CLASS and index and scope.bases:
                        cls = ClassThing(Definition(path, region, index))
                        if self._inference.is_enum(cls):
                            yield cls

    def _is_string(self, cls: ClassThing) -> bool:
        return any(
            isinstance(base, ExternalThing)
            and (base.name == "builtins.str" or base.name.rpartition(".")[2] in ("StrEnum", "TextChoices"))
            for base in self._inference.ancestry(cls)
        )

    def _members(self, cls: ClassThing) -> Iterator[tuple[str, str, Place]]:
        frame = Frame(cls.definition.path, cls.definition.region, cls.definition.scope)
        scope = self._inference.scope(frame)
        automatic = self._automatic(cls)
        lowers = any(
            isinstance(base, ExternalThing)
            and is_enum_base(base.name)
            and base.name.rpartition(".")[2] in ("StrEnum", "LowercaseStrEnum")
            for base in self._inference.ancestry(cls)
        )
        for assignment in scope.assignments:
            if assignment.kind is TargetKind.NAME and assignment.value != NONE and not assignment.name.startswith("_"):
                name = assignment.name
                value = self._member_value(
                    frame,
                    assignment.value,
                    automatic(name) if automatic is not None else name.lower() if lowers else "",
                )
                if value is not None:
                    yield assignment.name, value, Place(frame.path, assignment.span)

    def _automatic(self, cls: ClassThing) -> Callable[[str], str] | None:
        """What `auto()` makes of a member's name, by the enum's own `_generate_next_value_`; None where it defines
        none that is followed."""
        for base in self._inference.ancestry(cls):
            for site in (
                self._inference.class_sites(base, "_generate_next_value_") if isinstance(base, ClassThing) else ()
            ):
                for thing in self._inference.things(site):
                    if isinstance(thing, FunctionThing):
                        return self._namer(self._inference.scope(thing.definition))
        return None

    def _namer(self, scope: Scope) -> Callable[[str], str] | None:
        first = scope.parameters[0].name if scope.parameters else ""
        for exit in scope.exits:
            value = scope.values[exit.value] if exit.value != NONE else None
            function = scope.values[value.function] if isinstance(value, Call) else None
            base = scope.values[function.base] if isinstance(function, Attribute) else value
            if isinstance(base, Parameter) and base.name == first:
                method = function.name if isinstance(function, Attribute) else ""
                return _NAMINGS.get(method)
        return None

    def _member_value(self, frame: Frame, ref: Ref, automatic: str) -> str | None:
        value = self._inference.scope(frame).values[ref]
        if isinstance(value, Sequence) and value.kind == "tuple" and value.elements:
            return self._member_value(frame, value.elements[0], automatic)
        if isinstance(value, (Constant, Nested)):
            return None
        if isinstance(value, Call):
            function = self._inference.scope(frame).values[value.function]
            return automatic or None if isinstance(function, (Free, Attribute)) and function.name == "auto" else None
        found = strings(self._inference, At(frame, ref))
        return found[0] if found is not None and len(found) == 1 else None

    def _told_by_field(self, enums: Iterable[ClassThing], declared: Container[str]) -> Iterator[str]:
        """The names of the enums that neither the contract nor their own name makes vocabularies."""
        for enum in enums:
            name = self._inference.scope(enum.definition).name
            if not is_status_name(name) and self._inference.qualname(enum.definition) not in declared:
                yield name

    def _typing_status_fields(self, names: frozenset[str]) -> frozenset[str]:
        """The enums of these names that annotate a field whose name says status."""
        found: set[str] = set()
        needles = Needles(fields=ENDINGS, types=names)
        for path, regions in self._inference.modules.library.candidates(needles) if names else ():
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                if module is None or module.regions[region].kind not in (RegionKind.CLASS, RegionKind.COMPOUND):
                    continue
                facts = module.facts(region)
                for scope in facts.scopes if facts is not None else ():
                    if scope.kind is ScopeKind.CLASS:
                        for assignment in scope.assignments:
                            if assignment.annotation != NONE and is_status_name(assignment.name):
                                found |= mentioned(scope, assignment.annotation) & names
        return frozenset(found)


def _is_without_members(scope: Scope) -> bool:
    """Whether an enum can be extended: one with members cannot."""
    return not any(assignment.value != NONE and not assignment.name.startswith("_") for assignment in scope.assignments)
