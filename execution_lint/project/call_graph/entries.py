"""Which functions the running loop itself executes."""

from execution_lint.facts.scopes import Scope, ScopeKind
from execution_lint.facts.values import Call, Constant
from execution_lint.project.inference import Inference
from execution_lint.project.things import At, Definition, ExternalThing, Frame

_PROTOCOLS = frozenset({"Protocol", "BaseProtocol", "DatagramProtocol", "SubprocessProtocol", "BufferedProtocol"})
_PROTOCOL_METHODS = frozenset(
    {
        "connection_made",
        "connection_lost",
        "data_received",
        "eof_received",
        "datagram_received",
        "error_received",
        "pause_writing",
        "resume_writing",
        "pipe_data_received",
        "pipe_connection_lost",
        "process_exited",
        "buffer_updated",
        "get_buffer",
    }
)
_AWAITED_METHODS = frozenset({"__aenter__", "__aexit__", "__aiter__", "__anext__", "__await__"})
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "route", "handler"})
_SANIC = _METHODS | {
    "middleware",
    "on_request",
    "on_response",
    "listener",
    "exception",
    "before_server_start",
    "after_server_start",
    "before_server_stop",
    "after_server_stop",
    "main_process_start",
}


class Entries:
    """Answers whether a function starts on the loop, and says what it is."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def kind(self, definition: Definition) -> str:
        """What makes the function an entry: `a coroutine function`; empty for a function that is none."""
        scope = self._inference.scope(definition)
        if scope.kind is not ScopeKind.FUNCTION:
            return ""
        if scope.is_async:
            return "an asynchronous generator" if scope.is_generator else "a coroutine function"
        owner = self._inference.owner(definition)
        if owner is not None:
            if scope.name in _AWAITED_METHODS:
                return "a method that the loop calls"
            if scope.name in _PROTOCOL_METHODS and any(
                isinstance(base, ExternalThing)
                and base.name.startswith("asyncio.")
                and base.name.rpartition(".")[2] in _PROTOCOLS
                for base in self._inference.ancestry(owner)
            ):
                return "a method of a protocol, which the loop calls"
        return self._handler_kind(definition, scope)

    def _handler_kind(self, definition: Definition, scope: Scope) -> str:
        """A sync handler of a framework that runs it on the loop."""
        frame = Frame(definition.path, definition.region, definition.scope)
        for decorator in scope.decorators:
            value = scope.values[decorator]
            at = At(frame, value.function if isinstance(value, Call) else decorator)
            for thing in self._inference.things(at):
                if not isinstance(thing, ExternalThing):
                    continue
                package, last = thing.name.partition(".")[0], thing.name.rpartition(".")[2]
                if package == "litestar" and last in _METHODS and not _is_threaded(scope, value):
                    return "a sync handler, which Litestar runs on the loop"
                if package == "sanic" and last in _SANIC:
                    return "a sync handler, which Sanic runs on the loop"
                if package in ("fastapi", "starlette") and last == "on_event":
                    return "a sync handler of the application's start or end, which runs on the loop"
        return ""


def _is_threaded(scope: Scope, value: object) -> bool:
    for argument in value.arguments if isinstance(value, Call) else ():
        if argument.name == "sync_to_thread":
            given = scope.values[argument.value]
            return isinstance(given, Constant) and given.text == "True"
    return False
