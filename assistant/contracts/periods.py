"""Times that a figure is asked for, as short codes that travel as text: "yesterday", "3_days_ago", "last_month/15".

A code is a stretch, a part of it and hours: `STRETCH[/PART][@HOURS]`.

STRETCH: `today`, `yesterday`, `3_days_ago`, `in_2_weeks`, `last_month`, `past_3_days` (up to now), `2024`, or `date`,
the one meant near now, `was`, the latest that has begun, `last` and `next`, the one before and after today. PART: a
weekday (`mon`), a day of the month (`15`), a month or a day of the year (`3`, `3-15`), a half, a quarter or a season
(`h1`, `q2`, `summer`). HOURS: `15` or `18-21`.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

_UNITS = ("minute", "hour", "day", "week", "month", "year")
_NAMED = {
    "today": ("day", 0), "yesterday": ("day", -1), "day_before_yesterday": ("day", -2), "tomorrow": ("day", 1),
    "day_after_tomorrow": ("day", 2),
    **{f"{word}_{unit}": (unit, step) for unit in ("week", "month", "year")
       for word, step in (("last", -1), ("this", 0), ("next", 1))},
}  # fmt: skip
_CODES = {stretch: code for code, stretch in _NAMED.items()}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "weekend")
_WEEKDAYS_KO = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일", "주말")
_WEEKDAYS_EN = (*calendar.day_name, "weekend")
SEASONS = {
    "h1": (1, 6, "상반기", "the first half"), "h2": (7, 12, "하반기", "the second half"),
    "q1": (1, 3, "1분기", "the first quarter"), "q2": (4, 6, "2분기", "the second quarter"),
    "q3": (7, 9, "3분기", "the third quarter"), "q4": (10, 12, "4분기", "the fourth quarter"),
    "spring": (3, 5, "봄", "spring"), "summer": (6, 8, "여름", "summer"), "autumn": (9, 11, "가을", "autumn"),
    "winter": (12, 14, "겨울", "winter"),
}  # fmt: skip
"""Parts of a year: first and last month, and their names. A year's winter begins in its December."""
DAYPARTS = {
    (0, 6): ("새벽", "before dawn"), (6, 9): ("아침", "in the morning"), (6, 12): ("오전", "before noon"),
    (11, 16): ("낮", "at midday"), (12, 18): ("오후", "in the afternoon"), (18, 21): ("저녁", "in the evening"),
    (21, 24): ("밤", "at night"),
}  # fmt: skip
"""Parts of a day: their hours, and their names."""
_MOST = {"minute": 1440, "hour": 720, "day": 1000, "week": 200, "month": 120, "year": 30}
_SOON = timedelta(days=31)
"""A date without its year is the coming one where it is so near, else the last one: what was measured is past."""
_SHAPE = re.compile(
    r"(?:(?P<named>[a-z_]+?)|(?P<ago>\d{1,4})_(?P<ago_unit>[a-z]+?)s?_ago|in_(?P<ahead>\d{1,4})_(?P<ahead_unit>[a-z]+?)s?"
    r"|past_(?P<past>\d{1,4})_(?P<past_unit>[a-z]+?)s?|(?P<year>(?:19|20)\d\d))"
    r"(?:/(?P<part>[a-z]+\d?|\d{1,2}(?:-\d{1,2})?))?(?:@(?P<hour>\d{1,2})(?:-(?P<until>\d{1,2}))?)?"
)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """`unit`, `steps`: how far from now; or `year`; or `anchor`: date, last, next; `past`: the last so many."""

    unit: str = ""
    steps: int = 0
    year: int | None = None
    anchor: str = ""
    past: bool = False
    part: str = ""
    hours: tuple[int, int] | None = None


class Period(str):
    """The time that a figure is asked for; a sentence without one means now. Raises ValueError for text that is no
    time's code."""

    __slots__ = ()
    YESTERDAY: ClassVar[Period]
    DAY_BEFORE_YESTERDAY: ClassVar[Period]
    TOMORROW: ClassVar[Period]
    DAY_AFTER_TOMORROW: ClassVar[Period]
    THIS_WEEK: ClassVar[Period]
    LAST_WEEK: ClassVar[Period]
    NEXT_WEEK: ClassVar[Period]
    THIS_MONTH: ClassVar[Period]
    LAST_MONTH: ClassVar[Period]
    NEXT_MONTH: ClassVar[Period]
    THIS_YEAR: ClassVar[Period]
    LAST_YEAR: ClassVar[Period]
    NEXT_YEAR: ClassVar[Period]

    def __new__(cls, code: str) -> Period:
        _parsed(code)
        return super().__new__(cls, code)

    @property
    def value(self) -> str:
        """The code as plain text."""
        return str(self)


