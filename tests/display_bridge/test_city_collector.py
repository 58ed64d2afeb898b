"""The collector in virtual time: intervals, pauses, quotas, the breaker, restarts and damaged files."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from display_bridge.city_data.collector import Collector
from display_bridge.city_data.feeds import Fetch, Reading
from display_bridge.city_data.kept import file_of
from display_bridge.city_data.routed import RoutedCityData
from display_bridge.city_data.simulated import SimulatedCityData
from tests.display_bridge.city_fakes import FakeFeed, VirtualClock, dice, failure, mocked, pm10, source

KEYS = {"air_key": "abcdef-key"}


def fine(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={})


class Running:
    """A collector of one source, started."""

    def __init__(
        self,
        feeds: tuple[FakeFeed, ...],
        clock: VirtualClock,
        handler: Callable[[httpx.Request], httpx.Response] = fine,
        folder: Path | None = None,
        **changes: Any,
    ) -> None:
        self.asked: list[tuple[float, str]] = []

        def noting(request: httpx.Request) -> httpx.Response:
            self.asked.append((clock.monotonic(), str(request.url)))
            return handler(request)

        self.client = mocked(noting)
        self.collector = Collector(
            [source(*feeds, **changes)], keys=KEYS, folder=folder, clock=clock, rng=dice(), client=self.client
        )

    async def __aenter__(self) -> Running:
        await self.collector.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.collector.stop()
        await self.client.aclose()

    @property
    def status(self) -> Any:
        return self.collector.statuses()[0]


async def test_a_feed_is_read_at_its_interval_with_jitter() -> None:
    clock, feed = VirtualClock(), FakeFeed(refresh_s=60)
    async with Running((feed,), clock) as running:
        await clock.advance(3600)
        gaps = [(b - a).total_seconds() for a, b in zip(feed.reads, feed.reads[1:], strict=False)]
        assert 50 <= len(gaps) <= 75
        assert all(48 <= gap <= 72 for gap in gaps)
        assert len({round(gap, 3) for gap in gaps}) > 20
        assert running.status.state == "ok"
        assert running.status.calls_today == len(feed.reads)
        assert running.collector.kept(feed).parts["pm10"].city == pm10(40)


async def test_without_its_key_a_source_is_not_asked() -> None:
    clock, feed = VirtualClock(), FakeFeed()
    client = mocked(fine)
    collector = Collector([source(feed)], keys={"air_key": " "}, folder=None, clock=clock, client=client)
    await collector.start()
    await clock.advance(600)
    assert (feed.reads, collector.serving("pm10"), collector.statuses()[0].state) == ([], (), "simulated")
    await collector.stop()
    await client.aclose()


async def test_switched_off_nothing_is_asked() -> None:
    clock, feed = VirtualClock(), FakeFeed()
    client = mocked(fine)
    collector = Collector([source(feed)], keys=KEYS, folder=None, clock=clock, client=client, poll=False)
    await collector.start()
    await clock.advance(600)
    assert (feed.reads, collector.statuses()[0].state) == ([], "off")
    await collector.stop()
    await client.aclose()


async def test_a_failing_feed_is_asked_less_and_less_and_keeps_its_last_good_reading() -> None:
    clock, feed = VirtualClock(), FakeFeed(refresh_s=30, path=None)
    async with Running((feed,), clock) as running:
        await clock.advance(40)
        good = running.collector.kept(feed).parts["pm10"]
        feed.fails = [failure("http-503") for _ in range(40)]
        feed.reads.clear()
        await clock.advance(3600)
        gaps = [(b - a).total_seconds() for a, b in zip(feed.reads, feed.reads[1:], strict=False)]
        assert gaps[0] < 7
        assert gaps[-1] > 480
        assert len(feed.reads) < 16
        assert running.collector.kept(feed).parts["pm10"] is good
        assert running.collector.failing(feed)
        assert (running.status.state, running.status.last_error) == ("failing", "http-503")
        feed.fails.clear()
        await clock.advance(800)
        assert not running.collector.failing(feed)
        assert (running.status.state, running.status.last_error) == ("ok", "")


async def test_one_failing_feed_does_not_stop_its_neighbours() -> None:
    clock = VirtualClock()
    bad = FakeFeed(id="bad", datasets=frozenset({"o3"}), path=None, fails=[failure() for _ in range(99)])
    # An adapter's own mistake:
    mad = FakeFeed(id="mad", datasets=frozenset({"co"}), path=None, fails=[KeyError("row")] * 99)
    good = FakeFeed(id="good", path=None)
    async with Running((bad, mad, good), clock) as running:
        await clock.advance(600)
        assert len(good.reads) > 7
        assert running.status.state == "degraded"
        errors = {f.id: f.last_error for f in running.status.feeds}
        assert errors == {"bad": "http-500", "mad": "unreadable", "good": ""}


async def test_a_slow_source_does_not_hold_up_what_is_asked_often() -> None:
    clock = VirtualClock()

    class Slow(FakeFeed):
        async def read(self, fetch: Fetch, now: datetime) -> Reading:
            self.reads.append(now)
            await clock.sleep(5)
            return Reading(now, city={"pm10": pm10(40)})

    alerts = Slow("alerts", refresh_s=15)
    others = [Slow(f"feed-{n}", refresh_s=60) for n in range(30)]
    async with Running((*others, alerts), clock):
        await clock.advance(3600)
    gaps = [(b - a).total_seconds() for a, b in zip(alerts.reads, alerts.reads[1:], strict=False)]
    assert max(gaps) <= 60, "a whole round takes 155 s"
    assert min(len(feed.reads) for feed in others) >= 10, "and nobody waits for ever"


async def test_passing_failures_of_a_call_are_asked_again_at_once_others_not() -> None:
    clock, feed = VirtualClock(), FakeFeed()
    answers = [503, 200]
    async with Running((feed,), clock, lambda _: httpx.Response(answers.pop(0) if answers else 404)) as running:
        await clock.advance(10)
        assert len(running.asked) == 2
        assert running.status.state == "ok"
        await clock.advance(60)
        assert len(running.asked) == 3  # 404 is not asked again before the feed's next turn
        assert running.status.last_error == "http-404"


async def test_a_source_that_is_down_rests_as_a_whole_and_is_tried_again() -> None:
    clock = VirtualClock()
    feeds = tuple(FakeFeed(id=f"f{n}", datasets=frozenset({f"d{n}"}), refresh_s=10) for n in range(5))
    down = True
    async with Running(feeds, clock, lambda _: httpx.Response(503 if down else 200)) as running:
        await clock.advance(1800)
        assert len(running.asked) < 60  # five feeds each 10 s would be 900
        assert all(running.collector.failing(feed) for feed in feeds)
        down = False
        await clock.advance(1300)
        assert running.status.state == "ok"
        assert not any(running.collector.failing(feed) for feed in feeds)


async def test_retry_after_is_kept() -> None:
    clock, feed = VirtualClock(), FakeFeed(refresh_s=10)
    limited = True

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"Retry-After": "900"}) if limited else httpx.Response(200)

    async with Running((feed,), clock, answer) as running:
        await clock.advance(5)
        assert len(running.asked) == 1
        first = running.asked[0][0]
        limited = False
        await clock.advance(1000)
        assert running.asked[1][0] - first >= 900
        assert running.status.state == "ok"


async def test_a_wrong_key_is_said_and_seldom_tried() -> None:
    clock, feed = VirtualClock(), FakeFeed(refresh_s=10)
    async with Running((feed,), clock, lambda _: httpx.Response(401)) as running:
        await clock.advance(3600)
        assert running.status.state == "bad-key"
        assert len(running.asked) <= 6


async def test_the_quota_of_the_day_holds_and_ends_at_midnight_in_seoul(tmp_path: Path) -> None:
    clock, feed = VirtualClock(), FakeFeed(refresh_s=60)
    async with Running((feed,), clock, daily_quota=100) as running:
        await clock.advance(6 * 3600)
        assert 20 <= running.status.calls_today <= 40  # stretched over the day, not spent in the first hours
        assert running.status.state == "ok"
    busy = FakeFeed(refresh_s=60, calls=1)
    clock = VirtualClock()
    async with Running((busy,), clock, lambda _: httpx.Response(503), daily_quota=12) as running:
        await clock.advance(11 * 3600)
        assert running.status.calls_today <= 12
        spent = len(running.asked)
        assert spent <= 12
        await clock.advance(2 * 3600 + 120)  # midnight in Seoul passes
        assert len(running.asked) > spent


async def test_the_upstreams_own_quota_error_rests() -> None:
    clock, feed = VirtualClock(), FakeFeed(refresh_s=10, path=None)
    feed.fails = [failure("quota", retry=False)]
    async with Running((feed,), clock) as running:
        await clock.advance(30)
        assert running.status.state == "quota"
        assert len(feed.reads) == 1
        await clock.advance(4400)
        assert running.status.state == "ok"


async def test_calls_keep_the_least_interval() -> None:
    clock = VirtualClock()
    feeds = tuple(FakeFeed(id=f"f{n}", datasets=frozenset({f"d{n}"}), refresh_s=5) for n in range(4))
    async with Running(feeds, clock, min_interval_s=3.0) as running:
        await clock.advance(300)
        times = [t for t, _ in running.asked]
        assert len(times) > 80
        assert min(b - a for a, b in zip(times, times[1:], strict=False)) >= 3.0 - 1e-9


@given(st.lists(st.sampled_from([200, 200, 429, 500, 503, 401, 404, 302]), min_size=1, max_size=60), st.integers(5, 80))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_however_a_source_flaps_the_quota_holds_and_it_comes_back(answers: list[int], limit: int) -> None:
    clock, feed = VirtualClock(), FakeFeed(refresh_s=30)
    left = list(answers)
    async with Running((feed,), clock, lambda _: httpx.Response(left.pop(0) if left else 200), daily_quota=limit) as it:
        for _ in range(8):
            await clock.advance(3600)
            assert it.status.calls_today <= limit
        await clock.advance(30 * 3600)
        assert it.status.calls_today <= limit
        if not left:
            assert it.status.last_ok is not None


async def test_a_restart_keeps_the_last_good_reading_with_its_age_and_the_count(tmp_path: Path) -> None:
    clock = VirtualClock()
    seen = clock.now() - timedelta(minutes=20)
    feed = FakeFeed(
        answer=lambda now: Reading(seen, city={"pm10": pm10(55)}, districts={"pm10": (pm10(61, "강남구"),)})
    )
    async with Running((feed,), clock, folder=tmp_path) as running:
        await clock.advance(10)
        before = running.collector.kept(feed)
        calls = running.status.calls_today
        assert calls == 1
    again = VirtualClock(clock.now() + timedelta(minutes=30))
    other = FakeFeed(fails=[failure() for _ in range(99)], path=None)
    async with Running((other,), again, folder=tmp_path) as running:
        await again.advance(5)
        after = running.collector.kept(other)
        assert after.parts == before.parts
        assert after.parts["pm10"].observed_at == seen
        assert after.history.courses() == before.history.courses() != {}
        assert running.status.calls_today == calls
        assert running.status.feeds[0].last_ok is not None
    assert (file_of(tmp_path, "air").stat().st_mode & 0o077) == 0


async def test_a_feed_that_names_a_dataset_no_more_still_serves_what_is_kept_of_it(tmp_path: Path) -> None:
    """As a shared source does once its token is revoked: the last good reading grows old, also over a restart."""
    clock = VirtualClock()
    async with Running((FakeFeed(path=None),), clock, folder=tmp_path):
        await clock.advance(10)
    withdrawn = FakeFeed(path=None, answer=lambda now: Reading(now))
    async with Running((withdrawn,), clock, folder=tmp_path) as running:
        withdrawn.datasets = frozenset()
        await clock.advance(3600)
        assert [feed for _, feed in running.collector.serving("pm10")] == [withdrawn]
        routed = RoutedCityData(running.collector, SimulatedCityData())
        assert routed.city("pm10", clock.now()).value == 40
        told = routed.provenance("pm10", clock.now())
        assert (told.mode, told.stale(clock.now())) == ("live", True)


async def test_figures_of_the_future_are_refused_they_would_count_as_fresh_until_then() -> None:
    clock, feed = VirtualClock(), FakeFeed(path=None)
    async with Running((feed,), clock) as running:
        await clock.advance(10)
        feed.answer = lambda now: Reading(now + timedelta(hours=3), city={"pm10": pm10(99)})
        await clock.advance(120)
        city = running.collector.kept(feed).parts["pm10"].city
        assert city is not None
        assert city.value == 40
        assert running.status.last_error == "unreadable"
        feed.answer = lambda now: Reading(now + timedelta(minutes=5), city={"pm10": pm10(41)})
        await clock.advance(600)
        assert running.status.last_error == ""


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 9, "parts": {}}', b'{"version": 1}', b"\xff\xfe\x00"]
)
async def test_a_damaged_file_is_set_aside_and_said(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file_of(tmp_path, "air").write_bytes(content)
    (tmp_path / "quota").mkdir()
    (tmp_path / "quota" / "air-service.json").write_bytes(content)
    clock, feed = VirtualClock(), FakeFeed()
    with caplog.at_level(logging.WARNING):
        async with Running((feed,), clock, folder=tmp_path) as running:
            assert running.collector.kept(feed).damaged
            assert running.collector.kept(feed).parts == {}
            assert file_of(tmp_path, "air").with_suffix(".damaged").read_bytes() == content
            assert "damaged-city-data" in caplog.text
            await clock.advance(10)
            assert running.status.state == "ok"
    assert json.loads(file_of(tmp_path, "air").read_text("utf-8"))["parts"]["pm10"]["city"]["value"] == 40


async def test_a_reading_that_is_not_finite_is_refused_whole() -> None:
    clock, feed = VirtualClock(), FakeFeed(path=None)
    async with Running((feed,), clock) as running:
        await clock.advance(10)
        feed.answer = lambda now: Reading(now, city={"pm10": pm10(float("nan"))})
        await clock.advance(120)
        part = running.collector.kept(feed).parts["pm10"].city
        assert part is not None
        assert part.value == 40
        assert running.status.last_error == "unreadable"
