"""What is known of people in a frame: points of bodies and hands. Pure: no pictures.

Lengths are in frame widths, so that a step sideways and a step upwards count alike: x from 0 to 1, y from 0 down to
height / width. The frame is never mirrored: of somebody who faces the camera, the right shoulder has the smaller x.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Side(StrEnum):
    """Of the person's own body, never of the picture."""

    RIGHT = "right"
    LEFT = "left"

    @property
    def other(self) -> Side:
        return Side.LEFT if self is Side.RIGHT else Side.RIGHT


@dataclass(frozen=True, slots=True)
class Point:
    """sure: 0..1, how likely it is to be seen and not guessed."""

    x: float
    y: float
    sure: float = 1.0

    def to(self, other: Point) -> float:
        """The distance."""
        return math.hypot(self.x - other.x, self.y - other.y)

    def between(self, other: Point, part: float = 0.5) -> Point:
        """The point at `part` of the way to another; beyond it when part is over 1."""
        x, y = self.x + (other.x - self.x) * part, self.y + (other.y - self.y) * part
        return Point(x, y, min(self.sure, other.sure))


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of a body. knuckles: the middle between those of index and little finger."""

    shoulder: Point
    elbow: Point
    wrist: Point
    knuckles: Point
    ear: Point
    hip: Point

    @property
    def palm(self) -> Point:
        """The middle of the hand, as far as the body's own points tell it."""
        return self.wrist.between(self.knuckles, 0.7)


@dataclass(frozen=True, slots=True)
class Body:
    """One person. look: the mean colour of the chest (Lab), to tell people apart who cross; None when unknown."""

    right: Arm
    left: Arm
    nose: Point
    look: tuple[float, float, float] | None = None

    def arm(self, side: Side) -> Arm:
        return self.right if side is Side.RIGHT else self.left

    @property
    def centre(self) -> Point:
        """The middle between the shoulders."""
        return self.right.shoulder.between(self.left.shoulder)

    @property
    def width(self) -> float:
        """Between the shoulders; of somebody who stands sideways, what the upper body's height makes likely."""
        hips = self.right.hip.between(self.left.hip)
        return max(self.right.shoulder.to(self.left.shoulder), 0.45 * self.centre.to(hips) if hips.sure > 0.5 else 0.0)

    @property
    def faces_us(self) -> bool:
        """Seen from the front: the right shoulder on the left of the picture, well apart, and a nose."""
        return self.left.shoulder.x - self.right.shoulder.x > 0.5 * self.width and self.nose.sure >= 0.5


_FINGERS = ((5, 6, 8), (9, 10, 12), (13, 14, 16), (17, 18, 20))
"""Knuckle, middle joint and tip of the four fingers."""


@dataclass(frozen=True, slots=True)
class Hand:
    """The 21 points of a hand, in MediaPipe's order: 0 the wrist, 4 the tip of the thumb, 8 of the index finger, ..."""

    points: tuple[Point, ...]

    @property
    def size(self) -> float:
        """From wrist to the knuckle of the middle finger, or across the knuckles when the hand points at us."""
        return max(self.points[0].to(self.points[9]), 1.2 * self.points[5].to(self.points[17]), 1e-6)

    @property
    def palm(self) -> Point:
        """Its middle, which stays where it is while fingers pinch."""
        parts = [self.points[n] for n in (0, 5, 9, 13, 17)]
        return Point(sum(p.x for p in parts) / 5, sum(p.y for p in parts) / 5)

    @property
    def extended(self) -> int:
        """How many of the four fingers are stretched out."""
        wrist = self.points[0]
        return sum(
            wrist.to(self.points[tip]) > 1.15 * wrist.to(self.points[joint])
            and wrist.to(self.points[tip]) > 1.35 * wrist.to(self.points[knuckle])
            for knuckle, joint, tip in _FINGERS
        )

    @property
    def upright(self) -> bool:
        """The fingers point up, more than to a side."""
        wrist, tip = self.points[0], self.points[12]
        return wrist.y - tip.y > abs(wrist.x - tip.x)

    @property
    def pinch(self) -> float:
        """Between the tips of thumb and index finger, in sizes of the hand; infinite for a closed fist."""
        wrist, index = self.points[0], self.points[8]
        if wrist.to(index) < 0.95 * wrist.to(self.points[5]):
            return math.inf  # the finger is rolled in: its tip is near the thumb, and nobody pinches
        return self.points[4].to(index) / self.size


@dataclass(frozen=True, slots=True)
class Sight:
    """One person of one frame: an identity that lasts while they are followed, the body, and hands looked at."""

    person: int
    body: Body
    hands: Mapping[Side, Hand] = field(default_factory=dict)
