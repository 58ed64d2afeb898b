"""What is seen of a face in one frame. Lengths are in frame widths; left and right are the person's own."""

from __future__ import annotations

import math
from dataclasses import dataclass

Vector = tuple[float, ...]
"""What tells one face from another; near ones are the same person's. Never printed, logged or sent."""


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def away(self, other: Box) -> float:
        """How far the middles are apart, in widths of the larger one."""
        (ax, ay), (bx, by) = self.middle, other.middle
        return math.hypot(ax - bx, ay - by) / max(self.width, other.width, 1e-9)


@dataclass(frozen=True, slots=True)
class Signs:
    """Cues that a camera looks at a picture, 0 (none) to 1. flat: given while a head is turned, by how little of the
    face's movement is depth."""

    moire: float = 0.0
    border: float = 0.0
    spoof: float | None = None
    """What a spoof model says, where one is configured."""


@dataclass(frozen=True, slots=True)
class Face:
    """turn: how far the nose is from the middle of the cheeks, in face widths, towards the person's own left; tilt: the
    same towards the top of the head; eyes: their opening by its width; both 0 where no mesh was found (`points` empty).
    pixels: width of the face in the picture."""

    box: Box
    pixels: float
    turn: float = 0.0
    tilt: float = 0.0
    eyes: float = 0.0
    points: tuple[tuple[float, float], ...] = ()

    @property
    def clear(self) -> bool:
        """Whether its pose is known."""
        return bool(self.points)


def apart(one: Vector, other: Vector) -> float:
    """Distance of two faces."""
    return math.dist(one, other)
