"""Culture events of the city and its districts (culturalEventInfo), as documents of one page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.feeds import Fetch, Reading
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Document
from display_bridge.city_data.public_feed import PublicFeed
from display_bridge.city_data.seoul.envelope import pages
from display_bridge.city_data.wire import kst, said

EVENTS = Columns(
    {
        "kind": ("CODENAME",),
        "district": ("GUNAME",),
        "title": ("TITLE",),
        "when": ("DATE",),
        "place": ("PLACE",),
        "by": ("ORG_NAME",),
        "for": ("USE_TRGT",),
        "fee": ("USE_FEE",),
        "free": ("IS_FREE",),
        "start": ("STRTDATE",),
        "end": ("END_DATE",),
    },
    needed=("title", "start"),
)
PAGES = 3
AHEAD = timedelta(days=31)
MOST = 60


def culture_documents(rows: Iterable[Row], now: datetime) -> tuple[Document, ...]:
    """Events that run now or begin within a month, the next to begin first and those that run already before them.

    The page of each says only what the service says of it.
    """
    today = now.astimezone(KST).replace(hour=0, minute=0, second=0, microsecond=0)
    found: dict[str, Document] = {}
    for row in rows:
        title, start = said(row.get("title")), kst(row.get("start"))
        end = kst(row.get("end")) or start
        if not title or start is None or end is None or end < today or start > today + AHEAD:
            continue
        document = _document(title, start, row)
        found[document.id] = document
    return tuple(sorted(found.values(), key=lambda d: (d.date, d.title_ko))[:MOST])


def _document(title: str, start: datetime, row: Row) -> Document:
    words = {key: said(row.get(key)) for key in ("kind", "district", "when", "place", "by", "for", "fee", "free")}
    where = " ".join(w for w in (words["district"], words["place"]) if w)
    lines = [
        *([f"기간: {words['when']}"] if words["when"] else []),
        *([f"장소: {where}"] if where else []),
        *([f"주최: {words['by']}"] if words["by"] else []),
        *([f"대상: {words['for']}"] if words["for"] else []),
        *([f"요금: {words['fee'] or words['free']}"] if words["fee"] or words["free"] else []),
    ]
    key = hashlib.sha256(f"{title}|{start:%Y%m%d}|{where}".encode()).hexdigest()[:12]
    return Document(f"culture-{key}", title, start.date(), words["by"] or words["district"], 1,
                    words["kind"] or "문화행사", (("안내", 1),), (tuple(lines),))  # fmt: skip


async def read_culture(fetch: Fetch, now: datetime) -> Reading:
    """The newest pages. No event is an answer, not a failure. Raises SourceFailed."""
    rows = EVENTS.read(await pages(fetch, "culturalEventInfo", most=PAGES, whole=False)).rows
    return Reading(now, documents={"culture-events": culture_documents(rows, now)})


FEEDS = (PublicFeed("seoul-culture", frozenset({"culture-events"}), 6 * 3600, 2 * 86400, PAGES, read_culture),)
