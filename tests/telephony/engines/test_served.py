"""An engine asked from the core's side: every request crosses the wire as JSON and comes out as it went in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from assistant.contracts import BadInput, Unavailable
from telephony.engines import remote as remote_side
from telephony.engines.engine import Description, EngineEvent
from telephony.engines.remote import RemoteEngine
from telephony.engines.served import ServedEngine
from tests.assistant.worker_fakes import idle
from tests.telephony.engines.clients import eventually
from tests.telephony.fake_media import FakeMedia


class Wire:
    """A Link whose other end is here."""

    def __init__(self, media: FakeMedia) -> None:
        self.told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.served = ServedEngine(media, self._tell)

    async def _tell(self, message: dict[str, Any]) -> None:
        self.told.put_nowait(json.loads(json.dumps(message)))

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        answer = await self.served.ask(json.loads(json.dumps(request)))
        return dict(json.loads(json.dumps(answer)))

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        while True:
            yield await self.told.get()


async def test_every_request_reaches_the_engine() -> None:
    media = FakeMedia()
    wire = Wire(media)
    remote = RemoteEngine(wire, "embedded")
    await remote.open_room("r", most=3)
    assert (await remote.publish("r", "a", Description("offer", "v=0"))).type == "answer"
    name, offer = await remote.subscribe("r", "b", "feed-a")
    assert offer.type == "offer"
    await remote.answer(name, Description("answer", "v=0"))
    await remote.candidate("r", "a", "pub", None)
    await remote.silence("r", "a", ["video", "audio"])
    await remote.leave("r", "a")
    await remote.close_room("r")
    assert media.asked == [
        ("open", "r", "", "3"),
        ("publish", "r", "a", ""),
        ("subscribe", "r", "b", "feed-a"),
        ("answer", "", name, ""),
        ("candidate", "r", "a", "pub"),
        ("silence", "r", "a", "audio+video"),
        ("leave", "r", "a", ""),
        ("close", "r", "", ""),
    ]
    with pytest.raises(BadInput) as refused:
        await wire.ask({"do": "dance"})
    assert refused.value.code == "bad-request"
    await remote.close()


class Down(Wire):
    """A Link whose other end can be away."""

    away = False

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        if self.away:
            raise Unavailable("calling-unavailable", "the worker is not running")
        return await super().ask(request)


async def test_a_room_outlives_the_worker_that_carried_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_side, "MEND_EVERY_S", 0.0)
    media = FakeMedia()
    wire = Down(media)
    remote = RemoteEngine(wire, "embedded")
    told: list[EngineEvent] = []

    async def listen() -> None:
        async for event in remote.events():
            told.append(event)

    listening, telling = asyncio.create_task(listen()), asyncio.create_task(wire.served.run())
    await remote.open_room("r", most=3)
    await remote.publish("r", "a", Description("offer", "v=0"))
    await eventually(lambda: [its.kind for its in told] == ["published"])
    wire.away = True
    wire.told.put_nowait({"event": "lost"})
    await eventually(lambda: [(its.kind, its.feed) for its in told[1:]] == [("unpublished", "feed-a")])
    with pytest.raises(Unavailable):
        await remote.publish("r", "a", Description("offer", "v=0"))
    wire.away = False
    await eventually(lambda: told[-1].kind == "reopened")
    assert media.of("open") == [("", "3"), ("", "3")]

    # One that is closed meanwhile stays closed; one that nobody carries again is ended, in words.
    await remote.open_room("other", most=2)
    wire.away = True
    wire.told.put_nowait({"event": "lost"})
    await idle()
    await remote.close_room("other")
    await eventually(lambda: [(its.kind, its.room) for its in told[-1:]] == [("closed", "other")])
    wire.away = False
    await eventually(lambda: told[-1].kind == "reopened")
    wire.away = True
    monkeypatch.setattr(remote_side, "MEND_FOR_S", 0.0)
    wire.told.put_nowait({"event": "lost"})
    await eventually(lambda: (told[-1].kind, told[-1].room, told[-1].reason) == ("closed", "r", "worker-lost"))
    await remote.close()
    telling.cancel()
    await asyncio.gather(listening, telling, return_exceptions=True)
