"""Run the application of FastAPI and print what it answers."""

from collections.abc import Iterator

from observing import observed, tell
from service.main import app
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient


def routes(found: list, prefix: str = "") -> Iterator[tuple[set[str], str]]:
    """Every route of the table; since 0.137 an included router stays one, and answers by its own table."""
    for route in found:
        if hasattr(route, "effective_candidates"):
            yield from routes(route.effective_candidates(), prefix)
        elif isinstance(route, Mount):
            yield from routes(route.routes, prefix + route.path)
        elif isinstance(route, WebSocketRoute):
            yield {"WEBSOCKET"}, prefix + route.path
        elif route.methods is None:
            assert isinstance(route, Route)
            yield (
                {name.upper() for name in ("get", "post", "put") if hasattr(route.endpoint, name)},
                prefix + route.path,
            )
        else:
            yield route.methods - {"HEAD"}, prefix + route.path


with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:

    def ask(method: str, url: str) -> tuple[int, dict[str, str], bytes]:
        answer = client.request(method, url)
        return answer.status_code, dict(answer.headers), answer.content

    tell(observed(routes(app.routes), ask))
