"""Where string literals stand that a vocabulary could govern: in comparisons, assignments, arguments, tables and
SQL."""

import re
from collections.abc import Iterator
from typing import Protocol, cast

import msgspec

from execution_lint.facts.scopes import Assignment, ExitKind, Scope, ScopeKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Call,
    Choice,
    Declared,
    Free,
    Item,
    Mapping,
    Narrowed,
    Ref,
    Sequence,
    Text,
)
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import last_name, mentioned, spelled
from execution_lint.project.starts import starts_of
from execution_lint.project.status_callees import CHANGES, StatusCallees
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.status_displays import holds_text, parts_of
from execution_lint.project.status_meetings import CONTAINMENT, EQUALITY
from execution_lint.project.status_subjects import StatusSubject, StatusSubjects
from execution_lint.project.subjects import StatusPlace
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    InstanceThing,
    Things,
)

_LOGGERS = frozenset(
    {
        "debug",
        "info",
        "warning",
        "error",
        "exception",
        "critical",
        "log",
        "print",
        "emit",
        "track",
        "capture",
        "record_event",
    }
)
_EXAMPLES = frozenset({"json_schema_extra", "example", "examples", "openapi_extra", "openapi_examples", "responses"})
_EXECUTES = frozenset(
    {"execute", "executemany", "exec_driver_sql", "text", "fetch", "fetchrow", "fetchval", "fetch_all", "fetch_one"}
)
_NAMED_SETTERS = frozenset({"setattr", "__setattr__"})
_CASES = "case"
_COPIES = "model_copy"
_SQL = re.compile(r"(\w+)\s*(?:=|!=|<>|\bNOT\s+IN\b\s*\(|\bIN\b\s*\()\s*('[^']*'(?:\s*,\s*'[^']*')*)", re.IGNORECASE)
_CHOSEN = frozenset({"if", "or", "join"})
_SQL_WORD = re.compile(r"'([^']*)'")


class StatusLiteral(msgspec.Struct, frozen=True):
    """A string literal in a place that could be governed."""

    frame: Frame
    ref: Ref
    where: StatusPlace
    subject: "StatusSubject"
    word: str = ""
    """The word itself where it is only a part of the string."""


class Habits(Protocol):
    """What speaks for a vocabulary besides types."""

    def speaks(self, frame: Frame, name: str) -> bool:
        """Whether a name alone may stand for a status."""

    def flows(self, frame: Frame, ref: Ref) -> bool:
        """Whether a value comes from or goes to where a member belongs, in its function."""


