"""How something is chosen: thumb and index finger touch, or the cursor stays where it is. Pure."""

from __future__ import annotations

import math
from collections import deque

from perception.hands.body import Hand
from perception.hands.settings import SelectSettings

Place = tuple[float, float, str | None]
"""x, y and the target's name."""


class Pinch:
    """One hand's thumb and index finger. Chooses once when they touch, again only after they have been well apart."""

    def __init__(self, settings: SelectSettings) -> None:
        self._settings = settings
        self._armed = False
        self._closed_since: float | None = None

    def step(self, at: float, hand: Hand | None) -> bool:
        """Whether the fingers have just touched. A hand that is not seen, or too small, changes nothing."""
        if hand is None or hand.size < self._settings.least_hand:
            self._closed_since = None
            return False
        apart = hand.pinch
        if apart > self._settings.pinch_closed:
            self._closed_since = None
            self._armed = self._armed or self._settings.pinch_open < apart < math.inf
            return False
        if self._closed_since is None:
            self._closed_since = at
        if not self._armed or at - self._closed_since < self._settings.pinch_s - 1e-6:
            return False
        self._armed = False
        return True

    def rest(self) -> None:
        """The hand is down: it must be seen open before it chooses."""
        self._armed, self._closed_since = False, None


class Dwell:
    """The cursor's staying. Chooses once; again only after it has gone elsewhere. Where it was when the person took
    over counts as such a place: nobody chooses by only raising a hand."""

    def __init__(self, settings: SelectSettings, aspect: float) -> None:
        self._settings, self._aspect = settings, aspect
        self._anchor: Place | None = None
        self._since = 0.0
        self._done = True

    def step(self, at: float, place: Place) -> bool:
        """Whether the cursor has just stayed long enough."""
        if self._anchor is None:
            self._anchor, self._since = place, at
            return False
        across, down = (place[0] - self._anchor[0]) * self._aspect, place[1] - self._anchor[1]
        far = self._settings.dwell_again if self._done else self._settings.dwell_radius
        if math.hypot(across, down) > far or place[2] != self._anchor[2]:
            self._anchor, self._since, self._done = place, at, False
            return False
        if self._done or at - self._since < self._settings.dwell_s - 1e-6:
            return False
        self._done = True
        return True

    def progress(self, at: float) -> float:
        """0..1 of the time after which staying chooses; 0 where it has been chosen already."""
        if self._anchor is None or self._done or not self._settings.dwell:
            return 0.0
        return min(1.0, (at - self._since) / self._settings.dwell_s)

    def chosen(self) -> None:
        """Something was chosen here in another way."""
        self._done = True


class Trail:
    """Where the cursor was a moment ago: a hand that closes moves a little, and something else is chosen."""

    def __init__(self, keep_s: float) -> None:
        self._keep = keep_s
        self._places: deque[tuple[float, Place]] = deque()

    def step(self, at: float, place: Place) -> None:
        self._places.append((at, place))
        while len(self._places) > 1 and at - self._places[1][0] >= self._keep:
            self._places.popleft()

    def before(self) -> Place:
        """The place of `keep_s` ago, or the oldest since."""
        return self._places[0][1]
