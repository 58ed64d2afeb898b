"""Rings, answers, joins and ends calls; knows nothing of sockets, rights or limits. Pure: what it wants done is put in
the outbox."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assistant.contracts import BadInput, Unavailable
from telephony.call import Alert, Call, Member, Phase, Purpose, Reason, Ring, polite_first
from telephony.clients import Client, Clients
from telephony.directory import Directory, Step
from telephony.effects import CallRoom, Note, Outbox, Phone, Send
from telephony.parties import PHONE, Address

CONNECT_S = 15.0
PHONE_RING_S = 60.0
ENDED_KEPT = 256
"""Ids of calls that are over, so that a late message of whom it concerned is told what became of its call."""


@dataclass(frozen=True, slots=True)
class Rules:
    """ring_s: how long a console rings. waiting: a busy console is rung, too, when no other is free. phones: there is a
    telephone gateway. rooms: there is a room engine, so that more than two can talk."""

    ring_s: float = 30.0
    waiting: bool = False
    phones: bool = False
    rooms: bool = False


@dataclass(slots=True)
class Switchboard:
    """All calls that go on. `local`: the local time, for opening hours. may_dial: raises what speaks against calling a
    number (telephony/sip/numbers.py), so that whoever asks is told at once."""

    directory: Directory
    clients: Clients
    rules: Rules
    local: Callable[[], datetime]
    out: Outbox
    calls: dict[str, Call] = field(default_factory=dict)
    over: OrderedDict[str, Reason] = field(default_factory=OrderedDict)
    over_for: dict[str, frozenset[str]] = field(default_factory=dict)
    unanswered: Callable[[Call], None] = lambda call: None
    may_dial: Callable[[str], object] = lambda uri: None

    # -- telling ---------------------------------------------------------------------------------------------

    def tell(self, party: str, message: Mapping[str, Any], *, but: str = "") -> None:
        """To every client of a party that is there."""
        for client in self.clients.present(party):
            if client.id != but:
                self.out.put(Send(client.id, message))

    def card(self, party: str) -> dict[str, Any]:
        """A party as others see it."""
        return self.clients.card(party)

    # -- who is free -----------------------------------------------------------------------------------------

    def of(self, party: str) -> list[Call]:
        """The calls that this party is in or that ring at it."""
        return [call for call in self.calls.values() if call.concerns(party)]

    def talking(self, party: str) -> list[Call]:
        """The calls that it is in and does not hold."""
        return [c for c in self.calls.values() if party in c.members and not c.members[party].holds]

    def free(self, party: str) -> bool:
        """In no call, rung by none, and in no meeting."""
        return not self.of(party) and not any(client.pcs for client in self.clients.of(party))

    # -- ringing ---------------------------------------------------------------------------------------------

    def begin(self, call: Call, now: float) -> None:
        """A new call whose ring is set: log it, and ring."""
        self.calls[call.id] = call
        self.out.put(Note(call.record()))
        if call.phase is Phase.RINGING:
            self.advance(call, now)

    def ring_for(self, to: Address, purpose: Purpose, by: str, seconds: float | None = None) -> Ring:
        """Ringing at an address. Raises BadInput for one that is none, Unavailable("no-phones"), and what speaks
        against calling a telephone."""
        if to.kind == PHONE:
            if not self.rules.phones:
                raise Unavailable("no-phones", "no telephone gateway is set up")
            self.may_dial(to.id)
        route = list(self.directory.route(to, self.local()))
        return Ring(str(to), purpose, by, route, seconds or self.rules.ring_s)

    def advance(self, call: Call, now: float) -> None:
        """Ring at the next place of the route where anybody can be reached."""
        ring = call.ring
        assert ring is not None
        while ring.route:
            step = ring.route.pop(0)
            if step.kind == "phone":
                if self.rules.phones:
                    self._ring_phone(call, ring, step.target, now)
                    return
                continue
            there = [p for p in self._places(step) if p not in call.members and self.clients.reachable(p)]
            if not there:
                continue
            chosen = self._to_ring(call, there)
            if not chosen:
                self._unreached(call, Reason.BUSY, now)
                return
            ring.department, ring.until = step.department, now + ring.seconds
            for party in chosen:
                ring.alerts[party], call.rang[party] = Alert.ALERTING, None
                self._incoming(call, ring, party, now)
            self._ringing(call, ring)
            return
        self._unreached(call, Reason.OFFLINE, now)

    def reaches(self, call: Call) -> bool:
        """Whether ringing now would ring anywhere."""
        ring = call.ring
        assert ring is not None
        for step in ring.route:
            if step.kind == "phone":
                if self.rules.phones:
                    return True
                continue
            there = [p for p in self._places(step) if p not in call.members and self.clients.reachable(p)]
            if there:
                return bool(self._to_ring(call, there))
        return False

    def _places(self, step: Step) -> list[str]:
        return self.clients.consoles(step.department) if step.kind == "consoles" else [step.target]

    def _to_ring(self, call: Call, there: list[str]) -> list[str]:
        """A disaster rings everywhere. Else who has time, then who is away, then, by policy, who is in a call."""
        if call.urgent:
            return there
        willing = [p for p in there if self.clients.status.get(p) not in ("dnd", "busy")]
        free = [p for p in willing if self.free(p)]
        at_desk = [p for p in free if self.clients.status.get(p) == "available"]
        return at_desk or free or (willing if self.rules.waiting else [])

    def _incoming(self, call: Call, ring: Ring, party: str, now: float) -> None:
        self.tell(
            party,
            {
                "t": "call.incoming",
                "call": call.id,
                "from": self.card(ring.by),
                "to": ring.to,
                "media": call.media,
                **({"about": dict(call.about)} if call.about else {}),
                "urgent": call.urgent,
                "waiting": bool(self.talking(party)),
                **({"room": call.room} if call.room else {}),
                "expires_in_ms": round((ring.until - now) * 1000),
            },
        )

    def _ringing(self, call: Call, ring: Ring) -> None:
        places = len(ring.alerting()) + bool(ring.leg)
        message = {"t": "call.ringing", "call": call.id, "n": places, "to": ring.to, "department": ring.department}
        for party in call.members:
            self.tell(party, message)

    def _ring_phone(self, call: Call, ring: Ring, uri: str, now: float) -> None:
        call.legs += 1
        ring.leg = f"{call.id}.{call.legs}"
        ring.alerts[uri], call.rang[uri] = Alert.ALERTING, None
        ring.until, ring.department = now + PHONE_RING_S, ""
        self.out.put(Phone("dial", ring.leg, uri.removeprefix(f"{PHONE}:"), room_of(call), uri))
        self._ringing(call, ring)

    def stop_ringing(self, call: Call, reason: Reason, *, but: str = "") -> None:
        """It rings nowhere any more."""
        ring = call.ring
        if ring is None:
            return
        for party in ring.alerting():
            if party == but:
                continue
            if ring.leg and Address.parse(party).kind == PHONE:
                self.out.put(Phone("hang_up", ring.leg))
            missed = reason in (Reason.NO_ANSWER, Reason.CANCELLED, Reason.CONNECTION_LOST)
            self.tell(party, {"t": "call.ended", "call": call.id, "reason": reason.value, "missed": missed})
            ring.alerts[party] = Alert.LOST

    def turned_down(self, call: Call, party: str, alert: Alert, now: float) -> None:
        """One place has rejected, is busy or gone; the last one decides."""
        ring = call.ring
        assert ring is not None
        ring.alerts[party] = alert
        if ring.alerting():
            self._ringing(call, ring)
            return
        alerts = set(ring.alerts.values())
        if alert is Alert.LOST and alerts == {Alert.LOST}:
            ring.leg = ""
            self.advance(call, now)
        else:
            self._unreached(call, Reason.REJECTED if Alert.REJECTED in alerts else Reason.BUSY, now)

    def no_answer(self, call: Call, now: float) -> None:
        """The time is over."""
        self.stop_ringing(call, Reason.NO_ANSWER)
        self._unreached(call, Reason.NO_ANSWER, now)

    def _unreached(self, call: Call, reason: Reason, now: float) -> None:
        ring = call.ring
        assert ring is not None
        if ring.purpose is Purpose.CALL:
            self.end(call, reason, now)
            return
        call.ring = None
        message = {"t": "call.ringing", "call": call.id, "n": 0, "to": ring.to, "department": "", "ended": reason.value}
        for party in call.members:
            self.tell(party, message)

    # -- answering -------------------------------------------------------------------------------------------

    def accept(self, call: Call, party: str, client: str, now: float, *, re: str | None = None, leg: str = "") -> None:
        """The first to accept has it; it has stopped ringing everywhere else."""
        ring = call.ring
        assert ring is not None
        ring.alerts[party] = Alert.ACCEPTED
        self.stop_ringing(call, Reason.ANSWERED_ELSEWHERE, but=party)
        call.ring = None
        self.make_way(party, call, now)
        first = call.answered is None
        if first:
            call.answered, call.answered_by = now, party
        member = Member(party, client, leg)
        before = list(call.members)
        call.join(member)
        by_phone = [m for m in call.members.values() if m.leg]
        if (ring.purpose is Purpose.ADD or by_phone) and not call.room:
            call.room = room_of(call)
            for phone in by_phone if first and not leg else []:
                self.out.put(Phone("accept", phone.leg, "", call.room, phone.party))
            if ring.purpose is Purpose.ADD:
                for name in before:
                    self.tell(name, {"t": "call.upgrade", "call": call.id, "room": call.room})
        if ring.purpose is Purpose.TRANSFER:
            self._drop_member(call, ring.by, Reason.TRANSFERRED, now)
        if call.room:
            self.out.put(CallRoom("open", call.room))
            for name in call.members:
                self.out.put(CallRoom("allow", call.room, name))
        call.phase = Phase.ACTIVE if call.room else Phase.CONNECTING
        call.until = float("inf") if call.room else now + CONNECT_S
        if first:  # the log knows of it, whatever becomes of the service
            self.out.put(Note(call.record()))
        renew = ring.purpose is Purpose.TRANSFER
        for other in [*call.others(party)] if ring.purpose is not Purpose.ADD else []:
            self._accepted(call, other, by=party, renew=renew)
        self._accepted(call, member, by=ring.by if ring.by in call.members else before[0], re=re)

    def _accepted(self, call: Call, member: Member, *, by: str, renew: bool = False, re: str | None = None) -> None:
        message: dict[str, Any] = {
            "t": "call.accepted",
            "call": call.id,
            "by": self.card(by),
            "polite": member.party != polite_first(call),
            "mode": "room" if call.room else "p2p",
            **({"room": call.room} if call.room else {}),
            "media": call.media,
            "renew": renew,
        }
        if member.client:
            self.out.put(Send(member.client, {**message, **({"re": re} if re else {}), "watch": False}))
        self.tell(member.party, {**message, "watch": True}, but=member.client)

    def make_way(self, party: str, keep: Call, now: float) -> None:
        """A party talks in one call at a time: the others are held, and its own unanswered wishes taken back."""
        for call in list(self.calls.values()):
            if call is keep or party not in call.members:
                continue
            if call.under_way:
                self.hold(call, party, on=True)
            elif call.caller == party:
                self.end(call, Reason.CANCELLED, now)

    # -- going on --------------------------------------------------------------------------------------------

    def hold(self, call: Call, party: str, *, on: bool) -> None:
        """One member's hold; everybody in it is told."""
        member = call.members[party]
        if member.holds == on:
            return
        member.holds = on
        if member.leg:
            self.out.put(Phone("hold" if on else "release", member.leg))
        for other in call.others(party):
            if other.leg:
                self.out.put(Phone("hold" if on else "release", other.leg))
        for name in call.members:
            self.tell(name, {"t": "peer.state", "call": call.id, "party": party, "held": on})

    def ask_another(self, call: Call, ring: Ring, now: float) -> None:
        """Ring a third party for a call that goes on."""
        if call.ring is not None:
            raise BadInput("already-ringing", "this call already rings at somebody")
        call.ring = ring
        self.advance(call, now)

    def leave(self, call: Call, party: str, reason: Reason, now: float) -> None:
        """A member goes. A call of two ends, one of more goes on without it."""
        if call.under_way and len(call.members) > 2:
            self._drop_member(call, party, reason, now)
        else:
            self.end(call, reason, now)

    def _drop_member(self, call: Call, party: str, reason: Reason, now: float) -> None:
        self.hold(call, party, on=False)  # who goes leaves nobody on hold
        member = call.members.pop(party)
        if member.leg:
            self.out.put(Phone("hang_up", member.leg))
        if call.room:
            self.out.put(CallRoom("remove", call.room, party))
        self.tell(party, self._ended(call, reason, now))
        if reason is not Reason.TRANSFERRED:
            for name in call.members:
                self.tell(name, {"t": "peer.state", "call": call.id, "party": party, "left": reason.value})
        if call.ring is not None and call.ring.by == party:
            self.stop_ringing(call, Reason.CANCELLED)
            call.ring = None

    def end(self, call: Call, reason: Reason, now: float) -> None:
        """Over, for everybody and for good."""
        record = call.record(ended=now, reason=reason)
        self.stop_ringing(call, reason)
        for party, member in call.members.items():
            self.tell(party, self._ended(call, reason, now))
            if member.leg:
                self.out.put(Phone("hang_up", member.leg))
        if call.room and call.answered is not None:
            self.out.put(CallRoom("close", call.room))
        if call.phase is not Phase.ANNOUNCED and call.answered is None:
            self.unanswered(call)
        call.phase, call.ring = Phase.ENDED, None
        del self.calls[call.id]
        self.over[call.id], self.over_for[call.id] = reason, frozenset((*call.rang, *call.took_part))
        while len(self.over) > ENDED_KEPT:
            del self.over_for[self.over.popitem(last=False)[0]]
        self.out.put(Note(record))

    def _ended(self, call: Call, reason: Reason, now: float) -> dict[str, Any]:
        talked = {} if call.answered is None else {"duration_s": round(now - call.answered, 1)}
        return {"t": "call.ended", "call": call.id, "reason": reason.value, "missed": False, **talked}

    # -- what happens to clients -----------------------------------------------------------------------------

    def client_gone(self, client: Client, now: float) -> None:
        """A client does not come back: calls made at it end, ringing at its party stops when it was the last."""
        for call in list(self.calls.values()):
            member = call.members.get(client.party)
            if member is not None and member.client == client.id:
                self.leave(call, client.party, Reason.CONNECTION_LOST, now)
            elif call.rings_at(client.party) and not self._comes_back(client.party, client):
                self.turned_down(call, client.party, Alert.LOST, now)

    def _comes_back(self, party: str, but: Client) -> bool:
        return any(c is not but and c.makes_media and c.may_call for c in self.clients.of(party))

    def tick(self, now: float) -> None:
        """What is due."""
        for call in list(self.calls.values()):
            if call.phase is Phase.ANNOUNCED:
                continue
            if call.ring is not None and now >= call.ring.until:
                self.no_answer(call, now)
            elif call.phase is Phase.CONNECTING and now >= call.until:
                self.end(call, Reason.MEDIA_FAILED, now)


_OF_CALL = "call-"


def room_of(call: Call) -> str:
    """The room in which a call goes on, once it needs one."""
    return f"{_OF_CALL}{call.id}"


def is_of_call(room: str) -> bool:
    """Whether a room is that of a call."""
    return room.startswith(_OF_CALL)
