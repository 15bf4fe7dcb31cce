"""How each framework chooses between two routes that match: what EXL208 rests on, executed."""

import json
import subprocess
import sys
import textwrap

import pytest
from test_framework_answers import missing

PROGRAMS = {
    "fastapi": """
        from fastapi import FastAPI
        from starlette.testclient import TestClient

        app = FastAPI()
        for path, answer in [("/{name}", "any"), ("/fixed", "fixed"), ("/n/{n:int}", "int"), ("/n/17", "seventeen"),
                             ("/same", "first"), ("/f/{p:path}", "rest"), ("/f/a/b", "below")]:
            app.add_api_route(path, lambda answer=answer: answer, response_model=None)
        client = TestClient(app)
        found = {url: client.get(url).json() for url in ("/fixed", "/n/17", "/same", "/f/a/b")}
    """,
    "flask": """
        from flask import Flask

        app = Flask("x")
        for path, answer in [("/<name>", "any"), ("/fixed", "fixed"), ("/<int:n>", "int"), ("/<other>", "other"),
                             ("/f/<path:p>", "rest"), ("/f/a", "below"), ("/fixed", "again")]:
            app.add_url_rule(path, path + answer, lambda answer=answer, **_: answer)
        client = app.test_client()
        found = {url: client.get(url).text for url in ("/fixed", "/17", "/x", "/f/a")}
    """,
    "aiohttp": """
        import asyncio
        from aiohttp import web
        from aiohttp.test_utils import TestClient, TestServer

        def handler(answer):
            async def handle(request):
                return web.Response(text=answer)
            return handle

        async def ask():
            app = web.Application()
            for path, answer in [("/{name}", "any"), ("/fixed", "fixed"), (r"/{n:\\\\d+}", "digits"), ("/a/{x}", "ax"),
                                 ("/a/b", "ab"), ("/c/{x}/d", "first"), ("/c/{y}/d", "second"), ("/fixed", "again")]:
                app.router.add_get(path, handler(answer))
            client = TestClient(TestServer(app))
            await client.start_server()
            urls = ("/fixed", "/17", "/a/b", "/c/1/d")
            found = {url: await (await client.get(url)).text() for url in urls}
            await client.close()
            return found

        found = asyncio.run(ask())
    """,
    "litestar": """
        from litestar import Litestar, get
        from litestar.testing import TestClient

        def handler(path, answer):
            async def handle() -> str:
                return answer
            return get(path)(handle)

        def starts(*handlers):
            try:
                Litestar(list(handlers), openapi_config=None)
            except Exception as error:
                return type(error).__name__
            return "starts"

        handlers = [handler("/a/{x:int}", "first"), handler("/a/{y:int}", "last"), handler("/a/fixed", "fixed")]
        with TestClient(Litestar(handlers, openapi_config=None)) as client:
            found = {url: client.get(url).text for url in ("/a/1", "/a/fixed")}
        found["same"] = starts(handler("/same", "one"), handler("/same", "two"))
    """,
    "sanic": """
        import asyncio
        from sanic import Sanic
        from sanic.response import text
        from sanic_testing.testing import SanicASGITestClient

        def handler(answer):
            async def handle(request, **_):
                return text(answer)
            return handle

        app = Sanic("x")
        for path, answer in [("/<name>", "any"), ("/fixed", "fixed")]:
            app.add_route(handler(answer), path, name=answer)

        async def ask():
            client = SanicASGITestClient(app)
            return {url: (await client.get(url))[1].text for url in ("/x", "/fixed")}

        found = asyncio.run(ask())
        again = Sanic("y")
        again.add_route(handler("one"), "/same", name="one")
        try:
            again.add_route(handler("two"), "/same", name="two")
            again.finalize()
        except Exception as error:
            found["same"] = type(error).__name__
    """,
    "drf": """
        from django.conf import settings

        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
        import django
        from django.http import HttpResponse
        from django.test import Client
        from django.urls import path
        from django.views.decorators.http import require_GET, require_POST

        django.setup()
        urlpatterns = [
            path("<str:name>/", require_GET(lambda request, name: HttpResponse("any"))),
            path("fixed/", require_POST(lambda request: HttpResponse("posted"))),
        ]
        client = Client()
        found = {"/fixed/": client.get("/fixed/").content.decode(), "posted": client.post("/fixed/").status_code}
    """,
}
CHOSEN = {
    # The first that matches.
    "fastapi": {"/fixed": "any", "/n/17": "int", "/same": "any", "/f/a/b": "rest"},
    # A fixed path wherever it stands, then a number; of the same rules the first.
    "flask": {"/fixed": "fixed", "/17": "int", "/x": "any", "/f/a": "below"},
    # A fixed path; among those with the same fixed beginning the first.
    "aiohttp": {"/fixed": "fixed", "/17": "any", "/a/b": "ab", "/c/1/d": "first"},
    # A fixed path; the last of two parameters; not twice the same.
    "litestar": {"/a/1": "last", "/a/fixed": "fixed", "same": "ImproperlyConfiguredException"},
    "sanic": {"/x": "any", "/fixed": "fixed", "same": "RouteExists"},
    # The first path that matches, whatever the method.
    "drf": {"/fixed/": "any", "posted": 405},
}


