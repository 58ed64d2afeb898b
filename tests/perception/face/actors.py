"""Who stands before the camera in tests: somebody who does as he is asked, films of somebody, and pictures held up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Protocol

import cv2
import numpy as np

from perception.face.events import Ask, ChallengeAsked, FaceEvent
from perception.face.seeing import FaceSeeing
from perception.frames import Frame, Picture
from tests.perception.face.render import GRACE, TALL, WIDE, Pose, Who, person

FPS = 12.0
_GOALS = {Ask.LEFT: Pose(yaw=22), Ask.RIGHT: Pose(yaw=-22), Ask.UP: Pose(pitch=16)}


def movement(ask: Ask, passed: float) -> Pose | None:
    """The pose so many seconds after a movement began; None once it is over."""
    if ask is Ask.BLINK:
        return Pose(lids=0.0) if passed < 0.25 else None if passed > 0.3 else Pose()
    if passed > 1.5:
        return None
    part = round(6 * min(1.0, passed / 0.5, (1.5 - passed) / 0.5)) / 6
    goal = _GOALS[ask]
    return Pose(yaw=goal.yaw * part, pitch=goal.pitch * part)


class Actor(Protocol):
    """Gives pictures of a time, and hears what is asked."""

    def picture(self, at: float) -> Picture: ...
    def hear(self, at: float, event: FaceEvent) -> None: ...


class Live:
    """Does what is asked, after a moment."""

    def __init__(self, who: Who = GRACE, reaction_s: float = 0.45) -> None:
        self.who, self.reaction_s = who, reaction_s
        self._asked: tuple[int, Ask, float] | None = None

    def picture(self, at: float) -> Picture:
        pose = Pose()
        if self._asked is not None and at >= self._asked[2] + self.reaction_s:
            pose = movement(self._asked[1], at - self._asked[2] - self.reaction_s) or Pose()
        return shaken(person(pose, self.who), at)

    def hear(self, at: float, event: FaceEvent) -> None:
        if isinstance(event, ChallengeAsked) and (self._asked is None or self._asked[0] != event.step):
            self._asked = (event.step, event.ask, at)


class Film:
    """Plays what was recorded, again and again: rest, and movements in an order of its own. long: the movement that a
    longer rest comes before."""

    def __init__(
        self,
        steps: Sequence[Ask],
        who: Who = GRACE,
        rest_s: float = 1.6,
        pause_s: float = 0.5,
        long: int | None = None,
    ) -> None:
        self.who, self._steps = who, tuple(steps)
        self._rests = [rest_s, *(pause_s for _ in steps)]
        if long is not None:
            self._rests[long] += 2.7
        self.length = sum(self._rests) + sum(_takes(step) for step in steps)

    def picture(self, at: float) -> Picture:
        return shaken(person(self.pose(at % self.length), self.who), at)

    def pose(self, at: float) -> Pose:
        for rest, step in zip(self._rests, self._steps, strict=False):
            at -= rest
            if at < 0:
                return Pose()
            if at < _takes(step):
                return movement(step, at) or Pose()
            at -= _takes(step)
        return Pose()

    def hear(self, at: float, event: FaceEvent) -> None: ...


class Shown:
    """What another actor would do, on something: a sheet or a screen."""

    def __init__(self, on: Callable[[Picture, float], Picture], actor: Actor) -> None:
        self._on, self._actor = on, actor

    def picture(self, at: float) -> Picture:
        return self._on(self._actor.picture(at), at)

    def hear(self, at: float, event: FaceEvent) -> None:
        self._actor.hear(at, event)


class Still:
    """A photograph, with eye holes or without: somebody behind them blinks as he is asked."""

    def __init__(self, who: Who = GRACE, *, holes: bool = False) -> None:
        self.who, self._holes, self._blink_at = who, holes, -9.0

    def picture(self, at: float) -> Picture:
        return person(Pose(lids=0.0 if 0 <= at - self._blink_at < 0.25 else 1.0), self.who)

    def hear(self, at: float, event: FaceEvent) -> None:
        if self._holes and isinstance(event, ChallengeAsked) and event.ask is Ask.BLINK and at - self._blink_at > 1.5:
            self._blink_at = at + 0.4


class Swapped:
    """One does what is asked until a movement is half done; another goes on in his place."""

    def __init__(self, one: Actor, other: Actor, step: int = 2) -> None:
        self._one, self._other, self._step, self._at = one, other, step, math.inf

    def picture(self, at: float) -> Picture:
        return (self._other if at >= self._at else self._one).picture(at)

    def hear(self, at: float, event: FaceEvent) -> None:
        for actor in (self._one, self._other):
            actor.hear(at, event)
        if isinstance(event, ChallengeAsked) and event.step == self._step:
            self._at = min(self._at, at)


def _takes(step: Ask) -> float:
    return 0.3 if step is Ask.BLINK else 1.5


def shaken(picture: Picture, at: float) -> Picture:
    """As a camera sees somebody who stands: he sways a little, and the sensor is noisy."""
    move = np.array([[1, 0, 3 * math.sin(1.3 * at)], [0, 1, 2 * math.sin(0.9 * at + 1)]])
    moved = cv2.warpAffine(picture, move, (picture.shape[1], picture.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    noise = np.random.default_rng(round(at * 1000)).integers(-5, 6, moved.shape, dtype=np.int16)
    return np.clip(moved.astype(np.int16) + noise, 0, 255).astype(np.uint8)


# ---------------------------------------------------------------------------------------------- what it is shown on


@cache
def _room() -> Picture:
    rows = np.linspace(150, 105, TALL)[:, None, None] + np.zeros((TALL, WIDE, 3))
    room = rows.astype(np.uint8)
    room.setflags(write=False)
    return room


def _held(
    picture: Picture, corners: Sequence[tuple[float, float]], margin: int, colour: tuple[int, int, int]
) -> Picture:
    """A thing with a margin, its corners at these places of the frame (0..1)."""
    framed = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=colour)
    high, wide = framed.shape[:2]
    before = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    after = np.array([(x * WIDE, y * TALL) for x, y in corners], np.float32)
    matrix = cv2.getPerspectiveTransform(before, after)
    seen = cv2.warpPerspective(framed, matrix, (WIDE, TALL), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((high, wide), 255, np.uint8), matrix, (WIDE, TALL))
    room = _room().copy()
    cv2.copyTo(seen, (mask > 127).astype(np.uint8), room)
    return room


def _tilted(turn: float, nod: float = 0.0, size: float = 0.95) -> list[tuple[float, float]]:
    """Corners of a sheet that is turned by so many degrees about its upright axis, and then about its level one."""
    a, b = math.radians(turn), math.radians(nod)
    out = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        px, pz = x * math.cos(a), x * math.sin(a)
        py, pz = y * math.cos(b), pz + y * math.sin(b)
        by = size / 2 / (1 + 0.18 * pz)
        out.append((0.5 + px * by, 0.5 + py * by))
    return out


_prints: dict[int, tuple[Picture, Picture]] = {}
"""What was printed last, by the picture's id: the picture is kept, so that the id is its own."""


