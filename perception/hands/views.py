"""Which part of the frame people are looked for in. Pure.

The network that finds people sees 224 pixels, whatever the camera gives: of somebody four metres away too little is
left. So while the whole frame shows nobody, squares of it are looked at in turn, and the square in which somebody was
found follows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perception.hands.body import Body

_NEAR = 0.2
"""Shoulders over so much of a square's side: the whole frame shows them well enough."""
_AWAY = 0.2
"""The square moves when the person is so far off its middle, in its sides."""
_LOST_S = 0.5
_LOOK_UP_S = 5.0


@dataclass(frozen=True, slots=True)
class View:
    """A part of the frame, in frame widths. side None: all of it; else a square whose middle is at x, y."""

    x: float = 0.5
    y: float = 0.0
    side: float | None = None


WHOLE = View()


class Views:
    """tall: height of the frame by its width. A frame that is not wide (a tablet's, a phone's) is always seen whole."""

    def __init__(self, tall: float) -> None:
        side = tall if tall < 0.8 else None
        squares = [View(x, tall / 2, side) for x in (0.5, side / 2, 1 - side / 2)] if side else []
        self._round = [view for square in squares for view in (WHOLE, square)] or [WHOLE]
        self._turn = 0
        self._seen_at = self._since = 0.0
        self._found = False
        self.view = WHOLE

    def saw(self, at: float, bodies: Sequence[Body], *, steady: bool) -> None:
        """What the present view showed; decides the next one. steady: somebody is being followed, do not look up."""
        if not bodies:
            if not self._found or at - self._seen_at > _LOST_S:
                self._search(at)
            return
        if not self._found:
            self._since = at
        self._found, self._seen_at = True, at
        side = self.view.side
        if side is None:
            return
        nearest = max(bodies, key=lambda body: body.width)
        if nearest.width > _NEAR * side or (not steady and at - self._since > _LOOK_UP_S):
            self._found, self._turn, self.view = False, 0, WHOLE
        elif abs(nearest.centre.x - self.view.x) > _AWAY * side:
            x = min(max(nearest.centre.x, side / 2), 1 - side / 2)
            self.view = View(x, self.view.y, side)

    def _search(self, at: float) -> None:
        self._found = False
        self._turn = (self._turn + 1) % len(self._round)
        self.view = self._round[self._turn]
