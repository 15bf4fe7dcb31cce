"""
A coroutine that nobody awaits does nothing: its function's body never runs.

## Why it matters

Calling an `async def` only makes a coroutine. Where the `await` is forgotten, the job is not stopped, the row is not
written, and Python says so in a warning that few logs show. Where the coroutine is used as if it were the result, a
condition is always true, a comparison always false, and an answer holds `<coroutine object ...>`. It is what is left
behind when a service becomes `async` and one of its callers is overlooked.

## Instead

Await the call. In a function that cannot, make it `async def` and await it too, or hand the coroutine over:
`asyncio.create_task(...)` where a loop runs (and keep the task), `asyncio.run(...)` in a script.

## Known limits

A coroutine that is passed to a function, returned, yielded, or kept in a container, an attribute or a name of the
module counts as somebody else's to await. A function that is called through another local name (`start = job; start()`)
is not followed. Of names that many functions of a project share, calls are judged in the files that define such a
coroutine function; `--statistics` counts those names. What a decorator from outside the project makes of a coroutine
function is not known.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import UnawaitedCoroutine
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL107",
    name="unawaited-coroutine",
    message="`{call}` makes a coroutine that nobody awaits: it is {how}",
    since="0.1.0",
)


@RULE.on(UnawaitedCoroutine)
def check(coroutine: UnawaitedCoroutine, project: Project) -> Iterator[Finding]:
    """A coroutine that is dropped, or used as if it were its result."""
    yield RULE.finding(
        coroutine.place,
        scope=coroutine.scope,
        confidence=coroutine.confidence,
        related=coroutine.related,
        help=_help(coroutine),
        call=coroutine.call,
        how=coroutine.how,
    )


def _help(coroutine: UnawaitedCoroutine) -> str:
    if coroutine.is_async:
        return f"write `await {coroutine.call}`, or keep a task of it: `asyncio.create_task(...)`"
    if coroutine.caller:
        return f"make `{coroutine.caller}` `async def` and await the call there, and its callers with it"
    return "call it from a coroutine function and await it there"
