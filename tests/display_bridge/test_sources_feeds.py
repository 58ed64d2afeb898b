"""The feeds of the public services against a stand-in that speaks their formats: what they read, and how they fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest

from assistant.contracts import BadInput
from display_bridge.city_data.feeds import Reading, SourceFailed
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.kma import CELLS, POINTS, base_of, prevailing
from display_bridge.city_data.metrics import KST, METRICS
from display_bridge.city_data.projections import KOREA_CENTRAL
from display_bridge.city_data.public_sources import public_sources
from display_bridge.city_data.seoul.hotspots import PeopleReader, RoadReader, spots
from display_bridge.city_data.simulated import SimulatedCityData
from display_bridge.city_data.sources import Source
from tests.display_bridge.city_upstream import KEY, SAMPLE, Upstream, airkorea_rows, bases

NOW = datetime(2026, 11, 28, 4, 50, tzinfo=UTC)
"""13:50 in Seoul."""
GENERATIONS = ("new", "old")


class Client:
    """A Fetch to the stand-in, as the source says its key is given."""

    def __init__(self, upstream: Upstream, source: Source, key: str = KEY) -> None:
        self._upstream, self._source, self._key = upstream, source, key

    async def __call__(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        asked = dict(params or {})
        if self._source.key_place == "query":
            assert "{key}" not in path
            asked[self._source.key_param] = self._key
        else:
            assert "{key}" in path
        target = f"{bases('')[self._source.id]}/{path.replace('{key}', self._key)}"
        answer = self._upstream.answer(target + (f"?{urlencode(asked)}" if asked else ""))
        if answer.status != 200:
            raise SourceFailed(f"http-{answer.status}", "the service answered with an error")
        return answer.body


async def read(feed_id: str, upstream: Upstream, now: datetime = NOW, key: str = KEY) -> Reading:
    for source in public_sources():
        for feed in source.feeds:
            if feed.id == feed_id:
                return await feed.read(Client(upstream, source, key), now)
    raise AssertionError(feed_id)


async def failure(feed_id: str, upstream: Upstream, key: str = KEY) -> SourceFailed:
    with pytest.raises(SourceFailed) as caught:
        await read(feed_id, upstream, key=key)
    return caught.value


# ---------------------------------------------------------------------------------------------- all of them


FEEDS = {
    "disaster-messages": "disaster",
    "seoul-air": "RealtimeCityAir",
    "seoul-river-stage": "ListRiverStageService",
    "seoul-river-quality": "WPOSInformationTime",
    "seoul-bikes": "bikeList",
    "seoul-parking": "GetParkingInfo",
    "seoul-road-incidents": "AccInfo",
    "seoul-living-population": "SPOP_LOCAL_RESD_JACHI",
    "seoul-prices": "ListNecessariesPricesService",
    "seoul-culture": "culturalEventInfo",
    "seoul-hotspots": "citydata_ppltn",
    "seoul-roads": "citydata",
    "seoul-subway-arrivals": "subway",
    "seoul-bus-arrivals": "bus",
    "kma-observations": "kma",
    "airkorea-seoul": "airkorea",
}
"""Feed -> the service of the stand-in whose faults it meets."""
SEOUL = [feed for feed in FEEDS if feed.startswith("seoul") and "bus" not in feed]


def test_the_table_above_names_every_feed() -> None:
    found = [feed.id for source in public_sources() for feed in source.feeds]
    assert sorted(found) == sorted(FEEDS)
    assert len({source.id for source in public_sources()}) == len(public_sources())


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("feed_id", FEEDS)
async def test_a_feed_serves_exactly_what_it_says_at_the_cost_it_says(feed_id: str, generation: str) -> None:
    upstream = Upstream(NOW, generation)
    reading = await read(feed_id, upstream)
    feed = next(f for s in public_sources() for f in s.feeds if f.id == feed_id)
    parts = (reading.city, reading.districts, reading.places, reading.lines, reading.events, reading.tables,
             reading.documents)  # fmt: skip
    assert {name for part in parts for name in part} == feed.datasets
    assert {metric for metric, _ in reading.series} <= feed.datasets
    assert len(upstream.asked) <= feed.calls
    assert reading.observed_at.tzinfo is not None
    assert timedelta() <= NOW - reading.observed_at
    assert (NOW - reading.observed_at).total_seconds() <= feed.stale_after_s
    for metric in reading.districts:
        assert [o.area for o in reading.districts[metric]] == [d.ko for d in DISTRICTS]
    for observation in [*reading.city.values(), *(o for found in reading.districts.values() for o in found)]:
        if observation.metric in METRICS:
            assert observation.unit == METRICS[observation.metric].unit


@pytest.mark.parametrize("feed_id", FEEDS)
async def test_both_generations_give_the_same_reading(feed_id: str) -> None:
    new, old = [await read(feed_id, Upstream(NOW, generation)) for generation in GENERATIONS]
    assert new == old


def test_the_simulated_provider_knows_what_the_feeds_serve() -> None:
    """A feed may only take the place of a dataset that the panels ask for."""
    provider = SimulatedCityData()
    ways = (provider.city, provider.places, provider.lines, provider.events, provider.table, provider.documents)
    for name in {name for source in public_sources() for feed in source.feeds for name in feed.datasets}:
        known = 0
        for way in ways:
            with suppress(BadInput):
                known += bool(way(name, NOW))
        assert known, name


def test_no_source_is_asked_more_often_than_its_quota() -> None:
    for source in public_sources():
        assert source.daily_quota is not None
        assert sum(feed.calls * 86400 / feed.refresh_s for feed in source.feeds) <= source.daily_quota
    seoul = [s for s in public_sources() if s.base_url.startswith("http://openapi.seoul.go.kr")]
    assert sum(f.calls * 86400 / f.refresh_s for s in seoul for f in s.feeds) <= 20_000


@pytest.mark.parametrize(
    ("fault", "code"),
    [("truncated", "unreadable"), ("html", "unreadable"), ("empty", "unreadable"), ("not-utf8", "unreadable"),
     ("doctype", "unreadable"), ("other-columns", "unknown-columns"), ("http-503", "http-503"), ("bad-key", "bad-key"),
     ("quota", "quota")],
)  # fmt: skip
@pytest.mark.parametrize("feed_id", FEEDS)
async def test_a_broken_answer_is_a_failure_with_its_code(feed_id: str, fault: str, code: str) -> None:
    faults = {FEEDS[feed_id]: fault}
    if feed_id == "seoul-air":
        faults["ListAirQualityByDistrictService"] = fault
    if (feed_id, fault) == ("kma-observations", "other-columns"):
        code = "no-data"  # its rows are told by what they measure, not by columns
    error = await failure(feed_id, Upstream(NOW, faults=faults))
    assert error.code == code
    assert KEY not in f"{error} {error.message}"
    assert "http://" not in error.message


@pytest.mark.parametrize("feed_id", FEEDS)
async def test_a_wrong_key_is_told_whatever_form_it_comes_in(feed_id: str) -> None:
    error = await failure(feed_id, Upstream(NOW), key="wrong")
    assert (error.code, error.retry) == ("bad-key", False)


@pytest.mark.parametrize(
    "feed_id", [f for f in SEOUL if f not in ("seoul-hotspots", "seoul-roads", "seoul-subway-arrivals")]
)
async def test_a_sample_key_gets_no_data(feed_id: str) -> None:
    error = await failure(feed_id, Upstream(NOW), key=SAMPLE)
    assert (error.code, error.retry) == ("ERROR-335", False)


@pytest.mark.parametrize("feed_id", ["seoul-hotspots", "seoul-roads"])
async def test_a_sample_keys_other_place_is_never_taken_for_the_one_asked(feed_id: str) -> None:
    upstream = Upstream(NOW)
    if feed_id == "seoul-hotspots":  # its first places hold the sample place itself, which may be used
        reading = await read(feed_id, upstream, key=SAMPLE)
        assert [p.name_ko for p in reading.places["hotspot"]] == ["광화문·덕수궁"]
    only = tuple(spot for spot in spots() if spot.name == "강남역")
    reader = PeopleReader(only, 1) if feed_id == "seoul-hotspots" else RoadReader(only, 1)
    source = next(s for s in public_sources() if s.id == "seoul-city-data")
    with pytest.raises(SourceFailed) as caught:
        await reader(Client(upstream, source, SAMPLE), NOW)
    assert (caught.value.code, caught.value.retry) == ("another-place", False)


@pytest.mark.parametrize(
    ("feed_id", "empty"),
    [("seoul-road-incidents", True), ("seoul-culture", True), ("disaster-messages", True),
     ("seoul-subway-arrivals", True), ("seoul-bus-arrivals", True), ("seoul-air", False), ("seoul-river-stage", False),
     ("seoul-bikes", False), ("seoul-parking", False), ("seoul-living-population", False), ("seoul-prices", False),
     ("kma-observations", False), ("airkorea-seoul", False), ("seoul-river-quality", False)],
)  # fmt: skip
async def test_no_rows_are_an_answer_only_where_there_may_be_none(feed_id: str, empty: bool) -> None:
    faults = {FEEDS[feed_id]: "no-rows", "ListAirQualityByDistrictService": "no-rows"}
    upstream = Upstream(NOW, faults=faults)
    if empty:
        reading = await read(feed_id, upstream)
        assert not any(
            [*reading.events.values(), *reading.documents.values(), *(t.rows for t in reading.tables.values())]
        )
    else:
        assert (await failure(feed_id, upstream)).code == "no-data"


@pytest.mark.parametrize("feed_id", ["seoul-river-stage", "seoul-air", "seoul-prices", "seoul-road-incidents",
                                     "seoul-bus-arrivals", "seoul-subway-arrivals", "airkorea-seoul",
                                     "disaster-messages", "seoul-culture", "seoul-bikes"])  # fmt: skip
async def test_a_single_object_instead_of_a_list_is_one_row(feed_id: str) -> None:
    service = FEEDS[feed_id]
    upstream = Upstream(NOW, faults={service: "single"}, bikes=1)
    if feed_id == "airkorea-seoul":
        upstream.rows["airkorea"] = [{"stationName": "중구", "dataTime": "2026-11-28 13:00", "pm10Value": "40"}]
    reading = await read(feed_id, upstream)
    assert reading.observed_at <= NOW


# ---------------------------------------------------------------------------------------------- air and weather


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_the_air_of_the_districts_with_our_grades_and_its_gaps(generation: str) -> None:
    reading = await read("seoul-air", Upstream(NOW, generation))
    assert reading.observed_at == datetime(2026, 11, 28, 13, tzinfo=KST)
    pm10 = {o.area: o for o in reading.districts["pm10"]}
    assert (pm10["종로구"].value, pm10["종로구"].grade) == (20, "good")
    assert (pm10["강동구"].value, pm10["강동구"].grade) == (44, "moderate")
    for metric in ("pm10", "pm25", "o3", "no2", "cai"):
        repaired = next(o for o in reading.districts[metric] if o.area == "중구")
        assert (repaired.value, repaired.grade) == (None, None)
    assert next(o.value for o in reading.districts["no2"] if o.area == "성동구") == 0.023
    # The mean of the 24 that measure: 20 and 22 to 44.
    assert reading.city["pm10"].value == round((20 + sum(range(22, 45))) / 24)
    assert {o.unit for o in reading.districts["o3"]} == {"ppm"}


async def test_the_second_service_answers_when_the_first_fails() -> None:
    for fault in ("server", "other-columns", "html", "no-rows"):
        upstream = Upstream(NOW, faults={"RealtimeCityAir": fault})
        reading = await read("seoul-air", upstream)
        assert reading.districts["pm10"][0].value == 30
        assert upstream.calls == {"RealtimeCityAir": 1, "ListAirQualityByDistrictService": 1}


async def test_a_station_that_lags_behind_is_not_of_now() -> None:
    rows = Upstream(NOW).all_rows("RealtimeCityAir")
    rows[0] = {**rows[0], "MSRMT_DT": "202611280900"}
    reading = await read("seoul-air", Upstream(NOW, rows={"RealtimeCityAir": rows}))
    assert [o.value for o in reading.districts["pm10"][:3]] == [None, None, 22]


async def test_a_clock_that_is_ahead_spoils_only_its_own_figures() -> None:
    ahead = "202612281300"
    air = Upstream(NOW).all_rows("RealtimeCityAir")
    air[0] = {**air[0], "MSRMT_DT": ahead}
    reading = await read("seoul-air", Upstream(NOW, rows={"RealtimeCityAir": air}))
    assert reading.observed_at == datetime(2026, 11, 28, 13, tzinfo=KST)
    assert [o.value for o in reading.districts["pm10"][:3]] == [None, None, 22]
    levels = Upstream(NOW).all_rows("ListRiverStageService")
    levels.append({**levels[0], "WATG_NM": "앞선", "DTRSM_DATA_CLCT_TM": ahead})
    gauges = await read("seoul-river-stage", Upstream(NOW, rows={"ListRiverStageService": levels}))
    assert {p.name_ko: p.value for p in gauges.places["river"]}["중랑교 수위"] == 10.42
    assert gauges.observed_at <= NOW


@pytest.mark.parametrize("feed_id", ["seoul-air", "airkorea-seoul"])
async def test_stations_that_are_all_under_repair_are_no_reading(feed_id: str) -> None:
    upstream = Upstream(NOW)
    told = ("MSRMT_DT", "MSRMT_YMD", "MSRSTN_NM", "dataTime", "stationName")
    for name in ("RealtimeCityAir", "ListAirQualityByDistrictService", "airkorea"):
        rows = airkorea_rows(NOW) if name == "airkorea" else upstream.all_rows(name)
        upstream.rows[name] = [{k: v if k in told else "점검중" for k, v in row.items()} for row in rows]
    assert (await failure(feed_id, upstream)).code == "no-data"


async def test_airkorea_leaves_the_roadside_out_and_knows_hour_24() -> None:
    midnight = datetime(2026, 11, 27, 15, 20, tzinfo=UTC)
    reading = await read("airkorea-seoul", Upstream(midnight), midnight)
    assert reading.observed_at == datetime(2026, 11, 28, tzinfo=KST)
    assert [o.value for o in reading.districts["pm10"][:3]] == [None, 41, 42]
    assert reading.city["pm25"].value == sum(range(20, 45)) / 25


@pytest.mark.parametrize(
    ("now", "base"),
    [("2026-11-28T13:39:59", "2026-11-28T12:00"), ("2026-11-28T13:40:00", "2026-11-28T13:00"),
     ("2026-11-28T00:10:00", "2026-11-27T23:00"), ("2027-01-01T00:39:00", "2026-12-31T23:00")],
)  # fmt: skip
def test_the_hour_whose_weather_is_published(now: str, base: str) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=KST)
    assert base_of(local.astimezone(UTC)) == datetime.fromisoformat(base).replace(tzinfo=KST)


async def test_the_weather_is_asked_once_a_cell_and_given_to_its_districts() -> None:
    upstream = Upstream(NOW)
    reading = await read("kma-observations", upstream)
    assert upstream.calls["kma"] == len(POINTS) < len(DISTRICTS)
    assert all("base_date=20261128" in a and "base_time=1300" in a for a in upstream.asked)
    warmth = {o.area: o.value for o in reading.districts["temperature"]}
    assert warmth == {area: nx - 50 + 0.5 for area, (nx, _) in CELLS.items()}
    assert {o.value for o in reading.districts["wind_direction"]} == {270}
    assert {o.area for o in reading.districts["humidity"] if o.value is None} == {
        area for area, cell in CELLS.items() if cell == CELLS["강남구"]
    }
    assert reading.city["wind"].value == 2.4
    assert reading.city["wind_direction"].value == 270


@pytest.mark.parametrize(
    ("directions", "mean"),
    [
        ([350, 10], 0),
        ([350, None, 20], 5),
        ([90, 90, 180], 117),
        ([0, 180], None),
        ([360], 0),
        ([None], None),
        ([], None),
    ],
)
def test_the_prevailing_wind_is_a_mean_of_arrows(directions: list[float | None], mean: float | None) -> None:
    assert prevailing(directions) == mean


async def test_the_hour_before_is_taken_while_the_newest_is_still_empty() -> None:
    upstream = Upstream(NOW - timedelta(minutes=15))  # the service thinks it is 13:35
    reading = await read("kma-observations", upstream)
    assert reading.observed_at == datetime(2026, 11, 28, 12, tzinfo=KST)
    assert upstream.calls["kma"] == len(POINTS) + 1


# ---------------------------------------------------------------------------------------------- places


@pytest.mark.parametrize("broken", [CELLS["강서구"], POINTS[0]])
async def test_a_cell_that_fails_leaves_its_districts_without_figures(broken: tuple[int, int]) -> None:
    upstream = Upstream(NOW)
    source = next(s for s in public_sources() if s.id == "kma")
    client = Client(upstream, source)

    async def fetch(path: str, params: Mapping[str, str] | None = None) -> bytes:
        if params and (params["nx"], params["ny"]) == (str(broken[0]), str(broken[1])):
            raise SourceFailed("timeout", "no answer in time")
        return await client(path, params)

    reading = await source.feeds[0].read(fetch, NOW)
    missing = {o.area for o in reading.districts["temperature"] if o.value is None}
    assert missing == {area for area, cell in CELLS.items() if cell == broken}
    upstream.quota["kma"] = 5  # used up in the middle of the next reading
    upstream.calls.clear()
    with pytest.raises(SourceFailed) as caught:
        await source.feeds[0].read(client, NOW)
    assert (caught.value.code, upstream.calls["kma"]) == ("quota", 6)


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_river_levels_with_the_gauges_own_limits(generation: str) -> None:
    reading = await read("seoul-river-stage", Upstream(NOW, generation))
    found = {p.name_ko: p for p in reading.places["river"]}
    assert {n: (p.value, p.status) for n, p in found.items()} == {
        "중랑교 수위": (10.42, "ok"), "오금교 수위": (12.1, "warn"), "새다리 수위": (15.55, "alert"),
        "대치교 수위": (None, None),
    }  # fmt: skip
    assert "서대문구 안" in found["새다리 수위"].detail_ko
    assert "수신 지연" in found["대치교 수위"].detail_ko
    assert (found["중랑교 수위"].lon, found["중랑교 수위"].lat) == (127.0715, 37.5955)


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_river_water_is_a_table_of_its_own_and_no_tap_water(generation: str) -> None:
    reading = await read("seoul-river-quality", Upstream(NOW, generation))
    rows = reading.tables["river-quality"].rows
    assert [(r["site"], r["temperature"], r["ph"], r["oxygen"]) for r in rows] == [
        ("노량진", 9.5, 7.4, 10.9), ("선유", 10.5, 7.4, None)
    ]  # fmt: skip
    assert not any(name.startswith("tap_") for s in public_sources() for f in s.feeds for name in f.datasets)


@pytest.mark.parametrize("stations", [1, 999, 1000, 1001, 2350, 4999])
async def test_bicycles_are_read_page_by_page_until_one_is_not_full(stations: int) -> None:
    upstream = Upstream(NOW, bikes=stations)
    reading = await read("seoul-bikes", upstream)
    assert upstream.calls["bikeList"] == stations // 1000 + 1
    assert reading.city["bikes"].value == sum(i % 7 for i in range(stations))
    assert len(reading.places["bike"]) == stations - 1  # the first is off the map, and still counted above
    held = sum(o.value or 0 for o in reading.districts["bikes"])
    assert held == reading.city["bikes"].value


async def test_too_many_pages_are_a_failure_and_not_a_smaller_sum() -> None:
    assert (await failure("seoul-bikes", Upstream(NOW, bikes=5001))).code == "too-many-rows"


async def test_fewer_rows_than_the_service_counts_are_a_failure() -> None:
    upstream = Upstream(NOW)
    source = next(s for s in public_sources() if s.id == "seoul-open-data")
    feed = next(f for f in source.feeds if f.id == "seoul-river-stage")

    async def cut(path: str, params: Mapping[str, str] | None = None) -> bytes:
        return (await Client(upstream, source)(path, params)).replace(
            b'"list_total_count": 4', b'"list_total_count": 9'
        )

    with pytest.raises(SourceFailed) as caught:
        await feed.read(cut, NOW)
    assert (caught.value.code, caught.value.retry) == ("incomplete", True)


async def test_a_station_says_how_full_it_is() -> None:
    reading = await read("seoul-bikes", Upstream(NOW, bikes=8))
    assert [(p.name_ko, p.value, p.status) for p in reading.places["bike"]][:3] == [
        ("중구 1번", 1, "warn"), ("용산구 2번", 2, "warn"), ("성동구 3번", 3, "ok")
    ]  # fmt: skip
    assert reading.places["bike"][6].status == "alert"
    assert next(o.value for o in reading.districts["bikes"] if o.area == "강남구") is None


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_car_parks_say_only_what_is_of_now(generation: str) -> None:
    upstream = Upstream(NOW, generation)
    source = next(s for s in public_sources() if s.id == "seoul-open-data")
    feed = next(f for f in source.feeds if f.id == "seoul-parking")
    reading = await feed.read(Client(upstream, source), NOW)
    assert {p.name_ko: (p.value, p.status) for p in reading.places["parking"]} == {
        "세종로 공영주차장": (60, "ok"), "종묘 공영주차장": (0, "alert"), "천호역 공영주차장": (5, "warn"),
        "오래된 주차장": (None, None), "연계 안 된 주차장": (None, None),
    }  # fmt: skip
    swapped = reading.places["parking"][1]
    assert (swapped.lon, swapped.lat) == (126.9944, 37.572)
    # Where they are is read once a day.
    await feed.read(Client(upstream, source), NOW + timedelta(minutes=5))
    assert upstream.calls == {"GetParkInfo": 2, "GetParkingInfo": 2}
    with pytest.raises(SourceFailed):  # and all figures are too old two days later
        await feed.read(Client(upstream, source), NOW + timedelta(days=2))
    assert upstream.calls["GetParkInfo"] == 4


async def test_car_parks_go_on_while_only_their_places_cannot_be_read() -> None:
    upstream = Upstream(NOW)
    source = next(s for s in public_sources() if s.id == "seoul-open-data")
    feed = next(f for f in source.feeds if f.id == "seoul-parking")
    upstream.faults["GetParkInfo"] = "server"
    live = upstream.all_rows("GetParkingInfo")
    upstream.rows["GetParkingInfo"] = [{**row, "LAT": "", "LOT": ""} for row in live]
    with pytest.raises(SourceFailed) as caught:  # nobody knows where any of them is
        await feed.read(Client(upstream, source), NOW)
    assert caught.value.code == "ERROR-500"
    del upstream.faults["GetParkInfo"]
    known = await feed.read(Client(upstream, source), NOW)
    for fault in ("server", "no-rows"):
        upstream.faults["GetParkInfo"] = fault
        later = NOW + timedelta(days=1, minutes=1)
        upstream.rows["GetParkingInfo"] = [
            {**row, "LAT": "", "LOT": ""} for row in Upstream(later).all_rows("GetParkingInfo")
        ]
        reading = await feed.read(Client(upstream, source), later)
        assert {p.name_ko for p in reading.places["parking"]} == {p.name_ko for p in known.places["parking"]}


# ---------------------------------------------------------------------------------------------- hotspots and roads


def city_feed(feed_id: str) -> tuple[Source, object]:
    source = next(s for s in public_sources() if s.id == "seoul-city-data")
    return source, next(f for f in source.feeds if f.id == feed_id)


async def test_all_places_are_asked_in_turn_and_summed_when_each_was() -> None:
    upstream = Upstream(NOW)
    source = next(s for s in public_sources() if s.id == "seoul-city-data")
    feed = next(f for f in source.feeds if f.id == "seoul-hotspots")
    now, sums = NOW, []
    for _ in range(6):
        upstream.now = now
        reading = await feed.read(Client(upstream, source), now)
        sums.append(reading.city["hot_congestion"].value)
        now += timedelta(seconds=feed.refresh_s)
    assert len(spots()) == 121
    assert sums[:5] == [None] * 5
    assert sums[5] == sum(1000 * i + 250 for i in range(121))
    places = reading.places["hotspot"]
    assert [p.name_ko for p in places] == [s.name for s in spots()]
    assert (places[2].value, places[2].status, places[2].detail_ko) == (2250, "warn", "약간 붐빔 · 2,000–2,500명")
    # As old as the oldest that is shown: asked 25 minutes ago, measured 10 minutes before.
    assert now - timedelta(seconds=feed.refresh_s) - reading.observed_at == timedelta(minutes=35)
    asked = Counter(target.rsplit("/", 1)[1] for target in upstream.asked)
    assert len(asked) == 121
    assert not any("·" in target for target in upstream.asked)


async def test_a_sum_over_too_few_places_is_no_figure() -> None:
    upstream, reader = Upstream(NOW), PeopleReader(spots()[:10], each=10)
    source, _ = city_feed("seoul-hotspots")
    gone: set[str] = set()

    async def fetch(path: str, params: Mapping[str, str] | None = None) -> bytes:
        if any(quote(name, safe="") in path for name in gone):
            raise SourceFailed("ERROR-500", "this place fails")
        return await Client(upstream, source)(path, params)

    assert (await reader(fetch, NOW)).city["hot_congestion"].value is not None
    for missing, summed in ((1, True), (2, False)):
        gone |= {spot.name for spot in spots()[:missing]}
        upstream.now += timedelta(hours=1, minutes=1)
        reading = await reader(fetch, upstream.now)
        assert len(reading.places["hotspot"]) == 10 - missing
        assert (reading.city["hot_congestion"].value is not None) is summed


async def test_a_place_that_fails_keeps_what_it_had_for_an_hour() -> None:
    upstream, now = Upstream(NOW), NOW
    only = spots()[:2]
    reader = PeopleReader(only, 2)
    source = next(s for s in public_sources() if s.id == "seoul-city-data")
    first = await reader(Client(upstream, source), now)

    async def half(path: str, params: Mapping[str, str] | None = None) -> bytes:
        if "MICE" in path:
            raise SourceFailed("timeout", "no answer in time")
        return await Client(upstream, source)(path, params)

    upstream.now = now + timedelta(minutes=30)
    second = await reader(half, upstream.now)
    assert [p.value for p in second.places["hotspot"]] == [p.value for p in first.places["hotspot"]]
    upstream.now = now + timedelta(minutes=61)
    third = await reader(half, upstream.now)
    assert [p.name_ko for p in third.places["hotspot"]] == [only[1].name]


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("generation", GENERATIONS)
async def test_roads_are_joined_from_their_links(form: str, generation: str) -> None:
    upstream = Upstream(NOW, generation)
    source = next(s for s in public_sources() if s.id == "seoul-city-data")
    client = Client(upstream, source)

    async def fetch(path: str, params: Mapping[str, str] | None = None) -> bytes:
        return await client(path.replace("/json/", f"/{form}/"), params)

    gangnam = tuple(spot for spot in spots() if spot.name == "강남역")
    reading = await RoadReader(gangnam, 1)(fetch, NOW)
    (line,) = reading.lines["road"]
    spot = gangnam[0]
    assert line.name_ko == "강남역 앞길"
    assert line.path == tuple((pytest.approx(spot.lon + step / 250), pytest.approx(spot.lat)) for step in range(3))
    assert line.value == pytest.approx(25, abs=0.1)  # 20 and 30 km/h over the same length
    assert line.unit == "㎞/h"
    assert line.status in ("alert", "ok")
    assert reading.observed_at == NOW.astimezone(KST)


async def test_messages_around_places_are_told_once() -> None:
    reading = await read("seoul-roads", Upstream(NOW))
    assert len(reading.events["alerts"]) == 2  # twelve places, two messages
    assert {(e.level_ko, e.severity) for e in reading.events["alerts"]} == {("긴급", 95)}
    closure = reading.events["road-incident"][0]
    assert len(reading.events["road-incident"]) == 12
    assert (closure.level_ko, closure.status_ko, closure.detail_ko) == ("사고", "통제 중", "15:50 해제 예정")
    assert closure.lon is not None


async def test_a_section_that_cannot_be_read_is_not_an_empty_one() -> None:
    upstream = Upstream(NOW)
    source = next(s for s in public_sources() if s.id == "seoul-city-data")
    client = Client(upstream, source)

    async def fetch(path: str, params: Mapping[str, str] | None = None) -> bytes:
        return (await client(path, params)).replace(b'"MSG_CN"', b'"MSG_2031"')

    reading = await RoadReader(spots()[:3], 3)(fetch, NOW)
    assert set(reading.events) == {"road-incident"}
    assert reading.lines["road"]


# ---------------------------------------------------------------------------------------------- people, prices, culture


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_the_living_population_says_that_it_is_five_days_old(generation: str) -> None:
    upstream = Upstream(NOW, generation)
    reading = await read("seoul-living-population", upstream)
    assert reading.observed_at == datetime(2026, 11, 23, 13, tzinfo=KST)
    assert reading.districts["domestic_population"][0].value == 301_300  # 300000 + 100 * 13 + 0.5, rounded
    assert reading.districts["foreign_population"][0].value == 9_000 + 1_000 + 2 * 1_300 + 1
    assert reading.city["population"].value == round(sum(310_000 + 3 * 1_300 + 3 * i + 1.5 for i in range(25)))
    series = reading.series["population", "종로구"]
    assert len(series.x) == 24
    assert series.x[0] == int(datetime(2026, 11, 23, tzinfo=KST).timestamp())
    assert series.values[13] == round(310_000 + 3 * 1_300 + 1.5)
    assert [name.split("/")[3] for name in upstream.asked] == [
        "SPOP_LOCAL_RESD_JACHI", "SPOP_LOCAL_RESD_JACHI", "SPOP_FORN_LONG_RESD_JACHI", "SPOP_FORN_TEMP_RESD_JACHI"
    ]  # fmt: skip


async def test_a_population_without_one_of_its_parts_is_missing_and_not_smaller() -> None:
    upstream = Upstream(NOW, faults={"SPOP_FORN_TEMP_RESD_JACHI": "no-rows"})
    reading = await read("seoul-living-population", upstream)
    assert reading.city["domestic_population"].value is not None
    assert reading.city["foreign_population"].value is None
    assert reading.city["population"].value is None


async def test_prices_are_means_of_a_week_in_one_unit() -> None:
    reading = await read("seoul-prices", Upstream(NOW))
    rows = {r["item"]: r for r in reading.tables["goods"].rows}
    assert rows["쌀"] == {"item": "쌀", "unit": "20kg", "price": 57_050, "change": 250}
    assert rows["사과"]["price"] == 2_550  # without the shop that sells five, and the one that sells none
    assert reading.observed_at == datetime(2026, 11, 27, tzinfo=KST)
    assert reading.shares["goods"] == (("쌀", 57_050), ("배추", 4_050), ("사과", 2_550))


async def test_culture_events_that_run_or_come_soon_are_pages() -> None:
    reading = await read("seoul-culture", Upstream(NOW))
    found = reading.documents["culture-events"]
    assert [d.title_ko for d in found] == ["한강 음악회", "가을 전시"]
    assert found[0].pages == len(found[0].body) == 1
    assert "장소: 중구 서울광장" in found[0].body[0]
    assert "요금: 무료" in found[0].body[0]
    again = (await read("seoul-culture", Upstream(NOW + timedelta(hours=1)))).documents["culture-events"]
    assert [d.id for d in again] == [d.id for d in found]


# ---------------------------------------------------------------------------------------------- events


async def test_disaster_messages_to_seoul_with_their_severity() -> None:
    reading = await read("disaster-messages", Upstream(NOW))
    found = [(e.id, e.level_ko, e.severity, e.area_ko, e.status_ko) for e in reading.events["alerts"]]
    assert found == [
        ("1", "위급", 100, "서울 전역", "발송"),
        ("6", "긴급", 95, "노원구", "해제"),
        ("2", "긴급", 95, "종로구 외 1곳", "발송"),
        ("3", "안전", 40, "강남구", "발송"),
    ]
    later = await read("disaster-messages", Upstream(NOW), NOW + timedelta(hours=4))
    lasting = {e.id: e.expires - e.at for e in later.events["alerts"] if e.expires is not None}
    assert lasting == {
        "1": timedelta(hours=6), "2": timedelta(hours=3), "6": timedelta(hours=3), "3": timedelta(hours=24)
    }  # fmt: skip


async def test_road_incidents_are_on_the_map_and_go_on_while_they_are_listed() -> None:
    reading = await read("seoul-road-incidents", Upstream(NOW))
    found = {e.id: e for e in reading.events["road-incident"]}
    assert [(e.level_ko, e.status_ko, e.area_ko) for e in found.values()] == [
        ("사고", "통제 중", "중구"), ("행사", "통제 중", "서울"), ("공사", "통제 중", "용산구")
    ]  # fmt: skip
    assert (found["1"].lon, found["1"].lat) == (126.978, 37.5665)
    assert found["1"].detail_ko == "14:30 해제 예정"
    assert found["2"].detail_ko == "13:40 해제 예정(지남)"
    assert found["3"].lon is None
    nameless = await read("seoul-road-incidents", Upstream(NOW, faults={"AccMainCode": "server"}))
    assert [e.level_ko for e in nameless.events["road-incident"]] == ["통제", "행사", "공사"]
    forgotten = await read("seoul-road-incidents", Upstream(NOW), NOW + timedelta(hours=24))
    assert [e.id for e in forgotten.events["road-incident"]] == ["1", "3"]
    east, north = KOREA_CENTRAL.metres(found["2"].lon or 0, found["2"].lat or 0)
    start = KOREA_CENTRAL.metres(126.978, 37.5665)
    assert (east - start[0], north - start[1]) == (pytest.approx(500, abs=0.2), pytest.approx(-3000, abs=0.2))


# ---------------------------------------------------------------------------------------------- trains and buses


async def test_trains_come_sooner_by_the_age_of_their_report() -> None:
    upstream = Upstream(NOW)
    rows = (await read("seoul-subway-arrivals", upstream)).tables["trains"].rows
    assert [(r["station"], r["line"], r["way"], r["state"]) for r in rows] == [
        ("강남", "2호선", "교대방면", "진입 (막차)"),
        ("강남", "2호선", "역삼방면", "3분 뒤"),
        ("서울역", "1호선", "남영방면", "[3]번째 전역 (종로3가)"),
        ("광화문", "5호선", "서대문방면", "곧 도착"),
    ]
    lines = (await read("seoul-subway-arrivals", upstream)).lines["subway"]
    assert {line.name_ko: (line.value, line.status) for line in lines if line.status == "ok"} == {
        "1호선": (1, "ok"), "2호선": (3, "ok"), "3호선": (1, "ok"), "5호선": (1, "ok")
    }  # fmt: skip
    assert (len(lines), lines[3].value, lines[3].status) == (9, 0, "off")
    assert upstream.asked[:1] == [f"/api/subway/{KEY}/json/realtimeStationArrival/ALL"]
    later = (await read("seoul-subway-arrivals", upstream, NOW + timedelta(minutes=6))).tables["trains"].rows
    # The next train has come since; the one after it, ten minutes off then, is three away. Words are too old.
    assert [(r["station"], r["way"], r["state"]) for r in later] == [("강남", "역삼방면", "3분 뒤")]


async def test_single_stations_are_asked_where_all_at_once_is_refused() -> None:
    upstream = Upstream(NOW, all_stations=False)
    source = next(s for s in public_sources() if s.id == "seoul-subway")
    feed = source.feeds[0]
    with pytest.raises(SourceFailed) as caught:
        await feed.read(Client(upstream, source), NOW)
    assert caught.value.retry
    assert feed.datasets == {"trains"}  # how many trains run is not known from a few stations
    seen = []
    for step in range(9):
        reading = await feed.read(Client(upstream, source), NOW + timedelta(seconds=step))
        assert not reading.lines
        seen = [r["station"] for r in reading.tables["trains"].rows]
    assert set(seen) == {"강남", "서울역", "광화문"}
    assert upstream.calls["subway"] == 10
    assert upstream.asked[1].endswith("/realtimeStationArrival/0/100/%EC%8B%9C%EC%B2%AD")
    assert any(a.endswith("/0/100/%EC%84%9C%EC%9A%B8") for a in upstream.asked)


async def test_single_stations_are_asked_where_there_is_no_such_address() -> None:
    upstream = Upstream(NOW)
    source = next(s for s in public_sources() if s.id == "seoul-subway")
    feed = source.feeds[0]

    async def fetch(path: str, params: Mapping[str, str] | None = None) -> bytes:
        if path.endswith("/ALL"):
            raise SourceFailed("http-404", "the source answered HTTP 404", retry=False)
        return await Client(upstream, source)(path, params)

    with pytest.raises(SourceFailed):
        await feed.read(fetch, NOW)
    readings = [await feed.read(fetch, NOW) for _ in range(10)]
    assert readings[-1].tables["trains"].rows
    assert feed.datasets == {"trains"}


async def test_buses_of_all_stops_in_turn_with_their_seconds_counted_down() -> None:
    upstream, now = Upstream(NOW), NOW
    source = next(s for s in public_sources() if s.id == "seoul-bus")
    feed = source.feeds[0]
    reading = await feed.read(Client(upstream, source), now)
    assert [(r["route"], r["next"], r["after"], r["crowd"]) for r in reading.tables["buses"].rows[:3]] == [
        ("402", "곧 도착", None, None), ("150", "3분", "13분", "혼잡"), ("N15", "운행종료", None, None)
    ]  # fmt: skip
    for _ in range(3):
        now += timedelta(seconds=feed.refresh_s)
        reading = await feed.read(Client(upstream, source), now)
    assert len({r["stop"] for r in reading.tables["buses"].rows}) == 8
    # The first stop was asked nine minutes ago: its 150 of then has come, and the next, without its crowd, is 4 away.
    first = [r for r in reading.tables["buses"].rows if r["stop"] == "서울역버스환승센터"]
    assert [(r["route"], r["next"], r["after"], r["crowd"]) for r in first] == [("150", "4분", None, None)]
    assert reading.observed_at == NOW
    assert upstream.calls["bus"] == 8
