"""Anything in any order: what a room promises holds after every step, judged by what was told, ordered and noted."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contracts import SeoulaError
from telephony.consent import KINDS
from telephony.meeting_state import Policy
from telephony.rooms import INCOMING, Engine, Note, Plan, Send
from tests.telephony.stage import EVERYBODY, FIRE, LOBBY, PHONE, ROOM, SAFETY, SCENE, TABLET, TV, WALL, Stage

EVENT = "event:fire-1"
WHERE = [ROOM] * 8 + [LOBBY, EVENT]
WHO = [WALL, WALL, SAFETY, SAFETY, FIRE, FIRE, TV, TABLET, SCENE, PHONE]
OF_THE_ROOM = frozenset(
    {"room.people", "room.feeds", "room.speaking", "room.chat", "room.page", "room.moderated", "captions", "caption"}
    | {"recording"}
)
STEPS = ["say"] * 8 + ["engine"] * 3 + ["heard", "heard", "agree all", "lost", "back", "wait", "forget"]
DEEDS = ["mute", "mute_all", "remove", "lock", "unlock", "unlock", "host", "role", "presenter", "lower_hand", "end"]


def did(dice: random.Random) -> tuple[str, dict[str, Any]]:
    """A message that somebody might send, whether or not he may."""
    part, yes, kind = dice.choice(WHO).part, dice.random() < 0.6, dice.choice(KINDS)
    return dice.choice(
        [
            ("room.join", {}),
            ("room.join", {}),
            ("room.join", {}),
            ("room.leave", {}),
            ("room.admit", {"part": dice.choice([part, "*"]), "admit": yes}),
            ("room.moderate", {"do": dice.choice(DEEDS), "part": part, "role": dice.choice(["speaker", "viewer"])}),
            ("room.chat", {"text": "말", "kind": dice.choice(["text", "decision"])}),
            ("room.page", {"document": "white-paper-1", "page": dice.randint(1, 9)}),
            ("call.state", {dice.choice(["mic", "hand", "screen"]): yes}),
            ("captions.set", {"on": yes}),
            ("captions.set", {"mine": yes}),
            ("recording.set", {"kind": kind, "on": yes}),
            ("consent.set", {"kind": kind, "agree": yes}),
            ("consent.set", {"kind": kind, "agree": True}),
        ]
    )


def steps(dice: random.Random, count: int) -> Iterator[tuple[str, Any, str, Any]]:
    """What happens next, so many times."""
    engine = ["published", "published", "published", "unpublished", "speaking", "failed"]
    for _ in range(count):
        what = dice.choice(STEPS)
        more = {"say": did(dice), "engine": dice.choice(engine), "heard": "한 말", "wait": dice.choice([1, 10, 70])}
        yield what, dice.choice(WHO), dice.choice(WHERE), more.get(what, dice.choice(KINDS))


class Watch:
    """What the effects say, followed beside the rooms."""

    def __init__(self) -> None:
        self.stage = Stage(
            Policy(most=4, wait_s=100),
            [Plan(ROOM, "가", "A", "standing", invited={PHONE.part}), Plan(LOBBY, "나", "B", "standing", lobby=True)],
        )
        self.inside: set[tuple[str, str]] = set()
        self.removed: set[tuple[str, str]] = set()
        self.agreed: dict[tuple[str, str], set[str]] = {}
        self.on: set[tuple[str, str]] = set()
        self.tapped: set[tuple[str, str]] = set()

    def follow(self, effects: list[Any]) -> None:
        for effect in effects:
            match effect:
                case Send(part, sent):
                    self.sent(part, sent)
                case Engine("tap", room, part):
                    assert (room, part) in self.inside
                    self.tapped.add((room, part))
                case Engine("untap", room, part):
                    self.tapped.remove((room, part))
                case Engine("close", room):
                    assert not {part for where, part in self.inside if where == room}
                    self.removed = {pair for pair in self.removed if pair[0] != room}
                case Note(kind, room):
                    self.noted(kind, room, effect)

    def sent(self, part: str, sent: Mapping[str, Any]) -> None:
        place = (sent.get("room", ""), part)
        if sent["t"] == "room.joined":
            assert place not in self.removed
            self.inside.add(place)
        elif sent["t"] in ("room.waiting", "room.ended"):
            self.inside.discard(place)
            if sent.get("reason") == "removed":
                self.removed.add(place)
        elif sent["t"] in OF_THE_ROOM:
            assert place in self.inside, (sent["t"], "to one who is not in")

    def noted(self, kind: str, room: str, note: Note) -> None:
        if kind in ("recording_on", "transcript_on"):
            self.on.add((room, kind.removesuffix("_on")))
        elif kind in ("recording_off", "transcript_off"):
            self.on.discard((room, kind.removesuffix("_off")))
        elif kind == "line":
            assert (room, "transcript") in self.on
            assert (room, note.part) in self.tapped
        elif kind == "left":
            for record in KINDS:
                self.agreed.get((room, record), set()).discard(note.part)

    def agree_all(self, room: str, kind: str) -> None:
        """The host asks, and everybody agrees: by chance alone that is rare."""
        state = self.stage.rooms.state(room)
        for part in [state.host, *state.members] if state else []:
            t, wish = ("recording.set", "on") if state and part == state.host else ("consent.set", "agree")
            who = next((person for person in EVERYBODY if person.part == part), WALL)
            self.step("say", who, room, (t, {"kind": kind, wish: True}))

    def step(self, what: str, who: Any, room: str, more: Any) -> None:
        stage, rooms = self.stage, self.stage.rooms
        if what == "agree all":
            self.agree_all(room, more)
            return
        try:
            if what == "say":
                t, fields = more
                if t in ("consent.set", "recording.set") and (fields.get("agree") or fields.get("on")):
                    # Noted before: agreeing may itself begin the record. Taken back where it was refused.
                    state = rooms.state(room)
                    kept = set(self.agreed.get((room, fields["kind"]), set()))
                    if state is not None and (who.part in state.members or who.part in state.waiting):
                        self.agreed.setdefault((room, fields["kind"]), set()).add(who.part)
                    try:
                        done = stage.say(who, t, room, **fields)
                    except SeoulaError:
                        self.agreed[room, fields["kind"]] = kept
                        raise
                else:
                    if t == "consent.set":
                        self.agreed.get((room, fields["kind"]), set()).discard(who.part)
                    done = stage.say(who, t, room, **fields)
            elif what == "engine":
                done = stage.do(rooms.engine_event(more, room, who.part, f"feed-{who.part}", -20.0, stage.now))
            elif what == "heard":
                done = stage.heard(who, more, room)
            elif what == "wait":
                done = stage.wait(more)
            else:
                done = stage.do(getattr(rooms, what)(who.part, stage.now))
                if what == "forget":
                    rooms.know(who)
        except SeoulaError:
            done = []
        stage.now += 0.1
        self.follow(done)

    def check(self) -> None:
        for room in (ROOM, LOBBY, EVENT):
            state = self.stage.rooms.state(room)
            members = set(state.members) if state else set()
            assert {part for where, part in self.inside if where == room} == members
            for person in EVERYBODY:
                assert self.stage.rooms.may_subscribe(room, person.part) == (person.part in members)
            if state is None:
                continue
            assert not members & set(state.waiting)
            assert len(members) <= 4
            assert (state.host in members) if members else not state.host
            assert state.host not in (SCENE.part, PHONE.part)
            tapped = {part for where, part in self.tapped if where == room}
            assert tapped <= {part for part, m in state.members.items() if m.voiced and m.publishes and m.feeds}
            for kind in KINDS:
                if (room, kind) in self.on:
                    heard = {part for part, m in state.members.items() if m.person.publishes}
                    assert heard <= self.agreed.get((room, kind), set())
                assert (state.consents[kind].state == "on") == ((room, kind) in self.on)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_happens_a_room_keeps_its_promises(seed: int) -> None:
    watch = Watch()
    for person in (WALL, SAFETY):
        watch.step("say", person, ROOM, ("room.join", {}))
        watch.step("engine", person, ROOM, "published")
    for step in steps(random.Random(seed), 120):
        watch.step(*step)
        watch.check()


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 10**6), st.floats(allow_nan=True), st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=4,
)
FIELDS = ("part", "admit", "do", "role", "text", "kind", "document", "panel", "page", "follow", "mic", "hand", "screen")
MORE = ("on", "mine", "agree", "title", "pin", "lobby", "most", "media", "cam")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(INCOMING), st.dictionaries(st.sampled_from(FIELDS + MORE), ANYTHING, max_size=6), ANYTHING)
def test_a_message_that_makes_no_sense_is_refused_and_changes_nothing(
    t: str, fields: dict[str, Any], room: Any
) -> None:
    stage = Stage()
    stage.join(WALL, SAFETY)
    before = stage.rooms.state(ROOM)
    assert before is not None
    told = before.people(WALL.part), before.captions(WALL.part), list(before.chat.lines), before.page
    for where in (ROOM, room):
        try:
            stage.rooms.handle(WALL.part, {"t": t, **fields, "room": where}, stage.now)
        except SeoulaError:
            assert stage.rooms.tick(stage.now) == ()
            now = stage.rooms.state(ROOM)
            assert now is not None
            assert told == (now.people(WALL.part), now.captions(WALL.part), list(now.chat.lines), now.page)
        else:
            return  # it made sense after all
