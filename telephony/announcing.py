"""Calls that a display wishes by voice or by a tap: announced for a moment, then placed at the screen that makes the
media. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.contracts import BadInput, Unavailable
from telephony.call import Call, Member, Phase, Purpose, Reason
from telephony.effects import Effect, Send
from telephony.parties import DEPARTMENT, Address

if TYPE_CHECKING:
    from telephony.exchange import Exchange


def announce(
    exchange: Exchange, party: str, to: Address, media: str, about: Mapping[str, str], window_s: float, now: float
) -> tuple[str, tuple[Effect, ...]]:
    """The call's id and the effects. A newer wish takes the place of one that was not answered yet.

    Raises Unavailable("no-call-client"), BadInput("in-a-call", ...), RateLimited.
    """
    board = exchange.board
    maker = board.clients.media_client(party)
    if maker is None:
        raise Unavailable("no-call-client", "no screen with a microphone is connected at this display")
    urgent = bool(about) and exchange.urgent(about)
    if not urgent and any(call.under_way for call in board.talking(party)):
        raise BadInput("in-a-call", "hold the call that goes on first")
    ring = board.ring_for(to, Purpose.CALL, party)
    exchange.may_invite(party, str(to), now, urgent=urgent)
    for call in list(board.calls.values()):
        if call.caller == party and not call.under_way:
            board.end(call, Reason.CANCELLED, now)
    key, department = str(uuid.uuid4()), to.id if to.kind == DEPARTMENT else ""
    call = Call(key, str(to), media, now, party, maker.name, department, dict(about), urgent)
    call.ring, call.phase, call.until = ring, Phase.ANNOUNCED, now + window_s
    call.join(Member(party))
    board.begin(call, now)
    if not board.reaches(call):
        call.phase = Phase.RINGING
        board.advance(call, now)
    elif window_s > 0:
        board.tell(party, {"t": "call.announced", **_about(call, board), "cancels_in_ms": round(window_s * 1000)})
    else:
        _place(exchange, call, now)
    return key, exchange.done()


def place_due(exchange: Exchange, now: float) -> None:
    """Place what nobody has taken back."""
    for call in list(exchange.board.calls.values()):
        if call.phase is Phase.ANNOUNCED and now >= call.until:
            _place(exchange, call, now)


def take_back(exchange: Exchange, party: str, now: float) -> tuple[bool, tuple[Effect, ...]]:
    """Cancel what a party has announced, or what rings for it."""
    found = [call for call in exchange.board.calls.values() if call.caller == party and not call.under_way]
    for call in found:
        exchange.board.end(call, Reason.CANCELLED, now)
    return bool(found), exchange.done()


def _place(exchange: Exchange, call: Call, now: float) -> None:
    board, party = exchange.board, call.caller
    maker = board.clients.media_client(party)
    if maker is None:
        board.end(call, Reason.CONNECTION_LOST, now)
        return
    call.members[party].client = maker.id
    call.phase, call.until = Phase.RINGING, float("inf")
    board.make_way(party, call, now)
    board.out.put(Send(maker.id, {"t": "call.placing", **_about(call, board)}))
    board.advance(call, now)


def _about(call: Call, board: Any) -> dict[str, Any]:
    return {
        "call": call.id,
        "to": call.to,
        "department": call.department,
        "name": board.directory.name(call.department) if call.department else call.to,
        "media": call.media,
        **({"about": dict(call.about)} if call.about else {}),
        "urgent": call.urgent,
    }
