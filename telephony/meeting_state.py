"""What one meeting is made of, and how it is told to people: the rows of its messages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from telephony.chat import Chat
from telephony.consent import KINDS, Consent, Kind
from telephony.pins import PinDoor
from telephony.room_effects import Person
from telephony.speakers import Speakers

Why = Literal["lobby", "consent", "host"]


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of all rooms. Seconds, but for the counts."""

    most: int = 6
    """People in a room, as the engine can bear."""
    grace_s: float = 15.0
    empty_s: float = 60.0
    wait_s: float = 900.0
    """So long may somebody wait at a door."""
    answer_s: float = 60.0
    """So long is a consent waited for."""
    one_screen: bool = True
    most_waiting: int = 30
    most_made: int = 3
    """Ad-hoc rooms of one party at a time."""
    most_rooms: int = 60


@dataclass(slots=True)
class Plan:
    """A room that can be met in. kind: standing (the registry's), made (room.create), call (upgraded) or event.

    invited: who enters without a lobby and without a PIN. maker: who made it, "" for nobody.
    """

    id: str
    title_ko: str
    title_en: str
    kind: Literal["standing", "made", "call", "event"]
    lobby: bool = False
    door: PinDoor | None = None
    most: int = 0
    maker: str = ""
    made_at: float = 0.0
    invited: set[str] = field(default_factory=set)

    def open_to(self, person: Person) -> bool:
        """Whether this person may know of the room."""
        if person.rooms is not None:
            return self.id in person.rooms and self.kind != "call"  # no link leads into a call
        if person.kind == "phone" or self.kind == "call":
            return person.owner in self.invited
        return True


@dataclass(slots=True)
class Member:
    """Somebody who is in. role: viewer sends no sound and no picture. away_at: since when his connection is lost."""

    person: Person
    joined_at: float
    role: Literal["speaker", "viewer"] = "speaker"
    mic: bool = False
    cam: bool = False
    screen: bool = False
    hand_at: float | None = None
    away_at: float | None = None
    follows: bool = True
    reads: bool = False
    voiced: bool = True
    quieted: set[str] = field(default_factory=set)
    """What the host has switched off (mic, cam, screen) and he has not switched on again."""
    silenced: tuple[Literal["audio", "video"], ...] = ()
    """What the engine holds back of him."""
    feeds: dict[str, None] = field(default_factory=dict)

    @property
    def publishes(self) -> bool:
        """Whether his sound and picture may be sent."""
        return self.person.publishes and self.role == "speaker"

    @property
    def held_back(self) -> tuple[Literal["audio", "video"], ...]:
        """What the engine is to hold back. Camera and screen are one picture: it goes as long as one of them may."""
        sound, camera = "mic" in self.quieted, "cam" in self.quieted and not self.screen
        pictures = "screen" in self.quieted or camera
        return (*(("audio",) if sound else ()), *(("video",) if pictures else ()))


@dataclass(slots=True)
class Waiter:
    """Somebody at the door. admitted: the host let him in (or the PIN did), something else keeps him still."""

    person: Person
    since: float
    why: Why
    admitted: bool
    away_at: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What everybody follows: a page of a document, or a panel."""

    document: str = ""
    panel: str = ""
    number: int = 1
    by: str = ""


@dataclass(slots=True)
class State:
    """One meeting. id: its own, another one each time the room is opened. host: "" while nobody may be it."""

    plan: Plan
    id: str
    members: dict[str, Member] = field(default_factory=dict)
    waiting: dict[str, Waiter] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    locked: bool = False
    host: str = ""
    presenter: str = ""
    page: Page | None = None
    chat: Chat = field(default_factory=Chat)
    consents: dict[Kind, Consent] = field(default_factory=lambda: {kind: Consent(kind) for kind in KINDS})
    speakers: Speakers = field(default_factory=Speakers)
    tapped: set[str] = field(default_factory=set)
    open: bool = False
    """Whether the engine has the room, and the record has begun."""
    empty_at: float | None = None

    # -- as it is told -----------------------------------------------------------------------------------------

    def role(self, part: str) -> str:
        """host, speaker or viewer."""
        member = self.members[part]
        return "host" if part == self.host else "speaker" if member.publishes else "viewer"

    @property
    def hands(self) -> list[str]:
        """Who wants to speak, in the order of asking."""
        raised = [(m.hand_at, part) for part, m in self.members.items() if m.hand_at is not None]
        return [part for _, part in sorted(raised)]

    def people(self, part: str) -> dict[str, Any]:
        """room.people as it is for `part`: only the host reads who waits."""
        waiting = [
            {"part": w.person.part, "name_ko": w.person.name_ko, "name_en": w.person.name_en, "why": w.why}
            for w in self.waiting.values()
        ]
        return {
            "people": [
                {
                    "part": name, "party": m.person.owner, "kind": m.person.kind,
                    "name_ko": m.person.name_ko, "name_en": m.person.name_en,
                    "role": self.role(name), "mic": m.mic, "cam": m.cam, "screen": m.screen,
                    "hand": m.hand_at is not None, "away": m.away_at is not None,
                }
                for name, m in self.members.items()
            ],
            "hands": self.hands,
            "host": self.host,
            "presenter": self.presenter,
            "locked": self.locked,
            **({"waiting": waiting} if part == self.host else {}),
        }  # fmt: skip

    def feeds(self, part: str) -> list[dict[str, str]]:
        """What `part` may subscribe to: everybody's feeds but his own."""
        return [{"feed": feed, "part": name} for name, m in self.members.items() if name != part for feed in m.feeds]

    @property
    def speaking(self) -> dict[str, Any]:
        """The fields of room.speaking."""
        return {"speaking": list(self.speakers.speaking), "main": self.speakers.main}

    @property
    def captioned(self) -> bool:
        """Whether what is said is being written, for readers or for the record: the badge."""
        return any(m.reads for m in self.members.values()) or self.consents["transcript"].state == "on"

    def captions(self, part: str) -> dict[str, Any]:
        """The fields of captions for `part`."""
        readers = sum(m.reads for m in self.members.values())
        member = self.members[part]
        return {"on": self.captioned, "readers": readers, "reads": member.reads, "mine": member.voiced}

    def recording(self, kind: Kind, part: str) -> dict[str, Any]:
        """The fields of recording for `part`."""
        consent = self.consents[kind]
        you = consent.answer_of(part) if concerns(self.members[part].person) else None
        by = consent.by if consent.state != "off" else ""
        return {"kind": kind, "state": consent.state, "by": by, "you": you, "open": consent.open, "why": consent.why}


def concerns(person: Person) -> bool:
    """Whether a record would hold this person's voice or picture, so that it needs his consent."""
    return person.publishes


def told(kind: str, room: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A message of a room."""
    return {"t": kind, "room": room, **fields}
