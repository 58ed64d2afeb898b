"""The rooms' edge: messages to clients, orders to the engine, and media for those alone who are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from assistant.contracts import BadInput, NotPermitted, SeoulaError
from telephony.clients import Client
from telephony.engines.engine import EngineEvent, EventKind
from telephony.room_desk import RoomDesk
from telephony.room_effects import Note
from telephony.rooms import Policy, Rooms
from tests.assistant.worker_fakes import idle
from tests.telephony.fake_media import FakeMedia
from tests.telephony.stage import LOBBY, ROOM, plans

WALL = Client("c1", "s1", "display:main", "wall", "시장실")
SAFETY = Client("c2", "s2", "console:safety-1", "console", "안전총괄실", "safety")
FIRE = Client("c3", "s3", "console:fire-1", "console", "소방재난본부", "fire")
TV = Client("c4", "s4", "display:tv", "tv", "TV")
GUEST = Client("c5", "s5", "guest:g1", "guest", "현장", room="event:fire-1")


class Floor:
    def __init__(self, media: FakeMedia | None = None) -> None:
        self.media = media or FakeMedia()
        self.inbox: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self.notes: list[Note] = []
        self.tapped: list[tuple[str, str]] = []
        self.now = 100.0
        self.speaking: list[str] = []
        rooms = Rooms(plans(), Policy(most=4), event_title=lambda e: ("화재", "Fire") if e == "fire-1" else None)
        self.desk = RoomDesk(
            rooms, self.media, lambda c, m: self.inbox[c].append(m), self.notes.append, self, lambda: self.now,
            lambda call: self.speaking if call == "k1" else [],
        )  # fmt: skip

    def tap(self, room: str, part: str) -> None:
        self.tapped.append((room, part))

    def untap(self, room: str, part: str) -> None:
        if (room, part) in self.tapped:
            self.tapped.remove((room, part))

    async def say(self, client: Client, t: str, room: str | None = ROOM, /, **fields: Any) -> None:
        self.desk.message(client, {"t": t, **({"room": room} if room else {}), **fields})
        await self.quiet()

    async def quiet(self) -> None:
        for _ in range(4):
            await idle()
            await self.desk.settled()

    async def publish(self, *clients: Client) -> None:
        for client in clients:
            await self.say(client, "rtc.desc", pc="pub", desc={"type": "offer", "sdp": "v=0 secret"}, id="p")

    def told(self, client: Client, t: str) -> list[Mapping[str, Any]]:
        return [m for m in self.inbox[client.id] if m["t"] == t]

    async def refused(self, client: Client, t: str, room: str | None = ROOM, /, **fields: Any) -> str:
        with pytest.raises(SeoulaError) as caught:
            await self.say(client, t, room, **fields)
        return caught.value.code


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    made = Floor()
    made.desk.start()
    yield made
    await made.desk.stop()


async def test_who_is_in_is_offered_every_feed_and_nobody_else_is(floor: Floor) -> None:
    await floor.say(WALL, "room.join", id="7")
    assert floor.told(WALL, "room.joined")[0]["re"] == "7"
    await floor.publish(WALL)
    assert floor.told(WALL, "rtc.desc")[0]["pc"] == "pub"
    assert floor.told(WALL, "rtc.desc")[0]["re"] == "p"
    await floor.say(SAFETY, "room.join")
    await floor.say(TV, "room.join")
    await floor.publish(SAFETY)
    assert set(floor.media.of("subscribe")) == {
        (SAFETY.id, f"feed-{WALL.id}"), (TV.id, f"feed-{WALL.id}"), (WALL.id, f"feed-{SAFETY.id}"),
        (TV.id, f"feed-{SAFETY.id}"),
    }  # fmt: skip
    offer = floor.told(TV, "rtc.desc")[0]
    assert (offer["part"], offer["desc"]["type"]) == (WALL.id, "offer")
    await floor.say(TV, "rtc.desc", pc=offer["pc"], desc={"type": "answer", "sdp": "v=0"})
    assert floor.media.of("answer") == [(offer["pc"].removeprefix("sub:"), "")]
    await floor.say(TV, "rtc.ice", pc=offer["pc"], cand=None)
    assert await floor.refused(SAFETY, "rtc.desc", pc=offer["pc"], desc={"type": "answer", "sdp": "v=0"}) == (
        "no-such-connection"
    )
    assert await floor.refused(TV, "rtc.desc", pc="pub", desc={"type": "offer", "sdp": "v=0"}) == "view-only"
    assert await floor.refused(FIRE, "rtc.desc", pc="pub", desc={"type": "offer", "sdp": "v=0"}) == "not-in-room"
    assert await floor.refused(WALL, "rtc.desc", pc="pub", desc={"type": "answer", "sdp": "v=0"}) == "bad-message"
    assert await floor.refused(WALL, "rtc.desc", pc="p2p", desc={"type": "offer", "sdp": "v=0"}) == "bad-message"


async def test_who_waits_or_was_removed_receives_no_media(floor: Floor) -> None:
    await floor.say(WALL, "room.join", LOBBY)
    await floor.say(WALL, "rtc.desc", LOBBY, pc="pub", desc={"type": "offer", "sdp": "v=0"})
    await floor.say(SAFETY, "room.join", LOBBY)
    assert floor.media.of("subscribe") == []
    await floor.say(WALL, "room.admit", LOBBY, part=SAFETY.id, admit=True)
    assert floor.media.of("subscribe") == [(SAFETY.id, f"feed-{WALL.id}")]
    await floor.say(WALL, "room.moderate", LOBBY, do="remove", part=SAFETY.id)
    assert floor.media.of("leave") == [(SAFETY.id, "")]
    before = len(floor.inbox[SAFETY.id])
    await floor.say(WALL, "room.chat", LOBBY, text="우리끼리")
    await floor.say(WALL, "rtc.desc", LOBBY, pc="pub", desc={"type": "offer", "sdp": "v=0"})
    assert len(floor.inbox[SAFETY.id]) == before
    again = Client("c9", "s9", SAFETY.party, "console", "안전총괄실")
    assert await floor.refused(again, "room.join", LOBBY) == "removed"  # by another page of the same console


async def test_a_page_that_was_loaded_anew_gets_its_media_again(floor: Floor) -> None:
    await floor.say(WALL, "room.join")
    await floor.publish(WALL)
    await floor.say(SAFETY, "room.join")
    await floor.publish(SAFETY)
    await floor.say(SAFETY, "room.join")
    assert floor.media.of("leave") == [(SAFETY.id, "")]
    assert floor.media.of("subscribe").count((SAFETY.id, f"feed-{WALL.id}")) == 2
    assert floor.told(WALL, "room.feeds")[-1]["removed"] == [f"feed-{SAFETY.id}"]


async def test_a_lost_connection_that_is_back_keeps_its_media(floor: Floor) -> None:
    await floor.say(WALL, "room.join")
    await floor.publish(WALL)
    lost = Client("c2", "s2", SAFETY.party, "console", "안전총괄실")
    await floor.say(lost, "room.join")
    lost.lost_until = 115.0
    floor.desk.tick(101.0)
    assert floor.told(WALL, "room.people")[-1]["people"][1]["away"] is True
    lost.lost_until = None
    floor.desk.tick(103.0)
    await floor.quiet()
    assert floor.told(WALL, "room.people")[-1]["people"][1]["away"] is False
    assert len(floor.media.of("subscribe")) == 1
    floor.desk.gone(lost)
    await floor.quiet()
    assert floor.media.of("leave") == [(lost.id, "")]
    assert len(floor.told(WALL, "room.people")[-1]["people"]) == 1


async def test_what_the_engine_refuses_is_told_to_the_one_who_asked(floor: Floor) -> None:
    floor.media.refuse.add("publish")
    await floor.say(WALL, "room.join")
    await floor.publish(WALL)
    error = floor.told(WALL, "error")[0]
    assert (error["code"], error["re"]) == ("bad-description", "p")
    floor.media.refuse.clear()
    await floor.publish(WALL)
    assert floor.told(WALL, "rtc.desc")


async def test_the_engines_echo_of_an_end_does_not_end_the_next_meeting(floor: Floor) -> None:
    await floor.say(WALL, "room.join")
    await floor.say(WALL, "room.moderate", do="end")
    await floor.say(WALL, "room.join")
    floor.media.happened.put_nowait(EngineEvent("closed", ROOM, ""))
    await floor.quiet()
    assert [m["reason"] for m in floor.told(WALL, "room.ended")] == ["ended"]
    assert [method for method, *_ in floor.media.asked] == ["open", "close", "open"]
    floor.media.happened.put_nowait(EngineEvent("closed", ROOM, "", reason="lost"))
    await floor.quiet()
    assert floor.told(WALL, "room.ended")[-1]["reason"] == "engine"


async def test_a_call_that_goes_on_in_a_room_is_for_its_parties(floor: Floor) -> None:
    floor.desk.call_room("open", "call-1", "")
    for client in (WALL, SAFETY):
        floor.desk.call_room("allow", "call-1", client.party)
    await floor.say(WALL, "room.join", "call-1")
    await floor.say(SAFETY, "room.join", "call-1")
    assert await floor.refused(FIRE, "room.join", "call-1") == "no-such-room"
    floor.desk.call_room("remove", "call-1", SAFETY.party)
    await floor.quiet()
    assert floor.told(SAFETY, "room.ended")
    floor.desk.call_room("close", "call-1", "")
    await floor.quiet()
    assert floor.media.of("close") == [("", "")]


async def test_a_guest_enters_the_room_of_its_link_alone_and_captions_tap(floor: Floor) -> None:
    await floor.say(WALL, "room.join", "event:fire-1")
    await floor.say(GUEST, "room.join", "event:fire-1")
    assert await floor.refused(GUEST, "room.join", ROOM) in ("no-such-room", "in-another-room")
    await floor.say(GUEST, "rtc.desc", "event:fire-1", pc="pub", desc={"type": "offer", "sdp": "v=0"})
    await floor.say(WALL, "captions.set", "event:fire-1", on=True)
    assert floor.tapped == [("event:fire-1", GUEST.id)]
    floor.desk.heard("event:fire-1", GUEST.id, "불이 났습니다", final=True, t0=100.0, age_ms=200, shown=True)
    assert floor.told(WALL, "caption")[0]["text"] == "불이 났습니다"
    assert not floor.told(GUEST, "caption")


async def test_captions_of_a_call_of_two_need_a_reader_and_each_voice_by_its_own_offer(floor: Floor) -> None:
    def tap(client: Client) -> None:
        offer = {"t": "rtc.desc", "call": "k1", "pc": "tap", "desc": {"type": "offer", "sdp": "v=0"}, "id": "t"}
        floor.desk.message(client, offer, call="k1")

    floor.speaking = [WALL.id, SAFETY.id]
    with pytest.raises(NotPermitted, match="nobody reads"):
        tap(WALL)
    with pytest.raises(NotPermitted, match="not in this call"):
        floor.desk.message(FIRE, {"t": "captions.set", "call": "k1", "on": True})
    floor.desk.message(WALL, {"t": "captions.set", "call": "k1", "on": True})
    assert floor.told(SAFETY, "captions")[-1] == {
        "t": "captions", "call": "k1", "on": True, "readers": 1, "reads": False, "mine": False
    }  # fmt: skip
    with pytest.raises(NotPermitted, match="do not let"):
        tap(SAFETY)
    floor.desk.message(SAFETY, {"t": "captions.set", "call": "k1", "mine": True})
    assert floor.told(SAFETY, "captions")[-1]["mine"] is True
    tap(SAFETY)
    await floor.quiet()
    assert floor.told(SAFETY, "rtc.desc")[-1]["pc"] == "tap"
    assert floor.told(SAFETY, "rtc.desc")[-1]["re"] == "t"
    assert floor.tapped == [("tap-k1", SAFETY.id)]
    assert floor.media.of("subscribe") == []
    line = {"final": True, "t0": 101.0, "age_ms": 300, "shown": True}
    floor.desk.heard("tap-k1", SAFETY.id, "들립니까", **line)
    floor.desk.heard("tap-k1", WALL.id, "내 말은 쓰지 않는다", **line)
    assert [(m["name"], m["text"]) for m in floor.told(WALL, "caption")] == [("안전총괄실", "들립니까")]
    floor.desk.message(SAFETY, {"t": "captions.set", "call": "k1", "mine": False})
    assert floor.tapped == []
    floor.desk.message(SAFETY, {"t": "captions.set", "call": "k1", "mine": True})
    tap(SAFETY)
    await floor.quiet()
    assert floor.tapped == [("tap-k1", SAFETY.id)]
    assert not floor.told(SAFETY, "caption")
    floor.desk.message(WALL, {"t": "captions.set", "call": "k1", "on": False})
    await floor.quiet()
    assert floor.tapped == []
    assert (SAFETY.id, "") in floor.media.of("leave")
    floor.desk.heard("tap-k1", SAFETY.id, "꺼진 뒤", **line)
    assert len(floor.told(WALL, "caption")) == 1


async def test_the_captions_of_a_call_end_with_it(floor: Floor) -> None:
    floor.speaking = [WALL.id, SAFETY.id]
    floor.desk.message(WALL, {"t": "captions.set", "call": "k1", "on": True})
    floor.desk.message(SAFETY, {"t": "captions.set", "call": "k1", "mine": True})
    offer = {"t": "rtc.desc", "call": "k1", "pc": "tap", "desc": {"type": "offer", "sdp": "v=0"}}
    floor.desk.message(SAFETY, offer, call="k1")
    await floor.quiet()
    assert floor.tapped
    floor.speaking = []
    floor.desk.tick(102.0)
    assert floor.tapped == []
    with pytest.raises((BadInput, NotPermitted)):
        floor.desk.message(SAFETY, offer, call="k1")
    with pytest.raises((BadInput, NotPermitted)):
        floor.desk.message(WALL, {"t": "rtc.desc", "room": "nowhere", "pc": "pub"})


async def test_media_that_break_are_made_anew(floor: Floor) -> None:
    for client in (WALL, SAFETY):
        await floor.say(client, "room.join")
        await floor.publish(client)
    wall, safety = f"feed-{WALL.id}", f"feed-{SAFETY.id}"

    async def happens(kind: EventKind, part: str = "", feed: str = "") -> None:
        floor.media.happened.put_nowait(EngineEvent(kind, ROOM, part, feed))
        await floor.quiet()

    # One subscription breaks: it is offered again, and what its part sends is there all the time.
    before = len(floor.told(WALL, "room.feeds"))
    await happens("failed", SAFETY.id, wall)
    assert floor.media.of("subscribe").count((SAFETY.id, wall)) == 2
    assert len(floor.told(SAFETY, "rtc.desc")) == 3, "the answer to its own offer, and the other's feed twice"
    assert len(floor.told(WALL, "room.feeds")) == before
    # What a part sends breaks: it is told that it is in, and makes all of its media anew.
    await happens("failed", SAFETY.id)
    assert floor.told(WALL, "room.feeds")[-1]["removed"] == [safety]
    assert len(floor.told(SAFETY, "room.joined")) == 2
    assert floor.media.of("subscribe").count((SAFETY.id, wall)) == 3
    assert len(floor.told(WALL, "room.joined")) == 1, "nobody else begins anew"
    # Another engine carries the room: so does everybody, but for who has lost his line.
    lost = Client(TV.id, TV.sid, TV.party, "tv", "TV")
    await floor.say(lost, "room.join")
    lost.lost_until = 115.0
    floor.desk.tick(101.0)
    await happens("unpublished", WALL.id, wall)
    await happens("reopened")
    assert [len(floor.told(client, "room.joined")) for client in (WALL, SAFETY, lost)] == [2, 3, 1]
    assert floor.media.of("open") == [("", "4")], "the engine has opened it by itself"
    await floor.publish(WALL)
    assert floor.media.of("subscribe").count((SAFETY.id, wall)) == 4
