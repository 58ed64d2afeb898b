"""The weather service's observations of the last hour (getUltraSrtNcst) for the 25 districts.

The grid's cells are 5 km wide, so neighbouring districts may share one; each cell is asked once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from display_bridge.city_data.data_go_kr import items
from display_bridge.city_data.feeds import Fetch, Reading, SourceFailed
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.projections import weather_cell
from display_bridge.city_data.public_feed import PublicFeed, by_district, no_data, observed, of_city
from display_bridge.city_data.wire import measured, said

PATH = "1360000/VilageFcstInfoService_2.0/getUltraSrtNcst"
PUBLISHED_MINUTE = 40
"""The observations of an hour are there about this many minutes after it."""
CATEGORIES: dict[str, tuple[str, float, float]] = {
    "temperature": ("T1H", -50, 60),
    "humidity": ("REH", 0, 100),
    "rain": ("RN1", 0, 300),
    "wind": ("WSD", 0, 100),
}
"""Metric -> category, and between what its figures can be; 900 and more, or -900 and less, is "missing"."""
DIRECTION = "wind_direction"
"""Where the wind comes from, degrees."""

Cell = tuple[int, int]
CELLS: dict[str, Cell] = {d.ko: weather_cell(d.lon, d.lat) for d in DISTRICTS}
POINTS: tuple[Cell, ...] = tuple(dict.fromkeys(CELLS.values()))


def base_of(now: datetime) -> datetime:
    """The newest hour whose observations are published, in Seoul's time."""
    local = now.astimezone(KST)
    hour = local.replace(minute=0, second=0, microsecond=0)
    return hour if local.minute >= PUBLISHED_MINUTE else hour - timedelta(hours=1)


def observations(rows: Iterable[Mapping[str, Any]], cell: Cell, base: datetime) -> dict[str, float | None]:
    """The figures of a cell by metric; rows of another cell or hour are not used. 강수없음 is no rain: 0."""
    found: dict[str, float | None] = {}
    for row in rows:
        place = (said(row.get("nx")), said(row.get("ny")))
        when = said(row.get("baseDate")) + said(row.get("baseTime")).zfill(4)
        if place not in ((str(cell[0]), str(cell[1])), ("", "")) or when not in (f"{base:%Y%m%d%H%M}", "0000"):
            continue
        category, value = said(row.get("category")).upper(), row.get("obsrValue")
        if category == "VEC":
            found[DIRECTION] = measured(value, 0, 360)
        for metric, (wanted, low, high) in CATEGORIES.items():
            if category == wanted:
                text = said(value)
                found[metric] = 0.0 if metric == "rain" and text == "강수없음" else measured(value, low, high)
    return found


def weather_reading(cells: Mapping[Cell, Mapping[str, float | None]], base: datetime) -> Reading:
    """The districts from their cells, and their mean. Raises SourceFailed("no-data") when no cell has a figure."""
    if not any(value is not None for found in cells.values() for value in found.values()):
        raise no_data("figure of the weather")
    values = {m: {d: cells.get(c, {}).get(m) for d, c in CELLS.items()} for m in (*CATEGORIES, DIRECTION)}
    city = {m: of_city(m, values[m]) for m in CATEGORIES}
    city[DIRECTION] = observed(DIRECTION, None, prevailing(values[DIRECTION].values()))
    return Reading(base, city=city, districts={m: by_district(m, found) for m, found in values.items()})


def prevailing(directions: Iterable[float | None]) -> float | None:
    """The mean of directions as arrows, since 350 and 10 degrees are north and not south; None where they come from
    all sides. 0 up to 360."""
    angles = [math.radians(d) for d in directions if d is not None]
    if not angles:
        return None
    east, north = (sum(f(a) for a in angles) / len(angles) for f in (math.sin, math.cos))
    return round(math.degrees(math.atan2(east, north))) % 360 if math.hypot(east, north) >= 0.3 else None


async def read_weather(fetch: Fetch, now: datetime) -> Reading:
    """Every cell of the newest published hour, or of the one before while that is still empty.

    A cell that fails leaves its districts without figures; a wrong key, a used-up quota or a failure of every cell
    is raised. Raises SourceFailed.
    """
    newest = base = base_of(now)
    cells: dict[Cell, dict[str, float | None]] = {}
    failed = None
    for point in POINTS:
        try:
            found = await _cell(fetch, point, base)
            if not found and not cells and base == newest:
                base -= timedelta(hours=1)
                found = await _cell(fetch, point, base)
            cells[point] = found
        except SourceFailed as error:
            if not error.retry or (failed is not None and not cells):
                raise  # two at the beginning: it is the source, not the cell
            failed = error
    if failed is not None and not any(cells.values()):
        raise failed
    return weather_reading(cells, base)


async def _cell(fetch: Fetch, cell: Cell, base: datetime) -> dict[str, float | None]:
    params = {"dataType": "JSON", "numOfRows": "60", "pageNo": "1", "base_date": f"{base:%Y%m%d}",
              "base_time": f"{base:%H%M}", "nx": str(cell[0]), "ny": str(cell[1])}  # fmt: skip
    return observations(items(await fetch(PATH, params)), cell, base)


FEEDS = (
    PublicFeed("kma-observations", frozenset({*CATEGORIES, DIRECTION}), 1200, 3 * 3600, len(POINTS) + 1, read_weather),
)
