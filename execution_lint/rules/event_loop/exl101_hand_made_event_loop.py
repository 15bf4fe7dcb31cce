"""
A loop made by hand to run coroutines leaks, hides cancellation, and breaks inside a running loop.

## Why it matters

`asyncio.new_event_loop()` followed by `run_until_complete` is `asyncio.run` with parts left out. Tasks that are still
pending are never
cancelled, asynchronous generators are never finalised, and an exception on the way leaves the loop open. Above all it
raises
`RuntimeError: Cannot run the event loop while another loop is running` as soon as a coroutine calls the function,
which is what happens
when a service grows an `async` route above it.

## Instead

Make the function `async def` and await the coroutines: then no loop is needed, and it can be called from a route. In
a script, or in a
thread of its own, `asyncio.run(main())` makes, runs and closes one loop; `asyncio.Runner` (Python 3.11 and later)
does so for several
calls. Do not replace the loop by `asyncio.run` in a function that a coroutine calls: it raises there as well.

## Options

`event-loop.owners`: the functions, methods or classes that may make a loop; one that is declared is silent here too.

## Known limits

A loop that is handed to another function is followed by name, not by what that function does with it.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import LoopCall, LoopLife
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL101",
    name="hand-made-event-loop",
    message="`{call}()` makes an event loop by hand to run coroutines in {scope_name}{flaw}",
    since="0.1.0",
    options=("event-loop.owners",),
)


@RULE.on(LoopCall)
def check(call: LoopCall, project: Project) -> Iterator[Finding]:
    """A loop that is made to run coroutines to completion where it is made."""
    if call.life is LoopLife.RUN_TO_COMPLETION and not call.declared_by:
        yield RULE.finding(
            call.place,
            scope=call.scope,
            related=call.related,
            help=_help(call),
            call=call.spelled,
            scope_name=_scope(call),
            flaw="" if call.is_closed else ", and nothing closes it",
        )


def _scope(call: LoopCall) -> str:
    return f"`{call.scope}`" if call.scope else "the module"


def _help(call: LoopCall) -> str:
    if call.is_async:
        return "a loop is running here already: await the coroutine instead"
    if call.is_fallback:
        return (
            "make the function `async def` and await the coroutines; where no loop can be running, "
            "call `asyncio.run` and drop the search for a current loop"
        )
    return (
        "make the function `async def` and await the coroutines; "
        "only where no loop can be running, let `asyncio.run` make and close it"
    )