class StatusLiterals:
    """Finds the literals of a scope with what each is compared with or goes to."""

    def __init__(
        self,
        inference: Inference,
        carriers: Carriers,
        subjects: StatusSubjects,
        callees: StatusCallees,
        habits: Habits | None = None,
    ) -> None:
        """Without `habits` nothing but types speaks for a vocabulary."""
        self._inference = inference
        self._carriers = carriers
        self._subjects = subjects
        self._callees = callees
        self._habits = habits

    def within(self, frame: Frame, scope: Scope) -> Iterator[StatusLiteral]:
        """Every literal of the scope in a place that could be governed."""
        for comparison in scope.comparisons:
            if comparison.operator in EQUALITY:
                where = StatusPlace.CASE if comparison.operator == "case" else StatusPlace.COMPARISON
                for side, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                    texts = texts_of(scope, other)
                    if texts and self._carriers.is_asked(frame, last_name(scope, side)):
                        subject = self._subjects.expression(frame, scope, side)
                        for ref in texts:
                            yield StatusLiteral(frame, ref, where, subject)
            elif comparison.operator in CONTAINMENT and self._carriers.is_asked(
                frame, last_name(scope, comparison.left)
            ):
                yield from self._contained(frame, scope, comparison.left, comparison.right)
        for assignment in scope.assignments:
            if assignment.annotation != NONE:
                yield from self._annotated_display(frame, scope, assignment)
            key = scope.values[assignment.key] if assignment.key != NONE else None
            name = key.value if isinstance(key, Text) else assignment.name
            if assignment.value != NONE and self._carriers.is_asked(frame, name):
                where = StatusPlace.DEFAULT if scope.kind is ScopeKind.CLASS else StatusPlace.ASSIGNMENT
                for ref in (
                    defaults_of(scope, assignment)
                    if scope.kind is ScopeKind.CLASS
                    else texts_of(scope, assignment.value)
                ):
                    yield StatusLiteral(frame, ref, where, self._subjects.target(frame, scope, assignment))
        # Of what stands under a key nothing but habits tells.
        has_entries = self._habits is not None and frame.path in self._carriers.naming
        silent: frozenset[Ref] | None = None
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call):
                if value.arguments:
                    yield from self._of_call(frame, scope, ref, value)
            elif isinstance(value, Mapping):
                if not has_entries:
                    continue
                if silent is None:
                    silent = _silent(scope) | self._rows(frame, scope)
                if ref not in silent:
                    yield from self._entries(frame, scope, value)
                    yield from self._beside_members(frame, scope, value)
            elif isinstance(value, Item):
                yield from self._table(frame, scope, value.base, value.index)
        for parameter in scope.parameters:
            if parameter.default == NONE:
                continue
            yield from self._display(frame, scope, parameter.default, parameter.annotation, parameter.name)
            for ref in texts_of(scope, parameter.default):
                yield StatusLiteral(frame, ref, StatusPlace.DEFAULT, self._subjects.parameter(frame, parameter))
        if scope.returns != NONE:
            for exit in scope.exits:
                if exit.kind is ExitKind.RETURN:
                    yield from self._display(frame, scope, exit.value, scope.returns, scope.name)
                    for ref in texts_of(scope, exit.value):
                        subject = StatusSubject(scope.name, "", self._inference.types(At(frame, scope.returns)), False)
                        yield StatusLiteral(frame, ref, StatusPlace.RETURN, subject)

    def _of_call(self, frame: Frame, scope: Scope, ref: Ref, call: Call) -> Iterator[StatusLiteral]:
        """What is given to a call, by its name."""
        name = last_name(scope, call.function)
        yield from self._arguments(frame, scope, ref, call, name)
        yield from self._looked_up_by_method(frame, scope, ref, call)
        if name in _EXECUTES:
            yield from self._queries(frame, scope, call)
        elif name in _NAMED_SETTERS:
            yield from self._set_by_name(frame, scope, call)
        elif name in CHANGES or name == _COPIES:
            yield from self._set_by_entries(frame, scope, ref, call, name)
        elif name == _CASES:
            yield from self._cases(frame, scope, call)

    def _queries(self, frame: Frame, scope: Scope, call: Call) -> Iterator[StatusLiteral]:
        """Words that SQL text compares a column with."""
        ref = call.arguments[0].value
        text = scope.values[ref]
        for column, words in _SQL.findall(text.value) if isinstance(text, Text) else ():
            for word in _SQL_WORD.findall(words):
                yield StatusLiteral(frame, ref, StatusPlace.QUERY, StatusSubject(column, column, (), False), word)

    def _cases(self, frame: Frame, scope: Scope, call: Call) -> Iterator[StatusLiteral]:
        """The keys of `case({...}, value=Job.status)`, as SQLAlchemy spells a table that the database looks up."""
        given = {argument.name: argument.value for argument in call.arguments[:2]}
        table, column = given.get("", NONE), given.get("value", NONE)
        if NONE not in (table, column) and self._carriers.is_asked(frame, last_name(scope, column)):
            display = scope.values[table]
            if isinstance(display, Mapping):
                subject = self._subjects.expression(frame, scope, column)
                yield from self._keys(frame, display, msgspec.structs.replace(subject, ref=NONE))

    def _set_by_name(self, frame: Frame, scope: Scope, call: Call) -> Iterator[StatusLiteral]:
        """`setattr(job, "status", "done")`."""
        given = [argument.value for argument in call.arguments if argument.name == ""]
        name = scope.values[given[1]] if len(given) == 3 else None
        if isinstance(name, Text) and self._carriers.is_asked(frame, name.value):
            for ref in texts_of(scope, given[2]):
                yield StatusLiteral(
                    frame, ref, StatusPlace.ASSIGNMENT, self._subjects.attribute(frame, given[0], name.value)
                )

    def _set_by_entries(self, frame: Frame, scope: Scope, ref: Ref, call: Call, method: str) -> Iterator[StatusLiteral]:
        """`job.model_copy(update={"status": ...})`, `update(Job).values({"status": ...})`."""
        function = scope.values[call.function]
        for argument in call.arguments:
            display = scope.values[argument.value]
            if not isinstance(display, Mapping):
                continue
            if method == _COPIES and argument.name == "update" and isinstance(function, Attribute):
                owners = self._inference.things(At(frame, function.base))
            elif method in CHANGES and argument.name == "":
                owners = self._subjects.queried(frame, ref)
            else:
                continue
            for key, held in display.entries:
                name = last_name(scope, key) if key != NONE else ""
                text = scope.values[key] if key != NONE else None
                name = text.value if isinstance(text, Text) else name
                texts = texts_of(scope, held) if name and self._carriers.is_asked(frame, name) else ()
                for found in texts:
                    yield StatusLiteral(frame, found, StatusPlace.ENTRY, self._subjects.of_owners(owners, name))

    def _rows(self, frame: Frame, scope: Scope) -> frozenset[Ref]:
        """The displays that a query writes to a table: their entries are columns of it, whatever else has the name."""
        return frozenset(
            argument.value
            for ref, value in enumerate(scope.values)
            if isinstance(value, Call) and last_name(scope, value.function) in CHANGES
            for argument in value.arguments
            if isinstance(scope.values[argument.value], Mapping)
            and any(isinstance(owner.of, ExternalThing) for owner in self._subjects.queried(frame, ref))
        )

    def _missing_entry(
        self, frame: Frame, scope: Scope, ref: Ref, function: Attribute, call: Call
    ) -> Iterator[StatusLiteral]:
        """The default of `row.get("status", ...)`."""
        key = scope.values[call.arguments[0].value]
        texts = texts_of(scope, call.arguments[1].value) if len(call.arguments) == 2 else ()
        if not texts or not isinstance(key, Text) or not self._may_be_status(frame, key.value, ref):
            return
        things = tuple(
            found
            for thing in self._inference.things(At(frame, function.base))
            if isinstance(thing, InstanceThing)
            and isinstance(thing.of, ClassThing)
            and self._inference.is_typed_dict(thing.of)
            for found in self._subjects.declared(thing, key.value)
        )
        subject = StatusSubject(
            spelled(scope, ref), key.value, things, self._subjects.is_foreign_owner(frame, function.base), ref=ref
        )
        for text in texts:
            yield StatusLiteral(frame, text, StatusPlace.DEFAULT, subject)

    def _may_be_status(self, frame: Frame, name: str, ref: Ref) -> bool:
        """Whether an entry of a dict may be a status, by its name or by what becomes of it."""
        if name in self._carriers.fields or self._says(frame, name):
            return True
        return self._habits is not None and self._habits.flows(frame, ref)

    def _looked_up_by_method(self, frame: Frame, scope: Scope, ref: Ref, call: Call) -> Iterator[StatusLiteral]:
        """`table.get(status)`, and `column.in_([...])`."""
        function = scope.values[call.function]
        if not isinstance(function, Attribute):
            return
        if function.name == "get":
            yield from self._table(frame, scope, function.base, call.arguments[0].value)
            yield from self._missing_entry(frame, scope, ref, function, call)
        elif function.name in ("in_", "not_in", "notin_"):
            yield from self._contained(frame, scope, function.base, call.arguments[0].value)

    def _table(self, frame: Frame, scope: Scope, table: Ref, index: Ref) -> Iterator[StatusLiteral]:
        """The keys of a dict that is looked up by a status."""
        if isinstance(scope.values[index], Text) or not self._carriers.is_asked(frame, last_name(scope, index)):
            return
        value = scope.values[table]
        sites = self._inference.sites(frame, value.name) if isinstance(value, Free) else (At(frame, table),)
        for site in sites:
            display = self._inference.value(site)
            if isinstance(display, Mapping) and site.frame.path == frame.path:
                subject = self._subjects.expression(frame, scope, index)
                yield from self._keys(site.frame, display, msgspec.structs.replace(subject, ref=NONE, peers=()))

    def _annotated_display(self, frame: Frame, scope: Scope, assignment: Assignment) -> Iterator[StatusLiteral]:
        """The parts of a display annotated `dict[JobStatus, ...]`, `set[JobStatus]` and the like."""
        value = assignment.value
        while value != NONE and isinstance(scope.values[value], Declared):
            value = cast(Declared, scope.values[value]).value
        yield from self._display(frame, scope, value, assignment.annotation, assignment.name)

    def _display(self, frame: Frame, scope: Scope, ref: Ref, annotation: Ref, name: str) -> Iterator[StatusLiteral]:
        """The parts of a display that goes where something is annotated."""
        if NONE in (ref, annotation) or not isinstance(scope.values[ref], (Sequence, Mapping, Call)):
            return
        if not holds_text(scope, ref):
            return
        if frame.path in self._carriers.naming or mentioned(scope, annotation) & self._carriers.words:
            yield from self._parts(frame, ref, self._inference.types(At(frame, annotation)), name)

    def _parts(self, frame: Frame, ref: Ref, types: Things, name: str) -> Iterator[StatusLiteral]:
        for part in parts_of(self._inference, frame, ref, types):
            spelling = repr(part.key) if part.where is StatusPlace.ENTRY and part.key else name
            yield StatusLiteral(frame, part.ref, part.where, StatusSubject(spelling, part.key, part.things, False))

    def _beside_members(self, frame: Frame, scope: Scope, display: Mapping) -> Iterator[StatusLiteral]:
        """The keys of a table that stand beside members."""
        peers = tuple(key for key, _ in display.entries if key != NONE and isinstance(scope.values[key], Attribute))
        if peers:
            yield from self._keys(frame, display, StatusSubject("a table of statuses", "", (), False, peers))

    def _keys(self, frame: Frame, display: Mapping, subject: StatusSubject) -> Iterator[StatusLiteral]:
        scope = self._inference.scope(frame)
        for key, _ in display.entries:
            for ref in texts_of(scope, key):
                yield StatusLiteral(frame, ref, StatusPlace.KEY, subject)

    def _contained(self, frame: Frame, scope: Scope, left: Ref, right: Ref) -> Iterator[StatusLiteral]:
        display = scope.values[right]
        if isinstance(display, Sequence):
            texts = [ref for element in display.elements for ref in texts_of(scope, element)]
            peers = tuple(element for element in display.elements if element not in texts)
            for ref in texts:
                yield StatusLiteral(
                    frame, ref, StatusPlace.CONTAINMENT, self._subjects.expression(frame, scope, left, peers)
                )

    def _arguments(self, frame: Frame, scope: Scope, ref: Ref, call: Call, callee: str) -> Iterator[StatusLiteral]:
        is_naming = frame.path in self._carriers.naming
        is_asked = is_naming or callee in self._carriers.words
        texts = [
            (argument, text)
            for argument in call.arguments
            if (is_asked and not argument.name.startswith("*")) or argument.name in self._carriers.words
            for text in texts_of(scope, argument.value)
        ]
        made = [argument for argument in call.arguments if is_naming and _is_display(scope, argument.value)]
        function = scope.values[call.function]
        if not (texts or made) or callee in _LOGGERS:
            return
        if isinstance(function, Attribute) and function.name in _LOGGERS:
            return
        if is_naming and not self._callees.may_take(frame, scope, call):
            texts = [
                (argument, text)
                for argument, text in texts
                if self._callees.may_be_named(scope, call, argument.name) or self._says(frame, argument.name)
            ]
            made = [argument for argument in made if self._callees.may_be_named(scope, call, argument.name)]
            if not (texts or made):
                return
        things = self._inference.things(At(frame, call.function))
        for argument in call.arguments:
            if not argument.name.startswith("*") and _is_display(scope, argument.value):
                found = self._subjects.argument_things(frame, ref, things, argument.name, argument.value)
                yield from self._parts(frame, argument.value, found[0], argument.name or found[1])
        for argument, text in texts:
            found = self._subjects.argument_things(frame, ref, things, argument.name, argument.value)
            name = argument.name or found[1]
            foreign = bool(things) and all(isinstance(thing, ExternalThing) for thing in things) and not found[0]
            subject = StatusSubject(
                f"{callee}({name}=)" if name else f"an argument of {callee}",
                argument.name,
                found[0],
                foreign,
                (),
                found[2],
                column=self._subjects.column(frame, ref, argument.name) if argument.name else None,
            )
            yield StatusLiteral(frame, text, StatusPlace.ARGUMENT, subject)

    def _says(self, frame: Frame, name: str) -> bool:
        """Whether a name may tell of a status, whatever it is given to."""
        return bool(name) and self._habits is not None and self._habits.speaks(frame, name)

    def _entries(self, frame: Frame, scope: Scope, mapping: Mapping) -> Iterator[StatusLiteral]:
        for key, value in mapping.entries:
            held = scope.values[key] if key != NONE else None
            if isinstance(held, Text):
                for ref in texts_of(scope, value):
                    yield StatusLiteral(
                        frame, ref, StatusPlace.ENTRY, StatusSubject(repr(held.value), held.value, (), False)
                    )


