"""Who calls and is called: addresses (`console:fire-1`, `dept:fire`), and what a paired device may do here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.contracts import BadInput

DEPARTMENT, CONSOLE, DISPLAY, PHONE, ROOM, GUEST = "dept", "console", "display", "sip", "room", "guest"
KINDS = (DEPARTMENT, CONSOLE, DISPLAY, PHONE, ROOM, GUEST)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_URI = re.compile(r"(?:sips?:)?[A-Za-z0-9+*#._~-]{1,64}(?:@[A-Za-z0-9.-]{1,255}(?::\d{1,5})?)?")

MEDIA_RANK = {"console": 0, "guest": 0, "wall": 0, "tablet": 1}
"""The roles whose clients have microphone and camera; of one party the lowest makes the media."""
OFFICE_ROLES = frozenset({"wall", "tv", "tablet", "watch"})
"""Screens of an office display. A television only watches; a watch asks, and the wall or the tablet makes the media."""
CALLERS = frozenset({"console", "wall", "tablet", "watch"})
"""The roles that may place, answer and steer calls."""


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """kind: one of KINDS. id: what the kind is told by; of a phone its URI without the scheme `sip:` twice."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """`kind:id`. Raises BadInput("bad-address")."""
        kind, _, name = text.partition(":")
        wanted = _URI if kind == PHONE else _ID
        if kind not in KINDS or not wanted.fullmatch(name):
            raise BadInput("bad-address", "an address is dept:ID, console:ID, display:ID, sip:URI, room:ID or guest:ID")
        return cls(kind, name)


def party_of(role: str, display: str) -> Address | None:
    """The party that a paired device belongs to; None: its role has no part in calls."""
    if role == "console":
        return Address(CONSOLE, display)
    return Address(DISPLAY, display) if role in OFFICE_ROLES else None
