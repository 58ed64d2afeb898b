"""Faces without pictures: what would be found of them, for machines and clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from perception.face.events import Ask
from perception.face.face import Box, Face, Signs, Vector
from perception.frames import Frame

HIM: Vector = (0.0, 0.0, 0.0)
OTHER: Vector = (0.9, 0.0, 0.0)


def _points(turn: float, x: float, width: float) -> tuple[tuple[float, float], ...]:
    """Of a ball that is turned."""
    spots = [(u / 3, v / 3) for u in range(-3, 4) for v in range(-3, 4)]
    return tuple(
        (x + width * (0.5 + 0.5 * u + 0.5 * turn * (1 - u * u - v * v)), 0.3 + 0.5 * width * v) for u, v in spots
    )


def face(
    turn: float = 0.0, tilt: float = 0.0, eyes: float = 0.26, x: float = 0.4, width: float = 0.2, clear: bool = True
) -> Face:
    """One in the middle, near and looking here, unless told otherwise."""
    return Face(Box(x, 0.2, width, width), width * 1280, turn, tilt, eyes, _points(turn, x, width) if clear else ())


def done(ask: Ask, passed: float) -> Face:
    """A face so many seconds into a movement that takes 1.2 s, or a blink of 0.25 s."""
    if ask is Ask.BLINK:
        return face(eyes=0.08 if passed < 0.25 else 0.26)
    part = min(1.0, max(0.0, passed / 0.4), max(0.0, (1.2 - passed) / 0.4))
    return face(
        turn={Ask.LEFT: 0.25, Ask.RIGHT: -0.25}.get(ask, 0.0) * part, tilt=0.09 * part if ask is Ask.UP else 0.0
    )


class Obedient:
    """Does what a challenge asks, `reaction` seconds after it is shown."""

    def __init__(self, reaction: float = 0.4) -> None:
        self.reaction = reaction
        self._asked: tuple[int, Ask, float] | None = None

    def heard(self, at: float, step: int, ask: Ask) -> None:
        if self._asked is None or self._asked[0] != step:
            self._asked = (step, ask, at)

    def face(self, at: float) -> Face:
        if self._asked is None or at < self._asked[2] + self.reaction:
            return face()
        return done(self._asked[1], at - self._asked[2] - self.reaction)


@dataclass
class DrawnEyes:
    """seen: the faces of a time; who: the vector of a face of a time. calls: how often somebody was looked at."""

    seen: Callable[[float], Sequence[Face]] = lambda at: [face()]
    who: Callable[[float, Face], Vector] = lambda at, face: HIM
    embedder: str = "drawn"
    calls: list[float] = field(default_factory=list)
    closed: bool = False

    def faces(self, frame: Frame) -> list[Face]:
        return sorted(self.seen(frame.at), key=lambda one: -one.box.width)

    def closely(self, frame: Frame, face: Face) -> Face:
        return face

    def vector(self, frame: Frame, face: Face) -> Vector:
        self.calls.append(frame.at)
        return self.who(frame.at, face)

    def signs(self, frame: Frame, face: Face) -> Signs:
        return Signs()

    def close(self) -> None:
        self.closed = True


def blank(at: float) -> Frame:
    """A frame that nobody looks into."""
    return Frame(at, np.zeros((2, 2, 3), np.uint8))
