"""The document of the rooms' messages against what is really said: nothing undocumented, nothing that is not there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from telephony.moderation import DEEDS
from telephony.room_effects import INCOMING, OUTGOING
from tests.assistant.test_api_documents import asyncapi, faults, resolve
from tests.telephony.stage import FIRE, ROOM, SAFETY, SCENE, TV, WALL, Stage
from tests.telephony.test_minutes import GOLDEN


def payloads(operation: str) -> dict[str, Any]:
    """The schema of each message of an operation, by its `t`."""
    document = asyncapi("rooms")
    found = [resolve(document, ref)["payload"] for ref in document["operations"][operation]["messages"]]
    return {payload["properties"]["t"]["const"]: payload for payload in found}


def misfits(operation: str, message: Mapping[str, Any]) -> list[str]:
    schema = payloads(operation)[message["t"]]
    return list(faults(asyncapi("rooms"), schema, message, message["t"]))


def test_the_document_is_whole_and_names_every_message() -> None:
    document = asyncapi("rooms")
    for reference in re.findall(r"\$ref': '([^']+)'", str(document)):
        resolve(document, {"$ref": reference})
    # The way into a media server is the desk's business; the rooms themselves know nothing of it.
    assert set(payloads("clientSays")) == {*INCOMING, "room.media"}
    assert set(payloads("serviceSays")) == {*OUTGOING, "room.media"}
    assert set(document["components"]["schemas"]["Deed"]["enum"]) == set(DEEDS)
    assert all(message["summary"] for message in document["components"]["messages"].values())


def test_everything_of_the_golden_meeting_is_as_documented() -> None:
    told = json.loads((GOLDEN / "briefing.json").read_text("utf-8"))["told"]
    for messages in told.values():
        for message in messages:
            assert misfits("serviceSays", {k: v for k, v in message.items() if k != "s"}) == []
    script = yaml.safe_load((GOLDEN / "briefing.yaml").read_text("utf-8"))
    for step in script["steps"]:
        if "say" in step:
            said = {k: v for k, v in step.items() if k not in ("after", "who", "say")}
            assert misfits("clientSays", {"t": step["say"], "room": script["room"], **said}) == []


def test_everything_else_that_may_be_told_is_as_documented() -> None:
    stage = Stage(may_see=lambda person, page: person is not TV)
    stage.say(WALL, "room.list")
    stage.say(WALL, "room.create", title="긴급", lobby=True, pin="2468")
    made = stage.last(WALL, "room.joined")["room"]
    stage.say(WALL, "room.leave", made)
    stage.join(SCENE, room="event:fire-1")
    stage.join(WALL, TV, SAFETY)
    stage.publish(WALL, SAFETY)
    stage.say(WALL, "room.page", ROOM, document="a", page=3)
    stage.loud(WALL, 1.0)
    stage.say(SAFETY, "call.state", ROOM, screen=True, hand=True)
    stage.say(SAFETY, "captions.set", ROOM, on=True, mine=False)
    stage.heard(WALL, "말", final=False)
    stage.say(WALL, "recording.set", ROOM, on=True)
    stage.consents(SAFETY)
    stage.join(FIRE)
    for deed in ("mute", "stop_camera", "presenter", "role", "lower_hand", "host", "remove"):
        stage.say(WALL, "room.moderate", ROOM, do=deed, part=SAFETY.part, role="viewer")
        if deed == "host":
            stage.say(SAFETY, "room.moderate", ROOM, do="host", part=WALL.part)
    stage.do(stage.rooms.lost(TV.part, stage.now))
    stage.wait(16)
    stage.do(stage.rooms.forget(WALL.part, stage.now))
    messages = [message for box in stage.inbox.values() for message in box]
    assert {m["t"] for m in messages} >= set(OUTGOING) - {"error", "room.chat"}
    for message in messages:
        assert misfits("serviceSays", message) == []


@pytest.mark.parametrize("message", [{"t": "room.joined"}, {"t": "caption", "part": "a", "secret": 1}])
def test_the_document_would_find_a_wrong_message(message: dict[str, Any]) -> None:
    assert misfits("serviceSays", message)
