"""/api/v1/incidents: what pre-empts the screens now, and the exercises an operator holds."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from assistant.api.access import may_change, operator, paired, service_of
from assistant.api.problems import responses
from assistant.contracts import BadInput, Unavailable
from display_bridge.city_data.drills import scenarios
from display_bridge.city_data.metrics import KST
from display_bridge.incidents import incident_id
from display_bridge.trust import Trust

router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"], responses=responses(401))


class DrillBody(BaseModel):
    """minutes: when it ends by itself; null: when its scenario does."""

    model_config = {"extra": "forbid"}

    scenario: str = Field("fire", max_length=40, json_schema_extra={"enum": [*scenarios()]})
    minutes: Annotated[float, Field(strict=True, ge=0.1, le=240)] | None = None


class DrillAnswer(BaseModel):
    """drill: for ending it. incident: as the screens and the list of incidents name it."""

    drill: str
    scenario: str
    incident: str


class AcknowledgedBody(BaseModel):
    """at: epoch seconds. display: where it was said or tapped. source: by what way, as in a run."""

    at: float
    display: str
    source: str


class IncidentRow(BaseModel):
    """An incident that runs. drill: an exercise. tone: its colour. acknowledged: null while it is open."""

    id: str
    kind: Literal["alerts", "dispatch"]
    panel: str
    priority: int
    level_ko: str
    level_en: str
    tone: Literal["alert", "warn", "ok"]
    title_ko: str
    title_en: str
    area_ko: str
    status_ko: str
    status_en: str | None = None
    at: datetime
    drill: bool
    acknowledged: AcknowledgedBody | None = None


class IncidentsAnswer(BaseModel):
    """The foremost first."""

    incidents: list[IncidentRow]


@router.get("", summary="List the incidents", response_model=IncidentsAnswer, dependencies=[Depends(operator)])
async def running(request: Request) -> dict[str, object]:
    """The incidents that run, with who acknowledged them. Paired office devices read all, the operator at this machine
    without a token the public ones."""
    hub = service_of(request).hub
    hub.step(time.time())
    return {"incidents": hub.desk.rows(told(request))}


@router.post(
    "/drill",
    summary="Hold an exercise",
    response_model=DrillAnswer,
    responses=responses(409, 503),
    dependencies=[Depends(may_change), Depends(operator)],
)
async def begin(request: Request, body: DrillBody) -> dict[str, object]:
    """Begin a made-up incident, labelled as an exercise on every screen and in speech. It pre-empts the screens as a
    real one would, until it is acknowledged, ended or over."""
    desk, now = service_of(request).hub.desk, time.time()
    if not desk.on:
        raise Unavailable("alerts-off", "incidents do not pre-empt the screens here: city_data.alerts is off")
    at = datetime.fromtimestamp(now, KST)
    drill = desk.drills.start(body.scenario, at, body.minutes)
    event = drill.event(at)
    if event is None:
        raise BadInput("drill-over", "this exercise is over as soon as it begins; give it more minutes")
    desk.look(now, at_once=True)
    service_of(request).hub.step(now)
    return {"drill": drill.id, "scenario": drill.scenario, "incident": incident_id(drill.kind, event)}


@router.delete(
    "/drill/{drill}",
    summary="End an exercise",
    response_model=IncidentsAnswer,
    responses=responses(404),
    dependencies=[Depends(may_change), Depends(operator)],
)
async def end(request: Request, drill: str) -> dict[str, object]:
    """End an exercise at once; every screen shows again what it showed before. Answers what still runs."""
    desk, now = service_of(request).hub.desk, time.time()
    desk.drills.end(drill)
    desk.look(now, at_once=True)
    service_of(request).hub.step(now)
    return {"incidents": desk.rows(told(request))}


def told(request: Request) -> Trust:
    """What the caller may be told of incidents."""
    device = paired(request)
    return Trust.INTERNAL if device is not None and device.internal else Trust.PUBLIC
