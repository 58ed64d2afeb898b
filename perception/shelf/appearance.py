"""How pieces of a shelf look, and how alike two of them are: 1 the same, about 0 for different things.

Colour is compared on logarithms, so that a dark spine is told from a dark gap, in strips eight pixels high; pattern on
grey from which its surroundings' level has been taken. The score is the mean of both. All is in half of the reference's
size.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
HALF = 2
"""Pictures are looked at in half size."""
LOW = 4
"""Colour has so many times fewer lines than the half-size picture."""
DARK = 6.0
_WHITE = float(np.log(255 + DARK))
_APART, _MOST_APART, _FORGIVEN = 0.5, 0.8, 0.13
"""Logarithms of colour: how far apart means another thing, how much one pixel counts at most, and by how much a place
may be brighter or darker than the light says."""
_NOISE, _EVEN = 5.0, 0.8
"""Grey levels of pattern that noise alone makes; the score of an even surface that is too good to tell anything."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture made ready. colour: (H / 4) x W x 3 logarithms; pattern: H x W grey levels about their surroundings;
    H and W those of the half-size picture."""

    colour: Floats
    pattern: Floats

    def cut(self, left: int, top: int, wide: int, high: int) -> Piece:
        """A piece of it."""
        first, lines = lines_of(top, high)
        return Piece(
            self.colour[first : first + lines, left : left + wide].copy(),
            self.pattern[top : top + high, left : left + wide].copy(),
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """What a place looks like, in the reference's light."""

    colour: Floats
    pattern: Floats

    @property
    def wide(self) -> int:
        return int(self.pattern.shape[1])

    @property
    def high(self) -> int:
        return int(self.pattern.shape[0])

    def lit(self, gain: Floats) -> Piece:
        """How it looks under a gain of each channel: whatever is too bright is white."""
        colour = np.minimum(self.colour + np.log(gain), _WHITE).astype(np.float32)
        return Piece(colour, (self.pattern * float(gain.mean())).astype(np.float32))

    def part(self, number: int, of: int) -> tuple[Piece, int]:
        """One of so many parts from the top, and how far below the top it begins."""
        lines = self.colour.shape[0] // of
        top = number * lines * LOW
        return Piece(self.colour[number * lines : (number + 1) * lines], self.pattern[top : top + lines * LOW]), top


def lines_of(top: int, high: int) -> tuple[int, int]:
    """The first line and the number of lines of colour of a piece."""
    return round(top / LOW), max(3, round(high / LOW))


def half_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture in half size."""
    high, wide = picture.shape[:2]
    small: NDArray[np.uint8] = cv2.resize(picture, (wide // HALF, high // HALF), interpolation=cv2.INTER_AREA).astype(
        np.uint8
    )
    return small


def canvas_of(half: NDArray[np.uint8]) -> Canvas:
    """A half-size picture made ready."""
    high, wide = half.shape[:2]
    low = cv2.resize(half, (wide, high // LOW), interpolation=cv2.INTER_AREA)
    gray = cv2.cvtColor(half, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return Canvas(_LOGARITHM[low], gray - cv2.blur(gray, (1, 17)))


_LOGARITHM = np.log(np.arange(256, dtype=np.float32) + DARK)


def likeness(canvas: Canvas, piece: Piece, left: int, top: int, slack: int) -> float:
    """The best score of a (lit) piece within some pixels of a place."""
    colour, pattern = likenesses(canvas, piece, left, top, slack)
    return (colour + pattern) / 2


def likenesses(canvas: Canvas, piece: Piece, left: int, top: int, slack: int) -> tuple[float, float]:
    """The scores of colour and of pattern apart; -1 for both where the place is not all in the picture."""
    colour = max(
        (_colour_at(canvas, piece, x, top) for x in range(max(0, left - slack), left + slack + 1)), default=-1.0
    )
    x, y = max(0, left - slack), max(0, top - slack)
    window = canvas.pattern[y : top + piece.high + slack, x : left + piece.wide + slack]
    if window.shape[0] < piece.high or window.shape[1] < piece.wide:
        return -1.0, -1.0
    return colour, float(pattern_map(window, piece.pattern).max())


def beyond_even(piece: Piece, score: float) -> float:
    """What a pattern's score says beyond that of an even surface in its place: 1 the same, 0 no more than that; 1 for a
    piece that is all but even itself, of which pattern can say nothing."""
    even = _NOISE**2 / (float((piece.pattern * piece.pattern).mean()) + _NOISE**2)
    return 1.0 if even > _EVEN else (score - even) / (1 - even)


def _colour_at(canvas: Canvas, piece: Piece, left: int, top: int) -> float:
    lines, wide = piece.colour.shape[:2]
    first = round(top / LOW)
    there = canvas.colour[first : first + lines, left : left + wide]
    if there.shape != piece.colour.shape:
        return -1.0
    apart = there - piece.colour
    apart -= np.clip(apart.mean(), -_FORGIVEN, _FORGIVEN)
    return float(1 - np.minimum(np.abs(apart), _MOST_APART).mean() / _APART)


def pattern_map(window: Floats, pattern: Floats) -> Floats:
    """The scores of a pattern at all its places in a window."""
    high, wide = pattern.shape
    product = cv2.matchTemplate(window, pattern, cv2.TM_CCORR)
    there = _sums(window * window, high, wide)
    own = float((pattern * pattern).sum())
    noise = _NOISE**2 * high * wide
    scores: Floats = (1 - (there - 2 * product + own) / (there + own + noise)).astype(np.float32)
    return scores


def colour_map(window: Floats, colour: Floats) -> Floats:
    """About the scores of a colour at all its places in a window; quicker than the exact ones, and a little lower."""
    high, wide = colour.shape[:2]
    count = high * wide * 3
    # Squares of differences from a level in the middle, so that they stay exact in single precision.
    about, own = window - 4.0, colour - 4.0
    product = cv2.matchTemplate(about, own, cv2.TM_CCORR)
    squares = _sums((about * about).sum(axis=2), high, wide)
    mean = (_sums(about.sum(axis=2), high, wide) - float(own.sum())) / count
    forgiven = np.clip(mean, -_FORGIVEN, _FORGIVEN)
    apart = (squares - 2 * product + float((own * own).sum())) / count - 2 * forgiven * mean + forgiven**2
    scores: Floats = (1 - np.sqrt(np.maximum(apart, 0)) / (1.3 * _APART)).astype(np.float32)
    return scores


def _sums(values: Floats, high: int, wide: int) -> Floats:
    """The sums over all pieces of a size."""
    whole = cv2.integral(values)
    sums: Floats = whole[high:, wide:] - whole[:-high, wide:] - whole[high:, :-wide] + whole[:-high, :-wide]
    return sums
