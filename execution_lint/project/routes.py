"""The routes of a project with every exit of their handlers, and the envelope that governs each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from execution_lint.config.schema import Config, Envelope, RoutePattern
from execution_lint.facts.scopes import Exit, ExitKind, ScopeKind
from execution_lint.facts.values import NONE, Attribute, Awaited, Call, Choice, Constant, Free, Nested, Ref, Sequence, Spread
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place, Span
from execution_lint.project.inference import Inference
from execution_lint.project.routers import Prefix, Router, Routers, argument_of, join, route_tables
from execution_lint.project.shapes import Shapes, unknown
from execution_lint.project.strings import known_end, listed, status_code, strings
from execution_lint.project.subjects import Answer, AnswerKind, Governance, Route, RouteExit
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    Thing,
    UnknownThing,
)
from execution_lint.source.regions import Needles

METHODS = frozenset({"get", "post", "put", "delete", "patch", "head", "options", "trace"})
_DECORATORS = METHODS | {"route", "api_route"}
_REGISTRATIONS = frozenset({"add_api_route", "add_url_rule", "add_route", "routes"})
_ROUTER_NAMES = re.compile(r"(?:^|_)(?:app|application|api|router|blueprint|bp)$")
_NO_BODY = frozenset({204, 205, 304})

BUILT_IN = Envelope(name="execution", require=("plugin", "job_id", "status"))
"""The envelope that applies where the contract declares none, to exits that give signals of an execution's answer."""

_EXECUTION = re.compile(r"execut|analy[sz]e|(?:^|[/.])run_", re.IGNORECASE)
_NOT_AN_EXECUTION = re.compile(
    r"health|ready|readiness|alive|liveness|metrics|version|openapi|docs|redoc|swagger|favicon|jsonrpc|json_rpc|/test(?:/|$)|_with_", re.IGNORECASE
)
_COLLECTION_KEYS = frozenset({"count", "total", "next_cursor", "next", "page", "limit", "offset"})


@dataclass(frozen=True, slots=True)
class _Registration:
    """A method and path given to a handler, before its exits are looked at."""

    handler: Definition
    framework: str
    methods: tuple[str, ...]
    paths: tuple[tuple[str, bool], ...]
    confidence: Confidence
    routers: tuple[Router, ...]
    decorator: At | None
    """The call that registers it, whose keywords say what the wire model is."""
    position: int
    """Which of the handler's decorators it is; -1 for none."""


@dataclass(frozen=True, slots=True)
class _HandlerExit:
    """An exit before it is known what governs it."""

    subject: RouteExit
    fact: Exit
    registrations: tuple[_Registration, ...]


