"""Who is who from one frame to the next: bodies get numbers that last while they are followed. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from perception.hands.body import Body, Sight

FORGET_S = 1.0
_STEP = 0.5
_SPEED = 3.0
"""A person moves at most so far from one frame to the next: shoulder widths, and shoulder widths a second."""
_SIZE = math.log(1.5)
_LOOK = 45.0
"""Colours of the chest that differ by more (Lab) are two people's."""
_SAME = 0.2
"""Two bodies nearer than this, of one size, are one that was found twice."""


@dataclass(slots=True)
class _Known:
    body: Body
    at: float
    speed: float = 0.0


class Crowd:
    """People by number. A number is never given to another person while the first may come back within a second."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._next = 1

    def follow(self, at: float, bodies: Sequence[Body]) -> list[Sight]:
        """The bodies of a frame with their numbers, without hands yet."""
        self._known = {n: k for n, k in self._known.items() if at - k.at <= FORGET_S}
        bodies = _distinct(bodies)
        pairs = sorted(
            (cost, number, place)
            for number, known in self._known.items()
            for place, body in enumerate(bodies)
            if (cost := _cost(known, at, body)) is not None
        )
        given: dict[int, int] = {}
        for _, number, place in pairs:
            if number not in given.values() and place not in given:
                given[place] = number
        sights = []
        for place, body in enumerate(bodies):
            number = given.get(place) or self._new()
            self._remember(number, at, body)
            sights.append(Sight(number, body))
        return sights

    def _new(self) -> int:
        self._next += 1
        return self._next - 1

    def _remember(self, number: int, at: float, body: Body) -> None:
        old = self._known.get(number)
        speed = 0.0
        if old is not None and at > old.at:
            speed = 0.6 * old.speed + 0.4 * (body.centre.x - old.body.centre.x) / (at - old.at)
        self._known[number] = _Known(body, at, speed)


def _cost(known: _Known, at: float, body: Body) -> float | None:
    """How unlike; None when it cannot be the same person."""
    passed = at - known.at
    expected = known.body.centre.x + known.speed * passed
    width = max(known.body.width, body.width, 1e-6)
    off = math.hypot(body.centre.x - expected, body.centre.y - known.body.centre.y) / width
    size = abs(math.log(max(body.width, 1e-6) / max(known.body.width, 1e-6)))
    look = 0.0
    if known.body.look is not None and body.look is not None:
        look = math.dist(known.body.look, body.look)
    if off > _STEP + _SPEED * passed or size > _SIZE or look > _LOOK:
        return None
    return off + size + look / 20


def _distinct(bodies: Iterable[Body]) -> list[Body]:
    kept: list[Body] = []
    for body in bodies:
        if body.width > 0 and not any(_same(body, other) for other in kept):
            kept.append(body)
    return kept


def _same(one: Body, other: Body) -> bool:
    width = max(one.width, other.width)
    return one.centre.to(other.centre) < _SAME * width and abs(one.width - other.width) < _SAME * width
