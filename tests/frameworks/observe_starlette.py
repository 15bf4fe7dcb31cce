"""Run the application of Starlette and print what it answers."""

from collections.abc import Iterator

from observing import HTTP_METHODS, observed, tell
from service.main import app
from starlette.routing import Host, Mount, WebSocketRoute
from starlette.testclient import TestClient


def routes(found: list, prefix: str = "") -> Iterator[tuple[set[str], str]]:
    """Every route of the table."""
    for route in found:
        if isinstance(route, (Mount, Host)):
            yield from routes(route.routes, prefix + getattr(route, "path", ""))
        elif isinstance(route, WebSocketRoute):
            yield {"WEBSOCKET"}, prefix + route.path
        elif route.methods is None:
            yield {name for name in HTTP_METHODS if hasattr(route.endpoint, name.lower())}, prefix + route.path
        else:
            yield route.methods - {"HEAD"}, prefix + route.path


with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:

    def ask(method: str, url: str) -> tuple[int, dict[str, str], bytes]:
        headers = {"host": "other.test"} if url.startswith("/hosted") else {}
        answer = client.request(method, url, headers=headers)
        return answer.status_code, dict(answer.headers), answer.content

    tell(observed(routes(app.routes), ask))
