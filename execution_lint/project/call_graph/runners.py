"""Which callables run an event loop until something is done."""

from execution_lint.facts.values import Attribute, Call
from execution_lint.model.confidence import Confidence
from execution_lint.project.inference import Inference
from execution_lint.project.loop_names import callee_name
from execution_lint.project.things import At, ExternalThing, InstanceThing, PartialThing, Thing, Things, UnknownThing

PACKAGES = frozenset({"asyncio", "uvloop", "winloop", "anyio", "uvicorn", "quart", "aiohttp", "asgiref", "discord"})
"""The packages that have a runner."""

RUNNERS = {
    "asyncio.run": "asyncio.run",
    "asyncio.runners.run": "asyncio.run",
    "asyncio.Runner.run": "asyncio.Runner.run",
    "asyncio.runners.Runner.run": "asyncio.Runner.run",
    "uvloop.run": "uvloop.run",
    "winloop.run": "winloop.run",
    "anyio.run": "anyio.run",
    "uvicorn.run": "uvicorn.run",
    "uvicorn.main.run": "uvicorn.run",
    "uvicorn.Server.run": "uvicorn.Server.run",
    "uvicorn.server.Server.run": "uvicorn.Server.run",
    "quart.Quart.run": "quart.Quart.run",
    "aiohttp.web.run_app": "aiohttp.web.run_app",
    "discord.Client.run": "discord.Client.run",
}
"""What raises where a loop is running in the thread, by dotted name, with the name that people know."""

SERVERS = frozenset(
    {"uvicorn.run", "uvicorn.Server.run", "quart.Quart.run", "aiohttp.web.run_app", "discord.Client.run"}
)
"""Runners that serve until the process ends."""

BRIDGE = "asgiref.sync.async_to_sync"
_BRIDGES = frozenset({f"{BRIDGE}()", "asgiref.sync.AsyncToSync", "asgiref.sync.AsyncToSync()"})

CLOSING = frozenset(RUNNERS.values()) - {"asyncio.Runner.run"}
"""Runners that make a loop for the one run, and close it; a `Runner` keeps its loop until it is closed itself."""

ENDLESS = SERVERS | {"run_forever"}
"""Runners that come back when they are told to stop, not when a coroutine is done."""

METHODS = frozenset({"run_until_complete", "run_forever"})
"""The methods of a loop that run it."""

WORDS = METHODS | {"run", "async_to_sync", "AsyncToSync", "run_app"}
"""One of these stands wherever a runner is named, unless an alias does."""


_LOOPS = frozenset({"asyncio", "uvloop", "winloop", "qasync"})
"""The packages whose objects with these methods are loops."""


def runner(thing: Thing) -> str:
    """The name of the runner that a callable is; empty for anything else."""
    match thing:
        case ExternalThing(name=name) if name in RUNNERS:
            return RUNNERS[name]
        case ExternalThing(name=name) if name.rpartition(".")[2] in METHODS and name.partition(".")[0] in _LOOPS:
            return name.rpartition(".")[2]
        case InstanceThing(of=ExternalThing(name=name)) if name in _BRIDGES:
            return BRIDGE
        case PartialThing(function=function):
            return runner(function)
        case _:
            return ""


def called_runner(inference: Inference, at: At) -> tuple[str, Confidence]:
    """The runner that a call calls, and how sure that is; an empty name where it calls none."""
    scope = inference.scope(at.frame)
    call = scope.values[at.ref]
    assert isinstance(call, Call)
    things = inference.things(At(at.frame, call.function))
    function = scope.values[call.function]
    is_loop = isinstance(function, Attribute) and "loop" in callee_name(scope, function.base).lower()
    name = next((name for thing in things if (name := runner(thing))), "")
    is_vague = any(isinstance(thing, UnknownThing) for thing in things)
    if name:
        return name, Confidence.PROVEN if not is_vague else Confidence.LIKELY if is_loop else Confidence.POSSIBLE
    if isinstance(function, Attribute) and function.name in METHODS and _may_be_a_loop(things):
        return function.name, Confidence.LIKELY if is_loop else Confidence.POSSIBLE
    return "", Confidence.PROVEN


def _may_be_a_loop(things: Things) -> bool:
    """Whether nothing is known of an object that speaks against its being a loop."""
    return all(
        isinstance(thing, UnknownThing)
        or (isinstance(thing, ExternalThing) and thing.name.lower().rpartition(".")[0].endswith(("loop", "loop()")))
        for thing in things
    )
