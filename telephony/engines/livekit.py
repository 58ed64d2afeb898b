"""A LiveKit server as the engine: the page speaks with it by LiveKit's own client; we give it the way in.

What passes between a page and LiveKit is no business of ours: there are no descriptions here, only tokens. LiveKit is
asked every POLL_S who is in a room and who sends: a page that vanished is noticed, and one that has no business there
(a token is good for a while) is put out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field

import httpx

from assistant.contracts import BadInput, Unavailable
from telephony.engines.engine import EngineEvent, Kind
from telephony.engines.eventing import EventQueue
from telephony.engines.grants import Grant
from telephony.engines.livekit_service import RoomService
from telephony.engines.livekit_tokens import TOKEN_S, Tokens

EMPTY_S = 300
"""An empty room that LiveKit itself ends after this long."""
POLL_S = 2.0
SOUND, PICTURE = ("microphone",), ("camera", "screen_share")
"""LiveKit's names of what is sent, as tokens have them; its room service has them in capitals."""


@dataclass(slots=True)
class _Room:
    """most: people. parts: who was given the way in and has not left, and whether he may send. sending: of whom LiveKit
    has tracks. silenced: what of a part reaches nobody, until it leaves."""

    most: int
    parts: dict[str, bool] = field(default_factory=dict)
    sending: set[str] = field(default_factory=set)
    silenced: dict[str, frozenset[Kind]] = field(default_factory=dict)


class LiveKit:
    """Rooms in a LiveKit server. url: for pages, ws(s)://; key, secret: of its configuration."""

    def __init__(
        self,
        url: str,
        key: str,
        secret: str,
        *,
        client: httpx.AsyncClient | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url, self._tokens = url.rstrip("/"), Tokens(key, secret, clock)
        self._service = RoomService(self._url, self._tokens, client)
        self._events = EventQueue()
        self._rooms: dict[str, _Room] = {}
        self._watching: asyncio.Task[None] | None = None

    def has(self, room: str) -> bool:
        """Whether a room is open here."""
        return room in self._rooms

    async def open_room(self, room: str, *, most: int) -> None:
        """See MediaEngine. Where it raises Unavailable, the room is opened by the next grant."""
        self._rooms.setdefault(room, _Room(most))
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch(), name="watch-livekit")
        await self._service.create(room, most=most, empty_s=EMPTY_S)

    async def close_room(self, room: str) -> None:
        """See MediaEngine."""
        if self._rooms.pop(room, None) is None:
            return
        try:
            await self._service.delete(room)
        finally:
            self._events.put(EngineEvent("closed", room, ""))

    async def grant(self, room: str, part: str, name: str, *, publish: bool) -> Grant:
        """See GrantingEngine. A server that has started anew knows nothing of the room: it is opened again."""
        its = self._rooms.get(room)
        if its is None:
            raise BadInput("no-such-room", "this room is not open")
        its.parts[part] = publish
        await self._service.create(room, most=its.most, empty_s=EMPTY_S)
        sources = self._sources(its, part)
        video = {
            "room": room, "roomJoin": True, "canPublish": bool(sources), "canPublishSources": sources,
            "canSubscribe": True, "canPublishData": False, "canUpdateOwnMetadata": False,
        }  # fmt: skip
        return Grant(self._url, self._tokens.made({"sub": part, "name": name or part, "video": video}), TOKEN_S)

    async def leave(self, room: str, part: str) -> None:
        """See MediaEngine."""
        if (its := self._rooms.get(room)) is not None:
            its.parts.pop(part, None)
            its.silenced.pop(part, None)
            self._sends(room, its, part, False)
            await self._service.remove(room, part)

    async def silence(self, room: str, part: str, kinds: Collection[Kind]) -> None:
        """See MediaEngine, but for two things: the page is told, since what it sends of these kinds ends; and when all
        goes through again it publishes anew, so that its feed may go and come."""
        its = self._rooms.get(room)
        if its is None:
            return
        its.silenced[part] = frozenset(kinds)
        if part in its.parts:
            sources = self._sources(its, part)
            permission = {
                "can_subscribe": True, "can_publish": bool(sources), "can_publish_data": False,
                "can_publish_sources": [source.upper() for source in sources],
            }  # fmt: skip
            await self._service.permit(room, part, permission)

    def silenced(self, room: str, part: str) -> frozenset[Kind]:
        """What of a part reaches nobody."""
        its = self._rooms.get(room)
        return frozenset() if its is None else its.silenced.get(part, frozenset())

    async def people(self, room: str) -> list[str]:
        """Who is in a room."""
        return [str(one.get("identity", "")) for one in await self._service.people(room)]

    async def look(self) -> None:
        """Ask LiveKit who is there and who sends, in every room, and tell what has changed. Raises Unavailable."""
        for room, its in list(self._rooms.items()):
            found = {str(one.get("identity", "")): one for one in await self._service.people(room)}
            if self._rooms.get(room) is not its:
                continue
            for part in found.keys() - its.parts.keys():
                await self._service.remove(room, part)
            for part in its.parts.keys() | its.sending:
                self._sends(room, its, part, bool(found.get(part, {}).get("tracks")))

    def events(self) -> AsyncIterator[EngineEvent]:
        """See MediaEngine."""
        return self._events.each()

    async def close(self) -> None:
        """See MediaEngine."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        for room in sorted(self._rooms):
            try:
                await self.close_room(room)
            except Unavailable:
                continue  # LiveKit ends it by itself, once it is empty
        await self._service.close()
        self._events.end()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            try:
                await self.look()
            except Unavailable:
                continue  # pages notice it themselves, and say so

    def _sends(self, room: str, its: _Room, part: str, sends: bool) -> None:
        """Who has tracks is a feed, by the name of the part. Of whom we did not let in nobody is told."""
        if sends and part in its.parts and part not in its.sending:
            its.sending.add(part)
            self._events.put(EngineEvent("published", room, part, part))
        elif not sends and part in its.sending:
            its.sending.discard(part)
            self._events.put(EngineEvent("unpublished", room, part, part))

    def _sources(self, its: _Room, part: str) -> list[str]:
        """What a part may send."""
        silenced = its.silenced.get(part, frozenset())
        wanted = [*(() if "audio" in silenced else SOUND), *(() if "video" in silenced else PICTURE)]
        return wanted if its.parts.get(part) else []
