"""From a folder and the command line's overrides to a `Config`, or to every mistake that is in them."""

import os
from typing import TYPE_CHECKING

import msgspec

from execution_lint.config.conversion import Conversion, Raw, Slip
from execution_lint.config.mistakes import OVERRIDE, mistake
from execution_lint.config.overrides import apply, read_override
from execution_lint.config.schema import Config, displayed
from execution_lint.config.toml import TomlError, parse
from execution_lint.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from execution_lint.config.positions import Path as KeyPath

OWN = "execution-lint.toml"
SHARED = "pyproject.toml"
_TABLE = ("tool", "execution-lint")


class ConfigurationFile(msgspec.Struct, frozen=True):
    """The file that configures a project."""

    folder: str
    name: str
    """`execution-lint.toml`, or `pyproject.toml` with a table `[tool.execution-lint]`."""
    unused: str | None = None
    """The other of the two, where it would configure the project too."""

    @property
    def path(self) -> str:
        """Where it is."""
        return os.path.join(self.folder, self.name)


class _Unusable(Exception):
    """A file that cannot be read or parsed: what is wrong, on which line (0 if none can be named)."""

    def __init__(self, what: str, line: int = 0) -> None:
        self.what = what
        self.line = line
        super().__init__(what)


def find(folder: "str | Path") -> ConfigurationFile | None:
    """The configuration file in this very folder, None where there is none.

    `execution-lint.toml` wins over a table in `pyproject.toml`. A `pyproject.toml` that mentions the linter but cannot
    be parsed counts: `load` says what is wrong with it.
    """
    folder = os.fspath(folder)
    shared = SHARED if _has_table(os.path.join(folder, SHARED)) else None
    if os.path.isfile(os.path.join(folder, OWN)):
        return ConfigurationFile(folder, OWN, shared)
    return ConfigurationFile(folder, SHARED) if shared else None


def load(root: "str | Path", overrides: tuple[str, ...] = (), isolated: bool = False) -> Config:
    """The configuration of the project at `root`: its file, then the overrides (`KEY=VALUE`, the value in TOML).

    `isolated` ignores the file. Raises `ConfigurationError` with all mistakes: syntax, keys, types, values. What the
    names in it stand for (rules, enums, places) is not checked here.
    """
    folder = os.path.abspath(os.fspath(root)).replace(os.sep, "/")
    file = None if isolated else find(folder)
    # A broken `pyproject.toml` is said even where nothing shows that it configures the linter.
    path = os.path.join(folder, file.name if file else SHARED)
    raw: Raw = {}
    lines: dict[KeyPath, int] = {}
    in_file: list[Slip] = []
    by_override: list[Slip] = []
    try:
        if not isolated:
            raw, lines = _read_file(path)
    except _Unusable as error:
        in_file.append(Slip(error.line, "", error.what))
    for text in overrides:
        override = read_override(text)
        slip = override if isinstance(override, Slip) else apply(override, raw, lines)
        by_override += [slip] if slip else []
    conversion = Conversion(lines)
    values = conversion.options(raw)
    for slip in conversion.slips:
        (in_file if slip.line else by_override).append(slip)
    config = Config(
        **values,
        root=folder,
        file=file.name if file else None,
        notes=_notes(file),
        lines=tuple(conversion.key_lines),
    )
    if in_file or by_override:
        in_file.sort(key=lambda slip: slip.line)
        mistakes = tuple(
            mistake(place, slip.line, slip.key, slip.what, slip.nearest)
            for place, slips in ((displayed(path), in_file), (OVERRIDE, by_override))
            for slip in slips
        )
        raise ConfigurationError(mistakes, config)
    return config


def _notes(file: ConfigurationFile | None) -> tuple[str, ...]:
    if file is None or file.unused is None:
        return ()
    return (f"{displayed(file.path)} is used, [tool.execution-lint] in {file.unused} beside it is not",)


def _read_file(path: str) -> tuple[Raw, dict["KeyPath", int]]:
    """The table of the linter in a file, and the lines of its keys; both empty where the file has none."""
    if not os.path.isfile(path):
        return {}, {}
    text = _text(path)
    from execution_lint.config.positions import key_lines  # only who has a file pays for its expressions

    try:
        document = parse(text)
    except TomlError as error:
        raise _Unusable(f"is not TOML: {error.what}", error.line) from None
    table = () if os.path.basename(path) == OWN and not _is_wrapped(document) else _TABLE
    for depth, name in enumerate(table, start=1):
        inner = document.get(name, {})
        if not isinstance(inner, dict):
            raise _Unusable(f"{'.'.join(table[:depth])}: expected a table", key_lines(text)[table[:depth]])
        document = inner
    return document, key_lines(text, table) if document else {}


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise _Unusable(f"cannot be read: {error.strerror}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _Unusable(f"is not UTF-8 (byte 0x{data[error.start]:02x}); save it as UTF-8", line) from None


def _has_table(path: str) -> bool:
    """Whether a `pyproject.toml` configures the linter; that it mentions it does, where it cannot be parsed."""
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return False
    if b"execution-lint" not in data:
        return False
    try:
        tool = parse(data.decode("utf-8-sig")).get("tool")
    except ValueError:
        return True
    return isinstance(tool, dict) and "execution-lint" in tool


def _is_wrapped(document: Raw) -> bool:
    """Whether an `execution-lint.toml` holds nothing but `[tool.execution-lint]`, as if it were a `pyproject.toml`."""
    tool = document.get("tool")
    return set(document) == {"tool"} and isinstance(tool, dict) and set(tool) == {"execution-lint"}
