"""
Where no loop is running there is no current loop either: one that is needed is made, run and closed by `asyncio.run`.

## Why it matters

In a coroutine `asyncio.get_event_loop()` gives the running loop. Anywhere else it depends on the version, on the
thread and on what ran before: in the main thread it makes a loop that nobody closes, with a warning since Python
3.12; in any other thread, and after the first `asyncio.run`, it raises; from Python 3.14 on it always raises. The
policies behind it (`get_event_loop_policy`, `set_event_loop_policy`, `uvloop.install`) are deprecated in Python 3.14
and removed in 3.16.

## Instead

`asyncio.run(main())` makes a loop, runs it and closes it. Code that needs the loop it runs on asks for
`asyncio.get_running_loop()`, which never gives another one. Whoever wants another kind of loop hands it over where
the loop is run: `asyncio.run(main(), loop_factory=uvloop.new_event_loop)`, or `asyncio.Runner` before Python 3.12.

A search for a loop that makes one when it fails is two promises broken, each reported where it is: the question here,
the loop that is made as EXL101 or EXL104. A policy that is asked for nothing but a new loop is one, EXL101 or EXL104.
A run that can happen below a running loop is EXL102 on the run's own line.

## Known limits

Silent where a loop is known to be running: in coroutines, in callbacks of the loop, in functions that only these call,
behind a `get_running_loop()` that gave one; and behind a `set_event_loop(loop)`, which leaves nothing implicit. Of a
function that nobody in the project calls it is not known: *likely*, and *possible* if it asks the loop only for what
running loops give. A `get_event_loop` that is handed over as a function, to be called by something else, is not seen.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.loop_subjects import ImplicitLoop, Implicitness
from execution_lint.project.project import Project
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL103",
    name="implicit-event-loop",
    message="`{call}()` in {scope_name} {problem}",
    since="0.1.0",
)

_PROBLEMS = {
    Implicitness.RUN: "takes a loop that nobody made to run something on it; from Python 3.14 there is none",
    Implicitness.NOT_RUNNING: "is called where no loop is running; from Python 3.14 it raises there",
    Implicitness.SEARCHED: "searches for a loop where none need be running; from Python 3.14 it finds none there",
    Implicitness.OPEN: "takes whatever loop is current, where none need be running; from Python 3.14 it raises there",
    Implicitness.POLICY: "uses the policy API, which Python 3.14 deprecates and 3.16 removes",
}


@RULE.on(ImplicitLoop)
def check(loop: ImplicitLoop, project: Project) -> Iterator[Finding]:
    """A call that takes the current loop, or touches the policy."""
    yield RULE.finding(
        loop.place,
        scope=loop.scope,
        confidence=loop.confidence,
        related=loop.related,
        help=_help(loop.why),
        call=loop.spelled,
        scope_name=f"`{loop.scope}`" if loop.scope else "the module",
        problem=_PROBLEMS[loop.why],
    )


def _help(why: Implicitness) -> str:
    match why:
        case Implicitness.RUN:
            return "let `asyncio.run` make, run and close the loop; below a running loop, make the function `async def`"
        case Implicitness.POLICY:
            return "hand the kind of loop over where it is run: `loop_factory` of `asyncio.run` or `asyncio.Runner`"
        case Implicitness.SEARCHED:
            return "make the function `async def`, where a loop is always running, and drop the search"
        case _:
            return "ask for `asyncio.get_running_loop()` in a coroutine; elsewhere let `asyncio.run` make a loop"
