"""Telephones in calls: what their gateway tells, and calls that come in from them. Pure."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from assistant.contracts import BadInput, SeoulaError
from telephony.call import Alert, Call, Member, Purpose, Reason
from telephony.effects import Effect, Phone
from telephony.parties import DEPARTMENT, PHONE, Address

if TYPE_CHECKING:
    from telephony.exchange import Exchange
    from telephony.switchboard import Switchboard

_GONE = {"busy": Alert.BUSY, "rejected": Alert.REJECTED, "failed": Alert.LOST}


def event(exchange: Exchange, kind: str, leg: str, now: float) -> tuple[Effect, ...]:
    """What happens on a leg that we dialled or took: ringing, answered, busy, rejected, failed, ended. A leg that is
    answered when nobody wants it any more is hung up."""
    board = exchange.board
    for call in list(board.calls.values()):
        ring = call.ring
        if ring is not None and ring.leg == leg:
            party = next(p for p, alert in ring.alerts.items() if alert is Alert.ALERTING and _is_phone(p))
            if kind == "answered":
                exchange.limits.answered(call.caller, call.to)
                board.accept(call, party, "", now, leg=leg)
            elif kind in _GONE or kind == "ended":
                board.turned_down(call, party, _GONE.get(kind, Alert.LOST), now)
            return exchange.done()
        member = next((m for m in call.members.values() if m.leg == leg), None)
        if member is not None:
            if kind in ("held", "released") and call.under_way:
                told = {"t": "peer.state", "call": call.id, "party": member.party, "held": kind == "held"}
                for other in call.others(member.party):
                    board.tell(other.party, told)
            if kind in ("ended", *_GONE):
                reason = Reason.HANGUP if kind == "ended" else Reason.CONNECTION_LOST
                if call.under_way:
                    member.leg = ""  # it is over already: nothing to hang up
                    board.leave(call, member.party, reason, now)
                else:
                    member.leg = ""
                    board.end(call, Reason.CANCELLED, now)
            return exchange.done()
    if kind == "answered":
        board.out.put(Phone("hang_up", leg))
    return exchange.done()


def press(board: Switchboard, call: Call, digits: str) -> None:
    """Press keys at the telephones of a call. Raises BadInput("no-phone") where there is none."""
    legs = [member.leg for member in call.members.values() if member.leg]
    if not legs:
        raise BadInput("no-phone", "nobody of this call is at a telephone")
    for leg in legs:
        board.out.put(Phone("dtmf", leg, digits))


def incoming(exchange: Exchange, leg: str, caller: str, department: str, now: float) -> tuple[Effect, ...]:
    """A telephone calls: it rings at a department, as any call does. What cannot be called is refused at the phone."""
    board = exchange.board
    try:
        party = str(Address(PHONE, Address.parse(f"{PHONE}:{caller}").id)) if caller else f"{PHONE}:anonymous"
        ring = board.ring_for(Address(DEPARTMENT, department), Purpose.CALL, party)
        exchange.may_invite(party, f"{DEPARTMENT}:{department}", now)
    except SeoulaError:
        board.out.put(Phone("hang_up", leg))
        return exchange.done()
    if any(party in call.members for call in board.calls.values()):
        board.out.put(Phone("hang_up", leg))
        return exchange.done()
    key = str(uuid.uuid4())
    call = Call(key, f"{DEPARTMENT}:{department}", "audio", now, party, caller or "anonymous", department)
    call.ring = ring
    call.join(Member(party, leg=leg))
    board.begin(call, now)
    return exchange.done()


def _is_phone(party: str) -> bool:
    return party.startswith(f"{PHONE}:")
