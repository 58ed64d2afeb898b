"""One call: its members, whom it rings at, and what may come next. Pure; times are seconds on one clock.

announced -> ringing -> connecting -> active (some of its members may hold it) -> ended, for exactly one reason
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from telephony.directory import Step
from telephony.effects import CallRecord


class Phase(StrEnum):
    """announced: a spoken wish that can still be taken back."""

    ANNOUNCED = "announced"
    RINGING = "ringing"
    CONNECTING = "connecting"
    ACTIVE = "active"
    ENDED = "ended"


class Reason(StrEnum):
    """Why a call ended, or why it ended for one party while it goes on for others."""

    HANGUP = "hangup"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    OFFLINE = "offline"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    CONNECTION_LOST = "connection_lost"
    MEDIA_FAILED = "media_failed"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    TRANSFERRED = "transferred"
    ERROR = "error"


class Alert(StrEnum):
    """How the ringing stands at one party."""

    ALERTING = "alerting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    BUSY = "busy"
    LOST = "lost"


class Purpose(StrEnum):
    """What becomes of the party that answers: the other side of a new call, one more, or another's successor."""

    CALL = "call"
    ADD = "add"
    TRANSFER = "transfer"


MISSED = frozenset({Reason.NO_ANSWER, Reason.CANCELLED, Reason.CONNECTION_LOST, Reason.OFFLINE, Reason.BUSY})
"""Endings after which whoever was called has missed it."""


@dataclass(slots=True)
class Member:
    """A party in a call. client: where its media is made, "" for a telephone. leg: the telephone's. sent: the address
    that it has been asked to call instead of us."""

    party: str
    client: str = ""
    leg: str = ""
    sent: str = ""
    holds: bool = False
    state: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Ring:
    """Ringing at the places of a route, one after the other. by: who asked for it. met_busy: somebody was there and
    had no time. leg: of the telephone that rings."""

    to: str
    purpose: Purpose
    by: str
    route: list[Step]
    seconds: float
    alerts: dict[str, Alert] = field(default_factory=dict)
    until: float = float("inf")
    department: str = ""
    leg: str = ""

    def alerting(self) -> list[str]:
        """The parties where it rings now."""
        return [party for party, alert in self.alerts.items() if alert is Alert.ALERTING]


@dataclass(slots=True)
class Call:
    """departments etc. as CallRecord. until: of the phases that end by themselves. room: "" while it is between two
    browsers. rang: every party where it rang, in order. legs: telephones dialled so far."""

    id: str
    to: str
    media: str
    started: float
    caller: str
    caller_name: str
    department: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    urgent: bool = False
    phase: Phase = Phase.RINGING
    until: float = float("inf")
    room: str = ""
    ring: Ring | None = None
    members: dict[str, Member] = field(default_factory=dict)
    took_part: dict[str, None] = field(default_factory=dict)
    rang: dict[str, None] = field(default_factory=dict)
    answered_by: str = ""
    answered: float | None = None
    legs: int = 0
    caller_department: str = ""

    @property
    def under_way(self) -> bool:
        """Answered, and not over."""
        return self.phase in (Phase.CONNECTING, Phase.ACTIVE)

    def others(self, party: str) -> list[Member]:
        """The members but this one."""
        return [member for member in self.members.values() if member.party != party]

    def join(self, member: Member) -> None:
        """One more member."""
        self.members[member.party] = member
        self.took_part[member.party] = None

    def rings_at(self, party: str) -> bool:
        """Whether it rings there now."""
        return self.ring is not None and self.ring.alerts.get(party) is Alert.ALERTING

    def concerns(self, party: str) -> bool:
        """Whether this party is in it, or it rings there."""
        return party in self.members or self.rings_at(party)

    def record(self, *, ended: float | None = None, reason: Reason | None = None) -> CallRecord:
        """Its row of the log."""
        return CallRecord(
            self.id,
            self.started,
            self.caller,
            self.caller_name,
            self.to,
            self.department,
            self.media,
            self.about.get("kind", ""),
            self.about.get("id", ""),
            self.about.get("title", ""),
            self.urgent,
            self.answered_by,
            self.answered,
            ended,
            reason.value if reason else "",
            tuple(self.took_part),
            tuple(self.rang),
            self._missed(reason) if reason else (),
            self.caller_department,
        )

    def _missed(self, reason: Reason) -> tuple[str, ...]:
        if self.answered is not None or reason not in MISSED or self.phase is Phase.ANNOUNCED:
            return ()
        rejected = self.ring.alerts if self.ring else {}
        rang = [party for party in self.rang if rejected.get(party) is not Alert.REJECTED]
        return tuple(rang) or ((f"dept:{self.department}",) if self.department else (self.to,))


def told(call: Call, cards: Mapping[str, Mapping[str, Any]], party: str, now: float) -> dict[str, Any]:
    """A call as one of its parties is told of it when it connects. `cards`: of its members."""
    mine = call.members.get(party)
    ring = call.ring
    return {
        "call": call.id,
        "phase": call.phase.value,
        "media": call.media,
        "mode": "room" if call.room else "p2p",
        **({"room": call.room} if call.room else {}),
        "to": call.to,
        "department": call.department,
        **({"about": dict(call.about)} if call.about else {}),
        "urgent": call.urgent,
        "outgoing": party == call.caller,
        "client": mine.client if mine else "",
        "polite": mine is None or party != polite_first(call),
        "held": any(member.holds for member in call.members.values()),
        "people": [dict(cards[name]) for name in call.members if name in cards],
        **({"n": len(ring.alerting())} if ring else {}),
        **({"expires_in_ms": round((ring.until - now) * 1000)} if ring and call.rings_at(party) else {}),
        **({"ms": round((now - call.answered) * 1000)} if call.answered is not None else {}),
    }


def polite_first(call: Call) -> str:
    """The member that is impolite in perfect negotiation: the one that was there first."""
    return next(iter(call.members), "")
