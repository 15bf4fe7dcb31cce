"""
A patch of asyncio holds for the whole process, and hides the nested runs that it makes possible.

## Why it matters

`nest_asyncio.apply()` replaces the event loop's own methods so that a loop can be run inside itself. The run that
should have raised now starts callbacks of other tasks in the middle of the one that waits: locks are held across
them, the order of what happens changes, and a deep nesting ends in `RecursionError`. It works with no loop but
asyncio's (not with uvloop), and it is installed for everyone who shares the process. An assignment such as
`asyncio.run = ...` or `loop.run_until_complete = ...` does the same for one function.

## Instead

Make the function that runs a loop `async def` and await it. Where code that waits must stay synchronous below a
running loop, let a thread wait: `await asyncio.to_thread(wait)` above it. In a notebook, which runs a loop of its
own, `await` at the top level of a cell.

## Known limits

A patch that a test installs and takes back (`monkeypatch.setattr`, `unittest.mock.patch`) is none. A patch that is
made through a name that is not followed, such as `type(loop).run_until_complete = ...` for a loop that is not known,
is not seen.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.loop_subjects import LoopPatch
from execution_lint.project.project import Project
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL106",
    name="patched-event-loop",
    message="`{patch}` patches asyncio for the whole process{effect}",
    since="0.1.0",
)


@RULE.on(LoopPatch)
def check(patch: LoopPatch, project: Project) -> Iterator[Finding]:
    """Any such place: there is no sound one outside tests."""
    if patch.lets_loops_nest:
        effect = ", so that a nested run goes unnoticed"
        help = "drop the patch: make the function that runs a loop `async def`, and await it"
    else:
        effect = ""
        help = "leave asyncio as it is: call a function of your own where another behaviour is wanted"
    yield RULE.finding(
        patch.place,
        scope=patch.scope,
        confidence=patch.confidence,
        related=patch.related,
        help=help,
        patch=patch.spelled,
        effect=effect,
    )
