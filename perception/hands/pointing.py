"""Where on the screen a hand points to: its place in a box before the shoulder, smoothed. Pure.

The box is measured in shoulder widths, so that somebody four metres away moves the hand as far as somebody near; and
it hangs on the shoulders, so that a step aside does not move the cursor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from perception.hands.body import Body, Point, Side, Sight
from perception.hands.settings import CursorSettings
from perception.hands.smoothing import OneEuro

_SURE = 0.5
_SCREEN_PX = 1920
_BODY_HZ = 0.5
_BODY_SHARE = 2.0
_STAY_S = 0.25
_LARGE = 0.3
"""In screen heights."""


class Pointer:
    """Places of one person's hand on the screen; another hand, another pointer."""

    def __init__(self, side: Side, settings: CursorSettings) -> None:
        self._side, self._settings = side, settings
        self._offset = self._before = Point(0.0, 0.0)
        self._found_at = -math.inf
        self._x, self._y = (OneEuro(settings.least_cutoff_hz, settings.speed_share) for _ in range(2))
        self._frame = Torso()

    def step(self, at: float, sight: Sight) -> tuple[float, float]:
        """x, y of the screen, 0..1 each; at the edge when the hand points beyond it."""
        body, its = sight.body, self._settings
        centre, width = self._frame.step(at, body)
        palm = self._palm(at, sight)
        outward = -1 if self._side is Side.RIGHT else 1  # the right hand is on the left of the picture
        wide = its.box_width * width
        x = 0.5 - (palm.x - (centre.x + outward * its.box_aside * width)) / wide
        y = (palm.y - (centre.y - its.box_top * width)) / (wide / its.screen_aspect)
        tall_px = _SCREEN_PX / its.screen_aspect
        x = self._x.step(at, min(max(x, 0.0), 1.0) * _SCREEN_PX) / _SCREEN_PX
        y = self._y.step(at, min(max(y, 0.0), 1.0) * tall_px) / tall_px
        return x, y

    def _palm(self, at: float, sight: Sight) -> Point:
        """The hand's own points are the steadier. Where they are missing it stays for a moment where it was before the
        body, and then goes on with the body's points from there."""
        body, hand = sight.body, sight.hands.get(self._side)
        rough = body.arm(self._side).palm
        if hand is not None:
            palm = hand.palm
            self._found_at = at
            self._before = Point(palm.x - body.centre.x, palm.y - body.centre.y)
        elif at - self._found_at <= _STAY_S:
            palm = Point(body.centre.x + self._before.x, body.centre.y + self._before.y)
        else:
            return Point(rough.x + self._offset.x, rough.y + self._offset.y)
        self._offset = Point(palm.x - rough.x, palm.y - rough.y)
        return palm


class Torso:
    """The middle between the shoulders and their width, which move slowly: smoothed well."""

    def __init__(self) -> None:
        self._parts = [OneEuro(_BODY_HZ, _BODY_SHARE) for _ in range(3)]

    def step(self, at: float, body: Body) -> tuple[Point, float]:
        values = (body.centre.x, body.centre.y, body.width)
        x, y, width = (part.step(at, value) for part, value in zip(self._parts, values, strict=True))
        return Point(x, y), max(width, 1e-6)


def is_up(sight: Sight, side: Side, settings: CursorSettings) -> bool:
    """Whether a hand is held where it can point."""
    body, arm = sight.body, sight.body.arm(side)
    above = arm.shoulder.y - arm.palm.y
    return body.faces_us and arm.wrist.sure >= _SURE and above > -settings.down_below * body.width


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be chosen: left, top, right and bottom of the screen, 0..1."""

    name: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def small(self, aspect: float) -> bool:
        """Whether its middle is as good as any place in it."""
        return (self.right - self.left) * aspect <= _LARGE and self.bottom - self.top <= _LARGE

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """The place in it that is nearest to a place."""
        return min(max(x, self.left), self.right), min(max(y, self.top), self.bottom)

    def apart(self, x: float, y: float, aspect: float) -> float:
        """How far a place is from its edge, in screen heights; 0 inside."""
        across = max(self.left - x, x - self.right, 0.0) * aspect
        down = max(self.top - y, y - self.bottom, 0.0)
        return float((across**2 + down**2) ** 0.5)


class Snapping:
    """Draws the cursor to what can be chosen: into the nearest target's middle, until it is well away again."""

    def __init__(self, settings: CursorSettings) -> None:
        self._settings = settings
        self._targets: tuple[Target, ...] = ()
        self._held: Target | None = None

    def use(self, targets: tuple[Target, ...]) -> None:
        """What is on the screen now."""
        self._targets = targets
        if self._held is not None:
            self._held = next((t for t in targets if t.name == self._held.name), None)

    def step(self, x: float, y: float) -> tuple[float, float, str | None]:
        """Where the cursor is shown, and on what."""
        aspect, held = self._settings.screen_aspect, self._held
        if held is not None and held.apart(x, y, aspect) > self._settings.unsnap:
            held = None
        inside = [t for t in self._targets if t.apart(x, y, aspect) == 0]
        if held not in inside:
            near = min(self._targets, key=lambda t: t.apart(x, y, aspect), default=None)
            if inside:
                held = inside[0]
            elif held is None and near is not None and near.apart(x, y, aspect) <= self._settings.snap:
                held = near
        self._held = held
        if held is None:
            return x, y, None
        # within something large the cursor goes where the hand goes: a jump to its middle would be a long way
        return (*held.middle, held.name) if held.small(aspect) else (*held.nearest(x, y), held.name)
