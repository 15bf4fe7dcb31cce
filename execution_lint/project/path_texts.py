"""Which texts a path or a prefix can be: constants, sums, f-strings, and parameters as their callers give them."""

from collections.abc import Callable, Iterator
from itertools import product

from execution_lint.facts.scopes import ExitKind
from execution_lint.facts.values import (
    NONE,
    SLICE,
    Attribute,
    Call,
    Choice,
    Formatted,
    Free,
    Item,
    Operation,
    Parameter,
    Ref,
    Text,
    Unknown,
)
from execution_lint.project.callers import Callers
from execution_lint.project.inference import Inference
from execution_lint.project.route_rows import NO_ROW, Row
from execution_lint.project.strings import MAXIMUM, strings
from execution_lint.project.things import At, ClassThing, ExternalThing, Frame, FunctionThing, InstanceThing, Thing

MAXIMUM_DEPTH = 12
"""Steps from a path to the texts that it is made of."""
MAXIMUM_CALLS = 3
"""Functions that make a path out of each other's."""
UNKNOWN = "…"
"""Stands for what is not known of a path."""

_CUTS: dict[str, Callable[[str, str], str]] = {
    "rstrip": lambda text, characters: text.rstrip(characters),
    "lstrip": lambda text, characters: text.lstrip(characters),
    "strip": lambda text, characters: text.strip(characters),
    "removesuffix": lambda text, end: text.removesuffix(end),
    "removeprefix": lambda text, start: text.removeprefix(start),
}
_SETTINGS = frozenset({"BaseModel", "BaseSettings", "Struct"})