class Routes:
    """Finds the routes of FastAPI, Starlette and Flask, and what each exit of a handler answers."""

    def __init__(self, inference: Inference, shapes: Shapes, config: Config) -> None:
        self._inference = inference
        self._shapes = shapes
        self._config = config
        self._routers = Routers(inference)
        self._frameworks: dict[str, str] = {}

    def __iter__(self) -> Iterator[RouteExit]:
        exits = [exit for registrations in self._handlers().values() for exit in self._exits(registrations)]
        has_jobs = any(
            answer.kind is AnswerKind.OBJECT and {"job_id", "status"} <= answer.keys for exit in exits for answer in exit.subject.answers
        )
        for exit in exits:
            yield replace(exit.subject, governance=self._governance(exit, has_jobs))

    # Registrations

    def _handlers(self) -> dict[Definition, list[_Registration]]:
        found: dict[Definition, list[_Registration]] = {}
        for path, regions in self._inference.modules.library.candidates(Needles(_REGISTRATIONS, _DECORATORS)):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index in range(len(facts.scopes) if facts is not None else 0):
                    for registration in self._registrations(Frame(path, region, index)):
                        found.setdefault(registration.handler, []).append(registration)
        return found

    def _registrations(self, frame: Frame) -> Iterator[_Registration]:
        scope = self._inference.scope(frame)
        if scope.kind is ScopeKind.FUNCTION:
            for position, decorator in enumerate(scope.decorators):
                call = scope.values[decorator]
                if isinstance(call, Call):
                    function = scope.values[call.function]
                    if isinstance(function, Attribute) and function.name in _DECORATORS:
                        routers = self._routers.at(At(frame, function.base))
                        yield from self._decorated(frame, At(frame, decorator), call, function, routers, function.name, position)
                    elif isinstance(function, Free):
                        yield from self._decorated_by_variable(frame, At(frame, decorator), call, function, position)
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call):
                function = scope.values[value.function]
                name = function.name if isinstance(function, (Attribute, Free)) else ""
                if name in ("add_api_route", "add_url_rule", "add_route") and isinstance(function, Attribute):
                    yield from self._added(At(frame, ref), value, function)
                routes = argument_of(value, "routes", 99)
                if routes != NONE:
                    yield from self._tabled(At(frame, ref), At(frame, routes))

    def _decorated_by_variable(self, frame: Frame, at: At, call: Call, function: Free, position: int) -> Iterator[_Registration]:
        """`get = app.get`, and then `@get("/path")`."""
        for thing in self._inference.things(At(frame, call.function)):
            if isinstance(thing, ExternalThing) and thing.receiver is not None:
                router = self._routers.of_thing(thing.receiver)
                name = thing.name.rpartition(".")[2]
                if router is not None and name in _DECORATORS:
                    yield from self._decorated(frame, at, call, function, (router,), name, position)

    def _decorated(
        self, frame: Frame, at: At, call: Call, function: Attribute | Free, routers: tuple[Router, ...], name: str, position: int
    ) -> Iterator[_Registration]:
        path_ref = argument_of(call, "path", 0)
        path_ref = path_ref if path_ref != NONE else argument_of(call, "rule", 0)
        if routers:
            framework, confidence = routers[0].framework, Confidence.PROVEN
        else:
            guessed = self._guess(frame, function, path_ref) if isinstance(function, Attribute) else None
            if guessed is None:
                return
            framework, confidence = guessed
        if path_ref == NONE:
            return
        yield _Registration(
            handler=frame.definition,
            framework=framework,
            methods=self._methods(frame, call, name),
            paths=self._paths(routers, At(frame, path_ref)),
            confidence=confidence,
            routers=routers,
            decorator=at,
            position=position,
        )

    def _guess(self, frame: Frame, function: Attribute, path_ref: Ref) -> tuple[str, Confidence] | None:
        """A receiver that is not known, but is called like a router and given a path: the framework that the module imports."""
        if path_ref == NONE:
            return None
        scope = self._inference.scope(frame)
        receiver = scope.values[function.base]
        name = getattr(receiver, "name", "")
        paths = strings(self._inference, At(frame, path_ref))
        things = self._inference.things(At(frame, function.base))
        if not all(isinstance(thing, UnknownThing) for thing in things) or not _ROUTER_NAMES.search(name):
            return None
        if paths is None or not all(path.startswith("/") or not path for path in paths):
            return None
        framework = self._imported_framework(frame.path)
        return (framework, Confidence.LIKELY) if framework else ("unknown", Confidence.POSSIBLE)

    def _imported_framework(self, path: str) -> str:
        if path not in self._frameworks:
            tops = {imported.module.partition(".")[0] for _, imported in self._inference.module(path).imports() if not imported.level}
            found = tops & {"fastapi", "flask", "starlette"}
            self._frameworks[path] = "fastapi" if "fastapi" in found else found.pop() if len(found) == 1 else ""
        return self._frameworks[path]

    def _methods(self, frame: Frame, call: Call, name: str) -> tuple[str, ...]:
        if name in METHODS:
            return (name.upper(),)
        ref = argument_of(call, "methods", 99)
        if ref == NONE:
            return ("GET",)
        found = listed(self._inference, At(frame, ref))
        return tuple(method.upper() for method in found) if found is not None else ()

    def _paths(self, routers: tuple[Router, ...], at: At) -> tuple[tuple[str, bool], ...]:
        texts = strings(self._inference, at)
        own = tuple((text, True) for text in texts) if texts is not None else ((known_end(self._inference, at), False),)
        prefixes = tuple(prefix for router in routers for prefix in self._routers.prefixes(router)) or (Prefix("", False),)
        found: dict[tuple[str, bool], None] = {}
        for prefix in prefixes:
            for text, is_known in own:
                found[(join(prefix.text, text), prefix.is_complete) if is_known else (text, False)] = None
        return tuple(found)

    def _added(self, at: At, call: Call, function: Attribute) -> Iterator[_Registration]:
        frame = at.frame
        routers = self._routers.at(At(frame, function.base))
        path_ref = argument_of(call, "rule" if function.name == "add_url_rule" else "path", 0)
        handler_ref = (
            argument_of(call, "view_func", 2) if function.name == "add_url_rule" else argument_of(call, "endpoint", argument_position(function.name))
        )
        handler_ref = handler_ref if handler_ref != NONE else argument_of(call, "route", 1)
        if path_ref == NONE or handler_ref == NONE:
            return
        framework = routers[0].framework if routers else "flask" if function.name == "add_url_rule" else self._imported_framework(frame.path)
        confidence = Confidence.PROVEN if routers else Confidence.LIKELY
        for handler, method in self._endpoints(At(frame, handler_ref)):
            methods = (method,) if method else self._methods(frame, call, "")
            yield _Registration(handler, framework or "unknown", methods, self._paths(routers, At(frame, path_ref)), confidence, routers, at, NONE)

    def _tabled(self, owner: At, table: At) -> Iterator[_Registration]:
        """`Route(...)` and `Mount(...)` in the table of an application or router."""
        routers = tuple(
            router
            for thing in self._inference.things(owner)
            if (router := self._routers.of_thing(thing)) is not None
        )
        if not routers:
            return
        prefixes = tuple(prefix for router in routers for prefix in self._routers.prefixes(router))
        yield from self._table_entries(routers, prefixes, table, 0)

    def _table_entries(self, routers: tuple[Router, ...], prefixes: tuple[Prefix, ...], table: At, depth: int) -> Iterator[_Registration]:
        for at, call in route_tables(self._inference, table):
            names = {
                thing.name.rpartition(".")[2]
                for thing in self._inference.things(At(at.frame, call.function))
                if isinstance(thing, ExternalThing) and thing.name.partition(".")[0] in ("starlette", "fastapi")
            }
            path_ref = argument_of(call, "path", 0)
            if path_ref == NONE:
                continue
            path_at = At(at.frame, path_ref)
            texts = strings(self._inference, path_at)
            text, is_known = (texts[0], True) if texts else (known_end(self._inference, path_at), False)
            below = tuple(Prefix(join(prefix.text, text), prefix.is_complete and is_known) for prefix in prefixes)
            if "Mount" in names and depth < 8:
                inner = argument_of(call, "routes", 99)
                if inner != NONE:
                    yield from self._table_entries(routers, below, At(at.frame, inner), depth + 1)
            elif names & {"Route", "APIRoute"}:
                endpoint = argument_of(call, "endpoint", 1)
                for handler, method in self._endpoints(At(at.frame, endpoint)) if endpoint != NONE else ():
                    methods = (method,) if method else self._methods(at.frame, call, "")
                    paths = tuple((prefix.text, prefix.is_complete) for prefix in below)
                    yield _Registration(handler, routers[0].framework, methods, paths, Confidence.PROVEN, routers, at, NONE)

    def _endpoints(self, at: At) -> Iterator[tuple[Definition, str]]:
        """The functions behind an endpoint, with the method that each answers where a class says so."""
        value = self._inference.value(at)
        if isinstance(value, Call):
            function = self._inference.scope(at.frame).values[value.function]
            if isinstance(function, Attribute) and function.name == "as_view":
                at = At(at.frame, function.base)
        for thing in self._inference.things(at):
            match thing:
                case FunctionThing(definition=definition):
                    yield definition, ""
                case ClassThing():
                    for name in sorted(METHODS):
                        for found in self._inference.attribute(thing, name):
                            if isinstance(found, FunctionThing):
                                yield found.definition, name.upper()
                    for found in self._inference.attribute(thing, "dispatch_request"):
                        if isinstance(found, FunctionThing):
                            yield found.definition, ""
                case _:
                    continue

    # Exits

    def _exits(self, registrations: list[_Registration]) -> Iterator[_HandlerExit]:
        handler = registrations[0].handler
        scope = self._inference.scope(handler)
        frame = Frame(handler.path, handler.region, handler.scope)
        routes = tuple(
            dict.fromkeys(
                Route(registration.methods, path, is_complete) for registration in registrations for path, is_complete in registration.paths
            )
        )
        framework = registrations[0].framework
        override = self._override(frame, registrations)
        has_model = self._has_model(frame, registrations)
        confidence = Confidence.weakest(*(registration.confidence for registration in registrations), self._decoration(frame, registrations))
        for exit in scope.exits:
            if exit.kind not in (ExitKind.RETURN, ExitKind.FALL) or not self._shapes.is_reachable(frame, exit.flow):
                continue
            if scope.is_generator:
                answers: tuple[Answer, ...] = (Answer(AnswerKind.NOT_JSON, reason="a stream"),)
            else:
                answers = (override,) if override is not None else self._answered(At(frame, exit.value) if exit.value != NONE else None, framework)
                if self._shapes.error_code(frame, exit.flow):
                    answers = tuple(replace(answer, is_error=True) for answer in answers)
            subject = RouteExit(
                place=Place(handler.path, self._line(exit, scope.head)),
                scope=scope.qualname,
                handler=self._inference.qualname(handler),
                framework=framework,
                routes=routes,
                answers=answers,
                confidence=confidence,
                governance=None,
                has_model=has_model and not self._is_response(frame, exit),
            )
            yield _HandlerExit(subject, exit, tuple(registrations))

    def _line(self, exit: Exit, head: Span) -> Span:
        return head if exit.kind is ExitKind.FALL else exit.span

    def _is_response(self, frame: Frame, exit: Exit) -> bool:
        if exit.value == NONE:
            return False
        things = self._inference.things(At(frame, exit.value))
        return bool(things) and all(self._shapes.is_response(thing) for thing in things)

    def _answered(self, at: At | None, framework: str) -> tuple[Answer, ...]:
        if at is None:
            return (Answer(AnswerKind.BARE, reason="null"),)
        found: dict[Answer, None] = {}
        for alternative in self._alternatives(at):
            value = self._inference.value(alternative)
            if framework == "flask" and isinstance(value, Sequence) and value.kind == "tuple" and value.elements:
                answers = tuple(self._tuple(alternative, value))
            else:
                answers = self._shapes.answers(alternative)
            for answer in answers:
                if framework == "flask" and answer.kind is AnswerKind.BARE and answer.reason == "a string":
                    answer = Answer(AnswerKind.NOT_JSON, reason="text", is_error=answer.is_error)
                found[answer] = None
        return tuple(found)

    def _alternatives(self, at: At) -> Iterator[At]:
        value = self._inference.value(at)
        if isinstance(value, Choice) and value.kind in ("join", "if"):
            for alternative in value.alternatives:
                if alternative != at.ref:
                    yield At(at.frame, alternative)
        else:
            yield at

    def _tuple(self, at: At, value: Sequence) -> Iterator[Answer]:
        """Flask's `body, status` and `body, status, headers`."""
        code = status_code(self._inference, At(at.frame, value.elements[1])) if len(value.elements) > 1 else 200
        is_error = code is not None and code >= 400
        first = At(at.frame, value.elements[0])
        if isinstance(self._inference.value(first), Spread):
            yield unknown("a tuple with a spread")
            return
        for answer in self._shapes.answers(first):
            if code in _NO_BODY:
                yield Answer(AnswerKind.NOT_JSON, reason="no body")
            else:
                yield Answer(answer.kind, answer.keys, answer.is_open, answer.reason, is_error or answer.is_error)

    def _override(self, frame: Frame, registrations: list[_Registration]) -> Answer | None:
        """An answer that does not follow from the return value: another response class, no body, a decorator that makes its own."""
        for registration in registrations:
            at = registration.decorator
            call = self._inference.value(at) if at is not None else None
            if at is None or not isinstance(call, Call):
                continue
            code_ref = argument_of(call, "status_code", 99)
            code = status_code(self._inference, At(at.frame, code_ref)) if code_ref != NONE else None
            if code in _NO_BODY:
                return Answer(AnswerKind.NOT_JSON, reason="no body")
            rendered = self._rendered(registration, at, call)
            if rendered is not None:
                return rendered
            if {route for route in registration.methods} and set(registration.methods) <= {"HEAD", "OPTIONS"}:
                return Answer(AnswerKind.NOT_JSON, reason="no body")
        return self._redecorated(frame, registrations)

    def _rendered(self, registration: _Registration, at: At, call: Call) -> Answer | None:
        """A response or route class that decides what is sent."""
        candidates: list[At] = []
        own = argument_of(call, "response_class", 99)
        if own != NONE:
            candidates.append(At(at.frame, own))
        for router in registration.routers:
            names = ("route_class", "default_response_class") if own == NONE else ("route_class",)
            candidates += [found for name in names if (found := self._routers.keyword(router, name)) is not None]
        for candidate in candidates:
            for thing in self._inference.things(candidate):
                if isinstance(thing, ClassThing):
                    name = self._inference.scope(thing.definition).qualname
                    return unknown(f"`{name}` decides what is sent")
                if isinstance(thing, ExternalThing) and self._shapes.is_response(thing) and "JSON" not in thing.name:
                    return Answer(AnswerKind.NOT_JSON, reason=f"a {thing.name.rpartition('.')[2]}")
        return None

    def _redecorated(self, frame: Frame, registrations: list[_Registration]) -> Answer | None:
        """A decorator of the project between the route and the handler that does not hand on what the handler returns."""
        scope = self._inference.scope(frame)
        first = max((registration.position for registration in registrations), default=NONE)
        for decorator in scope.decorators[first + 1 :] if first != NONE else ():
            value = scope.values[decorator]
            made_by_call = isinstance(value, Call)
            for thing in self._inference.things(At(frame, value.function if isinstance(value, Call) else decorator)):
                if isinstance(thing, FunctionThing) and not self._hands_on(thing, made_by_call):
                    return unknown(f"decorated by `{self._inference.scope(thing.definition).name}`, which makes an answer of its own")
        return None

    def _hands_on(self, decorator: FunctionThing, made_by_call: bool) -> bool:
        """Whether a decorator returns what the decorated function returns."""
        definition = decorator.definition
        facts = self._inference.module(definition.path).facts(definition.region)
        assert facts is not None
        scope = facts.scopes[definition.scope]
        if made_by_call:
            inner = self._nested_result(scope.exits, scope.values)
            if inner is None:
                return False
            scope = facts.scopes[inner]
        names = {parameter.name for parameter in scope.parameters}
        inner = self._nested_result(scope.exits, scope.values)
        if inner is None:
            returned = [scope.values[exit.value] for exit in scope.exits if exit.kind is ExitKind.RETURN and exit.value != NONE]
            return all(getattr(value, "name", "") in names for value in returned)
        wrapper = facts.scopes[inner]
        found = False
        for exit in wrapper.exits:
            if exit.kind is ExitKind.RETURN and exit.value != NONE:
                found |= self._is_call_of(wrapper.values, exit.value, names, 8)
        return found

    def _nested_result(self, exits: tuple[Exit, ...], values: tuple[object, ...]) -> int | None:
        for exit in exits:
            if exit.kind is ExitKind.RETURN and exit.value != NONE:
                value = values[exit.value]
                if isinstance(value, Call) and value.arguments:
                    value = values[value.arguments[0].value]
                if isinstance(value, Nested):
                    return value.scope
        return None

    def _is_call_of(self, values: tuple[object, ...], ref: Ref, names: set[str], depth: int) -> bool:
        if depth == 0 or ref == NONE:
            return False
        match values[ref]:
            case Awaited(base=base):
                return self._is_call_of(values, base, names, depth - 1)
            case Choice(alternatives=alternatives):
                return any(self._is_call_of(values, alternative, names, depth - 1) for alternative in alternatives)
            case Call(function=function, arguments=arguments):
                callee = values[function]
                if isinstance(callee, Free) and callee.name in names:
                    return True
                return any(
                    isinstance(given := values[argument.value], Free) and given.name in names for argument in arguments
                )
            case _:
                return False

    def _decoration(self, frame: Frame, registrations: list[_Registration]) -> Confidence:
        """How sure the answer is behind decorators from outside the project, which may change it."""
        scope = self._inference.scope(frame)
        last = max((registration.position for registration in registrations), default=NONE)
        if last == NONE:
            return Confidence.PROVEN
        for decorator in scope.decorators[last + 1 :]:
            value = scope.values[decorator]
            for thing in self._inference.things(At(frame, value.function if isinstance(value, Call) else decorator)):
                if not isinstance(thing, FunctionThing) and not (isinstance(thing, ExternalThing) and thing.name.startswith("functools.")):
                    return Confidence.LIKELY
        return Confidence.PROVEN

    def _has_model(self, frame: Frame, registrations: list[_Registration]) -> bool:
        """Whether a declared wire model decides which keys are sent."""
        if registrations[0].framework != "fastapi":
            return False
        for registration in registrations:
            at = registration.decorator
            call = self._inference.value(at) if at is not None else None
            if at is not None and isinstance(call, Call):
                ref = argument_of(call, "response_model", 99)
                if ref != NONE:
                    value = self._inference.scope(at.frame).values[ref]
                    types = self._inference.types(At(at.frame, ref))
                    return not (isinstance(value, Constant) and value.kind == "None") and any(self._is_model(thing) for thing in types)
        scope = self._inference.scope(frame)
        if scope.returns == NONE:
            return False
        return any(self._is_model(thing) for thing in self._inference.types(At(frame, scope.returns)))

    def _is_model(self, thing: Thing) -> bool:
        match thing:
            case InstanceThing() if self._shapes.is_response(thing):
                return False
            case InstanceThing(of=ClassThing()):
                return True
            case InstanceThing(of=ExternalThing(name=name)):
                return not name.startswith(("builtins.", "typing.", "collections."))
            case UnknownThing():
                return True
            case _:
                return False

    # Governance

    def _governance(self, exit: _HandlerExit, has_jobs: bool) -> Governance | None:
        if not self._config.envelopes:
            return self._built_in(exit, has_jobs)
        for envelope in self._config.envelopes:
            found = self._declared(envelope, exit)
            if found is not None and not any(self._matches(pattern, exit.subject) for pattern in envelope.exempt):
                return found
        return None

    def _matches(self, pattern: RoutePattern, exit: RouteExit) -> Confidence | None:
        best: Confidence | None = None
        for route in exit.routes:
            for method in route.methods or ("GET",):
                if route.path_complete and pattern.matches(method, route.path):
                    return Confidence.PROVEN
                if not route.path_complete and pattern.matches_suffix(method, route.path):
                    best = Confidence.LIKELY
        return best

    def _declared(self, envelope: Envelope, exit: _HandlerExit) -> Governance | None:
        module, _, qualname = exit.subject.handler.partition(":")
        line = envelope.line
        confidence: Confidence | None = None
        for reference in envelope.handlers:
            if reference.module == module and reference.qualname == qualname:
                confidence, line = Confidence.PROVEN, reference.line
        for module_pattern in envelope.modules if confidence is None else ():
            if module_pattern.matches(module):
                confidence, line = Confidence.PROVEN, module_pattern.line
        for pattern in envelope.routes if confidence is not Confidence.PROVEN else ():
            found = self._matches(pattern, exit.subject)
            if found is not None and (confidence is None or found.rank > confidence.rank):
                confidence, line = found, pattern.line
        if confidence is None or self._is_wrapped(envelope, exit):
            return None
        related: tuple[Related, ...] = ()
        if self._config.file and line:
            place = Place(self._config.file, Span(line, 1, line, 1))
            related = (Related(f"envelope `{envelope.name}` requires {_listed(envelope.require)}", place),)
        return Governance(envelope, confidence, False, (), related)

    def _is_wrapped(self, envelope: Envelope, exit: _HandlerExit) -> bool:
        """Whether something that the contract names supplies the envelope."""
        wrappers = {wrapper.spelled for wrapper in envelope.wrappers} | {wrapper.dotted for wrapper in envelope.wrappers}
        if not wrappers:
            return False
        for registration in exit.registrations:
            for at in self._wrapping(registration):
                for thing in self._inference.things(at):
                    match thing:
                        case FunctionThing(definition=found) | ClassThing(definition=found):
                            if self._inference.qualname(found) in wrappers:
                                return True
                        case ExternalThing(name=name):
                            if name in wrappers:
                                return True
                        case _:
                            continue
        return False

    def _wrapping(self, registration: _Registration) -> Iterator[At]:
        definition = registration.handler
        frame = Frame(definition.path, definition.region, definition.scope)
        scope = self._inference.scope(frame)
        for decorator in scope.decorators:
            value = scope.values[decorator]
            yield At(frame, value.function if isinstance(value, Call) else decorator)
        call = self._inference.value(registration.decorator) if registration.decorator is not None else None
        if isinstance(call, Call) and registration.decorator is not None:
            own = argument_of(call, "response_class", 99)
            if own != NONE:
                yield At(registration.decorator.frame, own)
        for router in registration.routers:
            for name in ("route_class", "default_response_class"):
                found = self._routers.keyword(router, name)
                if found is not None:
                    yield found

    def _built_in(self, handler_exit: _HandlerExit, has_jobs: bool) -> Governance | None:
        exit = handler_exit.subject
        name = exit.handler.rpartition(":")[2].rpartition(".")[2]
        bare = self._bare_call(handler_exit)
        if any(_NOT_AN_EXECUTION.search(text) for text in (name, bare, *(route.path for route in exit.routes))):
            return None
        objects = [answer for answer in exit.answers if answer.kind is AnswerKind.OBJECT]
        if any(answer.keys & _COLLECTION_KEYS or "jsonrpc" in answer.keys for answer in objects):
            return None
        own: list[str] = []
        if any("plugin" in answer.keys for answer in objects):
            own.append("it answers with `plugin`")
        if any("result" in answer.keys for answer in objects):
            own.append("it answers with `result`")
        if _EXECUTION.search(name) or any(_EXECUTION.search(route.path) for route in exit.routes):
            own.append("its path or name says execution")
        if bare and _EXECUTION.search(bare):
            own.append(f"it returns what `{bare}` gives")
        if not own:
            return None
        reasons = [*own, "another exit of the project answers with `job_id` and `status`"] if has_jobs else own
        confidence = Confidence.LIKELY if len(reasons) > 1 else Confidence.POSSIBLE
        return Governance(BUILT_IN, confidence, True, tuple(reasons))

    def _bare_call(self, exit: _HandlerExit) -> str:
        """The name of the function whose value the exit returns as it is."""
        scope = self._inference.scope(exit.registrations[0].handler)
        if exit.fact.value == NONE:
            return ""
        value = scope.values[exit.fact.value]
        if isinstance(value, Awaited):
            value = scope.values[value.base]
        if isinstance(value, Call):
            function = scope.values[value.function]
            return function.name if isinstance(function, (Attribute, Free)) else ""
        return ""


def argument_position(name: str) -> int:
    """Where the endpoint stands among the positional arguments of a registering method."""
    return 1 if name in ("add_api_route", "add_route") else 2


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(f"`{key}`" for key in keys) or "no key"
