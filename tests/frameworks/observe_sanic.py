"""Run the application of Sanic and print what it answers."""

import asyncio

from observing import observed, tell
from sanic_testing.testing import SanicASGITestClient
from service.main import app

app.finalize()
client = SanicASGITestClient(app)
runner = asyncio.new_event_loop()


def ask(method: str, url: str) -> tuple[int, dict[str, str], bytes]:
    _, answer = runner.run_until_complete(client.request(method, url))
    return answer.status, dict(answer.headers), answer.body or b""


routes = [
    ({"WEBSOCKET"} if route.extra.websocket else set(route.methods), f"/{route.path}") for route in app.router.routes
]
tell(observed(routes, ask))
