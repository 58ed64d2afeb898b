"""Whatever many parties do in whatever order, the exchange keeps its promises."""

from __future__ import annotations

import gc

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from telephony.call import MISSED, Phase, Reason
from telephony.clients import Client
from telephony.switchboard import Rules
from tests.telephony.exchange_stage import Stage

SEATS = (
    ("wall", "main", ""), ("tablet", "main", ""), ("watch", "main", ""), ("tv", "main", ""), ("wall", "two", ""),
    ("console", "fire-1", "fire"), ("console", "fire-2", "fire"), ("console", "safety-1", "safety"),
    ("console", "culture-1", "culture"), ("guest", "scene", ""),
)  # fmt: skip
TO = ("dept:fire", "dept:safety", "dept:culture", "dept:climate", "console:fire-1", "display:main", "display:two",
      "sip:200@pbx")  # fmt: skip
EVENTS = ("EQ-1", "EQ-9")


class Offices(RuleBasedStateMachine):
    """Ten seats; each may be empty, connected, or lost."""

    @initialize(waiting=st.booleans(), phones=st.booleans(), rooms=st.booleans())
    def open(self, waiting: bool, phones: bool, rooms: bool) -> None:
        phone_of = {"climate": "300@pbx"} if phones else {}
        self.stage = Stage(Rules(waiting=waiting, phones=phones, rooms=rooms), phone_of, events={"EQ-1"}, checked=False)
        self.seats: dict[int, Client] = {}
        self.begun: set[str] = set()
        self.answered: set[str] = set()
        self.over: dict[str, str] = {}
        self.read = 0
        for seat in range(len(SEATS)):
            self.come(seat)

    def client(self, seat: int) -> Client | None:
        found = self.seats.get(seat)
        return found if found is not None and found.lost_until is None else None

    def known(self, pick: int) -> str:
        calls = sorted(self.stage.board.calls) or sorted(self.begun) or ["nothing-1"]
        return calls[pick % len(calls)]

    @rule(seat=st.integers(0, 9))
    def come(self, seat: int) -> None:
        if seat not in self.seats:
            self.seats[seat] = self.stage.join(*SEATS[seat])
        elif self.seats[seat].lost_until is not None and self.seats[seat].id in self.stage.board.clients.by_id:
            self.stage.do(self.stage.exchange.resume(self.seats[seat], self.stage.now))
        elif self.seats[seat].id not in self.stage.board.clients.by_id:
            self.seats[seat] = self.stage.join(*SEATS[seat])

    @rule(seat=st.integers(0, 9), for_good=st.booleans())
    def go(self, seat: int, for_good: bool) -> None:
        client = self.client(seat)
        if client is not None and for_good:
            self.stage.do(self.stage.exchange.leave(client, self.stage.now))
        elif client is not None:
            self.stage.lose(client)

    @rule(seat=st.integers(0, 9), to=st.sampled_from(TO), about=st.sampled_from((None, *EVENTS)))
    def invite(self, seat: int, to: str, about: str | None) -> None:
        client = self.client(seat)
        if client is not None:
            more = {"about": {"kind": "event", "id": about}} if about else {}
            self.stage.call(client, to, **more)

    @rule(display=st.sampled_from(("main", "two")), to=st.sampled_from(TO[:4]), window=st.sampled_from((0.0, 3.0)))
    def wish(self, display: str, to: str, window: float) -> None:
        from assistant.contracts import SeoulaError
        from telephony.announcing import announce
        from telephony.parties import Address

        try:
            _, effects = announce(
                self.stage.exchange, f"display:{display}", Address.parse(to), "video", {}, window, self.stage.now
            )
            self.stage.do(effects)
        except SeoulaError:
            pass

    @rule(
        seat=st.integers(0, 9),
        pick=st.integers(0, 3),
        what=st.sampled_from(("accept", "accept", "accept", "reject", "cancel", "hangup", "hold", "unhold", "state")),
    )
    def answer(self, seat: int, pick: int, what: str) -> None:
        client, key = self.client(seat), self.known(pick)
        if client is None:
            return
        more = {"hold": {"on": True}, "unhold": {"on": False}, "state": {"media": "connected"}}.get(what, {})
        self.stage.say(client, f"call.{'hold' if what == 'unhold' else what}", call=key, **more)

    @rule(pick=st.integers(0, 20), what=st.sampled_from(("accept", "accept", "reject")))
    def answer_where_it_rings(self, pick: int, what: str) -> None:
        ringing = [
            (call.id, client)
            for call in self.stage.board.calls.values()
            for client in self.seats.values()
            if call.rings_at(client.party) and client.lost_until is None and client.role != "tv"
        ]
        if ringing:
            key, client = ringing[pick % len(ringing)]
            self.stage.say(client, f"call.{what}", call=key)

    @rule(
        pick=st.integers(0, 20),
        what=st.sampled_from(("hold", "unhold", "add", "add", "transfer", "send", "state", "hangup", "lose")),
        to=st.sampled_from(TO),
    )
    def do_in_a_call(self, pick: int, what: str, to: str) -> None:
        talking = [
            (call, self.stage.board.clients.by_id[member.client])
            for call in self.stage.board.calls.values()
            for member in call.members.values()
            if call.under_way and member.client in self.stage.board.clients.by_id
        ]
        talking = [(call, client) for call, client in talking if client.lost_until is None]
        if not talking:
            return
        call, client = talking[pick % len(talking)]
        if what == "lose":
            self.stage.lose(client)
            return
        more = {
            "hold": {"on": True}, "unhold": {"on": False}, "state": {"media": "connected"}, "add": {"to": to},
            "transfer": {"to": to}, "send": {"to": to, "blind": True},
        }.get(what, {})  # fmt: skip
        named = {"unhold": "hold", "send": "transfer"}.get(what, what)
        self.stage.say(client, f"call.{named}", call=call.id, **more)

    @rule(seat=st.integers(0, 9), pick=st.integers(0, 3), add=st.booleans(), to=st.sampled_from(TO))
    def ask_another(self, seat: int, pick: int, add: bool, to: str) -> None:
        if (client := self.client(seat)) is not None:
            self.stage.say(client, "call.add" if add else "call.transfer", call=self.known(pick), to=to)

    @rule(seat=st.integers(0, 9), status=st.sampled_from(("available", "busy", "dnd", "away")))
    def presence(self, seat: int, status: str) -> None:
        if (client := self.client(seat)) is not None:
            self.stage.say(client, "presence", status=status)

    @rule(
        kind=st.sampled_from(
            ("answered", "answered", "busy", "failed", "ended", "lost", "no_answer", "transferred", "transfer_failed")
        ),
        pick=st.integers(0, 3),
    )
    def phone(self, kind: str, pick: int) -> None:
        legs = [p.leg for p in self.stage.phones if p.action == "dial"][-4:] or ["no-leg"]
        self.stage.do(self.stage.exchange.phone(kind, legs[pick % len(legs)], self.stage.now))

    @rule()
    def phone_in(self) -> None:
        if self.stage.board.rules.phones:
            self.stage.do(self.stage.exchange.phone_in(f"in-{self.stage.now}", "700", "fire", self.stage.now))

    @rule(seconds=st.sampled_from((0.5, 0.5, 3.0, 6.0, 16.0, 31.0)))
    def wait(self, seconds: float) -> None:
        self.stage.wait(seconds)

    # -- the promises ----------------------------------------------------------------------------------------

    @invariant()
    def each_call_is_begun_once_and_ends_once_for_one_reason(self) -> None:
        for note in self.stage.notes[self.read :]:
            if note.ended is None and note.answered is None:
                assert note.id not in self.begun
                self.begun.add(note.id)
            elif note.ended is None:
                assert note.id in self.begun - self.answered - set(self.over)
                self.answered.add(note.id)
            else:
                assert note.id in self.begun
                assert note.id not in self.over, "ended twice"
                assert note.reason in set(Reason)
                assert not note.missed or (note.answered is None and Reason(note.reason) in MISSED)
                self.over[note.id] = note.reason
        self.read = len(self.stage.notes)
        assert set(self.stage.board.calls) == self.begun - set(self.over), "what has not ended goes on"

    @invariant()
    def a_party_talks_in_one_call_at_a_time(self) -> None:
        parties = {party for call in self.stage.board.calls.values() for party in call.members}
        for party in parties:
            talking = [c for c in self.stage.board.talking(party) if c.under_way]
            assert len(talking) <= 1, (party, [c.id for c in talking])

    @invariant()
    def a_call_has_the_members_that_its_phase_needs(self) -> None:
        clients = self.stage.board.clients
        for call in self.stage.board.calls.values():
            assert call.phase is not Phase.ENDED
            if call.under_way:
                assert len(call.members) >= 2, call
                assert len(call.members) == 2 or call.room
                assert call.answered_by
            else:
                assert list(call.members) == [call.caller]
                assert call.phase is Phase.ANNOUNCED or (call.ring is not None and call.ring.alerts)
            if call.ring is not None and call.phase is not Phase.ANNOUNCED:
                assert call.ring.alerting(), "a call that rings nowhere is over"
            for member in call.members.values():
                assert member.leg or not member.client or member.client in clients.by_id
                assert call.phase is Phase.ANNOUNCED or member.leg or member.client

    @invariant()
    def one_winner_for_each_ring(self) -> None:
        told: dict[str, set[str]] = {}
        for client, messages in self.stage.inbox.items():
            for message in messages:
                if message["t"] == "call.accepted" and not message["watch"] and message["polite"]:
                    told.setdefault(message["call"], set()).add(client)
        for call, winners in told.items():
            rings = sum(1 for note in self.stage.notes if note.id == call)
            assert rings
            taken = self.taken(call)
            assert len(winners) <= max(1, taken), (call, winners)

    def taken(self, call: str) -> int:
        """How many parties have come into it after the caller."""
        going_on = self.stage.board.calls.get(call)
        if going_on is not None:
            return len(going_on.took_part) - 1 or 1
        return len(self.stage.ended(call).parties)

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        self.stage.do(self.stage.exchange.close(self.stage.now))
        self.each_call_is_begun_once_and_ends_once_for_one_reason()
        assert not self.stage.board.calls


TestOffices = Offices.TestCase
TestOffices.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_two_hundred_calls_leave_nothing_behind() -> None:
    stage = Stage(Rules(rooms=True), checked=False)
    wall, one, two = stage.join("wall", "main"), stage.console("fire-1"), stage.console("safety-1", "safety")

    def round_of_calls() -> None:
        for n in range(4):
            key = stage.talk(wall, one, "dept:fire")
            if n == 1:
                stage.say(wall, "call.add", call=key, to="dept:safety")
                stage.say(two, "call.accept", call=key)
            stage.say(wall, "call.hangup", call=key)
            stage.say(one, "call.hangup", call=key)
            stage.wait(10)
            stage.inbox.clear()
            stage.notes.clear()
            stage.rooms.clear()

    def objects() -> int:
        gc.collect()
        return sum(1 for thing in gc.get_objects() if str(type(thing).__module__).startswith("telephony"))

    for _ in range(65):  # the ids of calls that are over, which are kept, are all there now
        round_of_calls()
    before = objects()
    for _ in range(50):
        round_of_calls()
    assert objects() == before
    assert not stage.board.calls
