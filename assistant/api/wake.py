"""/api/v1/wake/people: whose enrolled wake heads listen."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from assistant.api.access import local_operator, service_of
from assistant.api.problems import responses

router = APIRouter(prefix="/api/v1/wake", tags=["wake"], responses=responses(401))


class WakePeopleAnswer(BaseModel):
    """in_use: the hearing worker listens with what is enrolled now. people: whose heads it listens with."""

    in_use: bool
    people: list[str]


@router.post(
    "/people/reload",
    summary="Take up enrolled voices",
    response_model=WakePeopleAnswer,
    dependencies=[Depends(local_operator)],
)
async def reload_people(request: Request) -> dict[str, object]:
    """Listen with the wake heads that are enrolled now, without a restart (`seoula enroll wake` asks for it). Only for
    the operator at this machine."""
    listeners = service_of(request).listeners
    return {"in_use": await listeners.take_up(), "people": list(listeners.names)}
