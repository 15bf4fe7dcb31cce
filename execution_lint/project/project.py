"""The project as rules see it: subjects by kind, and what the contract says."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from execution_lint.config.schema import Config, Reference
from execution_lint.model.confidence import Confidence
from execution_lint.project import existence
from execution_lint.project.inference import Inference
from execution_lint.project.library import Library
from execution_lint.project.modules import Modules
from execution_lint.project.subjects import AnsweredStatus, AnswerKind, IdleEntry, LoopCall, RouteExit, StatusUse
from execution_lint.project.things import ClassThing, Thing

if TYPE_CHECKING:
    from execution_lint.project.answer_values import AnswerValues
    from execution_lint.project.call_graph.nested_runs import NestedRuns
    from execution_lint.project.loops import Loops
    from execution_lint.project.reachability import Reachability
    from execution_lint.project.routes import Routes
    from execution_lint.project.shapes import Shapes
    from execution_lint.project.vocabularies import Vocabularies
    from execution_lint.project.vocabulary_governance import VocabularyGovernance

Kind = TypeVar("Kind")


class Project:
    """One project, linked lazily: a subject is made when a rule asks for its kind, and what makes it imported then."""

    def __init__(self, library: Library, config: Config) -> None:
        self.config = config
        self.inference = Inference(Modules(library, config.src))
        self.undecided: Counter[tuple[str, str]] = Counter()
        """What could not be decided, by subject and reason."""
        self.notes: list[str] = []
        """What an inventory should say beside its entries."""
        self._makers: dict[str, Callable[[], Iterator[object]]] = {
            "LoopCall": lambda: iter(self.loops),
            "UnclosedLoop": self._unclosed_loops,
            "LoopRun": lambda: self.runs.all(),
            "LoopBridge": self._loop_bridges,
            "NestedRun": lambda: self.runs.nested(),
            "ImportTimeRun": lambda: self.runs.at_import(),
            "ImplicitLoop": self._implicit_loops,
            "LoopPatch": self._loop_patches,
            "UnawaitedCoroutine": self._unawaited_coroutines,
            "RouteExit": self._route_exits,
            "AnswerModel": self._answer_models,
            "AnsweredStatus": self._answered_statuses,
            "ErrorAnswer": self._error_answers,
            "InventedIdentifier": self._invented_identifiers,
            "RoutedHandler": lambda: iter(self.routes.handlers),
            "StatusUse": self._status_uses,
            "ShadowedRoute": self._shadowed_routes,
            "TupleAnswer": self._tuple_answers,
            "IdleEntry": self._idle_entries,
            "ListedWord": self._listed_words,
            "StatusLookup": lambda: self.governance.lookups(),
            "StatusComparison": lambda: self.governance.comparisons(),
            "StatusBranch": lambda: self.governance.branches(),
            "VocabularyTwin": lambda: self.governance.twins(),
            "StatusField": self._status_fields,
            "StatusMove": lambda: self.governance.moves(),
        }
        self._made: dict[type[object], tuple[object, ...]] = {}

    @cached_property
    def loops(self) -> "Loops":
        """The calls that make loops."""
        from execution_lint.project.loops import Loops

        return Loops(self.inference, self.config.event_loop.owners)

    @cached_property
    def runs(self) -> "NestedRuns":
        """The calls that run loops."""
        from execution_lint.project.call_graph.nested_runs import NestedRuns

        return NestedRuns(self.inference, self.undecided)

    @cached_property
    def reachability(self) -> "Reachability":
        """Which code is executed at all."""
        from execution_lint.project.reachability import Reachability

        return Reachability(self.inference)

    @cached_property
    def shapes(self) -> "Shapes":
        """What a value looks like where it is sent."""
        from execution_lint.project.shapes import Shapes

        return Shapes(self.inference, self.reachability)

    @cached_property
    def _values(self) -> "AnswerValues":
        from execution_lint.project.answer_values import AnswerValues

        return AnswerValues(self.inference, self.shapes)

    @cached_property
    def vocabularies(self) -> "Vocabularies":
        """The enums whose values are statuses."""
        from execution_lint.project.vocabularies import Vocabularies

        return Vocabularies(self.inference, self.config)

    @cached_property
    def governance(self) -> "VocabularyGovernance":
        """What is done with vocabularies."""
        from execution_lint.project.vocabulary_governance import VocabularyGovernance

        return VocabularyGovernance(self.inference, self.vocabularies, self.config)

    @cached_property
    def routes(self) -> "Routes":
        """The routes with their handlers."""
        from execution_lint.project.routes import Routes

        return Routes(self.inference, self.shapes, self.reachability, self.config)

    def subjects(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """Every subject of a kind, in the order of files and lines."""
        if kind not in self._made:
            name = kind.__name__
            self._made[kind] = tuple(self._makers[name]()) if self.may_have(name) else ()
        return cast(tuple[Kind, ...], self._made[kind])

    def may_have(self, kind: str) -> bool:
        """Whether the project can have subjects of the kind that is called so."""
        return existence.may_exist(kind, self.config, self.inference.modules.library.stands)

    def _unclosed_loops(self) -> Iterator[object]:
        from execution_lint.project.unclosed_loops import UnclosedLoops

        return iter(UnclosedLoops(self.loops, self.runs.callers, self.undecided))

    def _loop_bridges(self) -> Iterator[object]:
        from execution_lint.project.loop_bridges import LoopBridges

        return iter(LoopBridges(self.inference))

    def _implicit_loops(self) -> Iterator[object]:
        from execution_lint.project.implicit_loops import ImplicitLoops

        return iter(ImplicitLoops(self.inference, self.runs.running, self.undecided))

    def _loop_patches(self) -> Iterator[object]:
        from execution_lint.project.loop_patches import LoopPatches

        return iter(LoopPatches(self.inference))

    def _unawaited_coroutines(self) -> Iterator[object]:
        from execution_lint.project.coroutines import Coroutines

        return iter(Coroutines(self.inference, self._cannot_tell("coroutine")))

    def _answer_models(self) -> Iterator[object]:
        from execution_lint.project.answer_models import answer_models

        return answer_models(self.subjects(RouteExit))

    def _error_answers(self) -> Iterator[object]:
        from execution_lint.project.error_answers import ErrorAnswers

        return ErrorAnswers(self.inference, self.shapes, self.reachability).of_exits(self.subjects(RouteExit))

    def _invented_identifiers(self) -> Iterator[object]:
        from execution_lint.project.invented_identifiers import InventedIdentifiers

        return InventedIdentifiers(self.inference, self._values).of_exits(self.subjects(RouteExit))

    def _shadowed_routes(self) -> Iterator[object]:
        from execution_lint.project.shadows import Shadows

        return iter(Shadows(self.inference, self.routes.registered))

    def _tuple_answers(self) -> Iterator[object]:
        from execution_lint.project.tuple_answers import TupleAnswers

        return iter(TupleAnswers(self.inference, self.reachability, self.routes.registered))

    def _listed_words(self) -> Iterator[object]:
        from execution_lint.project.listed_words import ListedWords

        return iter(ListedWords(self.inference, self.vocabularies))

    def _status_fields(self) -> Iterator[object]:
        from execution_lint.project.status_fields import StatusFields

        return iter(StatusFields(self.inference, self.vocabularies, self.config, self.undecided))

    def _idle_entries(self) -> Iterator[IdleEntry]:
        if not (self.config.envelopes or self.config.event_loop.owners or self.config.boundaries):
            return
        from execution_lint.project.idle_contract import IdleContract

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
            from execution_lint.project.answered_statuses import AnsweredStatuses

            found = AnsweredStatuses(self.inference, self._values, self.vocabularies)
            yield from found.of_exits(self.subjects(RouteExit))

    def _status_uses(self) -> Iterator[StatusUse]:
        """The literals that a vocabulary governs, less those in the place of an answered status."""
        from execution_lint.project.statuses import Statuses

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
