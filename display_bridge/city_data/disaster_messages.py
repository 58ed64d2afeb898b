"""Disaster text messages of the country (safetydata.go.kr, DSSP-IF-00247) that went to Seoul, as alerts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.data_go_kr import messages
from display_bridge.city_data.feeds import Fetch, Reading
from display_bridge.city_data.geography import BY_NAME
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Event
from display_bridge.city_data.public_feed import PublicFeed
from display_bridge.city_data.wire import kst, said

PATH = "V2/api/DSSP-IF-00247"
ROWS, PAGES = 500, 2
WINDOW = timedelta(hours=48)
MESSAGES = Columns(
    {
        "id": ("SN", "MD101_SN"),
        "at": ("CRT_DT", "CREATE_DATE"),
        "text": ("MSG_CN", "MSG"),
        "areas": ("RCPTN_RGN_NM", "LOCATION_NAME"),
        "step": ("EMRG_STEP_NM",),
        "kind": ("DST_SE_NM",),
    },
    needed=("at", "text"),
)
STEPS: dict[str, tuple[int, timedelta]] = {
    "위급": (100, timedelta(hours=6)),
    "긴급": (95, timedelta(hours=3)),
    "안전": (40, timedelta(hours=24)),
}
"""Step -> severity, and how long the message counts as current: nobody sends an end for most of them."""
_LIFTED = re.compile(r"해제(?:되|됨|하|합|했|$|[.\s,)])")
_TITLE = 70


def step_of(text: str) -> str:
    """위급재난, 긴급재난, 안전안내 and their short forms as one of three words."""
    return next((step for step in ("위급", "긴급") if step in text), "안전")


def message_event(row: Row, now: datetime, *, everywhere: bool = False) -> Event | None:
    """A message as an event; None when it has no text or time, is older than two days, or did not go to Seoul.

    everywhere: the row names no areas because it came with a place of Seoul.
    """
    at, text = kst(row.get("at")), said(row.get("text"))
    area = "서울" if everywhere else area_of(said(row.get("areas")))
    if at is None or not text or area is None or not now - WINDOW <= at <= now + timedelta(hours=1):
        return None
    step = step_of(said(row.get("step")))
    severity, lasting = STEPS[step]
    kind = said(row.get("kind"))
    facts = BY_NAME.get(area)
    key = said(row.get("id")) or hashlib.sha256(f"{at.isoformat()}|{text}".encode()).hexdigest()[:16]
    return Event(
        at,
        _title(text),
        step,
        area,
        "해제" if _LIFTED.search(text) else "발송",
        severity,
        f"{kind} · {text}" if kind and kind != "기타" else text,
        facts.lon if facts else None,
        facts.lat if facts else None,
        key,
        at + lasting,
    )


def area_of(text: str) -> str | None:
    """서울특별시 종로구,서울특별시 중구 -> 종로구 외 1곳; the whole city -> 서울 전역; None without Seoul."""
    parts = [part.strip() for part in text.split(",") if part.strip().startswith("서울")]
    if not parts:
        return None
    districts = list(
        dict.fromkeys(d for part in parts for d in BY_NAME if part.split()[-1:] == [d] or f" {d} " in part)
    )
    if not districts or len(districts) == len(BY_NAME):
        return "서울 전역"
    return districts[0] if len(districts) == 1 else f"{districts[0]} 외 {len(districts) - 1}곳"


def _title(text: str) -> str:
    """The first sentence, or as much of it as a title holds."""
    first = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
    return first if len(first) <= _TITLE else first[: _TITLE - 1].rstrip() + "…"


def message_events(rows: Iterable[Row], now: datetime) -> tuple[Event, ...]:
    """The messages of two days that went to Seoul, newest first, each once."""
    found = {event.id: event for row in rows if (event := message_event(row, now)) is not None}
    return tuple(sorted(found.values(), key=lambda event: (event.at, event.id), reverse=True))


async def read_messages(fetch: Fetch, now: datetime) -> Reading:
    """The messages since the day before yesterday. No message is an answer, not a failure. Raises SourceFailed."""
    since = (now - WINDOW).astimezone(KST)
    rows: list[dict[str, object]] = []
    for number in range(1, PAGES + 1):
        params = {"returnType": "json", "numOfRows": str(ROWS), "pageNo": str(number),
                  "crtDt": f"{since:%Y%m%d}", "rgnNm": "서울특별시"}  # fmt: skip
        found = messages(await fetch(PATH, params))
        rows += found
        if len(found) < ROWS:
            break
    return Reading(now, events={"alerts": message_events(MESSAGES.read(rows).rows, now)})


FEEDS = (PublicFeed("disaster-messages", frozenset({"alerts"}), 180, 900, PAGES, read_messages),)
