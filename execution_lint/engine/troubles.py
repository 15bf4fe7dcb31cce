"""Why a file, or a part of it, could not be looked at."""

import msgspec


class Trouble(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Why a file, or a part of it, could not be looked at."""

    line: int
    reason: str


def put(troubles: dict[str, Trouble], path: str, trouble: Trouble) -> None:
    """Of several troubles with a file, the first in it is told, whoever came upon which before."""
    troubles[path] = min(trouble, troubles.get(path, trouble))
