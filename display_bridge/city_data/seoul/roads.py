"""Main roads with their speed, made of the links that the city's live data gives around its places. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from display_bridge.city_data.provider import Line, Status
from display_bridge.city_data.seoul.city_data import Link, joined

MOST = 30
"""Roads drawn: the longest."""
SHORTEST_KM = 0.4
_POINTS = 120
"""Corners of a drawn road."""


def length_km(path: Iterable[tuple[float, float]]) -> float:
    """The length of a path in Seoul, kilometres."""
    points = list(path)
    return sum(
        math.hypot((x2 - x1) * 88.3, (y2 - y1) * 111.0) for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False)
    )


def road_lines(links: Iterable[Link]) -> tuple[Line, ...]:
    """One line a road: its longest unbroken stretch, the mean speed over it (by length, of the links that have one)
    and the state that most of it is in. Roads of which no link has a speed are left out."""
    by_road: dict[str, dict[str, Link]] = defaultdict(dict)
    for link in links:
        by_road[link.road].setdefault(link.id, link)
    found = []
    for name, own in by_road.items():
        stretch = _longest(list(own.values()))
        line = _line(name, stretch)
        if line is not None:
            found.append((sum(length_km(link.path) for link in stretch), line))
    found.sort(key=lambda pair: (-pair[0], pair[1].name_ko))
    return tuple(line for km, line in found[:MOST] if km >= SHORTEST_KM)


def _longest(links: list[Link]) -> list[Link]:
    """The chain of links that is longest."""
    chains = [[links[i] for i in chain] for chain in joined([link.path for link in links])]
    return max(chains, key=lambda chain: sum(length_km(link.path) for link in chain))


def _line(name: str, stretch: list[Link]) -> Line | None:
    timed = [(link.speed, length_km(link.path)) for link in stretch if link.speed is not None]
    total = sum(km for _, km in timed)
    if not total:
        return None
    speed = round(sum(v * km for v, km in timed) / total, 1)
    weights: dict[Status, float] = defaultdict(float)
    for link in stretch:
        if link.status is not None:
            weights[link.status] += length_km(link.path)
    status = max(weights.items(), key=lambda pair: pair[1])[0] if weights else None
    path = [point for i, link in enumerate(stretch) for point in (link.path if not i else link.path[1:])]
    step = max(1, math.ceil(len(path) / _POINTS))
    kept = path[::step] if path[-1] in path[::step] else [*path[::step], path[-1]]
    return Line(name, tuple(kept), None, speed, "㎞/h", status)
