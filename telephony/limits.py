"""How much one party may ask for: invitations, unanswered ones, messages. Pure; times are seconds on one clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from assistant.contracts import NotPermitted

INVITES_A_MINUTE = 6
UNANSWERED = 3
COOL_DOWN_S = 60.0
MESSAGES_AT_ONCE, MESSAGES_A_SECOND = 200.0, 50.0
PCS_A_CLIENT = 24
"""Peer connections that one client may have with the engine: what it sends, and what it receives of each other."""


class RateLimited(NotPermitted):
    """retry_ms: how long to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__("rate-limited", f"too many calls; again in {seconds:.0f} s")
        self.retry_ms = round(seconds * 1000)


@dataclass(slots=True)
class InviteLimits:
    """Six invitations a minute for each party; after three to one place that nobody answered, none there for 60 s."""

    _times: dict[str, deque[float]] = field(default_factory=dict)
    _unanswered: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)

    def wait(self, party: str, to: str, now: float) -> float:
        """Seconds until this party may call that place; 0: it may now, and has used one of its invitations."""
        self._prune(now)
        count, since = self._unanswered.get((party, to), (0, now))
        if count >= UNANSWERED:
            return since + COOL_DOWN_S - now
        times = self._times.setdefault(party, deque())
        if len(times) >= INVITES_A_MINUTE:
            return times[0] + 60.0 - now
        times.append(now)
        return 0.0

    def unanswered(self, party: str, to: str, now: float) -> None:
        """A call came to nothing."""
        self._unanswered[party, to] = (self._unanswered.get((party, to), (0, now))[0] + 1, now)

    def answered(self, party: str, to: str) -> None:
        """Somebody was there after all."""
        self._unanswered.pop((party, to), None)

    def _prune(self, now: float) -> None:
        """What counts no more is forgotten, so that memory does not grow with the callers of a day."""
        for party, times in list(self._times.items()):
            while times and times[0] <= now - 60.0:
                times.popleft()
            if not times:
                del self._times[party]
        for key, (_, since) in list(self._unanswered.items()):
            if since <= now - COOL_DOWN_S:
                del self._unanswered[key]


@dataclass(slots=True)
class Bucket:
    """Messages of one client: so many at once, then so many a second. refused: since it was last quiet."""

    left: float = MESSAGES_AT_ONCE
    at: float = 0.0
    refused: int = 0

    def take(self, now: float) -> bool:
        """Whether one more may come."""
        self.left = min(MESSAGES_AT_ONCE, self.left + max(0.0, now - self.at) * MESSAGES_A_SECOND)
        self.at = now
        if self.left < 1:
            self.refused += 1
            return False
        if self.left == MESSAGES_AT_ONCE:
            self.refused = 0
        self.left -= 1
        return True
