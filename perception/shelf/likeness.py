"""How alike two pieces of pictures are, in colour: 1 the same, about 0 for different things.

A score is 1 - SSD / (energy of the one + energy of the other + a floor), where the energies are about the mean colour of
the row. So plain spines count by their colour, and patterned ones by their pattern as well.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

FLOOR = 9.0
"""Grey levels that noise and rounding may be off by."""


def expected(piece: NDArray[np.float32], gain: NDArray[np.float32]) -> NDArray[np.float32]:
    """How a piece of the reference looks under a gain of each channel: whatever is too bright is white."""
    seen: NDArray[np.float32] = np.minimum(piece * gain, 255.0).astype(np.float32)
    return seen


def score_map(
    window: NDArray[np.float32], template: NDArray[np.float32], mean: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The scores of a template at all its places in a window (both H x W x 3); mean: the row's colour in this light."""
    high, wide = template.shape[:2]
    about_t, about_w = template - mean, window - mean
    energy_t = float((about_t**2).sum())
    squares = cv2.integral((about_w**2).sum(axis=2))
    energy_w = squares[high:, wide:] - squares[:-high, wide:] - squares[high:, :-wide] + squares[:-high, :-wide]
    product = cv2.matchTemplate(about_w, about_t, cv2.TM_CCORR)
    # A light that is a little brighter or darker here than the plane says is forgiven.
    gain = np.clip(product / max(energy_t, 1.0), 0.87, 1.15)
    apart = energy_w - 2 * gain * product + gain**2 * energy_t
    level = FLOOR**2 * high * wide * 3 * (float(mean.mean()) / 100 + 0.3)
    scores: NDArray[np.float32] = (1 - apart / (energy_w + gain**2 * energy_t + level)).astype(np.float32)
    return scores


def score(piece: NDArray[np.float32], template: NDArray[np.float32], mean: NDArray[np.float32]) -> float:
    """The score of two pieces of one size."""
    return float(score_map(piece, template, mean)[0, 0])
