"""POST /api/v1/utterances: a typed sentence, the same path as a spoken one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from assistant.api.access import may_change, service_of
from assistant.api.models import DISPLAY, UtteranceAnswer
from assistant.api.problems import responses
from assistant.contracts import Source, plain
from assistant.understanding.line import as_line

router = APIRouter(prefix="/api/v1", tags=["utterances"], responses=responses(401, 404, 503))


class Utterance(BaseModel):
    """A sentence for a display. dry_run: only understand it, change nothing."""

    model_config = {"extra": "forbid"}

    text: str = Field(min_length=1, max_length=2000, examples=["강남구 미세먼지 보여줘"])
    display: str = Field("main", pattern=DISPLAY)
    dry_run: bool = False


@router.post(
    "/utterances",
    dependencies=[Depends(may_change)],
    summary="Say something to a display",
    response_model=UtteranceAnswer,
    response_model_exclude_unset=True,
)
async def utter(request: Request, utterance: Utterance) -> dict[str, Any]:
    """Understand and carry out; answers once the run has its outcome."""
    service = service_of(request)
    if utterance.dry_run:
        return {"understanding": as_line(await service.understand(utterance.text, utterance.display))}
    outcome, run = await service.enter(utterance.display, utterance.text, Source.TEXT)
    return {"run": run, "outcome": plain(outcome)}
