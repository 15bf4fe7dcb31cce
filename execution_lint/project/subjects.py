"""What rules are asked about: facts after linking."""

from enum import Enum

import msgspec

from execution_lint.config.schema import Envelope
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.things import ValueKey


class LoopLife(Enum):
    """How long a loop that somebody makes lives, and for what."""

    RUN_TO_COMPLETION = "run to completion"
    """It runs coroutines to completion in the function that makes it."""
    RETURNED = "returned"
    YIELDED = "yielded"
    STORED = "stored"
    """In an attribute, an item, a global or a module's name."""
    SET = "set as the thread's current loop"
    THREAD = "run by a thread of its own"
    PASSED = "passed on"
    CLOSED_OVER = "used by a nested function"
    UNUSED = "left unused"
    EXEMPT = "legitimate"
    """In a loop or policy subclass, a pytest fixture, or handed over as a loop factory."""


class LoopCall(msgspec.Struct, frozen=True):
    """A call that makes an event loop."""

    place: Place
    scope: str
    """Qualified name of the enclosing definition within its module."""
    qualname: str
    """`module:qualname` of the enclosing definition, as the contract spells it."""
    spelled: str
    """The dotted name of what is called."""
    life: LoopLife
    is_closed: bool
    is_fallback: bool
    """Made where `get_event_loop` or `get_running_loop` failed."""
    is_async: bool
    """Made in a coroutine function."""
    where: str
    """What it is stored in or handed to, for the message."""
    declared_by: str
    """The owner of the contract that covers it; empty where none does."""
    related: tuple[Related, ...] = ()


class UnawaitedCoroutine(msgspec.Struct, frozen=True):
    """A call that makes a coroutine which nobody awaits."""

    place: Place
    scope: str
    call: str
    """The call as people would write it: `service.stop()`."""
    how: str
    """What is done with the coroutine instead: `dropped`, `unpacked`, `compared by ==`."""
    is_async: bool
    """It stands in a coroutine function, where it could be awaited."""
    caller: str
    """Qualified name of the function that it stands in; empty in a module's or class's own code."""
    confidence: Confidence
    related: tuple[Related, ...] = ()


class AnswerKind(Enum):
    """What one exit of a handler may answer."""

    OBJECT = "object"
    BARE = "bare"
    """A list, a scalar or null."""
    NOT_JSON = "not-json"
    RAISE = "raise"
    """An exception; `reason` is what it is."""
    UNKNOWN = "unknown"


class Answer(msgspec.Struct, frozen=True):
    """One of the answers that an exit may give."""

    kind: AnswerKind
    keys: frozenset[str] = frozenset()
    """Top-level keys that are there for certain."""
    is_open: bool = False
    """It may have more keys than `keys` and `optional`."""
    reason: str = ""
    """What kind of bare value it is, or why it is not known."""
    is_error: bool = False
    """It is sent with an error status."""
    optional: frozenset[str] = frozenset()
    """Top-level keys that may be there or not; none of `keys`."""

    def lacks(self, key: str) -> bool:
        """Whether it is an object that is known never to have the key."""
        return self.kind is AnswerKind.OBJECT and not self.is_open and key not in self.keys | self.optional


class Route(msgspec.Struct, frozen=True):
    """A method and a path that a handler answers."""

    methods: tuple[str, ...]
    """In upper case; empty where they are not known."""
    path: str
    path_complete: bool
    """Whether the prefixes are all known; where not, `path` is the end of it."""

    @property
    def spelled(self) -> str:
        """`GET /v1/jobs/{job_id}`."""
        return f"{'|'.join(self.methods) or '*'} {'' if self.path_complete else '…'}{self.path}"


class Governance(msgspec.Struct, frozen=True):
    """Why an envelope governs an exit, and how sure that is."""

    envelope: Envelope
    confidence: Confidence
    is_built_in: bool
    reasons: tuple[str, ...]
    """The signals of an execution's answer, for the built-in envelope."""
    related: tuple[Related, ...] = ()


