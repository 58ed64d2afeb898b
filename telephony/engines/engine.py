"""What every media engine does, whoever carries the media: rooms, parts that publish, feeds that are subscribed to.

A *part* is one participant of a room, by its address. A *feed* is what one part publishes, named by the engine. The
client offers what it publishes; the server always offers a subscription.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

JANUS_LOST = "janus-lost"
"""The reason of `closed` when Janus itself is gone."""
EventKind = Literal["published", "unpublished", "speaking", "failed", "closed", "reopened"]
Kind = Literal["audio", "video"]


@dataclass(frozen=True, slots=True)
class Description:
    """A session description. It is private: it never reaches a log."""

    type: Literal["offer", "answer"]
    sdp: str

    def __repr__(self) -> str:
        return f"Description({self.type}, {len(self.sdp)} characters)"


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """What happened in a room.

    published, unpublished: `feed` of `part` is there, or is no more. speaking: `level_db` is its loudness, 0 (loudest)
    to -127 dB. failed: `part` lost its media for `reason` and has left; with a `feed`, only its subscription to that
    feed has ended, and it may subscribe again. closed: the room is gone for `reason`; `part` is empty. reopened: what
    carried the room died, and another carries it now: it is empty, and its parts publish and subscribe anew.
    """

    kind: EventKind
    room: str
    part: str
    feed: str = ""
    level_db: float = 0.0
    reason: str = ""


class MediaEngine(Protocol):
    """Carries media. Every method but `tap` and `events` raises BadInput for a wrong description, room, part or feed,
    and Unavailable when the engine does not run or is full."""

    name: str
    """embedded, janus or livekit."""

    async def open_room(self, room: str, *, most: int) -> None:
        """Open a room for at most `most` parts; a room that is open already stays as it is."""

    async def close_room(self, room: str) -> None:
        """End a room and every connection in it; a room that is not open is no error."""

    async def publish(self, room: str, part: str, offer: Description) -> Description:
        """Take what a part sends: its offer in, the answer out. A second offer of the same part replaces the first."""

    async def subscribe(self, room: str, part: str, feed: str) -> tuple[str, Description]:
        """Let `part` receive `feed`: the subscription's id and the server's offer."""

    async def answer(self, subscription: str, answer: Description) -> None:
        """The client's answer to a subscription's offer."""

    async def candidate(self, room: str, part: str, pc: str, candidate: Mapping[str, Any] | None) -> None:
        """A client's ICE candidate (as RTCIceCandidateInit), None at their end. `pc`: `pub`, `tap` (what a part
        publishes for captions alone) or `sub:<subscription>`."""

    async def leave(self, room: str, part: str) -> None:
        """A part leaves: what it sent and received ends; one that is not there is no error."""

    async def silence(self, room: str, part: str, kinds: Collection[Kind]) -> None:
        """What of a part reaches nobody from now on, no subscriber, no telephone and no tap, whatever it sends and
        however often it publishes anew; empty: all of it goes through again. Holds until the part leaves by `leave`; a
        part or room that is not there is no error."""

    def tap(self, room: str, part: str) -> AsyncIterator[bytes]:
        """What a part says: 16 kHz mono s16le in pieces of 20 to 200 ms, until the part leaves."""

    def events(self) -> AsyncIterator[EngineEvent]:
        """What happens, for one listener, until the engine is closed."""

    async def close(self) -> None:
        """End all rooms."""
