"""What a display's voice does with the call that there is: end it, hold it, take it up again, answer. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.contracts import Unavailable
from telephony import announcing
from telephony.call import Alert, Call, Reason
from telephony.effects import Effect

if TYPE_CHECKING:
    from telephony.exchange import Exchange


def steer(exchange: Exchange, party: str, deed: str, now: float) -> tuple[str, tuple[Effect, ...]]:
    """What was done, and the effects. off: what is announced, else the call that goes on, else what rings here.

    Answers cancelled, hangup, declined, held, released, answered, or "" where there is nothing to do this with.
    Raises Unavailable("no-call-client").
    """
    board = exchange.board
    mine = [call for call in board.calls.values() if party in call.members and call.under_way]
    mine.sort(key=lambda call: call.members[party].holds)
    ringing = next((call for call in board.calls.values() if call.rings_at(party)), None)
    if deed == "off":
        taken_back, effects = announcing.take_back(exchange, party, now)
        if taken_back:
            return "cancelled", effects
        if mine:
            board.leave(mine[0], party, Reason.HANGUP, now)
            return "hangup", (*effects, *exchange.done())
        done = _decline(exchange, ringing, party, now)
        return done, (*effects, *exchange.done())
    if deed == "on" and ringing is not None:
        maker = board.clients.media_client(party)
        if maker is None:
            raise Unavailable("no-call-client", "no screen with a microphone is connected at this display")
        exchange.limits.answered(ringing.caller, ringing.to)
        board.accept(ringing, party, maker.id, now)
        return "answered", exchange.done()
    held = [call for call in mine if call.members[party].holds is (deed == "release")]
    if deed not in ("hold", "release") or not held:
        return "", exchange.done()
    if deed == "release":
        board.make_way(party, held[0], now)
    board.hold(held[0], party, on=deed == "hold")
    return "held" if deed == "hold" else "released", exchange.done()


def _decline(exchange: Exchange, call: Call | None, party: str, now: float) -> str:
    if call is None:
        return ""
    message = {"t": "call.ended", "call": call.id, "reason": Reason.REJECTED.value, "missed": False}
    exchange.board.tell(party, message)
    exchange.board.turned_down(call, party, Alert.REJECTED, now)
    return "declined"
