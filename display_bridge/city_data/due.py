"""When a feed is read next, and how it fared. Pure; times are seconds of one monotonic clock unless said otherwise."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime

from display_bridge.city_data.limits import jittered, pause_after

KEY_PAUSE_S = 900.0
"""A key that was refused is tried again so often: it may be registered meanwhile."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """failures: in a row. last_ok, last_failed: wall time. error: the last failure's code, "" once it works again."""

    due: float = 0.0
    failures: int = 0
    last_ok: datetime | None = None
    last_failed: datetime | None = None
    error: str = ""

    @property
    def failing(self) -> bool:
        """The last reading failed."""
        return self.failures > 0

    def succeeded(self, now: float, at: datetime, refresh_s: float, rng: random.Random) -> FeedState:
        """After a good reading."""
        return replace(self, due=now + jittered(refresh_s, rng), failures=0, last_ok=at, error="")

    def failed(
        self, now: float, at: datetime, code: str, refresh_s: float, rng: random.Random, *, passing: bool = True
    ) -> FeedState:
        """After a reading that failed. passing: the same question may be answered soon; if not, it waits its turn."""
        pause = pause_after(self.failures + 1, refresh_s, rng)
        if not passing:
            pause = max(pause, jittered(refresh_s, rng))
        if code == "bad-key":
            pause = max(pause, jittered(KEY_PAUSE_S, rng))
        return replace(self, due=now + pause, failures=self.failures + 1, last_failed=at, error=code)

    def postponed(self, until: float, code: str = "") -> FeedState:
        """Not asked before that time, and why; that is no failure of the feed."""
        return replace(self, due=max(self.due, until), error=code or self.error)
