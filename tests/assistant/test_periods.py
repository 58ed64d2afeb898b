"""Times as codes: what they span, how they are said, and what is none."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from assistant.contracts import Period, WireError, decode, encode, is_ahead, is_running, period_words, span_of
from assistant.contracts.intents import Intent, IntentName, IntentProposed, Source

NOW = datetime(2025, 11, 28, 14, 20, tzinfo=timezone(timedelta(hours=9)))  # a Friday


@pytest.mark.parametrize(
    ("code", "start", "end", "ko", "en"),
    [
        ("yesterday", "2025-11-27 00", "2025-11-28 00", "어제", "yesterday"),
        ("3_days_ago", "2025-11-25 00", "2025-11-26 00", "3일 전", "3 days ago"),
        ("in_3_days", "2025-12-01 00", "2025-12-02 00", "3일 뒤", "in 3 days"),
        ("2_weeks_ago", "2025-11-10 00", "2025-11-17 00", "2주 전", "2 weeks ago"),
        ("2_months_ago", "2025-09-01 00", "2025-10-01 00", "2개월 전", "2 months ago"),
        ("2_years_ago", "2023-01-01 00", "2024-01-01 00", "재작년", "the year before last"),
        ("past_3_days", "2025-11-25 14", "2025-11-28 14", "최근 3일", "the past 3 days"),
        ("last_month/15", "2025-10-15 00", "2025-10-16 00", "지난달 15일", "the 15th of last month"),
        ("2_months_ago/31", "2025-09-30 00", "2025-10-01 00", "2개월 전 31일", "the 31st of 2 months ago"),
        ("this_year/3", "2025-03-01 00", "2025-04-01 00", "올해 3월", "March of this year"),
        ("date/3-15", "2025-03-15 00", "2025-03-16 00", "3월 15일", "15 March"),
        ("date/12-3", "2025-12-03 00", "2025-12-04 00", "12월 3일", "3 December"),
        ("2024/3", "2024-03-01 00", "2024-04-01 00", "2024년 3월", "March 2024"),
        ("last_year/summer", "2024-06-01 00", "2024-09-01 00", "작년 여름", "summer of last year"),
        ("was/mon", "2025-11-24 00", "2025-11-25 00", "월요일", "Monday"),
        ("was/sun", "2025-11-23 00", "2025-11-24 00", "일요일", "Sunday"),
        ("was/12", "2024-12-01 00", "2025-01-01 00", "12월", "December"),
        ("last/winter", "2024-12-01 00", "2025-03-01 00", "지난 겨울", "last winter"),
        ("next/summer", "2026-06-01 00", "2026-09-01 00", "다음 여름", "next summer"),
        ("last_year/winter", "2024-12-01 00", "2025-03-01 00", "작년 겨울", "winter of last year"),
        ("last/mon", "2025-11-24 00", "2025-11-25 00", "지난 월요일", "last Monday"),
        ("next/mon", "2025-12-01 00", "2025-12-02 00", "다음 월요일", "next Monday"),
        ("last_week/mon", "2025-11-17 00", "2025-11-18 00", "지난주 월요일", "Monday of last week"),
        ("today@15", "2025-11-28 15", "2025-11-28 16", "오늘 오후 3시", "today at 3 p.m."),
        ("yesterday@18-21", "2025-11-27 18", "2025-11-27 21", "어제 저녁", "yesterday in the evening"),
        ("this_week", "2025-11-24 00", "2025-11-28 14", "이번 주", "this week"),
    ],
)
def test_what_a_time_spans_and_how_it_is_said(code: str, start: str, end: str, ko: str, en: str) -> None:
    period = Period(code)
    assert tuple(f"{at:%Y-%m-%d %H}" for at in span_of(period, NOW)) == (start, end)
    assert period_words(period) == (ko, en)


@pytest.mark.parametrize(("code", "ahead", "running"), [
    ("tomorrow", True, False), ("today@15", True, False), ("today@9", False, False), ("this_year", False, True),
    ("past_3_days", False, False), ("last_month", False, False), ("date/12", True, False),
])  # fmt: skip
def test_what_is_to_come_and_what_still_runs(code: str, ahead: bool, running: bool) -> None:
    assert (is_ahead(Period(code), NOW), is_running(Period(code), NOW)) == (ahead, running)


def test_in_winter_the_last_winter_is_the_one_before() -> None:
    january = NOW.replace(year=2026, month=1, day=15)
    assert f"{span_of(Period('last/winter'), january)[0]:%Y-%m}" == "2024-12"


@pytest.mark.parametrize("code", [
    "someday", "date", "", "@3", "last_month/40", "today/3", "2024/13", "in_5000_days", "past_3_days/mon",
    "this_week@3", "last_month@15", "past_2_months@12-18", "past_3_days@9",
    "yesterday@25", "0_days_ago", "last", "2024/mon",
])  # fmt: skip
def test_what_is_no_time(code: str) -> None:
    with pytest.raises(ValueError, match="."):
        Period(code)


def test_a_time_travels_as_its_code_and_a_wrong_one_is_refused() -> None:
    sent = IntentProposed("r1", Source.TEXT, "main", Intent(IntentName.ASK_VALUE, "ozone", period=Period("3_days_ago")))
    wire = encode(sent)
    assert wire["intent"]["period"] == "3_days_ago"
    assert decode(wire) == sent
    wire["intent"]["period"] = "someday"
    with pytest.raises(WireError):
        decode(wire)
