"""Whether a look counts: is anything moving, does anybody stand in front, is it night."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.shelf.layout import Layout
from perception.shelf.light import Light
from perception.shelf.settings import GuardSettings

SMALL = (160, 90)
_BELOW_EDGE = 3
"""Pixels below the books' feet where a tile begins."""


class MotionGate:
    """Open once the picture has been quiet for some looks."""

    def __init__(self, settings: GuardSettings) -> None:
        self._settings = settings
        self._before: NDArray[np.float32] | None = None
        self._quiet = 0

    def look(self, picture: NDArray[np.uint8]) -> bool:
        """Whether the gate is open at this picture; the looks must come in order."""
        small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), SMALL, interpolation=cv2.INTER_AREA)
        # A camera that trembles by half a pixel moves every edge a little: that is blurred away.
        now = np.asarray(cv2.blur(small.astype(np.float32) / max(4.0, float(small.mean())), (3, 3)), np.float32)
        before, self._before = self._before, now
        if before is None:
            return False
        apart = np.abs(now - before) / (0.5 + (now + before) / 4)
        moving = float((apart > self._settings.moving).mean())
        self._quiet = self._quiet + 1 if moving < self._settings.share else 0
        return self._quiet >= self._settings.steps


@dataclass(slots=True)
class _Tile:
    x: int
    y: int
    colour: NDArray[np.float32]
    since: float | None = None
    recent: deque[float] | None = None


class BoardGuard:
    """Tiles along the boards below the books. A board shows wood, whatever the books do: what covers it is a person."""

    def __init__(self, reference: NDArray[np.uint8], layout: Layout, settings: GuardSettings) -> None:
        self._settings = settings
        wide, high = settings.tile_px
        self._size = (wide, high)
        self._tiles: list[_Tile] = []
        for board in layout.boards:
            boxes = [slot.box for slot in layout.row(board.row)]
            if not boxes:
                continue
            # The free ends of a board too: somebody may stand before them alone.
            first = max(0, min(board.x1, min(box.x for box in boxes) - wide))
            last = min(layout.width, max(board.x2, max(box.right for box in boxes) + wide))
            for x in range(first, last - wide + 1, wide):
                y = round(board.y_at(x + wide / 2)) + _BELOW_EDGE
                if y + high <= layout.height:
                    self._tiles.append(_Tile(x, y, self._colour(reference, x, y)))

    @property
    def tiles(self) -> int:
        """How many there are; with fewer than twice what is asked for, the guard cannot work."""
        return len(self._tiles)

    def covered(self, picture: NDArray[np.uint8], light: Light, at: float) -> int:
        """How many tiles are covered."""
        count = 0
        for tile in self._tiles:
            gain = np.log(light.gain_at(tile.x + self._size[0] / 2, tile.y + self._size[1] / 2))
            now = self._colour(picture, tile.x, tile.y)
            off = now - tile.colour - gain
            if float(np.abs(off).max()) <= self._settings.off:
                tile.since = None
                continue
            # Furniture stays as it is to the least detail; people do not.
            level = float((now - gain).mean())
            if tile.since is None or tile.recent is None or abs(level - tile.recent[-1]) > 0.08:
                tile.since, tile.recent = at, deque([level], maxlen=1)
            if at - tile.since > self._settings.patience_s:
                tile.colour, tile.since = now - gain, None
                continue
            count += 1
        return count

    def retake(self, picture: NDArray[np.uint8]) -> None:
        """Take the tiles' colours anew."""
        for tile in self._tiles:
            tile.colour = self._colour(picture, tile.x, tile.y)

    def _colour(self, picture: NDArray[np.uint8], x: int, y: int) -> NDArray[np.float32]:
        wide, high = self._size
        mean = cv2.mean(picture[y : y + high, x : x + wide])[:3]
        return np.asarray(np.log(np.array(mean) + 8.0), np.float32)
