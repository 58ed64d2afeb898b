"""What a room wants done: messages to people in it, orders to the media engine, and notes for the meeting record.

Every message that goes in or out of a room, by its `t`. `room` is in all of them, and left out below. Durations are
relative milliseconds. A `part` is one connection of a party; room.people says whose (`console:…`, `display:…`).

In (C->S):
  room.list {}                                              everything this person may enter
  room.create {title, pin?, lobby?, most?}                  an ad-hoc room; answered by room.joined of its maker
  room.join {media?: "audio"|"video"|"none", pin?}          answered by room.joined, room.waiting or error
  room.leave {}
  room.media {}                                             the way in, of an engine that pages speak with themselves
  room.admit {part: address|"*", admit: bool}               host: from the lobby
  room.moderate {do, part?, role?}                          host: see DEEDS
  room.chat {text, kind?: "text"|"decision"}
  room.page {document?|panel?, page?} or {off: true}        presenter turns, or shows nothing more
  room.page {follow: bool}                                  anybody stops or begins to follow
  call.state {mic?, cam?, screen?, hand?}                   with `room` in place of `call`
  captions.set {on?: bool, mine?: bool}                     wants to read them; lets his own voice be written
  recording.set {on: bool, kind?: "recording"|"transcript"} host asks everybody, or ends it
  consent.set {kind: "recording"|"transcript", agree: bool}

Out (S->C):
  room.list {rooms: [{room, title_ko, title_en, kind, people, most, live, locked, pin, lobby}]}
  room.waiting {why: "lobby"|"consent"|"host", kinds?}      nothing of the room is told before it is over
  room.joined {meeting, title_ko, title_en, me, role, people, hands, host, presenter, feeds, speaking, main,
               page, chat, captions, recording, locked, most, media?}
                                                            media: livekit, where the page asks for room.media; else
                                                            it is offered and answered (rtc.desc)
  room.media {engine, url, token, expires_in_ms, publish}   for this part alone; asked for anew whenever it is out
  room.people {people: [{part, party, kind, name_ko, name_en, role, mic, cam, screen, hand, away}], hands, host,
               presenter, locked, waiting?}                 waiting: only to the host
  room.feeds {added: [{feed, part}], removed: [feed]}
  room.speaking {speaking: [part], main: part|null}
  room.chat {n, part, name, text, kind, ago_ms}
  room.page {document, panel, page, by, hidden}             hidden: this person may not see it, so it is not named
  room.moderated {do, by, ...}                              what the host did to this person
  room.ended {reason: "left"|"removed"|"ended"|"empty"|"refused"|"host_gone"|"revoked"|"lost"|"engine"}
                                                            after host_gone a guest is told that he waits again
  captions {on, readers, reads, mine}                       the badge; told to everybody in the room
  caption {part, name, text, final, t0_ms, age_ms}          only to those who asked for captions
  recording {kind, state: "off"|"asking"|"on", by, you: null|"asked"|"agreed"|"declined", open: n, why}
  error {code, message}                                     `re` is put in by whoever holds the socket
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

INCOMING = (
    "room.list", "room.create", "room.join", "room.leave", "room.admit", "room.moderate", "room.chat", "room.page",
    "call.state", "captions.set", "recording.set", "consent.set",
)  # fmt: skip
OUTGOING = (
    "room.list", "room.waiting", "room.joined", "room.people", "room.feeds", "room.speaking", "room.chat", "room.page",
    "room.moderated", "room.ended", "captions", "caption", "recording", "error",
)  # fmt: skip
DEEDS = (
    "mute", "mute_all", "unmute", "stop_camera", "stop_screen", "remove", "lock", "unlock", "host", "presenter", "role",
    "lower_hand", "end",
)  # fmt: skip
"""Values of `do`; all but mute_all, lock, unlock and end name a `part`. role takes `role`: speaker or viewer. mute,
stop_camera and stop_screen hold in the engine, whatever the page does, until the person switches it on again himself
(call.state); a telephone cannot, so for it alone the host may `unmute`."""


@dataclass(frozen=True, slots=True)
class Send:
    """A message to every connection of a party. message: JSON-ready, with its `t`."""

    part: str
    message: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Engine:
    """An order to the media engine. open {room, most}, close {room}, leave {room, part}: as MediaEngine has them.
    silence {room, part, kinds}: what of a part reaches nobody (audio, video), until it leaves.
    tap, untap {room, part}: the captions begin or cease to hear a part."""

    do: Literal["open", "close", "leave", "silence", "tap", "untap"]
    room: str
    part: str = ""
    most: int = 0
    kinds: tuple[Literal["audio", "video"], ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the meeting record. Never logged: `data` may hold what people wrote. at: the clock's seconds.

    kinds: opened, joined, left, host, page, chat, decision, line (a caption that belongs to the transcript),
    transcript_on, transcript_off, recording_on, recording_off, withdrew (with data["kind"]), ended.
    """

    kind: str
    room: str
    meeting: str
    at: float
    part: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


Effect = Send | Engine | Note


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is, as his token says. kind: console, wall, tablet, watch, tv, guest (an on-site link) or phone.

    part: this one connection. party: whom it speaks for (`display:main` has a wall and a tablet); "": itself.
    rooms: the only rooms a guest may enter; None: any.
    """

    part: str
    kind: str
    name_ko: str
    name_en: str = ""
    rooms: frozenset[str] | None = None
    party: str = ""

    @property
    def owner(self) -> str:
        """The party: who is invited, removed, and may read the minutes."""
        return self.party or self.part

    @property
    def office(self) -> bool:
        """Whether it may host, record and create: guests and phones never."""
        return self.kind not in ("guest", "phone")

    @property
    def publishes(self) -> bool:
        """Whether its camera and microphone may be sent: a television only looks on."""
        return self.kind != "tv"
