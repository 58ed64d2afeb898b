"""The 25 districts as the simulation sees them: middle point, residents and daytime pull."""

from __future__ import annotations

from dataclasses import dataclass

from display_bridge.city_data.files import rows


@dataclass(frozen=True, slots=True)
class DistrictFacts:
    """Middle point (WGS84), residents in thousands (rounded, about 2023) and how strongly the day draws people in."""

    ko: str
    lon: float
    lat: float
    residents: float
    day_pull: float


DISTRICTS: tuple[DistrictFacts, ...] = tuple(
    DistrictFacts(row[0], *(float(v) for v in row[1:])) for row in rows("districts.tsv", 5)
)
BY_NAME = {d.ko: d for d in DISTRICTS}
WEST, EAST = min(d.lon for d in DISTRICTS), max(d.lon for d in DISTRICTS)
SOUTH, NORTH = min(d.lat for d in DISTRICTS), max(d.lat for d in DISTRICTS)


def westness(district: DistrictFacts) -> float:
    """1 at the western end of the city, -1 at the eastern end."""
    return 1 - 2 * (district.lon - WEST) / (EAST - WEST)


def northness(district: DistrictFacts) -> float:
    """1 at the northern end of the city, -1 at the southern end."""
    return 2 * (district.lat - SOUTH) / (NORTH - SOUTH) - 1
