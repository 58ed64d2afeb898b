"""The exchange: who may say what, and what becomes of it. Pure: `(event, now) -> effects`; sockets, clocks and the call
log are the hub's (hub.py), rooms and telephones have their own owners.

Every message is checked: its client, the client's party, whether that party is in the call, whether its role may do
this. What is refused is an `error` to the client alone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.contracts import BadInput, NotPermitted, SeoulaError, Unavailable
from telephony import announcing, passing, phoning
from telephony.answers import answering
from telephony.call import Alert, Call, Member, Purpose, Reason, told
from telephony.clients import Client
from telephony.effects import Effect, Send
from telephony.limits import InviteLimits, RateLimited
from telephony.parties import DEPARTMENT, Address
from telephony.presence import Presence
from telephony.protocol import (
    CALL_MESSAGES,
    Accept,
    Add,
    Cancel,
    Hangup,
    Hello,
    Hold,
    Invite,
    Keys,
    Reject,
    RtcDesc,
    RtcIce,
    State,
    Transfer,
)
from telephony.protocol import Presence as Says
from telephony.switchboard import Switchboard

HOURS_S = 1.0
"""How often opening hours are looked at."""
ICE_AGAIN_S = 600.0
"""How often clients get fresh TURN credentials: a console is connected for days."""
GRACE_S, RINGING_GRACE_S = 15.0, 5.0
"""How long a lost client's place is kept: in a call or a room, and else."""


