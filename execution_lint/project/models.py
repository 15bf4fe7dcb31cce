"""The models whose objects are sent as JSON objects: Pydantic, SQLModel, dataclasses, TypedDict, attrs and msgspec."""

from collections.abc import Iterable

import msgspec

from execution_lint.facts.values import NONE, Constant, Item, Mapping
from execution_lint.project.answers import an_object
from execution_lint.project.inference import Inference
from execution_lint.project.model_fields import PYDANTIC, ModelField, ModelFields
from execution_lint.project.model_settings import ModelSettings
from execution_lint.project.strings import listed, strings
from execution_lint.project.subjects import Answer, AnswerKind
from execution_lint.project.things import At, ClassThing, ExternalThing, Frame, UnknownThing

_MODELS = PYDANTIC | {"TypedDict", "Struct"}
_PLAIN_BASES = frozenset({"object", "ABC", "Generic", "Protocol", "str"})
_DATACLASSES = frozenset(
    {
        "dataclasses.dataclass",
        "pydantic.dataclasses.dataclass",
        "attr.s",
        "attr.attrs",
        "attr.define",
        "attr.frozen",
        "attr.mutable",
        "attrs.define",
        "attrs.frozen",
        "attrs.mutable",
        "attr.dataclass",
    }
)


class Selection(msgspec.Struct, frozen=True):
    """Which fields of a model a dump or a route sends."""

    include: frozenset[str] | None = None
    """The only ones, by name; None for all."""
    exclude: frozenset[str] = frozenset()
    leaves_out_null: bool = False
    """Fields that are None may be left out."""
    leaves_out_default: bool = False
    """Fields that are not given, or are at their default, may be left out."""
    is_partial: bool = False
    """Any field may be left out: which ones is not known."""

    def may_leave_out(self, field: ModelField) -> bool:
        """Whether a field may be absent from an object that has it."""
        return (
            self.is_partial
            or (self.leaves_out_null and field.may_be_null)
            or (self.leaves_out_default and not field.is_required)
        )


EVERY_FIELD = Selection()


class Model(msgspec.Struct, frozen=True):
    """The fields of a class whose objects are sent as JSON objects."""

    fields: tuple[ModelField, ...]
    allows_more: bool
    """Further keys are kept."""
    is_optional_absent: bool
    """A field that is not required may be absent from what is sent (TypedDict, msgspec's `omit_defaults`)."""
    reason: str
    """Why not all fields are known; empty where they are."""
    serializer: Frame | None = None
    """The method that decides what is sent."""

    def answer(self, *, by_alias: bool, selection: Selection = EVERY_FIELD) -> Answer:
        """The keys of an object of the model, as far as they are selected."""
        sent = [
            field
            for field in self.fields
            if not field.is_excluded
            and (selection.include is None or field.name in selection.include)
            and field.name not in selection.exclude
        ]
        names = {field: field.sent if by_alias else field.name for field in sent}
        certain = {
            name
            for field, name in names.items()
            if (field.is_required or not self.is_optional_absent) and not selection.may_leave_out(field)
        }
        reason = self.reason or (
            "its serializer decides what is sent"
            if self.serializer is not None
            else "an alias that is not known"
            if "" in names.values()
            else "it keeps further keys"
            if self.allows_more
            else ""
        )
        return an_object(certain - {""}, set(names.values()) - {""}, is_open=bool(reason), reason=reason)


