"""TOML text into plain values, whichever parser this Python has; the place of a syntax error with it."""

import re
import sys

_PLACE = r" \(at (?:line (\d+), column \d+|end of document)\)$"


class TomlError(ValueError):
    """Text that is not TOML: `what` is wrong on the 1-based `line`; 0 where no line can be named."""

    def __init__(self, what: str, line: int) -> None:
        self.what = what
        self.line = line
        super().__init__(what)


def parse(text: str) -> dict[str, object]:
    """The document of a TOML text; raises `TomlError`. The parser is imported on the first call: it costs start-up."""
    if sys.version_info >= (3, 11):
        from tomllib import loads
    else:
        from tomli import loads
    try:
        return loads(text)
    except RecursionError:
        raise TomlError("is nested too deeply", 0) from None
    except ValueError as error:
        message = str(error)
        place = re.search(_PLACE, message)
        if place is None:
            raise TomlError(message, 0) from None
        last = text.rstrip().count("\n") + 1
        raise TomlError(message[: place.start()], min(int(place[1]), last) if place[1] else last) from None
