"""Locking a display from outside: a door's contact, an alarm, a rule of the house."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from assistant.api.access import may_change, may_command, service_of
from assistant.api.problems import responses
from assistant.contracts import BadInput
from assistant.sight import Sight

router = APIRouter(tags=["displays"], responses=responses(401, 404, 503))


class LockBody(BaseModel):
    """Why: a door was opened, or a rule of the house says so. The screen tells it."""

    model_config = {"extra": "forbid"}

    reason: Literal["door", "automation"] = Field("automation")


class LockAnswer(BaseModel):
    """was_open: whether private content was open. It is not any more, nor is a check under way."""

    display: str
    was_open: bool


@router.post(
    "/api/v1/displays/{display}/lock",
    dependencies=[Depends(may_change)],
    summary="End private mode",
    response_model=LockAnswer,
)
async def lock(request: Request, display: str, body: LockBody | None = None) -> dict[str, Any]:
    """End private mode of a display at once, and a face check that goes on. Nothing ever unlocks over HTTP."""
    may_command(request, display)
    service = service_of(request)
    if display not in service.settings.displays() and not service.hub.exists(display):
        raise BadInput("unknown-display", f"no display {display!r}")
    sight: Sight = request.app.state.sight
    desk = sight.private.desk
    was_open = desk.is_open(display)
    desk.lock(display, (body or LockBody()).reason)
    if service.hub.exists(display):
        service.hub.unlock(display, None)
    return {"display": display, "was_open": was_open}
