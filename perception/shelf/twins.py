"""Books of one series: alike but for a number. Where such books differ decides which of them stands at a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from perception.shelf.appearance import Canvas, Floats, likeness
from perception.shelf.placing import Found
from perception.shelf.templates import Template

ALIKE = 0.8
"""The score from which on two spines are of one series."""
_DIFFERS = 7.0
"""Grey levels of pattern by which a pixel tells them apart."""
_LEAST = 6
_WEIGHT = 0.35
_SIZE = 4


@dataclass(frozen=True, slots=True)
class _Series:
    """Spines of one series, cut to one size and laid onto one another; where: the pixels that tell them apart."""

    patterns: dict[str, Floats]
    where: Floats


class Twins:
    """The series of a shelf; told from the picture it was enrolled with."""

    def __init__(self, templates: Mapping[str, Template], canvas: Canvas) -> None:
        self._series: dict[str, _Series] = {}
        self.groups: list[tuple[str, ...]] = []
        left = dict(templates)
        while left:
            name, first = next(iter(left.items()))
            group = [name, *(other for other, one in left.items() if other != name and _alike(first, one, canvas))]
            for one in group:
                del left[one]
            if len(group) > 1:
                self.groups.append(tuple(group))
                series = _laid([templates[one] for one in group], canvas)
                if series is not None:
                    self._series.update(dict.fromkeys(group, series))

    def told_apart(self, name: str, found: Found, canvas: Canvas, top: int, gain: float) -> Found:
        """A place with its score lowered where another book of the series fits it better."""
        series = self._series.get(name)
        if series is None or found.lean:
            return found
        scores = {
            one: _fit(series, pattern, canvas, round(found.left), top, gain) for one, pattern in series.patterns.items()
        }
        return replace(found, score=found.score + _WEIGHT * (scores[name] - max(scores.values())))


def _alike(one: Template, other: Template, canvas: Canvas) -> bool:
    if one.slot.row != other.slot.row or abs(one.piece.high - other.piece.high) > _SIZE:
        return False
    if abs(one.piece.wide - other.piece.wide) > 3:
        return False
    return likeness(canvas, one.piece, other.left, other.top, 2) >= ALIKE


def _laid(group: list[Template], canvas: Canvas) -> _Series | None:
    wide, high = min(t.piece.wide for t in group), min(t.piece.high for t in group)
    base = group[0].piece.pattern[:high, :wide]
    patterns: dict[str, Floats] = {}
    for one in group:
        y, x = max(0, one.top - 2), max(0, one.left - 2)
        window = canvas.pattern[y : one.top + high + 2, x : one.left + wide + 2]
        _, _, _, (dx, dy) = cv2.minMaxLoc(cv2.matchTemplate(window, base, cv2.TM_CCORR_NORMED))
        patterns[one.slot.id] = window[dy : dy + high, dx : dx + wide]
    where = (np.stack(list(patterns.values())).std(axis=0) > _DIFFERS).astype(np.float32)
    where[:, :1] = where[:, -1:] = 0  # edges differ by how the pixels fall
    clear = cv2.morphologyEx(where, cv2.MORPH_OPEN, np.ones((2, 2)))
    where = np.asarray(cv2.dilate(clear, np.ones((3, 3))), np.float32)
    return _Series(patterns, where) if where.sum() >= _LEAST else None


def _fit(series: _Series, pattern: Floats, canvas: Canvas, left: int, top: int, gain: float) -> float:
    high, wide = pattern.shape
    lit, where = pattern * gain, series.where
    own = float((lit * lit * where).sum())
    best = -1.0
    for dy in (-2, -1, 0, 1, 2):
        for dx in (-1, 0, 1):
            y, x = top + dy, left + dx
            there = canvas.pattern[max(0, y) : y + high, max(0, x) : x + wide]
            if there.shape != pattern.shape:
                continue
            apart = float((((there - lit) ** 2) * where).sum())
            energy = float((there * there * where).sum()) + own + 16 * float(where.sum())
            best = max(best, 1 - apart / energy)
    return best
