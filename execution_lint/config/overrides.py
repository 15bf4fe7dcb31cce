"""`KEY=VALUE` from the command line: understood, and laid over the document of the configuration file."""

from typing import TYPE_CHECKING

import msgspec

from execution_lint.config.conversion import Raw, Slip, dotted
from execution_lint.config.toml import TomlError, parse

if TYPE_CHECKING:
    from execution_lint.config.positions import Path


class Override(msgspec.Struct, frozen=True):
    """A value that beats the file's."""

    path: tuple[str, ...]
    value: object


def read_override(text: str) -> Override | Slip:
    """The override that `text` spells: `min-confidence=possible`, `event-loop.owners=["app.loop:run"]`.

    The value is TOML; what is none, and opens no string, list or table, is taken as a string.
    """
    if not _is_unicode(text):
        return Slip(0, text, "is not UTF-8")
    path, value = _split(text)
    if not path:
        return Slip(0, text, "is not KEY=VALUE, such as min-confidence=possible")
    if not value:
        return Slip(0, dotted(path), "has no value")
    try:
        document = parse(f"value = {value}")
    except TomlError as error:
        if value[0] not in "[{\"'" and "\n" not in value:
            return Override(path, value)
        return Slip(0, dotted(path), f"is not TOML: {error.what}")
    if set(document) != {"value"}:
        return Slip(0, dotted(path), "holds more than one value")
    parsed = document["value"]
    # No option is a number or a date: `target-version=3.10` means the text.
    return Override(path, parsed if isinstance(parsed, bool | str | list | dict) else value)


def apply(override: Override, raw: Raw, lines: dict["Path", int]) -> Slip | None:
    """Set the value in `raw`, and forget the lines of what it replaces; a slip where the key leads into a list."""
    table = raw
    for depth, name in enumerate(override.path[:-1]):
        inner = table.setdefault(name, {})
        if not isinstance(inner, dict):
            key = dotted(override.path[: depth + 1])
            return Slip(0, dotted(override.path), f"{key} is not a table; give it whole, such as {key}=[...]")
        table = inner
    table[override.path[-1]] = override.value
    for path in [path for path in lines if path[: len(override.path)] == override.path]:
        del lines[path]
    return None


def _split(text: str) -> tuple[tuple[str, ...], str]:
    """The parts of the key, and the value; no parts where there is no key. An equals sign can stand in a quoted key."""
    position = text.find("=")
    while position >= 0:
        if path := _path(text[:position]):
            return path, text[position + 1 :].strip()
        if not set(text[:position]) & set("\"'"):
            break
        position = text.find("=", position + 1)
    return (), ""


def _path(key: str) -> tuple[str, ...]:
    if "\n" in key or "#" in key or key.lstrip().startswith("["):
        return ()
    try:
        node: object = parse(f"{key} = 0")
    except TomlError:
        return ()
    names = []
    while isinstance(node, dict):
        ((name, node),) = node.items()
        names.append(name)
    return tuple(names)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
