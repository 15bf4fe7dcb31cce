"""What the web frameworks call their applications and routers, and how each gives paths to them."""

import msgspec

METHODS = frozenset({"get", "post", "put", "delete", "patch", "head", "options", "trace"})
WEBSOCKET = "WEBSOCKET"
"""Stands for the method of a route that answers over a WebSocket."""


class RouterClass(msgspec.Struct, frozen=True):
    """A class whose objects take routes."""

    framework: str
    is_application: bool = False
    """Nothing stands before its paths, unless it is mounted."""
    prefix: str = ""
    """The argument of its constructor that holds its own prefix; empty where there is none."""
    position: int = 99
    """Where that argument stands among the positional ones."""
    table: int = 99
    """Where its table of routes stands among them."""
    is_guessed: bool = False
    """It is of another package, and taken for an heir of the framework's class by its name."""


CLASSES = {
    ("fastapi", "FastAPI"): RouterClass("fastapi", True),
    ("fastapi", "APIRouter"): RouterClass("fastapi", prefix="prefix"),
    ("starlette", "Starlette"): RouterClass("starlette", True, table=1),
    ("starlette", "Router"): RouterClass("starlette", table=0),
    ("flask", "Flask"): RouterClass("flask", True),
    ("flask", "Blueprint"): RouterClass("flask", prefix="url_prefix"),
    ("quart", "Quart"): RouterClass("quart", True),
    ("quart", "Blueprint"): RouterClass("quart", prefix="url_prefix"),
    ("litestar", "Litestar"): RouterClass("litestar", True, prefix="path"),
    ("litestar", "Router"): RouterClass("litestar", prefix="path", position=0),
    ("sanic", "Sanic"): RouterClass("sanic", True),
    ("sanic", "Blueprint"): RouterClass("sanic", prefix="url_prefix", position=1),
    ("sanic", "BlueprintGroup"): RouterClass("sanic", prefix="url_prefix", position=0),
    ("sanic", "group()"): RouterClass("sanic", prefix="url_prefix"),
    ("aiohttp", "Application"): RouterClass("aiohttp", True),
    ("aiohttp", "RouteTableDef"): RouterClass("aiohttp"),
    ("ninja", "NinjaAPI"): RouterClass("django-ninja"),
    ("ninja", "Router"): RouterClass("django-ninja"),
    ("rest_framework", "DefaultRouter"): RouterClass("drf"),
    ("rest_framework", "SimpleRouter"): RouterClass("drf"),
}
"""By package and name."""

HEIRS = {"APIRouter": RouterClass("fastapi", prefix="prefix", is_guessed=True)}
"""What classes of other packages extend whose name ends so."""

PACKAGES = frozenset(package for package, _ in CLASSES) | {"django"}
"""The packages whose routes are read."""

OVERRIDING = frozenset({"flask", "quart"})
"""The frameworks in which a prefix that is given where a blueprint is registered replaces its own."""

TRIMMED = frozenset({"litestar", "sanic"})
"""Those that drop a slash at the end of a path."""

DECORATING = {
    "fastapi": METHODS | {"route", "api_route", "websocket", "websocket_route"},
    "starlette": frozenset({"route", "websocket_route"}),
    "flask": METHODS | {"route"},
    "quart": METHODS | {"route", "websocket"},
    "sanic": METHODS | {"route", "websocket"},
    "aiohttp": METHODS | {"route", "view"},
    "django-ninja": METHODS | {"api_operation"},
}
"""The methods of a router that decorate a handler."""

NOT_READ = {
    "tornado": "Tornado",
    "falcon": "Falcon",
    "bottle": "Bottle",
    "pyramid": "Pyramid",
    "cherrypy": "CherryPy",
    "connexion": "Connexion",
    "flask_restful": "Flask-RESTful",
    "flask_restx": "Flask-RESTX",
    "flask_restplus": "Flask-RESTPlus",
    "flask_smorest": "flask-smorest",
    "flask_classful": "Flask-Classful",
    "apiflask": "APIFlask",
    "flask_openapi3": "flask-openapi3",
    "ninja_extra": "Django Ninja Extra",
    "fastapi_utils": "FastAPI Utils",
    "blacksheep": "BlackSheep",
    "robyn": "Robyn",
    "emmett": "Emmett",
    "esmerald": "Esmerald",
    "masonite": "Masonite",
    "muffin": "Muffin",
    "microdot": "Microdot",
    "starlite": "Starlite",
    "responder": "Responder",
    "fasthtml": "FastHTML",
    "web2py": "web2py",
    "werkzeug.routing": "Werkzeug",
}
"""Frameworks whose routes are not read, by the module that is imported."""


def joined(framework: str, prefix: str, path: str) -> str:
    """A path behind a prefix, as the framework puts them together."""
    found = join(prefix, path)
    return found.rstrip("/") or "/" if framework in TRIMMED else found


def join(prefix: str, path: str) -> str:
    """A path behind a prefix, with one slash between them."""
    if not prefix:
        return path if path.startswith("/") or not path else f"/{path}"
    return prefix.rstrip("/") + (path if path.startswith("/") or not path else f"/{path}")