def stretch_code(unit: str, steps: int) -> str:
    """The code of so many units from now: "yesterday", "3_weeks_ago", "in_2_hours"."""
    named = _CODES.get((unit, steps))
    if named is not None:
        return named
    amount = abs(steps)
    many = unit if amount == 1 else f"{unit}s"
    return f"{amount}_{many}_ago" if steps < 0 else f"in_{amount}_{many}"


def _parsed(code: str) -> _Parsed:
    found = _SHAPE.fullmatch(code)
    if found is None:
        raise ValueError(f"{code!r} is no time")
    hours = None
    if found["hour"] is not None:
        hours = int(found["hour"]), int(found["until"] or int(found["hour"]) + 1)
        if not 0 <= hours[0] < hours[1] <= 24:
            raise ValueError(f"{code!r} has no such hours")
    parsed = replace(_stretch(found, code), part=found["part"] or "", hours=hours)
    _check_part(parsed, code)
    if hours is not None and not _is_a_day(parsed):
        raise ValueError(f"{code!r}: hours need a day")
    return parsed


def _stretch(found: re.Match[str], code: str) -> _Parsed:
    if found["year"]:
        return _Parsed("year", year=int(found["year"]))
    if (named := found["named"]) is not None:
        if named in ("date", "was", "last", "next"):
            return _Parsed(anchor=named)
        if named not in _NAMED:
            raise ValueError(f"{code!r} is no time")
        return _Parsed(*_NAMED[named])
    for group, sign in (("ago", -1), ("ahead", 1), ("past", -1)):
        if found[group]:
            unit, amount = found[f"{group}_unit"], int(found[group])
            if unit not in _UNITS or not 0 < amount <= _MOST[unit]:
                raise ValueError(f"{code!r} is too far away")
            return _Parsed(unit, sign * amount, past=group == "past")
    raise ValueError(f"{code!r} is no time")


def _check_part(parsed: _Parsed, code: str) -> None:
    part = parsed.part
    if parsed.past and part:
        raise ValueError(f"{code!r}: the last days have no part")
    if not part:
        good = not parsed.anchor
    elif part in WEEKDAYS:
        good = parsed.unit == "week" or bool(parsed.anchor)
    elif part in SEASONS:
        good = parsed.unit == "year" or bool(parsed.anchor)
    elif "-" in part:
        month, day = map(int, part.split("-"))
        good = (parsed.unit == "year" or parsed.anchor in ("date", "was")) and 1 <= month <= 12 and 1 <= day <= 31
    elif part.isdecimal():
        of_month = parsed.unit == "month" and 1 <= int(part) <= 31
        good = of_month or ((parsed.unit == "year" or parsed.anchor in ("date", "was")) and 1 <= int(part) <= 12)
    else:
        good = False
    if not good:
        raise ValueError(f"{code!r} has no such part")


def _is_a_day(parsed: _Parsed) -> bool:
    part = parsed.part
    of_month = parsed.unit == "month" and bool(part)
    return not parsed.past and (parsed.unit == "day" or part in WEEKDAYS[:7] or "-" in part or of_month)


Period.YESTERDAY, Period.DAY_BEFORE_YESTERDAY = Period("yesterday"), Period("day_before_yesterday")
Period.TOMORROW, Period.DAY_AFTER_TOMORROW = Period("tomorrow"), Period("day_after_tomorrow")
Period.THIS_WEEK, Period.LAST_WEEK, Period.NEXT_WEEK = Period("this_week"), Period("last_week"), Period("next_week")
Period.THIS_MONTH, Period.LAST_MONTH = Period("this_month"), Period("last_month")
Period.NEXT_MONTH, Period.NEXT_YEAR = Period("next_month"), Period("next_year")
Period.THIS_YEAR, Period.LAST_YEAR = Period("this_year"), Period("last_year")
COMMON_PERIODS: tuple[Period, ...] = tuple(Period(code) for code in _NAMED)
"""The times with a name of their own."""


