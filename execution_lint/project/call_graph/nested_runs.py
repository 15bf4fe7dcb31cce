"""The runs of event loops that can execute on a thread whose loop is running, and those that an import executes."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.project.call_graph.applications import Applications
from execution_lint.project.call_graph.callers import Callers
from execution_lint.project.call_graph.chains import Chains
from execution_lint.project.call_graph.fates import Fates
from execution_lint.project.call_graph.runners import BRIDGE, CLOSING, ENDLESS, SERVERS
from execution_lint.project.call_graph.running_loops import RunningLoops
from execution_lint.project.call_graph.sinks import Sink, Sinks
from execution_lint.project.call_graph.uses import Uses
from execution_lint.project.call_graph.ways import Reached
from execution_lint.project.inference import Inference
from execution_lint.project.run_subjects import ImportTimeRun, LoopRun, NestedRun
from execution_lint.project.things import Definition


class NestedRuns:
    """Asks of every run from where it can be executed."""

    def __init__(self, inference: Inference, undecided: "Counter[tuple[str, str]]") -> None:
        self._inference = inference
        self.callers = Callers(inference, undecided)
        self._chains = Chains(self.callers, undecided)
        self._applications = Applications(inference)
        self.running = RunningLoops(self.callers)

    def entries(self, definition: Definition) -> Reached:
        """From where a function can be executed on a running loop, or by an import."""
        return self._chains.to_function(definition)

    @cached_property
    def _sinks(self) -> Sinks:
        return Sinks(self.callers, Uses(self._inference, Fates(self._inference)))

    @cached_property
    def _reached(self) -> tuple[tuple[Sink, Reached], ...]:
        return tuple((sink, self._ways(sink)) for sink in self._sinks)

    def _ways(self, sink: Sink) -> Reached:
        return self._chains.to_place(sink.frame, sink.ref, sink.place, sink.confidence)

    def all(self) -> Iterator[LoopRun]:
        """Every run, wherever it is executed."""
        known = {sink.place: reached for sink, reached in self._reached}
        for sink in self._sinks.all:
            reached = known[sink.place] if sink.place in known else self._ways(sink)
            yield LoopRun(
                place=sink.place,
                scope=self._scope(sink),
                runner=sink.runner,
                confidence=sink.confidence,
                is_bridge=sink.runner == BRIDGE,
                is_endless=sink.runner in ENDLESS,
                closes=sink.runner in CLOSING,
                chains=reached.entries,
            )

    def nested(self) -> Iterator[NestedRun]:
        """The runs that a loop's thread can come to."""
        for sink, reached in self._reached:
            if reached.entries:
                yield NestedRun(
                    place=sink.place,
                    scope=self._scope(sink),
                    runner=sink.runner,
                    chains=reached.entries,
                    via=tuple(Related(message, place) for message, place in sink.via),
                    is_server=sink.runner in SERVERS,
                )

    def at_import(self) -> Iterator[ImportTimeRun]:
        """The runs that the import of an application's modules executes."""
        for sink, reached in self._reached:
            applications = [
                (way, application)
                for way in reached.imports
                if (application := self._applications.importing(way.path)) is not None
            ]
            if applications:
                way, application = min(
                    applications, key=lambda found: (-found[0].confidence.rank, len(found[0].steps), found[0].place)
                )
                # A module that serves an application when it is imported is mostly a program, which nobody imports.
                program = Confidence.POSSIBLE if sink.runner in SERVERS else Confidence.PROVEN
                confidence = Confidence.weakest(way.confidence, application.confidence, program)
                yield ImportTimeRun(
                    place=sink.place,
                    scope=self._scope(sink),
                    runner=sink.runner,
                    confidence=confidence,
                    steps=way.steps,
                    application=application.name,
                    related=application.related,
                )

    def _scope(self, sink: Sink) -> str:
        return self._inference.scope(sink.frame).qualname
