"""Light on a part of the shelf: a lamp that is reflected, the sun through a window, a shadow. Books look another way in
it, and are not gone.

A spine whose pattern is seen is there, in whatever light. Where pattern says nothing, light is known by going on beyond
the book: a book that is gone leaves edges where it stood. What is burnt out cannot be judged at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.shelf.appearance import DARK, Canvas, Floats, Piece

_SLACK = 2
_BAND, _MARGIN = 14, 5
"""Lines of a band of a spine; lines left out at its head and foot, where board and shadow show the same without it."""
_TELLING = 10.0
"""Mean square of pattern (grey levels) from which on a band says anything."""
_AGREES, _FAINT, _LEAST = 0.5, 0.1, 3
"""Correlation of a band that shows its spine, its least contrast against the enrolled one, and how many there must
be."""
WHOLE, HALF_SEEN = 0.75, 0.5
"""Shares of the bands that say anything: of a book that stands as it did, and of one that may be half covered."""
_COVERED, _SIDE = 2, 3
"""Bands that are seen, and that are not, of a spine of which a part is covered; columns left out at each side."""
_SIZES, _FOOT = (1.0, 1.025, 1.05, 0.975), 0.85
"""Sizes against the enrolled one; how much of the difference is seen at the head, the rest at the foot."""
_SEEN = 0.4
"""Share of a band that must not be burnt out."""
_WHITE, _PLAIN, _BURNT = 250, 225, 0.5
"""From which grey level on a pixel is burnt out; up to which one would expect that it is not; the share of a place that
cannot be judged."""


@dataclass(frozen=True, slots=True)
class _Told:
    """Of so many bands that say anything, those that show the spine. switches: how often, from head to foot, one that
    does is followed by one that does not, or the other way about."""

    agreed: int
    of: int
    switches: int = 0


def burnt_out(half: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The pixels of which nothing but white is left, and those beside them."""
    white = (half.min(axis=2) >= _WHITE).astype(np.uint8)
    return np.asarray(cv2.dilate(white, np.ones((5, 5), np.uint8)) > 0)


def shows(canvas: Canvas, burnt: NDArray[np.bool_], piece: Piece, left: int, top: int, share: float = WHOLE) -> bool:
    """Whether a piece's pattern is seen about a place, in any light, or a little deeper or further out than before.
    share: on how much of its height, of that which says anything."""
    return any(told.agreed >= max(_LEAST, share * told.of) for told in _tried(canvas, burnt, piece, left, top))


def partly_covered(canvas: Canvas, burnt: NDArray[np.bool_], piece: Piece, left: int, top: int) -> bool:
    """Whether a piece's pattern is seen on one part of its height, and something else on another."""
    told = max(_tried(canvas, burnt, piece, left, top), key=lambda one: one.agreed)
    return told.switches == 1 and min(told.agreed, told.of - told.agreed) >= _COVERED


def _tried(canvas: Canvas, burnt: NDArray[np.bool_], piece: Piece, left: int, top: int) -> Iterator[_Told]:
    # Enrolled places are not exact: at its sides a piece may show its neighbours.
    side = min(_SIDE, piece.wide // 5)
    whole = piece.pattern[:, side : piece.wide - side]
    high, wide = whole.shape
    for size in _SIZES:
        pattern = whole
        if size != 1:
            new = (round(wide * size), round(high * size))
            pattern = np.asarray(cv2.resize(whole, new, interpolation=cv2.INTER_LINEAR), np.float32)
        # What stands further out has its foot at the same board, about.
        x, y = left + side + (wide - pattern.shape[1]) // 2, top + round((high - pattern.shape[0]) * _FOOT)
        yield _seen(canvas, burnt, pattern, x, y)


def _seen(canvas: Canvas, burnt: NDArray[np.bool_], pattern: Floats, left: int, top: int) -> _Told:
    high, wide = pattern.shape
    window, seen = _window(canvas.pattern, high, wide, left, top), _window(burnt, high, wide, left, top)
    if window is None or seen is None:
        return _Told(0, 0)
    clear = (~seen).astype(np.float32)
    there = (window * clear).astype(np.float32)
    own = cv2.matchTemplate(clear, pattern * pattern, cv2.TM_CCORR)
    theirs = cv2.matchTemplate(there * there, np.ones((high, wide), np.float32), cv2.TM_CCORR)
    product = cv2.matchTemplate(there, pattern, cv2.TM_CCORR)
    _, _, _, (dx, dy) = cv2.minMaxLoc(product / np.sqrt(np.maximum(own * theirs, 0) + 1))
    place = slice(dy, dy + high), slice(dx, dx + wide)
    return _agree(there[place], pattern, clear[place])


def hidden_by_light(burnt: NDArray[np.bool_], lit: Piece, left: int, top: int) -> bool:
    """Whether a place is burnt out, most of it, where it would not be white by itself. lit: the piece in the light that
    all of the shelf is in."""
    here = burnt[top : top + lit.high, left : left + lit.wide]
    if here.shape != lit.pattern.shape:
        return False
    lines = lit.colour.shape[0]
    dull = lit.colour.max(axis=2) < np.log(_PLAIN + DARK)
    few = cv2.resize(here.astype(np.float32), (lit.wide, lines), interpolation=cv2.INTER_AREA)
    return float((few * dull).mean()) > _BURNT


def would_be_white(wall: Floats, gain: Floats) -> bool:
    """Whether a wall of a colour (logarithms, per channel) is white in a light: then a gap is no reflection."""
    return bool((wall + np.log(gain)).min() >= np.log(_PLAIN + DARK))


def _agree(here: Floats, pattern: Floats, where: Floats) -> _Told:
    told: list[bool] = []
    for first in range(_MARGIN, pattern.shape[0] - _MARGIN - _BAND + 1, _BAND):
        lines = slice(first, first + _BAND)
        if where[lines].mean() < _SEEN:
            continue
        own = pattern[lines] * where[lines]
        energy, there = float((own * own).sum()), float((here[lines] ** 2).sum())
        if energy < _TELLING * float(where[lines].sum()):
            continue
        product = float((here[lines] * own).sum())
        told.append(product >= max(_FAINT * energy, _AGREES * float(np.sqrt(energy * there))))
    return _Told(sum(told), len(told), sum(one != other for one, other in pairwise(told)))


def _window(values: NDArray, high: int, wide: int, left: int, top: int) -> NDArray | None:  # type: ignore[type-arg]
    y, x = max(0, top - _SLACK), max(0, left - _SLACK)
    window = values[y : y + high + 2 * _SLACK, x : x + wide + 2 * _SLACK]
    return window if window.shape == (high + 2 * _SLACK, wide + 2 * _SLACK) else None
