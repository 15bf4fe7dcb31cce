"""Which names of the web frameworks make a response, and what kind of response that is."""

JSON = "JSONResponse"
RAW = "Response"
STATUS = "Status"
"""A status code and a body, in this order: Django Ninja's."""

NO_BODY = frozenset({204, 205, 304})
"""The status codes of answers without a body."""

_JSON_NAMES = frozenset({"JSONResponse", "ORJSONResponse", "UJSONResponse"})
OTHER_RESPONSES = {
    "HTMLResponse": "HTML",
    "PlainTextResponse": "plain text",
    "RedirectResponse": "a redirect",
    "StreamingResponse": "a stream",
    "FileResponse": "a file",
    "EventSourceResponse": "a stream of events",
    "TemplateResponse": "HTML",
    "redirect": "a redirect",
    "send_file": "a file",
    "send_from_directory": "a file",
    "render_template": "HTML",
    "render_template_string": "HTML",
    "stream_with_context": "a stream",
    "NoBody": "no body",
}
"""The responses that carry no JSON, with what they carry."""

_OF_FRAMEWORK = {
    ("aiohttp", "json_response"): JSON,
    ("aiohttp", "StreamResponse"): "StreamingResponse",
    ("aiohttp", "WebSocketResponse"): "StreamingResponse",
    ("litestar", "Response"): JSON,
    ("litestar", "Redirect"): "RedirectResponse",
    ("litestar", "Stream"): "StreamingResponse",
    ("litestar", "ServerSentEvent"): "EventSourceResponse",
    ("litestar", "File"): "FileResponse",
    ("litestar", "Template"): "TemplateResponse",
    ("sanic", "json"): JSON,
    ("sanic", "text"): "PlainTextResponse",
    ("sanic", "html"): "HTMLResponse",
    ("sanic", "raw"): RAW,
    ("sanic", "HTTPResponse"): RAW,
    ("sanic", "empty"): "NoBody",
    ("sanic", "file"): "FileResponse",
    ("sanic", "file_stream"): "StreamingResponse",
    ("sanic", "ResponseStream"): "StreamingResponse",
    ("fastapi", "get_swagger_ui_html"): "HTMLResponse",
    ("fastapi", "get_redoc_html"): "HTMLResponse",
    ("fastapi", "get_swagger_ui_oauth2_redirect_html"): "HTMLResponse",
    ("ninja", "Status"): STATUS,
    ("rest_framework", "Response"): JSON,
    ("django", "JsonResponse"): JSON,
    ("django", "HttpResponse"): RAW,
    ("django", "StreamingHttpResponse"): "StreamingResponse",
    ("django", "HttpResponseRedirect"): "RedirectResponse",
    ("django", "HttpResponsePermanentRedirect"): "RedirectResponse",
    ("django", "HttpResponseNotModified"): "NoBody",
    ("django", "render"): "TemplateResponse",
}

_SUB_MODULES = {
    "aiohttp": ("aiohttp", "aiohttp.web", "aiohttp.web_response", "aiohttp.web_ws"),
    "litestar": ("litestar", "litestar.response", "litestar.response.base"),
    "sanic": ("sanic", "sanic.response", "sanic.response.convenience", "sanic.response.types"),
    "fastapi": ("fastapi.openapi.docs",),
    "ninja": ("ninja", "ninja.responses"),
    "rest_framework": ("rest_framework.response",),
    "django": ("django.http", "django.http.response", "django.shortcuts"),
}
"""The modules whose names count, so that `request.json()` is no response of Sanic."""


def response_kind(name: str) -> str:
    """The kind of response that something from outside makes, by its dotted name: `JSONResponse`, `Response` for one
    with a raw body, `Status`, or a key of `OTHER_RESPONSES`; empty for what makes none."""
    module, _, last = name.rpartition(".")
    package = name.partition(".")[0]
    own = _OF_FRAMEWORK.get((package, last))
    if own is not None:
        return own if module in _SUB_MODULES[package] else ""
    if last in _JSON_NAMES:
        return JSON
    return last if last in OTHER_RESPONSES or last == RAW else ""
