"""Which answer a panel gets: the source's, its last good one with its age, none, or the simulation's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import Period, Unavailable
from assistant.wording import sentence
from content_registry.loader import load_registry
from content_registry.schema import Registry
from display_bridge.city_data.collector import Collector
from display_bridge.city_data.feeds import Reading
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.history import History, sampled
from display_bridge.city_data.metrics import KST, metric
from display_bridge.city_data.provider import Event, Observation, Place, Provenance, Series
from display_bridge.city_data.routed import RoutedCityData
from display_bridge.city_data.simulated import SimulatedCityData
from display_bridge.viewing import Viewer
from display_bridge.views import value_of
from display_bridge.views.frame import build_view
from tests.display_bridge.block_schema import check
from tests.display_bridge.city_fakes import FakeFeed, VirtualClock, dice, failure, mocked, pm10, source

SIMULATED = SimulatedCityData(seed=7)
NAMES = [d.ko for d in DISTRICTS]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


class City:
    """A routed provider over one source, whose clock is moved by hand."""

    def __init__(self, clock: VirtualClock, collector: Collector) -> None:
        self.clock, self.collector = clock, collector
        self.provider = RoutedCityData(collector, SIMULATED)

    @property
    def now(self) -> datetime:
        return self.clock.now()


@pytest.fixture
async def city() -> AsyncIterator[Callable[..., Any]]:
    started = []

    async def make(*feeds: FakeFeed, **changes: Any) -> City:
        clock = VirtualClock()
        client = mocked(lambda _: httpx.Response(200))
        collector = Collector(
            [source(*feeds, **changes)],
            keys={"air_key": "some-key"},
            folder=None,
            clock=clock,
            rng=dice(),
            client=client,
        )
        await collector.start()
        started.append((collector, client))
        await clock.advance(5)
        return City(clock, collector)

    yield make
    for collector, client in started:
        await collector.stop()
        await client.aclose()


def air(
    *values: float | None, at: Callable[[datetime], datetime] = lambda now: now, **more: Any
) -> Callable[..., Reading]:
    districts = tuple(pm10(v, NAMES[i]) for i, v in enumerate(values))
    return lambda now: Reading(at(now), districts={"pm10": districts}, **more)


async def test_a_live_dataset_is_the_sources_and_says_so(city: Any) -> None:
    it = await city(FakeFeed(path=None, answer=air(10, 20, 33)))
    found = it.provider.provenance("pm10", it.now)
    assert (found.mode, found.source_ko, found.licence, found.failing) == (
        "live",
        "대기 서비스",
        "공공누리 1유형",
        False,
    )
    assert found.fetched_at is not None
    assert not found.stale(it.now)
    districts = it.provider.districts("pm10", it.now)
    assert [o.area for o in districts] == NAMES
    assert [o.value for o in districts[:4]] == [10, 20, 33, None]
    assert it.provider.city("pm10", it.now).value == 21  # the mean of those that are there
    assert it.provider.city("pm10", it.now).grade == "good"
    assert it.provider.provenance("o3", it.now).mode == "simulated"
    assert it.provider.city("o3", it.now) == SIMULATED.city("o3", it.now)


async def test_a_failing_source_leaves_its_last_good_reading_and_is_never_simulated(city: Any) -> None:
    feed = FakeFeed(path=None, answer=air(10), stale_after_s=7200)
    it = await city(feed)
    seen = it.provider.provenance("pm10", it.now).observed_at
    feed.fails = [failure() for _ in range(500)]
    await it.clock.advance(1800)
    found = it.provider.provenance("pm10", it.now)
    assert (found.mode, found.observed_at, found.failing, found.stale(it.now)) == ("live", seen, True, True)
    assert it.provider.city("pm10", it.now).value == 10
    await it.clock.advance(86400)
    assert it.provider.city("pm10", it.now).value == 10
    assert it.provider.provenance("pm10", it.now).mode == "live"


async def test_an_old_observation_is_stale_though_the_source_answers(city: Any) -> None:
    it = await city(FakeFeed(path=None, answer=air(10, at=lambda now: now - timedelta(hours=2))))
    found = it.provider.provenance("pm10", it.now)
    assert (found.failing, found.stale(it.now)) == (False, True)


async def test_what_never_answered_is_unavailable_not_simulated(city: Any, registry: Registry) -> None:
    it = await city(FakeFeed(path=None, fails=[failure() for _ in range(500)]))
    for ask in (
        lambda: it.provider.city("pm10", it.now),
        lambda: it.provider.districts("pm10", it.now),
        lambda: it.provider.series("pm10", it.now),
        lambda: it.provider.provenance("pm10", it.now),
    ):
        with pytest.raises(Unavailable) as caught:
            ask()
        assert caught.value.code == "no-data-yet"
        assert caught.value.message == "자료를 받지 못했습니다: 대기 서비스"
    panel = registry.panels["fine-dust-pm10"]
    viewer = Viewer(registry, it.provider)
    view = viewer._built(panel, {}, it.now.timestamp())
    assert view["data"]["label_ko"] == "자료를 받지 못했습니다"
    assert view["data"]["observed_at"] is None
    assert "대기 서비스" in view["blocks"][0]["chapters"][0]["body_ko"]


async def test_a_part_that_the_source_does_not_have_is_unavailable(city: Any) -> None:
    feed = FakeFeed(path=None, datasets=frozenset({"pm10", "bike", "alerts"}), answer=air(10))
    it = await city(feed)
    for ask in (lambda: it.provider.places("bike", it.now), lambda: it.provider.events("alerts", it.now)):
        with pytest.raises(Unavailable):
            ask()


async def test_no_events_are_none_and_expired_ones_are_left_out(city: Any) -> None:
    def events(now: datetime) -> Reading:
        kept = Event(now, "호우", "긴급", "서울", "발송", 80, expires=now + timedelta(hours=1))
        return Reading(now, events={"alerts": (kept,), "dispatch": ()})

    feed = FakeFeed(path=None, datasets=frozenset({"alerts", "dispatch"}), answer=events, refresh_s=9e9)
    it = await city(feed)
    assert it.provider.events("dispatch", it.now) == ()
    assert len(it.provider.events("alerts", it.now)) == 1
    await it.clock.advance(3700)
    assert it.provider.events("alerts", it.now) == ()


async def test_a_sum_with_a_district_missing_is_no_figure(city: Any) -> None:
    def bikes(values: list[float | None]) -> Callable[[datetime], Reading]:
        m = metric("bikes")
        found = tuple(Observation("bikes", m.ko, m.en, v, m.unit, NAMES[i]) for i, v in enumerate(values))
        return lambda now: Reading(now, districts={"bikes": found})

    feed = FakeFeed(path=None, datasets=frozenset({"bikes"}), answer=bikes([100.0] * 25))
    it = await city(feed)
    assert it.provider.city("bikes", it.now).value == 2500
    feed.answer = bikes([100.0] * 24 + [None])
    await it.clock.advance(130)
    assert it.provider.city("bikes", it.now).value is None


async def test_the_course_is_what_was_measured_and_nothing_else(city: Any) -> None:
    hour = {"n": 0}

    def measured(now: datetime) -> Reading:
        top = now.replace(minute=0, second=0)
        hour["n"] += 1
        return air(float(top.hour + 1), at=lambda _: top)(now)

    feed = FakeFeed(path=None, answer=measured, refresh_s=600, stale_after_s=7200)
    it = await city(feed)
    await it.clock.advance(5 * 3600)
    feed.fails = [failure() for _ in range(20)]
    await it.clock.advance(4 * 3600)
    feed.fails.clear()
    await it.clock.advance(3 * 3600)
    found = it.provider.series("pm10", it.now, hours=12, step_minutes=60)
    values = dict(zip([datetime.fromtimestamp(x, KST).hour for x in found.x], found.values, strict=True))
    assert len(found.x) == 13
    assert found.values[-1] == it.provider.city("pm10", it.now).value
    assert None in found.values[5:10]  # while it failed nothing was measured
    # Each figure is that of its hour, or of the hour before where that still held.
    assert all(v is None or v - 1 in ((h - 9) % 24, (h - 10) % 24) for h, v in values.items())
    gangnam = it.provider.series("pm10", it.now, area=NAMES[0], hours=2)
    assert gangnam.values[-1] == found.values[-1]
    assert it.provider.series("pm10", it.now, area=NAMES[5], hours=2).values == (None, None, None)


async def test_a_source_that_gives_a_history_is_believed(city: Any) -> None:
    def with_course(now: datetime) -> Reading:
        end = int(now.timestamp()) // 3600 * 3600
        x = tuple(end - 3600 * n for n in (3, 2, 1, 0))
        return air(44, series={("pm10", None): Series("미세먼지", "㎍/㎥", x, (41.0, None, 43.0, 44.0))})(now)

    it = await city(FakeFeed(path=None, answer=with_course))
    found = it.provider.series("pm10", it.now, hours=3)
    assert found.values[0] == 41.0
    assert found.values[-1] == 44


async def test_a_far_side_that_simulates_stays_simulated(city: Any) -> None:
    def passed(now: datetime) -> Reading:
        origin = Provenance("pm10", "저쪽", "simulated", now - timedelta(minutes=3), 900, "모의")
        return air(12, provenance={"pm10": origin})(now)

    it = await city(FakeFeed(path=None, answer=passed))
    found = it.provider.provenance("pm10", it.now)
    assert (found.mode, found.source_ko, found.stale_after_s) == ("simulated", "저쪽", 900)


async def test_a_replay_says_that_it_is_one(city: Any, registry: Registry) -> None:
    def passed(now: datetime) -> Reading:
        origin = Provenance("pm10", "저쪽", "recorded", now, 900, "기록")
        return air(*[12.0] * 25, provenance={"pm10": origin})(now)

    it = await city(FakeFeed(path=None, answer=passed))
    panel = registry.panels["fine-dust-pm10"]
    said = sentence(value_of(panel, None, registry, it.provider, it.now))
    assert "기록 재생 자료입니다" in said.text_ko
    assert "replayed data" in said.text_en
    assert "모의" not in said.text_ko
    assert build_view(panel, registry, it.provider, it.now)["data"]["label_ko"] == "기록 재생"


async def test_the_second_source_serves_while_the_first_is_down(city: Any) -> None:
    first = FakeFeed(id="first", path=None, answer=air(10), stale_after_s=100)
    second = FakeFeed(id="second", path=None, answer=air(20), stale_after_s=100)
    it = await city(first, second)
    assert it.provider.city("pm10", it.now).value == 10
    first.fails = [failure() for _ in range(99)]
    await it.clock.advance(200)
    assert it.provider.city("pm10", it.now).value == 20
    second.fails = [failure() for _ in range(99)]
    await it.clock.advance(400)
    assert it.provider.provenance("pm10", it.now).stale(it.now)
    assert it.provider.city("pm10", it.now).value == 20  # the newer of two old ones


# ------------------------------------------------------------------------------------------------ what people see


async def test_the_badge_is_that_of_the_worst_part(city: Any, registry: Registry) -> None:
    feed = FakeFeed(path=None, answer=air(*[30.0] * 25))
    it = await city(feed)
    view = build_view(registry.panels["fine-dust-pm10"], registry, it.provider, it.now)
    check(view)
    assert (view["data"]["mode"], view["data"]["label_ko"], view["data"]["stale"]) == ("live", "실시간", False)
    assert view["data"]["source_ko"] == "대기 서비스"
    mixed = build_view(registry.panels["air-quality"], registry, it.provider, it.now)
    check(mixed)
    assert (mixed["data"]["mode"], mixed["data"]["label_ko"]) == ("simulated", "일부 모의 데이터")
    assert mixed["data"]["label_en"] == "Partly simulated data"
    assert set(mixed["data"]["source_ko"].split(" · ")) == {"대기 서비스", "내장 모의 데이터"}
    feed.fails = [failure() for _ in range(99)]
    await it.clock.advance(300)
    old = build_view(registry.panels["fine-dust-pm10"], registry, it.provider, it.now)
    assert (old["data"]["mode"], old["data"]["stale"]) == ("live", True)
    assert datetime.fromisoformat(old["data"]["observed_at"]) < it.now - timedelta(seconds=200)
    assert build_view(registry.panels["air-quality"], registry, it.provider, it.now)["data"]["stale"]


async def test_what_is_spoken_says_its_age_and_what_it_is(city: Any, registry: Registry) -> None:
    panel = registry.panels["fine-dust-pm10"]
    feed = FakeFeed(path=None, answer=air(*[30.0] * 24))
    it = await city(feed)
    fresh = sentence(value_of(panel, None, registry, it.provider, it.now))
    assert "모의" not in fresh.text_ko
    assert "simulated" not in fresh.text_en
    assert "전 자료" not in fresh.text_ko
    feed.fails = [failure() for _ in range(9999)]
    await it.clock.advance(3 * 3600)
    old = sentence(value_of(panel, None, registry, it.provider, it.now))
    assert "3시간 전 자료입니다" in old.text_ko
    assert "3 hours ago" in old.text_en
    none = sentence(value_of(panel, NAMES[24], registry, it.provider, it.now))
    assert none.text_ko == f"지금 {NAMES[24]} 미세먼지 수치가 들어오지 않았습니다."
    simulated = sentence(value_of(registry.panels["ozone"], None, registry, it.provider, it.now))
    assert "모의 데이터" in simulated.text_ko
    period = value_of(panel, None, registry, it.provider, it.now, Period("yesterday"))
    assert not period.known  # nothing was measured yesterday


async def test_the_main_page_stands_though_a_source_is_silent(city: Any, registry: Registry) -> None:
    served = frozenset({"pm25", "alerts"})
    it = await city(FakeFeed(path=None, datasets=served, fails=[failure() for _ in range(99)]))
    view = build_view(registry.panels["home"], registry, it.provider, it.now)
    check(view)
    tiles = {tile["panel"]: tile["value"] for tile in view["blocks"][0]["tiles"]}
    assert tiles["ultrafine-dust-pm25"] is None
    assert tiles["ozone"] is not None
    told = [c["body_ko"] for b in view["blocks"] for c in b.get("chapters", ())]
    assert told == ["자료를 받지 못했습니다: 대기 서비스."] * 2  # the map and the alerts; never "no alerts"
    assert "대기 서비스" not in view["data"]["source_ko"]
    it = await city(FakeFeed(path=None, datasets=frozenset({"o3"}), fails=[failure() for _ in range(99)]))
    with pytest.raises(Unavailable):  # a view of which nothing could be read is no view
        build_view(registry.panels["ozone"], registry, it.provider, it.now)


async def test_every_panel_can_be_drawn_with_gaps(city: Any, registry: Registry) -> None:
    """Live figures with districts missing: every panel that reads them still has a view of the right shape."""
    it = await city(FakeFeed(path=None, answer=air(10, None, 30)))
    for name in ("fine-dust-pm10", "air-quality", "air-video", "home"):
        view = build_view(registry.panels[name], registry, it.provider, it.now)
        check(view)


# ------------------------------------------------------------------------------------------------ courses

COURSES = st.lists(st.tuples(st.integers(0, 200_000), st.floats(-50, 50)), max_size=60)


@given(COURSES)
def test_a_course_is_in_order_without_repetition_and_no_longer_than_two_days(readings: list[tuple[int, float]]) -> None:
    history, now = History(), 0
    for at, value in readings:
        history.add(at, [pm10(value)])
        now = max(now, at)
        history.forget(now)
    course = history.course("pm10", None)
    times = [t for t, _ in course]
    assert times == sorted(set(times))
    assert all(now - 48 * 3600 <= t <= now for t in times)
    assert len({t // 300 for t in times}) == len(times)


@given(COURSES, st.integers(300, 7200), st.integers(600, 20_000))
def test_a_sampled_figure_was_measured_not_long_before(readings: list[tuple[int, float]], step: int, hold: int) -> None:
    history = History()
    for at, value in sorted(readings):
        history.add(at, [pm10(value)])
    course = history.course("pm10", None)
    x = tuple(range(0, 200_001, step))
    for t, value in zip(x, sampled(course, x, step, hold), strict=True):
        before = [(at, v) for at, v in course if at <= t]
        if value is None:
            assert not before or t - before[-1][0] >= step
        else:
            assert value == before[-1][1]
            assert t - before[-1][0] < max(step, hold)


async def test_places_come_through(city: Any) -> None:
    place = Place("여의나루역", 126.93, 37.52, 3.0, "대", "ok", "거치 3")
    feed = FakeFeed(path=None, datasets=frozenset({"bike"}), answer=lambda now: Reading(now, places={"bike": (place,)}))
    it = await city(feed)
    assert it.provider.places("bike", it.now) == (place,)
