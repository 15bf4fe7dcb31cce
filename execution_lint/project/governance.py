"""Which envelope governs an exit: one of the contract, or the built-in one where the contract declares none."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from execution_lint.config.schema import METHODS, Config, Envelope, RoutePattern
from execution_lint.facts.values import (
    NONE,
    Call,
)
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place, Span
from execution_lint.project.handler_exits import Handler, HandlerExit
from execution_lint.project.inference import Inference
from execution_lint.project.registration import Registration
from execution_lint.project.routers import Routers, argument_of
from execution_lint.project.subjects import AnswerKind, Governance, Route
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
    r"health|ready|readiness|alive|liveness|metrics|version|openapi|docs|redoc|swagger|favicon|jsonrpc|json_rpc|/test(?:/|$)|_with_|"
    r"(?:^|_)checks?(?:_|$)",
    re.IGNORECASE,
)
_CHANGING = frozenset({"PATCH", "DELETE"})
"""The methods that change or remove something that is there, and execute nothing."""
_JOB_WORD = re.compile(r"job|plugin", re.IGNORECASE)
_JOB_KEYS = ("job_id", "status")
"""The keys that together are those of a job's answer, the rarer one first."""
_EXECUTION_KEYS = ("plugin", "result")
"""The keys of which each is a signal of an execution's answer."""
_COLLECTION_KEYS = frozenset({"count", "total", "next_cursor", "next", "page", "limit", "offset"})


class JobSigns:
    """What the routes of a project say of jobs, taken together. It is found out as far as it is asked for."""

    def __init__(self, exits: Iterable[HandlerExit]) -> None:
        self._exits = tuple(exits)
        self._unasked = self._likely_first()
        self._answering: list[str] = []

    def _likely_first(self) -> Iterator[HandlerExit]:
        """The exits, before the others those of handlers that show both keys: what all the others answer need not be
        found out where one of these does."""
        others = []
        for exit in self._exits:
            if exit.handler_shows(*_JOB_KEYS):
                yield exit
            else:
                others.append(exit)
        yield from others

    def are_answered_beside(self, handler: str) -> bool:
        """Whether another handler answers with `job_id` and `status`."""
        while all(known == handler for known in self._answering):
            exit = next(self._unasked, None)
            if exit is None:
                return False
            may_answer = exit.handler.name not in self._answering and exit.may_answer_with(_JOB_KEYS[0])
            if may_answer and _answers_job(exit) and exit.is_reachable:
                self._answering.append(exit.handler.name)
        return True

    @cached_property
    def has_word(self) -> bool:
        """A path, a handler or a key speaks of jobs or plugins."""
        return any(_names_job(exit) and exit.is_reachable for exit in self._exits) or any(
            _has_job_key(exit) and exit.is_reachable for exit in self._exits
        )


def _answers_job(exit: HandlerExit) -> bool:
    objects = (answer for answer in exit.answered.answers if answer.kind is AnswerKind.OBJECT)
    return any(answer.keys.issuperset(_JOB_KEYS) for answer in objects)


def _names_job(exit: HandlerExit) -> bool:
    paths = (route.path for route in exit.handler.routes)
    return any(_JOB_WORD.search(text) for text in (exit.handler.name.partition(":")[2], exit.bare_call, *paths))


def _has_job_key(exit: HandlerExit) -> bool:
    answers = (*exit.answered.answers, *exit.answered.returned)
    return any(_JOB_WORD.search(key) for answer in answers for key in answer.keys)


@lru_cache(maxsize=1_000)
def _says_execution(text: str) -> bool:
    """Whether a path or the name of a function speaks of an execution; asked for each exit of a handler."""
    return _EXECUTION.search(text) is not None


@lru_cache(maxsize=1_000)
def _says_otherwise(text: str) -> bool:
    """Whether it speaks of something that executes nothing."""
    return _NOT_AN_EXECUTION.search(text) is not None


