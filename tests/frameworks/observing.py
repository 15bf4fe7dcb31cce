"""What the programs share that run an application of `fixtures/projects/answers_*` and print what it answers."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

QUERIES = ("", "?kind=b")
"""The queries of each request, by which handlers that branch take another way."""
PLACEHOLDER = re.compile(r"\{[^{}]*\}|<[^<>]*>")
HTTP_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

Ask = Callable[[str, str], tuple[int, Mapping[str, str], bytes]]
"""Sends a method and a URL, and gives status, headers and body."""


def filled(path: str) -> str:
    """A URL for a path, every parameter a text that is a number too."""
    return PLACEHOLDER.sub("2024", path)


def answered(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, object]:
    """What an answer is, in the words of the inventory."""
    content_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    kind, keys = "not-json", []
    if body and "json" in content_type:
        value = json.loads(body)
        kind, keys = ("object", sorted(value)) if isinstance(value, dict) else ("bare", [])
    return {"status": status, "kind": kind, "keys": keys}


def observed(routes: Iterable[tuple[Iterable[str], str]], ask: Ask) -> Iterator[dict[str, object]]:
    """Each route of a framework's own table with its answers; a WebSocket is not asked."""
    for methods, path in routes:
        for method in sorted(methods):
            answers = []
            for query in QUERIES if method != "WEBSOCKET" else ():
                answers.append(answered(*ask(method, filled(path) + query)))
            yield {"method": method, "path": path, "answers": answers}


def tell(observations: Iterable[dict[str, object]]) -> None:
    """Print what was observed."""
    print(json.dumps(list(observations)))
