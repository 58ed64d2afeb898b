"""Accidents, works and closures on the roads (AccInfo, asked in XML), and those that come with a place's city data."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from display_bridge.city_data.borders import district_at
from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.feeds import Fetch, Reading, SourceFailed
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.projections import KOREA_CENTRAL
from display_bridge.city_data.provider import Event
from display_bridge.city_data.public_feed import PublicFeed
from display_bridge.city_data.seoul.envelope import pages
from display_bridge.city_data.wire import figure, kst, position, said

INCIDENTS = Columns(
    {
        "id": ("ACC_ID",),
        "day": ("OCCR_DATE",),
        "time": ("OCCR_TIME",),
        "end_day": ("EXP_CLR_DATE",),
        "end_time": ("EXP_CLR_TIME",),
        "kind": ("ACC_TYPE",),
        "east": ("GRS80TM_X",),
        "north": ("GRS80TM_Y",),
        "text": ("ACC_INFO",),
    },
    needed=("id", "day", "text"),
)
NAMES = Columns({"code": ("ACC_TYPE",), "name": ("ACC_TYPE_NM",)}, needed=("code", "name"))
CONTROLS = Columns(
    {
        "at": ("ACDNT_OCCR_DT",),
        "end": ("EXP_CLR_DT",),
        "kind": ("ACDNT_TYPE",),
        "text": ("ACDNT_INFO",),
        "lon": ("ACDNT_X",),
        "lat": ("ACDNT_Y",),
    },
    needed=("at", "text"),
)
FORGOTTEN = timedelta(days=1)
KINDS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("사고", ("사고", "추돌", "전복", "화재"), 55),
    ("집회", ("집회", "시위"), 45),
    ("행사", ("행사", "마라톤", "축제"), 45),
    ("공사", ("공사", "보수", "포장", "작업", "점검"), 35),
    ("고장", ("고장",), 30),
)
"""Our word, the words that tell it, severity. The words stand in the names of the kinds and in the texts."""


def incident(key: str, at: datetime, end: datetime | None, kind: str, text: str, where: tuple[float, float] | None,
             now: datetime) -> Event | None:  # fmt: skip
    """One closure. It goes on while the service lists it: its end is only expected. None for one that was forgotten
    there, whose end passed a day ago."""
    if end is not None and now - end > FORGOTTEN:
        return None
    word, severity = next(
        ((w, s) for w, words, s in KINDS if any(x in kind for x in words)),
        next(((w, s) for w, words, s in KINDS if any(x in text for x in words)), ("통제", 30)),
    )
    area = (district_at(*where) if where else None) or "서울"
    title = text if len(text) <= 80 else text[:79].rstrip() + "…"
    lon, lat = where if where else (None, None)
    return Event(at, title, word, area, "통제 중", severity, _until(end, now), lon, lat, key)  # fmt: skip


def _until(end: datetime | None, now: datetime) -> str:
    """When it should be over, in words."""
    if end is None:
        return ""
    day = "" if end.date() == now.astimezone(KST).date() else f"{end.month}월 {end.day}일 "
    return f"{day}{end:%H:%M} 해제 예정" + ("(지남)" if end <= now else "")


def incident_events(rows: Iterable[Row], now: datetime) -> tuple[Event, ...]:
    """The closures, newest first, each once. Points are in EPSG:5181 metres."""
    found: dict[str, Event] = {}
    for row in rows:
        key, text = said(row.get("id")), said(row.get("text"))
        at = kst(_stamp(row.get("day"), row.get("time")))
        if key and text and at is not None:
            end = kst(_stamp(row.get("end_day"), row.get("end_time")))
            where = _point(row.get("east"), row.get("north"))
            event = incident(key, at, end, said(row.get("kind")), text, where, now)
            if event is not None:
                found[key] = event
    return tuple(sorted(found.values(), key=lambda event: (event.at, event.id), reverse=True))


def control_events(rows: Iterable[Row], now: datetime) -> tuple[Event, ...]:
    """The closures of a place's city data, whose points are in degrees."""
    found = []
    for row in rows:
        at, text = kst(row.get("at")), said(row.get("text"))
        if at is not None and text:
            key, where = f"{at:%Y%m%d%H%M}|{text}", position(row.get("lon"), row.get("lat"))
            found.append(incident(key, at, kst(row.get("end")), said(row.get("kind")), text, where, now))
    return tuple(event for event in found if event is not None)


def _stamp(day: object, time: object) -> str:
    """20261128 and 93000 (the leading zero lost) or 0930 as one time."""
    date, clock = said(day).replace("-", ""), said(time).replace(":", "")
    if not clock.isdigit():
        return date
    return date + (clock.zfill(6) if len(clock) > 4 else clock.zfill(4))


def _point(east: object, north: object) -> tuple[float, float] | None:
    x, y = figure(east), figure(north)
    if x is None or y is None or not (150_000 <= x <= 260_000 and 400_000 <= y <= 500_000):
        return None
    return position(*KOREA_CENTRAL.degrees(x, y))


class IncidentReader:
    """Reads the closures each time, and the names of their kinds once a day; without them their texts tell the kind."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._read_at: datetime | None = None

    async def __call__(self, fetch: Fetch, now: datetime) -> Reading:
        """AccInfo, and AccMainCode once a day. No closure is an answer, not a failure. Raises SourceFailed."""
        rows = INCIDENTS.read(await pages(fetch, "AccInfo", form="xml")).rows
        if self._read_at is None or now - self._read_at > timedelta(days=1):
            self._read_at = now
            with contextlib.suppress(SourceFailed):
                named = NAMES.read(await pages(fetch, "AccMainCode", form="xml")).rows
                self._kinds = {said(row.get("code")): said(row.get("name")) for row in named}
        told = [{**row, "kind": self._kinds.get(said(row.get("kind")), said(row.get("kind")))} for row in rows]
        return Reading(now, events={"road-incident": incident_events(told, now)})


def feeds() -> tuple[PublicFeed, ...]:
    """The feed of the closures, with its own memory."""
    return (PublicFeed("seoul-road-incidents", frozenset({"road-incident"}), 180, 900, 2, IncidentReader()),)
