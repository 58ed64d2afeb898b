"""A person for the real detectors: Matplotlib's portrait of Rear Admiral Grace Hopper (an official picture of the US
Navy, in the public domain) with a raised arm and an open hand that are drawn here."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import matplotlib
import numpy as np

from perception.frames import Picture

WIDE, TALL = 1280, 720
SKIN, SHADE, SLEEVE = (140, 165, 215), (112, 132, 172), (60, 45, 40)
_SHOULDERS_PX = 165.0
"""Between the shoulders, with the portrait at 0.45 of the frame's height."""


BESIDE_THE_FACE = (0.55, 0.05)


def standing(raised: bool, wrist: tuple[float, float] = BESIDE_THE_FACE) -> Picture:
    """1280 x 720; the person's right hand is up, beside the face, or not to be seen. wrist: of the raised hand, to the
    side of the shoulder and above it, in shoulder widths."""
    portrait = cv2.imread(str(Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"))
    assert portrait is not None
    by = 0.45 * TALL / portrait.shape[0]
    small = cv2.resize(portrait, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
    frame = np.full((TALL, WIDE, 3), (150, 140, 130), np.uint8)
    left = (WIDE - small.shape[1]) // 2
    frame[TALL - small.shape[0] :, left : left + small.shape[1]] = small
    if raised:
        shoulder = (left + 0.16 * small.shape[1], TALL - 0.36 * small.shape[0])
        _arm(frame, shoulder, wrist)
        frame = cv2.GaussianBlur(frame, (5, 5), 0)
    return np.asarray(frame, np.uint8)


def clip(picture: Picture, count: int) -> Iterator[Picture]:
    """The picture, moved a little and with noise, as a camera would see it."""
    random = np.random.default_rng(1)
    for number in range(count):
        move = np.array([[1, 0, 4 * math.sin(number / 7)], [0, 1, 2 * math.cos(number / 9)]])
        moved = cv2.warpAffine(picture, move, (WIDE, TALL), borderMode=cv2.BORDER_REPLICATE)
        noisy = moved.astype(np.int16) + random.integers(-5, 6, moved.shape, dtype=np.int16)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


def _arm(frame: Picture, shoulder: tuple[float, float], to: tuple[float, float]) -> None:
    wide = _SHOULDERS_PX
    wrist = (shoulder[0] - to[0] * wide, shoulder[1] - to[1] * wide)
    elbow = (shoulder[0] - (to[0] - 0.1) * wide, shoulder[1] + (0.6 - to[1]) * wide)
    _line(frame, shoulder, elbow, SLEEVE, 0.26 * wide)
    _line(frame, elbow, (wrist[0], wrist[1] + 0.08 * wide), SLEEVE, 0.2 * wide)
    _hand(frame, wrist, 0.34 * wide)


def _hand(frame: Picture, wrist: tuple[float, float], size: float) -> None:
    """An open right hand with its palm to the camera: the thumb on the side of the body."""

    def at(x: float, y: float) -> tuple[float, float]:
        return wrist[0] + x * size, wrist[1] - y * size

    palm = [(-0.26, 0.05), (0.28, 0.05), (0.42, 0.55), (0.38, 0.98), (-0.38, 0.9), (-0.36, 0.4)]
    _line(frame, at(0, -0.35), at(0, 0.1), SKIN, 0.42 * size)
    cv2.fillConvexPoly(frame, np.array([_whole(at(*corner)) for corner in palm]), SKIN, cv2.LINE_AA)
    fingers = ((0.29, 0.95, 0.10, 0.75, 0.19), (0.09, 1.0, 0.02, 0.85, 0.2), (-0.11, 0.97, -0.06, 0.78, 0.19))
    for x, y, lean, long, thick in (*fingers, (-0.30, 0.88, -0.16, 0.6, 0.16)):
        length = math.hypot(lean, 1.0)
        tip = at(x + lean / length * long, y + long / length)
        _line(frame, at(x, y - 0.1), tip, SHADE, 1.25 * thick * size)
        _line(frame, at(x, y - 0.1), tip, SKIN, thick * size)
    for colour, more in ((SHADE, 1.2), (SKIN, 1.0)):
        _line(frame, at(0.3, 0.35), at(0.62, 0.62), colour, 0.24 * size * more)
        _line(frame, at(0.62, 0.62), at(0.75, 0.95), colour, 0.19 * size * more)
    for x1, y1, x2, y2 in ((-0.3, 0.62, 0.3, 0.7), (-0.28, 0.5, 0.25, 0.35), (0.2, 0.6, 0.12, 0.1)):
        _line(frame, at(x1, y1), at(x2, y2), SHADE, 0.03 * size)


def _line(
    frame: Picture, start: tuple[float, float], end: tuple[float, float], colour: tuple[int, int, int], thick: float
) -> None:
    cv2.line(frame, _whole(start), _whole(end), colour, max(1, int(thick)), cv2.LINE_AA)


def _whole(place: tuple[float, float]) -> tuple[int, int]:
    return int(place[0]), int(place[1])
