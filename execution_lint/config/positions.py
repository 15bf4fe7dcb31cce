"""The lines on which the keys of a TOML text stand: parsers give none. For text that a parser has accepted."""

import re

Path = tuple[str | int, ...]
"""The way to a value: keys, and indexes into lists and lists of tables."""

_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s.=\]"']+)[ \t]*""")
_STRING = re.compile(r""""(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_LONG_STRING_END = {'"""': re.compile(r'\\.|"{3,5}', re.DOTALL), "'''": re.compile(r"'{3,5}")}


def key_lines(text: str, table: tuple[str, ...] = ()) -> dict[Path, int]:
    """The 1-based line of each key and list entry below `table`, by its path from there.

    A key that only a longer one implies (`a` in `a.b = 1` or `[a.b]`) has the line of the first that does.
    """
    return _Scan(text.replace("\r\n", "\n"), table).run()


class _Scan:
    def __init__(self, text: str, table: tuple[str, ...]) -> None:
        self.text = text
        self.table = table
        self.found: dict[Path, int] = {}
        self.lists: dict[Path, int] = {}
        self.position = 0
        self.line = 1
        self.counted = 0

    def run(self) -> dict[Path, int]:
        header: Path = ()
        while not self.is_at_end():
            if self.text.startswith("[[", self.position):
                header = self.list_header()
            elif self.text[self.position] == "[":
                header = self.table_header()
            else:
                self.value(self.key(header))
        return self.found

    def is_at_end(self) -> bool:
        self.skip(_GAP)
        return self.position >= len(self.text)

    def skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.position)
        if found is None:
            raise ValueError(f"not TOML at line {self.current_line()}")
        self.position = found.end()
        return found[found.lastindex or 0]

    def take(self, mark: str) -> bool:
        """Whether `mark` comes next; it is passed then."""
        taken = self.text.startswith(mark, self.position)
        self.position += len(mark) if taken else 0
        return taken

    def current_line(self) -> int:
        self.line += self.text.count("\n", self.counted, self.position)
        self.counted = self.position
        return self.line

    def record(self, path: Path) -> None:
        if path[: len(self.table)] == self.table:
            self.found.setdefault(path[len(self.table) :], self.current_line())

    def names(self) -> list[str]:
        """The parts of a dotted key."""
        names = [_unquoted(self.skip(_KEY))]
        while self.take("."):
            names.append(_unquoted(self.skip(_KEY)))
        return names

    def table_header(self) -> Path:
        self.position += 1
        header: Path = ()
        for name in self.names():
            header = self.below(header, name)
        self.position += 1
        return header

    def list_header(self) -> Path:
        self.position += 2
        *names, last = self.names()
        header: Path = ()
        for name in names:
            header = self.below(header, name)
        header = (*header, last)
        self.record(header)
        count = self.lists.get(header, 0)
        self.lists[header] = count + 1
        self.record((*header, count))
        self.position += 2
        return (*header, count)

    def below(self, path: Path, name: str) -> Path:
        """The table `name` of a header; in a list of tables that is the last one so far."""
        path = (*path, name)
        self.record(path)
        return (*path, self.lists[path] - 1) if path in self.lists else path

    def key(self, header: Path) -> Path:
        path = header
        for name in self.names():
            path = (*path, name)
            self.record(path)
        self.position += 1
        return path

    def value(self, path: Path) -> None:
        """Pass the value of `path`, recording what is inside; without recursion, so that depth is no matter."""
        openers: list[tuple[Path, int | None]] = []
        """The lists and inline tables around the value: path, and the index of a list's entry."""
        while True:
            self.skip(_BLANK)
            if self.take("["):
                openers.append((path, -1))
            elif self.take("{"):
                openers.append((path, None))
            else:
                self.skip_scalar()
                self.skip(_GAP if openers else _BLANK)
            inner = self.next_inside(openers)
            if inner is None:
                return
            path = inner

    def next_inside(self, openers: list[tuple[Path, int | None]]) -> Path | None:
        """The next value of the innermost opener that has one; None when all are closed."""
        while openers:
            self.skip(_GAP)
            self.take(",")
            self.skip(_GAP)
            path, index = openers[-1]
            if self.take("]" if index is not None else "}"):
                openers.pop()
                continue
            if self.position >= len(self.text):
                raise ValueError("not TOML: something is not closed")
            if index is None:
                return self.key(path)
            openers[-1] = (path, index + 1)
            self.record((*path, index + 1))
            return (*path, index + 1)
        return None

    def skip_scalar(self) -> None:
        quotes = self.text[self.position : self.position + 3]
        if quotes not in _LONG_STRING_END:
            self.skip(_STRING if quotes[:1] in ("'", '"') else _SCALAR)
            return
        self.position += 3
        for found in _LONG_STRING_END[quotes].finditer(self.text, self.position):
            if found[0][0] != "\\":
                self.position = found.end()
                return
        raise ValueError("not TOML: a string is not closed")


def _unquoted(key: str) -> str:
    if key[0] not in "'\"":
        return key
    if "\\" not in key or key[0] == "'":
        return key[1:-1]
    from execution_lint.config.toml import parse  # only a key with an escape needs a parser

    (name,) = parse(f"{key} = 0")
    return name
