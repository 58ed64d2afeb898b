"""Air quality of the districts from rows of any service that measures it: Seoul's two and AirKorea. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from display_bridge.city_data.columns import Row
from display_bridge.city_data.feeds import CLOCKS_APART, Reading
from display_bridge.city_data.geography import BY_NAME
from display_bridge.city_data.public_feed import by_district, no_data, of_city
from display_bridge.city_data.wire import kst, measured, said

HIGHEST: dict[str, float] = {"pm10": 5000, "pm25": 5000, "o3": 2, "no2": 5, "co": 100, "so2": 5, "cai": 2000}
"""The metrics that are measured, and above what a figure cannot be one (the units are those of metrics.yaml)."""
TOO_OLD = timedelta(hours=2)
"""A station this far behind the newest one is not measuring now: its figures are missing."""


def air_reading(rows: Iterable[Row], now: datetime) -> Reading:
    """The 25 districts and their mean. rows: time, station (a district's name; roadside stations are left out) and
    the metrics. Raises SourceFailed("no-data") when no district is among them, or none of them has any figure."""
    stations: dict[str, tuple[datetime, Row]] = {}
    for row in rows:
        name, at = said(row.get("station")), kst(row.get("time"))
        if at is None or at > now + CLOCKS_APART:
            continue  # a station whose clock is wrong must not make the others look late
        if name in BY_NAME and (name not in stations or at > stations[name][0]):
            stations[name] = (at, row)
    if not stations:
        raise no_data("measuring station of a district")
    newest = max(at for at, _ in stations.values())
    fresh = {name: row for name, (at, row) in stations.items() if newest - at <= TOO_OLD}
    values = {m: {n: measured(row.get(m), 0, top) for n, row in fresh.items()} for m, top in HIGHEST.items()}
    if not any(figure is not None for found in values.values() for figure in found.values()):
        raise no_data("figure of any station")  # all under maintenance: the last good ones say more
    return Reading(
        newest,
        city={m: of_city(m, found) for m, found in values.items()},
        districts={m: by_district(m, found) for m, found in values.items()},
    )
