"""How the camera has been moved since the reference was taken: a turn, a shift and a scale. Small pieces of
spines tell it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.shelf.layout import Layout

PIECE, REACH = 36, 16
"""Side of a piece and how far it is searched for, in pixels of half of the reference's size."""
LEAST_SHARE, LEAST_PIECES = 0.35, 8
_SURE = 0.6


def texture(gray: Any) -> NDArray[np.float32]:
    """Grey with its surroundings' level and contrast taken out, so that light does not count."""
    plain = gray.astype(np.float32)
    mean = cv2.blur(plain, (15, 15))
    spread = np.sqrt(np.maximum(cv2.blur(plain * plain, (15, 15)) - mean * mean, 0.0))
    flat: NDArray[np.float32] = ((plain - mean) / (spread + 6.0)).astype(np.float32)
    return flat


class Registration:
    """Finds where the reference's pieces are now. Works on pictures of half the size."""

    def __init__(self, reference: NDArray[np.uint8], layout: Layout) -> None:
        flat = texture(cv2.cvtColor(reference, cv2.COLOR_BGR2GRAY))
        high, wide = flat.shape
        self._pieces: list[tuple[int, int, NDArray[np.float32]]] = []
        places = []
        for slot in layout.slots:
            box = slot.box
            places += [(box.middle / 2, (box.y + box.height * part) / 2) for part in (0.2, 0.5, 0.8)]
        for x, y in places:
            left = int(np.clip(x - PIECE / 2, REACH, wide - PIECE - REACH))
            top = int(np.clip(y - PIECE / 2, REACH, high - PIECE - REACH))
            if left < 0 or top < 0:
                continue
            self._pieces.append((left, top, flat[top : top + PIECE, left : left + PIECE]))

    def find(self, picture: NDArray[np.uint8]) -> NDArray[np.float64] | None:
        """The 2 x 3 matrix from the reference to the picture, both of half size; None where too little is found."""
        flat = texture(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
        before, now = [], []
        for left, top, piece in self._pieces:
            window = flat[top - REACH : top + PIECE + REACH, left - REACH : left + PIECE + REACH]
            _, sure, _, (dx, dy) = cv2.minMaxLoc(cv2.matchTemplate(window, piece, cv2.TM_CCOEFF_NORMED))
            if sure > _SURE:
                before.append((left, top))
                now.append((left + dx - REACH, top + dy - REACH))
        if len(before) < LEAST_PIECES:
            return None
        matrix, inside = cv2.estimateAffinePartial2D(
            np.array(before, np.float32), np.array(now, np.float32), method=cv2.RANSAC, ransacReprojThreshold=1.2
        )
        if matrix is None or inside.sum() < max(LEAST_PIECES, LEAST_SHARE * len(self._pieces)):
            return None
        scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
        return np.asarray(matrix, np.float64) if 0.95 < scale < 1.05 else None
