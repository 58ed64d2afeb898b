"""What the embedded engine keeps of a room."""

from __future__ import annotations

from dataclasses import dataclass, field

from telephony.engines.embedded.connection import Connection
from telephony.engines.embedded.forward import FeedTrack, Source
from telephony.engines.embedded.listening import Listener
from telephony.engines.embedded.phone import PhoneLeg
from telephony.engines.levels import Floor


@dataclass(slots=True, eq=False)
class Publisher:
    """A part that sends: by a connection of its own, or by a phone. `feed`: its name once others may have it."""

    part: str
    connection: Connection | None = None
    phone: PhoneLeg | None = None
    ice_user: str = ""
    feed: str = ""
    sources: list[Source] = field(default_factory=list)

    @property
    def sound(self) -> Source | None:
        """Its first sound."""
        return next((source for source in self.sources if source.kind == "audio"), None)


@dataclass(slots=True, eq=False)
class Subscription:
    """A feed on its way to a part."""

    id: str
    part: str
    feed: str
    connection: Connection
    tracks: list[FeedTrack] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Room:
    """A room that is open."""

    name: str
    most: int
    publishers: dict[str, Publisher] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    listeners: dict[str, list[Listener]] = field(default_factory=dict)
    floor: Floor = field(default_factory=Floor)
    silenced: dict[str, frozenset[str]] = field(default_factory=dict)
    """Of each part: the kinds of which nothing reaches anybody."""

    def may(self, part: str, kind: str) -> bool:
        """Whether what a part sends of a kind is handed on."""
        return kind not in self.silenced.get(part, ())

    def silence(self, part: str, kinds: frozenset[str]) -> None:
        """Hold back these kinds of a part from now on."""
        self.silenced[part] = kinds
        if not kinds:
            del self.silenced[part]
        if "audio" in kinds:
            self.floor.left(part)
        if (publisher := self.publishers.get(part)) is not None:
            for source in publisher.sources:
                source.let(through=source.kind not in kinds)

    def parts(self) -> set[str]:
        """Everybody who sends or receives."""
        return set(self.publishers) | {its.part for its in self.subscriptions.values()}

    def publisher_of(self, feed: str) -> Publisher | None:
        """Whose feed it is."""
        return next((one for one in self.publishers.values() if feed and one.feed == feed), None)

    def connections(self, part: str | None = None) -> int:
        """How many connections there are, or one part has."""
        publishing = [its for its in self.publishers.values() if its.connection and part in (None, its.part)]
        return len(publishing) + len([its for its in self.subscriptions.values() if part in (None, its.part)])
