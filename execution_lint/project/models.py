"""The fields of models: Pydantic, dataclasses, TypedDict, attrs and msgspec."""

from execution_lint.facts.scopes import TargetKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Free,
    Ref,
    Text,
)
from execution_lint.project.inference import Inference
from execution_lint.project.strings import strings
from execution_lint.project.subjects import Answer, AnswerKind
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    ExternalThing,
    Frame,
    UnknownThing,
)

_MODELS = frozenset({"BaseModel", "SQLModel", "TypedDict", "Struct", "GenericModel", "BaseSettings"})
_DATACLASSES = frozenset(
    {
        "dataclasses.dataclass",
        "pydantic.dataclasses.dataclass",
        "attr.s",
        "attr.attrs",
        "attr.define",
        "attr.frozen",
        "attrs.define",
        "attrs.frozen",
        "attrs.mutable",
        "attr.dataclass",
    }
)


class Models:
    """Answers which keys an object of a model has as JSON."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._models: dict[tuple[ClassThing, bool], Answer | None] = {}

    def answer(self, cls: ClassThing, *, by_alias: bool) -> Answer | None:
        """The fields of a Pydantic, dataclass, TypedDict, attrs or msgspec class; None for a class that is none of
        these."""
        if (cls, by_alias) not in self._models:
            self._models[cls, by_alias] = self._fields_of(cls, by_alias)
        return self._models[cls, by_alias]

    def _fields_of(self, cls: ClassThing, by_alias: bool) -> Answer | None:
        keys: set[str] = set()
        is_model = is_open = False
        for base in self._inference.ancestry(cls):
            match base:
                case ClassThing():
                    is_model |= any(
                        decorator.name in _DATACLASSES for decorator in self._inference.decorators(base.definition)
                    )
                    own, allows_more = self._fields(base, by_alias)
                    keys |= own
                    is_open |= allows_more
                case ExternalThing(name=name):
                    last = name.rpartition(".")[2]
                    if last == "NamedTuple":
                        return Answer(AnswerKind.BARE, reason="a named tuple, which is sent as a list")
                    if last in _MODELS:
                        is_model = True
                    elif last not in ("object", "ABC", "Generic", "Protocol", "str"):
                        is_open = True
                case UnknownThing():
                    is_open = True
        if not is_model:
            return None
        return Answer(AnswerKind.OBJECT, frozenset(keys), is_open)

    def _fields(self, cls: ClassThing, by_alias: bool) -> tuple[set[str], bool]:
        frame = Frame(cls.definition.path, cls.definition.region, cls.definition.scope)
        scope = self._inference.scope(frame)
        keys: set[str] = set()
        is_open = False
        for assignment in scope.assignments:
            if assignment.kind is not TargetKind.NAME:
                continue
            if assignment.name in ("model_config", "Config"):
                is_open |= any(isinstance(value, Text) and value.value == "allow" for value in scope.values)
            elif (
                assignment.annotation != NONE
                and not assignment.name.startswith("_")
                and not self._is_class_variable(At(frame, assignment.annotation))
            ):
                keys.add(self._alias(frame, assignment.value) or assignment.name if by_alias else assignment.name)
        module = self._inference.module(frame.path)
        for method in self._inference.method_frames(cls, "computed_field"):
            if module.mentions(method.region, "computed_field"):
                keys.add(self._inference.scope(method).name)
        return keys, is_open

    def _is_class_variable(self, annotation: At) -> bool:
        value = self._inference.value(annotation)
        base = getattr(value, "base", NONE)
        named = self._inference.scope(annotation.frame).values[base] if base != NONE else value
        return isinstance(named, (Free, Attribute)) and named.name == "ClassVar"

    def _alias(self, frame: Frame, value: Ref) -> str:
        call = self._inference.scope(frame).values[value] if value != NONE else None
        if isinstance(call, Call):
            for name in ("serialization_alias", "alias"):
                for argument in call.arguments:
                    if argument.name == name:
                        found = strings(self._inference, At(frame, argument.value))
                        return found[0] if found else ""
        return ""

    def certain(self, cls: ClassThing) -> frozenset[str]:
        """The fields that have no default: no way of leaving fields out touches them, unless they may be None."""
        found: set[str] = set()
        for base in self._inference.ancestry(cls):
            if isinstance(base, ClassThing):
                frame = Frame(base.definition.path, base.definition.region, base.definition.scope)
                for assignment in self._inference.scope(frame).assignments:
                    if assignment.annotation != NONE and assignment.value == NONE:
                        types = self._inference.types(At(frame, assignment.annotation))
                        if not any(isinstance(thing, ConstantThing) for thing in types):
                            found.add(assignment.name)
        return frozenset(found)