class WireField(msgspec.Struct, frozen=True):
    """A field of a wire model."""

    name: str
    sent: str
    """Its key in what is sent; empty where that is not known."""
    reads: frozenset[str]
    """The keys under which it is read from a returned dict."""
    is_required: bool
    """A returned dict without it is refused: a 500."""
    is_excluded: bool
    """Its own declaration keeps it from being sent."""
    is_left_out: bool
    """The route keeps it from being sent."""
    place: Place


class WireModel(msgspec.Struct, frozen=True):
    """What a route declares to send, whatever its handler returns."""

    spelled: str
    """As the code says it: `response_model=Job`, `-> Job`."""
    place: Place
    answers: tuple[Answer, ...]
    """What it sends: several for a union."""
    fields: tuple[WireField, ...]
    """The fields, where it is one model; else none."""
    allows_more: bool
    """Keys beside the fields are sent too, or it is not known whether they are."""
    keeps_more: bool
    """Keys beside the fields are sent too."""
    selected_at: Place
    """Where the route says which fields are sent; the declaration itself where it does not."""

    @property
    def is_annotation(self) -> bool:
        """It is what the handler is annotated to return."""
        return self.spelled.startswith("->")


WAYS_OF_ONE_CALLER = 4
"""Shapes of answers that one caller of a function may be given."""


class RouteExit(msgspec.Struct, frozen=True):
    """A way out of a route's handler, with what it answers."""

    place: Place
    scope: str
    handler: str
    """`module:qualname`."""
    framework: str
    routes: tuple[Route, ...]
    answers: tuple[Answer, ...]
    confidence: Confidence
    """How sure it is that this is a route and that these are its answers."""
    governance: Governance | None
    wire: WireModel | None
    """The wire model that decides what is sent here; None where the handler does."""
    returned: tuple[Answer, ...]
    """What the handler returns, before a wire model."""
    origin: tuple[str, int, int]
    """The handler's scope: path, region and index."""
    value: ValueKey | None
    """What is returned; None for nothing."""
    written: frozenset[str]
    """Keys that the handler itself writes into a dict."""
    returns_object: bool
    """What it returns is an object of a class, not a dict: a wire model may narrow it on purpose."""
    related: tuple[Related, ...] = ()

    @property
    def has_model(self) -> bool:
        """Whether a wire model decides which keys are sent; one that is a list or a scalar has none."""
        return self.wire is not None and any(
            answer.kind in (AnswerKind.OBJECT, AnswerKind.UNKNOWN) for answer in self.wire.answers
        )

    @property
    def sureness(self) -> Confidence:
        """How sure it is that one of the answers is one of this exit. Of more ways than one caller has use for, and of
        those of functions elsewhere of which not all are known, each may be for other callers, or never be taken."""
        is_dispatched = any(
            answer.kind is AnswerKind.UNKNOWN or (answer.kind is AnswerKind.OBJECT and answer.is_open)
            for answer in self.returned
        )
        ways = sum(answer.kind in (AnswerKind.OBJECT, AnswerKind.BARE) for answer in self.returned)
        if ways > WAYS_OF_ONE_CALLER or (self.related and ways > 1 and is_dispatched):
            return Confidence.POSSIBLE
        return self.confidence


class AnswerModel(msgspec.Struct, frozen=True):
    """A wire model that breaks the envelope of a governed route, by the place that is to blame."""

    place: Place
    scope: str
    exit: RouteExit
    """One of the exits that it decides."""
    missing: tuple[str, ...]
    """The required keys that it does not send."""
    because: str
    """What becomes of them: "leaves out", "renames ... to"."""
    others: int
    """Further handlers of which the same is to blame."""
    related: tuple[Related, ...] = ()


class RoutedHandler(msgspec.Struct, frozen=True):
    """A handler with every route that it answers and every way out of it."""

    place: Place
    """Of its name, in the line of the `def`."""
    scope: str
    handler: str
    """`module:qualname`."""
    framework: str
    routes: tuple[Route, ...]
    confidence: Confidence
    """How sure it is that these are its routes."""
    exits: tuple[RouteExit, ...]


