"""GET /api/v1/runs: the last runs, and one whole run."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from assistant.api.access import operator, service_of
from assistant.api.models import RunBody, RunsAnswer
from assistant.api.problems import responses

router = APIRouter(
    prefix="/api/v1/runs", tags=["runs"], dependencies=[Depends(operator)], responses=responses(401, 404)
)


@router.get("", summary="The last runs", response_model=RunsAnswer)
async def latest(request: Request, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> dict[str, Any]:
    """The newest runs, summaries only."""
    return {"runs": await asyncio.to_thread(service_of(request).store.latest, limit)}


@router.get("/{run}", summary="One whole run", response_model=RunBody)
async def one(request: Request, run: str) -> dict[str, Any]:
    """One run: its events, stages, models and outcome."""
    return await asyncio.to_thread(service_of(request).store.get, run)
