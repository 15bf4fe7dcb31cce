"""Plain values of TOML into the structs of the schema, key by key, so that one mistake does not hide the next."""

import collections.abc
from typing import TYPE_CHECKING, Any

import msgspec

from execution_lint.config.kinds import Flag, Kind, List, Mapping, Table, Text, all_keys, keys_of
from execution_lint.config.mistakes import WrongValue, nearest
from execution_lint.config.schema import Envelope, KeyLine, Options

if TYPE_CHECKING:
    from execution_lint.config.positions import Path

Raw = dict[str, object]


class Slip(msgspec.Struct, frozen=True):
    """A mistake, and the line it is on: 0 where an override makes it."""

    line: int
    key: str
    what: str
    nearest: str | None = None


class Conversion:
    """One reading of a document: `slips` holds what is wrong, `key_lines` where each key and entry stands."""

    def __init__(self, lines: collections.abc.Mapping["Path", int]) -> None:
        """`lines` gives the line of each path of the document; what it lacks comes from an override."""
        self.lines = lines
        self.slips: list[Slip] = []
        self.key_lines: list[KeyLine] = []

    def options(self, raw: Raw) -> dict[str, Any]:
        """The attributes of `Options` that `raw` gives; those that are wrong are left out, with a slip each."""
        return self._attributes(Options, raw, ())

    def _attributes(self, struct: type[msgspec.Struct], raw: Raw, path: "Path") -> dict[str, Any]:
        keys = keys_of(struct)
        for name in raw:
            if name not in keys:
                self._slip((*path, name), "is not a key here", _nearest_key(name, keys))
        values: dict[str, object] = {}
        for name, key in keys.items():
            if name in raw:
                self._note((*path, name))
                value = self._value(key.kind, raw[name], (*path, name))
                if value is not None:
                    values[key.attribute] = value
            elif key.is_required:
                self._slip(path, f"lacks the key {name}; expected {key.kind.expected}")
        return values

    def _value(self, kind: Kind, raw: object, path: "Path") -> object | None:
        """The converted value; None where there is a slip instead."""
        match kind, raw:
            case Flag(), bool():
                return raw
            case Text(), str():
                return self._text(kind, raw, path)
            case Table(), dict():
                return self._table(kind, raw, path)
            case Mapping(), dict():
                return self._mapping(kind, raw, path)
            case List(), list():
                return self._list(kind, raw, path)
            case _:
                self._slip(path, f"expected {kind.expected}, not {_described(raw)}")
                return None

    def _text(self, kind: Text, raw: str, path: "Path") -> object | None:
        try:
            if not raw.strip():
                raise WrongValue(f"is empty; expected {kind.expected}")
            return self._placed(kind.read(raw), path)
        except WrongValue as wrong:
            self._slip(path, wrong.what, wrong.nearest)
            return None

    def _list(self, kind: List, raw: list[object], path: "Path") -> tuple[object, ...]:
        values = []
        first: dict[str, Path] = {}
        for index, entry in enumerate(raw):
            place = (*path, index)
            identity = _identity(entry)
            if identity in first:
                self._slip(place, f'"{identity}" is given twice{self._also(first[identity])}')
            elif identity:
                first[identity] = place
            if isinstance(entry, str):
                self._note(place, entry)
            value = self._value(kind.entry, entry, place)
            if value is not None:
                values.append(value)
        return tuple(values)

    def _mapping(self, kind: Mapping, raw: Raw, path: "Path") -> tuple[object, ...]:
        values = []
        for name, entry in raw.items():
            place = (*path, name)
            self._note(place, name)
            key = self._text(kind.key, name, place)
            value = self._value(kind.value, entry, place)
            if key is not None and value is not None:
                values.append(self._placed(kind.join(key, value), place))
        return tuple(values)

    def _table(self, kind: Table, raw: Raw, path: "Path") -> msgspec.Struct | None:
        before = len(self.slips)
        values = self._attributes(kind.struct, raw, path)
        if kind.struct is Envelope:
            self._check_envelope(raw, path)
            values.setdefault("name", f"envelope-{int(path[-1]) + 1}")
        return kind.struct(**values, line=self._line(path)) if len(self.slips) == before else None

    def _check_envelope(self, raw: Raw, path: "Path") -> None:
        if not any(raw.get(key) for key in ("routes", "modules", "handlers")):
            self._slip(path, 'governs nothing: it needs routes, modules or handlers, such as routes = ["/v1/**"]')
        if not any(raw.get(key) for key in ("require", "id", "status", "errors")):
            self._slip(path, 'demands nothing: it needs require, id, status or errors, such as require = ["status"]')

    def _placed(self, value: object, path: "Path") -> object:
        """The value with its line, where it is of a kind that keeps one."""
        return msgspec.structs.replace(value, line=self._line(path)) if isinstance(value, msgspec.Struct) else value

    def _note(self, path: "Path", entry: str = "") -> None:
        self.key_lines.append(KeyLine(dotted(path[:-1] if entry else path), entry, self._line(path)))

    def _slip(self, path: "Path", what: str, nearest: str | None = None) -> None:
        self.slips.append(Slip(self._line(path), dotted(path), what, nearest))

    def _line(self, path: "Path") -> int:
        return self.lines.get(path, 0)

    def _also(self, path: "Path") -> str:
        return f", first on line {self._line(path)}" if self._line(path) else ""


def _identity(raw: object) -> str:
    """What must differ between the entries of a list; empty where it is not known."""
    if isinstance(raw, dict):
        raw = next((raw[name] for name in ("name", "enum", "call") if name in raw), None)
    return raw if isinstance(raw, str) else ""


def _nearest_key(name: str, keys: collections.abc.Iterable[str]) -> str | None:
    elsewhere = (key for key in all_keys() if key.endswith(f".{name}"))
    return nearest(name, keys) or next(elsewhere, None)


def dotted(path: "Path") -> str:
    """A path as a mistake names it: `envelope.status.key`, without indexes."""
    return ".".join(_quoted(part) for part in path if isinstance(part, str))


def _quoted(part: str) -> str:
    is_bare = part.isascii() and part.replace("-", "").replace("_", "").isalnum()
    return part if is_bare else f'"{part}"'


def _described(raw: object) -> str:
    match raw:
        case bool():
            return "true" if raw else "false"
        case int() | float():
            # Python refuses to spell an integer of thousands of digits.
            return f"the number {raw}" if abs(raw) < 1e15 else "a number"
        case str():
            return f'the string "{raw}"'
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return f"the date or time {raw}"
