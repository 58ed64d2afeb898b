"""POST /api/v1/utterances: a typed sentence, the same path as a spoken one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from assistant.api.access import may_change, may_command, paired, service_of, trust_of
from assistant.api.models import DISPLAY, UtteranceAnswer
from assistant.api.problems import responses
from assistant.contracts import Intent, Source, Understanding, UnderstandingOutcome, plain
from assistant.gate import Trust
from assistant.understanding.line import as_line
from content_registry.schema import Visibility

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
    may_command(request, utterance.display)
    service = service_of(request)
    if utterance.dry_run:
        understanding = await service.understand(utterance.text, utterance.display)
        return {"understanding": as_line(_discreet(understanding, request, utterance.display))}
    outcome, run = await service.enter(
        utterance.display, utterance.text, Source.TEXT, trust_of(request, utterance.display)
    )
    return {"run": run, "outcome": plain(outcome)}


_NEEDED = {Visibility.PUBLIC: Trust.PUBLIC, Visibility.INTERNAL: Trust.INTERNAL, Visibility.PRIVATE: Trust.PRIVATE}


def _discreet(understanding: Understanding, request: Request, display: str) -> Understanding:
    """Without the names of panels that the display's screens, or a citizens' device that asks, may not receive; those
    of private ones are for paired office devices alone."""
    service, device = service_of(request), paired(request)
    most = Trust.INTERNAL if device is None else trust_of(request, display)
    trust = min(most, service.screens.standing(display).trust)

    def hidden(intent: Intent | None) -> bool:
        panel = service.registry.panels.get(intent.panel) if intent is not None and intent.panel else None
        return panel is not None and trust < _NEEDED[panel.visibility]

    kept = tuple(a for a in understanding.alternatives if not hidden(a.intent))
    understanding = replace(understanding, alternatives=kept)
    if not hidden(understanding.intent):
        return understanding
    notes = (*understanding.notes, "not-permitted")
    return replace(understanding, outcome=UnderstandingOutcome.NOT_UNDERSTOOD, intent=None, confidence=0.0, notes=notes)
