"""The LiveKit adapter against a server of our own that checks what the real one checks."""

from __future__ import annotations

import httpx
import pytest

from assistant.contracts import BadInput, Unavailable
from telephony.engines.engine import Description, EngineEvent
from telephony.engines.livekit import LiveKit
from telephony.engines.livekit_rooms import VOICES, LiveKitRooms
from tests.livekit_server import KEY, SECRET, LiveKitServer, Person, Sent, opened
from tests.telephony.engines.clients import Watch, eventually
from tests.telephony.fake_media import FakeMedia

NOW = 1_800_000_000.0
EVERYTHING = ["microphone", "camera", "screen_share"]


def served() -> LiveKitServer:
    return LiveKitServer(lambda: NOW)


def adapter(server: LiveKitServer, secret: str = SECRET) -> LiveKit:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(server.app))
    return LiveKit("wss://meet.office", KEY, secret, client=client, clock=lambda: NOW)


def put(server: LiveKitServer, room: str, part: str, *sources: int) -> Person:
    """Somebody in a room who sends tracks of these sources."""
    person = server.rooms[room][part] = Person(part, part, f"PA_{part}", [*EVERYTHING])
    for source in sources:
        info = {"sid": f"TR_{part}_{source}", "source": source, "type": int(source != 2)}
        person.tracks[info["sid"]] = Sent(info, "cid")
    return person


async def test_a_room_from_its_opening_to_its_end() -> None:
    server = served()
    engine = adapter(server)
    watch = Watch(engine)
    await engine.open_room("r", most=12)
    assert server.most["r"] == 12
    put(server, "r", "console:a")
    put(server, "r", "display:b")
    assert await engine.people("r") == ["console:a", "display:b"]
    await engine.leave("r", "console:a")
    await engine.leave("r", "console:a")  # gone already
    assert await engine.people("r") == ["display:b"]
    await engine.close_room("r")
    assert server.rooms == {}
    await engine.close()
    await eventually(lambda: watch.events == [EngineEvent("closed", "r", "")])
    await watch.close()


async def test_a_page_is_given_its_address_and_a_token_for_this_room_alone() -> None:
    engine = adapter(served())
    with pytest.raises(BadInput, match="not open"):
        await engine.grant("r", "console:a", "", publish=True)
    await engine.open_room("r", most=3)
    given = await engine.grant("r", "console:a", "교통 상황실", publish=True)
    viewer = opened((await engine.grant("r", "display:tv", "", publish=False)).token, NOW)
    assert given.url == "wss://meet.office"
    assert given.token not in repr(given)
    claims = opened(given.token, NOW)
    assert (claims["sub"], claims["name"]) == ("console:a", "교통 상황실")
    assert claims["video"] == {
        "room": "r", "roomJoin": True, "canPublish": True, "canPublishSources": EVERYTHING, "canSubscribe": True,
        "canPublishData": False, "canUpdateOwnMetadata": False,
    }  # fmt: skip
    assert (viewer["video"]["canPublish"], viewer["video"]["canPublishSources"]) == (False, [])
    opened(given.token, NOW + given.lasts_s - 1)
    with pytest.raises(ValueError, match="claims"):
        opened(given.token, NOW + given.lasts_s)
    with pytest.raises(ValueError, match="signature"):
        opened(given.token, NOW, secret="another")
    await engine.close()


async def test_who_has_no_business_there_is_put_out_and_who_sends_is_told() -> None:
    server = served()
    engine = adapter(server)
    watch = Watch(engine)
    await engine.open_room("r", most=3)
    await engine.grant("r", "console:a", "", publish=True)
    sender = put(server, "r", "console:a", 2)
    put(server, "r", "console:removed", 1, 2)
    await engine.look()
    assert set(server.rooms["r"]) == {"console:a"}
    sender.tracks.clear()
    await engine.look()
    sender.tracks = put(server, "r", "console:a", 1).tracks
    await engine.look()
    del server.rooms["r"]["console:a"]  # the page vanished
    await engine.look()
    await eventually(lambda: len(watch.events) == 4)
    assert [(its.kind, its.part) for its in watch.events] == [
        ("published", "console:a"), ("unpublished", "console:a"), ("published", "console:a"),
        ("unpublished", "console:a"),
    ]  # fmt: skip
    await engine.close()
    await watch.close()


