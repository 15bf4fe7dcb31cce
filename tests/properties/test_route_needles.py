"""Every word by which routes are located finds some: without it a file that rests on it shows fewer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from execution_lint.engine.inventory import take
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.library import FileLibrary
from execution_lint.project import frameworks, presence
from execution_lint.project.inventories.routes import RouteEntry, routes
from execution_lint.source.regions import Needles

PRELUDES = {
    "fastapi": """
from fastapi import APIRouter, FastAPI
app = FastAPI()
inner = APIRouter()
@inner.get('/a')
def a(): ...
def f(): ...
""",
    "starlette": """
import starlette.applications as s
import starlette.routing as r

def f(x): ...
table = [r.Route('/a', f)]
""",
    "quart": """
from quart import Quart
app = Quart('x')
def f(): ...
""",
    "sanic": """
from sanic import Blueprint, Sanic
from sanic.views import HTTPMethodView
app = Sanic('x')
bp = Blueprint('b', url_prefix='/b')
@bp.get('/a')
def a(r): ...
def f(r): ...
""",
    "aiohttp": """
from aiohttp import web
app = web.Application()
sub = web.Application()
def f(r): ...
class V(web.View):
    def get(self): ...
t = web.RouteTableDef()
@t.get('/a')
def a(r): ...
""",
    "litestar": """
import litestar as li
from litestar import get
@get('/a')
def a() -> None: ...
""",
    "ninja": """
from ninja import NinjaAPI, Router
api = NinjaAPI()
inner = Router()
@inner.get('/a')
def a(r): ...
def f(r): ...
""",
    "django": """
from django.urls import path
def f(r): ...
""",
    "rest_framework": """
from rest_framework.routers import SimpleRouter
router = SimpleRouter()
class V:
    def list(self, r): ...
""",
}
CASES = {
    ("fastapi", "host"): "app.host('x.test', inner)",
    ("fastapi", "add_api_websocket_route"): "app.add_api_websocket_route('/w', f)",
    ("fastapi", "add_websocket_route"): "app.add_websocket_route('/w', f)",
    ("fastapi", "websocket"): "@app.websocket('/w')\ndef w(): ...",
    ("fastapi", "websocket_route"): "@app.websocket_route('/w')\ndef w(): ...",
    ("starlette", "host"): "app = s.Starlette()\nsub = r.Router(table)\napp.host('x', sub)",
    ("starlette", "Starlette"): "app = s.Starlette(False, table)",
    ("starlette", "Router"): "app = r.Router(table)",
    ("starlette", "add_websocket_route"): "app = s.Starlette()\napp.add_websocket_route('/w', f)",
    ("starlette", "websocket"): (
        "class W(r.Router):\n"
        "    def websocket(self, p):\n"
        "        def d(g):\n"
        "            self.add_websocket_route(p, g)\n"
        "            return g\n"
        "        return d\n"
        "w = W()\n"
        "@w.websocket('/w')\n"
        "def g(): ..."
    ),
    ("starlette", "websocket_route"): "app = s.Starlette()\n@app.websocket_route('/w')\ndef w(): ...",
    ("quart", "add_websocket"): "app.add_websocket('/w', view_func=f)",
    ("quart", "websocket"): "@app.websocket('/w')\ndef w(): ...",
    ("sanic", "blueprint"): "app.blueprint(bp)",
    ("sanic", "group"): "both = Blueprint.group(bp, url_prefix='/g')",
    ("sanic", "add_websocket_route"): "app.add_websocket_route(f, '/w')",
    ("sanic", "websocket"): "@app.websocket('/w')\ndef w(r, s): ...",
    ("sanic", "attach"): "class W(HTTPMethodView, attach=app, uri='/w'):\n    def get(self, r): ...",
    ("aiohttp", "add_subapp"): "sub.add_routes(t)\napp.add_subapp('/s', sub)",
    ("aiohttp", "add_domain"): "app.add_domain('x', t)",
    ("aiohttp", "add_routes"): "app.add_routes([web.get('/l', f)])",
    ("aiohttp", "add_view"): "app.router.add_view('/v', V)",
    ("aiohttp", "view"): "@t.view('/w')\nclass W(web.View):\n    def get(self): ...",
    **{("aiohttp", f"add_{method}"): f"app.router.add_{method}('/m', f)" for method in frameworks.METHODS},
    ("litestar", "route_handlers"): "app = li.Router('/r', route_handlers=[a])",
    ("litestar", "Litestar"): "app = li.Litestar([a])",
    ("litestar", "register"): "app = li.Litestar()\napp.register(a)",
    ("litestar", "websocket"): "@li.websocket('/w')\ndef w(s) -> None: ...",
    ("litestar", "websocket_listener"): "@li.websocket_listener('/w')\ndef w(data: str) -> None: ...",
    ("litestar", "asgi"): "@li.asgi('/w')\ndef w(a, b, c) -> None: ...",
    ("ninja", "add_router"): "api.add_router('/r', inner)",
    ("ninja", "add_api_operation"): "api.add_api_operation('/o', ['GET'], f)",
    ("ninja", "api_operation"): "@api.api_operation(['GET'], '/o')\ndef o(r): ...",
    ("django", "urlpatterns"): "urlpatterns = [path('u/', f)]",
    ("rest_framework", "register"): "router.register('v', V)",
}
TABLES = (presence.INCLUDING, presence.REGISTERING, presence.DECORATING)


def listed(folder: Path) -> list[tuple[str, str, bool]]:
    (project,) = take(Invocation(paths=(str(folder),)), routes).projects
    assert project.troubles == ()
    return sorted(
        (entry.handler, entry.path, entry.path_complete) for entry in project.entries if isinstance(entry, RouteEntry)
    )


def test_every_word_has_a_case() -> None:
    words = {(package, word) for table in TABLES for package, found in table.items() if package for word in found}
    assert words == set(CASES)


@pytest.mark.parametrize(("package", "word"), sorted(CASES))
@pytest.mark.parametrize("lost", ["word", "package"])
def test_without_it_routes_are_missed(
    package: str, word: str, lost: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The word itself, or the name of the package that makes it worth a look."""
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "service.py").write_text(f"{PRELUDES[package]}{CASES[package, word]}\n")
    known = listed(tmp_path)
    complete = FileLibrary.candidates
    without = word if lost == "word" else package

    def candidates(library: FileLibrary, wanted: Needles) -> Iterator[tuple[str, tuple[int, ...]]]:
        return complete(library, wanted.without(frozenset({without})))

    monkeypatch.setattr(FileLibrary, "candidates", candidates)
    assert listed(tmp_path) != known
