"""What a route declares to send: a model that filters, renames and refuses what the handler returns."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.values import NONE, Call, Constant, Mapping, Ref
from execution_lint.model.place import Place
from execution_lint.project.answers import an_object, unknown
from execution_lint.project.inference import Inference
from execution_lint.project.models import EVERY_FIELD, Model, Models, Selection
from execution_lint.project.registration import Registration
from execution_lint.project.routers import argument_of
from execution_lint.project.shapes import Shapes
from execution_lint.project.spelling import spelled
from execution_lint.project.strings import status_code
from execution_lint.project.subjects import Answer, AnswerKind, WireField, WireModel
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    ExternalThing,
    Frame,
    InstanceThing,
    Thing,
    Things,
)

_SELECTING = {
    "response_model_include": "include",
    "response_model_exclude": "exclude",
    "response_model_exclude_none": "exclude_none",
    "response_model_exclude_unset": "exclude_unset",
    "response_model_exclude_defaults": "exclude_defaults",
    "exclude_none": "exclude_none",
    "exclude_unset": "exclude_unset",
    "exclude_defaults": "exclude_defaults",
}
_PASSING = frozenset(
    {
        "typing.Any",
        "typing.Mapping",
        "typing.MutableMapping",
        "typing.Dict",
        "typing.DefaultDict",
        "builtins.dict",
        "builtins.object",
        "collections.abc.Mapping",
        "collections.abc.MutableMapping",
        "collections.OrderedDict",
        "collections.defaultdict",
    }
)
"""Types that let every key of the returned object through."""


class WireModels:
    """Reads the wire model of a handler in the framework's order of decision.

    FastAPI: an explicit `response_model` wins, `None` turns it off; else the return annotation, unless it names a
    response. See `_populate_api_route_state` in its `routing.py`. Django Ninja: `response=`. The others have none.
    """

    def __init__(self, inference: Inference, shapes: Shapes) -> None:
        self._inference = inference
        self._shapes = shapes
        self._models: Models = shapes.models

    def of_handler(self, frame: Frame, registrations: list[Registration]) -> WireModel | None:
        """The model that decides what the routes of a handler send; None where the handler's own answer is sent."""
        found = [self._of_registration(frame, registration) for registration in registrations]
        first = found[0]
        if any(other != first and _decides(other) != _decides(first) for other in found[1:]):
            place = next(model.place for model in found if model is not None)
            return WireModel(
                "one of several models",
                place,
                (unknown("its routes declare different models"),),
                (),
                allows_more=True,
                keeps_more=False,
                selected_at=place,
            )
        return first

    def _of_registration(self, frame: Frame, registration: Registration) -> WireModel | None:
        at = registration.decorator
        call = self._inference.value(at) if at is not None else None
        match registration.framework:
            case "fastapi":
                if at is not None and isinstance(call, Call):
                    ref = argument_of(call, "response_model", 99)
                    if ref != NONE:
                        value = self._inference.scope(at.frame).values[ref]
                        if isinstance(value, Constant) and value.kind == "None":
                            return None
                        return self._declared(At(at.frame, ref), "response_model=", at, call)
                scope = self._inference.scope(frame)
                if scope.returns == NONE:
                    return None
                return self._declared(At(frame, scope.returns), "-> ", at, call)
            case "django-ninja":
                if at is None or not isinstance(call, Call):
                    return None
                ref = argument_of(call, "response", 99)
                return None if ref == NONE else self._by_status(At(at.frame, ref), at, call)
            case _:
                return None

    def _by_status(self, declared: At, at: At, call: Call) -> WireModel | None:
        """Django Ninja's `response={200: Schema, 404: Problem}`: that of success."""
        value = self._inference.value(declared)
        if not isinstance(value, Mapping):
            return self._declared(declared, "response=", at, call)
        for key, held in value.entries:
            code = status_code(self._inference, At(declared.frame, key)) if key != NONE else None
            if code is not None and 200 <= code < 300:
                return self._declared(At(declared.frame, held), "response=", at, call)
        return None

    def _declared(self, declared: At, prefix: str, at: At | None, call: object) -> WireModel | None:
        arguments = call.arguments if isinstance(call, Call) else ()
        given = {argument.name: argument.value for argument in arguments}
        selection = self._models.selection(
            (_SELECTING[argument.name], At(at.frame, argument.value))
            for argument in arguments
            if at is not None and argument.name in _SELECTING
        )
        by_alias = self._by_alias(prefix, at, given)
        types = self._inference.types(declared)
        if not types or any(self._passes(thing) for thing in types) or _is_null(types):
            return None
        scope = self._inference.scope(declared.frame)
        models = [model for thing in types if isinstance(model := self._model(thing), Model)]
        place = Place(declared.frame.path, scope.spans[declared.ref])
        cut = next(
            (given[name] for name in ("response_model_exclude", "response_model_include") if name in given), NONE
        )
        written = spelled(scope, declared.ref)
        return WireModel(
            spelled=f"{prefix}{written}" if written else prefix.strip("= "),
            place=place,
            answers=tuple(
                dict.fromkeys(
                    answer for thing in types for answer in self._sent(thing, by_alias=by_alias, selection=selection)
                )
            ),
            fields=self._fields(models, selection, by_alias=by_alias) if len(models) == 1 == len(types) else (),
            allows_more=len(models) != 1 or len(types) != 1 or models[0].allows_more or bool(models[0].reason),
            keeps_more=len(models) == 1 == len(types)
            and models[0].allows_more
            and not models[0].reason
            and selection == EVERY_FIELD,
            selected_at=Place(at.frame.path, self._inference.scope(at.frame).spans[cut])
            if at is not None and cut != NONE
            else place,
        )

    def _by_alias(self, prefix: str, at: At | None, given: dict[str, Ref]) -> bool:
        name = "by_alias" if prefix == "response=" else "response_model_by_alias"
        if at is None or name not in given:
            return prefix != "response="
        value = self._inference.value(At(at.frame, given[name]))
        return not (isinstance(value, Constant) and value.text == "False")

    def _passes(self, thing: Thing) -> bool:
        """Whether a declared type lets the handler's own answer through."""
        match thing:
            case InstanceThing(of=ExternalThing(name=name)) if name in _PASSING:
                return True
            case InstanceThing():
                return self._shapes.is_response(thing)
            case _:
                return False

    def _model(self, thing: Thing) -> Model | Answer | None:
        if isinstance(thing, InstanceThing) and isinstance(thing.of, ClassThing):
            return self._models.of(thing.of)
        return None

    def _sent(self, thing: Thing, *, by_alias: bool, selection: Selection) -> Iterator[Answer]:
        if isinstance(thing, InstanceThing) and isinstance(thing.of, ClassThing) and self._model(thing) is not None:
            yield from self._shapes.of_model(thing.of, by_alias=by_alias, selection=selection)
        else:
            yield from self._shapes.of_thing(thing)

    def _fields(self, models: list[Model], selection: Selection, *, by_alias: bool) -> tuple[WireField, ...]:
        return tuple(
            WireField(
                name=field.name,
                sent=field.sent if by_alias else field.name,
                reads=field.reads,
                is_required=field.is_required,
                is_excluded=field.is_excluded,
                is_left_out=field.name in selection.exclude
                or (selection.include is not None and field.name not in selection.include),
                place=field.place,
            )
            for field in models[0].fields
        )