class EnvelopeGovernance:
    """Matches exits with envelopes, less what a route is exempt from and what something else wraps."""

    def __init__(self, inference: Inference, routers: Routers, config: Config) -> None:
        self._inference = inference
        self._routers = routers
        self._config = config

    def by_contract(self, exit: HandlerExit, signs: JobSigns) -> Iterator[tuple[Governance | None, tuple[Route, ...]]]:
        """What governs the exit, given what all routes of the project say of jobs: each envelope, and none, with the
        routes that it is so for."""
        found: dict[str, list[tuple[Governance | None, Route]]] = {}
        for route in exit.handler.routes:
            governance = self._of_exit(exit, exit.handler.on(route), signs)
            found.setdefault(governance.envelope.name if governance is not None else "", []).append((governance, route))
        if not found:
            yield self._of_exit(exit, exit.handler, signs), ()
        for governed in found.values():
            surest = max(governed, key=lambda one: one[0].confidence.rank if one[0] is not None else 0)[0]
            yield surest, tuple(route for _, route in governed)

    def _of_exit(self, exit: HandlerExit, handler: Handler, signs: JobSigns) -> Governance | None:
        if not self._config.envelopes:
            return self._built_in(exit, handler, signs)
        for envelope in self._config.envelopes:
            found = self._declared(envelope, handler)
            if found is not None and not any(self._matches(pattern, handler) for pattern in envelope.exempt):
                return found
        return None

    def _matches(self, pattern: RoutePattern, handler: Handler) -> Confidence | None:
        best: Confidence | None = None
        for route in handler.routes:
            for method in route.methods or METHODS:
                if route.path_complete and pattern.matches(method, route.path):
                    if route.methods:
                        return Confidence.PROVEN
                    best = Confidence.LIKELY
                if not route.path_complete and pattern.matches_suffix(method, route.path):
                    best = Confidence.LIKELY
        return best

    def _declared(self, envelope: Envelope, handler: Handler) -> Governance | None:
        module, _, qualname = handler.name.partition(":")
        line = envelope.line
        confidence: Confidence | None = None
        for reference in envelope.handlers:
            if reference.module == module and reference.qualname == qualname:
                confidence, line = Confidence.PROVEN, reference.line
        for module_pattern in envelope.modules if confidence is None else ():
            if module_pattern.matches(module):
                confidence, line = Confidence.PROVEN, module_pattern.line
        for pattern in envelope.routes if confidence is not Confidence.PROVEN else ():
            found = self._matches(pattern, handler)
            if found is not None and (confidence is None or found.rank > confidence.rank):
                confidence, line = found, pattern.line
        if confidence is None or self._is_wrapped(envelope, handler):
            return None
        related: tuple[Related, ...] = ()
        if self._config.file and line:
            place = Place(self._config.file, Span(line, 1, line, 1))
            related = (Related(f"envelope `{envelope.name}` requires {_listed(envelope.require)}", place),)
        return Governance(envelope, confidence, False, (), related)

    def _is_wrapped(self, envelope: Envelope, handler: Handler) -> bool:
        """Whether something that the contract names supplies the envelope."""
        wrappers = {wrapper.spelled for wrapper in envelope.wrappers} | {
            wrapper.dotted for wrapper in envelope.wrappers
        }
        if not wrappers:
            return False
        for registration in handler.registrations:
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

    def _built_in(self, exit: HandlerExit, handler: Handler, signs: JobSigns) -> Governance | None:
        name = handler.name.rpartition(":")[2].rpartition(".")[2]
        bare = exit.bare_call
        paths = [route.path for route in handler.routes]
        if any(map(_says_otherwise, (name, bare, *paths))):
            return None
        if handler.routes and all(route.methods and _CHANGING.issuperset(route.methods) for route in handler.routes):
            return None
        named: list[str] = []
        if _says_execution(name) or any(map(_says_execution, paths)):
            named.append("its path or name says execution")
        if bare and _says_execution(bare):
            named.append(f"it returns what `{bare}` gives")
        if not named and not exit.may_answer_with(*_EXECUTION_KEYS):
            return None
        objects = [answer for answer in exit.answered.answers if answer.kind is AnswerKind.OBJECT]
        if any(answer.keys & _COLLECTION_KEYS or "jsonrpc" in answer.keys for answer in objects):
            return None
        answering = [key for key in _EXECUTION_KEYS if any(key in answer.keys for answer in objects)]
        own = [*(f"it answers with `{key}`" for key in answering), *named]
        if not own:
            return None
        has_jobs = signs.are_answered_beside(handler.name)
        reasons = [*own, "another exit of the project answers with `job_id` and `status`"] if has_jobs else own
        # `result` and a verb say execution, not job: a project that knows neither jobs nor plugins calls functions.
        is_likely = len(reasons) > 1 and (has_jobs or signs.has_word)
        confidence = Confidence.LIKELY if is_likely else Confidence.POSSIBLE
        return Governance(BUILT_IN, confidence, True, tuple(reasons))


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(f"`{key}`" for key in keys) or "no key"
