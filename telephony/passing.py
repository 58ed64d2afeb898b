"""What the two sides of a call say to each other through the exchange, and who may say it. Pure."""

from __future__ import annotations

from typing import Any

from assistant.contracts import BadInput, NotPermitted
from telephony.call import Call, Phase, Reason
from telephony.clients import Client
from telephony.effects import Send
from telephony.protocol import RtcDesc, RtcIce, State
from telephony.switchboard import Switchboard


def mine(board: Switchboard, client: Client, key: str, *, under_way: bool = False) -> Call:
    """A call that this client's party is in. Somebody else's is not told from one that is none."""
    call = board.calls.get(key)
    if call is None or client.party not in call.members or client.role == "guest":
        raise BadInput("unknown-call", "there is no such call here")
    if under_way and not call.under_way:
        raise BadInput("not-answered", "this call is not answered yet")
    return call


def ringing_at(board: Switchboard, client: Client, key: str) -> Call | None:
    """The call that rings at this party; None: it did, and does no more. Raises BadInput("unknown-call")."""
    call = board.calls.get(key)
    if call is not None and call.rings_at(client.party):
        return call
    if (call is not None and client.party in call.rang) or client.party in board.over_for.get(key, ()):
        return None
    raise BadInput("unknown-call", "there is no such call here")


def made_at(call: Call, client: Client) -> bool:
    """Whether the call's media is this client's."""
    member = call.members.get(client.party)
    return member is not None and member.client == client.id


def own(board: Switchboard, client: Client, key: str, *, under_way: bool = False) -> Call:
    """A call whose media is this client's. Raises BadInput, NotPermitted("not-yours")."""
    call = mine(board, client, key, under_way=under_way)
    if not made_at(call, client):
        raise NotPermitted("not-yours", "this call is made at another screen")
    return call


def relay(board: Switchboard, client: Client, message: RtcDesc | RtcIce) -> None:
    """Between the two members of a call, from and to the clients at which it is made, and to nobody else."""
    call = own(board, client, message.call or "", under_way=True)
    if message.pc != "p2p" or call.room:
        raise BadInput("no-such-connection", "this call goes from browser to browser, as p2p")
    left_out = {"id", "room"} | ({"streams"} if getattr(message, "streams", None) is None else set())
    sent = message.model_dump(exclude=left_out)
    for other in call.others(client.party):
        board.out.put(Send(other.client, {**sent, "from": client.party}))
    if isinstance(message, RtcDesc) and message.desc.type == "answer" and call.phase is Phase.CONNECTING:
        _connected(call)


def state(board: Switchboard, client: Client, message: State, now: float) -> None:
    """What of a member is on, told to the others; and how its connection stands."""
    call = own(board, client, message.call or "")
    if message.media == "failed" and call.under_way and not call.room:
        board.end(call, Reason.MEDIA_FAILED, now)
        return
    if message.media == "connected" and call.phase is Phase.CONNECTING:
        _connected(call)
    member = call.members[client.party]
    changed = message.model_dump(include={"mic", "cam", "screen", "hand"}, exclude_none=True)
    member.state.update(changed)
    if changed:
        told: dict[str, Any] = {"t": "peer.state", "call": call.id, "party": client.party, **member.state}
        for party in call.members:
            board.tell(party, told, but=client.id)


def _connected(call: Call) -> None:
    call.phase, call.until = Phase.ACTIVE, float("inf")
