"""Whether the bookcase's door is closed, by a picture of the closed one: for doors of glass, or as white as a wall.

Both pictures are compared with what is seen now on their patterns alone, so that light does not count, and only where
the rows of books are.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.shelf.registering import texture

SIZE = (320, 180)
_SURE, _AHEAD = 0.35, 0.12
"""Likeness (1: the same) from which on a picture is recognised, and by how much it has to be liker than the other."""


def kept_of(closed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As much of the picture of a closed door as is kept: small and grey."""
    small: NDArray[np.uint8] = cv2.resize(
        cv2.cvtColor(closed, cv2.COLOR_BGR2GRAY) if closed.ndim == 3 else closed, SIZE, interpolation=cv2.INTER_AREA
    ).astype(np.uint8)
    return small


class DoorPictures:
    """The door closed and open. closed: as kept; reference: the enrolled picture, black around the rows."""

    def __init__(self, closed: NDArray[np.uint8], reference: NDArray[np.uint8]) -> None:
        rows = cv2.resize(reference.max(axis=2), SIZE, interpolation=cv2.INTER_AREA) > 0
        # At the border of the black the pattern is the border's own.
        self._where = cv2.erode(rows.astype(np.uint8), np.ones((15, 15))) > 0
        self._closed, self._open = texture(closed), texture(kept_of(reference))

    @property
    def differ(self) -> bool:
        """Whether the two can be told apart at all."""
        return self._like(self._closed, self._open) < 1 - 2 * _AHEAD

    def closed(self, picture: NDArray[np.uint8]) -> bool | None:
        """Whether a picture shows the closed door; None where it is like neither, or like both."""
        now = texture(kept_of(picture))
        shut, open_ = self._like(now, self._closed), self._like(now, self._open)
        if max(shut, open_) < _SURE or abs(shut - open_) < _AHEAD:
            return None
        return shut > open_

    def _like(self, one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
        a, b = one[self._where], other[self._where]
        return float((a * b).sum() / (np.sqrt(float((a * a).sum()) * float((b * b).sum())) + 1e-6))
