"""The lines of the files that a report speaks of."""

import io
import os.path
import tokenize
from collections.abc import Mapping, Sequence


class Sources:
    """Reads sources for frames; what was given on standard input replaces its file."""

    def __init__(self, replaced: Mapping[str, bytes]) -> None:
        """`replaced` holds bytes by path, absolute or relative to the working directory."""
        self._replaced = {os.path.realpath(path): data for path, data in replaced.items()}

    def lines(self, path: str) -> Sequence[str]:
        """The lines of the file at `path`, told apart as Python does and without their ends.

        Bytes that its encoding does not have are shown as U+FFFD. Raises OSError where it cannot be read.
        """
        data = self._replaced.get(os.path.realpath(path)) if self._replaced else None
        if data is None:
            with open(path, "rb") as file:
                data = file.read()
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            text = data.decode(encoding, "replace")
        except (SyntaxError, LookupError):
            text = data.decode("utf-8", "replace")
        return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
