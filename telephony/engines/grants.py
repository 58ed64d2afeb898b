"""Engines whose pages speak with a media server themselves: they are given the way in; no descriptions pass here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from telephony.engines.engine import Description


@dataclass(frozen=True, slots=True)
class Grant:
    """The way into one room for one part. url: ws(s)://. token: never logged; good for joining within `lasts_s`."""

    url: str
    token: str
    lasts_s: int

    def __repr__(self) -> str:
        return f"Grant({self.url})"


@runtime_checkable
class GrantingEngine(Protocol):
    """What such an engine does beside MediaEngine."""

    def grants(self, room: str) -> bool:
        """Whether pages enter this room with a grant; else it is offered and answered as anywhere."""

    async def grant(self, room: str, part: str, name: str, *, publish: bool) -> Grant:
        """The way in, new each time. name: as the others see it. publish: whether it may send anything.

        Raises BadInput `no-such-room`, Unavailable.
        """

    async def voice(self, room: str, part: str, offer: Description) -> Description:
        """What a part says in such a room, sent here beside it for the captions: its offer in, the answer out.

        Raises BadInput, Unavailable.
        """

    async def voice_candidate(self, room: str, part: str, candidate: dict[str, object] | None) -> None:
        """An ICE candidate of that connection."""
