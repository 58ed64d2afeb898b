"""The call hub over sockets of a test's own: races, readers that are too slow, two hundred calls, the end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from assistant.contracts import BadInput, NotPermitted
from telephony.clients import Client
from telephony.effects import CallRecord
from telephony.hub import Caller, Hub
from telephony.seams import NoRooms
from tests.telephony.exchange_stage import Stage


class Log:
    def __init__(self) -> None:
        self.rows: list[tuple[CallRecord, float, float | None]] = []

    def write(self, record: CallRecord, started_at: float, ended_at: float | None) -> None:
        self.rows.append((record, started_at, ended_at))


class Wire:
    """A socket: what was sent to it, what it says. stuck: it takes nothing."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.says: asyncio.Queue[str | None] = asyncio.Queue()
        self.closed: tuple[int, str] | None = None
        self.stuck = asyncio.Event()
        self.stuck.set()

    async def send_text(self, text: str) -> None:
        await self.stuck.wait()
        self.got.put_nowait(json.loads(text))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.closed = (code, reason)
        self.says.put_nowait(None)

    async def frames(self) -> AsyncIterator[str]:
        while (text := await self.says.get()) is not None:
            yield text

    def say(self, t: str, **body: Any) -> None:
        self.says.put_nowait(json.dumps({"t": t, **body}))

    async def get(self, t: str) -> dict[str, Any]:
        async with asyncio.timeout(120):
            while (message := await self.got.get())["t"] != t:
                pass
        return message


async def until(test: Any) -> None:
    """Let the loop run until it holds."""
    async with asyncio.timeout(120):
        while not test():  # noqa: ASYNC110 - what is waited for is in other tasks of this loop
            await asyncio.sleep(0)


class Office:
    """A hub, and wires to it."""

    def __init__(self) -> None:
        self.stage, self.log = Stage(checked=False), Log()
        self.hub = Hub(self.stage.exchange, self.log, NoRooms(), clock=lambda: self.stage.now)
        self.serving: list[asyncio.Task[None]] = []

    async def join(self, role: str, name: str, department: str = "", **more: Any) -> Wire:
        kind = "console" if role == "console" else "display"
        wire = Wire()
        caller = Caller(f"{kind}:{name}", role, name, department, lambda: True)
        self.serving.append(asyncio.create_task(self.hub.serve(wire, caller, wire.frames())))
        wire.say("hello", v=1, **more)
        await wire.get("welcome")
        return wire

    async def end(self) -> None:
        await self.hub.stop()
        async with asyncio.timeout(120):
            await asyncio.gather(*self.serving)


@contextlib.asynccontextmanager
async def office() -> AsyncIterator[Office]:
    made = Office()
    yield made
    await made.end()


async def test_of_twenty_simultaneous_answers_one_wins_twenty_times_of_twenty() -> None:
    async with office() as made:
        wall = await made.join("wall", "main")
        consoles = [await made.join("console", f"fire-{n}", "fire") for n in range(20)]
        for n in range(20):
            made.stage.now += 60  # a minute: invitations are few
            key = f"race-{n:04}"
            wall.say("call.invite", call=key, to="dept:fire")
            for console in consoles:
                await console.get("call.incoming")
            for console in (*consoles[n:], *consoles[:n]):
                console.say("call.accept", call=key)
            by = (await wall.get("call.accepted"))["by"]["party"]
            assert sum(1 for party in made.stage.board.calls[key].members if party.startswith("console:")) == 1
            told = []
            for console in consoles:
                async with asyncio.timeout(120):
                    while (message := await console.got.get())["t"] not in ("call.accepted", "call.ended"):
                        pass
                told.append((message["t"], message.get("reason")))
            assert sorted(told) == [("call.accepted", None), *[("call.ended", "answered_elsewhere")] * 19]
            assert told.index(("call.accepted", None)) == int(by.removeprefix("console:fire-"))
            wall.say("call.hangup", call=key)
            await wall.get("call.ended")
        assert len([row for row in made.log.rows if row[2] is not None]) == 20


