"""Living population of the districts by hour (SPOP_*_RESD_JACHI), which is published about five days late.

It is therefore of the same hour some days ago, and says so by its own time; "now" is what the hotspots have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.feeds import Fetch, Reading
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.metrics import KST, metric
from display_bridge.city_data.provider import Observation, Series
from display_bridge.city_data.public_feed import PublicFeed, by_district, no_data, of_city
from display_bridge.city_data.seoul.envelope import pages
from display_bridge.city_data.wire import figure, kst, measured, said

SERVICES = {
    "domestic": "SPOP_LOCAL_RESD_JACHI",
    "long": "SPOP_FORN_LONG_RESD_JACHI",
    "short": "SPOP_FORN_TEMP_RESD_JACHI",
}
"""Koreans; foreigners who stay long, and who stay short: together the foreign living population."""
PEOPLE = Columns(
    {
        "day": ("YMD", "STDR_DE_ID"),
        "hour": ("TT", "TMZON_PD_SE"),
        "area": ("H_DNG_CD", "ADSTRD_CODE_SE", "SIGNGU_CODE_SE"),
        "people": ("SPOP", "TOT_LVPOP_CO"),
    },
    needed=("day", "hour", "area", "people"),
)
FIRST, LAST = 4, 9
"""How many days back the newest day is looked for."""
_CODES = (11110, 11140, 11170, 11200, 11215, 11230, 11260, 11290, 11305, 11320, 11350, 11380, 11410, 11440, 11470,
          11500, 11530, 11545, 11560, 11590, 11620, 11650, 11680, 11710, 11740)  # fmt: skip
DISTRICT_OF = {str(code): d.ko for code, d in zip(_CODES, DISTRICTS, strict=True)}
"""Administrative codes in the order of the districts' table."""
Hours = dict[int, dict[str, float | None]]


def by_hour(rows: Iterable[Row], day: datetime) -> Hours:
    """Hour -> district -> people, of one day. Rows of quarters (longer codes) are added up in their district; a
    district with a missing quarter is missing."""
    found: Hours = {}
    for row in rows:
        hour, district = figure(row.get("hour")), DISTRICT_OF.get(said(row.get("area"))[:5])
        if district is None or hour not in range(24) or kst(row.get("day")) != day:
            continue
        people = measured(row.get("people"), 0, 3e6)
        held = found.setdefault(int(hour or 0), {})
        if district in held:
            before = held[district]
            held[district] = None if people is None or before is None else before + people
        else:
            held[district] = people
    return found


def added(*parts: Mapping[str, float | None]) -> dict[str, float | None]:
    """Sums by district; None where a part is missing."""
    result: dict[str, float | None] = {}
    for d in DISTRICTS:
        values = [part.get(d.ko) for part in parts]
        known = [v for v in values if v is not None]
        result[d.ko] = sum(known) if len(known) == len(values) else None
    return result


def population_reading(day: datetime, hour: int, found: Mapping[str, Hours]) -> Reading:
    """The three metrics at an hour of a day, and their course over it. Raises SourceFailed("no-data")."""
    hours: dict[int, dict[str, dict[str, float | None]]] = {}
    for h in range(24):
        home, long, short = (found.get(name, {}).get(h, {}) for name in SERVICES)
        foreign = added(long, short)
        hours[h] = {
            "domestic_population": added(home),
            "foreign_population": foreign,
            "population": added(home, foreign),
        }
    if all(v is None for v in hours[hour]["domestic_population"].values()):
        raise no_data("living population of this hour")
    x = tuple(int((day + timedelta(hours=h)).timestamp()) for h in range(24))
    districts: dict[str, tuple[Observation, ...]] = {}
    city: dict[str, Observation] = {}
    series: dict[tuple[str, str | None], Series] = {}
    for name, values in hours[hour].items():
        m = metric(name)
        districts[name], city[name] = by_district(name, values), of_city(name, values)
        totals = tuple(of_city(name, hours[h][name]).value for h in range(24))
        series[name, None] = Series(m.ko, m.unit, x, totals)
        for d in DISTRICTS:
            own = tuple(None if (v := hours[h][name][d.ko]) is None else float(round(v)) for h in range(24))
            series[name, d.ko] = Series(d.ko, m.unit, x, own)
    return Reading(day + timedelta(hours=hour), city=city, districts=districts, series=series)


async def read_population(fetch: Fetch, now: datetime) -> Reading:
    """The newest published day, at the hour that it is now. Raises SourceFailed."""
    local = now.astimezone(KST)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(FIRST, LAST + 1):
        day = today - timedelta(days=back)
        home = await _day(fetch, SERVICES["domestic"], day)
        if home:
            found = {"domestic": home}
            for name in ("long", "short"):
                found[name] = await _day(fetch, SERVICES[name], day)
            return population_reading(day, local.hour, found)
    raise no_data(f"living population of the last {LAST} days")


async def _day(fetch: Fetch, service: str, day: datetime) -> Hours:
    """A whole day of a service: 25 districts, 24 hours."""
    return by_hour(PEOPLE.read(await pages(fetch, service, f"{day:%Y%m%d}", most=1)).rows, day)


FEEDS = (
    PublicFeed(
        "seoul-living-population",
        frozenset({"population", "foreign_population", "domestic_population"}),
        3600,
        10 * 86400,
        LAST - FIRST + 3,
        read_population,
    ),
)
