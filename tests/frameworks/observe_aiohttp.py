"""Run the application of aiohttp and print what it answers."""

import asyncio

from aiohttp.test_utils import TestClient, TestServer
from observing import HTTP_METHODS, observed, tell
from service.main import create_app

runner = asyncio.new_event_loop()
app = create_app()


async def started() -> TestClient:
    """The application, listening."""
    found = TestClient(TestServer(app))
    await found.start_server()
    return found


client = runner.run_until_complete(started())


def ask(method: str, url: str) -> tuple[int, dict[str, str], bytes]:
    async def answer() -> tuple[int, dict[str, str], bytes]:
        async with client.request(method, url, allow_redirects=False) as found:
            return found.status, dict(found.headers), await found.read()

    return runner.run_until_complete(answer())


routes = []
for route in app.router.routes():
    path = route.resource.canonical
    if route.method == "*":
        routes.append(({name for name in HTTP_METHODS if hasattr(route.handler, name.lower())}, path))
    elif route.method != "HEAD":
        routes.append(({route.method}, path))
tell(observed(routes, ask))
runner.run_until_complete(client.close())
