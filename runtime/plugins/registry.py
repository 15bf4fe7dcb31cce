"""
Plugins by entry point. Any distribution can register some; the runtime's own stand in `runtime/pyproject.toml`.

In a checkout that is not installed, the same table of that file is read in place, so that `python -m runtime` works.
"""

import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from runtime.plugins.plugin import AnyPlugin, AsyncPlugin, BlockingPlugin

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

GROUP = "execution_lint_runtime.plugins"
TABLE = Path(__file__).parent.parent / "pyproject.toml"


class PluginRegistration(Exception):
    """An entry point that gives no plugin, or two that claim one name."""


def load_plugins() -> Mapping[str, AnyPlugin]:
    """All registered plugins by name; PluginRegistration says which entry point is at fault."""
    plugins: dict[str, AnyPlugin] = {}
    for entry in sorted({*entry_points(group=GROUP), *_entry_points_of_checkout()}):
        plugin = _plugin(entry)
        if entry.name in plugins:
            raise PluginRegistration(f"two plugins are registered as {entry.name!r}: one of them is {entry.value}")
        plugins[entry.name] = plugin
    return plugins


def _entry_points_of_checkout() -> list[EntryPoint]:
    if not TABLE.is_file():
        return []
    table = tomllib.loads(TABLE.read_text("utf-8"))["project"]["entry-points"][GROUP]
    return [EntryPoint(name, value, GROUP) for name, value in table.items()]


def _plugin(entry: EntryPoint) -> AnyPlugin:
    try:
        plugin = entry.load()()
    except Exception as broken:
        raise PluginRegistration(f"plugin {entry.name!r} ({entry.value}) cannot be loaded: {broken!r}") from broken
    if not isinstance(plugin, AsyncPlugin | BlockingPlugin) or plugin.name != entry.name:
        raise PluginRegistration(f"{entry.value} is no plugin named {entry.name!r}")
    return plugin
