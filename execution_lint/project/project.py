"""The project as rules see it: subjects by kind, and what the contract says."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from execution_lint.config.schema import Config, Reference
from execution_lint.model.confidence import Confidence
from execution_lint.project.answer_models import answer_models
from execution_lint.project.answer_values import AnswerValues
from execution_lint.project.answered_statuses import AnsweredStatuses
from execution_lint.project.call_graph.nested_runs import NestedRuns
from execution_lint.project.coroutines import Coroutines
from execution_lint.project.error_answers import ErrorAnswers
from execution_lint.project.idle_contract import IdleContract
from execution_lint.project.implicit_loops import ImplicitLoops
from execution_lint.project.inference import Inference
from execution_lint.project.invented_identifiers import InventedIdentifiers
from execution_lint.project.library import Library
from execution_lint.project.listed_words import ListedWords
from execution_lint.project.loop_bridges import LoopBridges
from execution_lint.project.loop_patches import LoopPatches
from execution_lint.project.loop_subjects import ImplicitLoop, LoopBridge, LoopPatch, UnclosedLoop
from execution_lint.project.loops import Loops
from execution_lint.project.modules import Modules
from execution_lint.project.reachability import Reachability
from execution_lint.project.routes import Routes
from execution_lint.project.run_subjects import ImportTimeRun, LoopRun, NestedRun
from execution_lint.project.shadows import Shadows
from execution_lint.project.shapes import Shapes
from execution_lint.project.status_fields import StatusFields
from execution_lint.project.statuses import Statuses
from execution_lint.project.subjects import (
    AnsweredStatus,
    AnswerKind,
    AnswerModel,
    ErrorAnswer,
    IdleEntry,
    InventedIdentifier,
    LoopCall,
    RoutedHandler,
    RouteExit,
    ShadowedRoute,
    StatusUse,
    TupleAnswer,
    UnawaitedCoroutine,
)
from execution_lint.project.things import ClassThing, Thing
from execution_lint.project.tuple_answers import TupleAnswers
from execution_lint.project.unclosed_loops import UnclosedLoops
from execution_lint.project.vocabularies import Vocabularies
from execution_lint.project.vocabulary_governance import VocabularyGovernance
from execution_lint.project.vocabulary_subjects import (
    ListedWord,
    StatusBranch,
    StatusComparison,
    StatusField,
    StatusLookup,
    StatusMove,
    VocabularyTwin,
)

Kind = TypeVar("Kind")


class Project:
    """One project, linked lazily: a subject is made when a rule asks for its kind."""

    def __init__(self, library: Library, config: Config) -> None:
        self.config = config
        self.inference = Inference(Modules(library, config.src))
        self.undecided: Counter[tuple[str, str]] = Counter()
        """What could not be decided, by subject and reason."""
        self.notes: list[str] = []
        """What an inventory should say beside its entries."""
        self._makers: dict[type[object], Callable[[], Iterator[object]]] = {
            LoopCall: lambda: iter(self.loops),
            UnclosedLoop: lambda: iter(UnclosedLoops(self.loops, self.runs.callers, self.undecided)),
            LoopRun: lambda: self.runs.all(),
            LoopBridge: lambda: iter(LoopBridges(self.inference)),
            NestedRun: lambda: self.runs.nested(),
            ImportTimeRun: lambda: self.runs.at_import(),
            ImplicitLoop: lambda: iter(ImplicitLoops(self.inference, self.runs.running, self.undecided)),
            LoopPatch: lambda: iter(LoopPatches(self.inference)),
            UnawaitedCoroutine: lambda: iter(Coroutines(self.inference, self._cannot_tell("coroutine"))),
            RouteExit: self._route_exits,
            AnswerModel: lambda: answer_models(self.subjects(RouteExit)),
            AnsweredStatus: self._answered_statuses,
            ErrorAnswer: lambda: ErrorAnswers(self.inference, self.shapes, self.reachability).of_exits(
                self.subjects(RouteExit)
            ),
            InventedIdentifier: lambda: InventedIdentifiers(self.inference, self._values).of_exits(
                self.subjects(RouteExit)
            ),
            RoutedHandler: lambda: iter(self.routes.handlers),
            StatusUse: self._status_uses,
            ShadowedRoute: lambda: iter(Shadows(self.inference, self.routes.registered)),
            TupleAnswer: lambda: iter(TupleAnswers(self.inference, self.reachability, self.routes.registered)),
            IdleEntry: self._idle_entries,
            ListedWord: lambda: iter(ListedWords(self.inference, self.vocabularies)),
            StatusLookup: lambda: self.governance.lookups(),
            StatusComparison: lambda: self.governance.comparisons(),
            StatusBranch: lambda: self.governance.branches(),
            VocabularyTwin: lambda: self.governance.twins(),
            StatusField: lambda: iter(StatusFields(self.inference, self.vocabularies, self.config, self.undecided)),
            StatusMove: lambda: self.governance.moves(),
        }
        self.loops = Loops(self.inference, config.event_loop.owners)
        self.runs = NestedRuns(self.inference, self.undecided)
        self.reachability = Reachability(self.inference)
        self.shapes = Shapes(self.inference, self.reachability)
        self._values = AnswerValues(self.inference, self.shapes)
        self.vocabularies = Vocabularies(self.inference, config)
        self.governance = VocabularyGovernance(self.inference, self.vocabularies, config)
        self.routes = Routes(self.inference, self.shapes, self.reachability, config)
        self._made: dict[type[object], tuple[object, ...]] = {}

    def subjects(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """Every subject of a kind, in the order of files and lines."""
        if kind not in self._made:
            self._made[kind] = tuple(self._makers[kind]())
        return cast(tuple[Kind, ...], self._made[kind])

    def _idle_entries(self) -> Iterator[IdleEntry]:
        if not (self.config.envelopes or self.config.event_loop.owners or self.config.boundaries):
            return
        handlers = self.routes.listed if self.config.envelopes else ()
        loops = self.subjects(LoopCall) if self.config.event_loop.owners else ()
        if self.config.envelopes and self.routes.unresolved:
            self.undecided["entry of the contract", "the handler of a registering call is not known"] += 1
        sure = Confidence.POSSIBLE if self.config.envelopes and self.routes.not_read else Confidence.PROVEN
        of_routes = None if self.config.envelopes and self.routes.unresolved else sure
        yield from IdleContract(self.inference, self.config, handlers, loops, of_routes)

    def _cannot_tell(self, subject: str) -> Callable[[str], None]:
        """Counts what could not be decided about a subject, by reason."""

        def count(reason: str) -> None:
            self.undecided[subject, reason] += 1

        return count

    def _route_exits(self) -> Iterator[RouteExit]:
        for framework in self.routes.not_read:
            self.undecided["routes", f"those of {framework} are not read"] += 1
        if self.routes.registered and self.routes.unresolved:
            self.undecided["routes", "the handler of a registering call is not known"] += self.routes.unresolved
        for exit in self.routes:
            yield exit
            required = frozenset(exit.governance.envelope.require) if exit.governance is not None else frozenset()
            for answer in exit.answers if exit.governance is not None else ():
                if answer.kind is AnswerKind.UNKNOWN or answer.is_open:
                    self.undecided["answer of a governed route", answer.reason or "it may have more keys"] += 1
                elif answer.optional & required:
                    self.undecided["answer of a governed route", "a required key may be left out"] += 1

    def _answered_statuses(self) -> Iterator[AnsweredStatus]:
        if any(envelope.status is not None for envelope in self.config.envelopes):
            found = AnsweredStatuses(self.inference, self._values, self.vocabularies)
            yield from found.of_exits(self.subjects(RouteExit))

    def _status_uses(self) -> Iterator[StatusUse]:
        """The literals that a vocabulary governs, less those in the place of an answered status."""
        taken = {answered.place for answered in self.subjects(AnsweredStatus)}
        statuses = Statuses(self.inference, self.vocabularies, self.config, self.governance.carriers)
        return (use for use in statuses if use.place not in taken)

    def has_enum(self, reference: Reference) -> bool:
        """Whether the project has the enum that a reference of the contract names."""
        for path in self.inference.modules.named(reference.module):
            top, _, rest = reference.qualname.partition(".")
            for site in self.inference.module_sites(path, top):
                things: tuple[Thing, ...] = self.inference.things(site)
                for name in rest.split(".") if rest else ():
                    things = tuple(found for thing in things for found in self.inference.attribute(thing, name))
                if any(isinstance(thing, ClassThing) and self.inference.is_enum(thing) for thing in things):
                    return True
        return False
