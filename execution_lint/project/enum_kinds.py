"""What an enum answers when it is looked up and compared: its names and values, and what its members are equal to."""

from collections.abc import Iterable, Iterator
from enum import Enum

import msgspec

from execution_lint.config.schema import Config, Vocabulary
from execution_lint.facts.scopes import ExitKind, TargetKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Choice,
    Constant,
    Mapping,
    Parameter,
    Text,
)
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import root_of
from execution_lint.project.status_tables import displays_of
from execution_lint.project.subjects import VocabularyFact
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    ExternalThing,
    Frame,
    InstanceThing,
    MemberThing,
    Thing,
    Things,
    distinct,
)
from execution_lint.project.vocabularies import Vocabularies

_KNOWN_BASES = frozenset(
    {
        "builtins.object",
        "builtins.str",
        "builtins.int",
        "enum.Enum",
        "enum.StrEnum",
        "enum.IntEnum",
        "enum.ReprEnum",
        "enum.Flag",
        "enum.IntFlag",
    }
)
_TEXT_CHOICES = "TextChoices"


class EnumKind(Enum):
    """What a member is besides a member."""

    PLAIN = "plain"
    STRING = "string"
    NUMBER = "number"


class EnumAnswers(msgspec.Struct, frozen=True):
    """How an enum answers."""

    kind: EnumKind
    names: tuple[str, ...]
    values: tuple[str, ...]
    """Every value, where each is known to be a string; empty otherwise."""
    is_equal_otherwise: bool
    """It says itself what its members are equal to, or a base that is not known may."""
    takes_other_words: bool
    """Its lookup by value may accept more than its values."""
    other_words: frozenset[str]
    """What else it accepts, where that is a table."""
    takes_other_names: bool
    """Its lookup by name may accept more than its names."""


