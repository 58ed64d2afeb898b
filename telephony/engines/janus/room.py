"""What our side keeps of a Janus room."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from telephony.engines.embedded.listening import Listener
from telephony.engines.embedded.phone import PhoneLeg
from telephony.engines.janus.member import Ear, Mouth
from telephony.engines.offers import Section


@dataclass(slots=True, eq=False)
class Publisher:
    """A part that sends. id: Janus' number of it. sound: the mid of its first sound, "" for none. ears: of ours that
    hear it, by whom they are for. silent: the mids that Janus does not hand on."""

    part: str
    handle: int
    id: int = 0
    ice_user: str = ""
    feed: str = ""
    sections: tuple[Section, ...] = ()
    sound: str = ""
    negotiated: bool = False
    up: bool = False
    enforcing: asyncio.Lock = field(default_factory=asyncio.Lock)
    silent: set[str] = field(default_factory=set)
    candidates: int = 0
    ears: dict[object, tuple[int, Ear]] = field(default_factory=dict)
    patience: asyncio.TimerHandle | None = None


@dataclass(slots=True, eq=False)
class Subscription:
    """A feed on its way to a part, by a handle."""

    id: str
    part: str
    feed: str
    handle: int
    candidates: int = 0
    answered: bool = False
    patience: asyncio.TimerHandle | None = None


@dataclass(slots=True, eq=False)
class Phone:
    """A phone of the room."""

    leg: PhoneLeg
    mouth: Mouth


@dataclass(slots=True, eq=False)
class Room:
    """A room that is open. number: Janus' own name of it."""

    name: str
    number: int
    most: int
    publishers: dict[str, Publisher] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    listeners: dict[str, list[Listener]] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)
    silenced: dict[str, frozenset[str]] = field(default_factory=dict)
    """Of each part: the kinds of which nothing reaches anybody."""

    def parts(self) -> set[str]:
        """Everybody who sends or receives."""
        return set(self.publishers) | {its.part for its in self.subscriptions.values()}

    def publisher_of(self, feed: str) -> Publisher | None:
        """Whose feed it is."""
        return next((one for one in self.publishers.values() if feed and one.feed == feed), None)
