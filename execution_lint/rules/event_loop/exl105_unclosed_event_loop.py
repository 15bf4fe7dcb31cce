"""
A loop that is kept is closed by whoever keeps it: one that nothing closes leaks its selector, its sockets and its pool.

## Why it matters

Each loop holds a selector and a pair of sockets, and from its first `run_in_executor` on a pool of threads. The
garbage collector closes them some time after the last reference is gone, with a `ResourceWarning`; as long as an
object, a global or a running thread holds the loop, never. Callbacks and asynchronous generators that still wait in
it are dropped without a word.

## Instead

The place that makes the loop, or its owner, closes it: in a `finally`, in `close` or `__exit__`, by
`contextlib.closing(loop)`, by an `ExitStack`, or at the exit of the process by `atexit.register(loop.close)`. A loop
that runs in a thread is stopped (`loop.call_soon_threadsafe(loop.stop)`) and then closed in that thread, after
`run_forever` has returned. `asyncio.run` and `asyncio.Runner` do all of this.

## Options

`event-loop.owners`: a declared owner closes its loop too. The loops of other places are EXL104 as well: whose a loop
is and who closes it are two promises. One that is made to run something and never closed is said in the message of
EXL101.

## Known limits

It is looked for by name: a `close` of anything that has the name of the attribute, global or function that holds or
gives the loop counts. A loop that is handed to something outside the project, or kept in a container, is not decided,
and counted as such. One that a thread runs for ever is only *possible*, since it may be meant to last as long as the
process.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.loop_subjects import UnclosedLoop
from execution_lint.project.project import Project
from execution_lint.project.subjects import LoopLife
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL105",
    name="unclosed-event-loop",
    message="`{call}()` in {scope_name} makes an event loop that nothing closes",
    since="0.1.0",
    options=("event-loop.owners",),
)


@RULE.on(UnclosedLoop)
def check(loop: UnclosedLoop, project: Project) -> Iterator[Finding]:
    """A loop that outlives its function, or that a declared owner makes, without an end."""
    if loop.life is LoopLife.THREAD:
        help = "stop it when its owner ends, and close it in its thread once `run_forever` has returned"
    else:
        help = "close it where its owner ends: in a `finally`, `close` or `__exit__`, or by `contextlib.closing`"
    yield RULE.finding(
        loop.place,
        scope=loop.scope,
        confidence=loop.confidence,
        related=loop.related,
        help=help,
        call=loop.spelled,
        scope_name=f"`{loop.scope}`" if loop.scope else "the module",
    )
