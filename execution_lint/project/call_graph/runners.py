"""Which callables run an event loop until something is done."""

from execution_lint.facts.values import Attribute, Call
from execution_lint.model.confidence import Confidence
from execution_lint.project.inference import Inference
from execution_lint.project.loop_names import callee_name
from execution_lint.project.things import At, ExternalThing, InstanceThing, PartialThing, Thing, UnknownThing

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

METHODS = frozenset({"run_until_complete", "run_forever"})
"""The methods of a loop that run it."""

WORDS = METHODS | {"run", "async_to_sync", "AsyncToSync", "run_app"}
"""One of these stands wherever a runner is named, unless an alias does."""


def runner(thing: Thing) -> str:
    """The name of the runner that a callable is; empty for anything else."""
    match thing:
        case ExternalThing(name=name) if name in RUNNERS:
            return RUNNERS[name]
        case ExternalThing(name=name) if name.rpartition(".")[2] in METHODS:
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
    for thing in things:
        name = runner(thing)
        if name:
            return name, Confidence.PROVEN
    function = scope.values[call.function]
    is_vague = all(isinstance(thing, UnknownThing) for thing in things)
    if is_vague and isinstance(function, Attribute) and function.name in METHODS:
        is_loop = "loop" in callee_name(scope, function.base).lower()
        return function.name, Confidence.LIKELY if is_loop else Confidence.POSSIBLE
    return "", Confidence.PROVEN
