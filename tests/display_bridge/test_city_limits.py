"""Quotas, pauses and breakers: properties over any course of events."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from display_bridge.city_data.due import FeedState
from display_bridge.city_data.limits import (
    JITTER,
    LONGEST_PAUSE_S,
    Breaker,
    Quota,
    day_of,
    jittered,
    pause_after,
    seconds_to_midnight,
    stretch,
)

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))
DICE = st.integers(0, 2**32).map(random.Random)


@given(st.integers(0, 50), st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), max_size=80))
def test_a_quota_is_never_overspent_and_every_day_begins_anew(limit: int, steps: list[tuple[int, int]]) -> None:
    quota, day, spent = Quota(limit), datetime(2026, 1, 1, tzinfo=UTC), 0
    for later, calls in steps:
        if later:
            day, spent = day + timedelta(days=later), 0
        name = day_of(day)
        assert quota.allows(name, calls) == (spent + calls <= limit)
        if quota.allows(name, calls):
            quota, spent = quota.spent(name, calls), spent + calls
        assert quota.on(name).calls == spent <= limit


@given(MOMENTS)
def test_the_day_is_seouls(at: datetime) -> None:
    left = seconds_to_midnight(at)
    assert 0 < left <= 86400
    assert day_of(at + timedelta(seconds=left)) != day_of(at)
    assert day_of(at + timedelta(seconds=left - 0.001)) == day_of(at)
    assert day_of(datetime(2026, 11, 27, 15, 0, tzinfo=UTC)) == "2026-11-28"


def test_without_a_limit_calls_are_counted_all_the_same() -> None:
    quota = Quota(None).spent("d", 10_000)
    assert quota.allows("d", 10**9)
    assert quota.calls == 10_000


@given(st.integers(1, 40), st.floats(1, 86400), DICE)
def test_pauses_grow_and_end(failures: int, refresh_s: float, rng: random.Random) -> None:
    pause = pause_after(failures, refresh_s, rng)
    longest = max(LONGEST_PAUSE_S, refresh_s)
    assert 5 * (1 - JITTER) <= pause <= longest * (1 + JITTER)
    if failures > 30:
        assert pause >= longest * (1 - JITTER)


@given(st.floats(0, 1e6), DICE)
def test_jitter_is_a_fifth_at_most(seconds: float, rng: random.Random) -> None:
    assert seconds * 0.8 - 1e-6 <= jittered(seconds, rng) <= seconds * 1.2 + 1e-6


@given(st.floats(0, 1e6), st.integers(1, 10**6))
def test_stretched_intervals_fit_into_the_quota(demand: float, limit: int) -> None:
    factor = stretch(demand, limit)
    assert factor >= 1
    assert demand / factor <= 0.9 * limit + 1e-6 or factor == 1


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 900)), max_size=60))
def test_a_breaker_opens_after_failures_in_a_row_and_closes_with_an_answer(steps: list[tuple[bool, float]]) -> None:
    breaker, now, row = Breaker(most=3, pause_s=30, longest_s=600), 0.0, 0
    for good, later in steps:
        now += later
        if breaker.open(now):
            assert row >= 3
            assert 0 < breaker.until - now <= 600 + 1e-6  # sums of times round
            continue  # nothing may be asked
        breaker, row = (breaker.succeeded(), 0) if good else (breaker.failed(now), row + 1)
        assert breaker.open(now) == (row >= 3)
    assert not breaker.open(now + 601)


def test_each_failed_trial_doubles_the_rest() -> None:
    breaker, now, rests = Breaker(most=2, pause_s=10, longest_s=60), 0.0, []
    for _ in range(6):
        breaker = breaker.failed(now)
        if breaker.open(now):
            rests.append(breaker.until - now)
            now = breaker.until
    assert rests == [10, 20, 40, 60, 60]


@given(st.lists(st.booleans(), min_size=1, max_size=40), DICE)
def test_a_feed_is_always_due_again(outcomes: list[bool], rng: random.Random) -> None:
    state, now, at = FeedState(), 0.0, datetime(2026, 1, 1, tzinfo=UTC)
    for good in outcomes:
        if good:
            state = state.succeeded(now, at, 60, rng)
            assert (state.failing, state.error) == (False, "")
        else:
            state = state.failed(now, at, "timeout", 60, rng)
            assert (state.failing, state.error) == (True, "timeout")
        assert now < state.due <= now + 600 * (1 + JITTER)
        now = state.due
