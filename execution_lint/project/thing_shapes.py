"""What an object is as JSON, by its class."""

from collections.abc import Iterator

from execution_lint.project.answers import unknown
from execution_lint.project.responses import Responses
from execution_lint.project.subjects import Answer, AnswerKind
from execution_lint.project.things import (
    ClassThing,
    ConstantThing,
    ExternalThing,
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
                answer = self.models.answer(cls, by_alias=True)
                yield (
                    answer
                    if answer is not None
                    else unknown(
                        f"`{self._inference.scope(cls.definition).qualname}` is no model whose fields are declared"
                    )
                )
            case InstanceThing(of=ExternalThing(name=name)) if name in _DICTS:
                yield Answer(AnswerKind.OBJECT, is_open=True, reason="a dict whose keys are not declared")
            case InstanceThing(of=ExternalThing(name=name)) if name in _SCALARS:
                yield Answer(AnswerKind.BARE, reason=_SCALARS[name])
            case InstanceThing(of=ExternalThing(name="typing.Coroutine"), parameters=parameters) if parameters:
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
