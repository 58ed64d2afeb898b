"""Which of several microphones answers a call that more than one of them heard: the loudest. Pure.

Microphones of one group stand within earshot of each other. The first wake of a group opens a contest; the loudest of
those that come within the window is granted, before anything chimes, and the others stay silent. A microphone that is
alone in its group is granted at once: the wait is never paid for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WINDOW_S = 0.15
"""The same call reaches the detectors of two microphones within two frames of 80 ms."""
SAME_CALL_S = 1.0
"""A wake of another microphone so soon after a grant is the same call, heard late."""


@dataclass(frozen=True, slots=True)
class Granted:
    """This microphone's wake counts."""

    microphone: str


@dataclass(frozen=True, slots=True)
class Denied:
    """This microphone's wake was the same call, heard less well."""

    microphone: str


Verdict = Granted | Denied


@dataclass(slots=True)
class _Contest:
    until: float
    levels: dict[str, float]


@dataclass(slots=True)
class Arbiter:
    """groups: microphone -> group. Times are seconds of one monotonic clock, levels dB of full scale."""

    groups: Mapping[str, str] = field(default_factory=dict)
    window_s: float = WINDOW_S
    _contests: dict[str, _Contest] = field(default_factory=dict)
    _last: dict[str, tuple[str, float]] = field(default_factory=dict)

    def called(self, microphone: str, level: float, now: float) -> list[Verdict]:
        """A microphone heard the wake word. Verdicts that can be given at once; the rest come from `tick`."""
        verdicts = self.tick(now)
        group = self.groups.get(microphone)
        members = {m for m, g in self.groups.items() if g == group}
        if group is None or len(members) == 1:
            return [*verdicts, Granted(microphone)]
        contest = self._contests.get(group)
        if contest is None:
            winner, granted_at = self._last.get(group, ("", -SAME_CALL_S))
            if now - granted_at < SAME_CALL_S:
                if winner != microphone:
                    return [*verdicts, Denied(microphone)]
                self._last[group] = (microphone, now)
                return [*verdicts, Granted(microphone)]
            contest = self._contests[group] = _Contest(now + self.window_s, {})
        contest.levels[microphone] = max(level, contest.levels.get(microphone, level))
        if contest.levels.keys() == members:  # nobody is left to wait for
            verdicts += self._decide(group, now)
        return verdicts

    def tick(self, now: float) -> list[Verdict]:
        """Verdicts of the contests whose window is over."""
        due = [group for group, contest in self._contests.items() if now >= contest.until]
        return [verdict for group in due for verdict in self._decide(group, now)]

    def contested(self, microphone: str) -> bool:
        """Whether a wake of this microphone waits for its verdict."""
        return any(microphone in contest.levels for contest in self._contests.values())

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to say next."""
        return min((contest.until for contest in self._contests.values()), default=None)

    def forget(self) -> None:
        """The microphones are gone: no contest of theirs is decided any more."""
        self._contests.clear()

    def _decide(self, group: str, now: float) -> list[Verdict]:
        levels = self._contests.pop(group).levels
        winner = max(levels, key=lambda m: levels[m])  # of equals, the one that was first
        self._last[group] = (winner, now)
        return [Granted(winner), *(Denied(m) for m in levels if m != winner)]
