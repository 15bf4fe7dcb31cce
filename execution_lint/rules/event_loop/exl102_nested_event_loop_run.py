"""
A loop cannot be run in a thread where one is running: `asyncio.run` below a coroutine raises.

## Why it matters

`asyncio.run`, `run_until_complete`, `anyio.run`, `async_to_sync(...)()` and their like raise `RuntimeError` as soon as
the code that calls them is itself called, over however many functions, by a coroutine or a callback of the loop. It
works in the script and in the sync test, and fails in the route. The finding names a function from which the running
loop comes to the call, and shows every call on the way.

## Instead

Make the functions on the way `async def` and await them, down to the coroutine that is run here; or hand the outermost
sync function over to a thread: `await asyncio.to_thread(function, ...)`. `to_thread(function(...))` would call it on
the loop first. A guard (`try: asyncio.get_running_loop()`) helps where its `except RuntimeError:` runs the loop, and
nothing else in the `try` can raise a `RuntimeError` of its own.

## Known limits

Calls through objects whose type is not known, through tables of functions and through callables that are kept in
attributes are not followed; `--statistics` counts the searches that ended early. Whether a condition on the way ever
holds is not asked, apart from the question whether a loop is running.
"""

from collections.abc import Iterator

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import EntryPoint, Finding, Related, led_by
from execution_lint.project.call_graph.ways import Chain
from execution_lint.project.project import Project
from execution_lint.project.run_subjects import NestedRun
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL102",
    name="nested-event-loop-run",
    message="`{runner}` in {scope_name} raises where a loop is running: {reached}",
    since="0.1.0",
)


@RULE.on(NestedRun)
def check(run: NestedRun, project: Project) -> Iterator[Finding]:
    """A run that the thread of a running loop can come to."""
    scope = f"`{run.scope}`" if run.scope else "the module"
    entries = []
    for chain in run.chains:
        finding = RULE.finding(
            run.place,
            scope=run.scope,
            confidence=chain.confidence,
            related=_related(run, chain),
            help=_help(run, chain),
            runner=run.runner,
            scope_name=scope,
            reached=_reached(chain),
        )
        entries.append(_entry(chain, finding))
    yield led_by(RULE.finding(run.place, scope=run.scope, runner="", scope_name="", reached=""), tuple(entries))


def _related(run: NestedRun, chain: Chain) -> tuple[Related, ...]:
    leaks = "an error of the work comes out here, and falls into the `except` that runs a loop"
    leak = (Related(leaks, chain.leak),) if chain.leak is not None else ()
    return (Related(f"`{chain.name}` is {chain.kind}", chain.place), *chain.steps, *run.via, *leak)


def _entry(chain: Chain, told: Finding) -> EntryPoint:
    return EntryPoint(chain.name, chain.place, told.related, told.confidence, told.message, told.help)


def _reached(chain: Chain) -> str:
    if not chain.steps:
        return f"it stands in {chain.kind}"
    calls = len(chain.steps)
    over = "directly" if calls == 1 else f"over {calls} calls"
    sure = "reaches" if chain.confidence is Confidence.PROVEN else "may reach"
    return f"`{chain.name}` ({chain.kind}) {sure} it {over}"


def _help(run: NestedRun, chain: Chain) -> str:
    if chain.leak is not None:
        return "keep `get_running_loop()` alone in the `try`, and move what waits for the work to its `else`"
    if chain.kind.startswith("a callback"):
        return "a callback cannot await: let it make a task (`asyncio.create_task`) of the coroutine"
    if not chain.functions:
        return _help_at_the_entry(run, chain)
    outermost, *others = chain.functions
    name = outermost.rpartition(".")[2]
    if name.startswith("__") and name.endswith("__"):
        return (
            f"`{name}` cannot be awaited: move what it runs to an `async` method that `{chain.name}` awaits, "
            "or make the object in a thread"
        )
    functions = ", ".join(f"`{function}`" for function in dict.fromkeys((outermost, *others)))
    called = chain.called if chain.called and "…" not in chain.called else ""
    handed = f": `await asyncio.to_thread({called}, ...)`" if called else " to a thread"
    return f"make {functions} `async def` and await from `{chain.name}` down, or hand over the function there{handed}"


def _help_at_the_entry(run: NestedRun, chain: Chain) -> str:
    if run.is_server:
        return "await the server instead (`await uvicorn.Server(config).serve()`), or start it outside of any coroutine"
    if "async" in chain.kind or "coroutine" in chain.kind:
        return "a loop is running here already: await the coroutine instead"
    return f"make `{chain.name}` `async def` and await the coroutine"
