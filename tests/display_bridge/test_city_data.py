"""The simulated city: sums, seasons, gradients, provenance and refusals."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.contracts import BadInput
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.geography import DISTRICTS, westness
from display_bridge.city_data.metrics import KST, METRICS, grade_of

CITY = SimulatedCityData()
NOW = datetime(2026, 11, 23, 14, 32, tzinfo=KST)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda d: d.replace(tzinfo=KST))


@given(st.sampled_from(sorted(METRICS)), MOMENTS)
@settings(max_examples=150, deadline=None)
def test_districts_add_up_to_the_city(name: str, at: datetime) -> None:
    m = METRICS[name]
    city = CITY.city(name, at).value
    parts = [o.value for o in CITY.districts(name, at)]
    assert city is not None
    assert len(parts) == 25
    found = sum(p or 0 for p in parts) / (1 if m.count else 25)
    assert found == pytest.approx(city, abs=(13 if m.count else 1) * 10**-m.digits)
    assert all(p is not None and p >= (-40 if m.additive else 0) for p in parts)


def test_the_seasons_and_the_hours() -> None:
    def mean(name: str, month: int, hour: int) -> float:
        days = [datetime(2026, month, d, hour, tzinfo=KST) for d in range(1, 28)]
        return sum(CITY.city(name, d).value or 0 for d in days) / len(days)

    assert mean("temperature", 1, 15) < 6 < 22 < mean("temperature", 8, 15)
    assert mean("o3", 6, 15) > 2 * mean("o3", 6, 4)
    assert mean("pm25", 1, 9) > mean("pm25", 8, 9)
    assert mean("road_speed", 4, 8) < mean("road_speed", 4, 3)
    assert mean("snow", 7, 12) == 0
    assert 9.5e6 < mean("population", 4, 14) < 10.8e6


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("pm10", ["0–30", "31–80", "81–150", "151+"]),
        ("pm25", ["0–15", "16–35", "36–75", "76+"]),
        ("o3", ["0–0.030", "0.031–0.090", "0.091–0.150", "0.151+"]),
        ("no2", ["0–0.030", "0.031–0.060", "0.061–0.200", "0.201+"]),
        ("so2", ["0–0.020", "0.021–0.050", "0.051–0.150", "0.151+"]),
        ("cai", ["0–50", "51–100", "101–250", "251+"]),
    ],
)
def test_grades_are_written_as_people_write_them(name: str, written: list[str]) -> None:
    assert [band.written for band in METRICS[name].bands] == written
    last = float(written[0].partition("–")[2])
    assert grade_of(METRICS[name], last) == "good"
    assert grade_of(METRICS[name], last + 10 ** -METRICS[name].digits) == "moderate"


def test_the_west_has_more_dust() -> None:
    west = east = 0.0
    for hours in range(0, 2000, 40):
        for d, o in zip(DISTRICTS, CITY.districts("pm25", NOW + timedelta(hours=hours)), strict=True):
            if westness(d) > 0.5:
                west += (o.value or 0) / sum(westness(x) > 0.5 for x in DISTRICTS)
            elif westness(d) < -0.5:
                east += (o.value or 0) / sum(westness(x) < -0.5 for x in DISTRICTS)
    assert west > 1.1 * east


def test_foreigners_and_koreans_are_the_population() -> None:
    total = CITY.city("population", NOW).value
    parts = [CITY.city(f"{who}_population", NOW).value for who in ("foreign", "domestic")]
    assert total == pytest.approx(sum(p or 0 for p in parts), abs=1)


def test_series_end_with_the_present_figure() -> None:
    for area in (None, "강남구"):
        series = CITY.series("pm10", NOW, area=area)
        now = CITY.city("pm10", NOW) if area is None else next(o for o in CITY.districts("pm10", NOW) if o.area == area)
        assert series.values[-1] == now.value
        assert len(series.x) == len(series.values) == 25


def test_provenance_is_simulated_and_goes_stale() -> None:
    found = CITY.provenance("pm10", NOW)
    assert (found.mode, found.stale(NOW)) == ("simulated", False)
    assert found.stale(NOW + timedelta(hours=1))
    assert "모의" in found.attribution


def test_another_seed_is_another_city() -> None:
    other = SimulatedCityData(seed=7)
    assert [o.value for o in other.districts("pm10", NOW)] != [o.value for o in CITY.districts("pm10", NOW)]


def test_unknown_names_are_refused() -> None:
    for ask in (
        lambda: CITY.city("nothing", NOW),
        lambda: CITY.places("nothing", NOW),
        lambda: CITY.lines("nothing", NOW),
        lambda: CITY.documents("nothing", NOW),
        lambda: CITY.events("nothing", NOW),
        lambda: CITY.table("nothing", NOW),
        lambda: CITY.shares("nothing", NOW),
        lambda: CITY.indicator("nothing", "", NOW),
        lambda: CITY.project("nothing", "", NOW),
    ):
        with pytest.raises(BadInput):
            ask()


@given(MOMENTS)
@example(datetime(2026, 7, 16, 7, 45, tzinfo=KST))  # rain, and an alert in the same half hour
@settings(max_examples=60, deadline=None)
def test_events_never_lie_in_the_future(at: datetime) -> None:
    for kind in ("alerts", "dispatch", "road-incident", "earthquakes"):
        found = CITY.events(kind, at)
        assert all(e.at <= at for e in found)
        assert list(found) == sorted(found, key=lambda e: e.at, reverse=True)
