"""An engine asked from the core's side: every request crosses the wire as JSON and comes out as it went in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from assistant.contracts import BadInput
from telephony.engines.engine import Description
from telephony.engines.remote import RemoteEngine
from telephony.engines.served import ServedEngine
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
    await remote.allow("r", "a", sound=False, picture=True)
    await remote.leave("r", "a")
    await remote.close_room("r")
    assert media.asked == [
        ("open", "r", "", "3"),
        ("publish", "r", "a", ""),
        ("subscribe", "r", "b", "feed-a"),
        ("answer", "", name, ""),
        ("candidate", "r", "a", "pub"),
        ("allow", "r", "a", "sound=False picture=True"),
        ("leave", "r", "a", ""),
        ("close", "r", "", ""),
    ]
    for wrong in ({"do": "dance"}, {"do": "allow", "room": "r", "part": "a", "sound": 1, "picture": True}):
        with pytest.raises(BadInput) as refused:
            await wire.ask(wrong)
        assert refused.value.code == "bad-request"
    await remote.close()
