"""The routes of a project with every exit of their handlers, and the envelope that governs each."""

from collections.abc import Iterator
from dataclasses import replace

from execution_lint.config.schema import Config
from execution_lint.project.governance import EnvelopeGovernance
from execution_lint.project.handler_exits import HandlerExits
from execution_lint.project.inference import Inference
from execution_lint.project.reachability import Reachability
from execution_lint.project.registrations import Registrations
from execution_lint.project.routers import Routers
from execution_lint.project.shapes import Shapes
from execution_lint.project.subjects import AnswerKind, RouteExit


class Routes:
    """Finds the routes of FastAPI, Starlette and Flask, and what each exit of a handler answers."""

    def __init__(self, inference: Inference, shapes: Shapes, reachability: Reachability, config: Config) -> None:
        routers = Routers(inference)
        self._registrations = Registrations(inference, routers)
        self._exits = HandlerExits(inference, shapes, reachability, routers)
        self._governance = EnvelopeGovernance(inference, routers, config)

    def __iter__(self) -> Iterator[RouteExit]:
        exits = [
            exit
            for registrations in self._registrations.by_handler().values()
            for exit in self._exits.of_handler(registrations)
        ]
        has_jobs = any(
            answer.kind is AnswerKind.OBJECT and {"job_id", "status"} <= answer.keys
            for exit in exits
            for answer in exit.subject.answers
        )
        for exit in exits:
            yield replace(exit.subject, governance=self._governance.of_exit(exit, has_jobs))
