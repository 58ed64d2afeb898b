"""Bicycles of Ttareungi (bikeList): every station, and how many stand in the city and in each district."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from display_bridge.city_data.borders import district_at
from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.feeds import Fetch, Reading
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.provider import Place, Status
from display_bridge.city_data.public_feed import PublicFeed, by_district, no_data, observed
from display_bridge.city_data.seoul.envelope import pages
from display_bridge.city_data.wire import count, position, said

STATIONS = Columns(
    {
        "id": ("STATIONID",),
        "name": ("STATIONNAME",),
        "racks": ("RACKTOTCNT",),
        "bikes": ("PARKINGBIKETOTCNT",),
        "lat": ("STATIONLATITUDE",),
        "lon": ("STATIONLONGITUDE",),
    },
    needed=("id", "name", "bikes"),
)
PAGES = 5
_NUMBER = re.compile(r"\d+\.\s*")


def bike_reading(rows: Iterable[Row], now: datetime) -> Reading:
    """The stations as places, and the sums. The service gives no time: what it says is of now.

    Stations off the map (0, 0) count for the city but for no district; a station without a figure has None, and
    counts nothing. Raises SourceFailed("no-data").
    """
    stations = {said(row.get("id")): row for row in rows if said(row.get("id"))}
    known = {key: bikes for key, row in stations.items() if (bikes := count(row.get("bikes"))) is not None}
    if not known:
        raise no_data("bicycle station with a figure")
    places, sums = [], dict.fromkeys((d.ko for d in DISTRICTS), 0)
    reached = set()
    for key, row in stations.items():
        where = position(row.get("lon"), row.get("lat"))
        if where is None:
            continue
        places.append(_place(row, where, known.get(key)))
        district = district_at(*where)
        if district is not None and key in known:
            reached.add(district)
            sums[district] += known[key]
    values: dict[str, float | None] = {name: float(total) for name, total in sums.items() if name in reached}
    return Reading(
        now,
        city={"bikes": observed("bikes", None, float(sum(known.values())))},
        districts={"bikes": by_district("bikes", values)},
        places={"bike": tuple(places)},
    )


def _place(row: Row, where: tuple[float, float], bikes: int | None) -> Place:
    racks = count(row.get("racks"))
    name = _NUMBER.sub("", said(row.get("name")), count=1) or said(row.get("id"))
    if bikes is None:
        return Place(name, *where, None, "대", None, "정보 없음")
    few = racks is not None and bikes < 0.15 * racks
    status: Status = "alert" if not bikes else "warn" if few else "ok"
    return Place(name, *where, float(bikes), "대", status, f"거치 자전거 {bikes}/{racks}대" if racks else "")


async def read_bikes(fetch: Fetch, now: datetime) -> Reading:
    """bikeList. Raises SourceFailed, also when a page is missing: a sum without it would be too small."""
    rows = await pages(fetch, "bikeList", root="rentBikeStatus", most=PAGES)
    return bike_reading(STATIONS.read(rows).rows, now)


FEEDS = (PublicFeed("seoul-bikes", frozenset({"bike", "bikes"}), 120, 900, PAGES, read_bikes),)
