"""POST /rasa/actions: Rasa's action-server contract, so that its typed channel carries out the same commands."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from assistant.api.access import may_change, service_of
from assistant.contracts import BadInput, Intent, IntentName, Media, Outcome, Source, plain

router = APIRouter(prefix="/rasa", tags=["rasa"], dependencies=[Depends(may_change)])

ACTION = "action_seoula"
ACTION_CALL = "action_call_department"


class LatestMessage(BaseModel):
    """The user's last sentence as Rasa parsed it."""

    text: str | None = None


class Tracker(BaseModel):
    """The part of Rasa's tracker that the actions need."""

    slots: dict[str, Any] = Field(default_factory=dict)
    latest_message: LatestMessage = LatestMessage()


class ActionCall(BaseModel):
    """Rasa's request: which action to run, for whom, on what tracker. Other fields are ignored."""

    next_action: str
    sender_id: str = "default"
    tracker: Tracker = Tracker()


@router.post("/actions")
async def run_action(request: Request, call: ActionCall) -> dict[str, Any]:
    """Run one action on the room's display: `action_seoula` for a sentence, `action_call_department` for the form."""
    service = service_of(request)
    display = service.settings.room.display
    if call.next_action == ACTION:
        outcome, _ = await service.enter(display, call.tracker.latest_message.text or "", Source.TEXT)
        return _answer(outcome, [])
    if call.next_action == ACTION_CALL:
        outcome, _ = await service.propose(display, _call_intent(call.tracker.slots, service.registry), Source.TEXT)
        return _answer(outcome, [{"event": "slot", "name": name, "value": None} for name in ("department", "media")])
    raise BadInput("unknown-action", f"no action {call.next_action!r}; known: {ACTION}, {ACTION_CALL}")


def _call_intent(slots: dict[str, Any], registry: Any) -> Intent:
    department = slots.get("department")
    if department not in registry.departments:
        raise BadInput("unknown-department", f"no department {department!r}")
    media = Media.VIDEO if slots.get("media") == "video" else Media.VOICE
    return Intent(IntentName.CALL, department=department, media=media)


def _answer(outcome: Outcome, events: list[dict[str, Any]]) -> dict[str, Any]:
    return {"events": events, "responses": [{"text": outcome.text_ko, "custom": {"outcome": plain(outcome)}}]}
