"""What is sent: dumps of models, and the response objects of the web frameworks."""

from abc import abstractmethod
from collections.abc import Iterator

import msgspec

from execution_lint.facts.scopes import ExitKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Constant,
    Parameter,
    Ref,
)
from execution_lint.project.answers import EMPTY, unknown
from execution_lint.project.dict_changes import DictChanges
from execution_lint.project.inference import Inference
from execution_lint.project.models import EVERY_FIELD, Models, Selection
from execution_lint.project.response_names import NO_BODY, OTHER_RESPONSES, RAW, STATUS, response_kind
from execution_lint.project.strings import status_code
from execution_lint.project.subjects import Answer, AnswerKind
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    Thing,
)

_CONTENTS = ("content", "response", "data", "body", "value", "text")
"""What the frameworks call the argument that is sent."""
_CODES = ("status_code", "status", "code")
_DUMPS = frozenset({"model_dump", "dict", "_asdict", "model_dump_json"})


class Responses(DictChanges):
    """Answers what a response object or the dump of a model carries."""

    def __init__(self, inference: Inference) -> None:
        super().__init__(inference)
        self.models = Models(inference)

    def _dumped(self, frame: Frame, call: Call) -> tuple[Answer, ...] | None:
        """`model.model_dump()` and the like: the fields of the model."""
        function = self._inference.scope(frame).values[call.function]
        if isinstance(function, Attribute) and function.name == "copy" and not call.arguments:
            copied = self.answers(At(frame, function.base))
            return copied if any(answer.kind is AnswerKind.OBJECT for answer in copied) else None
        if not isinstance(function, Attribute) or function.name not in _DUMPS:
            return None
        found: list[Answer] = []
        for thing in self._inference.things(At(frame, function.base)):
            if not isinstance(thing, InstanceThing) or not isinstance(thing.of, ClassThing):
                return None
            if self._inference.class_sites(thing.of, function.name):
                return None
            given = {argument.name: argument.value for argument in call.arguments}
            by_alias = "by_alias" in given and not self._is_off(At(frame, given["by_alias"]))
            selection = self.models.selection((argument.name, At(frame, argument.value)) for argument in call.arguments)
            if self.models.of(thing.of) is None:
                return None
            found += self.of_model(thing.of, by_alias=by_alias, selection=selection)
        return tuple(found) or None

    @abstractmethod
    def of_model(self, cls: ClassThing, *, by_alias: bool, selection: Selection = EVERY_FIELD) -> Iterator[Answer]:
        """What an object of the class is sent as, with the fields that are selected."""

    def _is_off(self, at: At) -> bool:
        value = self._inference.value(at)
        return isinstance(value, Constant) and value.text in ("False", "None")

    def _jsonify(self, frame: Frame, call: Call) -> Iterator[Answer]:
        positional = [argument for argument in call.arguments if argument.name == ""]
        if len(positional) > 1:
            yield Answer(AnswerKind.BARE, reason="a list")
        elif positional:
            yield from self.answers(At(frame, positional[0].value))
        else:
            answers: tuple[Answer, ...] = (EMPTY,)
            for argument in call.arguments:
                answers = self._with_argument(frame, answers, argument)
            yield from answers

    def _response_base(self, cls: ClassThing) -> str:
        """The kind of response that a class of the project extends; empty for none."""
        for base in self._inference.ancestry(cls):
            if isinstance(base, ExternalThing):
                kind = response_kind(base.name)
                if kind:
                    return kind
        return ""

    def renders_content(self, cls: ClassThing) -> bool:
        """Whether a response class of the project sends its content as JSON: it has no `render` of its own, or one that
        only dumps what it is given."""
        for base in self._inference.ancestry(cls):
            for site in self._inference.class_sites(base, "render") if isinstance(base, ClassThing) else ():
                for thing in self._inference.things(site):
                    if not isinstance(thing, FunctionThing):
                        return False
                    if not self._only_dumps(thing, 2):
                        return False
        return True

    def _only_dumps(self, function: FunctionThing, depth: int) -> bool:
        """Whether a function returns one of its parameters as JSON text, by `dumps` or another function that does."""
        definition = function.definition
        frame = Frame(definition.path, definition.region, definition.scope)
        returned = [exit.value for exit in self._inference.scope(frame).exits if exit.kind is ExitKind.RETURN]
        return bool(returned) and all(value != NONE and self._is_text_of(At(frame, value), depth) for value in returned)

    def _is_text_of(self, at: At, depth: int) -> bool:
        """`json.dumps(content)`, `orjson.dumps(content, ...)`, with or without `.encode()`."""
        scope = self._inference.scope(at.frame)
        call = scope.values[at.ref]
        if not isinstance(call, Call):
            return False
        function = scope.values[call.function]
        if isinstance(function, Attribute) and function.name == "encode":
            return self._is_text_of(At(at.frame, function.base), depth)
        if not call.arguments or not isinstance(scope.values[call.arguments[0].value], Parameter):
            return False
        things = self._inference.things(At(at.frame, call.function))
        return bool(things) and all(
            (isinstance(thing, ExternalThing) and thing.name.rpartition(".")[2] == "dumps")
            or (isinstance(thing, FunctionThing) and depth > 0 and self._only_dumps(thing, depth - 1))
            for thing in things
        )

    def is_response(self, thing: Thing) -> bool:
        """Whether a thing is a response object or class, which no wire model touches."""
        match thing:
            case InstanceThing(of=of):
                return self.is_response(of)
            case ClassThing():
                return bool(self._response_base(thing))
            case ExternalThing(name=name):
                return bool(response_kind(name))
            case _:
                return False

    def _response(self, frame: Frame, call: Call, kind: str, *, is_own: bool) -> Iterator[Answer]:
        if kind in OTHER_RESPONSES:
            yield Answer(AnswerKind.NOT_JSON, reason=OTHER_RESPONSES[kind])
            return
        positional = [argument.value for argument in call.arguments if argument.name == ""]
        named = {argument.name: argument.value for argument in call.arguments}
        if kind == STATUS:
            positional = positional[1::-1]
        content = next((named[name] for name in _CONTENTS if name in named), positional[0] if positional else NONE)
        code_ref = next(
            (named[name] for name in _CODES if name in named), positional[1] if len(positional) > 1 else NONE
        )
        code = status_code(self._inference, At(frame, code_ref)) if code_ref != NONE else 200
        is_error = code is None or code >= 400
        if code in NO_BODY:
            yield Answer(AnswerKind.NOT_JSON, reason="no body")
        elif is_own:
            yield unknown("its response class renders the answer")
        elif kind == RAW:
            yield from self._raw_response(frame, content, is_error)
        elif content == NONE or "**" in named:
            yield (
                unknown("a response without visible content")
                if "**" in named
                else Answer(AnswerKind.BARE, reason="null", is_error=is_error)
            )
        else:
            for answer in self.answers(At(frame, content)):
                yield msgspec.structs.replace(answer, is_error=is_error or answer.is_error)

    def _is_dump(self, function: At) -> bool:
        return any(
            isinstance(thing, ExternalThing) and thing.name.rpartition(".")[2] == "dumps"
            for thing in self._inference.things(function)
        )

    def _raw_response(self, frame: Frame, content: Ref, is_error: bool) -> Iterator[Answer]:
        value = self._inference.scope(frame).values[content] if content != NONE else None
        if isinstance(value, Call):
            function = self._inference.scope(frame).values[value.function]
            if isinstance(function, Attribute) and function.name == "model_dump_json":
                for answer in self._dumped(frame, Call(value.function, value.arguments)) or (
                    unknown("a model that is not known"),
                ):
                    yield msgspec.structs.replace(answer, is_error=is_error or answer.is_error)
                return
        if isinstance(value, Call) and value.arguments and self._is_dump(At(frame, value.function)):
            for answer in self.answers(At(frame, value.arguments[0].value)):
                yield msgspec.structs.replace(answer, is_error=is_error or answer.is_error)
            return
        yield Answer(AnswerKind.NOT_JSON, reason="a raw response", is_error=is_error)
