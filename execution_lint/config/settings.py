"""The configuration as the linter understood it, written as an `execution-lint.toml` that says the same."""

import json

import msgspec

from execution_lint.config.kinds import Key, List, Mapping, Table, keys_of
from execution_lint.config.schema import (
    Alias,
    Config,
    Member,
    ModulePattern,
    Options,
    Reference,
    RoutePattern,
    Transition,
)
from execution_lint.model.confidence import Confidence


def show(config: Config) -> str:
    """Every option with its resolved value, defaults included, as TOML; ends with a line break."""
    plain, tables = [f"# root: {json.dumps(config.root)}", f"# file: {config.file or 'none'}"], []
    for key in keys_of(Options).values():
        value = getattr(config, key.attribute)
        match key.kind:
            case Table():
                tables += ["", f"[{key.name}]", *_lines(value)]
            case List(Table()):
                for entry in value:
                    tables += ["", f"[[{key.name}]]", *_lines(entry)]
                if not value:
                    plain.append(f"{key.name} = []")
            case _:
                plain.append(_line(key, value))
    return "\n".join([*plain, *tables, ""])


def _lines(table: msgspec.Struct) -> list[str]:
    return [_line(key, getattr(table, key.attribute)) for key in keys_of(type(table)).values()]


def _line(key: Key, value: object) -> str:
    if value is None:
        return f"# {key.name} is not set"
    return f"{key.name} = {spelled(key, value)}"


def spelled(key: Key, value: object) -> str:
    """The value of a key in TOML, on one line."""
    match key.kind, value:
        case Mapping(), tuple():
            return _inline([_entry(entry) for entry in value])
        case List(), tuple():
            return _list(value)
        case Table(), msgspec.Struct():
            inner = [(inner, getattr(value, inner.attribute)) for inner in keys_of(type(value)).values()]
            return _inline([f"{inner.name} = {spelled(inner, given)}" for inner, given in inner if given is not None])
        case _, bool():
            return "true" if value else "false"
        case _:
            return _text(value)


def _entry(entry: object) -> str:
    match entry:
        case Alias():
            return f"{_quoted(entry.spelling)} = {_quoted(entry.member)}"
        case Transition():
            return f"{_quoted(entry.source)} = {_list(entry.targets)}"
        case (str() as pattern, tuple() as codes):
            return f"{_quoted(pattern)} = {_list(codes)}"
        case _:
            raise TypeError(f"no entry of a table: {entry!r}")


def _text(value: object) -> str:
    match value:
        case str():
            return _quoted(value)
        case Confidence():
            return _quoted(value.value)
        case Reference() | RoutePattern():
            return _quoted(value.spelled)
        case ModulePattern():
            return _quoted(value.pattern)
        case Member():
            return _quoted(value.name)
        case (int() as major, int() as minor):
            return _quoted(f"{major}.{minor}")
        case _:
            raise TypeError(f"not written as a string: {value!r}")


def _list(values: tuple[object, ...]) -> str:
    return f"[{', '.join(_text(value) for value in values)}]"


def _inline(entries: list[str]) -> str:
    return f"{{ {', '.join(entries)} }}" if entries else "{}"


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but for DEL, which only TOML forbids unescaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
