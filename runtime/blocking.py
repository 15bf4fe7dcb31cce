"""A blocking façade for scripts: runs one plugin, in a service of its own that lives no longer than the call."""

import asyncio
from collections.abc import Mapping
from typing import Any

from runtime import INSTALL_HINT

try:
    from runtime.app import open_analysis
    from runtime.envelope import Execution, ExecutionRequest
    from runtime.settings import Settings
except ModuleNotFoundError as missing:
    raise ImportError(INSTALL_HINT.format(missing=missing.name)) from missing


class RunningLoop(RuntimeError):
    """The blocking façade was called where an event loop runs."""


def analyze_blocking(plugin: str, args: Mapping[str, Any], timeout_seconds: float = 60.0) -> Execution:
    """
    The finished execution of a plugin, from a script without an event loop.

    Raises RunningLoop inside a running event loop, and the service's problems: PluginUnknown, InputRefused,
    ExecutionFailed. The job is kept in memory only, so a running service and its database are not touched.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RunningLoop(
            "analyze_blocking was called inside a running event loop, which it would block: "
            "use `async with open_analysis(settings) as analysis` and `await analysis.analyze(request)`"
        )
    settings = Settings(database="sqlite:///:memory:", plugin_timeout_seconds=timeout_seconds)
    return asyncio.run(_analyze(settings, ExecutionRequest(plugin=plugin, args=dict(args))))


async def _analyze(settings: Settings, request: ExecutionRequest) -> Execution:
    async with open_analysis(settings) as analysis:
        return await analysis.analyze(request)
