"""Exercises over HTTP, the acknowledgement by tap and by voice, and what the call buttons are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.contracts import AcknowledgeAlert, Intent, IntentName, OutcomeCode, SpeechStart, Transcript, Wake
from assistant.gate import Trust
from assistant.ports import Showing
from tests.assistant.api_app import REMOTE, Application, running, settled
from tests.assistant.dry import DryRoom, accepted, ambiguous

DRILL, LIST, COMMANDS = "/api/v1/incidents/drill", "/api/v1/incidents", "/api/v1/displays/main/commands"
YES = Intent(IntentName.CONFIRM)


async def rows(api: Application) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.http.get(LIST)).json()["incidents"]
    return found


async def test_an_exercise_is_begun_acknowledged_by_whom_and_ended(api: Application, tmp_path: Path) -> None:
    assert await rows(api) == []
    async with api.screen(token=api.token("wall")) as wall:
        begun = (await api.http.post(DRILL, json={"scenario": "fire"})).json()
        await settled(lambda: api.service.hub.shown("main").args.get("incident") == begun["incident"])
        (row,) = await rows(api)
        assert (row["id"], row["drill"], row["acknowledged"]) == (begun["incident"], True, None)
        wrong = await wall.command("c1", "acknowledge", incident="another")
        assert wrong["ok"], "a tap is a run of its own; how it ended is its outcome"
        assert api.service.hub.shown("main").args.get("incident") == begun["incident"]
        await wall.command("c2", "acknowledge", incident=begun["incident"])
        await settled(lambda: "incident" not in api.service.hub.shown("main").args)
    (row,) = await rows(api)
    assert (row["acknowledged"]["display"], row["acknowledged"]["source"]) == ("main", "touch")
    kept = json.loads((tmp_path / "db" / "incidents.json").read_text("utf-8"))
    assert begun["incident"] in kept["acknowledged"]
    await settled(lambda: any(run["outcome"]["reason"] == "acknowledged" for run in api.service.store.latest()))
    runs = (await api.http.get("/api/v1/runs")).json()["runs"]
    assert any(run["outcome"]["reason"] == "acknowledged" for run in runs)
    assert (await api.http.request("DELETE", f"{DRILL}/{begun['drill']}")).json() == {"incidents": []}
    again = await api.http.request("DELETE", f"{DRILL}/{begun['drill']}")
    assert (again.status_code, again.json()["code"]) == (404, "unknown-drill")
    for minutes in (True, "5", 0, 241):
        assert (await api.http.post(DRILL, json={"minutes": minutes})).status_code == 422
    begun = [await api.http.post(DRILL, json={"minutes": 5}) for _ in range(9)]
    assert [answer.status_code for answer in begun] == [200] * 8 + [409], "no more than eight at once"
    for answer in begun[:8]:
        await api.http.request("DELETE", f"{DRILL}/{answer.json()['drill']}")


async def test_only_the_operator_holds_exercises(api: Application) -> None:
    async with api.client(REMOTE) as stranger:
        for answer in (
            await stranger.post(DRILL, json={"scenario": "fire"}),
            await stranger.get(LIST),
            await stranger.request("DELETE", f"{DRILL}/x"),
        ):
            assert answer.status_code == 401
    kiosk = {"authorization": f"Bearer {api.token('kiosk', 'lobby')}"}
    async with api.client(REMOTE, **kiosk) as citizen:
        assert (await citizen.post(DRILL, json={"scenario": "fire"})).status_code == 401
    assert await rows(api) == []
    unknown = await api.http.post(DRILL, json={"scenario": "meteor"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-scenario")


async def test_alerts_that_are_off_refuse_an_exercise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, monkeypatch, city_data={"alerts": False}) as api:
        answer = await api.http.post(DRILL, json={"scenario": "fire"})
        assert (answer.status_code, answer.json()["code"]) == (503, "alerts-off")


@pytest.mark.parametrize("available", [False, True])
async def test_the_call_buttons_learn_whether_they_lead_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, available: bool
) -> None:
    async with (
        running(tmp_path, monkeypatch, calls={"enabled": available}) as api,
        api.screen(token=api.token("wall")) as wall,
    ):
        channel = api.service.hub._displays.get("main")
        assert channel is not None
        main = channel.main()
        assert main is not None
        assert main.state["services"] == {"calls": available, "rooms": available, "face": False, "hidden": False}
        await wall.command("c1", "call", media="voice", department="fire")
        await settled(lambda: main.state["assistant"].get("outcome"))
        outcome = main.state["assistant"]["outcome"]
        # A tap asks for the call as a voice does; without a call client there is nothing to call with.
        assert outcome["reason"] == ("no-call-client" if available else "calls-unavailable")


# ------------------------------------------------------------------------------------------------------- by voice


def standing(dry: DryRoom, incident: list[str]) -> None:
    dry.screen.trust = Trust.INTERNAL
    object.__setattr__(dry.screen, "showing", lambda _: Showing("disaster-alerts", None, incident[0]))


def acknowledged(dry: DryRoom) -> list[AcknowledgeAlert]:
    return [c for c in dry.screen.commands if isinstance(c, AcknowledgeAlert)]


async def test_a_yes_acknowledges_what_stood_there_when_it_was_said() -> None:
    dry, incident = DryRoom({"확인했어": accepted(YES)}), ["flood"]
    standing(dry, incident)
    dry.room.hear(Wake(1.0, 0.99))
    dry.room.hear(SpeechStart(1.4))
    incident[0] = "earthquake"  # a graver one pre-empts it while the person speaks
    dry.room.hear(Transcript(2.5, "확인했어", "확인했어", 0.0, True, 2.0))
    await dry.settle()
    assert acknowledged(dry) == [AcknowledgeAlert("main", "flood", "microphone")]


async def test_a_yes_to_nothing_acknowledges_nothing_that_comes_meanwhile() -> None:
    dry, incident = DryRoom({"확인했어": accepted(YES)}), [""]
    standing(dry, incident)
    dry.room.hear(Wake(1.0, 0.99))
    dry.room.hear(SpeechStart(1.4))
    incident[0] = "flood"
    dry.room.hear(Transcript(2.5, "확인했어", "확인했어", 0.0, True, 2.0))
    await dry.settle()
    assert acknowledged(dry) == []
    assert [o.reason for o in dry.outcomes] == ["no-question"]


async def test_a_yes_answers_the_open_question_first() -> None:
    asked = ambiguous("fine-dust-pm10", "ozone")
    dry, incident = DryRoom({"먼지": asked, "응": accepted(YES)}), [""]
    standing(dry, incident)
    for text in ("먼지", "응"):
        dry.room.hear(Wake(1.0, 0.99))
        dry.room.hear(SpeechStart(1.4))
        dry.room.hear(Transcript(2.5, text, text, 0.0, True, 2.0))
        await dry.settle()
        incident[0] = "flood"
    assert acknowledged(dry) == []
    assert [o.code for o in dry.outcomes] == [OutcomeCode.AMBIGUOUS, OutcomeCode.SHOWN]
