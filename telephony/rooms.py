"""Every meeting room: `Rooms` takes messages and the clock, and gives effects. Pure: no socket, no file, no clock.

The registry's rooms are always there; others are made (room.create), come from a call (`open_call`) or belong to
an incident (`event:<id>`). Whoever speaks here must be known first: `know`, with what his token says of him.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assistant.contracts import BadInput, NotPermitted, Unavailable
from telephony import meeting_acts as acts
from telephony import moderation
from telephony.chat import plain_text
from telephony.meeting import MaySee, Meeting
from telephony.meeting_state import Member, Plan, Policy, State
from telephony.pins import Pin, PinDoor
from telephony.room_effects import DEEDS, INCOMING, OUTGOING, Effect, Engine, Note, Person, Send

__all__ = ["DEEDS", "INCOMING", "OUTGOING", "Effect", "Engine", "Note", "Person", "Plan", "Policy", "Rooms", "Send"]

EVENT = "event:"
LONGEST_TITLE = 60
_ACTS: Mapping[str, Callable[[Meeting, str, Mapping[str, Any], float], None]] = {
    "room.admit": moderation.admit,
    "room.moderate": moderation.moderate,
    "room.chat": acts.chat,
    "room.page": acts.page,
    "call.state": acts.own_state,
    "captions.set": acts.captions,
    "recording.set": acts.recording,
    "consent.set": acts.agree,
}


def _everything(_: Person, __: object) -> bool:
    return True


class Rooms:
    """All rooms of one service.

    plans: the standing rooms. event_title: Korean and English title of an incident that runs, None for one that does
    not. may_see: whether a person may be shown a document or panel. new_id: short unguessable words.
    """

    def __init__(
        self,
        plans: Iterable[Plan],
        policy: Policy | None = None,
        *,
        event_title: Callable[[str], tuple[str, str] | None] = lambda _: None,
        may_see: MaySee = _everything,
        new_id: Callable[[], str] = lambda: secrets.token_urlsafe(9),
    ) -> None:
        self.policy = policy or Policy()
        self._event_title, self._may_see, self._new_id = event_title, may_see, new_id
        self._plans = {plan.id: plan for plan in plans}
        self._meetings: dict[str, Meeting] = {}
        self._people: dict[str, Person] = {}

    # -- who ---------------------------------------------------------------------------------------------------

    def know(self, person: Person) -> None:
        """A party said hello. Known already: what its token says now counts."""
        self._people[person.part] = person

    def lost(self, part: str, now: float) -> tuple[Effect, ...]:
        """Its last connection broke: it has `grace_s` to come back."""
        for meeting in self._of(part):
            meeting.lost(part, now)
        return self._done(now)

    def back(self, part: str, now: float) -> tuple[Effect, ...]:
        """It is there again within the grace; its page enters anew (room.join), and gets the whole state."""
        for meeting in self._of(part):
            meeting.back(part, now)
        return self._done(now)

    def forget(self, part: str, now: float) -> tuple[Effect, ...]:
        """It does not come back, or its token was revoked: it is out at once."""
        for meeting in self._of(part):
            meeting.leave(part, "revoked", now)
        self._people.pop(part, None)
        return self._done(now)

    # -- what people ask ----------------------------------------------------------------------------------------

    def handle(self, part: str, message: Mapping[str, Any], now: float) -> tuple[Effect, ...]:
        """One message of INCOMING. Raises BadInput, NotPermitted, Unavailable; then nothing has changed, except that a
        wrong PIN is counted."""
        person, kind = self._person(part), message.get("t")
        if kind == "room.list":
            return (Send(part, {"t": "room.list", "rooms": self.listed(person)}),)
        if kind == "room.create":
            self._create(person, message, now)
            return self._done(now)
        room = message.get("room")
        if not isinstance(room, str) or kind not in INCOMING:
            raise BadInput("bad-message", "a message of a room has a type that is known, and names its room")
        if kind == "room.join":
            self._join(person, room, message, now)
        else:
            meeting = self._meetings.get(room)
            inside = meeting is not None and part in meeting.state.members
            waits = meeting is not None and part in meeting.state.waiting and kind in ("room.leave", "consent.set")
            if meeting is None or not (inside or waits):
                raise NotPermitted("not-in-room", "you are not in this room")
            if kind == "room.leave":
                meeting.leave(part, "left", now)
            else:
                _ACTS[kind](meeting, part, message, now)
        return self._done(now)

    def listed(self, person: Person) -> list[dict[str, Any]]:
        """The rooms a person may enter, standing ones first."""
        return [self._row(plan) for plan in self._plans.values() if plan.open_to(person)]

    # -- what the rest of the service asks ----------------------------------------------------------------------

    def use_plans(self, plans: Iterable[Plan]) -> None:
        """The standing rooms have changed. A meeting goes on in its room, under the new name; one whose room is no more
        goes on to its end. PINs stay as they are, with what was counted at them."""
        wanted = {plan.id: plan for plan in plans}
        for plan in list(self._plans.values()):
            if plan.kind == "standing" and plan.id not in wanted:
                plan.kind = "made"  # gone with its meeting, as any made room
                if plan.id not in self._meetings:
                    del self._plans[plan.id]
        for new in wanted.values():
            known = self._plans.setdefault(new.id, new)
            known.kind, known.lobby = "standing", new.lobby
            known.title_ko, known.title_en = new.title_ko, new.title_en

    def open_call(self, room: str, title: tuple[str, str], now: float) -> None:
        """A call goes on in a room of this id, which only its parties know of. Open already: nothing changes."""
        self._plans.setdefault(room, Plan(room, *title, "call", made_at=now))

    def invite(self, room: str, party: str) -> None:
        """A party enters without a lobby and without a PIN. Raises BadInput."""
        plan = self._plans.get(room)
        if plan is None:
            raise BadInput("no-such-room", "there is no such room")
        plan.invited.add(party)

    def dismiss(self, room: str, party: str, now: float) -> tuple[Effect, ...]:
        """A party is out of the call: every connection of it leaves, and it may not come back."""
        if (plan := self._plans.get(room)) is not None:
            plan.invited.discard(party)
        if (meeting := self._meetings.get(room)) is not None:
            for part in [p for p, m in meeting.state.members.items() if m.person.owner == party]:
                meeting.leave(part, "left", now)
        return self._done(now)

    def close(self, room: str, now: float) -> tuple[Effect, ...]:
        """The call is over."""
        if (meeting := self._meetings.get(room)) is not None:
            meeting.end("ended", now)
        effects = self._done(now)
        if room in self._plans and self._plans[room].kind == "call":
            del self._plans[room]
        return effects

    def engine_event(
        self, kind: str, room: str, part: str, feed: str, level_db: float, now: float
    ) -> tuple[Effect, ...]:
        """As EngineEvent has them. What the engine says of a room that is no more changes nothing."""
        meeting, plan = self._meetings.get(room), self._plans.get(room)
        if meeting is None and plan is not None and acts.is_phone(part) and part in plan.invited:
            meeting = self._meeting(plan)
        if meeting is not None:
            acts.engine_event(meeting, kind, part, feed, level_db, now)
        return self._done(now)

    def heard(
        self, room: str, part: str, text: str, *, final: bool, t0: float, age_ms: int, now: float, shown: bool = True
    ) -> tuple[Effect, ...]:
        """Words that the recogniser heard of a part, begun at `t0` of this clock. shown: worth reading yet."""
        if (meeting := self._meetings.get(room)) is not None:
            line = {"text": text, "final": final, "t0": t0, "age_ms": age_ms, "shown": shown}
            acts.heard(meeting, part, line, now)
        return self._done(now)

    def tick(self, now: float) -> tuple[Effect, ...]:
        """Let time pass; a few times a second."""
        for meeting in list(self._meetings.values()):
            meeting.tick(now)
            if meeting.over(now):
                meeting.end("empty", now)
        effects = self._done(now)
        for plan in list(self._plans.values()):
            unused = plan.kind in ("made", "call", "event") and now - plan.made_at >= self.policy.empty_s
            if unused and plan.id not in self._meetings:
                del self._plans[plan.id]
        return effects

    def may_publish(self, room: str, part: str) -> bool:
        """Whether an offer of this party may be given to the engine."""
        member = self._member(room, part)
        return member is not None and member.publishes

    def may_subscribe(self, room: str, part: str) -> bool:
        """Whether this party may receive what others send."""
        return self._member(room, part) is not None

    def state(self, room: str) -> State | None:
        """The meeting that goes on in a room, to read."""
        meeting = self._meetings.get(room)
        return meeting.state if meeting is not None else None

    def meetings(self) -> list[State]:
        """Every meeting that goes on, to read."""
        return [meeting.state for meeting in self._meetings.values()]

    def people(self) -> int:
        """How many are in a room."""
        return sum(len(meeting.state.members) for meeting in list(self._meetings.values()))

    def member(self, part: str) -> Member | None:
        """Somebody who is in a room, to read."""
        return next((m.state.members[part] for m in self._meetings.values() if part in m.state.members), None)

    # -- inside -------------------------------------------------------------------------------------------------

    def _create(self, person: Person, message: Mapping[str, Any], now: float) -> None:
        if not person.office:
            raise NotPermitted("office-only", "guests and phones open no rooms")
        mine = [plan for plan in self._plans.values() if plan.maker == person.owner]
        if len(mine) >= self.policy.most_made or len(self._plans) >= self.policy.most_rooms:
            raise Unavailable("too-many-rooms", "close one of your rooms first")
        title = plain_text(message.get("title")).replace("\n", " ")
        if len(title) > LONGEST_TITLE:
            raise BadInput("bad-text", f"a title has at most {LONGEST_TITLE} characters")
        most = message.get("most", 0)
        if isinstance(most, bool) or not isinstance(most, int) or not 0 <= most <= 1000:
            raise BadInput("bad-message", "most is a number of people")
        pin, lobby = message.get("pin"), message.get("lobby", False)
        if not isinstance(lobby, bool):
            raise BadInput("bad-message", "lobby is true or false")
        self._alone(person.part, "")
        door = PinDoor(Pin.of(pin)) if pin not in (None, "") else None
        plan = Plan(
            f"meet-{self._new_id()}", title, title, "made", lobby, door, most, person.owner, now, {person.owner}
        )  # fmt: skip
        self._plans[plan.id] = plan
        self._meeting(plan).arrive(person, now, admitted=True)

    def _join(self, person: Person, room: str, message: Mapping[str, Any], now: float) -> None:
        plan = self._plans.get(room) or self._event_plan(room, now)
        if plan is None or not plan.open_to(person):
            raise BadInput("no-such-room", "there is no such room")
        self._alone(person.part, room)
        meeting = self._meetings.get(room)
        inside = meeting is not None and person.part in meeting.state.members
        invited = person.owner in plan.invited or (person.rooms is not None and room in person.rooms)
        if plan.door is not None and not inside and not invited:
            plan.door.check(person.owner, message.get("pin"), now)
            invited = True
        self._meeting(plan).arrive(person, now, admitted=invited)

    def _event_plan(self, room: str, now: float) -> Plan | None:
        title = self._event_title(room.removeprefix(EVENT)) if room.startswith(EVENT) else None
        if title is None:
            return None
        return self._plans.setdefault(room, Plan(room, *title, "event", made_at=now))

    def _alone(self, part: str, room: str) -> None:
        if any(meeting.room != room for meeting in self._of(part)):
            raise NotPermitted("in-another-room", "leave the other room first")

    def _meeting(self, plan: Plan) -> Meeting:
        if plan.id not in self._meetings:
            self._meetings[plan.id] = Meeting(State(plan, self._new_id()), self.policy, self._may_see)
        return self._meetings[plan.id]

    def _of(self, part: str) -> list[Meeting]:
        return [m for m in self._meetings.values() if part in m.state.members or part in m.state.waiting]

    def _person(self, part: str) -> Person:
        person = self._people.get(part)
        if person is None:
            raise NotPermitted("no-hello", "say hello first")
        return person

    def _member(self, room: str, part: str) -> Member | None:
        meeting = self._meetings.get(room)
        return meeting.state.members.get(part) if meeting is not None else None

    def _row(self, plan: Plan) -> dict[str, Any]:
        meeting = self._meetings.get(plan.id)
        people = len(meeting.state.members) if meeting else 0
        return {
            "room": plan.id, "title_ko": plan.title_ko, "title_en": plan.title_en, "kind": plan.kind, "people": people,
            "most": min(plan.most or self.policy.most, self.policy.most), "live": people > 0,
            "locked": bool(meeting and meeting.state.locked), "pin": plan.door is not None, "lobby": plan.lobby,
        }  # fmt: skip

    def _done(self, now: float) -> tuple[Effect, ...]:
        effects: list[Effect] = []
        for room, meeting in list(self._meetings.items()):
            effects += meeting.take(now)
            state = meeting.state
            if not state.open and not state.members and not state.waiting:
                # Over, or never begun: the next one is another meeting, and what was in this one is gone.
                del self._meetings[room]
                if state.plan.kind != "standing" and state.empty_at is not None:
                    self._plans.pop(room, None)
        return tuple(effects)
