"""Tell code from strings, comments and joined lines without parsing; exact for PEP 701 f-strings on every Python."""

import re
from collections.abc import Iterator

_ESCAPE = r"\\(?:\r\n|[^\r]|\r(?!\n))"
_CLOSED_STRING = (
    rf'"""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*"""'
    rf"|'''[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*'''"
    rf'|"(?!"")[^"\\\n]*(?:{_ESCAPE}[^"\\\n]*)*"'
    rf"|'(?!'')[^'\\\n]*(?:{_ESCAPE}[^'\\\n]*)*'"
)
# The commonest form first. A string left open takes the rest of the text: a retry at each later quote is quadratic.
_ANY_STRING = (
    r'"(?:[^"\\\n]+"'
    r'|""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*(?:"""|[\s\S]*)'
    rf'|[^"\\\n]*(?:{_ESCAPE}[^"\\\n]*)*(?:"|[\s\S]*))'
    r"|'(?:[^'\\\n]+'"
    r"|''[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*(?:'''|[\s\S]*)"
    rf"|[^'\\\n]*(?:{_ESCAPE}[^'\\\n]*)*(?:'|[\s\S]*))"
)
_TOKEN = re.compile(rf"({_ANY_STRING}|#[^\n]*|\\\r?\n)")
_STRING = re.compile(_CLOSED_STRING)
_TOKEN_START = re.compile(r"""["']|#[^\r\n]*|\\\r?\n""")
_FORMATTED = re.compile(r"(?<!\w)(?:[fFtT]([rR]?)|([rR])[fFtT])\Z")
_LITERAL_STOP = re.compile(r"""[{}"'\\\n]""")
_FIELD_STOP = re.compile(r"""["'#()\[\]{}:]""")
_DEEPEST_NESTING = 100


def is_formatted(before: str) -> bool:
    """Whether a string behind this code is made of others: an f-string or a t-string."""
    return _FORMATTED.search(before[-3:]) is not None


def split(text: str) -> list[str] | None:
    """`text` cut into code and tokens in turn, code first and last; a token is a string without its prefix, a comment,
    or a backslash with its newline. None when a string is left open.
    """
    parts = _TOKEN.split(text)
    if len(parts) > 1 and not parts[-1] and parts[-2][0] in "\"'" and not _STRING.fullmatch(parts[-2]):
        return _split_exactly(text)
    offset = 0
    suspects = [
        index
        for index, token in enumerate(parts[1::2])
        if "{" in token and parts[2 * index][-1:] in _PREFIX_ENDS and token[0] in "\"'"
    ]
    if not suspects:
        return parts
    done = 0
    for index in suspects:
        position = 2 * index + 1
        token = parts[position]
        if not _needs_exact_lexing(token):
            continue
        prefix = _FORMATTED.search(parts[position - 1][-3:])
        if prefix is None:
            continue
        offset += sum(map(len, parts[done:position]))
        done = position
        if _formatted_string_end(text, offset, prefix[1] or prefix[2] or "", 0) != offset + len(token):
            return _split_exactly(text)
    return parts


def blank(text: str) -> str:
    """`text` with each character of a string (quotes and newlines too) replaced by `"`, each of a comment or of a
    backslash with its newline by a space: same length, so offsets hold. A string left open is blanked up to the end.

    The fields of an f-string are blanked with it: use this to see structure, not to search for names.
    """
    parts = split(text)
    return "".join(fill(_TOKEN.split(text) if parts is None else parts))