@dataclass(slots=True)
class Exchange:
    """urgent: whether what a call is about is a disaster that goes before everything. ice: what a client needs to reach
    others, asked for each time. engine: the name of the media engine of rooms. known: what a client says that it calls
    about, as the server knows it; empty: nothing that others may know of."""

    board: Switchboard
    urgent: Callable[[Mapping[str, str]], bool] = lambda about: False
    ice: Callable[[Client], list[dict[str, Any]]] = lambda client: []
    engine: str = "p2p"
    ice_again_s: float = ICE_AGAIN_S
    known: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda about: about
    limits: InviteLimits = field(default_factory=InviteLimits)
    presence: Presence = field(init=False)

    def __post_init__(self) -> None:
        board = self.board
        self.presence = Presence(board.directory, board.clients, board.free, board.local)
        board.unanswered = lambda call: self.limits.unanswered(call.caller, call.to, self._now)

    _now: float = 0.0
    _looked: float = 0.0

    # -- clients come and go ---------------------------------------------------------------------------------

    def connect(self, client: Client, now: float, re: str | None = None) -> tuple[Effect, ...]:
        """A client has said hello."""
        self._now = now
        self.board.clients.add(client)
        self._welcome(client, now, re, resumed=False)
        return self.done()

    def resumable(self, sid: str, party: str) -> Client | None:
        """The client of a session, if it is this party's and not given up."""
        of_before = hashlib.sha256(sid.encode("utf-8", "surrogatepass")).hexdigest()
        for client in self.board.clients.of(party):
            if client.sid == sid or hmac.compare_digest(client.proof, of_before):
                client.sid, client.proof = sid, ""
                return client
        return None

    def resume(self, client: Client, now: float, re: str | None = None, *, fresh: bool = False) -> tuple[Effect, ...]:
        """Its socket is back. fresh: the page was loaded anew, so its peer connections are gone."""
        self._now = now
        client.lost_until = None
        self._welcome(client, now, re, resumed=True)
        for call in self.board.calls.values():
            member = call.members.get(client.party)
            if member is not None and member.client == client.id:
                self._tell_link(call, client.party, "back", fresh=fresh)
        return self.done()

    def lost(self, client: Client, now: float) -> tuple[Effect, ...]:
        """Its socket is gone; its place is kept for a while."""
        self._now = now
        mine = [c for c in self.board.calls.values() if passing.made_at(c, client)]
        talking = any(c.under_way for c in mine) or bool(client.pcs)
        client.lost_until = now + (GRACE_S if talking else RINGING_GRACE_S)
        for call in mine:
            self._tell_link(call, client.party, "lost")
        return self.done()

    def leave(self, client: Client, now: float) -> tuple[Effect, ...]:
        """It is gone for good: revoked, or not back in time."""
        self._now = now
        client.lost_until = now
        self.board.client_gone(client, now)
        self.board.clients.remove(client)
        return self.done()

    def _renew_ice(self, client: Client, now: float) -> None:
        client.ice_at = now
        if servers := self.ice(client):
            self.board.out.put(Send(client.id, {"t": "ice", "ice_servers": servers}))

    def _tell_link(self, call: Call, party: str, link: str, *, fresh: bool = False) -> None:
        for other in call.others(party):
            message = {"t": "peer.state", "call": call.id, "party": party, "link": link, "fresh": fresh}
            self.board.tell(other.party, message)

    def _welcome(self, client: Client, now: float, re: str | None, *, resumed: bool) -> None:
        board, party, client.ice_at = self.board, client.party, now
        mine = [] if client.role == "guest" else [c for c in board.calls.values() if c.concerns(party)]
        calls = []
        for call in mine:
            cards = {name: board.card(name) for name in call.members}
            calls.append({**told(call, cards, party, now), "mine": passing.made_at(call, client)})
        message = {
            "t": "welcome",
            **({"re": re} if re else {}),
            "v": 1,
            "sid": client.sid,
            "client": client.id,
            "resumed": resumed,
            "me": {**board.card(party), "role": client.role, "status": board.clients.status.get(party, "available")},
            "room": client.room,
            "ice_servers": self.ice(client),
            "engine": self.engine,
            "rooms": board.rules.rooms,
            "phones": board.rules.phones,
            "ring_s": board.rules.ring_s,
            "departments": [] if client.role == "guest" else self.presence.all(),
            "calls": calls,
        }
        board.out.put(Send(client.id, message))

    # -- what clients say ------------------------------------------------------------------------------------

    def receive(self, client: Client, message: CALL_MESSAGES, now: float) -> tuple[Effect, ...]:
        """One message; what is refused comes back as an `error`."""
        self._now = now
        try:
            self._handle(client, message, now)
        except SeoulaError as error:
            self.refuse(client, message.id, error)
        # Descriptions and candidates change nobody's presence.
        return answering(self.done(look=not isinstance(message, RtcDesc | RtcIce)), client.id, message)

    def refuse(self, client: Client, re: str | None, error: SeoulaError) -> None:
        """An `error` for the client."""
        more = {"retry_ms": error.retry_ms} if isinstance(error, RateLimited) else {}
        told_it = {"t": "error", **({"re": re} if re else {}), "code": error.code, "message": error.message, **more}
        self.board.out.put(Send(client.id, told_it))

    def _handle(self, client: Client, message: CALL_MESSAGES, now: float) -> None:
        board = self.board
        if isinstance(message, Hello):
            raise BadInput("already-here", "hello is said once")
        if isinstance(message, RtcDesc | RtcIce):
            passing.relay(board, client, message)
            return
        if isinstance(message, State):
            passing.state(board, client, message, now)
            return
        if not client.may_call:
            raise NotPermitted("not-for-this-role", "this screen may not place or steer calls")
        match message:
            case Says(status=status):
                board.clients.status[client.party] = status
            case Invite():
                self._invite(client, message, now)
            case Accept():
                self._accept(client, message, now)
            case Reject(call=key, reason=reason):
                call = passing.ringing_at(board, client, key)
                if call is not None:
                    board.tell(client.party, _ended(key, Reason.REJECTED, None), but=client.id)
                    board.out.put(Send(client.id, _ended(key, Reason.REJECTED, message.id)))
                    alert = Alert.BUSY if reason == "busy" else Alert.REJECTED
                    board.turned_down(call, client.party, alert, now)
            case Cancel(call=key):
                self._cancel(client, key, now)
            case Hangup(call=key, reason=reason):
                call = passing.mine(board, client, key)
                if not call.under_way:
                    self._cancel(client, key, now)
                else:
                    board.leave(call, client.party, Reason(reason), now)
            case Hold(call=key, on=on):
                call = passing.mine(board, client, key, under_way=True)
                if not on:
                    board.make_way(client.party, call, now)
                board.hold(call, client.party, on=on)
            case Transfer(call=key, to=to) | Add(call=key, to=to):
                self._ask_another(
                    client, passing.mine(board, client, key, under_way=True), message, Address.parse(to), now
                )
            case Keys(call=key, digits=digits):
                phoning.press(board, passing.mine(board, client, key, under_way=True), digits)
            case _:
                raise BadInput("unknown-message", "there is no message of this name")

    def _invite(self, client: Client, message: Invite, now: float) -> None:
        board, to = self.board, Address.parse(message.to)
        if to.kind == DEPARTMENT and to.id == client.department:
            raise BadInput("own-department", "this is the own department")
        if str(to) == client.party:
            raise BadInput("own-address", "nobody calls themselves")
        maker = client if client.makes_media else board.clients.media_client(client.party)
        if maker is None:
            raise Unavailable("no-call-client", "no screen with a microphone is connected for this call")
        about = self.known(message.about.model_dump()) if message.about else {}
        self.place(maker, to, message.media, about, message.call, now, re=message.id, ring_s=message.ring_s)

    def place(
        self,
        maker: Client,
        to: Address,
        media: str,
        about: Mapping[str, str],
        key: str,
        now: float,
        *,
        re: str | None = None,
        ring_s: float | None = None,
    ) -> None:
        """Call somebody from a client. Raises what speaks against it; glare is an answer."""
        board, party = self.board, maker.party
        if key in board.calls or key in board.over:
            raise BadInput("call-exists", "there is a call of this id")
        ring = board.ring_for(to, Purpose.CALL, party, ring_s)
        urgent = bool(about) and self.urgent(about)
        older = self._glare(party, ring.route)
        if older is not None:
            board.accept(older, party, maker.id, now, re=re)
            return
        if board.talking(party) and not urgent:
            raise BadInput("in-a-call", "hold the call that goes on first")
        self.may_invite(party, str(to), now, urgent=urgent)
        call = Call(
            key, str(to), media, now, party, maker.name, to.id if to.kind == DEPARTMENT else "", dict(about), urgent
        )
        call.ring, call.caller_department = ring, maker.department
        call.join(Member(party, maker.id))
        board.make_way(party, call, now)
        board.begin(call, now)

    def may_invite(self, party: str, to: str, now: float, *, urgent: bool = False) -> None:
        """Use one of this party's invitations. Raises RateLimited; a disaster waits for nobody's cool-down."""
        wait = self.limits.wait(party, to, now)
        if wait > 0 and not urgent:
            raise RateLimited(wait)

    def _glare(self, party: str, route: list[Any]) -> Call | None:
        """A call that rings here already, from whom this party is about to call: the older one is it."""
        wanted = {step.target for step in route[:1]}
        for call in self.board.calls.values():
            department = self.board.clients.card(call.caller)["department"]
            meant = call.caller in wanted or (route[0].kind == "consoles" and department in wanted)
            if call.rings_at(party) and meant:
                return call
        return None

    def _accept(self, client: Client, message: Accept, now: float) -> None:
        if not client.makes_media:
            raise NotPermitted("no-media", "this screen has no microphone")
        call = passing.ringing_at(self.board, client, message.call)
        if call is None:
            reason = self.board.over.get(message.call, Reason.ANSWERED_ELSEWHERE)
            self.board.out.put(Send(client.id, _ended(message.call, reason, message.id)))
            return
        self.limits.answered(call.caller, call.to)
        self.board.accept(call, client.party, client.id, now, re=message.id)

    def _cancel(self, client: Client, key: str, now: float) -> None:
        call = passing.mine(self.board, client, key)
        if call.under_way:
            raise BadInput("answered", "this call is answered: hang up")
        self.board.end(call, Reason.CANCELLED, now)

    def _ask_another(self, client: Client, call: Call, message: Transfer | Add, to: Address, now: float) -> None:
        board = self.board
        if isinstance(message, Add) and not board.rules.rooms:
            raise Unavailable("no-rooms", "no engine for more than two is set up")
        if str(to) in call.members:
            raise BadInput("already-in", "they are in this call")
        purpose = Purpose.ADD if isinstance(message, Add) else Purpose.TRANSFER
        ring = board.ring_for(to, purpose, client.party)
        phoning.not_sent_away(call)
        self.may_invite(client.party, str(to), now)
        if isinstance(message, Transfer) and message.blind:
            phoning.send_away(board, call, client.party, to)
        else:
            board.ask_another(call, ring, now)

    # -- time ------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> tuple[Effect, ...]:
        """What is due: ringing, connecting, grace."""
        self._now = now
        announcing.place_due(self, now)
        self.board.tick(now)
        for client in list(self.board.clients.by_id.values()):
            if client.lost_until is not None and now >= client.lost_until:
                self.board.client_gone(client, now)
                self.board.clients.remove(client)
            elif client.lost_until is None and now >= client.ice_at + self.ice_again_s:
                self._renew_ice(client, now)
        return self.done(look=bool(self.board.out.effects) or now >= self._looked + HOURS_S)

    def put_out(self, key: str, room: str, reason: str, now: float) -> tuple[Effect, ...]:
        """A client is in a room no more: a call that is made there, at that client, is over for it, too."""
        self._now = now
        client = self.board.clients.by_id.get(key)
        for call in list(self.board.calls.values()):
            if client is not None and call.room == room and call.under_way and passing.made_at(call, client):
                failed = Reason.MEDIA_FAILED if reason == "engine" else Reason.HANGUP
                self.board.leave(call, client.party, failed, now)
        return self.done()

    def phone(self, kind: str, leg: str, now: float) -> tuple[Effect, ...]:
        """Something happened at a telephone."""
        self._now = now
        return phoning.event(self, kind, leg, now)

    def phone_in(self, leg: str, caller: str, department: str, now: float) -> tuple[Effect, ...]:
        """A telephone calls a department."""
        self._now = now
        return phoning.incoming(self, leg, caller, department, now)

    def close(self, now: float) -> tuple[Effect, ...]:
        """The service ends: so do all calls."""
        self._now = now
        for call in list(self.board.calls.values()):
            self.board.end(call, Reason.ERROR, now)
        return self.done()

    def done(self, *, look: bool = True) -> tuple[Effect, ...]:
        """The effects so far, with the presence that they have changed."""
        if look:
            self._looked = self._now
            self._tell_presence()
        return self.board.out.take()

    def _tell_presence(self) -> None:
        changes = self.presence.changes()
        if changes:
            for client in self.board.clients.by_id.values():
                if client.lost_until is None and client.role != "guest":
                    for change in changes:
                        self.board.out.put(Send(client.id, change))


def _ended(call: str, reason: Reason, re: str | None) -> dict[str, Any]:
    return {"t": "call.ended", **({"re": re} if re else {}), "call": call, "reason": reason.value, "missed": False}
