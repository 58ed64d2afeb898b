"""How the light differs from that of the reference: a plane of logarithmic gain for each colour, told by what has not
changed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

CELLS = (64, 36)
_FLOOR = 4.0
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Light:
    """Gains against the reference: log gain = plane[0] + plane[1] * x + plane[2] * y for x, y in -1..1, per channel."""

    plane: NDArray[np.float32]
    width: int
    height: int

    def gain_at(self, x: float, y: float) -> NDArray[np.float32]:
        """The gain of each channel at a pixel of the reference, within 1/8 .. 8."""
        place = np.array([1.0, 2 * x / self.width - 1, 2 * y / self.height - 1], np.float32)
        return np.asarray(np.exp(np.clip(place @ self.plane, -2.08, 2.08)), np.float32)


def cells(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The mean colours of a picture's 64 x 36 cells."""
    small: NDArray[np.float32] = cv2.resize(picture, CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)
    return small


def _design() -> NDArray[np.float32]:
    x, y = np.meshgrid(np.linspace(-1, 1, CELLS[0]), np.linspace(-1, 1, CELLS[1]))
    return np.asarray(np.stack([np.ones(x.size), x.ravel(), y.ravel()], axis=1), np.float32)


_DESIGN = _design()


def light_between(
    reference: NDArray[np.float32], now: NDArray[np.float32], width: int, height: int
) -> tuple[Light, float]:
    """The light of `now` against `reference` (cells of both), and the share of cells that it explains.

    Cells that are burnt out or black say nothing; those that changed are left out step by step.
    """
    usable = (
        (reference.max(axis=2) < 235) & (now.max(axis=2) < 245) & (reference.mean(axis=2) > 8) & (now.mean(axis=2) > 4)
    ).ravel()
    if usable.sum() < 60:
        usable = np.ones(usable.shape, bool)
    design = _DESIGN[usable]
    ratio = (np.log(now + _FLOOR) - np.log(reference + _FLOOR)).reshape(-1, 3)[usable]
    plane = np.zeros((3, 3), np.float32)
    plane[0] = np.median(ratio, axis=0)
    for turn in range(_ROUNDS):
        off = np.abs(ratio - design @ plane).mean(axis=1)
        scale = max(0.04, 2.5 * float(np.median(off)) if turn else 0.35)
        weight = np.clip(1 - (off / scale) ** 2, 0, 1) ** 2
        if weight.sum() < 20:
            break
        weighted = design * weight[:, None]
        plane = np.linalg.solve(weighted.T @ design + np.diag([0.0, 0.5, 0.5]), weighted.T @ ratio).astype(np.float32)
    explained = float((np.abs(ratio - design @ plane).mean(axis=1) < 0.15).mean())
    return Light(plane, width, height), explained