def _printed(picture: Picture) -> Picture:
    """Less contrast, softer, with a printer's dots."""
    if id(picture) not in _prints:
        if len(_prints) > 4:
            _prints.clear()
        _prints[id(picture)] = (picture, _print(picture))
    return _prints[id(picture)][1]


def _print(picture: Picture) -> Picture:
    soft = cv2.GaussianBlur(picture, (3, 3), 0).astype(np.float32)
    dots = (np.indices(soft.shape[:2]).sum(axis=0) % 3 == 0)[:, :, None] * 8.0
    return np.clip(soft * 0.8 + 25 - dots, 0, 255).astype(np.uint8)


def sheet(picture: Picture, at: float) -> Picture:
    """A print that is held up, and not quite still."""
    corners = _tilted(3 * math.sin(2.1 * at), 2 * math.sin(1.7 * at))
    return shaken(_held(_printed(picture), corners, 12, (235, 235, 235)), at)


def turned_sheet(picture: Picture, at: float) -> Picture:
    """A print that is turned to and fro as a head would be."""
    turn, nod = 40 * math.sin(1.6 * at), 18 * math.sin(1.1 * at)
    return shaken(_held(_printed(picture), _tilted(turn, nod), 12, (235, 235, 235)), at)


def bent_sheet(picture: Picture, at: float) -> Picture:
    """A print bent round an upright axis, and turned to and fro."""
    printed = _printed(picture)
    high, wide = printed.shape[:2]
    reach = math.radians(55)
    turn = math.radians(30 * math.sin(1.6 * at))
    across = (np.arange(wide) - wide / 2) / (wide / 2) * math.sin(reach)
    angle = np.arcsin(np.clip(across, -1, 1)) - turn  # a half cylinder that is turned about its axis
    columns = ((angle / reach) * wide / 2 + wide / 2).astype(np.float32)
    xs = np.repeat(columns[None], high, axis=0)
    ys = np.repeat(np.arange(high, dtype=np.float32)[:, None], wide, axis=1)
    bent = cv2.remap(printed, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(140, 140, 140))
    return shaken(np.asarray(bent, np.uint8), at)


