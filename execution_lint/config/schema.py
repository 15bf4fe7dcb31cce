"""The options and the contract as data: each attribute of `Options` and of its tables is a key, in kebab-case."""

import os
from collections.abc import Iterable
from typing import Annotated

import msgspec

from execution_lint.config import glob
from execution_lint.config.mistakes import OVERRIDE, WrongValue, mistake, nearest
from execution_lint.model.confidence import Confidence

Code = Annotated[str, "code"]
"""`EXL` and up to three digits: a rule, or all rules whose codes start so."""
PathGlob = Annotated[str, "path glob"]
"""A glob over paths relative to the root; see `execution_lint.config.glob.matches_path`."""
Folder = Annotated[str, "folder"]
"""A folder, POSIX and relative to the root; `.` is the root."""
Version = tuple[int, int]
"""A Python version, major and minor."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY", "WEBSOCKET")


class Reference(msgspec.Struct, frozen=True):
    """A place in the code, named `module:qualname`."""

    module: str
    qualname: str
    line: int = 0
    """Where it stands in the configuration file; 0 when an override says it."""

    @property
    def spelled(self) -> str:
        """As the user writes it: `app.models:JobStatus`."""
        return f"{self.module}:{self.qualname}"

    @property
    def dotted(self) -> str:
        """As Python knows it: `app.models.JobStatus`."""
        return f"{self.module}.{self.qualname}"

    @staticmethod
    def parse(text: str, line: int = 0) -> "Reference":
        """The reference that `text` spells; raises `WrongValue`."""
        module, colon, qualname = text.partition(":")
        if not colon:
            raise WrongValue(f'"{text}" has no colon between the module and the name', _with_colon(text))
        for part in (*module.split("."), *qualname.split(".")):
            if not part.isidentifier():
                raise WrongValue(f'"{text}" is not a reference; expected module:name, such as app.models:JobStatus')
        return Reference(module, qualname, line)


class RoutePattern(msgspec.Struct, frozen=True):
    """Routes, by a glob on the method and one on the full path: `GET /v1/jobs/*`."""

    method: str
    """In upper case; `*` is any."""
    path: str
    line: int = 0
    """Where it stands in the configuration file; 0 when an override says it."""

    @property
    def spelled(self) -> str:
        """As the user may write it: `GET /v1/jobs/*`."""
        return f"{self.method} {self.path}"

    def matches(self, method: str, path: str) -> bool:
        """Whether a route of this method (in any case) and full path is meant."""
        return self._has_method(method) and glob.matches_route(self.path, path)

    def matches_suffix(self, method: str, path: str) -> bool:
        """Whether a route can be meant of which only the end of the path is known, its prefix not."""
        return self._has_method(method) and glob.matches_route_suffix(self.path, path)

    def _has_method(self, method: str) -> bool:
        return glob.matches_word(self.method, method.upper())

    @staticmethod
    def parse(text: str, line: int = 0) -> "RoutePattern":
        """The pattern that `text` spells, its method left out or not; raises `WrongValue`."""
        words = text.split()
        if len(words) not in (1, 2):
            raise WrongValue(f'"{text}" is not a route; expected a method and a path, such as GET /v1/jobs/*')
        method, path = (words[0].upper(), words[1]) if len(words) == 2 else ("*", words[0])
        if not any(glob.matches_word(method, known) for known in METHODS):
            raise WrongValue(f'"{text}" starts with no HTTP method', nearest(method, METHODS))
        glob.check_route_glob(path)
        return RoutePattern(method, path, line)


class ModulePattern(msgspec.Struct, frozen=True):
    """Modules, by a glob on the dotted name, those below them included."""

    pattern: str
    line: int = 0
    """Where it stands in the configuration file; 0 when an override says it."""

    def matches(self, module: str) -> bool:
        """Whether this module, or a package above it, is meant."""
        return glob.matches_module(self.pattern, module)

    @staticmethod
    def parse(text: str, line: int = 0) -> "ModulePattern":
        """The pattern that `text` spells; raises `WrongValue`."""
        glob.check_module_glob(text)
        return ModulePattern(text, line)


class Member(msgspec.Struct, frozen=True):
    """A member of an enum, by name."""

    name: str
    line: int = 0
    """Where it stands in the configuration file; 0 when an override says it."""

    @staticmethod
    def parse(text: str, line: int = 0) -> "Member":
        """The member that `text` names; raises `WrongValue`."""
        if not text.isidentifier():
            raise WrongValue(f'"{text}" is not the name of a member', text.rpartition(".")[2])
        return Member(text, line)


class Alias(msgspec.Struct, frozen=True):
    """A legacy spelling of a status, and the member that it means."""

    spelling: str
    member: str
    line: int = 0
    """Where it stands in the configuration file; 0 when an override says it."""


class Transition(msgspec.Struct, frozen=True):
    """The states that may follow one."""

    source: str
    targets: tuple[Member, ...]
    line: int = 0
    """Where it stands in the configuration file; 0 when an override says it."""


class EventLoopContract(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """Who may own an event loop."""

    owners: tuple[Reference, ...] = ()
    """The functions, methods or classes that may make and keep an event loop."""
    line: int = 0
    """Where the table starts in the configuration file; 0 when an override says it or nothing does."""


class StatusContract(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The status in an answer."""

    key: str
    """The top-level key of the answer that holds the status."""
    vocabulary: Reference
    """The enum whose values it may hold."""
    line: int = 0
    """Where the table starts in the configuration file; 0 when an override says it."""


