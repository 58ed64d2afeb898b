"""Water of the rivers: levels (ListRiverStageService) and quality (WPOSInformationTime).

The quality is that of the Han and its streams, not of tap water, so it feeds none of the tap-water metrics.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.feeds import CLOCKS_APART, Fetch, Reading
from display_bridge.city_data.files import rows as packaged
from display_bridge.city_data.geography import BY_NAME
from display_bridge.city_data.provider import Place, Status, Table
from display_bridge.city_data.public_feed import PublicFeed, no_data
from display_bridge.city_data.seoul.envelope import pages
from display_bridge.city_data.wire import kst, measured, said

LEVELS = Columns(
    {
        "code": ("WATG_CD", "RIVERGAUGE_CODE"),
        "name": ("WATG_NM", "RIVERGAUGE_NAME"),
        "river": ("RVR_NM", "RIVER_NAME"),
        "district": ("GU_OFC_NM", "GU_NAME"),
        "time": ("DTRSM_DATA_CLCT_TM", "TRANSFER_TIME"),
        "level": ("RLTM_RVR_WATL_CNT", "CURRENT_LEVEL"),
        "control": ("CNTRL_WATL", "CONTROL_LEVEL"),
        "flood": ("PLAN_FLDE", "PLANFLOOD_LEVEL"),
        "levee": ("EBM_HGT", "LEVEE_LEVEL"),
        "bed": ("RBH", "UNDERWATER_LEVEL"),
    },
    needed=("name", "level"),
)
QUALITY = Columns(
    {
        "site": ("MSRSTN_NM", "SITE_ID"),
        "day": ("YMD", "MSR_DATE"),
        "hour": ("HR", "MSR_TIME"),
        "temperature": ("WATT", "W_TEMP"),
        "ph": ("PH", "W_PH"),
        "oxygen": ("DOX", "DO", "W_DO"),
    },
    needed=("site", "day", "hour", "temperature"),
)
LATE = timedelta(hours=2)
"""A gauge this long without a new figure is silent: its level is not shown as one of now."""


def level_places(rows: Iterable[Row], now: datetime) -> tuple[datetime, tuple[Place, ...]]:
    """The gauges with their level in metres above sea level as published, and the newest time.

    A gauge whose place is not known stands in the middle of its district and says so; one of neither is left out.
    Raises SourceFailed("no-data") when no gauge says when it measured.
    """
    timed = [(at, row) for row in rows if (at := kst(row.get("time"))) is not None and at <= now + CLOCKS_APART]
    if not timed:
        raise no_data("river gauge with its time")
    newest = max(at for at, _ in timed)
    found = []
    for at, row in timed:
        name, river, district = (said(row.get(key)) for key in ("name", "river", "district"))
        where = _where(name, district.removeprefix("서울특별시").strip())
        if name and where is not None:
            lon, lat, note = where
            late = newest - at > LATE
            level = None if late else measured(row.get("level"), -20, 200)
            words = [river, _stage(row), note, "수신 지연" if late else ""]
            found.append(
                Place(f"{name} 수위", lon, lat, level, "m", _status(level, row), " · ".join(w for w in words if w))
            )
    return newest, tuple(found)


def _where(name: str, district: str) -> tuple[float, float, str] | None:
    for kind, known, lon, lat, _ in packaged("places.tsv", 5):
        if kind == "river" and known == f"{name} 수위":
            return float(lon), float(lat), ""
    facts = BY_NAME.get(district)
    return (facts.lon, facts.lat, f"{district} 안") if facts else None


def _status(level: float | None, row: Row) -> Status | None:
    """From the levels that the service gives with each gauge; a zero means that it has none."""
    if level is None:
        return None
    control, flood = measured(row.get("control"), -20, 200), measured(row.get("flood"), -20, 200)
    if flood and level >= flood:
        return "alert"
    return "warn" if control and level >= control else "ok"


def _stage(row: Row) -> str:
    control, flood = measured(row.get("control"), -20, 200), measured(row.get("flood"), -20, 200)
    parts = [f"통제 {control:g}m" if control else "", f"계획홍수위 {flood:g}m" if flood else ""]
    return ", ".join(part for part in parts if part)


def quality_table(rows: Iterable[Row], now: datetime) -> tuple[datetime, Table]:
    """The newest row of each site, and the newest time."""
    newest: dict[str, tuple[datetime, Row]] = {}
    for row in rows:
        site, at = said(row.get("site")), kst(f"{said(row.get('day'))} {said(row.get('hour'))}")
        if site and at is not None and at <= now + CLOCKS_APART and (site not in newest or at > newest[site][0]):
            newest[site] = (at, row)
    if not newest:
        raise no_data("site with its time")
    columns = (("site", "지점"), ("at", "측정"), ("temperature", "수온(℃)"), ("ph", "pH"), ("oxygen", "용존산소(mg/L)"))
    found: list[dict[str, str | float | int | None]] = [
        {
            "site": site,
            "at": at.strftime("%m-%d %H:%M"),
            "temperature": measured(row.get("temperature"), -5, 50),
            "ph": measured(row.get("ph"), 0, 14),
            "oxygen": measured(row.get("oxygen"), 0, 60),
        }
        for site, (at, row) in newest.items()
    ]
    table = Table(columns, tuple(found), frozenset({"temperature", "ph", "oxygen"}))
    return max(at for at, _ in newest.values()), table


async def read_levels(fetch: Fetch, now: datetime) -> Reading:
    """ListRiverStageService. Raises SourceFailed."""
    at, places = level_places(LEVELS.read(await pages(fetch, "ListRiverStageService")).rows, now)
    return Reading(at, places={"river": places})


async def read_quality(fetch: Fetch, now: datetime) -> Reading:
    """WPOSInformationTime, newest first; the history behind its first page is not needed. Raises SourceFailed."""
    rows = await pages(fetch, "WPOSInformationTime", whole=False)
    at, table = quality_table(QUALITY.read(rows).rows, now)
    return Reading(at, tables={"river-quality": table})


FEEDS = (
    PublicFeed("seoul-river-stage", frozenset({"river"}), 300, 3600, 1, read_levels),
    PublicFeed("seoul-river-quality", frozenset({"river-quality"}), 1800, 3 * 3600, 1, read_quality),
)
