"""Which engine carries a call or a room. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.contracts import Unavailable

EngineName = Literal["p2p", "embedded", "janus", "livekit"]
SMALL_ROOM = 6
"""What the embedded engine carries: a mesh of six is 30 forwarded streams, some third of one core."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is to meet. parties: how many at most. browsers: of these, in a browser of ours. A part by telephone, live
    captions made by a room, and a recording made by the server need the media to pass through the server."""

    parties: int
    browsers: int
    captions: bool = False
    recording: bool = False

    @property
    def direct(self) -> bool:
        """Two browsers and nobody else."""
        return self.parties == self.browsers == 2 and not self.captions and not self.recording


@dataclass(frozen=True, slots=True)
class Engines:
    """What is set up. rooms: the engine that `calls.engine` names. janus: whether Janus can be used at all."""

    rooms: Literal["embedded", "janus", "livekit"] = "embedded"
    janus: bool = False
    small_room: int = SMALL_ROOM


def choose(wish: Wish, engines: Engines) -> EngineName:
    """Two browsers speak with each other; a room goes where the settings say, and to Janus when it is too large for the
    embedded engine. Raises Unavailable `room-too-large`, with what to do, when nothing here carries so many."""
    if wish.direct:
        return "p2p"
    if engines.rooms != "embedded":
        return engines.rooms
    if wish.parties <= engines.small_room:
        return "embedded"
    if engines.janus:
        return "janus"
    raise Unavailable(
        "room-too-large",
        f"the embedded engine carries {engines.small_room} people; for more, install janus and name it in calls.engine",
    )
