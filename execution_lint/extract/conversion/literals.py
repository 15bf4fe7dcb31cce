"""The values of number and string tokens, as Python decodes them but without its warnings on unknown escapes."""

import re
import unicodedata

_ESCAPE = re.compile(
    r"\\(?:[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^{}]*\}|.)",
    re.DOTALL,
)
# In a formatted string, a backslash does not take the brace behind it, and a doubled brace stands for one.
_FORMATTED_ESCAPE = re.compile(
    r"\\(?:[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^{}]*\}|[^{}])|\{\{|\}\}",
    re.DOTALL,
)
_BYTES_ESCAPE = re.compile(rb"\\(?:[0-7]{1,3}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_SIMPLE_ESCAPES = {
    "\n": "",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


def integer_value(token: str) -> int:
    """The value of an integer token; raises SyntaxError where Python refuses its length."""
    try:
        return int(token, 0)
    except ValueError as error:
        raise SyntaxError(str(error)) from None


def imaginary_value(token: str) -> complex:
    """The value of an imaginary token, such as `1.5j`."""
    return complex(0.0, float(token[:-1]))


def string_value(token: str) -> str | bytes:
    """The value of one string or bytes token, prefix and quotes included; raises SyntaxError on a broken escape."""
    opening = 0
    while token[opening] not in "'\"":
        opening += 1
    prefix = token[:opening].lower()
    width = 3 if token.startswith(('"""', "'''"), opening) and len(token) - opening >= 6 else 1
    body = token[opening + width : -width]
    if "b" in prefix:
        if not body.isascii():
            raise SyntaxError("bytes can only contain ASCII literal characters")
        data = body.encode()
        return data if "r" in prefix or "\\" not in body else _BYTES_ESCAPE.sub(_bytes_escape, data)
    if "r" in prefix or "\\" not in body:
        return body
    return _ESCAPE.sub(_escape, body)


def formatted_text(text: str, prefix: str) -> str:
    """The value of a stretch of literal text in a formatted string whose opening, such as `rf\"`, is `prefix`."""
    if "r" in prefix or "R" in prefix:
        return text.replace("{{", "{").replace("}}", "}")
    if "\\" in text or "{" in text or "}" in text:
        return _FORMATTED_ESCAPE.sub(_escape, text)
    return text


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    mark = found[1]
    simple = _SIMPLE_ESCAPES.get(mark)
    if simple is not None:
        return simple
    if found[0] != "\\":
        return mark
    if mark in "01234567":
        return chr(int(found[1:], 8))
    if mark in "xuUN":
        if len(found) == 2:
            raise SyntaxError(f"truncated or malformed escape {found}")
        try:
            return unicodedata.lookup(found[3:-1]) if mark == "N" else chr(int(found[2:], 16))
        except (KeyError, ValueError):
            raise SyntaxError(f"the escape {found} is no character") from None
    return found


def _bytes_escape(match: re.Match[bytes]) -> bytes:
    found = match[0]
    mark = chr(found[1])
    simple = _SIMPLE_ESCAPES.get(mark)
    if simple is not None:
        return simple.encode()
    if mark in "01234567":
        return bytes((int(found[1:], 8) & 0xFF,))
    if mark == "x":
        if len(found) == 2:
            raise SyntaxError(f"truncated or malformed escape {found.decode()}")
        return bytes((int(found[2:], 16),))
    return found
