"""How often a camera is looked at: a few times a second until something goes on, and never for more than its share of
the processor. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_MOST = 3.0
"""A single frame that cost more than so many times the usual is taken as that."""


@dataclass(frozen=True, slots=True)
class PaceSettings:
    """busy_fps: while something goes on. idle_fps: until then. share: of one processor core that seeing may take."""

    busy_fps: float = 15.0
    idle_fps: float = 4.0
    calm_s: float = 3.0
    """So long nothing must have gone on before the pace falls."""
    share: float = 0.6


class Pacing:
    """Decides after each frame when the next one is due."""

    def __init__(self, settings: PaceSettings | None = None) -> None:
        self._settings = settings or PaceSettings()
        self._busy_at: float | None = None
        self._cost = 0.0
        self._began = False
        self._due = 0.0
        self._idle = True

    def due(self, at: float) -> bool:
        """Whether to look at a frame of this time."""
        return at >= self._due - 1e-3

    def saw(self, at: float, cost_s: float, *, idle: bool) -> None:
        """A frame of this time was looked at, which took so many seconds of processor; idle: nothing goes on."""
        its = self._settings
        if not self._began:
            self._began = True  # the first frame also loads what looks at it: that is no measure of the next ones
        elif not self._cost:
            self._cost = cost_s
        else:
            self._cost += 0.2 * (min(cost_s, _MOST * self._cost) - self._cost)
        if not idle:
            self._busy_at = at
        self._idle = self._busy_at is None or at - self._busy_at > its.calm_s
        interval = self.interval
        # on a grid, so that the cameras' own rhythm does not add up; after a pause, from here
        self._due = self._due + interval if 0 <= at - self._due < interval else at + interval

    @property
    def interval(self) -> float:
        """Seconds between two frames."""
        its = self._settings
        wanted = 1.0 / (its.idle_fps if self._idle else its.busy_fps)
        return max(wanted, min(self._cost / its.share, 1.0))

    @property
    def slowed(self) -> bool:
        """Whether the processor does not allow what is wanted."""
        its = self._settings
        return self._cost / its.share > 1.05 / (its.idle_fps if self._idle else its.busy_fps)

    @property
    def idle(self) -> bool:
        return self._idle

    @property
    def cost_s(self) -> float:
        """Processor seconds that a frame takes, on average over the last ones."""
        return self._cost
