"""Votes of single looks against a picture of a face, counted. Pure.

A whole frame round the face is one of its own: the lower side of what stands behind somebody is hidden by himself.
"""

from __future__ import annotations

from collections import deque

from perception.face.face import Signs
from perception.face.settings import LivenessSettings


class Liveness:
    """`picture` once enough of the last looks vote so, or nearly all of them saw a whole frame, or once a turn of the
    head had no depth."""

    def __init__(self, settings: LivenessSettings | None = None) -> None:
        self._settings = settings or LivenessSettings()
        self._votes: deque[float] = deque(maxlen=self._settings.last)
        self._frames: deque[bool] = deque(maxlen=self._settings.frame_last)
        self._flat = False

    def look(self, signs: Signs) -> None:
        """One more look. A border of which a side is missing is a door-frame or a picture on the wall behind him."""
        its = self._settings
        vote = float(signs.moire >= its.moire) + 0.5 * (signs.border >= its.border)
        if signs.spoof is not None:
            vote += float(signs.spoof < its.spoof)
        self._votes.append(vote)
        self._frames.append(signs.border >= 1)

    def turned(self, turn: float, relief: float) -> None:
        """A head was turned so far, in face widths; relief: what no flat thing shows, in hundredths of the face."""
        self._flat = self._flat or relief < self._settings.flat * abs(turn)

    @property
    def picture(self) -> bool:
        its = self._settings
        framed = sum(self._frames) >= its.frame_needed
        return self._flat or framed or sum(vote >= 1 for vote in self._votes) >= its.needed