def span_of(period: Period, now: datetime) -> tuple[datetime, datetime]:
    """First moment of a period and the first after it, at most `now` for one that runs. Weeks begin on Monday.

    A date that the calendar lacks (30 February) is the last day of its month.
    """
    parsed = _parsed(period)
    start, end = _whole(parsed, now)
    if parsed.hours is not None:
        start, end = start + timedelta(hours=parsed.hours[0]), start + timedelta(hours=parsed.hours[1])
    return (start, now) if start < now < end else (start, end)


def is_ahead(period: Period, now: datetime) -> bool:
    """Whether a period begins later than `now`."""
    return span_of(period, now)[0] > now


def surely_ahead(period: Period) -> bool:
    """Whether a period lies ahead whatever the time is now: "tomorrow", but not "3 p.m."."""
    parsed = _parsed(period)
    return parsed.steps > 0 or parsed.anchor == "next"


def is_running(period: Period, now: datetime) -> bool:
    """Whether a period has begun and is not over."""
    start, end = span_of(period, now)
    return start < now == end and not _parsed(period).past


def whole_year(period: Period, now: datetime) -> int | None:
    """The year that a period is, None where it is none."""
    parsed = _parsed(period)
    if parsed.unit != "year" or parsed.part or parsed.past:
        return None
    return parsed.year or now.year + parsed.steps


def _whole(parsed: _Parsed, now: datetime) -> tuple[datetime, datetime]:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if parsed.anchor:
        return _anchored(parsed, day)
    if parsed.past:
        return _moved(now, parsed.unit, parsed.steps), now
    if parsed.unit == "minute":
        start = now.replace(second=0, microsecond=0) + timedelta(minutes=parsed.steps)
        start -= timedelta(minutes=start.minute % 10)
        return start, start + timedelta(minutes=10)
    if parsed.unit == "hour":
        start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=parsed.steps)
        return start, start + timedelta(hours=1)
    if parsed.unit == "day":
        return _days(day + timedelta(days=parsed.steps))
    if parsed.unit == "week":
        start = day - timedelta(days=day.weekday()) + timedelta(weeks=parsed.steps)
        return _in_week(start, parsed.part) if parsed.part else _days(start, 7)
    if parsed.unit == "month":
        start = _moved(day.replace(day=1), "month", parsed.steps)
        return _days(_on(start, start.month, int(parsed.part))) if parsed.part else (start, _moved(start, "month", 1))
    start = day.replace(year=parsed.year or day.year + parsed.steps, month=1, day=1)
    return _in_year(start, parsed.part) if parsed.part else (start, _moved(start, "month", 12))


def _anchored(parsed: _Parsed, day: datetime) -> tuple[datetime, datetime]:
    """A weekday or a date without its week or year: the nearest, the one before today or the one after it."""
    if parsed.part in WEEKDAYS:
        monday = day - timedelta(days=day.weekday())
        spans = [_in_week(monday + timedelta(weeks=weeks), parsed.part) for weeks in (-1, 0, 1)]
    else:
        spans = [_in_year(day.replace(year=day.year + years, month=1, day=1), parsed.part) for years in (-2, -1, 0, 1)]
    if parsed.anchor == "last":
        return next(span for span in reversed(spans) if span[1] <= day)
    if parsed.anchor == "was":
        return next(span for span in reversed(spans) if span[0] <= day)
    if parsed.anchor == "next":
        return next(span for span in spans if span[0] > day)
    if parsed.part in WEEKDAYS:
        return min(spans, key=lambda span: max(span[0] - day, day - span[1], timedelta(0)))
    return next(span for span in reversed(spans) if span[0] <= day + _SOON)


def _in_week(monday: datetime, part: str) -> tuple[datetime, datetime]:
    return (
        _days(monday + timedelta(days=5), 2) if part == "weekend" else _days(monday + timedelta(WEEKDAYS.index(part)))
    )


def _in_year(start: datetime, part: str) -> tuple[datetime, datetime]:
    if part in SEASONS:
        first, last = SEASONS[part][:2]
        return start.replace(month=first), _moved(start, "month", last)
    month, _, number = part.partition("-")
    if number:
        return _days(_on(start, int(month), int(number)))
    return start.replace(month=int(month)), _moved(start, "month", int(month))


def _days(start: datetime, count: int = 1) -> tuple[datetime, datetime]:
    return start, start + timedelta(days=count)


def _on(at: datetime, month: int, day: int) -> datetime:
    return at.replace(month=month, day=min(day, calendar.monthrange(at.year, month)[1]))


