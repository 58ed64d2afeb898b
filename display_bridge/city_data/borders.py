"""Which of the 25 districts a point lies in. The borders are simplified: right to about 100 m."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from display_bridge.city_data.files import rows


@dataclass(frozen=True, slots=True)
class _Ring:
    """One closed outline of a district, in degrees, and its box."""

    district: str
    corners: tuple[tuple[float, float], ...]
    west: float
    south: float
    east: float
    north: float


@cache
def _rings() -> tuple[_Ring, ...]:
    found = []
    for district, text in rows("district_borders.tsv", 2):
        pairs = [pair.split(",") for pair in text.split()]
        corners = tuple((126 + int(lon) / 10_000, 37 + int(lat) / 10_000) for lon, lat in pairs)
        lons, lats = [lon for lon, _ in corners], [lat for _, lat in corners]
        found.append(_Ring(district, corners, min(lons), min(lats), max(lons), max(lats)))
    return tuple(found)


def district_at(lon: float, lat: float) -> str | None:
    """The district of a point (WGS84); None outside Seoul."""
    for ring in _rings():
        if ring.west <= lon <= ring.east and ring.south <= lat <= ring.north and _inside(ring.corners, lon, lat):
            return ring.district
    return None


def _inside(corners: tuple[tuple[float, float], ...], lon: float, lat: float) -> bool:
    """Whether a ray to the east crosses the outline an odd number of times."""
    inside = False
    x1, y1 = corners[-1]
    for x2, y2 in corners:
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
        x1, y1 = x2, y2
    return inside
