"""Which envelope governs an exit: one of the contract, or the built-in one where the contract declares none."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from execution_lint.config.schema import METHODS, Config, Envelope, RoutePattern
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Awaited,
    Call,
    Free,
)
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place, Span
from execution_lint.project.handler_exits import HandlerExit
from execution_lint.project.inference import Inference
from execution_lint.project.registration import Registration
from execution_lint.project.routers import Routers, argument_of
from execution_lint.project.subjects import AnswerKind, Governance, Route, RouteExit
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    FunctionThing,
)

BUILT_IN = Envelope(name="execution", require=("plugin", "job_id", "status"), id="job_id")
"""The envelope that applies where the contract declares none, to exits that give signals of an execution's answer."""

_EXECUTION = re.compile(r"execut|analy[sz]e|(?:^|[/.])run_", re.IGNORECASE)
_NOT_AN_EXECUTION = re.compile(
    r"health|ready|readiness|alive|liveness|metrics|version|openapi|docs|redoc|swagger|favicon|jsonrpc|json_rpc|/test(?:/|$)|_with_",
    re.IGNORECASE,
)
_JOB_WORD = re.compile(r"job|plugin", re.IGNORECASE)
_COLLECTION_KEYS = frozenset({"count", "total", "next_cursor", "next", "page", "limit", "offset"})


@dataclass(frozen=True, slots=True)
class JobSigns:
    """What the routes of a project say of jobs, taken together."""

    answering: frozenset[str]
    """The handlers that answer with `job_id` and `status`."""
    has_word: bool
    """A path, a handler or a key speaks of jobs or plugins."""


def job_signs(exits: Iterable[HandlerExit]) -> JobSigns:
    """What the exits of all routes say of jobs."""
    answering: set[str] = set()
    has_word = False
    for exit in exits:
        subject = exit.subject
        keys = [answer.keys for answer in subject.answers if answer.kind is AnswerKind.OBJECT]
        if any({"job_id", "status"} <= known for known in keys):
            answering.add(subject.handler)
        texts = [subject.handler.partition(":")[2], bare_call(exit), *(route.path for route in subject.routes)]
        texts += [key for answer in (*subject.answers, *subject.returned) for key in answer.keys]
        has_word = has_word or any(_JOB_WORD.search(text) for text in texts)
    return JobSigns(frozenset(answering), has_word)


class EnvelopeGovernance:
    """Matches exits with envelopes, less what a route is exempt from and what something else wraps."""

    def __init__(self, inference: Inference, routers: Routers, config: Config) -> None:
        self._inference = inference
        self._routers = routers
        self._config = config

    def by_contract(self, exit: HandlerExit, signs: JobSigns) -> Iterator[RouteExit]:
        """The exit with what governs it, given what all routes of the project say of jobs: once for each envelope, and
        for none, with the routes that it is so for."""
        found: dict[str, list[tuple[Governance | None, Route]]] = {}
        for route in exit.subject.routes:
            governance = self._of_exit(_of_route(exit, route), signs)
            found.setdefault(governance.envelope.name if governance is not None else "", []).append((governance, route))
        if not found:
            yield replace(exit.subject, governance=self._of_exit(exit, signs))
        for governed in found.values():
            surest = max(governed, key=lambda one: one[0].confidence.rank if one[0] is not None else 0)[0]
            yield replace(exit.subject, routes=tuple(route for _, route in governed), governance=surest)

    def _of_exit(self, exit: HandlerExit, signs: JobSigns) -> Governance | None:
        if not self._config.envelopes:
            return self._built_in(exit, signs)
        for envelope in self._config.envelopes:
            found = self._declared(envelope, exit)
            if found is not None and not any(self._matches(pattern, exit.subject) for pattern in envelope.exempt):
                return found
        return None

    def _matches(self, pattern: RoutePattern, exit: RouteExit) -> Confidence | None:
        best: Confidence | None = None
        for route in exit.routes:
            for method in route.methods or METHODS:
                if route.path_complete and pattern.matches(method, route.path):
                    if route.methods:
                        return Confidence.PROVEN
                    best = Confidence.LIKELY
                if not route.path_complete and pattern.matches_suffix(method, route.path):
                    best = Confidence.LIKELY
        return best

    def _declared(self, envelope: Envelope, exit: HandlerExit) -> Governance | None:
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

    def _is_wrapped(self, envelope: Envelope, exit: HandlerExit) -> bool:
        """Whether something that the contract names supplies the envelope."""
        wrappers = {wrapper.spelled for wrapper in envelope.wrappers} | {
            wrapper.dotted for wrapper in envelope.wrappers
        }
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

    def _wrapping(self, registration: Registration) -> Iterator[At]:
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

    def _built_in(self, handler_exit: HandlerExit, signs: JobSigns) -> Governance | None:
        exit = handler_exit.subject
        name = exit.handler.rpartition(":")[2].rpartition(".")[2]
        bare = bare_call(handler_exit)
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
        has_jobs = bool(signs.answering - {exit.handler})
        reasons = [*own, "another exit of the project answers with `job_id` and `status`"] if has_jobs else own
        # `result` and a verb say execution, not job: a project that knows neither jobs nor plugins calls functions.
        is_supported = has_jobs or signs.has_word
        confidence = Confidence.LIKELY if len(reasons) > 1 and is_supported else Confidence.POSSIBLE
        return Governance(BUILT_IN, confidence, True, tuple(reasons))


def _of_route(exit: HandlerExit, route: Route) -> HandlerExit:
    """The exit as one route of its handler comes to it."""
    if len(exit.subject.routes) == 1:
        return exit
    path = (route.path, route.path_complete)
    registrations = tuple(registration for registration in exit.registrations if path in registration.paths)
    return replace(exit, subject=replace(exit.subject, routes=(route,)), registrations=registrations)


def bare_call(exit: HandlerExit) -> str:
    """The name of the function whose value the exit returns as it is; empty where it returns something else."""
    value_at = exit.subject.value
    if value_at is None:
        return ""
    values = exit.values
    value = values[value_at.ref]
    if isinstance(value, Awaited):
        value = values[value.base]
    if isinstance(value, Call):
        function = values[value.function]
        return function.name if isinstance(function, (Attribute, Free)) else ""
    return ""


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(f"`{key}`" for key in keys) or "no key"
