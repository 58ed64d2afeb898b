"""A media engine that carries nothing: it notes what it is asked for, and a test says what happens in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any

from assistant.contracts import BadInput
from telephony.engines.engine import Description, EngineEvent


class FakeMedia:
    """As MediaEngine. asked: (method, room, part, more) in order."""

    name = "embedded"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str, str]] = []
        self.happened: asyncio.Queue[EngineEvent] = asyncio.Queue()
        self.sound: dict[tuple[str, str], asyncio.Queue[bytes]] = {}
        self.refuse: set[str] = set()

    def _note(self, method: str, room: str, part: str = "", more: str = "") -> None:
        self.asked.append((method, room, part, more))
        if method in self.refuse:
            raise BadInput("bad-description", "refused")

    async def open_room(self, room: str, *, most: int) -> None:
        self._note("open", room, "", str(most))

    async def close_room(self, room: str) -> None:
        self._note("close", room)

    async def publish(self, room: str, part: str, offer: Description) -> Description:
        self._note("publish", room, part)
        self.happened.put_nowait(EngineEvent("published", room, part, f"feed-{part}"))
        return Description("answer", "v=0 answer")

    async def subscribe(self, room: str, part: str, feed: str) -> tuple[str, Description]:
        self._note("subscribe", room, part, feed)
        return f"{part}-{feed}".replace(":", "-"), Description("offer", "v=0 offer")

    async def answer(self, subscription: str, answer: Description) -> None:
        self._note("answer", "", subscription)

    async def candidate(self, room: str, part: str, pc: str, candidate: Mapping[str, Any] | None) -> None:
        self._note("candidate", room, part, pc)

    async def leave(self, room: str, part: str) -> None:
        self._note("leave", room, part)

    async def silence(self, room: str, part: str, kinds: Collection[str]) -> None:
        self._note("silence", room, part, "+".join(sorted(kinds)))

    async def tap(self, room: str, part: str) -> AsyncIterator[bytes]:
        queue = self.sound.setdefault((room, part), asyncio.Queue())
        while True:
            yield await queue.get()

    async def events(self) -> AsyncIterator[EngineEvent]:
        while True:
            yield await self.happened.get()

    async def close(self) -> None:
        self._note("closed", "")

    def of(self, method: str) -> list[tuple[str, str]]:
        """(part, more) of every call of a method."""
        return [(part, more) for name, _, part, more in self.asked if name == method]
