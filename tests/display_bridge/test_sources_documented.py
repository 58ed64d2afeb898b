"""docs/sources.md says of every source and feed what the code says, and the stand-in can be reached over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import httpx

from display_bridge.city_data.public_sources import public_sources
from tests.display_bridge.city_upstream import KEY, Upstream, bases

TEXT = (Path(__file__).parents[2] / "docs" / "sources.md").read_text("utf-8")


def cells(name: str) -> list[str]:
    """The row of a table that begins with a name; of the feeds' table where both have one."""
    found = [line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |")]
    return [cell.strip() for cell in found[-1].strip("|").split("|")]


def seconds(text: str) -> float:
    number, unit = re.match(r"(\d+) (s|min|h)\b", text).groups()  # type: ignore[union-attr]
    return float(number) * {"s": 1, "min": 60, "h": 3600}[unit]


def test_every_source_is_documented_with_its_key_and_its_calls() -> None:
    for source in public_sources():
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{source.id}` |"))
        used = sum(feed.calls * 86400 / feed.refresh_s for feed in source.feeds)
        assert f"`{source.key_name}`" in row
        assert f"{source.daily_quota:,} / {used:,.0f}" in row
        assert source.licence.startswith("공공누리 제1유형")


def test_every_feed_is_documented_with_its_datasets_and_rhythm() -> None:
    for source in public_sources():
        for feed in source.feeds:
            row = cells(feed.id)
            assert set(row[2].split("`")[1].split()) == feed.datasets
            assert seconds(row[4]) == feed.refresh_s


async def test_the_stand_in_answers_on_a_port() -> None:
    upstream = Upstream(datetime(2026, 11, 28, 4, 50, tzinfo=UTC))
    async with upstream.serve() as address, httpx.AsyncClient() as client:
        base = bases(address)["seoul-open-data"]
        good = await client.get(f"{base}/{KEY}/json/RealtimeCityAir/1/1000/")
        assert good.json()["RealtimeCityAir"]["list_total_count"] == 25
        wrong = await client.get(f"{base}/other/json/RealtimeCityAir/1/1000/")
        assert (wrong.status_code, wrong.text[:25]) == (200, "<RESULT><CODE>INFO-100</C")
        upstream.faults["RealtimeCityAir"] = "http-503"
        assert (await client.get(f"{base}/{KEY}/json/RealtimeCityAir/1/1000/")).status_code == 503
        place = "%EA%B4%91%ED%99%94%EB%AC%B8%C2%B7%EB%8D%95%EC%88%98%EA%B6%81"
        city = await client.get(f"{base}/{KEY}/json/citydata_ppltn/1/5/{place}")
        assert city.json()["SeoulRtd.citydata_ppltn"][0]["AREA_NM"] == "광화문·덕수궁"