@pytest.mark.parametrize("framework", sorted(PROGRAMS))
def test_the_framework_chooses_as_the_rule_says(framework: str) -> None:
    if absent := missing(framework):
        pytest.skip(f"{absent} is not installed for this Python")
    program = f"{textwrap.dedent(PROGRAMS[framework])}\nimport json\nprint(json.dumps(found))\n"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == CHOSEN[framework]


TUPLES = {
    "fastapi": """
        from fastapi import FastAPI
        from starlette.testclient import TestClient

        app = FastAPI()
        app.add_api_route("/", lambda: ({"a": 1}, 201))
        answer = TestClient(app).get("/")
        found = [answer.status_code, answer.json()]
    """,
    "litestar": """
        from typing import Any
        from litestar import Litestar, get
        from litestar.testing import TestClient

        @get("/")
        async def root() -> Any:
            return {"a": 1}, 201

        with TestClient(Litestar([root], openapi_config=None)) as client:
            answer = client.get("/")
            found = [answer.status_code, answer.json()]
    """,
    "aiohttp": """
        import asyncio
        from aiohttp import web
        from aiohttp.test_utils import TestClient, TestServer

        async def root(request):
            return {"a": 1}, 201

        async def ask():
            app = web.Application()
            app.router.add_get("/", root)
            client = TestClient(TestServer(app))
            await client.start_server()
            status = (await client.get("/")).status
            await client.close()
            return [status, None]

        found = asyncio.run(ask())
    """,
    "starlette": """
        from starlette.applications import Starlette
        from starlette.routing import Route
        from starlette.testclient import TestClient

        async def root(request):
            return {"a": 1}, 201

        client = TestClient(Starlette(routes=[Route("/", root)]), raise_server_exceptions=False)
        found = [client.get("/").status_code, None]
    """,
    "flask": """
        from flask import Flask

        app = Flask("x")
        app.add_url_rule("/", view_func=lambda: ({"a": 1}, 201))
        answer = app.test_client().get("/")
        found = [answer.status_code, answer.json]
    """,
}
ANSWERED = {
    "fastapi": [200, [{"a": 1}, 201]],
    "litestar": [200, [{"a": 1}, 201]],
    "aiohttp": [500, None],
    "starlette": [500, None],
    "flask": [201, {"a": 1}],
}


@pytest.mark.parametrize("framework", sorted(TUPLES))
def test_the_framework_reads_a_tuple_as_the_rule_says(framework: str) -> None:
    """What EXL209 rests on."""
    if absent := missing(framework):
        pytest.skip(f"{absent} is not installed for this Python")
    program = f"{textwrap.dedent(TUPLES[framework])}\nimport json\nprint(json.dumps(found))\n"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == ANSWERED[framework]