class ShadowedRoute(msgspec.Struct, frozen=True):
    """A registration that no request reaches, because another takes them all."""

    place: Place
    """Of the registration."""
    scope: str
    spelled: str
    """`GET /v1/jobs/latest`."""
    by: str
    """What takes them."""
    is_same: bool
    """Both are the same method and path, but for the names of parameters."""
    fails: bool
    """The framework refuses to start with both."""
    confidence: Confidence
    related: tuple[Related, ...]


class TupleAnswer(msgspec.Struct, frozen=True):
    """A tuple of a body and a status, returned where the framework reads no tuples."""

    place: Place
    scope: str
    framework: str
    route: str
    code: int
    confidence: Confidence
    related: tuple[Related, ...] = ()


class IdleEntry(msgspec.Struct, frozen=True):
    """An entry of the contract that matches nothing."""

    place: Place
    """In the configuration file."""
    scope: str
    entry: str
    """What it is, for the message: "the owner `app.loop:Loop`"."""
    what: str
    """Why it is idle."""
    nearest: str
    """What it was most likely meant to be; empty where nothing is near."""
    confidence: Confidence


class StatusPlace(Enum):
    """Where a status literal stands."""

    COMPARISON = "comparison"
    CONTAINMENT = "containment"
    CASE = "case"
    ASSIGNMENT = "assignment"
    ARGUMENT = "argument"
    DEFAULT = "default"
    ENTRY = "dict entry"
    RETURN = "return"
    KEY = "table key"
    ELEMENT = "element"
    QUERY = "SQL text"


class VocabularyFact(msgspec.Struct, frozen=True):
    """An enum whose values are statuses."""

    name: str
    """As the code calls it: `JobStatus`."""
    dotted: str
    """`module:qualname`."""
    place: Place
    members: tuple[tuple[str, str, Place], ...]
    """Name, value and place of each member; aliases included."""
    has_missing: bool
    """It defines `_missing_`, so that its lookup accepts other spellings."""
    aliases: tuple[tuple[str, str], ...]
    """Legacy spellings of the contract, with the member that each means."""
    is_string: bool
    """Its members are strings."""

    def member_of(self, value: str) -> str | None:
        """The member that has this value."""
        return next((name for name, member_value, _ in self.members if member_value == value), None)


class StatusUse(msgspec.Struct, frozen=True):
    """A string literal in a place that a vocabulary governs."""

    place: Place
    scope: str
    literal: str
    where: StatusPlace
    subject: str
    """The governed expression as people would write it: `job.status`."""
    vocabulary: VocabularyFact
    confidence: Confidence
    evidence: tuple[Related, ...]
    takes_value: bool
    """A plain string must stand here: the member's `.value`."""


class AnsweredStatus(msgspec.Struct, frozen=True):
    """A value under the status key of a governed answer that is not from the contract's vocabulary."""

    place: Place
    scope: str
    exit: RouteExit
    """One of the exits that answer with it."""
    key: str
    what: str
    """As the message calls it: `"done"`, `` `Phase.DONE` ``, `null`."""
    literal: str | None
    """The word, where it is one."""
    member: str | None
    """The member of the vocabulary that has this value."""
    vocabulary: VocabularyFact
    confidence: Confidence
    related: tuple[Related, ...]


class InventedIdentifier(msgspec.Struct, frozen=True):
    """A value under the identifying key of a governed answer that is made up for it and goes nowhere else."""

    place: Place
    scope: str
    exit: RouteExit
    """One of the exits that answer with it."""
    key: str
    maker: str
    """What makes it up: `uuid.uuid4()`."""
    related: tuple[Related, ...]


class ErrorAnswer(msgspec.Struct, frozen=True):
    """An error that leaves a governed route without the shape that its envelope asks of errors."""

    place: Place
    scope: str
    exit: RouteExit
    """One of the exits of the routes that it concerns."""
    who: str
    """Who answers: the route, or an exception handler."""
    what: str
    """What happens, as a verb: "raises ..., which is answered with `detail`"."""
    require: tuple[str, ...]
    """The keys of an error answer."""
    confidence: Confidence
    related: tuple[Related, ...]
