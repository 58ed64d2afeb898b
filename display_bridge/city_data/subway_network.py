"""The subway's lines as they are drawn: colour, path and stations, from data/subway.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from display_bridge.city_data.files import document
from display_bridge.city_data.provider import Stop


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """One line. path: (longitude, latitude) pairs, closed for a loop."""

    number: str
    name_ko: str
    color: str
    path: tuple[tuple[float, float], ...]
    stops: tuple[Stop, ...]


@cache
def drawn_lines() -> tuple[DrawnLine, ...]:
    """Lines 1 to 9 in their order."""
    data = document("subway.yaml")
    on_lines: dict[str, int] = {}
    for line in data.values():
        for name in line["stations"]:
            on_lines[name] = on_lines.get(name, 0) + 1
    result = []
    for number, line in data.items():
        stops = tuple(Stop(n, p[0], p[1], on_lines[n] > 1) for n, p in line["stations"].items())
        path = tuple((s.lon, s.lat) for s in stops)
        if line.get("loop"):
            path = (*path, path[0])
        result.append(DrawnLine(str(number), f"{number}호선", line["color"], path, stops))
    return tuple(result)
