"""One place of the city's live data (citydata, citydata_ppltn), taken apart. Pure.

A section comes as a list, as one object, as "" or not at all; in XML it holds an element of its own name. Numbers are
texts. The answer to a sample key is of another place than the one asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.feeds import SourceFailed
from display_bridge.city_data.provider import Place, Status
from display_bridge.city_data.seoul.envelope import EMPTY, OK, failure, result_code
from display_bridge.city_data.wire import decoded, inner, kst, measured, position, records, said, unreadable

PEOPLE = Columns(
    {
        "level": ("AREA_CONGEST_LVL",),
        "low": ("AREA_PPLTN_MIN",),
        "high": ("AREA_PPLTN_MAX",),
        "at": ("PPLTN_TIME",),
    },
    needed=("level", "at"),
)
LINKS = Columns(
    {
        "id": ("LINK_ID",),
        "road": ("ROAD_NM",),
        "speed": ("SPD",),
        "state": ("IDX",),
        "points": ("XYLIST",),
    },
    needed=("id", "road", "speed", "points"),
)
LEVELS: dict[str, Status] = {"여유": "ok", "보통": "ok", "약간 붐빔": "warn", "붐빔": "alert"}
STATES: dict[str, Status] = {"원활": "ok", "서행": "warn", "정체": "alert"}
_POINTS = 400
"""Points of a link that are kept; a link of the city has a dozen."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many people are in a place: the range that is published, and its level."""

    at: datetime
    level: str
    low: float | None
    high: float | None

    @property
    def people(self) -> float | None:
        """The middle of the range; None when an end is missing."""
        return None if self.low is None or self.high is None else float(round((self.low + self.high) / 2))


@dataclass(frozen=True, slots=True)
class Link:
    """A stretch of road in one direction. speed: km/h, None when missing."""

    id: str
    road: str
    speed: float | None
    status: Status | None
    path: tuple[tuple[float, float], ...]


def place(body: bytes, asked: str) -> dict[str, Any]:
    """The sections of the place that was asked for. Raises SourceFailed: the code's own, "no-data" when there is
    nothing of it, "another-place" when the answer is of another one, as a sample key's is."""
    value = decoded(body)
    code = result_code(value)
    if code == EMPTY:
        raise SourceFailed("no-data", "there is nothing of this place")
    if code not in (None, OK):
        raise failure(str(code))
    held = _root(value)
    if held is None:
        raise unreadable("it holds no place")
    if _same(said(held.get("AREA_NM"))) != _same(asked):
        raise SourceFailed("another-place", "the answer is of another place, as a sample key's is", retry=False)
    return held


def _root(value: Any) -> dict[str, Any] | None:
    """The object that names the place: under CITYDATA (JSON), SeoulRtd.citydata (XML), SeoulRtd.citydata_ppltn."""
    candidates = [
        inner(value, "CITYDATA"),
        inner(value, "SeoulRtd.citydata", "CITYDATA"),
        inner(value, "SeoulRtd.citydata"),
        inner(value, "SeoulRtd.citydata_ppltn", "SeoulRtd.citydata_ppltn"),
        inner(value, "SeoulRtd.citydata_ppltn"),
        inner(value, "Map", "SeoulRtd.citydata_ppltn", "SeoulRtd.citydata_ppltn"),
        inner(value, "Map", "SeoulRtd.citydata_ppltn"),
    ]
    return next((row for found in candidates for row in records(found) if "AREA_NM" in row), None)


def _same(name: str) -> str:
    """A name without what the services write differently."""
    return "".join(name.split()).replace("ㆍ", "·").replace("・", "·")


def section(held: Row, name: str) -> list[dict[str, Any]]:
    """The objects of a section, whatever its form."""
    value = held.get(name)
    if isinstance(value, dict) and set(value) == {name}:
        value = value[name]
    return records(value)


def crowd(held: Row) -> Crowd | None:
    """The people of a place, from citydata or citydata_ppltn (which has no section around them); None without.

    Raises SourceFailed("unknown-columns").
    """
    rows = section(held, "LIVE_PPLTN_STTS") if "LIVE_PPLTN_STTS" in held else [dict(held)]
    for row in PEOPLE.read(rows).rows:
        at = kst(row.get("at"))
        if at is not None:
            low, high = measured(row.get("low"), 0, 5e6), measured(row.get("high"), 0, 5e6)
            return Crowd(at, said(row.get("level")), low, high)
    return None


def crowd_place(name: str, lon: float, lat: float, found: Crowd) -> Place:
    """A hotspot: the middle of the published range, with the range and the level in words."""
    span = "" if found.low is None or found.high is None else f" · {found.low:,.0f}–{found.high:,.0f}명"
    return Place(name, lon, lat, found.people, "명", LEVELS.get(found.level), f"{found.level or '정보 없음'}{span}")


def links(held: Row) -> tuple[Link, ...]:
    """The roads around a place. Raises SourceFailed("unknown-columns")."""
    rows: list[dict[str, Any]] = []
    for entry in section(held, "ROAD_TRAFFIC_STTS"):
        own = section(entry, "ROAD_TRAFFIC_STTS")
        rows += own or ([entry] if "LINK_ID" in entry else [])
    found = []
    for row in LINKS.read(rows).rows:
        key, road, path = said(row.get("id")), said(row.get("road")), _path(row.get("points"))
        if key and road and len(path) > 1:
            speed = measured(row.get("speed"), 0, 200)
            found.append(Link(key, road, speed, STATES.get(said(row.get("state"))), path))
    return tuple(found)


def road_time(held: Row) -> datetime | None:
    """When the roads were measured; the older column name had a letter less."""
    for entry in section(held, "ROAD_TRAFFIC_STTS"):
        for mean in section(entry, "AVG_ROAD_DATA"):
            at = kst(mean.get("ROAD_TRAFFIC_TIME") or mean.get("ROAD_TRFFIC_TIME"))
            if at is not None:
                return at
    return None


def _path(value: Any) -> tuple[tuple[float, float], ...]:
    """126.97_37.56|126.98_37.57 as points; those off the map are left out."""
    if not isinstance(value, str):
        return ()
    found: list[tuple[float, float]] = []
    for pair in value.split("|")[:_POINTS]:
        lon, _, lat = pair.partition("_")
        point = position(lon, lat)
        if point is not None and (not found or found[-1] != point):
            found.append(point)
    return tuple(found)


def joined(pairs: Iterable[tuple[tuple[float, float], ...]]) -> list[tuple[int, ...]]:
    """Which paths follow one another, by the point where one ends and the next begins: chains of indices."""
    paths = list(pairs)
    ahead: dict[tuple[float, float], int] = {}
    for i, path in enumerate(paths):
        ahead.setdefault(_knot(path[0]), i)
    follows = {i: ahead.get(_knot(path[-1])) for i, path in enumerate(paths)}
    begun = {j for i, j in follows.items() if j is not None and j != i}
    chains, used = [], set()
    for start in [*(i for i in range(len(paths)) if i not in begun), *range(len(paths))]:
        chain: list[int] = []
        at: int | None = start
        while at is not None and at not in used:
            used.add(at)
            chain.append(at)
            at = follows[at]
        if chain:
            chains.append(tuple(chain))
    return chains


def _knot(point: tuple[float, float]) -> tuple[float, float]:
    """A point to about ten metres."""
    return round(point[0], 4), round(point[1], 4)
