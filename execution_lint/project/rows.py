"""Which class of the project the rows of a query are, by how queries of object-relational mappers are written.

The session need not have a type that is known: what names the class is the query itself, `session.get(Job, id)`,
`session.query(Job)`, `select(Job)`, `Job.objects`, `Job.query`. What follows from it is a convention, and no proof.
"""

from execution_lint.facts.values import (
    NONE,
    Attribute,
    Awaited,
    Call,
    Changed,
    Choice,
    Declared,
    Element,
    Entered,
    Free,
    Imported,
    Item,
    Narrowed,
    Ref,
)
from execution_lint.project.inference import Inference
from execution_lint.project.things import At, ClassThing, ExternalThing, Frame

_ONE = frozenset(
    {
        "first", "last", "one", "one_or_none", "one_or_404", "first_or_404", "get_or_404", "scalar", "scalar_one",
        "scalar_one_or_none", "afirst", "alast", "earliest", "latest",
    }
)  # fmt: skip
"""Methods of a query, of its result or of a session that give one row."""

_BY_KEY = frozenset({"get", "get_one", "aget", "get_or_none"})
"""Methods that give one row by its key: of a session with the class as the first argument, of a query without."""

_SAME = frozenset(
    {
        "all", "filter", "filter_by", "exclude", "where", "order_by", "group_by", "having", "limit", "offset",
        "options", "join", "outerjoin", "with_for_update", "distinct", "execution_options", "yield_per", "unique",
        "scalars", "using", "select_related", "prefetch_related", "select_from", "populate_existing", "fetchall",
        "iterator",
    }
)  # fmt: skip
"""Methods that give a query or its rows again."""

_RUNNING = frozenset({"scalars", "scalar", "exec", "execute", "stream", "stream_scalars"})
"""Methods of a session that take a query."""

_SELECTS = frozenset({"select"})
_MANAGERS = frozenset({"objects", "query", "_default_manager"})

_DEPTH = 24
"""Steps from a row back to its query beyond which it is not known."""


class Rows:
    """Follows a value back to the query that it is a row of."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def one(self, frame: Frame, ref: Ref, depth: int = _DEPTH) -> ClassThing | None:
        """The class of the row that a value of the scope is; None where it is none that is seen."""
        if ref == NONE or depth == 0:
            return None
        scope = self._inference.followed(frame)
        match scope.values[ref]:
            case Narrowed(base=base) | Declared(value=base) | Awaited(base=base) | Changed(base=base):
                return self.one(frame, base, depth - 1)
            case Choice(alternatives=alternatives):
                found = {row for part in alternatives if (row := self.one(frame, part, depth - 1)) is not None}
                return found.pop() if len(found) == 1 else None
            case Element(base=base, position=-1) | Item(base=base):
                return self._many(frame, base, depth - 1)
            case Call(function=function, arguments=arguments) as call:
                method = scope.values[function]
                if not isinstance(method, Attribute):
                    return None
                if method.name in _BY_KEY:
                    of = self._first(frame, call)
                    if of is not None and len(arguments) > 1:
                        return of
                    return self._many(frame, method.base, depth - 1)
                if method.name == "scalar" and arguments:
                    return self._many(frame, arguments[0].value, depth - 1)
                return self._many(frame, method.base, depth - 1) if method.name in _ONE else None
            case _:
                return None

    def _many(self, frame: Frame, ref: Ref, depth: int) -> ClassThing | None:
        """The class of the rows that a query, its result or a manager gives."""
        if ref == NONE or depth == 0:
            return None
        scope = self._inference.followed(frame)
        match scope.values[ref]:
            case (
                Narrowed(base=base)
                | Declared(value=base)
                | Awaited(base=base)
                | Entered(base=base)
                | Changed(base=base)
            ):
                return self._many(frame, base, depth - 1)
            case Choice(alternatives=alternatives):
                found = {row for part in alternatives if (row := self._many(frame, part, depth - 1)) is not None}
                return found.pop() if len(found) == 1 else None
            case Attribute(base=base, name=name) if name in _MANAGERS:
                return self._class(frame, base)
            case Call(function=function, arguments=arguments) as call:
                method = scope.values[function]
                if isinstance(method, (Free, Imported)) and method.name in _SELECTS:
                    return (
                        self._first(frame, call) if len(arguments) == 1 and self._is_select(frame, function) else None
                    )
                if not isinstance(method, Attribute):
                    return None
                if method.name == "query" or (method.name in _SELECTS and self._is_select(frame, function)):
                    return self._first(frame, call) if len(arguments) == 1 else None
                if method.name in _RUNNING and arguments and arguments[0].name == "":
                    return self._many(frame, arguments[0].value, depth - 1)
                return self._many(frame, method.base, depth - 1) if method.name in _SAME else None
            case _:
                return None

    def _is_select(self, frame: Frame, function: Ref) -> bool:
        return any(
            isinstance(thing, ExternalThing) and thing.name.partition(".")[0] in ("sqlalchemy", "sqlmodel")
            for thing in self._inference.things(At(frame, function))
        )

    def _first(self, frame: Frame, call: Call) -> ClassThing | None:
        argument = call.arguments[0] if call.arguments else None
        return self._class(frame, argument.value) if argument is not None and argument.name == "" else None

    def _class(self, frame: Frame, ref: Ref) -> ClassThing | None:
        found = self._inference.things(At(frame, ref))
        return found[0] if len(found) == 1 and isinstance(found[0], ClassThing) else None
