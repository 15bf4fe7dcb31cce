"""The values under the identifying key of an answer that are made up for it and go nowhere else."""

from collections.abc import Iterable, Iterator

from execution_lint.facts.scopes import Scope, TargetKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Changed,
    Choice,
    Declared,
    Element,
    Formatted,
    Free,
    Item,
    Mapping,
    Narrowed,
    Operation,
    Ref,
    Sequence,
    Value,
)
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.answer_values import AnswerValues, refs_by_scope
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import spelled
from execution_lint.project.subjects import InventedIdentifier, RouteExit
from execution_lint.project.things import At, ExternalThing, Frame

MAXIMUM_DEPTH = 10
"""Steps into an expression that are followed."""

_MAKERS = frozenset(
    {
        *(f"uuid.uuid{version}" for version in (1, 3, 4, 5, 6, 7, 8)),
        "uuid.UUID",
        "builtins.hash",
        "builtins.id",
        "builtins.locals",
        "os.urandom",
        "time.time",
        "time.time_ns",
        "time.monotonic",
        "time.perf_counter",
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
    }
)
_MAKER_MODULES = ("random.", "secrets.", "hashlib.", "shortuuid.", "nanoid.", "ulid.", "ksuid.", "cuid.")
_FACTORIES = frozenset({"default_factory", "factory"})
_LOGGING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print"})
_DERIVING = frozenset({"str", "int", "repr", "format", "hex", "len", "isinstance", "bool", "upper", "lower", "replace"})


class InventedIdentifiers:
    """Follows governed answers to what stands under the key that identifies the job, and what else becomes of it."""

    def __init__(self, inference: Inference, values: AnswerValues) -> None:
        self._inference = inference
        self._values = values

    def of_exits(self, exits: Iterable[RouteExit]) -> Iterator[InventedIdentifier]:
        """Every made-up identifier, each place once."""
        found: dict[Place, InventedIdentifier] = {}
        for exit in exits:
            key = exit.governance.envelope.id if exit.governance is not None else None
            if key is None or exit.value is None:
                continue
            origin = Frame(exit.value.path, exit.value.region, exit.value.scope)
            for held in self._values.under(At(origin, exit.value.ref), key):
                made = self._maker(held.at, 0)
                if made is None or self._goes_elsewhere((*held.way, *made)):
                    continue
                scope = self._inference.scope(held.at.frame)
                place = Place(held.at.frame.path, scope.spans[held.at.ref])
                maker = spelled(self._inference.scope(made[-1].frame), made[-1].ref)
                related = (Related("it is answered here", exit.place),) if place.path != exit.place.path else ()
                governed = exit.governance.related if exit.governance is not None else ()
                found.setdefault(
                    place, InventedIdentifier(place, scope.qualname, exit, key, maker, (*related, *governed))
                )
        yield from found.values()

    def _maker(self, at: At, depth: int) -> tuple[At, ...] | None:
        """The steps from a value to the call that makes it up; None where nothing does."""
        if at.ref == NONE or depth >= MAXIMUM_DEPTH:
            return None
        inner: tuple[Ref, ...] = ()
        match self._inference.value(at):
            case Call(function=function, arguments=arguments):
                if self._is_maker(At(at.frame, function)):
                    return (at,)
                callee = self._inference.scope(at.frame).values[function]
                for argument in arguments:
                    if argument.name in _FACTORIES and self._is_factory(At(at.frame, argument.value)):
                        return (at,)
                if isinstance(callee, Attribute):
                    inner = (callee.base,)
                elif isinstance(callee, Free) and callee.name in _DERIVING:
                    inner = tuple(argument.value for argument in arguments)
            case Attribute(base=base) | Item(base=base) | Narrowed(base=base) | Declared(value=base):
                inner = (base,)
            case Formatted(parts=parts) | Operation(operands=parts):
                inner = parts
            case _:
                return None
        for ref in inner:
            found = self._maker(At(at.frame, ref), depth + 1)
            if found is not None:
                return (at, *found)
        return None

    def _is_maker(self, function: At) -> bool:
        return any(
            isinstance(thing, ExternalThing) and (thing.name in _MAKERS or thing.name.startswith(_MAKER_MODULES))
            for thing in self._inference.things(function)
        )

    def _is_factory(self, at: At) -> bool:
        """`default_factory=uuid4`, or a lambda that makes one."""
        if self._is_maker(at):
            return True
        for thing in self._inference.things(at):
            definition = getattr(thing, "definition", None)
            if definition is not None:
                frame = Frame(definition.path, definition.region, definition.scope)
                for exit in self._inference.scope(frame).exits:
                    if self._maker(At(frame, exit.value), 1) is not None:
                        return True
        return False

    def _goes_elsewhere(self, way: tuple[At, ...]) -> bool:
        """Whether a value on the way is stored, passed on or captured, besides what makes the answer."""
        frames = {(at.frame.path, at.frame.region, at.frame.scope): at.frame for at in way}
        return any(self._leaks(frames[key], refs) for key, refs in refs_by_scope(way).items())

    def _leaks(self, frame: Frame, refs: set[Ref]) -> bool:
        scope = self._inference.scope(frame)
        tainted, is_growing = set(refs), True
        while is_growing:
            before = len(tainted)
            for ref, value in enumerate(scope.values):
                if ref not in tainted and _derives(scope, value, tainted):
                    tainted.add(ref)
            is_growing = len(tainted) > before
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call) and ref not in refs and _hands_over(scope, value, tainted):
                return True
        for assignment in scope.assignments:
            holds = assignment.value in tainted or assignment.key in tainted
            if assignment.kind is TargetKind.GLOBAL and assignment.value in tainted:
                return True
            is_stored = assignment.kind in (TargetKind.ATTRIBUTE, TargetKind.ITEM)
            if holds and is_stored and assignment.base not in tainted and not _is_local_dict(scope, assignment.base):
                return True
        names = {name for name, ref in scope.bindings if ref in tainted}
        facts = self._inference.module(frame.path).facts(frame.region)
        inner = [other for other in facts.scopes if other.parent == frame.scope] if facts is not None else []
        return any(
            isinstance(value, Free) and value.name in names
            for other in inner
            if other is not scope
            for value in other.values
        )


