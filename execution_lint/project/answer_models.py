"""Which wire models break the envelope of a governed route, and which declaration is to blame."""

from collections.abc import Iterable, Iterator

import msgspec

from execution_lint.model.place import Place
from execution_lint.project.subjects import AnswerKind, AnswerModel, RouteExit, WireModel


def answer_models(exits: Iterable[RouteExit]) -> Iterator[AnswerModel]:
    """The wire models that do not send what an envelope requires, once for each place that is to blame."""
    found: dict[tuple[Place, str], AnswerModel] = {}
    handlers: dict[tuple[Place, str], set[str]] = {}
    for exit in exits:
        if exit.governance is None or exit.wire is None:
            continue
        for place, because, missing in _blamed(exit.wire, exit.governance.envelope.require):
            key = (place, exit.governance.envelope.name)
            others = handlers.setdefault(key, set())
            others.add(exit.handler)
            if key not in found:
                found[key] = AnswerModel(place, exit.scope, exit, missing, because, 0, exit.governance.related)
    for key, model in found.items():
        yield msgspec.structs.replace(model, others=len(handlers[key]) - 1)


def _blamed(wire: WireModel, required: tuple[str, ...]) -> Iterator[tuple[Place, str, tuple[str, ...]]]:
    """The places to blame, what they do, and to which required keys."""
    bodies = [answer for answer in wire.answers if answer.reason != "null" or answer.kind is not AnswerKind.BARE]
    if not required or not bodies or any(answer.kind is AnswerKind.NOT_JSON for answer in bodies):
        return
    fields = {field.name: field for field in wire.fields}
    sent = {field.sent for field in wire.fields if not field.is_excluded and not field.is_left_out}
    blamed: dict[tuple[Place, str], list[str]] = {}
    for key in required:
        field = fields.get(key)
        if field is not None and key not in sent and field.sent:
            if field.is_left_out:
                cause = (wire.selected_at, f"the route leaves it out of `{wire.spelled}`")
            elif field.is_excluded:
                cause = (field.place, f"`{wire.spelled}` excludes the field")
            else:
                cause = (field.place, f"`{wire.spelled}` sends it as `{field.sent}`")
            blamed.setdefault(cause, []).append(key)
        elif any(answer.lacks(key) or answer.kind is AnswerKind.BARE for answer in bodies):
            blamed.setdefault((wire.place, f"`{wire.spelled}` decides what is sent"), []).append(key)
    for (place, because), missing in blamed.items():
        yield place, because, tuple(missing)
