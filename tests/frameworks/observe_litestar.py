"""Run the application of Litestar and print what it answers."""

from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from observing import observed, tell
from service.main import app

with TestClient(app, raise_server_exceptions=False) as client:
    client.follow_redirects = False

    def ask(method: str, url: str) -> tuple[int, dict[str, str], bytes]:
        answer = client.request(method, url)
        return answer.status_code, dict(answer.headers), answer.content

    routes = [
        (set(route.methods) - {"OPTIONS"} if isinstance(route, HTTPRoute) else {"WEBSOCKET"}, route.path)
        for route in app.routes
    ]
    tell(observed(routes, ask))