class ErrorContract(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The shape of error answers."""

    require: tuple[str, ...]
    """The top-level keys of every error answer."""
    line: int = 0
    """Where the table starts in the configuration file; 0 when an override says it."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """What the answers of some routes hold. Of several envelopes the first that matches a route governs it."""

    name: str = ""
    """What findings call it; `envelope-1`, `envelope-2` ... where it is left out."""
    routes: tuple[RoutePattern, ...] = ()
    """The routes it governs, by method and full path: in the path `*` is one segment and `**` any number."""
    modules: tuple[ModulePattern, ...] = ()
    """The modules whose routes it governs; those below them are included."""
    handlers: tuple[Reference, ...] = ()
    """The handlers it governs."""
    require: tuple[str, ...] = ()
    """The top-level keys that every answer has."""
    id: str | None = None
    """The key that identifies the job, by which a client polls it."""
    status: StatusContract | None = None
    """The key of the status and the enum that governs it."""
    errors: ErrorContract | None = None
    """The shape of error answers."""
    wrappers: tuple[Reference, ...] = ()
    """Decorators, response classes or route classes that supply the envelope, so that the handler need not."""
    exempt: tuple[RoutePattern, ...] = ()
    """Routes it does not govern, although `routes`, `modules` or `handlers` name them."""
    line: int = 0
    """Where the table starts in the configuration file; 0 when an override says it."""


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """An enum whose values are the statuses."""

    enum: Reference
    """The enum."""
    fields: tuple[str, ...] = ()
    """The fields, columns and keys that hold a value of it."""
    aliases: tuple[Alias, ...] = ()
    """Legacy spellings, and the members that they mean."""
    forbidden: tuple[Member, ...] = ()
    """Members that code may not use."""
    transitions: tuple[Transition, ...] = ()
    """The states that may follow each state; a state with an empty list is final."""
    line: int = 0
    """Where the table starts in the configuration file; 0 when an override says it."""


class Boundary(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """A call that only some modules may make."""

    call: Reference
    """The function or method."""
    only_in: tuple[ModulePattern, ...]
    """The modules that may call it; those below them are included."""
    line: int = 0
    """Where the table starts in the configuration file; 0 when an override says it."""


class Options(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """All keys of `[tool.execution-lint]`."""

    select: tuple[Code, ...] = ("EXL",)
    """The rules to run, by code or prefix. The most specific prefix wins over `ignore`."""
    extend_select: tuple[Code, ...] = ()
    """Rules to run besides those of `select`."""
    ignore: tuple[Code, ...] = ()
    """Rules not to run."""
    per_file_ignores: tuple[tuple[PathGlob, tuple[Code, ...]], ...] = ()
    """Rules whose findings are set aside in the files that a glob covers."""
    min_confidence: Confidence = Confidence.LIKELY
    """The least sure findings to report; the less sure are set aside."""
    require_suppression_reason: bool = False
    """Report suppressions without a reason (EXL004)."""
    target_version: Version | None = None
    """The oldest Python that the code runs on; advice fits all versions where it is left out."""
    exclude: tuple[PathGlob, ...] = (
        ".git",
        ".venv",
        "venv",
        "site-packages",
        "node_modules",
        "build",
        "dist",
        "__pycache__",
        ".*/",
    )
    """Files and folders to leave out. Replaces the default; `extend-exclude` adds to it."""
    extend_exclude: tuple[PathGlob, ...] = ()
    """Files and folders to leave out besides those of `exclude`."""
    respect_gitignore: bool = True
    """Leave out what git ignores."""
    src: tuple[Folder, ...] = ()
    """Import roots, besides the folders without an `__init__.py` that hold packages."""
    test_paths: tuple[PathGlob, ...] = ("tests/", "test_*.py", "*_test.py", "conftest.py")
    """Test code: indexed, but only EXL102, EXL107 and EXL108 report there, unless the file is named."""
    frozen_paths: tuple[PathGlob, ...] = ("migrations/", "alembic/versions/", "*_pb2.py", "*_pb2_grpc.py")
    """Code that is not changed by hand: indexed, but not reported on, unless the file is named. So are files whose
    header says that they are generated."""
    event_loop: EventLoopContract = EventLoopContract()
    """Who may own an event loop."""
    envelopes: tuple[Envelope, ...] = msgspec.field(default=(), name="envelope")
    """What the answers of some routes hold. Declaring one turns the built-in `execution` envelope off."""
    vocabularies: tuple[Vocabulary, ...] = msgspec.field(default=(), name="vocabulary")
    """The enums whose values are the statuses, besides those that are found by their names."""
    boundaries: tuple[Boundary, ...] = msgspec.field(default=(), name="boundary")
    """Calls that only some modules may make."""


class KeyLine(msgspec.Struct, frozen=True):
    """Where the configuration says something."""

    key: str
    """The key from the top, without indexes: `envelope.status.vocabulary`."""
    entry: str
    """The entry of a list, or the key of a table of the user's own keys; empty for the key itself."""
    line: int
    """1-based; 0 when an override says it."""


class Config(Options, frozen=True, kw_only=True):
    """The options of one project, and where they come from."""

    root: str
    """Absolute path of the project's root."""
    file: str | None = None
    """The configuration file, relative to the root; None where only defaults and overrides count."""
    notes: tuple[str, ...] = ()
    """What the user should know about the configuration, in lines for standard error."""
    lines: tuple[KeyLine, ...] = ()
    """Where each key and entry stands, in the order of the schema."""

    def line_of(self, key: str, entry: str = "") -> int:
        """The first line that says `key`, or an entry of it (`line_of("select", "EXL9")`); 0 where no line does."""
        return next((line.line for line in self.lines if line.key == key and line.entry == entry), 0)

    def mistake(self, line: int, key: str, what: str, candidates: Iterable[str] = (), wrong: str = "") -> str:
        """One line that says a mistake, with the candidate nearest to `wrong`; a `line` of 0 is an override's."""
        file = displayed(os.path.join(self.root, self.file)) if self.file and line else OVERRIDE
        return mistake(file, line, key, what, nearest(wrong, candidates) if wrong else None)


def displayed(path: str) -> str:
    """An absolute path as the user reads it: relative to the working directory where it lies below, POSIX."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        relative = path
    return (path if relative.startswith("..") else relative).replace(os.sep, "/")


def _with_colon(text: str) -> str | None:
    """A dotted name with its colon, before the first name in capitals, else before the last."""
    parts = text.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        return None
    split = next((index for index, part in enumerate(parts) if index and part[0].isupper()), len(parts) - 1)
    return f"{'.'.join(parts[:split])}:{'.'.join(parts[split:])}"
