"""Errors as RFC 9457 problem documents with stable codes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match

from assistant.api.edge import Edge
from assistant.contracts import BadInput, NotPermitted, SeoulaError, Unavailable

MEDIA_TYPE = "application/problem+json"
MOST_DETAIL = 400
_NOT_FOUND = ("run-not-found", "unknown-panel", "unknown-display", "unknown-action", "unknown-drill", "not-found",
              "unknown-dataset", "unknown-document", "unknown-indicator", "unknown-kind", "no-such-district",
              "no-districts", "no-series", "no-file")  # fmt: skip
_CONFLICT = ("too-many-drills",)
_CODES = {
    400: "bad-request",
    401: "token-needed",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "bad-media-type",
}


class Problem(BaseModel):
    """An RFC 9457 problem. `code` is stable, and so is `type`, which ends in it; `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What the OpenAPI document says of a router's errors; 422 is always among them."""
    names = {
        400: "The body cannot be read",
        401: "A device token is needed",
        403: "Not permitted",
        404: "Not found",
        409: "Not now",
        413: "Too large",
        415: "The body must be JSON",
        416: "No such range",
    }
    names |= {422: "The input cannot be used", 503: "A component is missing or down"}
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {s: {"description": names[s], "content": content} for s in sorted({*statuses, 403, 422})}


def status_of(error: SeoulaError) -> int:
    """The HTTP status of a typed error."""
    if error.code in _NOT_FOUND:
        return 404
    if error.code in _CONFLICT:
        return 409
    if error.code in ("token-needed", "bad-token"):
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
    # What came in may be quoted in the detail: never longer than a line or two, and always encodable.
    detail = detail[:MOST_DETAIL].encode("utf-8", "replace").decode("utf-8")
    body = {"type": f"/problems/{code}", "title": code.replace("-", " "), "status": status, "code": code}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({**body, "detail": detail}, status, headers, MEDIA_TYPE)


async def _typed(_: Request, error: Exception) -> Response:
    assert isinstance(error, SeoulaError)
    return problem(status_of(error), error.code, error.message)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if first["loc"] == ("body",) and kind != "application/json":
        return problem(415, "bad-media-type", "send the body as JSON, with Content-Type: application/json")
    where = ".".join(str(part) for part in first["loc"])
    return problem(422, "bad-request", f"{where}: {first['msg']}")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    made = problem(error.status_code, _CODES.get(error.status_code, "http-error"), str(error.detail))
    made.headers.update(error.headers or {})
    if error.status_code == 405:
        # Each method of a path is a route of its own, and the error knows only the first one's.
        same = [r for r in request.app.state.operations if r.matches(request.scope)[0] is not Match.NONE]
        if same:
            made.headers["Allow"] = ", ".join(sorted({method for route in same for method in route.methods}))
    return made


async def _late(_: Request, error: Exception) -> Response:
    return problem(503, "no-outcome", "the request did not come to an end in time")


def install(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Make every error of `app` a problem document, and put the edge around it. routers: before they are included; of
    their operations that take a JSON body it is documented what becomes of one that is none."""
    operations = [r for router in routers for r in router.routes if isinstance(r, APIRoute)]
    app.state.operations = operations
    for route in operations:
        if route.body_field is not None:
            route.responses = {**responses(400, 413, 415), **route.responses}
    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        SeoulaError: _typed,
        RequestValidationError: _invalid,
        HTTPException: _http,
        TimeoutError: _late,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(Edge, problem=problem)
