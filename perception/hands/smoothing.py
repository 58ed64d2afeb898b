"""The 1-euro filter (Casiez, Roussel, Vogel 2012): steady when the hand rests, quick when it moves. Pure."""

from __future__ import annotations

import math


class OneEuro:
    """One coordinate. least_cutoff_hz: of a resting hand; speed_share: by how much the cutoff grows with the speed, in
    Hz for one unit a second; speed_cutoff_hz: of the speed itself."""

    def __init__(self, least_cutoff_hz: float, speed_share: float, speed_cutoff_hz: float = 1.0) -> None:
        self._least, self._share, self._speed_cutoff = least_cutoff_hz, speed_share, speed_cutoff_hz
        self._at: float | None = None
        self._value = self._speed = 0.0

    def step(self, at: float, value: float) -> float:
        """The smoothed value at this time; times only go forward."""
        if self._at is None or at <= self._at:
            if self._at is None:
                self._at, self._value = at, value
            return self._value
        passed = at - self._at
        speed = (value - self._value) / passed
        self._speed += _share(self._speed_cutoff, passed) * (speed - self._speed)
        cutoff = self._least + self._share * abs(self._speed)
        self._value += _share(cutoff, passed) * (value - self._value)
        self._at = at
        return self._value

    def forget(self) -> None:
        """The next value is taken as it is."""
        self._at = None
        self._speed = 0.0


def _share(cutoff_hz: float, passed_s: float) -> float:
    return 1.0 / (1.0 + 1.0 / (2 * math.pi * cutoff_hz * passed_s))
