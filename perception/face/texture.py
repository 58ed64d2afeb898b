"""What a screen or a sheet of paper shows beside the face: a raster, and straight edges all round. And how little of a
turn is depth when what turns is flat. Votes, none of them proof."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from perception.face.face import Box
from perception.frames import Picture

_SIDE = 128
_REACH = 2.6


def moire(picture: Picture, box: Box) -> float:
    """How much a few single frequencies stand out of the fine texture of a face; 0 to 1."""
    wide = picture.shape[1]
    side = int(min(box.width, box.height) * wide * 0.8)
    x, y = (int(value * wide) for value in box.middle)
    part = picture[max(0, y - side // 2) : y + side // 2, max(0, x - side // 2) : x + side // 2]
    if min(part.shape[:2]) < 48:
        return 0.0
    gray = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY).astype(np.float32)
    size = min(*gray.shape, _SIDE)
    top, left = (gray.shape[0] - size) // 2, (gray.shape[1] - size) // 2
    gray = gray[top : top + size, left : left + size]  # its own pixels: to scale them would smooth a raster away
    fine = gray - cv2.GaussianBlur(gray, (0, 0), 2.5)
    window = np.outer(np.hanning(size), np.hanning(size))
    power = np.abs(np.fft.fftshift(np.fft.fft2(fine * window))) ** 2
    grid = np.hypot(*np.meshgrid(np.arange(size) - size // 2, np.arange(size) - size // 2)) / size
    ring = (grid > 0.1) & (grid < 0.5)
    smooth = cv2.blur(power, (9, 9)) + 1e-6
    peaks = np.where(ring, power / smooth, 0.0)
    strong = np.sort(np.where(ring & (peaks > 8), power, 0.0).ravel())[-12:].sum() / (power[ring].sum() + 1e-6)
    return float(np.clip(strong / 0.12, 0.0, 1.0))


def border(picture: Picture, box: Box) -> float:
    """How much of a rectangle of straight edges stands round the face; 0 to 1."""
    high, wide = picture.shape[:2]
    reach = _REACH * max(box.width, box.height) * wide
    cx, cy = (value * wide for value in box.middle)
    x0, y0, x1, y1 = max(0, cx - reach), max(0, cy - reach), min(wide, cx + reach), min(high, cy + reach)
    part = picture[int(y0) : int(y1), int(x0) : int(x1)]
    by = 240 / max(part.shape[:2])
    small = cv2.resize(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
    face = max(box.width, box.height) * wide * by
    lines = cv2.HoughLinesP(cv2.Canny(small, 60, 150), 1, np.pi / 180, 40, minLineLength=0.9 * face, maxLineGap=4)
    middle = ((cx - x0) * by, (cy - y0) * by)
    sides = {side for line in (() if lines is None else lines[:, 0]) if (side := _side(line, middle, face))}
    return len(sides) / 4


def _side(line: Sequence[int], middle: tuple[float, float], face: float) -> str:
    """Which side of a frame round the face a line could be."""
    xa, ya, xb, yb = (float(value) for value in line)
    dx, dy = (xa + xb) / 2 - middle[0], (ya + yb) / 2 - middle[1]
    slope = abs(np.degrees(np.arctan2(yb - ya, xb - xa)))
    upright, level = abs(slope - 90) < 15, slope < 15 or slope > 165
    if upright and 0.55 * face < abs(dx) < 2.2 * face and min(ya, yb) < middle[1] + 0.5 * face < max(ya, yb) + face:
        return "left" if dx < 0 else "right"
    if level and 0.6 * face < abs(dy) < 2.4 * face and min(xa, xb) < middle[0] < max(xa, xb):
        return "above" if dy < 0 else "below"
    return ""


def relief(rest: Sequence[tuple[float, float]], turned: Sequence[tuple[float, float]]) -> float:
    """How much of the movement from a face's points at rest to its points when turned no flat thing could make: what is
    left after the best homography, in hundredths of the face's size."""
    before, after = np.array(rest, np.float64), np.array(turned, np.float64)
    size = float(np.ptp(after[:, 1])) or 1e-6
    matrix, _ = cv2.findHomography(before, after, 0)
    if matrix is None:
        return 0.0
    guess = cv2.perspectiveTransform(before[None], matrix)[0]
    return float(100 * np.sqrt(np.mean(np.sum((guess - after) ** 2, axis=1))) / size)
