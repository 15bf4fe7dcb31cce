"""
A loop that outlives the function that makes it has an owner; the contract says which places may be one.

## Why it matters

A loop that is stored, returned or set as a thread's current loop is shared state: whoever comes across it must know
which thread runs
it, who closes it, and whether it is running now. One such place can be sound. Several, each made because the one
before was not at
hand, are how a service ends up with futures attached to a different loop.

## Instead

Let the server own the loop and make the functions coroutines. Where a loop must live beside it, give it one owner, a
class that starts
its thread, hands work over with `run_coroutine_threadsafe` and closes it, and name that place in the contract:

```toml
[tool.execution-lint.event-loop]
owners = ["app.worker.loop:LoopThread.start"]
```

## Options

`event-loop.owners`: the functions, methods or classes that may make and keep a loop. With owners declared, a loop
elsewhere is
*proven*; without, it is *likely*, and only *possible* for a loop that a thread of its own runs, which is sound by
itself.

## Known limits

A loop that is handed to another function counts as passed on, whatever that function does with it.
"""

from collections.abc import Iterator

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding, Related
from execution_lint.model.place import Place, Span
from execution_lint.project.project import Project
from execution_lint.project.subjects import LoopCall, LoopLife
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL104",
    name="undeclared-loop-owner",
    message="`{call}()` in {scope_name} makes an event loop that is {life}, and no owner is declared for it",
    since="0.1.0",
    options=("event-loop.owners",),
)

_NOT_OWNED = (LoopLife.RUN_TO_COMPLETION, LoopLife.EXEMPT)


@RULE.on(LoopCall)
def check(call: LoopCall, project: Project) -> Iterator[Finding]:
    """A loop that outlives its function, outside the declared owners."""
    if call.life in _NOT_OWNED or call.declared_by:
        return
    owners = project.config.event_loop.owners
    if owners:
        confidence = Confidence.PROVEN
    elif call.life is LoopLife.THREAD:
        confidence = Confidence.POSSIBLE
    else:
        confidence = Confidence.LIKELY
    contract = tuple(
        Related(
            f"`{owner.spelled}` is a declared owner", Place(project.config.file, Span(owner.line, 1, owner.line, 1))
        )
        for owner in owners
        if owner.line and project.config.file
    )
    yield RULE.finding(
        call.place,
        scope=call.scope,
        confidence=confidence,
        related=(*call.related, *contract),
        help="let the running loop do the work, or name this place in `event-loop.owners` if it is meant to own a loop",
        call=call.spelled,
        scope_name=f"`{call.scope}`" if call.scope else "the module",
        life=_life(call),
    )


def _life(call: LoopCall) -> str:
    where = f" in {call.where}" if call.where else ""
    match call.life:
        case LoopLife.STORED:
            return f"stored{where}"
        case LoopLife.PASSED:
            return f"handed to {call.where}"
        case LoopLife.THREAD:
            return f"run by a thread of its own{f' and stored{where}' if call.where.startswith('`self') else ''}"
        case _:
            return str(call.life.value)