async def test_who_is_silenced_is_so_however_often_he_comes_until_he_leaves() -> None:
    server = served()
    engine = adapter(server)
    await engine.open_room("r", most=3)
    await engine.grant("r", "console:a", "", publish=True)
    person = put(server, "r", "console:a", 1, 2, 3)
    await engine.silence("r", "console:a", ["audio"])
    assert [sent.info["source"] for sent in person.tracks.values()] == [1, 3]
    again = opened((await engine.grant("r", "console:a", "", publish=True)).token, NOW)["video"]
    assert again["canPublishSources"] == ["camera", "screen_share"]
    await engine.silence("r", "console:a", ["audio", "video"])
    nothing = opened((await engine.grant("r", "console:a", "", publish=True)).token, NOW)["video"]
    assert (nothing["canPublish"], nothing["canSubscribe"]) == (False, True)
    await engine.leave("r", "console:a")
    whole = opened((await engine.grant("r", "console:a", "", publish=True)).token, NOW)["video"]
    assert whole["canPublishSources"] == EVERYTHING
    await engine.silence("r", "console:a", ["video"])
    await engine.silence("r", "console:a", [])
    open_again = opened((await engine.grant("r", "console:a", "", publish=True)).token, NOW)["video"]
    assert open_again["canPublishSources"] == EVERYTHING
    await engine.silence("s", "console:a", ["audio"])  # no such room is no error
    await engine.close()


async def test_a_server_that_is_down_or_knows_us_not_is_named_and_forgets_nothing_of_ours() -> None:
    server = served()
    engine = adapter(server)
    server.broken = True
    with pytest.raises(Unavailable) as down:
        await engine.open_room("r", most=3)
    assert down.value.code == "livekit-unavailable"
    with pytest.raises(Unavailable):
        await engine.grant("r", "console:a", "", publish=True)
    server.broken = False
    await engine.grant("r", "console:a", "", publish=True)
    assert server.most["r"] == 3, "the next grant opens it"
    server.rooms.clear()  # it was started anew
    await engine.look()
    await engine.grant("r", "console:a", "", publish=True)
    assert "r" in server.rooms
    server.broken = True
    await engine.close()
    stranger = adapter(server, secret="a secret that is ours alone, and of nobody else")
    server.broken = False
    with pytest.raises(Unavailable) as unknown:
        await stranger.open_room("r", most=3)
    assert unknown.value.code == "livekit-refused"
    await stranger.close()


async def test_some_rooms_are_carried_beside_and_voices_come_there() -> None:
    server, beside = served(), FakeMedia()
    engine = LiveKitRooms(adapter(server), beside, lambda room: room.startswith("call-"))
    watch = Watch(engine)
    await engine.open_room("call-1", most=3)
    await engine.open_room("r", most=3)
    assert set(server.rooms) == {"r"}
    assert (engine.grants("r"), engine.grants("call-1")) == (True, False)
    offer = Description("offer", "v=0")
    for room in ("r", "unknown"):
        with pytest.raises(BadInput, match="speaks with LiveKit itself"):
            await engine.publish(room, "console:a", offer)
        with pytest.raises(BadInput):
            await engine.subscribe(room, "console:a", "feed")
    with pytest.raises(BadInput, match="not open"):
        await engine.voice("unknown", "console:a", offer)
    assert (await engine.publish("call-1", "console:a", offer)).type == "answer"
    await engine.grant("r", "console:a", "", publish=True)
    await engine.silence("r", "console:a", ["audio"])
    assert (await engine.voice("r", "console:a", offer)).type == "answer"
    assert ("silence", VOICES + "r", "console:a", "audio") in beside.asked
    await eventually(lambda: bool(watch.events))
    assert {event.room for event in watch.events} == {"call-1"}, "a voice for captions is no feed"
    await engine.leave("r", "console:a")
    assert ("leave", VOICES + "r", "console:a", "") in beside.asked
    await engine.close_room("r")
    assert ("close", VOICES + "r", "", "") in beside.asked
    await engine.close()
    await watch.close()