def _is_display(scope: Scope, ref: Ref) -> bool:
    """Whether a value is a container that holds a literal."""
    return isinstance(scope.values[ref], (Sequence, Mapping, Call)) and holds_text(scope, ref)


def defaults_of(scope: Scope, assignment: Assignment) -> Iterator[Ref]:
    """The literals that a field of a class starts with."""
    for ref in starts_of(scope, assignment.value):
        yield from texts_of(scope, ref)


def texts_of(scope: Scope, ref: Ref, depth: int = 4) -> tuple[Ref, ...]:
    """The string literals that an expression may be."""
    if ref == NONE or depth == 0:
        return ()
    value = scope.values[ref]
    if isinstance(value, Text):
        return (ref,)
    if isinstance(value, Choice):
        if value.kind not in _CHOSEN:
            return ()
        return tuple(found for alternative in value.alternatives for found in texts_of(scope, alternative, depth - 1))
    if isinstance(value, Declared):
        return texts_of(scope, value.value, depth)
    return texts_of(scope, value.base, depth) if isinstance(value, Narrowed) else ()


def _silent(scope: Scope) -> frozenset[Ref]:
    """The displays that are log text, or examples for documentation."""
    found: set[Ref] = set()
    for value in scope.values:
        if isinstance(value, Call):
            is_log = last_name(scope, value.function) in _LOGGERS
            for argument in value.arguments:
                if is_log or argument.name in _EXAMPLES:
                    _gather(scope, argument.value, found)
        elif isinstance(value, Mapping):
            for entry, held in value.entries:
                text = scope.values[entry] if entry != NONE else None
                if isinstance(text, Text) and text.value in _EXAMPLES:
                    _gather(scope, held, found)
    return frozenset(found)


def _gather(scope: Scope, ref: Ref, found: set[Ref]) -> None:
    if ref == NONE or ref in found:
        return
    match scope.values[ref]:
        case Mapping(entries=entries):
            found.add(ref)
            for _, held in entries:
                _gather(scope, held, found)
        case Sequence(elements=elements):
            found.add(ref)
            for element in elements:
                _gather(scope, element, found)
        case Call(arguments=arguments):
            for argument in arguments:
                _gather(scope, argument.value, found)
        case _:
            return
