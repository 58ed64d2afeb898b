"""The motion mouse: people's bodies and hands in, events out. Pure; the frames' own times are its only clock.

Somebody who faces the camera holds the right hand up for three seconds, has the cursor, moves it with either hand,
chooses, and lets go by lowering both hands or going away. While one person has it, nobody else can take it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perception.hands.body import Side, Sight
from perception.hands.events import Cursor, Ending, Engaged, HandsEvent, Raising, Released, Select, SelectBy
from perception.hands.pointing import Pointer, Snapping, Target, is_up
from perception.hands.raising import Arming
from perception.hands.selecting import Dwell, Pinch, Place, Trail
from perception.hands.settings import HandsSettings

_TOLD_FROM = 0.1
"""A hand that only passes by is not told of."""
_FORGET_S = 2.0
_UNSEEN = 3
"""By this is divided what time with a wrist up takes back of the time down where no hand is found at the wrist: in the
dark there is one, below the frame's edge there is none."""
_LOOK_FROM = -0.3
"""A palm so far above its shoulder, in shoulder widths, may turn out to be held up."""


class MotionMouse:
    """One camera's. `step` for every frame, in order."""

    def __init__(self, settings: HandsSettings | None = None) -> None:
        self._settings = settings or HandsSettings()
        self._arming: dict[int, tuple[float, Arming]] = {}
        self._holder: Holder | None = None
        self._told = 0.0
        self._targets: tuple[Target, ...] = ()
        self._off = False

    @property
    def engaged(self) -> bool:
        return self._holder is not None

    @property
    def busy(self) -> bool:
        """Somebody has the cursor, or is about to."""
        return self._holder is not None or self._told > 0

    def wanted(self, sights: Sequence[Sight]) -> list[tuple[int, Side]]:
        """Whose hands are worth a closer look in this frame: the holder's, or those that somebody may be raising."""
        if self._off:
            return []
        if self._holder is not None:
            held, its = self._holder, self._settings.cursor
            return [
                (sight.person, side)
                for sight in sights
                if sight.person == held.person
                for side in Side
                if is_up(sight, side, its)
            ]
        return [(sight.person, Side.RIGHT) for sight in sights if _may_raise(sight)]

    def step(self, at: float, sights: Sequence[Sight]) -> list[HandsEvent]:
        """One frame: everybody in it, with the hands that were wanted."""
        if self._off:
            return []
        if self._holder is not None:
            events = list(self._holder.step(at, next((s for s in sights if s.person == self._holder.person), None)))
            if events and isinstance(events[-1], Released):
                self._let_go(at, block=self._holder.person)
            return events
        return list(self._arm(at, sights))

    def aim_at(self, targets: Sequence[Target]) -> None:
        """What can be chosen on the screen now."""
        self._targets = tuple(targets)
        if self._holder is not None:
            self._holder.snapping.use(self._targets)

    def switch(self, at: float, *, on: bool) -> list[HandsEvent]:
        """On and off. Off lets go at once; whoever still holds a hand up begins anew after switching on."""
        events: list[HandsEvent] = []
        if not on and not self._off:
            events = self.end(at, Ending.SWITCHED_OFF)
        self._off = not on
        return events

    def end(self, at: float, reason: Ending) -> list[HandsEvent]:
        """Nobody is watched any more: what was begun is ended."""
        events: list[HandsEvent] = []
        if self._holder is not None:
            events.append(Released(at, reason))
        elif self._told > 0:
            events.append(Raising(at, 0.0))
        self._let_go(at)
        return events

    def _let_go(self, at: float, block: int | None = None) -> None:
        self._holder, self._told, self._arming = None, 0.0, {}
        if block is not None:
            arming = Arming(self._settings.raising)
            arming.block()
            self._arming[block] = (at, arming)

    def _arm(self, at: float, sights: Sequence[Sight]) -> Iterator[HandsEvent]:
        most, who = 0.0, None
        seen = {sight.person: sight for sight in sights}
        for person in seen.keys() - self._arming.keys():
            self._arming[person] = (at, Arming(self._settings.raising))
        for person, (last, arming) in sorted(self._arming.items()):
            sight = seen.get(person)
            if sight is None:
                progress = arming.missed(at)
                if at - last > _FORGET_S:
                    del self._arming[person]
            else:
                progress = arming.step(at, sight)
                self._arming[person] = (at, arming)
            if progress > most:
                most, who = progress, (person, arming, sight)
        told, self._told = self._told, most if most >= _TOLD_FROM else 0.0
        if self._told or told:
            yield Raising(at, self._told)
        if who is not None and most >= 1.0 and who[1].raised and who[2] is not None:
            self._holder = Holder(who[0], self._settings, self._targets)
            self._told, self._arming = 0.0, {}
            yield Engaged(at)
            yield from self._holder.step(at, who[2])


