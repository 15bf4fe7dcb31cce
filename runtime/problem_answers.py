"""Problems as HTTP answers, all in one shape: `error`, inside the envelope where the problem concerns one job."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.envelope import Execution, ProblemAnswer
from runtime.job import JobError
from runtime.problems import (
    ExecutionFailed,
    InputRefused,
    JobCancelled,
    JobOver,
    JobUnfinished,
    JobUnknown,
    KeyRefused,
    PluginUnknown,
    Problem,
    QueueFull,
    ServiceStopping,
    StoreUnavailable,
    validation_details,
)

PROBLEM_CODES: Mapping[type[Problem], HTTPStatus] = MappingProxyType(
    {
        InputRefused: HTTPStatus.BAD_REQUEST,
        KeyRefused: HTTPStatus.UNAUTHORIZED,
        PluginUnknown: HTTPStatus.NOT_FOUND,
        JobUnknown: HTTPStatus.NOT_FOUND,
        JobUnfinished: HTTPStatus.CONFLICT,
        JobOver: HTTPStatus.CONFLICT,
        JobCancelled: HTTPStatus.CONFLICT,
        ExecutionFailed: HTTPStatus.INTERNAL_SERVER_ERROR,
        QueueFull: HTTPStatus.SERVICE_UNAVAILABLE,
        ServiceStopping: HTTPStatus.SERVICE_UNAVAILABLE,
        StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    }
)

HEADERS: Mapping[HTTPStatus, Mapping[str, str]] = MappingProxyType(
    {HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "ApiKey"}, HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "1"}}
)


# The names of `HTTPStatus` differ between versions of Python.
HTTP_TYPES: Mapping[int, str] = MappingProxyType({404: "not_found", 405: "method_not_allowed"})


def answer_problems(app: FastAPI) -> None:
    """Let every error of the app leave it in the one shape, those of Starlette and of FastAPI too."""
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_invalid_request)
    # FastAPI's own subclass would let the 404 of an unknown path and the 405 of a wrong method pass unhandled.
    app.add_exception_handler(HTTPException, _answer_http_exception)
    app.add_exception_handler(Exception, _answer_unexpected)


def documented(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can answer with these codes, beside those that every route has."""
    return {code: {"model": Execution if code in (400, 409) else ProblemAnswer} for code in codes}


async def _answer_problem(_request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, Problem)
    code = PROBLEM_CODES[type(problem)]
    if problem.job is None:
        return _answer(code, ProblemAnswer(error=problem.error))
    return _answer(code, Execution.of(problem.job).model_copy(update={"error": problem.error}))


async def _answer_invalid_request(_request: Request, invalid: Exception) -> JSONResponse:
    assert isinstance(invalid, RequestValidationError)
    error = JobError(
        type="invalid_request", message="the request is not valid", details=validation_details(invalid.errors())
    )
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemAnswer(error=error))


async def _answer_http_exception(_request: Request, exception: Exception) -> JSONResponse:
    assert isinstance(exception, HTTPException)
    code = HTTPStatus(exception.status_code)
    if code is HTTPStatus.BAD_REQUEST:
        # FastAPI's answer to a body that cannot be decoded; here 400 is what a plugin refuses.
        error = JobError(type="invalid_request", message=str(exception.detail))
        return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemAnswer(error=error))
    kind = HTTP_TYPES.get(code, f"http_{code.value}")
    return _answer(code, _plain(kind, str(exception.detail)), exception.headers)


async def _answer_unexpected(_request: Request, _exception: Exception) -> JSONResponse:
    problem = _plain("internal_error", "the service failed to answer; its log says why")
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, problem)


def _plain(kind: str, message: str) -> ProblemAnswer:
    return ProblemAnswer(error=JobError(type=kind, message=message))


def _answer(
    code: HTTPStatus, body: Execution | ProblemAnswer, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(body.model_dump(mode="json"), code, {**HEADERS.get(code, {}), **(headers or {})})


class BodyLimit:
    """Middleware that answers 413 to a request whose body is too large, whatever its headers claim."""

    def __init__(self, app: ASGIApp, limit_bytes: int) -> None:
        self._app = app
        self._limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on once its whole body, which the routes need at once anyway, is here and small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received: list[Message] = []
        size = 0
        while True:
            message = await receive()
            received.append(message)
            size += len(message.get("body", b""))
            if size > self._limit_bytes:
                problem = _plain("body_too_large", f"a request may have {self._limit_bytes} bytes")
                await _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, problem)(scope, receive, send)
                return
            if not message.get("more_body", False):
                break
        replay = iter(received)

        async def receive_again() -> Message:
            for message in replay:
                return message
            return await receive()

        await self._app(scope, receive_again, send)
