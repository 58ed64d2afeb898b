"""Liveness, readiness and metrics."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse

from assistant.api.access import known_operator, service_of
from assistant.api.models import ReadyAnswer

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Liveness")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    summary="Readiness",
    response_model=ReadyAnswer,
    responses={503: {"model": ReadyAnswer, "description": "Something starts or is down"}},
)
async def readyz(request: Request) -> Response:
    """200 once every part that the settings ask for works; 503 while something starts or is down. Says which.

    It needs no token; the children's process ids are told to the operator only.
    """
    service = service_of(request)
    components: dict[str, Any] = {**service.components(), **service.calls.components()}
    if not known_operator(request):
        components = {name: {k: v for k, v in c.items() if k != "pid"} for name, c in components.items()}
    # without a second opinion everything works, less well in noise; the exchange is none of our parts
    others = ("opinion", "telephone line")
    ready = all(c["state"] in ("ok", "off") for name, c in components.items() if name not in others)
    return JSONResponse({"ready": ready, "components": components}, 200 if ready else 503)


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Prometheus metrics: runs by outcome, stage seconds, screens connected, children restarted."""
    service = service_of(request)
    return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)
