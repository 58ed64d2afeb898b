"""POST /rasa/actions: Rasa's action-server contract, so that its typed channel carries out the same commands."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from assistant.api.access import may_change, may_command, service_of
from assistant.api.models import ActionAnswer
from assistant.api.problems import responses
from assistant.contracts import BadInput, Intent, IntentName, Media, Outcome, OutcomeCode, Source, plain
from content_registry.schema import Registry

router = APIRouter(
    prefix="/rasa", tags=["rasa"], dependencies=[Depends(may_change)], responses=responses(401, 404, 503)
)

ACTION = "action_seoula"
ACTION_CALL = "action_call_department"
FORM_SLOTS = ("department", "media")
MOST_CHARACTERS = 2000


class LatestMessage(BaseModel):
    """The user's last sentence as Rasa parsed it."""

    text: str | None = Field(None, max_length=MOST_CHARACTERS)


class Tracker(BaseModel):
    """The part of Rasa's tracker that the actions need."""

    slots: dict[str, Any] = Field(default_factory=dict)
    latest_message: LatestMessage | None = None


class ActionCall(BaseModel):
    """Rasa's request: which action to run, for whom, on what tracker. Other fields are ignored."""

    next_action: str = Field(examples=[ACTION])
    sender_id: str = "default"
    tracker: Tracker | None = None


@router.post("/actions", summary="Rasa's action server", response_model=ActionAnswer)
async def run_action(request: Request, call: ActionCall) -> dict[str, Any]:
    """Run one action on the room's display: `action_seoula` for a sentence, `action_call_department` for the form."""
    service, tracker = service_of(request), call.tracker or Tracker()
    display = service.settings.room.display
    may_command(request, display)
    if call.next_action == ACTION:
        text = (tracker.latest_message or LatestMessage()).text or ""
        if not text.strip():
            return _answer(_NOTHING_SAID)
        outcome, _ = await service.enter(display, text, Source.TEXT)
        return _answer(outcome)
    if call.next_action == ACTION_CALL:
        # The form begins anew whatever comes of the call: a kept department would answer the next question.
        events = [{"event": "slot", "timestamp": None, "name": name, "value": None} for name in FORM_SLOTS]
        intent = _call_intent(tracker.slots, service.registry)
        if intent is None:
            return _answer(_NO_DEPARTMENT, events)
        outcome, _ = await service.propose(display, intent, Source.TEXT)
        return _answer(outcome, events)
    raise BadInput("unknown-action", f"no action {call.next_action!r}; known: {ACTION}, {ACTION_CALL}")


def _call_intent(slots: dict[str, Any], registry: Registry) -> Intent | None:
    """The call that the form's slots ask for, None where they name no department."""
    department = slots.get("department")
    if not isinstance(department, str) or department not in registry.departments:
        return None
    media = Media.VIDEO if slots.get("media") == "video" else Media.VOICE
    return Intent(IntentName.CALL, department=department, media=media)


def _answer(outcome: Outcome, events: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"events": events or [], "responses": [{"text": outcome.text_ko, "custom": {"outcome": plain(outcome)}}]}


_NOTHING_SAID = Outcome(OutcomeCode.NOT_UNDERSTOOD, "무엇을 도와드릴까요?", "What can I do for you?", "no-words")
_NO_DEPARTMENT = Outcome(
    OutcomeCode.NOT_UNDERSTOOD, "어느 부서인지 알지 못했습니다.", "I do not know that department.", "unknown-department"
)
