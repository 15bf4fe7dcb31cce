"""From the bytes of a Python file to its text, and from there to lines, as CPython reads them."""

import codecs
import re
from array import array
from itertools import accumulate


class Undecodable(Exception):
    """The bytes are not the text of a Python file. `reason` says what is wrong, on which line, and what to do."""

    def __init__(self, reason: str, line: int = 1) -> None:
        self.reason = reason
        self.line = line
        super().__init__(reason)


def decode(data: bytes) -> str:
    """The text of a source file by its byte order mark or PEP 263 cookie, else as UTF-8.

    The mark is stripped; line ends, form feeds and all else stay. Raises `Undecodable` for an encoding that is unknown,
    wrong or contradicts the mark, and for NUL bytes.
    """
    for mark, encoding in _WIDE_MARKS:
        if data.startswith(mark):
            raise Undecodable(f"is {encoding}, which Python cannot run; save the file as UTF-8")
    if b"\0" in data:
        line = _line_of(data, data.index(b"\0"))
        raise Undecodable(f"holds a NUL byte on line {line}: it is damaged or no text; mend or exclude it", line)
    has_mark = data.startswith(codecs.BOM_UTF8)
    if has_mark:
        data = data[len(codecs.BOM_UTF8) :]
    name, cookie_line = _cookie(data)
    if name and has_mark and _normal(name) != "utf-8":
        reason = (
            f"declares the encoding {name} on line {cookie_line} behind a UTF-8 byte order mark; remove one of them"
        )
        raise Undecodable(reason, cookie_line)
    if not name or _normal(name) == "utf-8":
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            remedy = "save the file as UTF-8" if name else "save the file as UTF-8 or declare its encoding (PEP 263)"
            raise _bad_byte(data, error, "UTF-8", remedy) from None
    return _decode_as(data, name, cookie_line)


def declared_encoding(data: bytes) -> str:
    """The encoding that a source file declares, as CPython calls it; empty where it declares none."""
    name, _ = _cookie(data.removeprefix(codecs.BOM_UTF8))
    return _normal(name) if name else ""


def line_starts(text: str) -> tuple[int, ...]:
    """Offset of each line's first character. `\\n`, `\\r\\n` and a lone `\\r` end a line, and nothing else does.

    A text that ends with a line end has an empty last line, so that each offset up to `len(text)` has its line.
    """
    if "\r" in text:
        return (0, *(match.end() for match in _LINE_END.finditer(text)))
    ends = accumulate([len(line) + 1 for line in text.split("\n")])
    return (0, *tuple(ends)[:-1])


def byte_line_starts(data: bytes) -> "array[int]":
    """The same of a text in UTF-8, in bytes."""
    starts = array("I", accumulate(map(len, data.splitlines(keepends=True)), initial=0))
    if len(starts) > 1 and data[-1:] not in (b"\n", b"\r"):
        del starts[-1]
    return starts


def split_lines(text: str) -> list[str]:
    """The lines of a text without their ends, as the tokenizer counts them."""
    if "\r" not in text:
        return text.split("\n")
    starts = line_starts(text)
    ends = [*starts[1:], len(text)]
    return [text[start:end].rstrip("\r\n") for start, end in zip(starts, ends, strict=True)]


_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_LINE_END = re.compile(r"\r\n?|\n")
_LINE_END_BYTES = re.compile(rb"\r\n?|\n")
_COOKIE = re.compile(rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
_NO_CODE = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?=\r|\n)")


def _cookie(data: bytes) -> tuple[str, int]:
    """The declared encoding and the line that declares it; an empty name if none of the first two lines does."""
    first = _COOKIE.match(data)
    if first is not None:
        return first[1].decode("ascii", "replace"), 1
    line = _NO_CODE.match(data)
    end = None if line is None else _LINE_END_BYTES.match(data, line.end())
    second = None if end is None else _COOKIE.match(data, end.end())
    return ("", 0) if second is None else (second[1].decode("ascii", "replace"), 2)


def _normal(name: str) -> str:
    """The name that CPython's tokenizer makes of a declared one, which may end as Emacs has it: `utf-8-unix`."""
    short = name[:12].lower().replace("_", "-")
    if short == "utf-8" or short.startswith("utf-8-"):
        return "utf-8"
    latin = ("latin-1", "iso-8859-1", "iso-latin-1")
    if short in latin or short.startswith(tuple(f"{each}-" for each in latin)):
        return "iso-8859-1"
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return name
    return "utf-8" if known == "utf-8" else name


def _decode_as(data: bytes, name: str, cookie_line: int) -> str:
    try:
        text = data.decode(_normal(name))
        text.encode("utf-8")
    except UnicodeDecodeError as error:
        remedy = "correct the declaration or save the file as UTF-8"
        raise _bad_byte(data, error, f"the declared {name}", remedy) from None
    except LookupError:
        reason = (
            f"declares the unknown encoding {name} on line {cookie_line}; declare one that Python knows, best utf-8"
        )
        raise Undecodable(reason, cookie_line) from None
    # A codec may raise what it likes: `unicode_escape`, `punycode` and `idna` do.
    except Exception as error:
        reason = f"cannot be read in the declared {name} ({error}); correct the declaration on line {cookie_line}"
        raise Undecodable(reason, cookie_line) from None
    return text


def _bad_byte(data: bytes, error: UnicodeDecodeError, encoding: str, remedy: str) -> Undecodable:
    line = _line_of(data, error.start)
    return Undecodable(
        f"byte 0x{data[error.start : error.start + 1].hex()} on line {line} is not {encoding}; {remedy}", line
    )


def _line_of(data: bytes, offset: int) -> int:
    return 1 + sum(1 for _ in _LINE_END_BYTES.finditer(data, 0, offset))
