"""The way into a media server that pages speak with themselves: for who is in, and for nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telephony.engines.engine import Description, EngineEvent
from telephony.engines.grants import Grant
from tests.assistant.test_api_documents import asyncapi, faults, messages
from tests.telephony.fake_media import FakeMedia
from tests.telephony.stage import ROOM
from tests.telephony.test_room_desk import SAFETY, TV, WALL, Floor


class Granting(FakeMedia):
    """Rooms whose pages speak with another server; `voices` come beside."""

    name = "livekit"

    def __init__(self) -> None:
        super().__init__()
        self.voices: list[tuple[str, str]] = []

    def grants(self, room: str) -> bool:
        return not room.startswith("call-")

    async def grant(self, room: str, part: str, name: str, *, publish: bool) -> Grant:
        self._note("grant", room, part, f"{name} {publish}")
        return Grant("wss://meet.office", f"token of {part}", 120)

    async def voice(self, room: str, part: str, offer: Description) -> Description:
        self.voices.append((room, part))
        return Description("answer", "v=0 voice")

    async def voice_candidate(self, room: str, part: str, candidate: Mapping[str, Any] | None) -> None:
        self.voices.append((room, "candidate"))


async def test_pages_of_another_server_are_given_the_way_in_and_nobody_else_is() -> None:
    floor = Floor(Granting())
    floor.desk.start()
    assert await floor.refused(WALL, "room.media") == "not-in-room"
    for client in (WALL, SAFETY, TV):
        await floor.say(client, "room.join")
    assert floor.told(WALL, "room.joined")[0]["media"] == "livekit"
    await floor.say(WALL, "room.media", id="9")
    await floor.say(TV, "room.media")
    told = floor.told(WALL, "room.media")[0]
    assert told == {
        "t": "room.media", "room": ROOM, "engine": "livekit", "url": "wss://meet.office",
        "token": f"token of {WALL.id}", "publish": True, "expires_in_ms": 120_000, "re": "9",
    }  # fmt: skip
    assert not list(faults(asyncapi("rooms"), messages("rooms", "serviceSays")["room.media"]["payload"], told))
    assert floor.told(TV, "room.media")[0]["publish"] is False
    assert floor.media.of("grant") == [(WALL.id, "시장실 True"), (TV.id, "TV False")]
    assert f"{ROOM}/media" in WALL.pcs, "who is in a meeting is not free"
    await floor.say(WALL, "room.moderate", do="role", part=SAFETY.id, role="viewer")
    await floor.say(SAFETY, "room.media")
    assert floor.told(SAFETY, "room.media")[0]["publish"] is False

    # A feed is told, as captions and lists need it, and nobody is subscribed to it here.
    floor.media.happened.put_nowait(EngineEvent("published", ROOM, WALL.id, WALL.id))
    await floor.quiet()
    assert floor.told(TV, "room.feeds")[0]["added"] == [{"feed": WALL.id, "part": WALL.id}]
    assert floor.media.of("subscribe") == []

    voice = {"pc": "tap", "desc": {"type": "offer", "sdp": "v=0 secret"}}
    assert await floor.refused(WALL, "rtc.desc", **voice) == "captions-off"
    await floor.say(TV, "captions.set", on=True)
    assert (ROOM, WALL.id) in floor.tapped
    await floor.say(WALL, "rtc.desc", **voice)
    await floor.say(WALL, "rtc.ice", pc="tap", cand=None)
    assert floor.told(WALL, "rtc.desc")[0] == {
        "t": "rtc.desc", "room": ROOM, "pc": "tap", "desc": {"type": "answer", "sdp": "v=0 voice"},
    }  # fmt: skip
    assert isinstance(floor.media, Granting)
    assert floor.media.voices == [(ROOM, WALL.id), (ROOM, "candidate")]
    assert await floor.refused(SAFETY, "rtc.desc", **voice) == "captions-off", "a viewer says nothing"
    await floor.say(WALL, "room.leave")
    assert await floor.refused(WALL, "room.media") == "not-in-room"
    WALL.pcs.clear()
    await floor.desk.stop()


async def test_a_room_that_is_offered_and_answered_has_no_other_way_in() -> None:
    floor = Floor()
    floor.desk.start()
    await floor.say(WALL, "room.join")
    assert "media" not in floor.told(WALL, "room.joined")[0]
    assert await floor.refused(WALL, "room.media") == "bad-message"
    WALL.pcs.clear()
    await floor.desk.stop()
