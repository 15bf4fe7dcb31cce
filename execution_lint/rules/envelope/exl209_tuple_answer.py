"""
A handler returns a body and a status as a tuple, in a framework that reads no tuples.

## Why it matters

`return {"error": "no such job"}, 404` is Flask's way. FastAPI and Litestar answer it with a JSON *list* of two and the
status 200: the client sees a success, and no `error` key. Starlette, Sanic, aiohttp and Django REST framework fail, and
answer 500.

## Instead

Return a response that carries the status: `JSONResponse({"error": "no such job"}, status_code=404)` in FastAPI and
Starlette, `Response(...)` in Litestar and Django REST framework, `json(..., status=404)` in Sanic, `json_response(...,
status=404)` in aiohttp. Where every answer has the same status, declare it on the route: `status_code=201`.

## Known limits

A tuple counts where its second part is an HTTP status, written as a number or a name. A handler that declares a tuple
or a list as what it sends means it. Flask, Quart and Django Ninja read tuples.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import TupleAnswer
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL209",
    name="tuple-answer",
    message="{route} {outcome}: {framework} reads no status {code} from a tuple",
    since="0.1.0",
)

_NAMES = {
    "fastapi": "FastAPI",
    "starlette": "Starlette",
    "litestar": "Litestar",
    "sanic": "Sanic",
    "aiohttp": "aiohttp",
    "drf": "Django REST framework",
    "django": "Django",
}
_LISTS = frozenset({"fastapi", "litestar"})
_RESPONSES = {
    "sanic": "json(..., status={code})",
    "aiohttp": "web.json_response(..., status={code})",
    "drf": "Response(..., status={code})",
    "django": "JsonResponse(..., status={code})",
    "litestar": "Response(..., status_code={code})",
}


@RULE.on(TupleAnswer)
def check(answer: TupleAnswer, project: Project) -> Iterator[Finding]:
    """A tuple that is sent as a list, or refused."""
    yield RULE.finding(
        answer.place,
        scope=answer.scope,
        confidence=answer.confidence,
        related=answer.related,
        help=f"return `{_response(answer)}`",
        route=answer.route,
        outcome="answers a JSON list with a success" if answer.framework in _LISTS else "fails",
        framework=_NAMES.get(answer.framework, answer.framework),
        code=str(answer.code),
    )


def _response(answer: TupleAnswer) -> str:
    spelled = _RESPONSES.get(answer.framework, "JSONResponse(..., status_code={code})")
    return spelled.format(code=answer.code)
