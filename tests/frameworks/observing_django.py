"""What the programs share that run an application of Django."""

import os
from collections.abc import Iterator

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "service.settings"
django.setup()

from django.test import Client  # noqa: E402  # Django is set up before it is used
from django.urls import URLPattern, get_resolver  # noqa: E402
from observing import HTTP_METHODS, filled, observed, tell  # noqa: E402

client = Client(raise_request_exception=False)


def ask(method: str, url: str) -> tuple[int, dict[str, str], bytes]:
    """Send a request."""
    answer = client.generic(method, url)
    return answer.status_code, dict(answer.headers), answer.content


def patterns(found: list, prefix: str = "/") -> Iterator[str]:
    """The path of every pattern."""
    for pattern in found:
        if isinstance(pattern, URLPattern) and pattern.name == "api-root":
            continue  # an entry of Django Ninja's own, which answers nothing
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)
        else:
            yield from patterns(pattern.url_patterns, prefix + str(pattern.pattern))


def show(spell: object = str) -> None:
    """Print what is answered; a method is one that a path is not refused (405)."""
    paths = dict.fromkeys(str(spell(path)) for path in patterns(get_resolver().url_patterns))  # type: ignore[operator]  # a function of a text
    routes = [({method for method in HTTP_METHODS if ask(method, filled(path))[0] != 405}, path) for path in paths]
    tell(observed(routes, ask))
