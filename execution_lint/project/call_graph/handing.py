"""What becomes of a callable that is handed over: called at once, by the loop, in a thread, or not known."""

from enum import Enum

from execution_lint.project.things import ExternalThing, InstanceThing, Thing


class Handing(Enum):
    """What a receiver does with a callable that it is given."""

    AT_ONCE = "at once"
    ON_THE_LOOP = "on the loop"
    ELSEWHERE = "elsewhere"
    """In another thread, process or worker."""
    WRAPPED = "wrapped"
    """It becomes part of another callable, which is followed by itself."""
    UNKNOWN = "unknown"


_AT_ONCE = frozenset(
    {
        *(
            f"builtins.{name}"
            for name in ("map", "filter", "sorted", "min", "max", "sum", "any", "all", "list.sort", "next", "iter")
        ),
        "functools.reduce",
        "itertools.starmap",
        "itertools.accumulate",
        "itertools.groupby",
        "itertools.takewhile",
        "itertools.dropwhile",
        "itertools.filterfalse",
        "re.sub",
        "heapq.nlargest",
        "heapq.nsmallest",
        "bisect.insort",
        "bisect.bisect",
        "contextvars.Context.run",
        "contextvars.copy_context().run",
        "timeit.timeit",
        "cProfile.Profile.runcall",
    }
)

ON_THE_LOOP = frozenset(
    {
        "call_soon",
        "call_soon_threadsafe",
        "call_later",
        "call_at",
        "add_signal_handler",
        "add_reader",
        "add_writer",
        "set_exception_handler",
        "set_task_factory",
    }
)
"""Methods of a loop that have it call what they are given."""

_CALLED_BY_THE_LOOP = frozenset(
    {
        "asyncio.start_server",
        "asyncio.start_unix_server",
        "anyio.from_thread.run_sync",
    }
)

_WRAPPERS = frozenset({"functools.partial", "functools.wraps()", "builtins.staticmethod", "builtins.classmethod"})

ELSEWHERE = frozenset(
    {
        "submit",
        "run_in_executor",
        "to_thread",
        "Thread",
        "Process",
        "Timer",
        "run_in_threadpool",
        "run_sync",
        "sync_to_async",
        "SyncToAsync",
        "add_task",
        "BackgroundTask",
        "apply_async",
        "map_async",
        "starmap",
        "imap",
        "imap_unordered",
        "start_new_thread",
        "enqueue",
        "enqueue_in",
        "enqueue_at",
        "delay",
        "add_job",
        "spawn",
        "start_soon",
        "callInThread",
        "deferToThread",
        "map",
        "apply",
    }
)
"""The last names of what hands a callable to another thread, process or worker."""


def by_name(thing: ExternalThing, receiver_is_task: bool) -> Handing:
    """What something from outside the project does with a callable."""
    name = thing.name
    last = name.rpartition(".")[2].removesuffix("()")
    if name in _AT_ONCE:
        return Handing.AT_ONCE
    if name in _WRAPPERS:
        return Handing.WRAPPED
    if last in ON_THE_LOOP or name in _CALLED_BY_THE_LOOP:
        return Handing.ON_THE_LOOP
    if last == "add_done_callback":
        return Handing.ON_THE_LOOP if receiver_is_task else Handing.UNKNOWN
    if last in ELSEWHERE:
        return Handing.ELSEWHERE
    return Handing.UNKNOWN


_TASKS = (
    "create_task",
    "run_in_executor",
    "Awaitable",
    "Coroutine",
    "ensure_future",
    "gather",
    "Task",
    "Future",
    "create_future",
    "shield",
    "wrap_future",
)


def is_task(thing: Thing) -> bool:
    """Whether an object is a task or future of a loop, by what makes it."""
    if not isinstance(thing, InstanceThing) or not isinstance(thing.of, ExternalThing):
        return False
    name = thing.of.name
    return not name.startswith("concurrent.") and name.removesuffix("()").rpartition(".")[2] in _TASKS


THREADED_DECORATORS = ("thread", "executor", "sync_to_async", "background", "in_process")
"""Words in the name of a decorator from outside that tell that it runs the function elsewhere."""
