"""What of calls outlives a service that is killed: those that stand are written down as they change, and the next
service takes them up. Two browsers talk on meanwhile; their pages come back to the same call. Nothing of what was said;
of a page's secret only its digest.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import structlog

from assistant.private_files import write_private
from telephony.call import Call, Member, Phase
from telephony.clients import Client
from telephony.digests import digest
from telephony.effects import CallRoom, Effect
from telephony.exchange import Exchange

log = structlog.get_logger(__name__)

BACK_S = 60.0
"""So long after its start the service waits for the pages of a call: they try again every second at first, after 45 s
every 21 to 30 s."""
OLDEST_S = 600.0
"""Who was without a service for longer than this has gone home."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A member and the page at which it talks. proof: the digest of the page's secret."""

    party: str
    client: str
    proof: str
    role: str
    name: str
    department: str
    audio: bool
    video: bool
    holds: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A call that was answered. started, answered: epoch seconds; the rest as Call has it."""

    id: str
    to: str
    media: str
    started: float
    answered: float
    caller: str
    caller_name: str
    caller_department: str
    department: str
    about: Mapping[str, str]
    urgent: bool
    room: str
    answered_by: str
    took_part: tuple[str, ...]
    rang: tuple[str, ...]
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a service has left. alive: when it was last known to live, epoch seconds, 0 when nothing is known."""

    calls: tuple[Standing, ...] = ()
    alive: float = 0.0


def standing(exchange: Exchange, begun: float) -> tuple[Standing, ...]:
    """The calls that could be taken up. begun: what makes epoch seconds of the exchange's clock. Calls with a telephone
    end with the service, which holds their sound."""
    found = []
    for call in exchange.board.calls.values():
        seats = tuple(seat for member in call.members.values() if (seat := _seat(exchange, member)) is not None)
        if call.under_way and call.answered is not None and len(seats) == len(call.members):
            found.append(_standing(call, call.answered, seats, begun))
    return tuple(found)


def take_up(exchange: Exchange, calls: tuple[Standing, ...], begun: float, now: float) -> tuple[Effect, ...]:
    """Let calls of an earlier service stand again, their pages being away: they have BACK_S to come back."""
    board = exchange.board
    for one in calls:
        call = Call(
            one.id,
            one.to,
            one.media,
            one.started - begun,
            one.caller,
            one.caller_name,
            one.department,
            dict(one.about),
            one.urgent,
            Phase.ACTIVE,
            room=one.room,
            answered_by=one.answered_by,
            answered=one.answered - begun,
            caller_department=one.caller_department,
        )
        for seat in one.seats:
            if seat.client not in board.clients.by_id:
                page = (seat.client, "", seat.party, seat.role, seat.name, seat.department, seat.audio, seat.video)
                board.clients.add(Client(*page, lost_until=now + BACK_S, proof=seat.proof))
            call.join(Member(seat.party, seat.client, holds=seat.holds))
        call.took_part |= dict.fromkeys(one.took_part)
        call.rang |= dict.fromkeys(one.rang)
        board.calls[call.id] = call
        if call.room:
            board.out.put(CallRoom("open", call.room))
            for party in call.members:
                board.out.put(CallRoom("allow", call.room, party))
    return exchange.done()


def _standing(call: Call, answered: float, seats: tuple[Seat, ...], begun: float) -> Standing:
    return Standing(
        call.id,
        call.to,
        call.media,
        call.started + begun,
        answered + begun,
        call.caller,
        call.caller_name,
        call.caller_department,
        call.department,
        dict(call.about),
        call.urgent,
        call.room,
        call.answered_by,
        tuple(call.took_part),
        tuple(call.rang),
        seats,
    )


def _seat(exchange: Exchange, member: Member) -> Seat | None:
    client = exchange.board.clients.by_id.get(member.client)
    if client is None:
        return None
    proof = client.proof or digest(client.sid)
    page = (client.role, client.name, client.department, client.audio, client.video)
    return Seat(member.party, client.id, proof, *page, member.holds)


@dataclass(slots=True)
class StandingFile:
    """A file that only its owner can read. Its time of change says when the service was last alive. Its methods block
    for a moment: use them from a thread. One writes at a time, so that what is written last is what stays."""

    path: Path
    _written: tuple[Standing, ...] = field(default=())
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self) -> Kept:
        """What the service before has left; nothing where that cannot be read."""
        try:
            alive = self.path.stat().st_mtime
            rows = json.loads(self.path.read_text("utf-8"))["calls"]
            return Kept(tuple(_of(row) for row in rows), alive)
        except FileNotFoundError:
            return Kept()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("the calls that stood cannot be read", error=type(error).__name__)
            return Kept()

    def write(self, calls: tuple[Standing, ...]) -> None:
        """Replace what is kept, in one step; the same as before is only said to be of now."""
        with self._lock:
            self._replace(calls)

    def _replace(self, calls: tuple[Standing, ...]) -> None:
        if calls == self._written and self.path.exists():
            os.utime(self.path)
            return
        document = {"version": 1, "calls": [asdict(one) for one in calls]}
        write_private(self.path, json.dumps(document, ensure_ascii=False).encode())
        self._written = calls


def _of(row: dict[str, Any]) -> Standing:
    seats = tuple(Seat(**seat) for seat in row.pop("seats"))
    took_part, rang = tuple(row.pop("took_part")), tuple(row.pop("rang"))
    return Standing(**row, took_part=took_part, rang=rang, seats=seats)