class Models:
    """Answers which keys an object of a model has as JSON."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._fields = ModelFields(inference)
        self._settings = ModelSettings(inference)
        self._models: dict[ClassThing, Model | Answer | None] = {}

    def answer(self, cls: ClassThing, *, by_alias: bool, selection: Selection = EVERY_FIELD) -> Answer | None:
        """What an object of the class is as JSON; None for a class that declares no fields."""
        found = self.of(cls)
        return found.answer(by_alias=by_alias, selection=selection) if isinstance(found, Model) else found

    def selection(self, arguments: Iterable[tuple[str, At]]) -> Selection:
        """What `include=`, `exclude=`, `exclude_none=` and the like select, wherever they are given."""
        include: frozenset[str] | None = None
        exclude: frozenset[str] = frozenset()
        no_null = no_default = is_partial = False
        for name, at in arguments:
            value = self._inference.value(at)
            is_off = isinstance(value, Constant) and value.text in ("None", "False")
            match name:
                case "include" | "exclude" if not is_off:
                    names = self._named_fields(at, is_including=name == "include")
                    if names is None:
                        is_partial = True
                    elif name == "include":
                        include = names
                    else:
                        exclude = names
                case "exclude_none":
                    no_null |= not is_off
                case "exclude_unset" | "exclude_defaults":
                    no_default |= not is_off
                case "*" | "**":
                    is_partial = True
                case _:
                    continue
        return Selection(include, exclude, no_null, no_default, is_partial)

    def _named_fields(self, at: At, *, is_including: bool) -> frozenset[str] | None:
        """The fields of `{"a", "b"}` or `{"a": True, "b": {...}}`; one that is only cut back is still sent."""
        value = self._inference.value(at)
        if not isinstance(value, Mapping):
            names = listed(self._inference, at)
            return None if names is None else frozenset(names)
        found: set[str] = set()
        for key, held in value.entries:
            text = strings(self._inference, At(at.frame, key)) if key != NONE else None
            if text is None or len(text) != 1:
                return None
            given = self._inference.value(At(at.frame, held))
            is_whole = isinstance(given, Constant) and given.text in ("True", "...", "Ellipsis")
            if is_including or is_whole:
                found.add(text[0])
        return frozenset(found)

    def of(self, cls: ClassThing) -> Model | Answer | None:
        """The fields of a Pydantic, dataclass, TypedDict, attrs or msgspec class; an answer for a class that is sent
        as something else; None for a class that is none of these."""
        if cls not in self._models:
            self._models[cls] = None
            self._models[cls] = self._read(cls)
        return self._models[cls]

    def _read(self, cls: ClassThing) -> Model | Answer | None:
        fields: dict[str, ModelField | None] = {}
        is_model = False
        kinds: set[str] = set()
        reason = ""
        serializer: Frame | None = None
        ancestry = self._inference.ancestry(cls)
        setting = self._settings.of(cls)
        for base in ancestry:
            match base:
                case ClassThing():
                    if self._is_dataclass(base):
                        is_model = True
                        kinds.add("dataclass")
                case ExternalThing(name=name):
                    last = name.rpartition(".")[2]
                    if last == "NamedTuple":
                        return Answer(AnswerKind.BARE, reason="a named tuple, which is sent as a list")
                    if last == "RootModel":
                        return Answer(AnswerKind.UNKNOWN, reason="a model of a root value")
                    if last in _MODELS and not name.startswith(("django.", "marshmallow.")):
                        is_model = True
                        kinds.add(last)
                    elif last not in _PLAIN_BASES:
                        reason = reason or f"`{name}` is outside the project"
                case UnknownThing():
                    reason = reason or f"a base that is not known ({base.reason})"
        if not is_model:
            return None
        for base in ancestry:
            if isinstance(base, ClassThing):
                for name, field in self._fields.of_class(base, kinds, setting):
                    fields.setdefault(name, field)
                serializer = serializer or self._serializer(base)
        known = tuple(field for field in fields.values() if field is not None)
        omits = "TypedDict" in kinds or setting.has(self._inference, "omit_defaults", "True")
        return Model(known, setting.has(self._inference, "extra", "allow"), omits, reason, serializer)

    def _is_dataclass(self, cls: ClassThing) -> bool:
        return any(decorator.name in _DATACLASSES for decorator in self._inference.decorators(cls.definition))

    def _serializer(self, cls: ClassThing) -> Frame | None:
        """The method of the class itself that decides what is sent."""
        for method in self._inference.method_frames(cls, "model_serializer"):
            if any(mark.name.endswith(".model_serializer") for mark in self._inference.decorators(method.definition)):
                return method
        return None

    def root(self, cls: ClassThing) -> At | None:
        """The type of the value that a model of a root value is sent as; None for any other class."""
        for base in self._inference.ancestry(cls):
            if isinstance(base, ClassThing):
                frame = Frame(base.definition.path, base.definition.region, base.definition.scope)
                scope = self._inference.scope(frame)
                for argument in scope.bases:
                    generic = scope.values[argument.value]
                    if isinstance(generic, Item) and self._is_root_model(At(frame, generic.base)):
                        return At(frame, generic.index)
                field = self._inference.field(base, "root")
                if field is not None and field[1].annotation != NONE and self._extends_root_model(cls):
                    return At(field[0], field[1].annotation)
        return None

    def _extends_root_model(self, cls: ClassThing) -> bool:
        return any(
            isinstance(base, ExternalThing) and base.name.endswith(".RootModel")
            for base in self._inference.ancestry(cls)
        )

    def _is_root_model(self, at: At) -> bool:
        return any(
            isinstance(thing, ExternalThing) and thing.name.endswith(".RootModel")
            for thing in self._inference.things(at)
        )
