"""Errors as RFC 9457 problem documents with stable codes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from assistant.contracts import BadInput, NotPermitted, SeoulaError, Unavailable

MEDIA_TYPE = "application/problem+json"
_NOT_FOUND = ("run-not-found", "unknown-panel", "unknown-display", "not-found")


def status_of(error: SeoulaError) -> int:
    """The HTTP status of a typed error."""
    if error.code in _NOT_FOUND:
        return 404
    if error.code == "token-needed":
        return 401
    if isinstance(error, NotPermitted):
        return 403
    if error.code == "too-large":
        return 413
    if isinstance(error, BadInput):
        return 422
    return 503 if isinstance(error, Unavailable) else 500


def problem(status: int, code: str, detail: str) -> Response:
    """One problem document. `type` is a relative address that ends in the stable code."""
    body = {"type": f"/problems/{code}", "title": code.replace("-", " "), "status": status, "code": code}
    return JSONResponse({**body, "detail": detail}, status, media_type=MEDIA_TYPE)


async def _typed(_: Request, error: Exception) -> Response:
    assert isinstance(error, SeoulaError)
    return problem(status_of(error), error.code, error.message)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return problem(422, "bad-request", f"{where}: {first['msg']}")


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not-found", 405: "method-not-allowed", 400: "bad-request"}
    return problem(error.status_code, codes.get(error.status_code, "http-error"), str(error.detail))


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem document."""
    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        SeoulaError: _typed,
        RequestValidationError: _invalid,
        HTTPException: _http,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