class PathTexts:
    """Answers which texts a value can be, as far as the project says it."""

    def __init__(self, inference: Inference, callers: Callers) -> None:
        self._inference = inference
        self._callers = callers
        self._calls: tuple[Frame, ...] = ()
        self._row = NO_ROW

    def of(self, at: At, *calls: Frame | None, row: Row = NO_ROW) -> tuple[str, ...] | None:
        """Every text that the value can be; None where that is not known. `calls` are functions as one of their calls
        looks at each, and say what their parameters are; `row` is the one that a loop over a table is at."""
        self._calls, self._row = tuple(call for call in calls if call is not None), row
        try:
            return self._of(at, MAXIMUM_DEPTH)
        finally:
            self._calls, self._row = (), NO_ROW

    def spelled(self, at: At, *calls: Frame | None, row: Row = NO_ROW) -> tuple[str, ...]:
        """Every text that the value can be; `…` and the end of it, where the beginning is not known."""
        found = self.of(at, *calls, row=row)
        if found:
            return found
        self._calls, self._row = tuple(call for call in calls if call is not None), row
        try:
            return (f"{UNKNOWN}{self._end(at, MAXIMUM_DEPTH)}",)
        finally:
            self._calls, self._row = (), NO_ROW

    def _of(self, at: At, depth: int) -> tuple[str, ...] | None:
        if not depth:
            return None
        at = self._row.at(at)
        match self._inference.value(at):
            case Formatted(parts=parts) | Operation(operator="+", operands=parts):
                return _joined([self._of(At(at.frame, part), depth - 1) for part in parts])
            case Free(name=name):
                sites = self._inference.sites(at.frame, name)
                if len(sites) == 1 and sites[0].key != at.key:
                    return self._of(sites[0], depth - 1)
            case Parameter(name=name):
                given = self._given(at, name)
                return self._each(given, depth) if given else None
            case Choice(kind="if" | "join", alternatives=alternatives):
                whole = tuple(ref for ref in alternatives if not self._is_cut(at.frame, ref, alternatives))
                return self._each(tuple(At(at.frame, alternative) for alternative in whole), depth)
            case Choice(kind="or", alternatives=alternatives):
                first = self._of(At(at.frame, alternatives[0]), depth - 1)
                if first and all(first):
                    return first
                return self._each(tuple(At(at.frame, alternative) for alternative in alternatives), depth)
            case Call() as call:
                cut = self._cut(at.frame, call, depth)
                if cut is not None:
                    return cut
                returned = tuple(self._returned(at, call))
                if returned:
                    return self._each(returned, depth)
            case Attribute() as attribute:
                constant = self._constant(at.frame, attribute, depth)
                if constant is not None:
                    return constant
            case _:
                pass
        return strings(self._inference, at)

    def _each(self, values: tuple[At, ...], depth: int) -> tuple[str, ...] | None:
        found: dict[str, None] = {}
        for value in values:
            part = self._of(value, depth - 1)
            if part is None:
                return None
            found.update(dict.fromkeys(part))
        return tuple(found) if len(found) <= MAXIMUM else None

    def _given(self, at: At, name: str) -> tuple[At, ...]:
        for call in self._calls:
            if call.arguments is not None and call.definition == at.frame.definition:
                return call.arguments.get(name, ())
        return self._callers.given(at)

    def _called(self, at: At) -> At:
        """The value as the call looks at it that is asked about."""
        value = self._inference.value(at)
        if isinstance(value, Free):
            sites = self._inference.sites(at.frame, value.name)
            if len(sites) == 1 and isinstance(self._inference.value(sites[0]), Parameter):
                at = sites[0]
        return next((At(call, at.ref) for call in self._calls if call.definition == at.frame.definition), at)

    def _returned(self, at: At, call: Call) -> Iterator[At]:
        """The values that a function of the project gives for a call."""
        for thing in self._inference.things(At(at.frame, call.function)):
            if isinstance(thing, FunctionThing) and at.frame.calls < MAXIMUM_CALLS:
                definition = thing.definition
                arguments = self._inference.arguments(thing, at)
                frame = Frame(definition.path, definition.region, definition.scope, arguments, calls=at.frame.calls + 1)
                for exit in self._inference.scope(definition).exits:
                    if exit.kind is ExitKind.RETURN and exit.value != NONE:
                        yield At(frame, exit.value)

    def _cut(self, frame: Frame, call: Call, depth: int) -> tuple[str, ...] | None:
        """`prefix.rstrip("/")` and the like."""
        function = self._inference.scope(frame).values[call.function]
        if not isinstance(function, Attribute) or function.name not in _CUTS or len(call.arguments) != 1:
            return None
        given = self._inference.scope(frame).values[call.arguments[0].value]
        texts = self._of(At(frame, function.base), depth - 1)
        if texts is None or not isinstance(given, Text):
            return None
        return tuple(dict.fromkeys(_CUTS[function.name](text, given.value) for text in texts))

    def _is_cut(self, frame: Frame, ref: Ref, alternatives: tuple[Ref, ...]) -> bool:
        """Whether an alternative is a piece of another one, which is no text that ends in a slash: what is cut off on
        one way alone is that slash."""
        values = self._inference.scope(frame).values
        value = values[ref] if ref != NONE else None
        if not isinstance(value, Item) or value.base not in alternatives or values[value.index] != Unknown(SLICE):
            return False
        texts = self._of(At(frame, value.base), MAXIMUM_DEPTH // 2)
        return texts is not None and not any(text.endswith("/") for text in texts)

    def _constant(self, frame: Frame, attribute: Attribute, depth: int) -> tuple[str, ...] | None:
        """`Paths.JOBS`, annotated or not, of a class that is no model whose fields are set from elsewhere."""
        found: dict[str, None] = {}
        for thing in self._inference.things(self._called(At(frame, attribute.base))):
            given = self._made_with(thing, attribute.name)
            if given is not None:
                texts = self._of(given, depth - 1)
                if texts is None:
                    return None
                found.update(dict.fromkeys(texts))
                continue
            cls = thing.of if isinstance(thing, InstanceThing) else thing
            if not isinstance(cls, ClassThing) or self._inference.is_enum(cls) or self._is_settings(cls):
                return None
            if any(True for _ in self._inference.self_assignments(cls, attribute.name)):
                return None
            field = self._inference.field(cls, attribute.name)
            if field is None or field[1].value == NONE:
                return None
            texts = self._of(At(field[0], field[1].value), depth - 1)
            if texts is None:
                return None
            found.update(dict.fromkeys(texts))
        return tuple(found) or None

    def _made_with(self, thing: Thing, name: str) -> At | None:
        """What an object was given for an attribute as it was made, where its constructor alone sets that."""
        if not isinstance(thing, InstanceThing) or not isinstance(thing.of, ClassThing) or thing.origin is None:
            return None
        set_at = tuple(self._inference.self_assignments(thing.of, name))
        value = self._inference.value(At(set_at[0][0], set_at[0][1].value)) if len(set_at) == 1 else None
        if not isinstance(value, Parameter):
            return None
        frame = set_at[0][0]
        if self._inference.scope(frame).name != "__init__":
            return None
        origin = thing.origin
        made = At(Frame(origin.path, origin.region, origin.scope), origin.ref)
        given = self._inference.arguments(FunctionThing(frame.definition, thing), made).get(value.name, ())
        return given[0] if len(given) == 1 else None

    def _is_settings(self, cls: ClassThing) -> bool:
        return bool(self._inference.constructor_fields(cls)) or any(
            isinstance(base, ExternalThing) and base.name.rpartition(".")[2] in _SETTINGS
            for base in self._inference.ancestry(cls)
        )

    def _end(self, at: At, depth: int) -> str:
        """The end of a text whose beginning is not known."""
        match self._inference.value(at):
            case Formatted(parts=parts) | Operation(operator="+", operands=parts) if depth:
                end = ""
                for part in reversed(parts):
                    found = self._of(At(at.frame, part), depth - 1)
                    if found is None or len(found) != 1:
                        return self._end(At(at.frame, part), depth - 1) + end
                    end = found[0] + end
                return end
            case Call() as call if depth:
                ends = [self._known_end(value, depth) for value in self._returned(at, call)]
                shortest = min(ends, key=len, default="")
                return shortest if all(end.endswith(shortest) for end in ends) else ""
            case Free(name=name) if depth:
                sites = self._inference.sites(at.frame, name)
                return self._end(sites[0], depth - 1) if len(sites) == 1 and sites[0].key != at.key else ""
            case Parameter(name=name) if depth:
                given = self._given(at, name)
                return self._known_end(given[0], depth) if len(given) == 1 else ""
            case Choice(kind="if" | "join", alternatives=alternatives) if depth:
                ends = [self._known_end(At(at.frame, alternative), depth) for alternative in alternatives]
                shortest = min(ends, key=len, default="")
                return shortest if all(end.endswith(shortest) for end in ends) else ""
            case _:
                return ""

    def _known_end(self, at: At, depth: int) -> str:
        found = self._of(at, depth - 1)
        return found[0] if found is not None and len(found) == 1 else self._end(at, depth - 1)


def _joined(parts: list[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    found = tuple(dict.fromkeys("".join(choice) for choice in product(*known)))
    return found if len(found) <= MAXIMUM else None
