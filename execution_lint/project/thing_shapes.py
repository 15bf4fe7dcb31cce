"""What an object is as JSON, by its class."""

from abc import abstractmethod
from collections.abc import Iterator

import msgspec

from execution_lint.project.answers import unknown
from execution_lint.project.models import EVERY_FIELD, Selection
from execution_lint.project.responses import Responses
from execution_lint.project.standard_names import COROUTINES
from execution_lint.project.subjects import Answer, AnswerKind
from execution_lint.project.things import (
    ClassThing,
    ConstantThing,
    ExternalThing,
    Frame,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    TextThing,
    Thing,
    UnknownThing,
)

_SCALARS = {
    "builtins.str": "a string",
    "builtins.int": "a number",
    "builtins.float": "a number",
    "builtins.bool": "a boolean",
    "builtins.bytes": "bytes",
    "builtins.list": "a list",
    "builtins.tuple": "a list",
    "builtins.set": "a list",
    "builtins.frozenset": "a list",
    "typing.List": "a list",
    "typing.Sequence": "a list",
    "collections.abc.Sequence": "a list",
    "typing.Iterable": "a list",
    "typing.Tuple": "a list",
    "datetime.datetime": "a string",
    "uuid.UUID": "a string",
}
_DICTS = frozenset(
    {
        "builtins.dict",
        "typing.Dict",
        "typing.Mapping",
        "collections.abc.Mapping",
        "collections.OrderedDict",
        "typing.MutableMapping",
    }
)

SCALAR_KINDS = {"None": "null", "bool": "a boolean", "int": "a number", "float": "a number"}


class ThingShapes(Responses):
    """Answers what is sent for an object of which only its class is known."""

    def of_model(self, cls: ClassThing, *, by_alias: bool, selection: Selection = EVERY_FIELD) -> Iterator[Answer]:
        """What an object of the class is sent as, with the fields that are selected."""
        model = self.models.of(cls)
        root = self.models.root(cls) if isinstance(model, Answer) else None
        if root is not None:
            for thing in self._inference.types(root):
                yield from self.of_thing(thing)
        elif isinstance(model, Answer):
            yield model
        elif model is None:
            name = self._inference.scope(cls.definition).qualname
            yield unknown(f"`{name}` is no model whose fields are declared")
        elif model.serializer is None:
            yield model.answer(by_alias=by_alias, selection=selection)
        else:
            fields = msgspec.structs.replace(model, serializer=None).answer(by_alias=by_alias, selection=selection)
            yield from self.serialized(model.serializer, fields)

    @abstractmethod
    def serialized(self, method: Frame, fields: Answer) -> Iterator[Answer]:
        """What a method makes of an object whose fields would be sent as `fields`."""

    def of_thing(self, thing: Thing) -> Iterator[Answer]:
        """What an object is as JSON, by its class."""
        match thing:
            case InstanceThing(of=ClassThing() as cls):
                if self._inference.is_enum(cls):
                    yield Answer(AnswerKind.BARE, reason="a string")
                    return
                base = self._response_base(cls)
                if base:
                    yield unknown("a response that was made elsewhere")
                    return
                yield from self.of_model(cls, by_alias=True)
            case InstanceThing(of=ExternalThing(name=name)) if name in _DICTS:
                yield Answer(AnswerKind.OBJECT, is_open=True, reason="a dict whose keys are not declared")
            case InstanceThing(of=ExternalThing(name=name)) if name in _SCALARS:
                yield Answer(AnswerKind.BARE, reason=_SCALARS[name])
            case InstanceThing(of=ExternalThing(name=name), parameters=parameters) if name in COROUTINES and parameters:
                for part in parameters[-1]:
                    yield from self.of_thing(part)
            case InstanceThing(of=ExternalThing(name="typing.Generator")):
                yield Answer(AnswerKind.NOT_JSON, reason="a generator")
            case InstanceThing(of=ExternalThing() as external) if self.is_response(external):
                yield unknown("a response that was made elsewhere")
            case InstanceThing(of=ExternalThing(name=name)):
                yield unknown(f"`{name}` is outside the project")
            case MemberThing() | MemberValueThing() | TextThing():
                yield Answer(AnswerKind.BARE, reason="a string")
            case ConstantThing(kind=kind):
                yield Answer(AnswerKind.BARE, reason=SCALAR_KINDS.get(kind, "a scalar"))
            case UnknownThing(reason=reason):
                yield unknown(reason)
            case ExternalThing(name=name):
                yield unknown(f"`{name}` is outside the project")
            case _:
                yield unknown("an object that is not followed")
