"""Where one book ends and the next begins: upright edges of a row judged by several signs at once.

An edge between books goes on from foot to top, often with a dark line along it, and the books beside it differ in
height and colour; a line drawn on a spine mostly fails at one of these. What each sign weighs was fitted on drawn
bookcases and on spines cut out of photographs (docs/bookshelf.md says with what result on others).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
EDGE, STRONG = 0.07, 0.16
"""Difference of the logarithm of brightness from one pixel to the next but one that is an edge, and a strong one."""
LEAST_WIDE = 9
_SHEARS = (-0.06, -0.045, -0.03, -0.015, 0.0, 0.015, 0.03, 0.045, 0.06)
_LEAST, _NEAR, _BANDS, _STRIPS = 0.9, 6, 8, 12
_THIN, _THIN_COSTS = 15, 1.0
_MEAN = np.array([0.9985, 0.9953, 0.9746, 0.9483, 0.5754, 0.7727, 0.1622, 0.1141, 0.6029, 0.4921, 0.3348, 0.4956])
_SPREAD = np.array([0.008743, 0.02848, 0.1155, 0.1768, 0.3979, 0.4191, 0.3704, 0.3395, 0.4144, 0.3116, 0.2726, 0.338])
_WEIGHTS = np.array([2.233, 1.131, -1.258, 0.946, 0.1169, 0.8182, -0.04305, -0.06778, 1.369, 0.8501, -0.06669, -0.55])
_BIAS = 3.862


@dataclass(frozen=True, slots=True)
class Edges:
    """Where a picture has edges. upright, level: how strong, per pixel; log: the logarithm of brightness; colour: that
    of each channel, smoothed."""

    upright: Floats
    level: Floats
    log: Floats
    colour: Floats


@dataclass(frozen=True, slots=True)
class _Lines:
    """Upright lines at each x: the share of the height that shows an edge, and that of the worst part of it."""

    whole: Floats
    worst: Floats


def sides(edges: Edges, first: int, last: int, ceiling: int, foot: float) -> list[int]:
    """The places of the sides of books, from left to right, between two lines of a row (first, last)."""
    plain, strong = _lines(edges, first, last, EDGE), _lines(edges, first, last, STRONG)
    places = _peaks(plain.whole)
    if len(places) < 2:
        return []
    signs = np.array([_signs(edges, plain, strong, x, first, last, ceiling, foot) for x in places])
    return _chosen(places, ((signs - _MEAN) / _SPREAD) @ _WEIGHTS + _BIAS)


def _lines(edges: Edges, first: int, last: int, level: float) -> _Lines:
    upright = (cv2.dilate(edges.upright[first:last], np.ones((1, 3))) > level).astype(np.float32)
    lines, wide = upright.shape
    whole, worst = np.full(wide, -1.0, np.float32), np.zeros(wide, np.float32)
    for shear in _SHEARS:
        matrix = np.array([[1, shear, -shear * lines / 2], [0, 1, 0]], np.float64)
        straight = upright if not shear else cv2.warpAffine(upright, matrix, (wide, lines))
        share = straight.mean(axis=0) - abs(shear)
        better = share > whole
        whole[better] = share[better]
        parts = np.stack([part.mean(axis=0) for part in np.array_split(straight, _BANDS)]).min(axis=0)
        worst[better] = parts[better]
    return _Lines(whole, worst)


def _peaks(strength: Floats) -> list[int]:
    left = strength.copy()
    found: list[int] = []
    while True:
        x = int(left.argmax())
        if left[x] < _LEAST:
            return sorted(found)
        # An edge is some pixels broad: its middle.
        run = [x]
        while run[-1] + 1 < left.size and left[run[-1] + 1] >= 0.93 * left[x]:
            run.append(run[-1] + 1)
        found.append((run[0] + run[-1]) // 2)
        left[max(0, run[0] - _NEAR) : run[-1] + _NEAR + 1] = 0


def _signs(
    edges: Edges, plain: _Lines, strong: _Lines, x: int, first: int, last: int, ceiling: int, foot: float
) -> list[float]:
    wide = edges.log.shape[1]
    here = slice(max(0, x - 2), min(wide, x + 3))
    left, right = slice(max(0, x - 9), max(1, x - 3)), slice(min(wide - 1, x + 4), min(wide, x + 10))
    tops = _top(edges, x - 10, x - 2, ceiling, foot), _top(edges, x + 3, x + 11, ceiling, foot)
    step = 0.0 if tops[0] is None or tops[1] is None else min(abs(tops[0] - tops[1]), 20) / 20
    level = np.median(edges.log[first:last, max(0, x - 9) : x + 10], axis=0)
    at = x - max(0, x - 9)
    beside = min(float(level[: max(1, at - 3)].mean()), float(level[min(level.size - 1, at + 4) :].mean()))
    valley = beside - float(level[max(0, at - 2) : at + 3].min())
    strips = np.array_split(edges.colour[first:last], _STRIPS)
    own = np.stack([part[:, here].mean(axis=0).mean(axis=1).min() for part in strips])
    sides_ = [np.stack([part[:, side].mean(axis=(0, 1)) for part in strips]) for side in (left, right)]
    dark = np.minimum(sides_[0].mean(axis=1), sides_[1].mean(axis=1)) - own
    apart = np.abs(sides_[0] - sides_[1]).mean(axis=1)
    return [
        float(plain.whole[here].max()), float(plain.worst[here].max()),
        float(strong.whole[here].max()), float(strong.worst[here].max()),
        step, float(step > 0.12),
        float(np.clip(valley, -1, 1)), float(np.clip(np.median(dark), -1, 1)), float((dark > 0.03).mean()),
        min(float(apart.mean()), 1.5), min(float(apart.min()), 1.0), float(np.median(apart)),
    ]  # fmt: skip


def _top(edges: Edges, left: int, right: int, ceiling: int, foot: float) -> int | None:
    """Where the first level edge below the ceiling goes across a piece of a row."""
    inner = edges.level[ceiling : round(foot - 0.5 * (foot - ceiling)), max(0, left) : max(1, right)]
    if inner.size == 0 or inner.shape[1] < 2:
        return None
    share = (cv2.dilate(inner, np.ones((3, 1))) > EDGE).mean(axis=1)
    hits = np.flatnonzero(share > 0.7)
    return ceiling + int(hits[0]) if hits.size else ceiling


def _chosen(places: list[int], scores: NDArray[np.float64]) -> list[int]:
    """The set of sides with the highest sum of scores, none closer to the next than a book is wide."""
    best: list[tuple[float, int | None]] = []
    for index, x in enumerate(places):
        top, before = 0.0, None
        for other in range(index):
            gap = x - places[other]
            if gap < LEAST_WIDE:
                continue
            total = best[other][0] - (_THIN_COSTS if gap < _THIN else 0.0)
            if total > top:
                top, before = total, other
        best.append((top + float(scores[index]), before))
    at: int | None = max(range(len(best)), key=lambda i: best[i][0])
    found: list[int] = []
    while at is not None:
        if scores[at] > 0 or found:
            found.append(places[at])
        at = best[at][1]
    return found[::-1]
