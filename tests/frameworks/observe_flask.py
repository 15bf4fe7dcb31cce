"""Run the application of Flask and print what it answers."""

from observing import observed, tell
from service.main import app

client = app.test_client()


def ask(method: str, url: str) -> tuple[int, dict[str, str], bytes]:
    answer = client.open(url, method=method)
    return answer.status_code, dict(answer.headers), answer.data


rules = [(set(rule.methods) - {"HEAD", "OPTIONS"}, rule.rule) for rule in app.url_map.iter_rules()]
tell(observed(rules, ask))