def _derives(scope: Scope, value: Value, tainted: set[Ref]) -> bool:
    """Whether a value is made of a tainted one without handing it to anybody."""
    match value:
        case Attribute(base=base) | Item(base=base) | Narrowed(base=base) | Declared(value=base) | Element(base=base):
            return base in tainted
        case Changed(base=base, value=held):
            return base in tainted or (held in tainted and _is_local_dict(scope, base))
        case Formatted(parts=parts) | Operation(operands=parts) | Choice(alternatives=parts) | Sequence(elements=parts):
            return not tainted.isdisjoint(parts)
        case Mapping(entries=entries):
            return any(held in tainted or key in tainted for key, held in entries)
        case Call(function=function, arguments=arguments):
            callee = scope.values[function]
            is_deriving = isinstance(callee, Free) and callee.name in _DERIVING
            is_method = isinstance(callee, Attribute) and callee.base in tainted
            return is_method or (is_deriving and any(argument.value in tainted for argument in arguments))
        case _:
            return False


def _hands_over(scope: Scope, call: Call, tainted: set[Ref]) -> bool:
    """Whether a call is given a tainted value, other than to log or format it."""
    if not any(argument.value in tainted for argument in call.arguments):
        return False
    callee = scope.values[call.function]
    name = callee.name if isinstance(callee, (Attribute, Free)) else ""
    return name not in _LOGGING | _DERIVING


def _is_local_dict(scope: Scope, ref: Ref) -> bool:
    match scope.values[ref] if ref != NONE else None:
        case Mapping():
            return True
        case Changed(base=base) | Narrowed(base=base) | Declared(value=base):
            return _is_local_dict(scope, base)
        case Call(function=function):
            callee = scope.values[function]
            return isinstance(callee, Free) and callee.name == "dict"
        case _:
            return False
