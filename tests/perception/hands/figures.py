"""People made of points: where shoulders, wrists and fingers are is said in shoulder widths, as the machine judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from perception.frames import Frame
from perception.hands.body import Arm, Body, Hand, Point, Side, Sight
from perception.hands.events import HandsEvent
from perception.hands.seeing import HandsSeeing
from perception.hands.settings import HandsSettings

TALL = 720 / 1280

Spot = tuple[float, float]
"""To the person's own side of the shoulder, and above it; in shoulder widths."""

DOWN: Spot = (0.1, -1.5)
UP: Spot = (0.3, 0.3)
"""An open hand beside the face."""
OVERHEAD: Spot = (0.1, 1.4)
EAR: Spot = (-0.22, 0.38)
CHEST: Spot = (-0.5, -0.35)


@dataclass(frozen=True, slots=True)
class Figure:
    """A person in front of the camera. right, left: the palms. shape: of hands, by how many fingers are stretched, and
    how far thumb and index finger are apart. seen: whether a closer look finds the hand."""

    x: float = 0.5
    y: float = 0.25
    width: float = 0.14
    right: Spot = DOWN
    left: Spot = DOWN
    fingers: int = 4
    pinch: float = 1.1
    seen: bool = True
    sure: float = 1.0
    away: bool = False
    """Turned away from us."""
    look: tuple[float, float, float] | None = None

    def body(self) -> Body:
        right, left = self._arm(Side.RIGHT, self.right), self._arm(Side.LEFT, self.left)
        return Body(right, left, Point(self.x, self.y - 0.45 * self.width, 0.0 if self.away else 1.0), self.look)

    def hand(self, side: Side) -> Hand | None:
        return _hand(self._palm(side), 0.3 * self.width, self.fingers, self.pinch) if self.seen else None

    def _palm(self, side: Side) -> Point:
        spot = self.right if side is Side.RIGHT else self.left
        outward = -1 if (side is Side.RIGHT) != self.away else 1
        shoulder = self.x + outward * self.width / 2
        return Point(shoulder + outward * spot[0] * self.width, self.y - spot[1] * self.width, self.sure)

    def _arm(self, side: Side, spot: Spot) -> Arm:
        outward = -1 if (side is Side.RIGHT) != self.away else 1
        shoulder = Point(self.x + outward * self.width / 2, self.y)
        palm = self._palm(side)
        # the palm is 0.7 of the way from wrist to knuckles; fingers point up
        wrist = Point(palm.x, palm.y + 0.14 * self.width, self.sure)
        knuckles = Point(palm.x, palm.y - 0.06 * self.width, self.sure)
        ear = Point(self.x + outward * 0.28 * self.width, self.y - 0.5 * self.width)
        hip = Point(self.x + outward * 0.35 * self.width, self.y + 1.5 * self.width)
        return Arm(shoulder, shoulder.between(wrist), wrist, knuckles, ear, hip)

    def mirrored(self) -> Figure:
        """The same picture, flipped: a right hand becomes a left one."""
        return replace(self, x=1 - self.x, right=self.left, left=self.right)


def _hand(palm: Point, size: float, fingers: int, pinch: float) -> Hand:
    wrist = Point(palm.x, palm.y + 0.55 * size)
    points = [wrist] * 21
    for finger, first in enumerate((5, 9, 13, 17)):
        x = palm.x + (1.5 - finger) * 0.25 * size
        knuckle = Point(x, wrist.y - size)
        stretched = finger < fingers
        for joint, far in enumerate((1.0, 1.45, 1.7, 1.9) if stretched else (1.0, 1.3, 0.95, 0.75)):
            points[first + joint] = Point(x, wrist.y - far * size) if joint else knuckle
    tip = points[8]
    points[4] = Point(tip.x + pinch * size, tip.y)
    # whether index and little finger are apart decides nothing; the palm is what was asked for
    five = [points[n] for n in (0, 5, 9, 13, 17)]
    off_x, off_y = palm.x - sum(p.x for p in five) / 5, palm.y - sum(p.y for p in five) / 5
    return Hand(tuple(Point(p.x + off_x, p.y + off_y) for p in points))


@dataclass(slots=True)
class DrawnEyes:
    """Sees figures, at the times of the frames it is shown. A hand is found where a figure's wrist is."""

    scene: Callable[[float], Iterable[Figure]]
    noise: float = 0.0
    """Standard deviation of a body's points, in frame widths; of a hand's a third."""
    seed: int = 0
    steady: bool = False
    looked_at: int = 0
    _now: list[Figure] = field(default_factory=list)
    _bodies: dict[Body, Figure] = field(default_factory=dict)

    def bodies(self, frame: Frame) -> list[Body]:
        random = np.random.default_rng([self.seed, round(frame.at * 1e6)])
        self._bodies = {_shake(figure.body(), random, self.noise): figure for figure in self.scene(frame.at)}
        return list(self._bodies)

    def hand(self, frame: Frame, sight: Sight, side: Side) -> Hand | None:
        self.looked_at += 1
        hand = self._bodies[sight.body].hand(side)
        if hand is None or not self.noise:
            return hand
        random = np.random.default_rng([self.seed, round(frame.at * 1e6), 1 if side is Side.RIGHT else 2])
        return Hand(tuple(_point(p, random, self.noise / 3) for p in hand.points))

    def close(self) -> None: ...


def _shake(body: Body, random: np.random.Generator, noise: float) -> Body:
    if not noise:
        return body

    def arm(its: Arm) -> Arm:
        return Arm(*(_point(getattr(its, name), random, noise) for name in Arm.__slots__))

    return Body(arm(body.right), arm(body.left), _point(body.nose, random, noise), body.look)


def _point(point: Point, random: np.random.Generator, noise: float) -> Point:
    x, y = random.normal(0, noise, 2)
    return Point(point.x + float(x), point.y + float(y), point.sure)


_NOTHING = np.zeros((1, 1, 3), np.uint8)


def play(
    scene: Callable[[float], Iterable[Figure]],
    seconds: float,
    fps: float = 15.0,
    *,
    settings: HandsSettings | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> list[HandsEvent]:
    """What the motion mouse tells of a scene: the figures at each time."""
    return list(steps(HandsSeeing(DrawnEyes(scene, noise, seed), settings), seconds, fps))


def steps(seeing: HandsSeeing, seconds: float, fps: float = 15.0, start: float = 0.0) -> Iterator[HandsEvent]:
    for number in range(round(seconds * fps)):
        yield from seeing.see(Frame(start + number / fps, _NOTHING))


def moves(plan: Mapping[float, Figure]) -> Callable[[float], list[Figure]]:
    """One person: the figure of the latest time that has come."""
    times = sorted(plan)

    def scene(at: float) -> list[Figure]:
        return [plan[max(time for time in times if time <= at + 1e-9)]]

    return scene
