"""The core's side of an engine that runs in the calling worker. When what carries its rooms dies, they are opened again
in its successor; where there is none, they are closed, in words."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import secrets
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.contracts import BadInput, SeoulaError, Unavailable
from telephony.engines.engine import JANUS_LOST, Description, EngineEvent, Kind
from telephony.engines.eventing import EventQueue
from telephony.engines.wire import Link, description_of, event_of, json_of

WORKER_LOST = "worker-lost"
"""The reason of `closed` when the process that carried the media is gone, and none came in its place."""
MENDED = frozenset({WORKER_LOST, JANUS_LOST})
"""Reasons after which a room is opened again."""
MEND_EVERY_S, MEND_FOR_S = 0.25, 45.0
"""How often a lost room is asked for again, and how long: a supervised process is back within that time, or ill."""
MOST_PIECES = 300


@dataclass(slots=True)
class _Room:
    """What the core knows of a room that it has opened. feeds: whose they are."""

    most: int
    feeds: dict[str, str] = field(default_factory=dict)
    mending: asyncio.Task[None] | None = None
    losses: int = 0


class RemoteEngine:
    """A MediaEngine by way of a Link. name: embedded or janus, whichever runs there."""

    def __init__(self, link: Link, name: str) -> None:
        self.name = name
        self._link = link
        self._events = EventQueue()
        self._rooms: dict[str, _Room] = {}
        self._taps: dict[str, asyncio.Queue[bytes | None]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def open_room(self, room: str, *, most: int) -> None:
        """See MediaEngine. Where it raises Unavailable, it goes on trying: `reopened`, or `closed`, follows."""
        self._read()
        known = self._rooms.setdefault(room, _Room(most))
        try:
            await self._link.ask({"do": "open_room", "room": room, "most": most})
        except Unavailable:
            self._mend(room, known, WORKER_LOST)
            raise
        except SeoulaError:
            self._rooms.pop(room, None)
            raise

    async def close_room(self, room: str) -> None:
        """See MediaEngine."""
        if (known := self._rooms.get(room)) is None:
            return
        if known.mending is not None:  # it is nowhere now; what is being opened is closed as soon as it is
            self._forget(room, "")
            return
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

    async def silence(self, room: str, part: str, kinds: Collection[Kind]) -> None:
        """See MediaEngine. A room that is opened again knows nothing of it: it is said anew with `reopened`."""
        if (known := self._rooms.get(room)) is not None and known.mending is None:
            await self._link.ask({"do": "silence", "room": room, "part": part, "kinds": sorted(kinds)})

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
        tasks = [task for task in (self._reading, *(its.mending for its in self._rooms.values())) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
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
        if (known := self._rooms.get(event.room)) is None:
            return
        if event.kind == "closed" and event.reason in MENDED:
            self._mend(event.room, known, event.reason)
        elif event.kind == "closed":
            self._forget(event.room, event.reason)
        else:
            if event.kind == "published":
                known.feeds[event.feed] = event.part
            elif event.kind == "unpublished" and known.feeds.pop(event.feed, None) is None:
                return
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
        for name, room in sorted(self._rooms.items()):
            self._mend(name, room, WORKER_LOST)
        self._end_taps()

    def _forget(self, name: str, reason: str) -> None:
        if self._rooms.pop(name, None) is not None:
            self._events.put(EngineEvent("closed", name, "", reason=reason))

    def _mend(self, name: str, room: _Room, reason: str) -> None:
        """What carried a room is gone: nothing of it is left, and it is opened again once there is another."""
        room.losses += 1
        while room.feeds:
            feed, part = room.feeds.popitem()
            self._events.put(EngineEvent("unpublished", name, part, feed))
        if room.mending is None:
            room.mending = asyncio.ensure_future(self._reopen(name, room, reason))

    async def _reopen(self, name: str, room: _Room, reason: str) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + MEND_FOR_S
        while self._rooms.get(name) is room:
            losses = room.losses
            try:
                await self._link.ask({"do": "open_room", "room": name, "most": room.most})
            except SeoulaError:
                if clock() >= until:
                    self._forget(name, reason)
                    return
                await asyncio.sleep(MEND_EVERY_S)
                continue
            if losses == room.losses:
                break
        if self._rooms.get(name) is room:
            room.mending = None
            self._events.put(EngineEvent("reopened", name, ""))
        elif name not in self._rooms:
            with contextlib.suppress(SeoulaError):
                await self._link.ask({"do": "close_room", "room": name})

    def _end_taps(self) -> None:
        for pieces in self._taps.values():
            pieces.put_nowait(None)
        self._taps.clear()
