"""Which exceptions an application answers itself: by decorators, by calls, by the table of an application."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.values import NONE, Attribute, Call, Mapping, Ref
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.routers import argument_of
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    Thing,
    Things,
)
from execution_lint.source.regions import Needles

_DECORATORS = frozenset({"exception_handler", "errorhandler", "app_errorhandler"})
_CALLS = frozenset({"add_exception_handler", "register_error_handler"})
_TABLES = frozenset({"exception_handlers"})
WORDS = _DECORATORS | _CALLS | _TABLES
"""Words one of which stands wherever an exception handler is registered."""
FASTAPI_ERROR = "fastapi.HTTPException"
STARLETTE_ERROR = "starlette.exceptions.HTTPException"
_SPELLINGS = {
    "fastapi.exceptions.HTTPException": FASTAPI_ERROR,
    "fastapi.exceptions.StarletteHTTPException": STARLETTE_ERROR,
    "fastapi.exception_handlers.HTTPException": STARLETTE_ERROR,
}
_PARENTS = {FASTAPI_ERROR: STARLETTE_ERROR}


class ErrorHandler(msgspec.Struct, frozen=True):
    """A function that answers for an exception or a status code."""

    function: Definition
    caught: tuple[str, ...]
    """The dotted names of the exceptions, with what they stand for; codes as digits."""
    place: Place
    """Where it is registered."""
    scope: str


class ErrorHandlers:
    """Finds the exception handlers of FastAPI, Starlette, Flask and Quart applications."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def __iter__(self) -> Iterator[ErrorHandler]:
        for path, regions in self._inference.modules.library.candidates(Needles(WORDS)):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index in range(len(facts.scopes) if facts is not None else 0):
                    yield from self._within(Frame(path, region, index))

    def _within(self, frame: Frame) -> Iterator[ErrorHandler]:
        scope = self._inference.scope(frame)
        for decorator in scope.decorators:
            call = scope.values[decorator]
            function = scope.values[call.function] if isinstance(call, Call) else None
            if isinstance(call, Call) and isinstance(function, Attribute) and function.name in _DECORATORS:
                for argument in call.arguments[:1]:
                    yield self._handler(frame, frame.definition, argument.value, decorator)
        for ref, value in enumerate(scope.values):
            if not isinstance(value, Call):
                continue
            function = scope.values[value.function]
            if isinstance(function, Attribute) and function.name in _CALLS and len(value.arguments) > 1:
                for thing in self._inference.things(At(frame, value.arguments[1].value)):
                    if isinstance(thing, FunctionThing):
                        yield self._handler(frame, thing.definition, value.arguments[0].value, ref)
            table = argument_of(value, "exception_handlers", 99)
            if table != NONE:
                yield from self._tabled(frame, table)

    def _tabled(self, frame: Frame, table: Ref) -> Iterator[ErrorHandler]:
        value = self._inference.scope(frame).values[table]
        for key, held in value.entries if isinstance(value, Mapping) else ():
            for thing in self._inference.things(At(frame, held)) if key != NONE else ():
                if isinstance(thing, FunctionThing):
                    yield self._handler(frame, thing.definition, key, key)

    def _handler(self, frame: Frame, function: Definition, caught: Ref, at: Ref) -> ErrorHandler:
        scope = self._inference.scope(frame)
        names = tuple(names_of(self._inference, self._inference.things(At(frame, caught))))
        return ErrorHandler(function, names, Place(frame.path, scope.spans[at]), scope.qualname)


def names_of(inference: Inference, things: Things) -> Iterator[str]:
    """The dotted names of exception classes and what they inherit, nearest first; codes as digits."""
    for thing in things:
        match thing:
            case ConstantThing(kind="int", text=text):
                yield text
            case ClassThing():
                for base in inference.ancestry(thing):
                    yield from _own_names(inference, base)
            case _:
                yield from _own_names(inference, thing)


def _own_names(inference: Inference, thing: Thing) -> Iterator[str]:
    match thing:
        case ClassThing(definition=definition):
            yield inference.qualname(definition)
        case ExternalThing(name=name):
            spelled = _SPELLINGS.get(name, name)
            yield spelled
            if spelled in _PARENTS:
                yield _PARENTS[spelled]
        case _:
            return