def fill(parts: list[str]) -> list[str]:
    """The pieces of `split` with the tokens replaced as `blank` says; changes and returns `parts`."""
    parts[1::2] = [(" " if token[0] in "#\\" else '"') * len(token) for token in parts[1::2]]
    return parts


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Offset and text of each comment, `#` included; nothing after a string that is left open."""
    parts = split(text)
    if parts is None:
        parts = _TOKEN.split(text)
    offset = 0
    for index, part in enumerate(parts):
        if index % 2 and part[0] == "#":
            yield offset, part
        offset += len(part)


def string_end(text: str, start: int) -> int:
    """Where the string ends whose quote stands at `start`; -1 if it is left open."""
    prefix = _FORMATTED.search(text[max(0, start - 3) : start])
    if prefix is not None:
        return _formatted_string_end(text, start, prefix[1] or prefix[2] or "", 0)
    match = _STRING.match(text, start)
    return -1 if match is None else match.end()


_PREFIX_ENDS = frozenset("fFrRtT")


def _needs_exact_lexing(token: str) -> bool:
    """Whether an f-string found by its quotes alone may end elsewhere: a quote in a field ends it too early."""
    if token.count("{") != token.count("}") or "{{" in token or "}}" in token:
        return True
    return ("'" if token[0] == '"' else '"') in token or token.count(token[0]) not in (2, 6) or "#" in token


def _split_exactly(text: str) -> list[str] | None:
    parts: list[str] = []
    done = 0
    while (match := _TOKEN_START.search(text, done)) is not None:
        start, end = match.span()
        if match[0] in "\"'":
            end = string_end(text, start)
            if end < 0:
                return None
        parts += (text[done:start], text[start:end])
        done = end
    parts.append(text[done:])
    return parts


def _formatted_string_end(text: str, start: int, raw: str, nesting: int) -> int:
    """Where the f-string or t-string ends whose quote stands at `start`, by the rules of PEP 701; -1 if left open."""
    if nesting > _DEEPEST_NESTING:
        return -1
    quote = text[start : start + 3]
    if quote not in ('"""', "'''"):
        quote = quote[0]
    position = start + len(quote)
    while (match := _LITERAL_STOP.search(text, position)) is not None:
        position = match.start()
        character = match[0]
        if character == "\\":
            position = _after_backslash(text, position, raw)
        elif character == "{":
            if text.startswith("{", position + 1):
                position += 2
            else:
                position = _field_end(text, position + 1, quote, raw, nesting)
                if position < 0:
                    return -1
        elif character == "\n":
            if len(quote) == 1:
                return -1
            position += 1
        elif text.startswith(quote, position):
            return position + len(quote)
        else:
            position += 1
    return -1


def _after_backslash(text: str, position: int, raw: str) -> int:
    following = text[position + 1 : position + 3]
    if following[:1] in ("{", "}"):
        return position + 1
    if following == "N{" and not raw:
        end = text.find("}", position)
        return len(text) if end < 0 else end + 1
    return position + (3 if following == "\r\n" else 2)


def _field_end(text: str, position: int, quote: str, raw: str, nesting: int) -> int:
    """Where the replacement field ends whose expression begins at `position`; -1 if it does not."""
    if nesting > _DEEPEST_NESTING:
        return -1
    depth = 0
    while (match := _FIELD_STOP.search(text, position)) is not None:
        position = match.start()
        character = match[0]
        if character in "\"'":
            prefix = _FORMATTED.search(text[max(0, position - 3) : position])
            if prefix is not None:
                position = _formatted_string_end(text, position, prefix[1] or prefix[2] or "", nesting + 1)
                if position < 0:
                    return -1
                continue
            string = _STRING.match(text, position)
            if string is None:
                return -1
            position = string.end()
            continue
        if character == "#":
            position = text.find("\n", position)
            if position < 0:
                return -1
        elif character in "([{":
            depth += 1
        elif character != ":":
            if depth == 0:
                return position + 1 if character == "}" else -1
            depth -= 1
        elif depth == 0:
            return _format_end(text, position + 1, quote, raw, nesting)
        position += 1
    return -1


def _format_end(text: str, position: int, quote: str, raw: str, nesting: int) -> int:
    """Where the field ends whose format specification begins at `position`; -1 if it does not."""
    while (match := _LITERAL_STOP.search(text, position)) is not None:
        position = match.start()
        character = match[0]
        if character == "}":
            return position + 1
        if character == "{":
            position = _field_end(text, position + 1, quote, raw, nesting + 1)
            if position < 0:
                return -1
        elif character == "\\":
            position = _after_backslash(text, position, raw)
        elif (character == "\n" and len(quote) == 1) or text.startswith(quote, position):
            return -1
        else:
            position += 1
    return -1