async def test_a_reader_that_is_too_slow_is_cut_off_and_holds_nobody_up() -> None:
    async with office() as made:
        slow, wall = await made.join("console", "fire-1", "fire"), await made.join("wall", "main")
        slow.stuck.clear()
        watch = await made.join("console", "fire-2", "fire")
        for n in range(1200):
            made.stage.now += 0.1
            watch.say("presence", status="away" if n % 2 else "dnd")
            slow.say("presence", status="dnd")
            if n % 50 == 0:
                await asyncio.sleep(0)
        await until(lambda: slow.closed)
        assert slow.closed == (1013, "too-slow")
        wall.say("call.accept", id="1", call="none-0001")
        assert (await wall.get("error"))["re"] == "1"


async def test_two_hundred_calls_over_sockets_leave_nothing_behind() -> None:
    async with office() as made:
        wall, console = await made.join("wall", "main"), await made.join("console", "fire-1", "fire")

        async def call(key: str) -> None:
            made.stage.now += 61
            wall.say("call.invite", call=key, to="dept:fire")
            await console.get("call.incoming")
            console.say("call.accept", call=key)
            await wall.get("call.accepted")
            wall.say("rtc.desc", call=key, desc={"type": "offer", "sdp": "v=0"})
            await console.get("rtc.desc")
            console.say("rtc.desc", call=key, desc={"type": "answer", "sdp": "v=0"})
            await wall.get("rtc.desc")
            wall.say("call.hangup", call=key)
            await wall.get("call.ended")
            await console.get("call.ended")

        def objects() -> int:
            gc.collect()
            return sum(1 for thing in gc.get_objects() if str(type(thing).__module__).startswith("telephony"))

        for n in range(260):
            await call(f"warm-{n:04}")
        made.log.rows.clear()
        before = objects()
        for n in range(200):
            await call(f"call-{n:04}")
        assert [row[0].reason for row in made.log.rows] == ["", "", "hangup"] * 200, "begun, answered, over"
        made.log.rows.clear()
        assert objects() == before


async def test_the_same_session_from_elsewhere_closes_the_first_socket() -> None:
    async with office() as made:
        first = Wire()
        caller = Caller("console:fire-1", "console", "fire-1", "fire", lambda: True)
        made.serving.append(asyncio.create_task(made.hub.serve(first, caller, first.frames())))
        first.say("hello", v=1)
        sid = (await first.get("welcome"))["sid"]
        second = Wire()
        made.serving.append(asyncio.create_task(made.hub.serve(second, caller, second.frames())))
        second.say("hello", v=1, resume=sid)
        assert (await second.get("welcome"))["resumed"] is True
        await until(lambda: first.closed)
        assert first.closed == (1000, "resumed-elsewhere")
        assert made.hub.connected() == 1
        client = made.stage.board.clients.of("console:fire-1")[0]
        assert client.lost_until is None, "the first one's going is not the second one's"


async def test_who_does_not_say_hello_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telephony.hub.HELLO_S", 0.01)
    made, wire = Office(), Wire()
    await made.hub.serve(wire, Caller("display:main", "wall", "main", "", lambda: True), wire.frames())
    assert wire.closed == (1008, "hello-timeout")


class Rooms:
    """A room desk that notes what it is told."""

    engine = "embedded"

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str]] = []
        self.gone_for_good: list[str] = []
        self.refuses = False

    def message(self, client: Client, message: Any, *, call: str = "") -> None:
        if self.refuses:
            raise NotPermitted("in-another-room", "leave the other room first")
        self.said.append((client.party, message["t"], call))

    def gone(self, client: Client) -> None:
        self.gone_for_good.append(client.party)

    def call_room(self, action: str, room: str, party: str) -> None:
        """Not asked here."""

    def tick(self, now: float) -> None:
        """Not asked here."""