def screen(picture: Picture, at: float) -> Picture:
    """A tablet: its raster against the camera's, bluish, a bezel, and a lamp's reflection."""
    rows, columns = np.ogrid[: picture.shape[0], : picture.shape[1]]
    raster = 12 * np.sin(rows * 2.05 + 0.3 * at) * np.sin(columns * 2.2) + 7 * np.sin(0.21 * rows + 0.34 * columns)
    glare = 120 * np.exp(-(((columns - 470) / 50) ** 2)) * np.exp(-(((rows - 90) / 35) ** 2))
    lit = picture * np.array((1.08, 0.98, 0.92), np.float32) + (raster + glare).astype(np.float32)[:, :, None]
    shown = np.clip(lit, 0, 255).astype(np.uint8)
    corners = _tilted(3 * math.sin(1.9 * at), 2 * math.sin(1.3 * at))
    return shaken(_held(shown, corners, 22, (18, 18, 18)), at)


SPECIES: dict[str, Callable[[int], Actor]] = {
    "print, held": lambda n: Shown(sheet, Still()),
    "print, turned": lambda n: Shown(turned_sheet, Still()),
    "print, bent": lambda n: Shown(bent_sheet, Still()),
    "print with eye holes": lambda n: Shown(turned_sheet if n % 2 else bent_sheet, Still(holes=True)),
    "screen, photo": lambda n: Shown(screen, Still()),
    "screen, film": lambda n: Shown(screen, Film(ORDERS[n % len(ORDERS)])),
    "film fed unseen": lambda n: Film(ORDERS[n % len(ORDERS)]),
    "film, guessed order": lambda n: Film(ORDERS[n % len(ORDERS)], pause_s=0.3 + 0.4 * (n % 7)),
    "film, guessed order, one long rest": lambda n: Film(
        ORDERS[n % len(ORDERS)], rest_s=2.0, pause_s=1.5, long=n // len(ORDERS) % 3
    ),
    "another takes over": lambda n: Swapped(Live(), Live(_other()), 2 + n % 2),
}
"""Kinds of attacks; each makes its number n."""
GUESSED = frozenset(name for name in SPECIES if "guessed" in name)
ORDERS = [
    [Ask.LEFT, Ask.BLINK, Ask.RIGHT],
    [Ask.BLINK, Ask.RIGHT, Ask.LEFT],
    [Ask.RIGHT, Ask.UP, Ask.BLINK],
    [Ask.UP, Ask.BLINK, Ask.LEFT],
    [Ask.LEFT, Ask.RIGHT, Ask.UP, Ask.BLINK],
    [Ask.BLINK, Ask.LEFT, Ask.UP],
]


def _other() -> Who:
    from tests.perception.face.render import ADA

    return ADA


def play(seeing: FaceSeeing, actor: Actor, seconds: float, start: float = 0.0, fps: float = FPS) -> Iterator[FaceEvent]:
    """What is said while an actor stands there, until nothing is looked at any more."""
    for number in range(round(seconds * fps)):
        if not seeing.busy:
            return
        at = start + number / fps
        for event in seeing.see(Frame(at, np.ascontiguousarray(actor.picture(at)))):
            actor.hear(at, event)
            yield event
