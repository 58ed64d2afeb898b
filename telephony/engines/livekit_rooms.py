"""Rooms of which LiveKit carries some and an engine beside it the others, as one MediaEngine.

Beside it goes what LiveKit cannot do for us: rooms with a telephone in them, the voices of calls between two browsers
that are written as captions, and those of LiveKit's own rooms, which each page that agrees sends here a second time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from typing import Any, NoReturn

from assistant.contracts import BadInput, SeoulaError
from telephony.engines.engine import Description, EngineEvent, Kind, MediaEngine
from telephony.engines.eventing import EventQueue
from telephony.engines.grants import Grant
from telephony.engines.livekit import LiveKit

VOICES = "voices~"
"""Of the rooms beside those of LiveKit that take voices for captions; no room of ours has such a name."""
_MORE_VOICES = 200
_LAST_EVENTS_S = 0.5
"""So long are the last events of engines that are closed waited for."""


class LiveKitRooms:
    """beside: the other engine. is_beside: whether it carries a room of this name."""

    name = "livekit"

    def __init__(self, livekit: LiveKit, beside: MediaEngine, is_beside: Callable[[str], bool]) -> None:
        self.livekit, self._beside, self._is_beside = livekit, beside, is_beside
        self._events = EventQueue()
        self._voices: dict[str, set[str]] = {}
        """Of each of LiveKit's rooms whose voices come here: of whom one comes now."""
        self._taps: dict[tuple[str, str], asyncio.Event] = {}
        """Whose voice is listened to; set while it comes."""
        self._following: list[asyncio.Task[None]] = []

    def grants(self, room: str) -> bool:
        """See GrantingEngine."""
        return not self._is_beside(room)

    async def grant(self, room: str, part: str, name: str, *, publish: bool) -> Grant:
        """See GrantingEngine."""
        return await self.livekit.grant(room, part, name, publish=publish)

    async def voice(self, room: str, part: str, offer: Description) -> Description:
        """See GrantingEngine."""
        if not self.livekit.has(room):
            raise BadInput("no-such-room", "this room is not open")
        await self._beside.open_room(VOICES + room, most=_MORE_VOICES)
        self._voices.setdefault(room, set())
        await self._beside.silence(VOICES + room, part, self.livekit.silenced(room, part))
        return await self._beside.publish(VOICES + room, part, offer)

    async def voice_candidate(self, room: str, part: str, candidate: Mapping[str, Any] | None) -> None:
        """See GrantingEngine."""
        await self._beside.candidate(VOICES + room, part, "pub", candidate)

    async def open_room(self, room: str, *, most: int) -> None:
        """See MediaEngine."""
        await (self.livekit if self.grants(room) else self._beside).open_room(room, most=most)

    async def close_room(self, room: str) -> None:
        """See MediaEngine."""
        if not self.grants(room):
            await self._beside.close_room(room)
            return
        if self._voices.pop(room, None) is not None:
            with contextlib.suppress(SeoulaError):
                await self._beside.close_room(VOICES + room)
        await self.livekit.close_room(room)

    async def publish(self, room: str, part: str, offer: Description) -> Description:
        """See MediaEngine. Raises BadInput `livekit-page`."""
        self._must_be_beside(room)
        return await self._beside.publish(room, part, offer)

    async def subscribe(self, room: str, part: str, feed: str) -> tuple[str, Description]:
        """See MediaEngine. Raises BadInput `livekit-page`."""
        self._must_be_beside(room)
        return await self._beside.subscribe(room, part, feed)

    async def answer(self, subscription: str, answer: Description) -> None:
        """See MediaEngine."""
        await self._beside.answer(subscription, answer)

    async def candidate(self, room: str, part: str, pc: str, candidate: Mapping[str, Any] | None) -> None:
        """See MediaEngine. Raises BadInput `livekit-page`."""
        self._must_be_beside(room)
        await self._beside.candidate(room, part, pc, candidate)

    async def leave(self, room: str, part: str) -> None:
        """See MediaEngine."""
        if not self.grants(room):
            await self._beside.leave(room, part)
            return
        if room in self._voices:
            with contextlib.suppress(SeoulaError):
                await self._beside.leave(VOICES + room, part)
        await self.livekit.leave(room, part)

    async def silence(self, room: str, part: str, kinds: Collection[Kind]) -> None:
        """See MediaEngine. A voice that is sent for the captions is held back with the sound."""
        if not self.grants(room):
            await self._beside.silence(room, part, kinds)
            return
        if room in self._voices:
            with contextlib.suppress(SeoulaError):
                await self._beside.silence(VOICES + room, part, kinds)
        await self.livekit.silence(room, part, kinds)

    async def tap(self, room: str, part: str) -> AsyncIterator[bytes]:
        """See MediaEngine. In a room of LiveKit: whenever the page sends its voice, until nobody asks any more."""
        if not self.grants(room):
            async for piece in self._beside.tap(room, part):
                yield piece
            return
        coming = self._taps[room, part] = asyncio.Event()
        if part in self._voices.get(room, ()):
            coming.set()
        try:
            while True:
                await coming.wait()
                with contextlib.suppress(SeoulaError):  # the engine beside is gone: the page sends its voice anew
                    async for piece in self._beside.tap(VOICES + room, part):
                        yield piece
                coming.clear()
        finally:
            self._taps.pop((room, part), None)

    def events(self) -> AsyncIterator[EngineEvent]:
        """See MediaEngine."""
        if not self._following:
            self._following = [asyncio.create_task(self._follow(one)) for one in (self.livekit, self._beside)]
        return self._events.each()

    async def close(self) -> None:
        """See MediaEngine."""
        await self.livekit.close()
        await self._beside.close()
        if self._following:
            await asyncio.wait(self._following, timeout=_LAST_EVENTS_S)
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)
        self._events.end()

    async def _follow(self, engine: LiveKit | MediaEngine) -> None:
        async for event in engine.events():
            if event.room.startswith(VOICES):
                self._voice(event)
            else:
                self._events.put(event)

    def _voice(self, event: EngineEvent) -> None:
        """A voice comes, or does not come any more."""
        room = event.room.removeprefix(VOICES)
        there, coming = self._voices.get(room, set()), self._taps.get((room, event.part))
        match event.kind:
            case "published":
                there.add(event.part)
                if coming is not None:
                    coming.set()
            case "unpublished" | "failed":
                there.discard(event.part)
                if coming is not None:
                    coming.clear()
            case "closed":
                there.clear()

    def _must_be_beside(self, room: str) -> None:
        if self.grants(room):
            _refuse()


def _refuse() -> NoReturn:
    raise BadInput("livekit-page", "the page speaks with LiveKit itself; it needs an address and a token")
