"""Run the application of Quart and print what it answers."""

import asyncio

from observing import observed, tell
from service.main import app

client = app.test_client()
runner = asyncio.new_event_loop()


def ask(method: str, url: str) -> tuple[int, dict[str, str], bytes]:
    async def answer() -> tuple[int, dict[str, str], bytes]:
        found = await client.open(url, method=method)
        return found.status_code, dict(found.headers), await found.get_data()

    return runner.run_until_complete(answer())


rules = [
    ({"WEBSOCKET"} if rule.websocket else set(rule.methods) - {"HEAD", "OPTIONS"}, rule.rule)
    for rule in app.url_map.iter_rules()
]
tell(observed(rules, ask))
