"""What the pure exchange asks of the world around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Send:
    """A message to one client, in order."""

    client: str
    message: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drop:
    """Close a client's connection: it may not be here any more."""

    client: str
    code: str


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A row of the call log; times are seconds on the exchange's clock. Nothing that was said.

    to: the address that was called. department: the one called, caller_department: the caller's own. answered_by: the
    party that answered first. rang: the parties where it rang.
    missed: those of them, or the department, that have missed it. reason: "" while the call goes on.
    """

    id: str
    started: float
    caller: str
    caller_name: str
    to: str
    department: str
    media: str
    about_kind: str = ""
    about_id: str = ""
    about_title: str = ""
    urgent: bool = False
    answered_by: str = ""
    answered: float | None = None
    ended: float | None = None
    reason: str = ""
    parties: tuple[str, ...] = ()
    rang: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    caller_department: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Write a row of the call log: when a call begins, when it is answered, and when it has ended."""

    record: CallRecord


@dataclass(frozen=True, slots=True)
class Phone:
    """Tell the telephone gateway. action: dial, accept, hang_up, hold, release, dtmf (uri: the keys), transfer (uri:
    whom the phone is to call), hand_over (uri: the leg of the phone that it is connected with). room, part: where the
    leg's sound belongs."""

    action: str
    leg: str
    uri: str = ""
    room: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class CallRoom:
    """A call goes on in a room. action: open, close; allow, remove for one party."""

    action: str
    room: str
    party: str = ""


Effect = Send | Drop | Note | Phone | CallRoom


@dataclass(slots=True)
class Outbox:
    """Effects in the order in which they came about."""

    effects: list[Effect] = field(default_factory=list)

    def put(self, effect: Effect) -> None:
        """One more."""
        self.effects.append(effect)

    def take(self) -> tuple[Effect, ...]:
        """What there is, once."""
        taken = tuple(self.effects)
        self.effects.clear()
        return taken
