"""Prices of daily goods in markets and supermarkets (ListNecessariesPricesService), as means of a week."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.feeds import Fetch, Reading
from display_bridge.city_data.provider import Table
from display_bridge.city_data.public_feed import PublicFeed, no_data
from display_bridge.city_data.seoul.envelope import pages
from display_bridge.city_data.wire import kst, measured, said

PRICES = Columns(
    {
        "item": ("A_NAME",),
        "unit": ("A_UNIT",),
        "price": ("A_PRICE",),
        "day": ("P_DATE",),
        "shop": ("M_NAME",),
    },
    needed=("item", "price", "day"),
)
PAGES = 5
WEEK = timedelta(days=7)
MOST = 10_000_000
"""Won; nothing in a basket costs this."""


def goods_table(rows: Iterable[Row]) -> tuple[datetime, Table]:
    """The mean price of each item in the week up to the newest day, and its change from the week before.

    The shops' units differ ("1개", "300g", "1 개"): only quotes in the unit most shops use are averaged. A price of
    zero means not sold. Rice stands first, since the panel names its price. Raises SourceFailed("no-data").
    """
    quotes: dict[str, list[tuple[datetime, str, float]]] = defaultdict(list)
    for row in rows:
        item, at = said(row.get("item")), kst(row.get("day"))
        price = measured(row.get("price"), 1, MOST)
        if item and at is not None and price is not None:
            quotes[item].append((at, said(row.get("unit")).replace(" ", ""), price))
    if not quotes:
        raise no_data("price")
    newest = max(at for found in quotes.values() for at, _, _ in found)
    lines: list[dict[str, str | float | int | None]] = []
    for item, found in quotes.items():
        recent = [(unit, price) for at, unit, price in found if newest - at < WEEK]
        if not recent:
            continue
        unit = Counter(unit for unit, _ in recent).most_common(1)[0][0]
        price = _mean([p for u, p in recent if u == unit])
        before = _mean([p for at, u, p in found if u == unit and WEEK <= newest - at < 2 * WEEK])
        change = None if price is None or before is None else price - before
        lines.append({"item": item, "unit": unit, "price": price, "change": change})
    lines.sort(key=lambda line: not str(line["item"]).startswith("쌀"))
    columns = (("item", "품목"), ("unit", "단위"), ("price", "평균 가격(원)"), ("change", "전주 대비(원)"))
    return newest, Table(columns, tuple(lines), frozenset({"price", "change"}))


def _mean(prices: list[float]) -> int | None:
    """In whole won."""
    return round(sum(prices) / len(prices)) if prices else None


async def read_prices(fetch: Fetch, now: datetime) -> Reading:
    """The newest pages; they hold about two weeks. Raises SourceFailed."""
    rows = await pages(fetch, "ListNecessariesPricesService", most=PAGES, whole=False)
    at, table = goods_table(PRICES.read(rows).rows)
    shares = tuple((str(r["item"]), float(r["price"] or 0)) for r in table.rows if r["price"] is not None)
    return Reading(at, tables={"goods": table}, shares={"goods": shares})


FEEDS = (PublicFeed("seoul-prices", frozenset({"goods"}), 6 * 3600, 9 * 86400, PAGES, read_prices),)
