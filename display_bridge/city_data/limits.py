"""How often a source may be asked: its calls of the day, its pauses after failures, and its breaker. Pure.

Times are seconds of one monotonic clock, but for the day, which is Seoul's.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from display_bridge.city_data.metrics import KST

FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 600.0
JITTER = 0.2
"""A wait is changed by up to so much of itself, so that services restarted together do not ask together."""


def day_of(now: datetime) -> str:
    """The day in Seoul: what a quota is counted by."""
    return now.astimezone(KST).date().isoformat()


def seconds_to_midnight(now: datetime) -> float:
    """Until the next day begins in Seoul."""
    local = now.astimezone(KST)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - local).total_seconds()


@dataclass(frozen=True, slots=True)
class Quota:
    """Calls of one day. limit None: the service names none; they are counted all the same."""

    limit: int | None
    day: str = ""
    calls: int = 0

    def on(self, day: str) -> Quota:
        """As of a day: a new day begins with nothing spent."""
        return self if day == self.day else replace(self, day=day, calls=0)

    def allows(self, day: str, calls: int = 1) -> bool:
        """Whether so many calls may still be made on that day."""
        return self.limit is None or self.on(day).calls + calls <= self.limit

    def spent(self, day: str, calls: int = 1) -> Quota:
        """After so many calls."""
        today = self.on(day)
        return replace(today, calls=today.calls + calls)


def pause_after(failures: int, refresh_s: float, rng: random.Random) -> float:
    """How long to wait after so many failures in a row: doubling from 5 s, never longer than ten minutes or than the
    feed's own interval where that is longer, and changed at random by a fifth."""
    longest = max(LONGEST_PAUSE_S, refresh_s)
    pause = min(longest, FIRST_PAUSE_S * 2.0 ** min(max(failures, 1) - 1, 16))
    return jittered(pause, rng)


def jittered(seconds: float, rng: random.Random) -> float:
    """Changed at random by at most a fifth either way."""
    return seconds * (1 + JITTER * (2 * rng.random() - 1))


def stretch(daily_calls: float, limit: int | None) -> float:
    """By what the feeds' intervals are lengthened so that a day's readings fit into nine tenths of its quota."""
    return 1.0 if limit is None or limit <= 0 else max(1.0, daily_calls / (0.9 * limit))


@dataclass(frozen=True, slots=True)
class Breaker:
    """`most` failed calls in a row open it: then nothing is asked until a pause is over, then one call as a trial.
    Every failed trial doubles the pause, up to the longest."""

    most: int = 5
    pause_s: float = 30.0
    longest_s: float = 600.0
    failures: int = 0
    opened: int = 0
    until: float = 0.0

    def open(self, now: float) -> bool:
        """Whether nothing may be asked at this time."""
        return self.failures >= self.most and now < self.until

    def failed(self, now: float) -> Breaker:
        """After a call that failed."""
        failures = self.failures + 1
        if failures < self.most:
            return replace(self, failures=failures)
        pause = min(self.longest_s, self.pause_s * 2.0 ** min(self.opened, 16))
        return replace(self, failures=failures, opened=self.opened + 1, until=now + pause)

    def succeeded(self) -> Breaker:
        """After an answer: closed."""
        return replace(self, failures=0, opened=0, until=0.0)
