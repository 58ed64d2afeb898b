"""A circuit breaker as a pure state machine: after failures in a row nothing is asked for a while, then one trial."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Breaker:
    """`limit` failures in a row open it for `pause_s`; each failed trial doubles the pause up to `max_pause_s`.

    Times are seconds of one monotonic clock. While a trial is out nobody else asks, until it ends or `pause_s` passes.
    """

    limit: int = 3
    pause_s: float = 1.0
    max_pause_s: float = 15.0
    failures: int = 0
    trials: int = 0
    open_until: float = float("-inf")

    def allows(self, now: float) -> bool:
        """Whether a request may go out."""
        return self.failures < self.limit or now >= self.open_until

    def asked(self, now: float) -> Breaker:
        """A request goes out; if it is a trial, the others wait for its end."""
        if self.failures < self.limit:
            return self
        return replace(self, open_until=now + self.pause_s)

    def succeeded(self) -> Breaker:
        """An answer came: closed again."""
        return replace(self, failures=0, trials=0, open_until=float("-inf"))

    def failed(self, now: float) -> Breaker:
        """No answer, or a useless one."""
        failures = min(self.failures + 1, self.limit)
        if failures < self.limit:
            return replace(self, failures=failures)
        pause = min(self.pause_s * 2.0 ** min(self.trials, 16), self.max_pause_s)
        return replace(self, failures=failures, trials=self.trials + 1, open_until=now + pause)
