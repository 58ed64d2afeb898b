"""Rasa's action-server contract: the actions of its domain, the form's slots, and what is not an action."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from assistant.api.rasa_actions import ACTION, ACTION_CALL, FORM_SLOTS
from assistant.settings import PROJECT
from tests.assistant.api_app import Application

PATH = "/rasa/actions"


def tracker(text: str | None = None, **slots: Any) -> dict[str, Any]:
    """A tracker as Rasa 3.6 sends it, with the fields that nobody here reads."""
    return {
        "sender_id": "default", "slots": {"requested_slot": None, "session_started_metadata": None, **slots},
        "latest_message": {"text": text, "intent": {"name": "x", "confidence": 0.9}, "entities": [], "metadata": {}},
        "latest_event_time": 1.0, "followup_action": None, "paused": False, "events": [], "latest_input_channel": None,
        "active_loop": {}, "latest_action_name": "action_listen",
    }  # fmt: skip


async def call(api: Application, action: str, state: Any = None, **fields: Any) -> dict[str, Any]:
    body = {
        "next_action": action,
        "sender_id": "default",
        "version": "3.6.21",
        "domain": {},
        "tracker": state,
        **fields,
    }
    answer = await api.http.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    parsed: dict[str, Any] = answer.json()
    assert set(parsed) == {"events", "responses"}
    assert [set(r) for r in parsed["responses"]] == [{"text", "custom"}]
    assert parsed["responses"][0]["text"]
    return parsed


def outcome(answer: dict[str, Any]) -> tuple[str, str]:
    found = answer["responses"][0]["custom"]["outcome"]
    return found["code"], found["reason"]


def test_the_actions_and_slots_are_those_of_the_domain() -> None:
    domain = yaml.safe_load((PROJECT / "nlu_data" / "dialogue" / "domain.yml").read_text("utf-8"))
    assert set(domain["actions"]) == {ACTION, ACTION_CALL}
    assert set(domain["slots"]) == set(FORM_SLOTS)


async def test_a_sentence_is_carried_out_on_the_rooms_display(api: Application) -> None:
    async with api.screen():
        answer = await call(api, ACTION, tracker("미세먼지 보여줘"))
        assert outcome(answer) == ("shown", "")
        assert answer["events"] == []
        assert api.service.hub.shown("main").panel == "fine-dust-pm10"


@pytest.mark.parametrize("state", [None, {}, tracker(None), tracker(""), tracker(" \n"), {"latest_message": None}])
async def test_nothing_said_is_answered(api: Application, state: Any) -> None:
    assert outcome(await call(api, ACTION, state)) == ("not_understood", "no-words")


@pytest.mark.parametrize("text", ["/restart", "/call{}", "😀", "\x00"])
async def test_what_is_no_wish_is_answered(api: Application, text: str) -> None:
    assert outcome(await call(api, ACTION, tracker(text)))[0] == "not_understood"


@pytest.mark.parametrize("media", ["video", "voice", None])
async def test_the_form_calls_its_department_and_begins_anew(api: Application, media: str | None) -> None:
    async with api.screen(token=api.token("wall")):
        answer = await call(api, ACTION_CALL, tracker("교통", department="transport", media=media))
    assert outcome(answer) == ("failed", "no-call-client")
    assert api.service.registry.departments["transport"].name_ko in answer["responses"][0]["text"]
    reset = [(e["event"], e["name"], e["value"]) for e in answer["events"]]
    assert reset == [("slot", "department", None), ("slot", "media", None)]


async def test_an_unpaired_wall_may_not_call(api: Application) -> None:
    async with api.screen():
        answer = await call(api, ACTION_CALL, tracker("교통", department="transport"))
    assert outcome(answer) == ("not_permitted", "not-paired")


@pytest.mark.parametrize("department", [None, "", "nowhere", 5, ["transport"], {"id": "transport"}])
async def test_an_unknown_department_is_said_and_forgotten(api: Application, department: Any) -> None:
    answer = await call(api, ACTION_CALL, tracker("거기", department=department))
    assert outcome(answer) == ("not_understood", "unknown-department")
    assert [e["name"] for e in answer["events"]] == list(FORM_SLOTS)


async def test_an_unknown_action_is_not_found(api: Application) -> None:
    answer = await api.http.post(PATH, json={"next_action": "action_explode", "tracker": tracker("x")})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-action")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"next_action": 5},
        {"next_action": ACTION, "tracker": "x"},
        {"next_action": ACTION, "tracker": {"slots": None}},
        {"next_action": ACTION, "tracker": {"latest_message": {"text": "가" * 2001}}},
    ],
)
async def test_what_is_no_action_call_is_a_problem(api: Application, body: Any) -> None:
    answer = await api.http.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-request")
