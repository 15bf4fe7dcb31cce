"""The fields that the body of a model declares: their keys in what is sent and read, their defaults."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.scopes import Assignment, TargetKind
from execution_lint.facts.values import NONE, Attribute, Call, Constant, Free, Item, Ref, Sequence
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.model_settings import Setting
from execution_lint.project.strings import strings
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    UnknownThing,
)

PYDANTIC = frozenset({"BaseModel", "SQLModel", "GenericModel", "BaseSettings", "Schema"})
"""The bases whose subclasses have fields as Pydantic reads them."""
_FIELD_MAKERS = frozenset({"Field", "field", "ib", "attrib"})
_ATTRS_FIELDS = frozenset({"attr.ib", "attr.attrib", "attrs.field", "attr.field"})
_NO_FIELDS = frozenset({"Relationship", "PrivateAttr", "relationship"})
"""What makes an attribute that is no field on the wire."""


class ModelField(msgspec.Struct, frozen=True):
    """A field, as what is sent and what is read call it."""

    name: str
    sent: str
    """Its key where aliases are used; empty where that is not known."""
    reads: frozenset[str]
    """The keys under which it is read from a dict."""
    is_required: bool
    """It has no default, so that a dict without it is refused."""
    may_be_null: bool
    """It may be None, as far as its type and its default tell."""
    is_excluded: bool
    """It is never sent."""
    place: Place


class ModelFields:
    """Reads the fields of one class's own body."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def of_class(self, cls: ClassThing, kinds: set[str], setting: Setting) -> Iterator[tuple[str, ModelField | None]]:
        """The fields of the class's own body; None for an attribute that is no field and hides an inherited one."""
        frame = _frame(cls)
        scope = self._inference.scope(frame)
        is_pydantic = bool(kinds & PYDANTIC)
        is_total = not any(
            argument.name == "total" and _text(scope.values[argument.value]) == "False" for argument in scope.bases
        )
        found: dict[str, ModelField | None] = {}
        for assignment in scope.assignments:
            name = assignment.name
            if assignment.kind is not TargetKind.NAME or name in ("model_config", "Config", "__slots__"):
                continue
            if assignment.annotation == NONE:
                if "dataclass" in kinds and self._is_attrs_field(frame, assignment.value):
                    found[name] = self._field(frame, assignment, setting, kinds, is_total=True)
                continue
            is_private = is_pydantic and name.startswith("_")
            if is_private or self._is_no_field(frame, assignment):
                found[name] = None
                continue
            found[name] = self._field(frame, assignment, setting, kinds, is_total=is_total)
        yield from found.items()
        if is_pydantic:
            yield from self._computed(cls, setting)

    def _is_attrs_field(self, frame: Frame, ref: Ref) -> bool:
        call = self._inference.scope(frame).values[ref] if ref != NONE else None
        return isinstance(call, Call) and any(
            isinstance(thing, ExternalThing) and thing.name in _ATTRS_FIELDS
            for thing in self._inference.things(At(frame, call.function))
        )

    def _is_no_field(self, frame: Frame, assignment: Assignment) -> bool:
        scope = self._inference.scope(frame)
        annotation = scope.values[assignment.annotation]
        named = scope.values[annotation.base] if isinstance(annotation, Item) else annotation
        if isinstance(named, (Free, Attribute)) and named.name in ("ClassVar", "InitVar", "KW_ONLY"):
            return True
        call = scope.values[assignment.value] if assignment.value != NONE else None
        function = scope.values[call.function] if isinstance(call, Call) else None
        return isinstance(function, (Free, Attribute)) and function.name in _NO_FIELDS

    def _field(
        self, frame: Frame, assignment: Assignment, setting: Setting, kinds: set[str], *, is_total: bool
    ) -> ModelField:
        scope = self._inference.scope(frame)
        name = assignment.name
        calls = [call for call in self._declarations(frame, assignment) if call is not None]
        given = {
            argument.name: argument.value for call in calls for argument in call.arguments if argument.name != "**"
        }
        has_default = assignment.value != NONE and not self._is_call_without_default(frame, assignment.value)
        if "TypedDict" in kinds:
            has_default = not self._is_required_key(frame, assignment.annotation, is_total=is_total)
        alias = self._alias(frame, given, ("serialization_alias", "alias"))
        read = self._alias(frame, given, ("validation_alias", "alias"))
        if "Struct" in kinds:
            alias = read = self._alias(frame, given, ("name",))
        generated = self._generated(setting, name)
        sent = name if alias is None and generated is None else alias if alias is not None else generated or ""
        reads = {name if read is None and generated is None else read if read is not None else generated or ""}
        if "" in reads or any(
            setting.has(self._inference, key, "True")
            for key in ("populate_by_name", "allow_population_by_field_name", "validate_by_name")
        ):
            reads |= {name}
        types = self._inference.types(At(frame, assignment.annotation)) if assignment.annotation != NONE else ()
        may_be_null = any(isinstance(thing, (ConstantThing, UnknownThing)) for thing in types) or any(
            thing.of.name in ("typing.Any", "builtins.object", "pydantic.Json", "pydantic.types.Json")
            for thing in types
            if isinstance(thing, InstanceThing) and isinstance(thing.of, ExternalThing)
        )
        may_be_null = may_be_null or not types or self._is_null_by_default(frame, assignment, calls)
        exclude = scope.values[given["exclude"]] if "exclude" in given else None
        return ModelField(
            name=name,
            sent=sent,
            reads=frozenset(reads),
            is_required=not has_default,
            may_be_null=may_be_null,
            is_excluded=isinstance(exclude, Constant) and exclude.text == "True",
            place=Place(frame.path, assignment.span),
        )

    def _is_null_by_default(self, frame: Frame, assignment: Assignment, calls: list[Call]) -> bool:
        """Whether the default is None, whatever the annotation says."""
        values = self._inference.scope(frame).values
        defaults = [assignment.value] if assignment.value != NONE else []
        for call in calls:
            defaults += [
                argument.value for argument in call.arguments if argument.name in ("", "default", "default_factory")
            ]
        return any(isinstance(value := values[ref], Constant) and value.kind == "None" for ref in defaults)

    def _declarations(self, frame: Frame, assignment: Assignment) -> Iterator[Call | None]:
        """The `Field(...)` calls that say more of a field: in `Annotated[...]`, then as its value."""
        scope = self._inference.scope(frame)
        annotation = scope.values[assignment.annotation] if assignment.annotation != NONE else None
        if isinstance(annotation, Item):
            index = scope.values[annotation.index]
            for element in index.elements if isinstance(index, Sequence) else ():
                part = scope.values[element]
                yield part if isinstance(part, Call) and _is_field_maker(scope.values[part.function]) else None
        value = scope.values[assignment.value] if assignment.value != NONE else None
        yield value if isinstance(value, Call) and _is_field_maker(scope.values[value.function]) else None

    def _is_call_without_default(self, frame: Frame, ref: Ref) -> bool:
        """`Field(...)`, `Field(alias="x")`, `field()`: a declaration that gives no default; `= ...` likewise."""
        scope = self._inference.scope(frame)
        value = scope.values[ref]
        if isinstance(value, Constant):
            return value.kind == "ellipsis"
        if not isinstance(value, Call) or not _is_field_maker(scope.values[value.function]):
            return False
        for argument in value.arguments:
            if argument.name in ("default", "default_factory", "factory", "") or argument.name in ("*", "**"):
                first = scope.values[argument.value]
                return isinstance(first, Constant) and first.kind == "ellipsis"
        return True

    def _is_required_key(self, frame: Frame, annotation: Ref, *, is_total: bool) -> bool:
        scope = self._inference.scope(frame)
        value = scope.values[annotation]
        named = scope.values[value.base] if isinstance(value, Item) else None
        if isinstance(named, (Free, Attribute)) and named.name in ("Required", "NotRequired"):
            return named.name == "Required"
        return is_total

    def _alias(self, frame: Frame, given: dict[str, Ref], names: tuple[str, ...]) -> str | None:
        """The alias that a field is given; empty where it is not known, None where there is none."""
        for name in names:
            if name in given:
                value = self._inference.scope(frame).values[given[name]]
                if isinstance(value, Constant) and value.kind == "None":
                    continue
                found = strings(self._inference, At(frame, given[name]))
                return found[0] if found is not None and len(found) == 1 else ""
        return None

    def _generated(self, setting: Setting, name: str) -> str | None:
        """What the alias generator of the model makes of a name; empty where that is not known, None without one."""
        for key in ("alias_generator", "rename"):
            at = setting.values.get(key)
            if at is None:
                continue
            value = self._inference.value(at)
            if isinstance(value, Constant) and value.kind == "None":
                return None
            for text in strings(self._inference, at) or ():
                return _renamed(text, name)
            for thing in self._inference.things(at):
                if isinstance(thing, ExternalThing):
                    return _renamed(thing.name.rpartition(".")[2], name)
                if isinstance(thing, FunctionThing):
                    return ""
            return ""
        return None

    def _computed(self, cls: ClassThing, setting: Setting) -> Iterator[tuple[str, ModelField]]:
        module = self._inference.module(cls.definition.path)
        for method in self._inference.method_frames(cls, "computed_field"):
            if not module.mentions(method.region, "computed_field"):
                continue
            scope = self._inference.scope(method)
            alias: str | None = None
            is_computed = False
            for decorator in scope.decorators:
                value = scope.values[decorator]
                function = scope.values[value.function] if isinstance(value, Call) else value
                if isinstance(function, (Free, Attribute)) and function.name == "computed_field":
                    is_computed = True
                    if isinstance(value, Call):
                        given = {argument.name: argument.value for argument in value.arguments}
                        alias = self._alias(method, given, ("alias",))
            if is_computed:
                generated = self._generated(setting, scope.name)
                sent = alias if alias is not None else scope.name if generated is None else generated
                place = Place(method.path, scope.head)
                yield (
                    scope.name,
                    ModelField(scope.name, sent, frozenset(), False, True, False, place),
                )


def _frame(cls: ClassThing) -> Frame:
    return Frame(cls.definition.path, cls.definition.region, cls.definition.scope)


def _is_field_maker(function: object) -> bool:
    return isinstance(function, (Free, Attribute)) and function.name in _FIELD_MAKERS


def _text(value: object) -> str:
    return value.text if isinstance(value, Constant) else ""


def _renamed(generator: str, name: str) -> str:
    """What a generator of aliases that everyone uses makes of a name; empty for one that is not known."""
    words = [word for word in name.split("_") if word]
    match generator:
        case "to_camel" | "camelize" | "camel" | "camelcase" | "to_lower_camel":
            return "".join([*words[:1], *(word[:1].upper() + word[1:] for word in words[1:])])
        case "to_pascal" | "pascalize" | "pascal" | "pascalcase":
            return "".join(word[:1].upper() + word[1:] for word in words)
        case "to_snake" | "lower":
            return name.lower()
        case "kebab":
            return "-".join(words)
        case "upper":
            return name.upper()
        case _:
            return ""