class Enums:
    """Answers what is known of the enums of a project."""

    def __init__(self, inference: Inference, vocabularies: Vocabularies, config: Config) -> None:
        self._inference = inference
        self._vocabularies = vocabularies
        self._config = config
        self._known: dict[Definition, EnumAnswers] = {}

    @property
    def vocabularies(self) -> Iterable[Definition]:
        """The enums that are vocabularies."""
        return self._vocabularies.all

    def answers(self, cls: ClassThing) -> EnumAnswers:
        """How the enum answers."""
        if cls.definition not in self._known:
            self._known[cls.definition] = self._answers(cls)
        return self._known[cls.definition]

    def of(self, thing: Thing) -> ClassThing | None:
        """The enum that an object is a member of."""
        match thing:
            case MemberThing(of=cls):
                return cls
            case InstanceThing(of=ClassThing() as cls) if self._inference.is_enum(cls):
                return cls
            case _:
                return None

    def held(self, at: At) -> Things:
        """What the value may be where it is at all: an attribute of None is none."""
        value = self._inference.value(at)
        if not isinstance(value, Attribute):
            return self._inference.things(at)
        owners = [thing for thing in self.held(At(at.frame, value.base)) if not _is_none(thing)]
        return distinct(found for owner in owners for found in self._inference.attribute(owner, value.name))

    def is_member_of(self, things: Things) -> tuple[ClassThing, ...]:
        """The enums that something is a member of; empty where it can be anything else, None apart."""
        found: dict[ClassThing, None] = {}
        for thing in things:
            if _is_none(thing):
                continue
            cls = self.of(thing)
            if cls is None:
                return ()
            found[cls] = None
        return tuple(found)

    def vocabulary(self, cls: ClassThing) -> VocabularyFact | None:
        """The vocabulary that the enum is."""
        return self._vocabularies.all.get(cls.definition)

    def entry(self, cls: ClassThing) -> Vocabulary | None:
        """What the contract says of the vocabulary."""
        vocabulary = self.vocabulary(cls)
        return next(
            (
                entry
                for entry in self._config.vocabularies
                if vocabulary is not None and entry.enum.spelled == vocabulary.dotted
            ),
            None,
        )

    def forbidden(self, cls: ClassThing) -> frozenset[str]:
        """The members that the contract forbids, of which no code need speak."""
        entry = self.entry(cls)
        return frozenset(member.name for member in entry.forbidden) if entry is not None else frozenset()

    def _answers(self, cls: ClassThing) -> EnumAnswers:
        ancestry = self._inference.ancestry(cls)
        external = {base.name for base in ancestry if isinstance(base, ExternalThing)}
        is_open = any(
            not isinstance(base, ClassThing)
            and not (
                isinstance(base, ExternalThing)
                and (base.name in _KNOWN_BASES or base.name.rpartition(".")[2] == _TEXT_CHOICES)
            )
            for base in ancestry
        ) or self._has_metaclass(ancestry)
        names = tuple(dict.fromkeys(name for base in ancestry for name in self._names(base)))
        vocabulary = self.vocabulary(cls)
        values: tuple[str, ...] = ()
        if vocabulary is not None and {name for name, _, _ in vocabulary.members} == set(names):
            values = tuple(dict.fromkeys(value for _, value, _ in vocabulary.members))
        other_words = self._other_words(ancestry)
        return EnumAnswers(
            kind=_kind(external),
            names=names,
            values=values,
            is_equal_otherwise=is_open or self._defines(ancestry, ("__eq__", "__ne__")),
            takes_other_words=is_open or other_words is None or self._defines(ancestry, ("__new__", "__init__")),
            other_words=other_words or frozenset(),
            takes_other_names=is_open,
        )

    def _has_metaclass(self, ancestry: tuple[Thing, ...]) -> bool:
        for base in ancestry:
            if isinstance(base, ClassThing):
                scope = self._inference.scope(base.definition)
                if any(argument.name == "metaclass" for argument in scope.bases):
                    return True
        return False

    def _names(self, cls: Thing) -> Iterator[str]:
        if not isinstance(cls, ClassThing):
            return
        for assignment in self._inference.scope(cls.definition).assignments:
            if assignment.kind is TargetKind.NAME and assignment.value != NONE and not assignment.name.startswith("_"):
                yield assignment.name

    def _defines(self, ancestry: tuple[Thing, ...], names: tuple[str, ...]) -> bool:
        return any(
            bool(self._inference.class_sites(base, name))
            for base in ancestry
            if isinstance(base, ClassThing)
            for name in names
        )

    def _other_words(self, ancestry: tuple[Thing, ...]) -> frozenset[str] | None:
        """What `_missing_` accepts: nothing where there is none, the keys of the table that it reads, None where that
        cannot be told."""
        for base in ancestry:
            sites = self._inference.class_sites(base, "_missing_") if isinstance(base, ClassThing) else ()
            if sites:
                return self._table_of_words(sites[-1])
        return frozenset()

    def _table_of_words(self, site: At) -> frozenset[str] | None:
        found: set[str] = set()
        for thing in self._inference.things(site):
            definition = getattr(thing, "definition", None)
            if not isinstance(definition, Definition):
                return None
            scope = self._inference.scope(definition)
            frame = Frame(definition.path, definition.region, definition.scope)
            word = scope.parameters[-1].name if scope.parameters else ""
            for exit in scope.exits:
                if exit.kind is not ExitKind.RETURN or exit.value == NONE:
                    continue
                for returned in _alternatives(self._inference, At(frame, exit.value)):
                    words = self._words(returned, word)
                    if words is None:
                        return None
                    found |= words
        return frozenset(found)

    def _words(self, returned: At, word: str) -> frozenset[str] | None:
        """The keys of the table in `return TABLE.get(value)`."""
        scope = self._inference.scope(returned.frame)
        value = scope.values[returned.ref]
        if isinstance(value, Constant) and value.kind == "None":
            return frozenset()
        function = scope.values[value.function] if isinstance(value, Call) else None
        if not isinstance(value, Call) or not isinstance(function, Attribute) or function.name != "get":
            return None
        if len(value.arguments) != 1:
            return None
        given = scope.values[root_of(scope, value.arguments[0].value)]
        if not isinstance(given, Parameter) or given.name != word:
            return None
        return self._keys(At(returned.frame, function.base))

    def _keys(self, table: At) -> frozenset[str] | None:
        displays = list(displays_of(self._inference, table))
        found: set[str] = set()
        for display in displays:
            mapping = self._inference.value(display)
            assert isinstance(mapping, Mapping)
            for key, _ in mapping.entries:
                text = self._inference.value(At(display.frame, key)) if key != NONE else None
                if not isinstance(text, Text):
                    return None
                found.add(text.value)
        return frozenset(found) if displays else None


def _alternatives(inference: Inference, at: At) -> Iterator[At]:
    value = inference.value(at)
    if isinstance(value, Choice):
        for alternative in value.alternatives:
            yield from _alternatives(inference, At(at.frame, alternative))
    else:
        yield at


def _is_none(thing: Thing) -> bool:
    return isinstance(thing, ConstantThing) and thing.kind == "None"


def _kind(external: set[str]) -> EnumKind:
    if "builtins.str" in external or any(
        name.rpartition(".")[2] in ("StrEnum", _TEXT_CHOICES, "LowercaseStrEnum", "UppercaseStrEnum")
        for name in external
    ):
        return EnumKind.STRING
    if "builtins.int" in external or any(
        name.rpartition(".")[2] in ("IntEnum", "IntFlag", "Flag", "IntegerChoices") for name in external
    ):
        return EnumKind.NUMBER
    return EnumKind.PLAIN