class Holder:
    """The person who has the cursor."""

    def __init__(self, person: int, settings: HandsSettings, targets: tuple[Target, ...] = ()) -> None:
        self.person = person
        self.snapping = Snapping(settings.cursor)
        self.snapping.use(targets)
        self._settings = settings
        self._pointers = {side: Pointer(side, settings.cursor) for side in Side}
        self._pinches = {side: Pinch(settings.select) for side in Side}
        self._dwell = Dwell(settings.select, settings.cursor.screen_aspect)
        self._trail = Trail(settings.select.look_back_s)
        self._leading = Side.RIGHT
        self._up_at: dict[Side, float] = {}
        self._up: list[Side] = []
        self._down_s = 0.0
        self._seen_at: float | None = None

    def step(self, at: float, sight: Sight | None) -> Iterator[HandsEvent]:
        """One frame; None: the person is not in it. Released comes last."""
        its = self._settings.cursor
        began = self._seen_at is None
        if self._seen_at is None:
            self._seen_at = self._up_at[Side.RIGHT] = at
        if sight is None:
            if at - self._seen_at > its.lost_s:
                yield Released(at, Ending.LEFT)
            return
        since, self._seen_at = at - self._seen_at, at
        before, self._up = self._up, [side for side in Side if is_up(sight, side, its)]
        up = self._up
        self._up_at.update(dict.fromkeys(up, at))
        # a wrist below the frame's edge is guessed, and now and then as if it were up: a hand that is seen tells more
        if up and before:
            seen = any(side in sight.hands for side in up)
            self._down_s = max(0.0, self._down_s - (since if seen else since / _UNSEEN))
        if not up:
            self._down_s += since
            if self._down_s >= its.release_s - 1e-6:
                yield Released(at, Ending.LOWERED)
            return
        self._lead(at, up)
        if self._leading in up and (self._leading in before or began):
            x, y = self._pointers[self._leading].step(at, sight)
            place = self.snapping.step(x, y)
            self._trail.step(at, place)
            chosen = [] if began else list(self._choose(at, sight, place, up))
            yield Cursor(at, place[0], place[1], self._leading, place[2], self._dwell.progress(at))
            yield from chosen

    def _lead(self, at: float, up: Sequence[Side]) -> None:
        """The hand that is up leads, until it has been down for a moment and the other is up."""
        other = self._leading.other
        if (
            self._leading not in up
            and other in up
            and at - self._up_at.get(self._leading, at) > self._settings.cursor.switch_s
        ):
            self._leading = other
            self._pointers[other] = Pointer(other, self._settings.cursor)
            self._trail = Trail(self._settings.select.look_back_s)
            self._dwell = Dwell(self._settings.select, self._settings.cursor.screen_aspect)

    def _choose(self, at: float, sight: Sight, place: Place, up: Sequence[Side]) -> Iterator[HandsEvent]:
        how = self._settings.select
        pinched = False
        for side, pinch in self._pinches.items():
            if side in up:
                pinched = pinch.step(at, sight.hands.get(side)) or pinched
            else:
                pinch.rest()
        stayed = self._dwell.step(at, place)
        if how.pinch and pinched:
            self._dwell.chosen()
            yield Select(at, *self._trail.before()[:2], SelectBy.PINCH, self._trail.before()[2])
        elif how.dwell and stayed:
            yield Select(at, *place[:2], SelectBy.DWELL, place[2])


def _may_raise(sight: Sight) -> bool:
    right = sight.body.right
    return right.wrist.sure >= 0.5 and right.shoulder.y - right.palm.y > _LOOK_FROM * sight.body.width
