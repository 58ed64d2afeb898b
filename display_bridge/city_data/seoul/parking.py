"""Public car parks: how full they are (GetParkingInfo), and where they are (GetParkInfo, read once a day)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.feeds import Fetch, Reading, SourceFailed
from display_bridge.city_data.provider import Place, Status
from display_bridge.city_data.public_feed import PublicFeed, no_data
from display_bridge.city_data.seoul.envelope import pages
from display_bridge.city_data.wire import count, kst, position, said

LOTS = Columns(
    {
        "code": ("PKLT_CD", "PARKING_CODE"),
        "name": ("PKLT_NM", "PARKING_NAME"),
        "capacity": ("TPKCT", "CAPACITY"),
        "parked": ("NOW_PRK_VHCL_CNT", "CUR_PARKING"),
        "time": ("NOW_PRK_VHCL_UPDT_TM", "CUR_PARKING_TIME"),
        "linked": ("PRK_STTS_YN", "QUE_STATUS"),
        "lat": ("LAT",),
        "lon": ("LOT", "LNG"),
    },
    needed=("code", "name", "capacity"),
)
LIVE_PAGES, PLACE_PAGES = 1, 5
LATE = timedelta(hours=2)
"""Some car parks say that they are linked and repeat a figure of months ago."""
Where = Mapping[str, tuple[float, float]]


def positions(rows: Iterable[Row]) -> Where:
    """Code -> place; a car park of several rows is where its first is."""
    found: dict[str, tuple[float, float]] = {}
    for row in rows:
        where = position(row.get("lon"), row.get("lat"))
        if where is not None:
            found.setdefault(said(row.get("code")), where)
    return found


def parking_places(rows: Iterable[Row], where: Where, now: datetime) -> tuple[datetime, tuple[Place, ...]]:
    """The car parks with a place, their free spaces, and the newest time of a figure.

    A car park that is not linked, or has a figure older than two hours, or more spaces taken than a car park can
    have, has None. Raises SourceFailed("no-data") when none has a figure.
    """
    found: dict[str, Place] = {}
    newest: datetime | None = None
    for row in rows:
        code, name = said(row.get("code")), said(row.get("name"))
        place = position(row.get("lon"), row.get("lat")) or where.get(code)
        if not code or not name or place is None or code in found:
            continue
        capacity, parked, at = count(row.get("capacity")), count(row.get("parked")), kst(row.get("time"))
        linked = said(row.get("linked")) in ("", "1", "Y", "1.0")
        if linked and at is not None and abs(now - at) <= LATE and capacity and parked is not None:
            newest = at if newest is None else max(newest, at)
            found[code] = _live(name, place, capacity, parked)
        else:
            words = [f"{capacity}면" if capacity else "", "실시간 정보 없음"]
            found[code] = Place(name, *place, None, "면", None, " · ".join(w for w in words if w))
    if newest is None:
        raise no_data("car park with a figure of now")
    return newest, tuple(found.values())


def _live(name: str, place: tuple[float, float], capacity: int, parked: int) -> Place:
    left = max(0, capacity - parked)
    status: Status = "alert" if not left else "warn" if left < 0.15 * capacity else "ok"
    return Place(name, *place, float(left), "면", status, f"주차 가능 {left}/{capacity}면")


class ParkingReader:
    """Reads the occupancy each time, and the places of the car parks when they are older than a day."""

    def __init__(self) -> None:
        self._where: Where = {}
        self._read_at: datetime | None = None

    async def __call__(self, fetch: Fetch, now: datetime) -> Reading:
        """GetParkingInfo, and GetParkInfo once a day. Raises SourceFailed."""
        rows = LOTS.read(await pages(fetch, "GetParkingInfo", most=LIVE_PAGES)).rows
        if self._read_at is None or now - self._read_at > timedelta(days=1):
            try:
                found = positions(LOTS.read(await pages(fetch, "GetParkInfo", most=PLACE_PAGES)).rows)
            except SourceFailed:
                # The places known before still hold, and so do those that came with the figures themselves.
                if not self._where and not positions(rows):
                    raise
            else:
                self._where, self._read_at = found or self._where, now if found else None
        at, places = parking_places(rows, self._where, now)
        return Reading(at, places={"parking": places})


def feeds() -> tuple[PublicFeed, ...]:
    """The feed of the car parks, with its own memory."""
    return (PublicFeed("seoul-parking", frozenset({"parking"}), 300, 3600, LIVE_PAGES + PLACE_PAGES, ParkingReader()),)
