"""Divides the rules of a run among processes, by family: what a family finds is small to send, what it read is not."""

import os
import select
import signal
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import IO

import msgspec

from execution_lint.engine import confirm
from execution_lint.engine.checking import checked
from execution_lint.engine.library import FileLibrary, Record
from execution_lint.engine.outcome import Outcome
from execution_lint.engine.process import can_fork
from execution_lint.engine.progress import Progress
from execution_lint.project.project import Project
from execution_lint.rules.rule import Rule

BYTES_FOR_DIVISION = 500_000
"""Source text from which on a second process saves more than its start and what it sends cost."""

_FAMILY = len("EXL1")

_COSTS: Mapping[str, int] = {
    "NestedRun": 3,
    "UnawaitedCoroutine": 1,
    "ImplicitLoop": 1,
    "RouteExit": 2,
    "StatusUse": 5,
    "StatusField": 1,
    "VocabularyTwin": 1,
}
"""Measured on large trees, most of which are dearest for their statuses; only the division of the work rests on it."""


class _Answer(msgspec.Struct, frozen=True, array_like=True):
    """What another process sends."""

    outcome: Outcome
    record: Record


def outcome(
    library: FileLibrary,
    project: Project,
    rules: tuple[Rule, ...],
    progress: Progress | None,
    *,
    jobs: int,
    size: int,
    debug: bool,
) -> Outcome:
    """What `rules` find in a project of `size` bytes, by up to `jobs` processes where that pays.

    What another process asked of the library is put down in this one's, as if it had asked itself. A process that fails
    costs time and nothing else: this one does its part.
    """
    shares = _shares(rules, jobs) if size >= BYTES_FOR_DIVISION and can_fork() else [rules]
    if len(shares) > 1:
        library.read_all()
    others: list[_Copy] = []
    # A kind is made whole: where two processes asked for the same, each counted all that is undecided of it.
    undecided: Counter[tuple[str, str]] = Counter()
    try:
        for share in shares[1:]:
            others.append(_Copy(library, project, share, debug=debug))
        found = list(checked(project, shares[0], progress, debug=debug))
        for other in others:
            confirm.begin(found, library, other.is_at_work)
            answer = other.answer()
            if answer is None:
                found += checked(project, other.rules, None, debug=debug)
                continue
            library.put_down(answer.record)
            found += answer.outcome.findings
            undecided |= Counter({(subject, reason): count for subject, reason, count in answer.outcome.undecided})
    finally:
        for other in others:
            other.stop()
    project.undecided |= undecided
    return Outcome(tuple(found), _undecided(project))


def _shares(rules: tuple[Rule, ...], jobs: int) -> list[tuple[Rule, ...]]:
    """The rules by process, each family whole: within one, rules ask much the same. The dearest are given out first."""
    families: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.checks:
            families.setdefault(rule.code[:_FAMILY], []).append(rule)
    shares: list[list[Rule]] = [[] for _ in range(max(1, min(jobs, len(families))))]
    for family in sorted(families.values(), key=_cost, reverse=True):
        min(shares, key=_cost).extend(family)
    return [tuple(share) for share in shares]


def _cost(rules: Sequence[Rule]) -> int:
    """About what the subjects of rules cost, as shares of what all do."""
    return sum(_COSTS.get(kind, 0) for kind in {kind.__name__ for rule in rules for kind, _ in rule.checks})


def _undecided(project: Project) -> tuple[tuple[str, str, int], ...]:
    return tuple((subject, reason, count) for (subject, reason), count in project.undecided.items())


class _Copy:
    """A copy of this process, at work on rules of its own."""

    def __init__(self, library: FileLibrary, project: Project, rules: tuple[Rule, ...], *, debug: bool) -> None:
        self.rules = rules
        reading, writing = os.pipe()
        # Until the copy ignores it, a Ctrl-C must wait: it is this process that speaks of it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with warnings.catch_warnings():
                # Newer Pythons warn of threads that are none of Python's, which hold nothing that the copy needs.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._process = os.fork()
            if self._process == 0:
                os.close(reading)
                _answer_and_exit(library, project, rules, writing, debug=debug)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(writing)
        self._answers: IO[bytes] = os.fdopen(reading, "rb")

    def is_at_work(self) -> bool:
        """Whether the copy has not begun to answer."""
        return not select.select([self._answers], [], [], 0)[0]

    def answer(self) -> _Answer | None:
        """Wait for what the copy has found; None where it failed."""
        try:
            return msgspec.msgpack.decode(self._answers.read(), type=_Answer)
        except msgspec.DecodeError:
            return None

    def stop(self) -> None:
        """End the copy."""
        self._answers.close()
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def _answer_and_exit(
    library: FileLibrary, project: Project, rules: tuple[Rule, ...], writing: int, *, debug: bool
) -> None:
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        findings = tuple(checked(project, rules, None, debug=debug))
        answer = _Answer(Outcome(findings, _undecided(project)), library.record())
        with os.fdopen(writing, "wb") as answers:
            answers.write(msgspec.msgpack.encode(answer))
        status = 0
    finally:
        # Without the clean-up of the process that this one is a copy of: its buffers are not ours to write.
        os._exit(status)
