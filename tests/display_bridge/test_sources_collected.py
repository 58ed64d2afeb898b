"""The public sources as the product reads them: its own fetch over real HTTP, its collector and its routing."""

from __future__ import annotations

import asyncio
import heapq
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from display_bridge.city_data.collector import Collector
from display_bridge.city_data.feeds import SourceFailed
from display_bridge.city_data.fetching import HttpFetch
from display_bridge.city_data.limits import Quota
from display_bridge.city_data.public_sources import public_sources
from display_bridge.city_data.redaction import Secret
from display_bridge.city_data.routed import RoutedCityData
from display_bridge.city_data.simulated import SimulatedCityData
from tests.display_bridge.city_upstream import KEY, Upstream, bases

START = datetime(2026, 11, 28, 4, 50, tzinfo=UTC)
KEYS = {source.key_name: KEY for source in public_sources()}
IDLE_TURNS = 60
"""Turns of the loop without anybody waking up, after which all that is left is waiting."""


class Passing:
    """A clock whose time only passes while everybody waits for it; the services' time passes with it."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream, self._passed, self._number = upstream, 0.0, 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return 1000.0 + self._passed

    async def sleep(self, seconds: float) -> None:
        self._number += 1
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._passed + max(0.0, seconds), self._number, woken))
        await woken

    async def until(self, happened: Callable[[], bool], within: timedelta) -> None:
        """Let time pass until something happened."""
        end = self._passed + within.total_seconds()
        while True:
            for _ in range(IDLE_TURNS):
                await asyncio.sleep(0)
            if happened():
                return
            assert self._sleepers, "nobody waits for anything"
            self._passed, _, woken = heapq.heappop(self._sleepers)
            assert self._passed <= end, "it did not happen in time"
            self._upstream.now = self.now()
            if not woken.done():
                woken.set_result(None)


class Hurried(Passing):
    """A clock for one who waits alone: nothing but waiting takes time."""

    async def sleep(self, seconds: float) -> None:
        self._passed += max(0.0, seconds)


@asynccontextmanager
async def collecting(upstream: Upstream, clock: Passing, *ids: str) -> AsyncIterator[Collector]:
    """A collector of some of the sources, which reads the stand-in without a socket."""

    def answer(request: httpx.Request) -> httpx.Response:
        found = upstream.answer(request.url.raw_path.decode())
        return httpx.Response(found.status, content=found.body)

    sources = [source for source in public_sources() if source.id in ids]
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        collector = Collector(sources, keys=KEYS, folder=None, base_urls=bases("http://upstream"), clock=clock,
                              rng=random.Random(1), client=client)  # fmt: skip
        await collector.start()
        try:
            yield collector
        finally:
            await collector.stop()


async def test_every_feed_reads_over_http_and_nothing_tells_its_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    upstream = Upstream(START, bikes=1200, lots=5)
    clock = Hurried(upstream)
    async with upstream.serve() as address:
        for source in public_sources():
            for feed in source.feeds:
                fetch = HttpFetch(source, bases(address)[source.id], Secret(KEY), clock, random.Random(1),
                                  Quota(source.daily_quota))  # fmt: skip
                reading = await feed.read(fetch, START)
                assert fetch.quota.calls <= feed.calls, feed.id
                assert reading.observed_at <= START, feed.id
                await fetch.close()
                wrong = HttpFetch(source, bases(address)[source.id], Secret("wr0ng-k3y"), clock, random.Random(1),
                                  Quota(source.daily_quota))  # fmt: skip
                with pytest.raises(SourceFailed) as caught:
                    await feed.read(wrong, START)
                assert caught.value.code == "bad-key", feed.id
                assert "wr0ng" not in f"{caught.value} {caught.value.message}"
                await wrong.close()
    assert any(KEY in target for target in upstream.asked)
    assert "127.0.0.1" in caplog.text
    assert KEY not in caplog.text
    assert "wr0ng" not in caplog.text


async def test_a_thousand_calls_last_for_a_day() -> None:
    """Of the subway, whose limit is the one that is known: a day and a night without a call too many."""
    upstream = Upstream(START, quota={"subway": 1000})
    clock = Passing(upstream)
    async with collecting(upstream, clock, "seoul-subway") as collector:
        await clock.until(lambda: clock.now() >= START + timedelta(hours=24), timedelta(hours=25))
        (status,) = collector.statuses()
        assert (status.state, status.last_error) == ("ok", "")
    assert 850 <= upstream.calls["subway"] <= 1000


async def test_the_product_shows_what_its_sources_say() -> None:
    upstream = Upstream(START, bikes=60, lots=5)
    clock = Passing(upstream)
    ids = [source.id for source in public_sources()]
    async with collecting(upstream, clock, *ids) as collector:
        feeds = [feed for source in public_sources() for feed in source.feeds]
        await clock.until(
            lambda: all(feed.last_ok for status in collector.statuses() for feed in status.feeds), timedelta(minutes=3)
        )
        provider, now = RoutedCityData(collector, SimulatedCityData()), clock.now()
        assert {status.state for status in collector.statuses()} == {"ok"}
        for name in {name for feed in feeds for name in feed.datasets}:
            found = provider.provenance(name, now)
            assert (found.mode, found.stale(now)) == ("live", False), name
        assert provider.districts("pm10", now)[0].value == 20
        assert provider.places("river", now)[0].value == 10.42
        assert provider.shares("goods", now)[0] == ("쌀", 57_050)
        assert provider.lines("road", now)[0].name_ko.endswith("앞길")
        assert [event.id for event in provider.events("alerts", now)] == ["1", "6", "2", "3"]
        assert provider.provenance("snow", now).mode == "simulated"


async def test_a_failing_service_leaves_the_last_good_reading_and_no_simulation() -> None:
    upstream = Upstream(START)
    clock = Passing(upstream)
    async with collecting(upstream, clock, "kma", "airkorea") as collector:
        provider = RoutedCityData(collector, SimulatedCityData())
        await clock.until(
            lambda: all(feed.last_ok for status in collector.statuses() for feed in status.feeds), timedelta(minutes=3)
        )
        upstream.faults = {"kma": "text-error", "airkorea": "truncated"}
        await clock.until(lambda: all(status.last_error for status in collector.statuses()), timedelta(hours=1))
        for name in ("temperature", "pm25"):
            kept = provider.provenance(name, clock.now())
            assert (kept.mode, kept.stale(clock.now())) == ("live", True)
        assert provider.districts("temperature", clock.now())[0].value == 10.5
        assert [status.last_error for status in collector.statuses()] == ["bad-key", "unreadable"]
        upstream.faults = {}
        await clock.until(lambda: all(status.state == "ok" for status in collector.statuses()), timedelta(hours=3))
        assert not provider.provenance("temperature", clock.now()).stale(clock.now())


async def test_the_second_way_stands_in_while_the_first_fails() -> None:
    upstream = Upstream(START, bikes=60, lots=5)
    clock = Passing(upstream)
    async with collecting(upstream, clock, "seoul-open-data", "airkorea") as collector:
        provider = RoutedCityData(collector, SimulatedCityData())
        await clock.until(
            lambda: all(feed.last_ok for status in collector.statuses() for feed in status.feeds), timedelta(minutes=3)
        )
        assert provider.districts("pm10", clock.now())[2].value == 22
        upstream.faults = {"RealtimeCityAir": "html", "ListAirQualityByDistrictService": "html"}
        await clock.until(lambda: provider.districts("pm10", clock.now())[2].value == 42, timedelta(hours=1))
        assert provider.provenance("pm10", clock.now()).source_ko == "한국환경공단 에어코리아"
        assert not provider.provenance("pm10", clock.now()).stale(clock.now())
