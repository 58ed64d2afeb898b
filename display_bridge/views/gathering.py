"""Many points of a map as fewer, so that a page neither draws nor carries thousands. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from display_bridge.city_data.provider import Place, Status

MOST = 240
"""Points that a map carries one by one."""
_CELL = 0.012
"""Degrees of latitude of a cell, about 1.3 km; of longitude as many metres."""


def gathered(places: Sequence[Place], most: int = MOST) -> tuple[Place, ...]:
    """The places themselves while there are few; else one for each cell that holds any, in the middle of them.

    Its figure is the sum of those that have one (None where none has), its state that of most of them, its name that
    of the one with the largest figure and how many others there are.
    """
    if len(places) <= most:
        return tuple(places)
    size = _CELL
    while True:
        cells: dict[tuple[int, int], list[Place]] = defaultdict(list)
        for place in places:
            cells[math.floor(place.lon / (size * 1.26)), math.floor(place.lat / size)].append(place)
        if len(cells) <= most:
            return tuple(_one(found) for found in cells.values())
        size *= 1.25


def _one(found: list[Place]) -> Place:
    """A cell's places as one."""
    if len(found) == 1:
        return found[0]
    values = [p.value for p in found if p.value is not None]
    foremost = max(found, key=lambda p: (p.value if p.value is not None else -1, p.name_ko))
    states: dict[Status, int] = defaultdict(int)
    for place in found:
        if place.status is not None:
            states[place.status] += 1
    return Place(
        f"{foremost.name_ko} 외 {len(found) - 1}곳",
        round(sum(p.lon for p in found) / len(found), 5),
        round(sum(p.lat for p in found) / len(found), 5),
        sum(values) if values else None,
        foremost.unit,
        max(states.items(), key=lambda pair: pair[1])[0] if states else None,
        f"{len(found)}곳 합계",
    )
