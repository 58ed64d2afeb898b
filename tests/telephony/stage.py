"""A stage for meetings: rooms with a clock that a test turns, and what each party was told."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from telephony.meeting_state import Page
from telephony.rooms import Effect, Engine, Note, Person, Plan, Policy, Rooms, Send

WALL = Person("display:main", "wall", "시장실", "Mayor's office")
TABLET = Person("display:tab", "tablet", "시장실 태블릿", "Tablet")
TV = Person("display:tv", "tv", "회의실 TV", "TV")
SAFETY = Person("console:safety-1", "console", "안전총괄실", "Safety Office")
FIRE = Person("console:fire-1", "console", "소방재난본부", "Fire HQ")
SCENE = Person("guest:scene", "guest", "현장 휴대전화", "Phone at the scene", frozenset({"event:fire-1"}))
PHONE = Person("sip:200@office", "phone", "내선 200", "Extension 200")
EVERYBODY = (WALL, TABLET, TV, SAFETY, FIRE, SCENE, PHONE)
ROOM, LOBBY = "daily-briefing", "policy"


def plans() -> list[Plan]:
    """An open room and one with a lobby."""
    return [
        Plan(ROOM, "일일 상황회의실", "Daily briefing room", "standing"),
        Plan(LOBBY, "정책회의실", "Policy meeting room", "standing", lobby=True),
    ]


class Stage:
    """Rooms, everybody known, and the effects of all that was done."""

    def __init__(
        self,
        policy: Policy | None = None,
        rooms: Iterable[Plan] | None = None,
        may_see: Callable[[Person, Page], bool] = lambda _, __: True,
        most: int = 6,
    ) -> None:
        numbers = itertools.count(1)
        self.rooms = Rooms(
            rooms if rooms is not None else plans(),
            policy or Policy(most=most),
            event_title=lambda event: ("화재", "Fire") if event == "fire-1" else None,
            may_see=may_see,
            new_id=lambda: f"m{next(numbers)}",
        )
        self.now = 100.0
        self.effects: list[Effect] = []
        self.inbox: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for person in EVERYBODY:
            self.rooms.know(person)

    def do(self, effects: Iterable[Effect]) -> list[Effect]:
        """Carry effects out."""
        done = list(effects)
        self.effects += done
        for effect in done:
            if isinstance(effect, Send):
                self.inbox[effect.part].append(effect.message)
        return done

    def say(self, person: Person, t: str, room: str | None = None, /, **fields: Any) -> list[Effect]:
        """One message of somebody."""
        message = {"t": t, **({"room": room} if room else {}), **fields}
        return self.do(self.rooms.handle(person.part, message, self.now))

    def join(self, *people: Person, room: str = ROOM) -> None:
        """They enter one after the other."""
        for person in people:
            self.say(person, "room.join", room)

    def wait(self, seconds: float) -> list[Effect]:
        """Time passes, in steps of half a second."""
        done = []
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 0.5)
            done += self.do(self.rooms.tick(self.now))
        return done

    def publish(self, *people: Person, room: str = ROOM) -> None:
        """The engine has their sound and picture."""
        for person in people:
            self.do(self.rooms.engine_event("published", room, person.part, f"feed-{person.part}", 0, self.now))

    def loud(self, person: Person, seconds: float, room: str = ROOM, db: float = -20.0) -> None:
        """He speaks for so long; the engine reports it ten times a second."""
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            self.do(self.rooms.engine_event("speaking", room, person.part, f"feed-{person.part}", db, self.now))

    def heard(self, person: Person, text: str, room: str = ROOM, **more: Any) -> list[Effect]:
        """The captions' recogniser heard words of him."""
        line = {"final": True, "t0": self.now, "age_ms": 300, **more}
        return self.do(self.rooms.heard(room, person.part, text, now=self.now, **line))

    # -- what came of it -----------------------------------------------------------------------------------------

    def told(self, person: Person, kind: str) -> list[Mapping[str, Any]]:
        """His messages of a kind."""
        return [m for m in self.inbox[person.part] if m["t"] == kind]

    def last(self, person: Person, kind: str) -> Mapping[str, Any]:
        """The newest one."""
        return self.told(person, kind)[-1]

    def notes(self, kind: str) -> list[Note]:
        """Notes of a kind."""
        return [e for e in self.effects if isinstance(e, Note) and e.kind == kind]

    def orders(self, do: str) -> list[Engine]:
        """Orders to the engine of a kind."""
        return [e for e in self.effects if isinstance(e, Engine) and e.do == do]

    def consents(self, *people: Person, kind: str = "recording", room: str = ROOM, agree: bool = True) -> None:
        """They answer."""
        for person in people:
            self.say(person, "consent.set", room, kind=kind, agree=agree)
