"""One meeting: who is in, who waits at the door, who hosts. Changes it and says what follows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assistant.contracts import NotPermitted, Unavailable
from telephony.consent import KINDS, Kind
from telephony.meeting_state import Member, Page, Policy, State, Waiter, Why, concerns, told
from telephony.room_effects import Effect, Engine, Note, Person, Send

MaySee = Callable[[Person, Page], bool]


class Meeting:
    """Every method leaves its effects in the order in which they are to be done; `take` hands them over."""

    def __init__(self, state: State, policy: Policy, may_see: MaySee) -> None:
        self.state, self.policy, self._may_see = state, policy, may_see
        self._out: list[Effect] = []
        self._people_changed = False

    @property
    def room(self) -> str:
        """The room's id."""
        return self.state.plan.id

    def take(self, now: float) -> list[Effect]:
        """What is to be done since the last time."""
        self._settle(now)
        if self._people_changed:
            for part in self.state.members:
                self.send(part, "room.people", self.state.people(part))
            self._people_changed = False
        out, self._out = self._out, []
        return out

    # -- saying ------------------------------------------------------------------------------------------------

    def send(self, part: str, kind: str, fields: Mapping[str, Any]) -> None:
        """A message to one party."""
        self._out.append(Send(part, told(kind, self.room, fields)))

    def tell(self, kind: str, fields: Mapping[str, Any], *, but: str = "") -> None:
        """A message to everybody who is in."""
        for part in self.state.members:
            if part != but:
                self.send(part, kind, fields)

    def note(self, kind: str, now: float, part: str = "", /, **data: Any) -> None:
        """Something for the record."""
        self._out.append(Note(kind, self.room, self.state.id, now, part, data))

    def engine(self, order: Engine) -> None:
        """An order to the engine."""
        self._out.append(order)

    def changed(self) -> None:
        """The list of people is to be told anew."""
        self._people_changed = True

    # -- coming in ---------------------------------------------------------------------------------------------

    def arrive(self, person: Person, now: float, *, admitted: bool) -> None:
        """Somebody is at the door: in at once, or waiting. Raises NotPermitted, Unavailable; then nothing changed."""
        state = self.state
        if person.part in state.members:
            self._again(person, now)
            return
        if person.owner in state.removed:
            raise NotPermitted("removed", "the host has ended this meeting for you")
        if state.locked:
            raise NotPermitted("room-locked", "the host has locked this room")
        if self.full:
            raise Unavailable("room-full", f"this room holds {self.most} people")
        waiter = state.waiting.get(person.part)
        if waiter is None:
            if len(state.waiting) >= self.policy.most_waiting:
                raise Unavailable("room-full", "too many wait at the door of this room")
            waiter = state.waiting[person.part] = Waiter(person, now, "host", admitted)
        waiter.person, waiter.away_at = person, None
        waiter.admitted = waiter.admitted or admitted
        self._advance(waiter, now, say=True)

    @property
    def most(self) -> int:
        """How many people this room holds."""
        return min(self.state.plan.most or self.policy.most, self.policy.most)

    def phone_in(self, person: Person, now: float) -> bool:
        """A telephone says nothing: it is in once its sound is. It cannot agree to a record, so that ends one."""
        if self.full or self.state.locked:
            self.engine(Engine("leave", self.room, person.part))
            return False
        self.state.waiting.pop(person.part, None)
        self._enter(person, now)
        self.state.members[person.part].mic = True
        return True

    def admit(self, part: str, now: float) -> None:
        """The host lets somebody in."""
        waiter = self.state.waiting.get(part)
        if waiter is not None and waiter.why == "lobby":
            if self.full:
                raise Unavailable("room-full", f"this room holds {self.most} people")
            waiter.admitted = True
            self._advance(waiter, now)

    def refuse(self, part: str, now: float, reason: str = "refused") -> None:
        """Somebody at the door is sent away."""
        if self.state.waiting.pop(part, None) is not None:
            self.send(part, "room.ended", {"reason": reason})
            self.changed()

    @property
    def full(self) -> bool:
        """Whether nobody more may come in."""
        return len(self.state.members) >= self.most

    def _advance(self, waiter: Waiter, now: float, *, say: bool = False) -> None:
        """Let a waiter in when nothing keeps him any more; else tell him what does, where that is news."""
        why = self._keeps_out(waiter)
        if why is None:
            self.state.waiting.pop(waiter.person.part, None)
            self._enter(waiter.person, now)
            return
        if why != waiter.why or say:
            waiter.why = why
            kinds = [kind for kind in KINDS if self.state.consents[kind].keeps_out(waiter.person.part)]
            self.send(
                waiter.person.part, "room.waiting", {"why": why, **({"kinds": kinds} if why == "consent" else {})}
            )
            self.changed()

    def _keeps_out(self, waiter: Waiter) -> Why | None:
        person, state = waiter.person, self.state
        if not state.host and not person.office and state.plan.kind != "call":
            return "host"
        if state.plan.lobby and state.members and not waiter.admitted:
            return "lobby"
        if concerns(person) and any(consent.keeps_out(person.part) for consent in state.consents.values()):
            return "consent"
        if self.full:
            return "lobby"
        return None

    def _enter(self, person: Person, now: float) -> None:
        state = self.state
        if not state.open:
            state.open = True
            self.engine(Engine("open", self.room, most=self.most))
            self.note("opened", now, person.part, title_ko=state.plan.title_ko, title_en=state.plan.title_en)
        state.empty_at = None
        if concerns(person):  # before he is in: what the others are told of it is not for him yet
            for kind in KINDS:
                before = state.consents[kind].state
                state.consents[kind].entered(person.part)
                self.consent_moved(kind, before, now)
                if state.consents[kind].state == "asking":
                    self.tell_consent(kind)
        state.members[person.part] = Member(person, now)
        self.note(
            "joined",
            now,
            person.part,
            party=person.owner,
            name_ko=person.name_ko,
            name_en=person.name_en,
            kind=person.kind,
        )
        self._choose_host(now)
        self._snapshot(person.part, now)
        self.changed()

    def _again(self, person: Person, now: float) -> None:
        """Somebody who is in asks again: his page was loaded anew, and its peer connections are gone."""
        member = self.state.members[person.part]
        member.person, member.away_at = person, None
        self.drop_media(person.part, member)
        self._snapshot(person.part, now)
        self.changed()

    def back(self, part: str, now: float) -> None:
        """The connection of somebody stands again. What it missed it gets by room.join, which its page says anew."""
        member, waiter = self.state.members.get(part), self.state.waiting.get(part)
        if member is not None and member.away_at is not None:
            member.away_at = None
            self.changed()
        if waiter is not None and waiter.away_at is not None:
            waiter.away_at = None
            self._advance(waiter, now, say=True)

    def _snapshot(self, part: str, now: float) -> None:
        state = self.state
        fields: dict[str, Any] = {
            "meeting": state.id, "title_ko": state.plan.title_ko, "title_en": state.plan.title_en, "me": part,
            "role": state.role(part), "most": self.most, **state.people(part), "feeds": state.feeds(part),
            **state.speaking, "page": self.page_for(part), "follows": state.members[part].follows,
            "chat": [line.told(self.room, now) for line in state.chat.lines], "captions": state.captions(part),
            "recording": [state.recording(kind, part) for kind in KINDS],
        }  # fmt: skip
        self.send(part, "room.joined", fields)

    def page_for(self, part: str) -> dict[str, Any] | None:
        """What is followed, as `part` may know it."""
        page = self.state.page
        if page is None:
            return None
        if not self._may_see(self.state.members[part].person, page):
            return {"document": None, "panel": None, "page": None, "by": page.by, "hidden": True}
        shown = {"document": page.document or None, "panel": page.panel or None, "page": page.number}
        return {**shown, "by": page.by, "hidden": False}

    # -- going -------------------------------------------------------------------------------------------------

    def leave(self, part: str, reason: str, now: float) -> None:
        """Somebody goes, or is sent. Nothing of the room reaches him after his room.ended."""
        state = self.state
        self.refuse(part, now, reason)
        member = state.members.pop(part, None)
        if member is None:
            return
        self.drop_media(part, member)
        self.send(part, "room.ended", {"reason": reason})
        self.note("left", now, part, reason=reason)
        for kind in KINDS:
            before = state.consents[kind].state
            state.consents[kind].left(part, now)
            self.consent_moved(kind, before, now)
        if state.presenter == part:
            state.presenter = ""
        if state.host == part:
            state.host = ""
        self._choose_host(now)
        self.changed()
        if not state.members:
            state.empty_at = now

    def drop_media(self, part: str, member: Member) -> None:
        """The engine forgets a part; everybody else hears that its feeds are gone."""
        self.engine(Engine("leave", self.room, part))
        feeds = list(member.feeds)
        member.feeds.clear()
        member.mic = member.cam = member.screen = False
        member.silenced = ()  # the engine has forgotten it with the part; what the host said holds
        if feeds:
            self.tell("room.feeds", {"added": [], "removed": feeds}, but=part)
        if self.state.speakers.gone(part):
            self.tell("room.speaking", self.state.speaking)

    def end(self, reason: str, now: float) -> None:
        """The meeting is over for everybody, those at the door too."""
        state = self.state
        for kind in KINDS:
            before = state.consents[kind].state
            state.consents[kind].end("ended")
            self.consent_moved(kind, before, now)
        for part in list(state.waiting):
            self.refuse(part, now, reason)
        for part in list(state.members):
            del state.members[part]
            self.send(part, "room.ended", {"reason": reason})
            self.note("left", now, part, reason=reason)
        state.host = state.presenter = ""
        self._retap()
        if state.open:
            self.engine(Engine("close", self.room))
            self.note("ended", now, reason=reason)
        state.open, state.empty_at = False, now

    # -- the host ----------------------------------------------------------------------------------------------

    def _choose_host(self, now: float) -> None:
        """One host while anybody of the office is in: who came first, a television only where there is nobody else."""
        state = self.state
        able = [m for m in state.members.values() if m.person.office]
        present = state.members.get(state.host)
        if present is None or (not present.person.publishes and any(m.person.publishes for m in able)):
            first = min(able, key=lambda m: (not m.person.publishes, m.away_at is not None, m.joined_at), default=None)
            state.host = first.person.part if first else ""
            if state.host:
                self.note("host", now, state.host)
        state.presenter = state.presenter if state.presenter in state.members else state.host

    def _settle(self, now: float) -> None:
        """What follows from any change: guests do not stay alone, the door is looked at again, taps are set."""
        state = self.state
        # Who is in a call that goes on in a room is the call hub's to say.
        if state.members and not state.host and state.plan.kind != "call":
            for part, member in list(state.members.items()):
                # A phone at a scene waits until somebody of the office is there again.
                waits = member.person.kind == "guest" and member.away_at is None
                self.leave(part, "host_gone", now)
                if waits:
                    state.waiting[part] = Waiter(member.person, now, "host", admitted=True)
                    self.send(part, "room.waiting", {"why": "host"})
        for waiter in sorted(state.waiting.values(), key=lambda w: w.since):
            if waiter.person.part in state.waiting and waiter.away_at is None:
                self._advance(waiter, now)
        self._retap()

    def _retap(self) -> None:
        state = self.state
        wanted = {
            part
            for part, m in state.members.items()
            if state.captioned and m.voiced and m.feeds and m.publishes and m.away_at is None
        }
        for part, member in state.members.items():
            if member.silenced != member.held_back:
                member.silenced = member.held_back
                self.engine(Engine("silence", self.room, part, kinds=member.silenced))
        for part in sorted(state.tapped - wanted):
            self.engine(Engine("untap", self.room, part))
        for part in sorted(wanted - state.tapped):
            self.engine(Engine("tap", self.room, part))
        state.tapped = wanted

    def consent_moved(self, kind: Kind, before: str, now: float, part: str = "") -> None:
        """Tell everybody where a consent stands, and note when a record begins or ends."""
        consent = self.state.consents[kind]
        if consent.state != before:
            if consent.state == "on":
                self.note(f"{kind}_on", now, consent.by)
            elif before == "on":
                if consent.why == "withdrew":
                    self.note("withdrew", now, part, kind=kind, party=self.state.members[part].person.owner)
                self.note(f"{kind}_off", now, part, why=consent.why)
            self.tell_consent(kind)
            self.tell_captions()

    def tell_consent(self, kind: Kind, parts: Iterable[str] | None = None) -> None:
        """Where a consent stands, to each as it concerns him."""
        for part in self.state.members if parts is None else parts:
            self.send(part, "recording", self.state.recording(kind, part))

    def tell_captions(self) -> None:
        """The captions' badge, to each with what he chose."""
        for part in self.state.members:
            self.send(part, "captions", self.state.captions(part))

    # -- time --------------------------------------------------------------------------------------------------

    def lost(self, part: str, now: float) -> None:
        """The last connection of a party broke."""
        member, waiter = self.state.members.get(part), self.state.waiting.get(part)
        if member is not None and member.away_at is None:
            member.away_at = now
            self.changed()
        if waiter is not None and waiter.away_at is None:
            waiter.away_at = now

    def tick(self, now: float) -> None:
        """Let time pass: the grace of the lost, unanswered consents, long waits, who speaks."""
        state, policy = self.state, self.policy
        for part, member in list(state.members.items()):
            if member.away_at is not None and now - member.away_at >= policy.grace_s:
                self.leave(part, "lost", now)
        for part, waiter in list(state.waiting.items()):
            gone = waiter.away_at is not None and now - waiter.away_at >= policy.grace_s
            if gone or now - waiter.since >= policy.wait_s:
                self.refuse(part, now, "lost" if gone else "host_gone" if waiter.why == "host" else "refused")
        for kind in KINDS:
            if state.consents[kind].late(now, policy.answer_s):
                self.consent_moved(kind, "asking", now)
        if state.speakers.tick(now):
            self.tell("room.speaking", state.speaking)

    def over(self, now: float) -> bool:
        """Whether nobody has been in for so long that the meeting is to end."""
        at = self.state.empty_at
        return at is not None and now - at >= self.policy.empty_s and not self.state.waiting
