"""String literals in places that a vocabulary governs, with the evidence for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from execution_lint.config.schema import Config
from execution_lint.facts.scopes import Assignment, ExitKind, ParameterFact, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import NONE, Attribute, Call, Choice, Declared, Free, Item, Mapping, Narrowed, Parameter, Ref, Sequence, Text
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.aliases import closure
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import last_name, mentioned, root_of, spelled
from execution_lint.project.subjects import StatusPlace, StatusUse, VocabularyFact
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    TextThing,
    Thing,
    Things,
    UnknownThing,
)
from execution_lint.project.vocabularies import Vocabularies, is_status_name
from execution_lint.source.regions import Needles

_EQUALITY = frozenset({"==", "!=", "case"})
_CONTAINMENT = frozenset({"in", "not in"})
_HEALTH = frozenset({"ok", "healthy", "unhealthy", "alive", "up", "down", "degraded", "not_ready", "ready", "pass", "warn"})
"""Words of health checks, which no job's vocabulary speaks unless the type says so."""
_HEALTH_CHECK = re.compile(r"health|liveness|readiness|heartbeat", re.IGNORECASE)
_LOGGERS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log", "print", "emit", "track", "capture", "record_event"})
_EXAMPLES = frozenset({"json_schema_extra", "example", "examples", "openapi_extra", "openapi_examples", "responses"})
_EXECUTES = frozenset({"execute", "executemany", "exec_driver_sql", "text", "fetch", "fetchrow", "fetchval", "fetch_all", "fetch_one"})
_SQL = re.compile(r"(\w+)\s*(?:=|!=|<>|\bNOT\s+IN\b\s*\(|\bIN\b\s*\()\s*('[^']*'(?:\s*,\s*'[^']*')*)", re.IGNORECASE)
_SQL_WORD = re.compile(r"'([^']*)'")
_WORD = re.compile(r"[A-Za-z][\w-]*(?: [\w-]+){0,2}")
"""What a status can look like; a sentence is none."""
_VAGUE = frozenset({"", "unknown", "n/a", "none", "null", "-"})


