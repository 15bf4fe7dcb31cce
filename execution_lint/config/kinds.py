"""The kinds of value that the schema's attributes take: how each is written, said in words, and read."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeAlias, get_args, get_origin

import msgspec

from execution_lint.config.glob import check_path_glob
from execution_lint.config.mistakes import WrongValue, nearest
from execution_lint.config.schema import (
    Alias,
    Code,
    Folder,
    Member,
    ModulePattern,
    Options,
    PathGlob,
    Reference,
    RoutePattern,
    Transition,
    Version,
)
from execution_lint.model.confidence import Confidence


class Flag(msgspec.Struct, frozen=True):
    """True or false."""

    @property
    def expected(self) -> str:
        """In words, for a mistake."""
        return "true or false"


class Text(msgspec.Struct, frozen=True):
    """Something written as a string; `read` understands it or raises `WrongValue`."""

    read: Callable[[str], object]
    one: str
    many: str = ""
    example: str = ""

    @property
    def expected(self) -> str:
        """In words, for a mistake."""
        return f"{self.one}, such as {self.example}" if self.example else self.one


class Table(msgspec.Struct, frozen=True):
    """A table with keys of its own."""

    struct: type[msgspec.Struct]

    @property
    def expected(self) -> str:
        """In words, for a mistake."""
        return "a table"


class Mapping(msgspec.Struct, frozen=True):
    """A table whose keys are the user's own; `join` makes an entry of a key and its value."""

    key: Text
    value: "Text | List"
    join: Callable[[Any, Any], object]
    expected: str


class List(msgspec.Struct, frozen=True):
    """A list of one kind of entry."""

    entry: "Text | Table"

    @property
    def expected(self) -> str:
        """In words, for a mistake."""
        match self.entry:
            case Table():
                return "a list of tables"
            case Text():
                return f"a list of {self.entry.many}, such as [{self.entry.example}]"


Kind: TypeAlias = Flag | Text | Table | Mapping | List


class Key(msgspec.Struct, frozen=True):
    """A key of a table."""

    name: str
    """As the user writes it, in kebab-case."""
    attribute: str
    """The attribute of the struct that it fills."""
    kind: Kind
    default: object
    """The value where the key is left out; None also where it must not be."""
    is_required: bool


@cache
def keys_of(struct: type[msgspec.Struct]) -> dict[str, Key]:
    """The keys of a table by name. `line` is no key: loading sets it."""
    return {
        field.encode_name: Key(
            field.encode_name,
            field.name,
            _kind(field.type),
            None if field.default is msgspec.NODEFAULT else field.default,
            field.required,
        )
        for field in msgspec.structs.fields(struct)
        if field.name != "line"
    }


def all_keys(struct: type[msgspec.Struct] = Options, above: str = "") -> Iterator[str]:
    """Every key below `struct`, dotted from the top: `envelope.status.key`."""
    for name, key in keys_of(struct).items():
        yield above + name
        inner = key.kind.entry if isinstance(key.kind, List) else key.kind
        if isinstance(inner, Table):
            yield from all_keys(inner.struct, f"{above}{name}.")


def _code(text: str) -> str:
    digits = text[3:]
    if text.startswith("EXL") and len(digits) <= 3 and all(digit in "0123456789" for digit in digits):
        return text
    capitals = text.strip().upper()
    guess = "EXL" if capitals == "ALL" else capitals if capitals.startswith("EXL") and capitals != text else None
    raise WrongValue(f'"{text}" is not a code; expected EXL and up to three digits', guess)


def _path_glob(text: str) -> str:
    check_path_glob(text)
    return text


def _folder(text: str) -> str:
    if "\0" in text:
        raise WrongValue("holds a NUL character")
    if "\\" in text:
        raise WrongValue(f'"{text}" holds a backslash; folders separate with /', text.replace("\\", "/"))
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if text.startswith("/") or ".." in parts or text[1:2] == ":":
        raise WrongValue(f'"{text}" is not below the root; expected a folder relative to the root, such as src')
    return "/".join(parts) or "."


_VERSIONS = {f"3.{minor}": (3, minor) for minor in range(7, 31)}


def _version(text: str) -> Version:
    spelled = f"3.{text[3:]}" if text.startswith("py3") else text
    if spelled not in _VERSIONS:
        # 3.10 that was once a number has lost its zero.
        guess = f"{spelled}0" if f"{spelled}0" in _VERSIONS else nearest(spelled, list(_VERSIONS)[:8])
        raise WrongValue(f'"{text}" is not a version of Python from 3.7 on', guess)
    return _VERSIONS[spelled]


def _confidence(text: str) -> Confidence:
    names = [confidence.value for confidence in Confidence]
    if text not in names:
        raise WrongValue(f'"{text}" is not a confidence; expected {", ".join(names)}', nearest(text, names))
    return Confidence(text)


_TEXTS: dict[object, Text] = {
    str: Text(str, "a string", "strings", '"status"'),
    Code: Text(_code, "a code", "codes", '"EXL302"'),
    PathGlob: Text(_path_glob, "a glob", "globs over paths", '"legacy/**"'),
    Folder: Text(_folder, "a folder", "folders", '"src"'),
    Version: Text(_version, "a version of Python", "versions of Python", '"3.10"'),
    Confidence: Text(_confidence, '"proven", "likely" or "possible"'),
    Reference: Text(Reference.parse, "a reference", "references", '"app.models:JobStatus"'),
    RoutePattern: Text(RoutePattern.parse, "a route", "routes", '"GET /v1/jobs/*"'),
    ModulePattern: Text(ModulePattern.parse, "a module", "modules", '"app.api.*"'),
    Member: Text(Member.parse, "a member", "members", '"DONE"'),
}

_MAPPINGS: dict[object, Mapping] = {
    tuple[PathGlob, tuple[Code, ...]]: Mapping(
        key=_TEXTS[PathGlob],
        value=List(_TEXTS[Code]),
        join=lambda pattern, codes: (pattern, codes),
        expected='a table from globs to lists of codes, such as { "legacy/**" = ["EXL3"] }',
    ),
    Alias: Mapping(
        key=_TEXTS[str],
        value=_TEXTS[Member],
        join=lambda spelling, member: Alias(spelling, member.name),
        expected='a table from spellings to members, such as { success = "DONE" }',
    ),
    Transition: Mapping(
        key=_TEXTS[Member],
        value=List(_TEXTS[Member]),
        join=lambda source, targets: Transition(source.name, targets),
        expected='a table from members to lists of members, such as { QUEUED = ["RUNNING"] }',
    ),
}


def _kind(annotation: Any) -> Kind:
    """The kind of an attribute by its annotation; None in it only says that the key can be left out."""
    choices = [choice for choice in get_args(annotation) if choice is not type(None)]
    if type(None) in get_args(annotation):
        (annotation,) = choices
    if annotation is bool:
        return Flag()
    if annotation in _TEXTS:
        return _TEXTS[annotation]
    if get_origin(annotation) is not tuple:
        return Table(annotation)
    entry = get_args(annotation)[0]
    if entry in _MAPPINGS:
        return _MAPPINGS[entry]
    return List(_TEXTS[entry] if entry in _TEXTS else Table(entry))