def _moved(at: datetime, unit: str, steps: int) -> datetime:
    if unit in ("month", "year"):
        months = at.year * 12 + at.month - 1 + (steps if unit == "month" else 12 * steps)
        return _on(at.replace(day=1, year=months // 12), months % 12 + 1, at.day)
    return at + steps * timedelta(**{f"{unit}s": 1})


def period_words(period: Period) -> tuple[str, str]:
    """How a time is said inside a sentence, in Korean and in English: ("지난달 15일", "the 15th of last month")."""
    parsed = _parsed(period)
    ko, en = _words(parsed)
    if parsed.hours is None:
        return ko, en
    part = DAYPARTS.get(parsed.hours)
    hour, clock = _clock(parsed.hours[0])
    said_ko, said_en = part or (hour, f"at {clock}")
    return f"{ko} {said_ko}", f"{en} {said_en}"


_COUNTED = {
    "minute": "분", "hour": "시간", "day": "일", "week": "주", "month": "개월", "year": "년",
}  # fmt: skip
_STRETCHES = {
    ("day", 0): ("오늘", "today"), ("day", -1): ("어제", "yesterday"), ("day", 1): ("내일", "tomorrow"),
    ("day", -2): ("그저께", "the day before yesterday"), ("day", 2): ("모레", "the day after tomorrow"),
    ("week", -1): ("지난주", "last week"), ("week", 0): ("이번 주", "this week"), ("week", 1): ("다음 주", "next week"),
    ("month", -1): ("지난달", "last month"), ("month", 0): ("이번 달", "this month"),
    ("month", 1): ("다음 달", "next month"), ("year", -1): ("작년", "last year"), ("year", 0): ("올해", "this year"),
    ("year", 1): ("내년", "next year"), ("year", -2): ("재작년", "the year before last"),
}  # fmt: skip


def _words(parsed: _Parsed) -> tuple[str, str]:
    ko, en = _stretch_words(parsed)
    part = parsed.part
    if not part:
        return ko, en
    if part in WEEKDAYS:
        index = WEEKDAYS.index(part)
        name = _WEEKDAYS_EN[index]
        if parsed.anchor:
            return _anchored_words(parsed.anchor, _WEEKDAYS_KO[index], name)
        return f"{ko} {_WEEKDAYS_KO[index]}", f"{name} of {en}" if name != "weekend" else f"the weekend of {en}"
    if part in SEASONS and parsed.anchor:
        return _anchored_words(parsed.anchor, *SEASONS[part][2:])
    if part in SEASONS:
        return f"{ko} {SEASONS[part][2]}", f"{SEASONS[part][3]} of {en}"
    if parsed.unit == "month":
        return f"{ko} {part}일", f"the {_ordinal(int(part))} of {en}"
    month, _, number = part.partition("-")
    said_ko = f"{int(month)}월" + (f" {int(number)}일" if number else "")
    said_en = (f"{int(number)} " if number else "") + calendar.month_name[int(month)]
    return (said_ko, said_en) if parsed.anchor else (f"{ko} {said_ko}", f"{said_en} {'' if parsed.year else 'of '}{en}")


def _anchored_words(anchor: str, ko: str, en: str) -> tuple[str, str]:
    before_ko, before_en = {"last": ("지난 ", "last "), "next": ("다음 ", "next ")}.get(anchor, ("", ""))
    return f"{before_ko}{ko}", f"{before_en}{en}"


def _stretch_words(parsed: _Parsed) -> tuple[str, str]:
    if parsed.year is not None:
        return f"{parsed.year}년", str(parsed.year)
    if not parsed.past and (parsed.unit, parsed.steps) in _STRETCHES:
        return _STRETCHES[parsed.unit, parsed.steps]
    amount = abs(parsed.steps)
    many = parsed.unit + ("s" if amount > 1 else "")
    counted = f"{amount}{_COUNTED.get(parsed.unit, '')}"
    if parsed.past:
        return f"최근 {counted}", f"the past {amount} {many}" if amount > 1 else f"the past {many}"
    return (f"{counted} 전", f"{amount} {many} ago") if parsed.steps < 0 else (f"{counted} 뒤", f"in {amount} {many}")


def _clock(hour: int) -> tuple[str, str]:
    if hour % 12 == 0:
        return ("자정", "midnight") if hour == 0 else ("정오", "noon")
    return f"{'오전' if hour < 12 else '오후'} {hour % 12}시", f"{hour % 12} {'a.m.' if hour < 12 else 'p.m.'}"


def _ordinal(number: int) -> str:
    return f"{number}{'th' if 10 < number % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