def _decides(model: WireModel | None) -> object:
    return None if model is None else model.answers


def _is_null(types: Things) -> bool:
    return all(isinstance(thing, ConstantThing) for thing in types)


_REFUSED = Answer(AnswerKind.RAISE, reason="ResponseValidationError: the model takes no null", is_error=True)


def sent(model: WireModel, returned: tuple[Answer, ...], *, is_dict: bool) -> tuple[Answer, ...]:
    """What the model makes of what a handler returns: null stays null, an error keeps its status, and a model that
    keeps further keys those of a dict."""
    bodies = tuple(answer for answer in model.answers if not _is_none(answer))
    may_be_null = len(bodies) < len(model.answers)
    found: dict[Answer, None] = {}
    for answer in returned:
        if (may_be_null and _is_none(answer)) or answer.kind in (AnswerKind.NOT_JSON, AnswerKind.RAISE):
            found[answer] = None
        elif _is_none(answer) and any(body.kind is AnswerKind.OBJECT for body in bodies):
            found[_REFUSED] = None
        elif is_dict and model.keeps_more and answer.kind is AnswerKind.OBJECT:
            more = answer.keys - {key for field in model.fields for key in field.reads}
            keys = frozenset().union(more, *(body.keys for body in bodies))
            optional = answer.optional.union(*(body.optional for body in bodies))
            body = an_object(keys, optional, is_open=answer.is_open, reason=answer.reason, is_error=answer.is_error)
            found[body] = None
        else:
            for body in bodies:
                found[msgspec.structs.replace(body, is_error=body.is_error or answer.is_error)] = None
            if may_be_null and answer.kind is AnswerKind.UNKNOWN:
                found.update(dict.fromkeys(null for null in model.answers if _is_none(null)))
    return tuple(found)


def _is_none(answer: Answer) -> bool:
    return answer.kind is AnswerKind.BARE and answer.reason == "null"
