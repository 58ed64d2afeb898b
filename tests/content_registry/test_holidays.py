"""Public holidays: the lunar ones against the moon itself, and the rule of substitute holidays."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_registry.holidays import load_holidays
from content_registry.hours import Hours
from content_registry.schema import RegistryError

HOLIDAYS = load_holidays()
FIXED = (
    (1, 1, "새해 첫날"), (3, 1, "삼일절"), (5, 1, "노동절"), (5, 5, "어린이날"), (6, 6, "현충일"), (7, 17, "제헌절"),
    (8, 15, "광복절"), (10, 3, "개천절"), (10, 9, "한글날"), (12, 25, "성탄절"),
)  # fmt: skip
YEARS = sorted({day.year for day in HOLIDAYS})


def named(year: int, name: str) -> date:
    found = [day for day, holiday in HOLIDAYS.items() if day.year == year and name in holiday.ko.split(" · ")]
    assert len(found) == 1, (year, name, found)
    return found[0]


def new_moon(k: int) -> datetime:
    """The k-th new moon after that of 6 January 2000, in Korean time: mean moon and its greatest periodic terms, which
    leave an error of a few minutes."""
    t = k / 1236.85
    mean = 2451550.09766 + 29.530588861 * k + 0.00015437 * t**2
    sun = math.radians((2.5534 + 29.10535670 * k) % 360)
    moon = math.radians((201.5643 + 385.81693528 * k + 0.0107582 * t**2) % 360)
    node = math.radians((160.7108 + 390.67050284 * k - 0.0016118 * t**2) % 360)
    terms = (
        (-0.40720, moon), (0.17241, sun), (0.01608, 2 * moon), (0.01039, 2 * node), (0.00739, moon - sun),
        (-0.00514, moon + sun), (0.00208, 2 * sun), (-0.00111, moon - 2 * node), (-0.00057, moon + 2 * node),
        (0.00056, 2 * moon + sun), (-0.00042, 3 * moon), (0.00042, sun + 2 * node), (0.00038, sun - 2 * node),
    )  # fmt: skip
    dynamical = mean + sum(size * math.sin(angle) for size, angle in terms)
    universal = dynamical - 70 / 86_400
    return datetime(2000, 1, 1, 12) + timedelta(days=universal - 2451545.0, hours=9)


MOONS = [new_moon(k) for k in range(300, 370)]


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(("name", "day", "earliest"), [
    ("설날", 1, (1, 21)), ("부처님오신날", 8, (4, 28)), ("추석", 15, (9, 7)),
])  # fmt: skip
def test_lunar_holidays_are_where_the_moon_puts_them(year: int, name: str, day: int, earliest: tuple[int, int]) -> None:
    """The first day of a lunar month is the day of the new moon in Korea: not China's, an hour before."""
    found = named(year, name)
    first = found - timedelta(days=day - 1)
    moon = next(moon for moon in MOONS if moon.date() == first)
    minutes = moon.hour * 60 + moon.minute
    assert 6 <= minutes <= 24 * 60 - 6, "too near to midnight to be told by this reckoning"
    assert date(year, *earliest) <= found <= date(year, *earliest) + timedelta(days=31)


@pytest.mark.parametrize("year", YEARS)
def test_the_days_around_and_the_substitutes(year: int) -> None:
    one = timedelta(days=1)
    for feast in ("설날", "추석"):
        middle = named(year, feast)
        assert HOLIDAYS[middle - one].ko == f"{feast} 전날"
        assert HOLIDAYS[middle + one].ko == f"{feast} 다음 날"
    for month, day, name in FIXED:
        assert named(year, name) == date(year, month, day)
    wanted: set[date] = set()
    taken = {day for day, holiday in HOLIDAYS.items() if day.year == year and not holiday.ko.startswith("대체")}
    for name in ("삼일절", "노동절", "어린이날", "제헌절", "광복절", "개천절", "한글날", "부처님오신날", "성탄절"):
        day = named(year, name)
        if day.weekday() >= 5:
            wanted.add(_free(day, taken | wanted))
    for feast in ("설날", "추석"):  # of these a Saturday is not made up for
        days = [named(year, feast) + one * n for n in (-1, 0, 1)]
        both = any(" · " in HOLIDAYS[day].ko for day in days)
        if both or any(day.weekday() == 6 for day in days):
            wanted.add(_free(days[-1], taken | wanted))
    assert wanted == {day for day, holiday in HOLIDAYS.items() if day.year == year and holiday.ko.startswith("대체")}


def _free(after: date, taken: set[date]) -> date:
    day = after + timedelta(days=1)
    while day.weekday() >= 5 or day in taken:
        day += timedelta(days=1)
    return day


@given(st.sampled_from(sorted(HOLIDAYS)), st.integers(0, 24 * 60 - 1))
def test_nobody_of_office_hours_is_there_on_a_holiday(day: date, minute: int) -> None:
    when = datetime(day.year, day.month, day.day, minute // 60, minute % 60)
    assert not Hours.parse("mon-fri 09:00-18:00").open_at(when, HOLIDAYS)
    assert Hours.parse("always").open_at(when, HOLIDAYS)
    night = Hours.parse("mon-sun 18:00-06:00")
    yesterday = day - timedelta(days=1)
    assert night.open_at(when, HOLIDAYS) == (minute < 6 * 60 and yesterday not in HOLIDAYS)


@pytest.mark.parametrize(
    "row",
    [
        '{date: "2026-13-01", ko: a, en: b}',
        '{date: "2026-01-01", ko: a}',
        '{date: "2026-01-01", ko: a, en: b}\n  - {date: "2026-01-01", ko: c, en: d}',
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, row: str) -> None:
    (tmp_path / "holidays.yaml").write_text(f"holidays:\n  - {row}\n", encoding="utf-8")
    with pytest.raises(RegistryError, match="holidays.yaml"):
        load_holidays(tmp_path)
