"""The core's side of an engine that runs in the calling worker. When the worker dies its rooms are closed, in words."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any

from assistant.contracts import BadInput, SeoulaError
from telephony.engines.engine import Description, EngineEvent
from telephony.engines.eventing import EventQueue
from telephony.engines.wire import Link, description_of, event_of, json_of

WORKER_LOST = "worker-lost"
"""The reason of `closed` when the process that carried the media is gone."""
MOST_PIECES = 300


class RemoteEngine:
    """A MediaEngine by way of a Link. name: embedded or janus, whichever runs there."""

    def __init__(self, link: Link, name: str) -> None:
        self.name = name
        self._link = link
        self._events = EventQueue()
        self._rooms: set[str] = set()
        self._taps: dict[str, asyncio.Queue[bytes | None]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def open_room(self, room: str, *, most: int) -> None:
        """See MediaEngine."""
        self._read()
        self._rooms.add(room)
        try:
            await self._link.ask({"do": "open_room", "room": room, "most": most})
        except SeoulaError:
            self._rooms.discard(room)
            raise

    async def close_room(self, room: str) -> None:
        """See MediaEngine."""
        if room in self._rooms:
            await self._link.ask({"do": "close_room", "room": room})

    async def publish(self, room: str, part: str, offer: Description) -> Description:
        """See MediaEngine."""
        request = {"do": "publish", "room": room, "part": part, "offer": json_of(offer)}
        return description_of((await self._link.ask(request)).get("answer"))

    async def subscribe(self, room: str, part: str, feed: str) -> tuple[str, Description]:
        """See MediaEngine."""
        reply = await self._link.ask({"do": "subscribe", "room": room, "part": part, "feed": feed})
        return str(reply.get("subscription")), description_of(reply.get("offer"))

    async def answer(self, subscription: str, answer: Description) -> None:
        """See MediaEngine."""
        await self._link.ask({"do": "answer", "subscription": subscription, "answer": json_of(answer)})

    async def candidate(self, room: str, part: str, pc: str, candidate: Mapping[str, Any] | None) -> None:
        """See MediaEngine."""
        plain = None if candidate is None else dict(candidate)
        await self._link.ask({"do": "candidate", "room": room, "part": part, "pc": pc, "candidate": plain})

    async def leave(self, room: str, part: str) -> None:
        """See MediaEngine."""
        if room in self._rooms:
            await self._link.ask({"do": "leave", "room": room, "part": part})

    async def allow(self, room: str, part: str, *, sound: bool, picture: bool) -> None:
        """See MediaEngine."""
        await self._link.ask({"do": "allow", "room": room, "part": part, "sound": sound, "picture": picture})

    async def tap(self, room: str, part: str) -> AsyncIterator[bytes]:
        """See MediaEngine."""
        if room not in self._rooms:
            raise BadInput("no-such-room", "this room is not open")
        self._read()
        name = secrets.token_hex(8)
        pieces = self._taps[name] = asyncio.Queue()
        try:
            await self._link.ask({"do": "tap", "tap": name, "room": room, "part": part})
            while (piece := await pieces.get()) is not None:
                yield piece
        finally:
            if self._taps.pop(name, None) is not None:
                with contextlib.suppress(SeoulaError):
                    await self._link.ask({"do": "untap", "tap": name})

    def events(self) -> AsyncIterator[EngineEvent]:
        """See MediaEngine."""
        self._read()
        return self._events.each()

    async def close(self) -> None:
        """See MediaEngine."""
        for room in list(self._rooms):
            with contextlib.suppress(SeoulaError):
                await self.close_room(room)
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        self._end_taps()
        self._events.end()

    def _read(self) -> None:
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        async for message in self._link.events():
            match message.get("event"):
                case "engine":
                    self._happened(message)
                case "tap":
                    self._heard(message)
                case "lost":
                    self._lost()

    def _happened(self, message: Mapping[str, Any]) -> None:
        try:
            event = event_of(message)
        except BadInput:
            return
        if event.room in self._rooms:
            if event.kind == "closed":
                self._rooms.discard(event.room)
            self._events.put(event)

    def _heard(self, message: Mapping[str, Any]) -> None:
        pieces, pcm = self._taps.get(str(message.get("tap"))), message.get("pcm")
        if pieces is None:
            return
        if not isinstance(pcm, str):
            self._taps.pop(str(message.get("tap")))
            pieces.put_nowait(None)
            return
        if pieces.qsize() >= MOST_PIECES:
            pieces.get_nowait()
        with contextlib.suppress(binascii.Error, ValueError):
            pieces.put_nowait(base64.b64decode(pcm, validate=True))

    def _lost(self) -> None:
        for room in sorted(self._rooms):
            self._events.put(EngineEvent("closed", room, "", reason=WORKER_LOST))
        self._rooms.clear()
        self._end_taps()

    def _end_taps(self) -> None:
        for pieces in self._taps.values():
            pieces.put_nowait(None)
        self._taps.clear()
