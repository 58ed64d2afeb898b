"""/api/v1/runs: the last runs, one whole run, its sound, and what a person says of it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, ConfigDict

from assistant.api.access import is_local, local_operator, operator, service_of
from assistant.api.models import CorrectionNote, MeaningsAnswer, RunBody, RunsAnswer
from assistant.api.problems import responses
from assistant.asked_for import asked_for
from assistant.contracts import BadInput, Direction, Intent, IntentName

router = APIRouter(
    prefix="/api/v1/runs", tags=["runs"], dependencies=[Depends(operator)], responses=responses(401, 404, 503)
)


class MeantRequest(BaseModel):
    """What the run's words meant; without an intent: they were not meant for the assistant."""

    model_config = ConfigDict(extra="forbid")

    intent: IntentName | None = None
    panel: str | None = None
    department: str | None = None
    direction: Direction | None = None


@router.get("", summary="The last runs", response_model=RunsAnswer)
async def latest(request: Request, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> dict[str, Any]:
    """The newest runs, summaries only."""
    service = service_of(request)
    asked = partial(asked_for, registry=service.registry)
    return {"runs": await asyncio.to_thread(service.store.latest, limit, asked)}


@router.get(
    "/meanings",
    summary="What a correction can name",
    response_model=MeaningsAnswer,
    dependencies=[Depends(local_operator)],
)
async def meanings(request: Request) -> dict[str, Any]:
    """Panels, commands and departments, private ones included: only for the operator at this machine."""
    service = service_of(request)
    return await asyncio.to_thread(service.keeping.meanings, service.registry)


@router.get("/{run}", summary="One whole run", response_model=RunBody)
async def one(request: Request, run: str) -> dict[str, Any]:
    """One run: its events, stages, models and outcome, and what a person said of it."""
    service = service_of(request)
    record = await asyncio.to_thread(service.store.get, run)
    asked_ko, asked_en = asked_for(record, service.registry)
    may_judge = is_local(request)
    heard = may_judge and await asyncio.to_thread(service.keeping.sound, run) is not None
    return {**record, "asked_ko": asked_ko, "asked_en": asked_en, "sound": heard, "may_judge": may_judge}


@router.get(
    "/{run}/sound",
    summary="The sound of a run",
    response_class=Response,
    dependencies=[Depends(local_operator)],
    responses={200: {"description": "16 kHz mono WAV", "content": {"audio/wav": {"schema": {"type": "string"}}}}},
)
async def sound(request: Request, run: str) -> Response:
    """What was heard in the run, where somebody opted into keeping it (`runs.keep_audio`) and it has not expired. Only
    for the operator at this machine."""
    file = await asyncio.to_thread(service_of(request).keeping.sound, run)
    if file is None:
        raise BadInput("not-found", "no sound of this run is kept")
    return FileResponse(file, media_type="audio/wav", headers={"Cache-Control": "no-store"})


@router.post(
    "/{run}/correction",
    summary="Say what was meant",
    response_model=CorrectionNote,
    dependencies=[Depends(local_operator)],
)
async def correct(request: Request, run: str, body: MeantRequest) -> dict[str, Any]:
    """Store the run's words with what they meant, for the next `seoula train`. Never of a private run. Only for the
    operator at this machine."""
    service = service_of(request)
    given = body.model_dump(exclude_none=True)
    if body.intent is None and given:
        raise BadInput("bad-correction", "a panel, department or direction needs an intent")
    meant = (
        None if body.intent is None else Intent(body.intent, body.panel, None, body.department, None, body.direction)
    )
    return await asyncio.to_thread(service.keeping.correct, run, meant, service.registry)


@router.post(
    "/{run}/false-wake",
    summary="Say that nobody called",
    response_model=RunBody,
    dependencies=[Depends(local_operator)],
)
async def false_wake(request: Request, run: str) -> dict[str, Any]:
    """The wake word began this run although nobody had said it: it ends if it still goes on, is counted, and noted in
    its record. Only for the operator at this machine; a screen sends op `false_wake`."""
    await service_of(request).false_wake_of(run)
    return await one(request, run)
