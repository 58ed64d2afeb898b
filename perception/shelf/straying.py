"""Whether the camera still looks at its shelf, but from so far off that it cannot be watched: features of the spines
tell it, wherever they are in the picture now."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.shelf.layout import Layout

_MOST, _LEAST, _SHARE, _CLEARER = 800, 16, 0.3, 0.75
"""Features at most; those that must agree on one way the camera was moved, as a number and as a share of those that
are found again; how much nearer the best match is than the next one."""
_LEAST_SPINES, _LEAST_OF_ONE = 3, 2
"""Spines that they must be on, with so many each: a book that somebody carries has features enough of its own."""
_FAR = 12.0
"""Pixels of half size by which a corner of the shelf is elsewhere."""
_NEAREST, _FARTHEST = 0.3, 3.0


class Straying:
    """Works on pictures of half the size. The features of the reference are sought when they are first needed."""

    def __init__(self, reference: NDArray[np.uint8], layout: Layout) -> None:
        self._gray = cv2.cvtColor(reference, cv2.COLOR_BGR2GRAY).astype(np.uint8)
        self._spines = np.zeros(self._gray.shape, np.int32)
        for number, slot in enumerate(layout.slots, 1):
            box = slot.box
            self._spines[box.y // 2 : box.bottom // 2, box.x // 2 : box.right // 2] = number
        self._known: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None

    def far_off(self, picture: NDArray[np.uint8]) -> bool:
        """Whether the spines are surely in the picture, at other places. Some 100 ms of processor."""
        if self._known is None:
            self._known = _features(self._gray, np.where(self._spines, 255, 0).astype(np.uint8))
        gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8)
        (places, known), (there, now) = self._known, _features(gray, None)
        if len(known) < _LEAST or len(now) < _LEAST:
            return False
        pairs = [
            (places[best.queryIdx], there[best.trainIdx])
            for best, next_ in cv2.BFMatcher(cv2.NORM_L2).knnMatch(known, now, k=2)
            if best.distance < _CLEARER * next_.distance
        ]
        if len(pairs) < _LEAST:
            return False
        before, after = (np.array([pair[n] for pair in pairs], np.float32) for n in (0, 1))
        matrix, inside = cv2.estimateAffinePartial2D(before, after, method=cv2.RANSAC, ransacReprojThreshold=4.0)
        if matrix is None or inside.sum() < max(_LEAST, _SHARE * len(pairs)):
            return False
        x, y = before[inside.ravel() > 0].astype(int).T
        if np.count_nonzero(np.bincount(self._spines[y, x])[1:] >= _LEAST_OF_ONE) < _LEAST_SPINES:
            return False
        scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
        moved = np.abs((matrix @ np.c_[before, np.ones(len(before))].T).T - before).max()
        return _NEAREST < scale < _FARTHEST and float(moved) > _FAR


def _features(
    gray: NDArray[np.uint8], where: NDArray[np.uint8] | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    points, told = cv2.SIFT_create(nfeatures=_MOST).detectAndCompute(gray, where)  # type: ignore[attr-defined]
    if told is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    return np.array([point.pt for point in points], np.float32), np.asarray(told, np.float32)
