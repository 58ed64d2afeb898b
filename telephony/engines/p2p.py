"""No engine at all: two browsers, and the server passes on what they say about it. Media never comes here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, NoReturn

from assistant.contracts import BadInput
from telephony.engines.engine import Description, EngineEvent
from telephony.engines.eventing import EventQueue

MOST = 2


class PeerToPeer:
    """A MediaEngine that keeps to two, and says so of everything that would need a server."""

    name = "p2p"

    def __init__(self) -> None:
        self._rooms: set[str] = set()
        self._events = EventQueue()

    async def open_room(self, room: str, *, most: int) -> None:
        """Raises BadInput `peer-to-peer` for more than two."""
        if most > MOST:
            raise BadInput("peer-to-peer", f"without an engine a call has {MOST} parties, not {most}")
        self._rooms.add(room)

    async def close_room(self, room: str) -> None:
        """See MediaEngine."""
        if room in self._rooms:
            self._rooms.discard(room)
            self._events.put(EngineEvent("closed", room, ""))

    async def publish(self, room: str, part: str, offer: Description) -> Description:
        """Raises BadInput `peer-to-peer`."""
        _refuse()

    async def subscribe(self, room: str, part: str, feed: str) -> tuple[str, Description]:
        """Raises BadInput `peer-to-peer`."""
        _refuse()

    async def answer(self, subscription: str, answer: Description) -> None:
        """Raises BadInput `peer-to-peer`."""
        _refuse()

    async def candidate(self, room: str, part: str, pc: str, candidate: Mapping[str, Any] | None) -> None:
        """Raises BadInput `peer-to-peer`."""
        _refuse()

    async def leave(self, room: str, part: str) -> None:
        """Nothing is held for anybody."""

    async def tap(self, room: str, part: str) -> AsyncIterator[bytes]:
        """Raises BadInput `peer-to-peer`: for captions of such a call a real engine takes a connection of its own."""
        _refuse()
        yield b""

    def events(self) -> AsyncIterator[EngineEvent]:
        """See MediaEngine."""
        return self._events.each()

    async def close(self) -> None:
        """See MediaEngine."""
        for room in sorted(self._rooms):
            await self.close_room(room)
        self._events.end()


def _refuse() -> NoReturn:
    raise BadInput("peer-to-peer", "the media of this call does not pass through the server")
