"""Every place where the project makes an event loop, runs one, hands work to one, or patches them."""

from collections.abc import Iterator

import msgspec

from execution_lint.model.confidence import Confidence
from execution_lint.model.inventory import Entry
from execution_lint.model.place import Place
from execution_lint.project.loop_subjects import LoopBridge, LoopPatch
from execution_lint.project.project import Project
from execution_lint.project.run_subjects import LoopRun
from execution_lint.project.subjects import LoopCall, LoopLife


class RunningEntry(msgspec.Struct, frozen=True):
    """Where a running loop comes in that leads to a run."""

    name: str
    place: Place
    hops: int
    """The calls from there to the function that has the run; 0 where it is the entry itself."""
    confidence: str


class LoopEntry(Entry, frozen=True):
    """A place, with how long the loop lives and whose it is."""

    kind: str
    """`loop`, `runner`, `bridge` or `patch`."""
    call: str
    """The dotted name of what makes or runs the loop; for a patch what it does, as the code says it."""
    scope: str
    """`module:qualname` of the definition that it stands in."""
    life: str
    where: str
    """What it is stored in or handed to; empty where that says nothing."""
    is_closed: bool | None
    """None where another place decides it."""
    owner: str
    """The owner of the contract that covers it; empty where none does."""
    confidence: str
    """How sure it is that it is what `kind` says."""
    entries: tuple[RunningEntry, ...] = ()
    """From where a run can be reached on a thread whose loop is running."""


def loops(project: Project) -> Iterator[LoopEntry]:
    """What a project has to do with loops, kind by kind, each in the order of files and lines."""
    for call in project.subjects(LoopCall):
        yield LoopEntry(
            place=call.place,
            kind="loop",
            call=call.spelled,
            scope=call.qualname,
            life=call.life.value,
            where=call.where,
            is_closed=call.is_closed,
            owner=call.declared_by,
            confidence=Confidence.PROVEN.value,
        )
    for run in project.subjects(LoopRun):
        yield _entry(
            project,
            run.place,
            run.scope,
            kind="bridge" if run.is_bridge else "runner",
            call=run.runner,
            life="until it is stopped" if run.is_endless else LoopLife.RUN_TO_COMPLETION.value,
            is_closed=True if run.closes else None,
            confidence=run.confidence,
            entries=tuple(
                RunningEntry(chain.name, chain.place, len(chain.functions), chain.confidence.value)
                for chain in run.chains
            ),
        )
    for bridge in project.subjects(LoopBridge):
        life = LoopLife.THREAD.value if bridge.makes_the_loop else "of another thread"
        yield _entry(project, bridge.place, bridge.scope, kind="bridge", call=bridge.spelled, life=life)
    for patch in project.subjects(LoopPatch):
        yield _entry(
            project,
            patch.place,
            patch.scope,
            kind="patch",
            call=patch.spelled,
            life="until the process ends",
            confidence=patch.confidence,
        )


def _entry(
    project: Project,
    place: Place,
    scope: str,
    *,
    kind: str,
    call: str,
    life: str,
    is_closed: bool | None = None,
    confidence: Confidence = Confidence.PROVEN,
    entries: tuple[RunningEntry, ...] = (),
) -> LoopEntry:
    module = project.inference.module(place.path).name
    return LoopEntry(
        place=place,
        kind=kind,
        call=call,
        scope=f"{module}:{scope}",
        life=life,
        where="",
        is_closed=is_closed,
        owner=project.loops.declared(module, scope),
        confidence=confidence.value,
        entries=entries,
    )
