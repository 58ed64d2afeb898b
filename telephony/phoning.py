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
_OVER = {"ended": Reason.HANGUP, "transferred": Reason.TRANSFERRED}
"""Why a call is over for somebody at a telephone; every other end of a leg is a lost connection."""
_ENDS = frozenset({*_GONE, *_OVER, "lost", "no_answer"})


def event(exchange: Exchange, kind: str, leg: str, now: float) -> tuple[Effect, ...]:
    """What happens on a leg that we dialled or took, as seams.Told has it. A leg that is answered when nobody wants it
    any more is hung up."""
    board = exchange.board
    for call in list(board.calls.values()):
        ring = call.ring
        if ring is not None and ring.leg == leg:
            party = next(p for p, alert in ring.alerts.items() if alert is Alert.ALERTING and _is_phone(p))
            if kind == "answered":
                exchange.limits.answered(call.caller, call.to)
                board.accept(call, party, "", now, leg=leg)
                _connect_phones(board, call)
            elif kind == "no_answer":
                board.no_answer(call, now)
            elif kind in _ENDS:
                board.turned_down(call, party, _GONE.get(kind, Alert.LOST), now)
            return exchange.done()
        member = next((m for m in call.members.values() if m.leg == leg), None)
        if member is not None:
            _happened(board, call, member, kind, now)
            return exchange.done()
    if kind == "answered":
        board.out.put(Phone("hang_up", leg))
    return exchange.done()


def _happened(board: Switchboard, call: Call, member: Member, kind: str, now: float) -> None:
    """On the leg of somebody who is in a call."""
    if kind in ("held", "released") and call.under_way:
        told = {"t": "peer.state", "call": call.id, "party": member.party, "held": kind == "held"}
        for other in call.others(member.party):
            board.tell(other.party, told)
    elif kind == "transfer_failed" and member.sent:
        _tell_sent(board, call, member.sent, 0)
        member.sent = ""
    elif kind in _ENDS:
        member.leg = ""  # it is over already: nothing to hang up
        if call.under_way:
            board.leave(call, member.party, _OVER.get(kind, Reason.CONNECTION_LOST), now)
        else:
            board.end(call, Reason.NO_ANSWER if kind == "no_answer" else Reason.CANCELLED, now)


def _connect_phones(board: Switchboard, call: Call) -> None:
    """Only two telephones are left of a call that was handed on: they are connected with each other, and our lines are
    free. Where the gateway or a phone cannot, we go on between them."""
    legs = [member.leg for member in call.members.values() if member.leg]
    if len(legs) == len(call.members) == 2:
        board.out.put(Phone("hand_over", legs[0], legs[1]))


def send_away(board: Switchboard, call: Call, party: str, to: Address) -> None:
    """A blind transfer: the telephone of a call of two is asked to call another telephone by itself. The call is over
    as soon as it has done so; where it could not, it goes on as it was. to: an address that may be called.

    Raises BadInput("bad-address") for what is no telephone, BadInput("no-phone") where the other side is none,
    BadInput("already-ringing").
    """
    if to.kind != PHONE:
        raise BadInput("bad-address", "a telephone is sent to a telephone")
    others = call.others(party)
    if len(others) != 1 or not others[0].leg:
        raise BadInput("no-phone", "only the telephone of a call of two is sent elsewhere")
    if call.ring is not None:
        raise BadInput("already-ringing", "this call already rings at somebody")
    others[0].sent = str(to)
    board.out.put(Phone("transfer", others[0].leg, to.id))
    _tell_sent(board, call, str(to), 1)


def not_sent_away(call: Call) -> None:
    """Raises BadInput("already-ringing") while a telephone of this call is asked to call somebody else."""
    if any(member.sent for member in call.members.values()):
        raise BadInput("already-ringing", "this call is being handed on already")


def _tell_sent(board: Switchboard, call: Call, to: str, places: int) -> None:
    ended = {} if places else {"ended": Reason.REJECTED.value}
    message = {"t": "call.ringing", "call": call.id, "n": places, "to": to, "department": "", **ended}
    for party in call.members:
        board.tell(party, message)


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
        named = str(Address(PHONE, Address.parse(f"{PHONE}:{caller}").id)) if caller else f"{PHONE}:anonymous"
        party = named if caller else _one_more(board, named)
        ring = board.ring_for(Address(DEPARTMENT, department), Purpose.CALL, party)
        exchange.may_invite(named, f"{DEPARTMENT}:{department}", now)
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


def _one_more(board: Switchboard, named: str) -> str:
    """Who withholds his number is not the only one who does."""
    there = {party for call in board.calls.values() for party in call.members}
    return next(party for n in range(1, len(there) + 2) if (party := named if n == 1 else f"{named}~{n}") not in there)


def _is_phone(party: str) -> bool:
    return party.startswith(f"{PHONE}:")