@dataclass(frozen=True, slots=True)
class _Literal:
    """A string literal in a place that could be governed."""

    frame: Frame
    ref: Ref
    where: StatusPlace
    subject: "_Subject"
    word: str = ""
    """The word itself where it is only a part of the string."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What the literal is compared with or goes to."""

    spelled: str
    name: str
    """The last name: `status`."""
    things: Things
    """What its type says, as far as it is resolved."""
    foreign: bool
    """It belongs to something outside the project."""
    peers: tuple[Ref, ...] = ()
    """What else it is compared with in the same place."""
    origin: Related | None = None
    """Where the type comes from."""
    ref: Ref = NONE
    """The value itself, where it is one of the scope."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """A member of a vocabulary meets a name: `job.status == JobStatus.DONE`."""

    vocabulary: Definition
    where: StatusPlace
    name: str
    spelled: str
    place: Place
    scope: Definition


class Statuses:
    """Finds the literals that stand where a member of a vocabulary belongs."""

    def __init__(self, inference: Inference, vocabularies: Vocabularies, config: Config) -> None:
        self._inference = inference
        self._vocabularies = vocabularies
        self._config = config
        self._evidence: dict[str, tuple[_Evidence, ...]] = {}
        self._flowing: dict[tuple[Definition, Ref], tuple[Definition, Confidence, tuple[Related, ...]] | None] = {}

    def __iter__(self) -> Iterator[StatusUse]:
        if not self._vocabularies.all:
            return
        for path, regions in sorted(self._candidates.items()):
            module = self._inference.modules.at(path)
            for region in sorted(regions) if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index in range(len(facts.scopes) if facts is not None else 0):
                    frame = Frame(path, region, index)
                    if not self._is_vocabulary_body(frame):
                        yield from self._uses(frame)

    # Where to look

    @cached_property
    def _names(self) -> frozenset[str]:
        """The names of the vocabularies, whatever they are called."""
        own = frozenset(vocabulary.name.rpartition(".")[2] for vocabulary in self._vocabularies.all.values())
        return closure(self._inference, own)

    @cached_property
    def _naming(self) -> dict[str, tuple[int, ...]]:
        """The regions, by file, that name a vocabulary."""
        found = self._inference.modules.library.candidates(Needles(self._names))
        return {path: regions for path, regions in found if self._inference.modules.at(path) is not None}

    @cached_property
    def _candidates(self) -> dict[str, set[int]]:
        """All of a module that names a vocabulary; elsewhere the regions that name what carries one."""
        found: dict[str, set[int]] = {}
        for path in self._naming:
            found[path] = set(range(len(self._inference.module(path).regions)))
        for path, regions in self._inference.modules.library.candidates(Needles(self._carriers)):
            found.setdefault(path, set()).update(regions)
        return found

    @cached_property
    def _carriers(self) -> frozenset[str]:
        """The names of what carries a vocabulary: fields, functions and classes whose declaration names one."""
        found: set[str] = set()
        for path, regions in self._naming.items():
            module = self._inference.module(path)
            for region in regions:
                facts = module.facts(region)
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    found.update(self._carried(scope, module.regions[region].owner if index else ""))
        return frozenset(found)

    def _is_asked(self, frame: Frame, name: str) -> bool:
        """Whether something called `name` can be governed: outside the modules that name a vocabulary only what carries one."""
        return frame.path in self._naming or name in self._carriers

    def _carried(self, scope: Scope, owner: str) -> Iterator[str]:
        """The names of fields, functions and classes whose type names a vocabulary."""
        for assignment in scope.assignments:
            is_field = scope.kind is ScopeKind.CLASS or assignment.kind is TargetKind.ATTRIBUTE
            if is_field and (mentioned(scope, assignment.annotation) | mentioned(scope, assignment.value)) & self._names:
                yield assignment.name
                if scope.kind is ScopeKind.CLASS:
                    yield scope.name
        if scope.kind is ScopeKind.FUNCTION:
            typed = {
                parameter.name
                for parameter in scope.parameters
                if (mentioned(scope, parameter.annotation) | mentioned(scope, parameter.default)) & self._names
            }
            for assignment in scope.assignments:
                value = scope.values[assignment.value] if assignment.value != NONE else None
                if assignment.kind is TargetKind.ATTRIBUTE and isinstance(value, Parameter) and value.name in typed:
                    yield assignment.name
            if typed:
                yield owner if scope.name == "__init__" and owner else scope.name
            if mentioned(scope, scope.returns) & self._names:
                yield scope.name

    def _is_vocabulary_body(self, frame: Frame) -> bool:
        """Whether the code belongs to a vocabulary itself, its lookup of legacy words included."""
        facts = self._inference.module(frame.path).facts(frame.region)
        assert facts is not None
        index = frame.scope
        while index != NONE:
            definition = Definition(frame.path, frame.region, index)
            if facts.scopes[index].kind is ScopeKind.CLASS and self._inference.is_enum(ClassThing(definition)):
                return True
            if facts.scopes[index].kind is ScopeKind.FUNCTION:
                owner = self._inference.owner(Definition(frame.path, frame.region, index))
                if owner is not None and self._inference.is_enum(owner):
                    return True
            index = facts.scopes[index].parent
        return False

    # What governs

    def _uses(self, frame: Frame) -> Iterator[StatusUse]:
        scope = self._inference.scope(frame)
        for literal in self._literals(frame, scope):
            use = self._governed(literal)
            if use is not None:
                yield use

    def _governed(self, literal: _Literal) -> StatusUse | None:
        scope = self._inference.scope(literal.frame)
        value = scope.values[literal.ref]
        assert isinstance(value, Text)
        text = Text(literal.word) if literal.word else value
        found = (
            self._by_type(literal)
            or self._by_peers(scope, literal)
            or self._by_flow(literal)
            or self._by_contract(literal, text.value)
            or self._by_evidence(literal, text.value)
            or self._by_name(literal, text.value)
        )
        if found is None:
            return None
        definition, confidence, evidence = found
        vocabulary = self._vocabularies.all[definition]
        is_member = vocabulary.member_of(text.value) is not None
        if confidence is not Confidence.PROVEN:
            if _HEALTH_CHECK.search(scope.qualname) or _HEALTH_CHECK.search(literal.frame.path):
                return None
            if not is_member and text.value.lower() in _HEALTH:
                return None
        if not is_member and confidence is not Confidence.PROVEN and not _WORD.fullmatch(text.value) and text.value.lower() not in _VAGUE:
            return None
        if not is_member and text.value.lower() in _VAGUE:
            confidence = Confidence.POSSIBLE
        takes_value = any(isinstance(thing, MemberValueThing) for thing in literal.subject.things)
        return StatusUse(
            place=Place(literal.frame.path, scope.spans[literal.ref]),
            scope=scope.qualname,
            literal=text.value,
            where=literal.where,
            subject=literal.subject.spelled,
            vocabulary=vocabulary,
            confidence=confidence,
            evidence=(*evidence, Related(f"`{vocabulary.name}` is defined here", vocabulary.place)),
            takes_value=takes_value,
        )

    def _vocabulary_of(self, thing: Thing) -> Definition | None:
        match thing:
            case InstanceThing(of=ClassThing(definition=definition)):
                return definition if definition in self._vocabularies.all else None
            case MemberThing(of=cls) | MemberValueThing(of=cls):
                return cls.definition if cls.definition in self._vocabularies.all else None
            case _:
                return None

    def _by_type(self, literal: _Literal) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        things = [thing for thing in literal.subject.things if not isinstance(thing, ConstantThing)]
        found = {definition for thing in things if (definition := self._vocabulary_of(thing)) is not None}
        if len(found) != 1:
            return None
        others = [thing for thing in things if self._vocabulary_of(thing) is None and not isinstance(thing, TextThing)]
        confidence = Confidence.LIKELY if others else Confidence.PROVEN
        definition = found.pop()
        origin = (literal.subject.origin,) if literal.subject.origin is not None else ()
        return definition, confidence, origin

    def _by_peers(self, scope: Scope, literal: _Literal) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        """Members of a vocabulary stand beside the literal."""
        for peer in literal.subject.peers:
            for thing in self._inference.things(At(literal.frame, peer)):
                definition = self._vocabulary_of(thing)
                if definition is not None and isinstance(thing, (MemberThing, MemberValueThing)):
                    related = Related(
                        f"`{literal.subject.spelled}` is compared with `{spelled(scope, peer)}` here",
                        Place(literal.frame.path, scope.spans[peer]),
                    )
                    return definition, Confidence.LIKELY, (related,)
        return None

    def _by_flow(self, literal: _Literal) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        """The same value comes from or goes to a governed place in the same function."""
        if literal.subject.ref == NONE or literal.subject.foreign:
            return None
        ref = root_of(self._inference.scope(literal.frame), literal.subject.ref)
        key = (literal.frame.definition, ref)
        if key not in self._flowing:
            self._flowing[key] = self._flow(literal.frame, ref)
        return self._flowing[key]

    def _flow(self, frame: Frame, ref: Ref) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        """Where a value meets a vocabulary: compared with a member, looked up in the enum, given where one is declared."""
        for things, place, what in self._destinations(frame, ref):
            definitions = {definition for thing in things if (definition := self._vocabulary_of(thing)) is not None}
            if len(definitions) == 1:
                definition = definitions.pop()
                return definition, Confidence.LIKELY, (Related(what.format(name=self._vocabularies.all[definition].name), place),)
        return None

    def _destinations(self, frame: Frame, wanted: Ref) -> Iterator[tuple[Things, Place, str]]:
        scope = self._inference.scope(frame)
        for comparison in scope.comparisons:
            for side, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                for element in _elements(scope, other) if root_of(scope, side) == wanted else ():
                    yield self._member_things(frame, scope, element), Place(frame.path, comparison.span), "it is compared with a `{name}` here"
        for assignment in scope.assignments:
            if assignment.kind is TargetKind.ATTRIBUTE and root_of(scope, assignment.value) == wanted:
                things = self._target(frame, scope, assignment).things
                yield things, Place(frame.path, assignment.span), "it is assigned to a `{name}` here"
        for ref, value in enumerate(scope.values):
            for argument in value.arguments if isinstance(value, Call) else ():
                if root_of(scope, argument.value) != wanted or not isinstance(value, Call):
                    continue
                things = self._inference.things(At(frame, value.function))
                enums = tuple(InstanceThing(thing) for thing in things if isinstance(thing, ClassThing) and thing.definition in self._vocabularies.all)
                taken = enums or self._argument_things(frame, ref, things, argument.name, argument.value)[0]
                yield taken, Place(frame.path, scope.spans[ref]), "it is given where a `{name}` is expected here"

    def _is_open(self, literal: _Literal) -> bool:
        """Whether conventions may speak: the type says nothing against it."""
        if literal.subject.foreign:
            return False
        return all(
            isinstance(thing, (UnknownThing, ConstantThing, TextThing))
            or (isinstance(thing, InstanceThing) and isinstance(thing.of, ExternalThing) and thing.of.name == "builtins.str")
            for thing in literal.subject.things
        )

    def _by_contract(self, literal: _Literal, text: str) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        if not self._is_open(literal):
            return None
        for definition, vocabulary in self._vocabularies.all.items():
            for entry in self._config.vocabularies:
                if entry.enum.spelled != vocabulary.dotted or literal.subject.name not in entry.fields:
                    continue
                if definition in self._imported(literal.frame.path):
                    return definition, Confidence.LIKELY, ()
        return None

    def _by_evidence(self, literal: _Literal, text: str) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        """The same name meets the vocabulary elsewhere in the module."""
        if not literal.subject.name or not self._is_open(literal):
            return None
        best: tuple[Definition, Confidence, tuple[Related, ...]] | None = None
        for evidence in self._module_evidence(literal.frame.path):
            if evidence.name != literal.subject.name:
                continue
            is_member = self._vocabularies.all[evidence.vocabulary].member_of(text) is not None
            is_here = evidence.scope == literal.frame.definition
            is_field = ("." in evidence.spelled or "[" in evidence.spelled) and literal.where is not StatusPlace.DEFAULT
            is_same = evidence.spelled == literal.subject.spelled and (is_here or is_field)
            is_same_kind = evidence.where is literal.where or {evidence.where, literal.where} <= _READS
            is_supported = is_same or (is_member and is_same_kind and (is_here or evidence.where not in _BARE or is_field))
            is_sure = is_supported and is_status_name(evidence.name) and literal.where is not StatusPlace.QUERY
            confidence = Confidence.LIKELY if is_sure else Confidence.POSSIBLE
            if not is_member and not is_sure:
                continue
            related = Related(f"`{evidence.spelled}` holds a `{self._vocabularies.all[evidence.vocabulary].name}` here", evidence.place)
            found = (evidence.vocabulary, confidence, (related,))
            if best is None or confidence.rank > best[1].rank:
                best = found
        return best

    def _by_name(self, literal: _Literal, text: str) -> tuple[Definition, Confidence, tuple[Related, ...]] | None:
        if not is_status_name(literal.subject.name) or not self._is_open(literal):
            return None
        holding = [
            definition
            for definition in self._imported(literal.frame.path)
            if self._vocabularies.all[definition].member_of(text) is not None
        ]
        return (holding[0], Confidence.POSSIBLE, ()) if len(holding) == 1 else None

    def _imported(self, path: str) -> tuple[Definition, ...]:
        """The vocabularies that a module defines or imports."""
        found: dict[Definition, None] = {}
        for name in sorted(self._names):
            for site in self._inference.module_sites(path, name):
                for thing in self._inference.things(site):
                    if isinstance(thing, ClassThing) and thing.definition in self._vocabularies.all:
                        found[thing.definition] = None
        return tuple(found)

    def _module_evidence(self, path: str) -> tuple[_Evidence, ...]:
        if path not in self._evidence:
            module = self._inference.module(path)
            found: list[_Evidence] = []
            for region in self._naming.get(path, ()):
                facts = module.facts(region)
                for index in range(len(facts.scopes) if facts is not None else 0):
                    found.extend(self._scope_evidence(Frame(path, region, index)))
            self._evidence[path] = tuple(found)
        return self._evidence[path]

    def _scope_evidence(self, frame: Frame) -> Iterator[_Evidence]:
        scope = self._inference.scope(frame)
        for name, written, right, where in _meetings(scope):
            for element in _elements(scope, right):
                for thing in self._member_things(frame, scope, element):
                    definition = self._vocabulary_of(thing)
                    if definition is not None and name:
                        yield _Evidence(definition, where, name, written, Place(frame.path, scope.spans[element]), frame.definition)

    def _member_things(self, frame: Frame, scope: Scope, ref: Ref) -> Things:
        if not isinstance(scope.values[ref], Attribute):
            return ()
        return tuple(thing for thing in self._inference.things(At(frame, ref)) if isinstance(thing, (MemberThing, MemberValueThing)))

    # Literals and their subjects

    def _literals(self, frame: Frame, scope: Scope) -> Iterator[_Literal]:
        for comparison in scope.comparisons:
            if comparison.operator in _EQUALITY:
                where = StatusPlace.CASE if comparison.operator == "case" else StatusPlace.COMPARISON
                for side, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                    for ref in _texts(scope, other) if self._is_asked(frame, last_name(scope, side)) else ():
                        yield _Literal(frame, ref, where, self._expression(frame, scope, side))
            elif comparison.operator in _CONTAINMENT and self._is_asked(frame, last_name(scope, comparison.left)):
                yield from self._contained(frame, scope, comparison.left, comparison.right)
        for assignment in scope.assignments:
            if assignment.value != NONE and self._is_asked(frame, assignment.name):
                where = StatusPlace.DEFAULT if scope.kind is ScopeKind.CLASS else StatusPlace.ASSIGNMENT
                for ref in _defaults(scope, assignment) if scope.kind is ScopeKind.CLASS else _texts(scope, assignment.value):
                    yield _Literal(frame, ref, where, self._target(frame, scope, assignment))
                yield from self._annotated_table(frame, scope, assignment)
        silent = _silent(scope)
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call):
                yield from self._arguments(frame, scope, ref, value)
                yield from self._looked_up_by_method(frame, scope, ref, value)
                yield from self._queries(frame, scope, value)
            elif isinstance(value, Mapping) and ref not in silent and frame.path in self._naming:
                yield from self._entries(frame, scope, value)
            elif isinstance(value, Item):
                yield from self._table(frame, scope, value.base, value.index)
        for parameter in scope.parameters:
            for ref in _texts(scope, parameter.default):
                yield _Literal(frame, ref, StatusPlace.DEFAULT, self._parameter(frame, parameter))
        if scope.returns != NONE:
            for exit in scope.exits:
                if exit.kind is ExitKind.RETURN:
                    for ref in _texts(scope, exit.value):
                        subject = _Subject(scope.name, "", self._inference.types(At(frame, scope.returns)), False)
                        yield _Literal(frame, ref, StatusPlace.RETURN, subject)

    def _queries(self, frame: Frame, scope: Scope, call: Call) -> Iterator[_Literal]:
        """Words that SQL text compares a column with."""
        if last_name(scope, call.function) not in _EXECUTES or not call.arguments:
            return
        ref = call.arguments[0].value
        text = scope.values[ref]
        for column, words in _SQL.findall(text.value) if isinstance(text, Text) else ():
            for word in _SQL_WORD.findall(words):
                yield _Literal(frame, ref, StatusPlace.QUERY, _Subject(column, column, (), False), word)

    def _missing_entry(self, frame: Frame, scope: Scope, ref: Ref, function: Attribute, call: Call) -> Iterator[_Literal]:
        """The default of `row.get("status", ...)`."""
        key = scope.values[call.arguments[0].value]
        if len(call.arguments) != 2 or not isinstance(key, Text):
            return
        things = tuple(
            found
            for thing in self._inference.things(At(frame, function.base))
            if isinstance(thing, InstanceThing) and isinstance(thing.of, ClassThing) and self._inference.is_typed_dict(thing.of)
            for found in self._declared(thing, key.value)
        )
        subject = _Subject(spelled(scope, ref), key.value, things, self._is_foreign_owner(frame, function.base), ref=ref)
        for text in _texts(scope, call.arguments[1].value):
            yield _Literal(frame, text, StatusPlace.DEFAULT, subject)

    def _looked_up_by_method(self, frame: Frame, scope: Scope, ref: Ref, call: Call) -> Iterator[_Literal]:
        """`table.get(status)`, and `column.in_([...])`."""
        function = scope.values[call.function]
        if not isinstance(function, Attribute) or not call.arguments:
            return
        if function.name == "get":
            yield from self._table(frame, scope, function.base, call.arguments[0].value)
            yield from self._missing_entry(frame, scope, ref, function, call)
        elif function.name in ("in_", "not_in", "notin_"):
            yield from self._contained(frame, scope, function.base, call.arguments[0].value)

    def _table(self, frame: Frame, scope: Scope, table: Ref, index: Ref) -> Iterator[_Literal]:
        """The keys of a dict that is looked up by a status."""
        if isinstance(scope.values[index], Text) or not self._is_asked(frame, last_name(scope, index)):
            return
        value = scope.values[table]
        sites = self._inference.sites(frame, value.name) if isinstance(value, Free) else (At(frame, table),)
        for site in sites:
            display = self._inference.value(site)
            if isinstance(display, Mapping) and site.frame.path == frame.path:
                subject = self._expression(frame, scope, index)
                yield from self._keys(site.frame, display, replace(subject, ref=NONE, peers=()))

    def _annotated_table(self, frame: Frame, scope: Scope, assignment: Assignment) -> Iterator[_Literal]:
        """The keys of a dict annotated `dict[JobStatus, ...]`."""
        display = scope.values[assignment.value]
        if assignment.annotation != NONE and isinstance(display, Mapping):
            for thing in self._inference.types(At(frame, assignment.annotation)):
                if isinstance(thing, InstanceThing) and len(thing.parameters) == 2:
                    yield from self._keys(frame, display, _Subject(assignment.name, "", thing.parameters[0], False))

    def _keys(self, frame: Frame, display: Mapping, subject: _Subject) -> Iterator[_Literal]:
        scope = self._inference.scope(frame)
        for key, _ in display.entries:
            for ref in _texts(scope, key):
                yield _Literal(frame, ref, StatusPlace.KEY, subject)

    def _contained(self, frame: Frame, scope: Scope, left: Ref, right: Ref) -> Iterator[_Literal]:
        display = scope.values[right]
        if isinstance(display, Sequence):
            texts = [ref for element in display.elements for ref in _texts(scope, element)]
            peers = tuple(element for element in display.elements if element not in texts)
            for ref in texts:
                yield _Literal(frame, ref, StatusPlace.CONTAINMENT, self._expression(frame, scope, left, peers))

    def _expression(self, frame: Frame, scope: Scope, ref: Ref, peers: tuple[Ref, ...] = ()) -> _Subject:
        value = scope.values[ref]
        name = last_name(scope, ref)
        things = self._inference.things(At(frame, ref)) if not isinstance(value, Text) else ()
        return _Subject(spelled(scope, ref), name, things, self._is_foreign(frame, value), peers, self._origin(frame, value), ref)

    def _is_foreign(self, frame: Frame, value: object) -> bool:
        """Whether the value is part of something from outside the project."""
        base = getattr(value, "base", NONE)
        if base == NONE:
            return False
        scope = self._inference.scope(frame)
        if isinstance(scope.values[base], Attribute) and isinstance(value, Attribute) and value.name in ("value", "name"):
            return self._is_foreign(frame, scope.values[base])
        things = self._inference.things(At(frame, base))
        return bool(things) and all(
            isinstance(thing, (InstanceThing, ExternalThing))
            and isinstance(getattr(thing, "of", thing), ExternalThing)
            and not str(getattr(getattr(thing, "of", thing), "name", "")).startswith(("builtins.dict", "typing.Dict", "typing.Mapping"))
            for thing in things
        )

    def _origin(self, frame: Frame, value: object) -> Related | None:
        """Where the field is declared that gives an attribute its type."""
        if not isinstance(value, Attribute):
            return None
        if value.name == "value":
            return self._origin(frame, self._inference.scope(frame).values[value.base])
        for thing in self._inference.things(At(frame, value.base)):
            if isinstance(thing, InstanceThing) and isinstance(thing.of, ClassThing):
                found = self._inference.field(thing.of, value.name)
                if found is not None:
                    cls = self._inference.scope(thing.of.definition).qualname
                    return Related(f"`{cls}.{value.name}` is declared here", Place(found[0].path, found[1].span))
        return None

    def _target(self, frame: Frame, scope: Scope, assignment: Assignment) -> _Subject:
        match assignment.kind:
            case TargetKind.ATTRIBUTE:
                things: list[Thing] = []
                for thing in self._inference.things(At(frame, assignment.base)):
                    things.extend(self._declared(thing, assignment.name))
                foreign = self._is_foreign_owner(frame, assignment.base)
                return _Subject(
                    f"{spelled(scope, assignment.base)}.{assignment.name}", assignment.name, tuple(things), foreign,
                    (), self._field_origin(frame, assignment.base, assignment.name),
                )  # fmt: skip
            case TargetKind.ITEM:
                key = scope.values[assignment.key]
                name = key.value if isinstance(key, Text) else ""
                return _Subject(f"{spelled(scope, assignment.base)}[{name!r}]", name, (), self._is_foreign_owner(frame, assignment.base))
            case _:
                types = self._inference.types(At(frame, assignment.annotation)) if assignment.annotation != NONE else ()
                return _Subject(assignment.name, assignment.name if scope.kind is not ScopeKind.MODULE else "", types, False)

    def _is_foreign_owner(self, frame: Frame, base: Ref) -> bool:
        things = self._inference.things(At(frame, base))
        return bool(things) and all(
            isinstance(thing, InstanceThing) and isinstance(thing.of, ExternalThing) and not thing.of.name.startswith(("builtins.dict", "typing."))
            for thing in things
        )

    def _field_origin(self, frame: Frame, base: Ref, name: str) -> Related | None:
        for thing in self._inference.things(At(frame, base)):
            if isinstance(thing, InstanceThing) and isinstance(thing.of, ClassThing):
                found = self._inference.field(thing.of, name)
                if found is not None:
                    cls = self._inference.scope(thing.of.definition).qualname
                    return Related(f"`{cls}.{name}` is declared here", Place(found[0].path, found[1].span))
        return None

    def _declared(self, owner: Thing, name: str) -> Things:
        """What the class of an object says of its field, not what is assigned to it."""
        if not isinstance(owner, InstanceThing) or not isinstance(owner.of, ClassThing):
            return ()
        found = self._inference.field(owner.of, name)
        if found is None:
            assigned = tuple(self._inference.self_assignments(owner.of, name))
            annotated = [(frame, assignment) for frame, assignment in assigned if assignment.annotation != NONE]
            if annotated:
                return self._inference.types(At(annotated[0][0], annotated[0][1].annotation))
            if not assigned:
                return tuple(thing for thing in self._inference.attribute(owner, name) if self._vocabulary_of(thing) is not None)
            return tuple(
                thing
                for frame, assignment in assigned
                if assignment.value != NONE
                for thing in self._inference.things(At(frame, assignment.value))
            )
        frame, assignment = found
        if assignment.annotation != NONE:
            return self._inference.types(At(frame, assignment.annotation))
        if assignment.value == NONE:
            return ()
        column = self._inference.column(At(frame, assignment.value))
        return (column,) if column is not None else self._inference.things(At(frame, assignment.value))

    def _arguments(self, frame: Frame, scope: Scope, ref: Ref, call: Call) -> Iterator[_Literal]:
        texts = [(argument, text) for argument in call.arguments if not argument.name.startswith("*") for text in _texts(scope, argument.value)]
        callee = last_name(scope, call.function)
        if frame.path not in self._naming and callee not in self._carriers:
            texts = [(argument, text) for argument, text in texts if argument.name in self._carriers]
        if not texts:
            return
        function = scope.values[call.function]
        if callee in _LOGGERS or (isinstance(function, Attribute) and function.name in _LOGGERS):
            return
        things = self._inference.things(At(frame, call.function))
        for argument, text in texts:
            found = self._argument_things(frame, ref, things, argument.name, argument.value)
            name = argument.name or found[1]
            foreign = bool(things) and all(isinstance(thing, ExternalThing) for thing in things) and not found[0]
            subject = _Subject(f"{callee}({name}=)" if name else f"an argument of {callee}", argument.name, found[0], foreign, (), found[2])
            yield _Literal(frame, text, StatusPlace.ARGUMENT, subject)

    def _argument_things(self, frame: Frame, ref: Ref, things: Things, name: str, value: Ref) -> tuple[Things, str, Related | None]:
        """What the parameter that an argument goes to may hold, its name, and where it is declared."""
        for thing in things:
            if isinstance(thing, ClassThing):
                if thing.definition in self._vocabularies.all:
                    return (), "", None
                initialiser = next(
                    (found for found in self._inference.attribute(InstanceThing(thing), "__init__") if isinstance(found, FunctionThing)), None
                )
                if initialiser is None:
                    field = name or self._positional_field(thing, frame, ref, value)
                    if field:
                        return self._declared(InstanceThing(thing), field), field, self._class_origin(thing, field)
                    return (), "", None
                thing = initialiser
            if isinstance(thing, FunctionThing):
                parameter = self._parameter_for(thing, frame, ref, name, value)
                if parameter is not None and parameter.annotation == NONE and parameter.default != NONE:
                    callee = Frame(thing.definition.path, thing.definition.region, thing.definition.scope)
                    for default in self._inference.things(At(callee, parameter.default)):
                        if isinstance(default, (MemberThing, MemberValueThing)):
                            origin = Related(f"parameter `{parameter.name}` starts as a member here", Place(callee.path, parameter.span))
                            return (default, UnknownThing("an argument of any kind")), parameter.name, origin
                if parameter is not None and parameter.annotation != NONE:
                    callee = Frame(thing.definition.path, thing.definition.region, thing.definition.scope)
                    origin = Related(
                        f"parameter `{parameter.name}` of `{self._inference.scope(callee).qualname}` is declared here",
                        Place(callee.path, parameter.span),
                    )
                    return self._inference.types(At(callee, parameter.annotation)), parameter.name, origin
        model = self._queried(frame, self._inference.scope(frame).values[ref]) if name else None
        if model is not None and self._inference.field(model, name) is not None:
            return self._declared(InstanceThing(model), name), name, self._class_origin(model, name)
        return (), name, None

    def _positional_field(self, cls: ClassThing, frame: Frame, ref: Ref, value: Ref) -> str:
        """The field that a positional argument of a class without `__init__` goes to."""
        call = self._inference.scope(frame).values[ref]
        if not isinstance(call, Call):
            return ""
        positional = [argument.value for argument in call.arguments if argument.name == ""]
        if value not in positional or any(argument.name == "*" for argument in call.arguments):
            return ""
        fields = self._inference.constructor_fields(cls)
        position = positional.index(value)
        return fields[position] if position < len(fields) else ""

    def _queried(self, frame: Frame, call: object) -> ClassThing | None:
        """The model that a query is about: `update(Job).values(...)`, `session.query(Job).filter_by(...)`, `Job.objects.filter(...)`."""
        scope = self._inference.scope(frame)
        value = call
        for _ in range(16):
            if isinstance(value, Call):
                for argument in value.arguments:
                    if argument.name == "" and isinstance(scope.values[argument.value], (Free, Attribute)):
                        for thing in self._inference.things(At(frame, argument.value)):
                            if isinstance(thing, ClassThing):
                                return thing
                value = scope.values[value.function]
            elif isinstance(value, Attribute):
                for thing in self._inference.things(At(frame, value.base)) if isinstance(scope.values[value.base], Free) else ():
                    if isinstance(thing, ClassThing):
                        return thing
                value = scope.values[value.base]
            else:
                return None
        return None

    def _class_origin(self, cls: ClassThing, name: str) -> Related | None:
        found = self._inference.field(cls, name)
        if found is None:
            return None
        return Related(f"`{self._inference.scope(cls.definition).qualname}.{name}` is declared here", Place(found[0].path, found[1].span))

    def _parameter_for(self, function: FunctionThing, frame: Frame, ref: Ref, name: str, value: Ref) -> ParameterFact | None:
        scope = self._inference.scope(function.definition)
        bound = self._inference.arguments(function, At(frame, ref))
        for parameter in scope.parameters:
            if name == parameter.name:
                return parameter
            given = bound.get(parameter.name, ())
            if not name and any(at.frame is frame and at.ref == value for at in given):
                return parameter
        return None

    def _entries(self, frame: Frame, scope: Scope, mapping: Mapping) -> Iterator[_Literal]:
        for key, value in mapping.entries:
            held = scope.values[key] if key != NONE else None
            if isinstance(held, Text):
                for ref in _texts(scope, value):
                    yield _Literal(frame, ref, StatusPlace.ENTRY, _Subject(repr(held.value), held.value, (), False))

    def _parameter(self, frame: Frame, parameter: ParameterFact) -> _Subject:
        types = self._inference.types(At(frame, parameter.annotation)) if parameter.annotation != NONE else ()
        return _Subject(parameter.name, parameter.name, types, False)


_BARE = {StatusPlace.COMPARISON, StatusPlace.CONTAINMENT, StatusPlace.CASE, StatusPlace.ASSIGNMENT}
"""Where the subject may be a plain variable, whose name says nothing outside its function."""

def _defaults(scope: Scope, assignment: Assignment) -> Iterator[Ref]:
    """The literals that a field of a class starts with, `field(default=...)` and the like included."""
    value = scope.values[assignment.value]
    if not isinstance(value, Call):
        yield from _texts(scope, assignment.value)
        return
    name = last_name(scope, value.function)
    for position, argument in enumerate(value.arguments):
        if argument.name in ("default", "server_default") or (name == "Field" and argument.name == "" and position == 0):
            yield from _texts(scope, argument.value)


_READS = {StatusPlace.COMPARISON, StatusPlace.CONTAINMENT, StatusPlace.CASE}


def _texts(scope: Scope, ref: Ref, depth: int = 4) -> Iterator[Ref]:
    """The string literals that an expression may be."""
    if ref == NONE or depth == 0:
        return
    match scope.values[ref]:
        case Text():
            yield ref
        case Choice(kind="if" | "or" | "join", alternatives=alternatives):
            for alternative in alternatives:
                yield from _texts(scope, alternative, depth - 1)
        case Declared(value=base) | Narrowed(base=base):
            yield from _texts(scope, base, depth)
        case _:
            return


def _elements(scope: Scope, ref: Ref) -> tuple[Ref, ...]:
    value = scope.values[ref] if ref != NONE else None
    if isinstance(value, (Sequence,)):
        return value.elements
    if isinstance(value, Choice) and value.kind == "if":
        return value.alternatives
    return (ref,) if ref != NONE else ()


def _meetings(scope: Scope) -> Iterator[tuple[str, str, Ref, StatusPlace]]:
    """Where something with a name meets another value: the name, how it is written, and the value."""
    for comparison in scope.comparisons:
        if comparison.operator in _EQUALITY:
            where = StatusPlace.CASE if comparison.operator == "case" else StatusPlace.COMPARISON
            for side, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                yield last_name(scope, side), spelled(scope, side), other, where
        elif comparison.operator in _CONTAINMENT:
            yield last_name(scope, comparison.left), spelled(scope, comparison.left), comparison.right, StatusPlace.CONTAINMENT
    for assignment in scope.assignments:
        if assignment.value == NONE:
            continue
        if assignment.kind is TargetKind.ATTRIBUTE:
            written = f"{spelled(scope, assignment.base)}.{assignment.name}"
            yield assignment.name, written, assignment.value, StatusPlace.ASSIGNMENT
        elif assignment.kind is TargetKind.ITEM:
            key = scope.values[assignment.key]
            if isinstance(key, Text):
                written = f"{spelled(scope, assignment.base)}[{key.value!r}]"
                yield key.value, written, assignment.value, StatusPlace.ASSIGNMENT
    for value in scope.values:
        if isinstance(value, Call):
            for argument in value.arguments:
                if argument.name and not argument.name.startswith("*"):
                    written = f"{last_name(scope, value.function)}({argument.name}=)"
                    yield argument.name, written, argument.value, StatusPlace.ARGUMENT
        elif isinstance(value, Mapping):
            for entry, held in value.entries:
                text = scope.values[entry] if entry != NONE else None
                if isinstance(text, Text):
                    yield text.value, repr(text.value), held, StatusPlace.ENTRY


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