async def test_rooms_get_their_messages_their_media_and_who_is_gone() -> None:
    async with office() as made:
        rooms = made.hub.rooms = Rooms()
        wall, console = await made.join("wall", "main"), await made.join("console", "fire-1", "fire")
        assert made.stage.exchange.engine == "embedded"
        wall.say("room.join", room="event:EQ-1")
        wall.say("rtc.desc", room="event:EQ-1", pc="pub", desc={"type": "offer", "sdp": "v=0"})
        wall.say("rtc.ice", room="event:EQ-1", pc="pub", cand=None)
        wall.say("call.state", room="event:EQ-1", hand=True)
        wall.say("call.invite", call="call-0001", to="dept:fire")
        await console.get("call.incoming")
        wall.say("rtc.desc", id="9", call="call-0001", pc="tap", desc={"type": "offer", "sdp": "v=0"})
        assert (await wall.get("error"))["code"] == "not-answered"
        console.say("call.accept", call="call-0001")
        await wall.get("call.accepted")
        wall.say("rtc.desc", call="call-0001", pc="tap", desc={"type": "offer", "sdp": "v=0"})
        for n in range(30):
            wall.say("rtc.desc", id=str(n), room="event:EQ-1", pc=f"sub:{n}", desc={"type": "answer", "sdp": "v=0"})
        assert (await wall.get("error"))["code"] == "too-many-connections"
        assert [said for said in rooms.said if said[1] != "rtc.desc"] == [
            ("display:main", "room.join", ""), ("display:main", "rtc.ice", ""), ("display:main", "call.state", ""),
        ]  # fmt: skip
        assert ("display:main", "rtc.desc", "call-0001") in rooms.said
        assert len(rooms.said) == 4 + 1 + 22
        other = await made.join("console", "safety-1", "safety")
        console.say("call.hangup", call="call-0001")
        await wall.get("call.ended")
        other.say("call.invite", call="call-0002", to="display:main")
        assert (await other.get("call.ended"))["reason"] == "busy", "who is in a meeting has no time"
        rooms.refuses = True
        wall.say("room.join", id="j", room="event:EQ-2")
        assert (await wall.get("error"))["code"] == "in-another-room"
        rooms.refuses = False
        assert not made.stage.board.free("display:main"), "nor after a door that stayed shut"
        key = made.stage.board.clients.media_client("display:main")
        assert key is not None
        made.hub.send(key.id, {"t": "room.ended", "room": "event:EQ-1", "reason": "ended"})
        other.say("call.invite", call="call-0003", to="display:main")
        await wall.get("call.incoming")
        other.say("call.cancel", call="call-0003")
        other.say("call.invite", call="call-0004", to="display:main")
        await wall.get("call.incoming")
        wall.say("call.accept", call="call-0004")
        await other.get("call.accepted")
        made.stage.board.calls["call-0004"].room = "call-call-0004"
        made.hub.send(key.id, {"t": "room.ended", "room": "call-call-0004", "reason": "engine"})
        made.hub.step(made.stage.now)
        assert (await other.get("call.ended"))["reason"] == "media_failed", "nobody stays busy in a call without a room"
        wall.say("rtc.desc", room="event:EQ-1", pc="pub", desc={"type": "offer", "sdp": "v=0"})
        await until(lambda: len(rooms.said) == 4 + 1 + 22 + 1)
        await wall.close()
        await until(lambda: made.hub.connected() == 2)
        made.stage.now += 14
        made.hub.step(made.stage.now)
        assert rooms.gone_for_good == []
        made.stage.now += 1
        made.hub.step(made.stage.now)
        assert rooms.gone_for_good == ["display:main"]


def test_without_rooms_there_is_an_error() -> None:
    with pytest.raises(Exception, match="no engine") as refused:
        NoRooms().message(Client("c", "s", "display:main", "wall", "main"), {"t": "room.list"})
    assert not isinstance(refused.value, BadInput)


async def test_a_party_has_so_many_connections() -> None:
    async with office() as made:
        for _ in range(12):
            await made.join("wall", "main")
        wire = Wire()
        made.serving.append(
            asyncio.create_task(
                made.hub.serve(wire, Caller("display:main", "wall", "main", "", lambda: True), wire.frames())
            )
        )
        wire.say("hello", v=1)
        assert (await wire.get("error"))["code"] == "too-many-clients"
        await until(lambda: wire.closed)
        await made.join("wall", "other")
